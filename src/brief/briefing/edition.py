"""Stories -> one morning's edition: ranked, in sections, within its reading time.

Deterministic whatever the order of the stories, and nothing is lost: every article of a story
that has no place becomes an `Omission` with its reason. Left out: what a story is worth and why
(`ranking.py`), which articles make a story (`stories.py`), and what the page looks like
(`render.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date as Date  # noqa: N812 - `date` is the argument
from datetime import datetime

from brief.briefing.nouns import Edition, Omission, Story

WORDS_PER_MINUTE = 230
"""Silent reading of English prose: 238 on average (Brysbaert 2019), a little less on a screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """What the reader wants of the page.

    Attributes:
        topics: Words or phrases that lift a story.
        muted: Words or phrases that keep a story out.
        weights: Source -> how much its word counts; 1 for a source that is not named.
        sections: Source -> heading that its stories stand under.
        section: Heading for sources without one.
        max_minutes: Reading time of the page; None for no limit.
        max_words: The same in words; the stricter of the two holds.
        max_bullets_per_story: A story's later bullets are left out beyond this.
    """

    topics: tuple[str, ...] = ()
    muted: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)
    section: str = "News"
    max_minutes: float | None = 5.0
    max_words: int | None = None
    max_bullets_per_story: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What only the job knows of how the edition came about; see `Colophon`.

    Attributes:
        sources_reached: Names, in the order of the configuration.
        sources_failed: (name, why, mornings in a row).
        n_in: Articles that arrived.
        model: Name of the model.
        signature: Signature of the summaries.
        version: Version of brief.
    """

    sources_reached: tuple[str, ...]
    sources_failed: tuple[tuple[str, str, int], ...] = ()
    n_in: int
    model: str
    signature: str
    version: str


def compose(
    stories: Sequence[Story],
    *,
    date: Date,
    now: datetime,
    account: Account,
    title: str = "Morning briefing",
    taste: Taste | None = None,
    omissions: Sequence[Omission] = (),
) -> Edition:
    """The morning's edition.

    Args:
        stories: In any order; `Story.bullets` hold only what no earlier edition has shown.
        date: The morning's date in the configured time zone.
        now: The moment that recency is counted from, in UTC. The same for a run that is
            repeated, so that it gives the same edition.
        account: What goes into the colophon beside what is counted here.
        title: Of the page.
        taste: What the reader wants; None for the defaults.
        omissions: Inputs that never became part of a story; they come first in the edition's.

    Returns:
        The edition. Of the stories without a place, every article is an omission: `unchanged`
        (a running story without a new bullet), `empty` (a new one without any), `muted`,
        `budget`.
    """
    raise NotImplementedError
