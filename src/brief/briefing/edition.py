"""Compose an edition from stories: rank them, fit them to the reading time, sort into sections.

The result does not depend on the order of the stories, and nothing is lost: every article of a
story that is not placed becomes an `SkippedInput` with its reason. See `ranking.py` for scores and
reasons, `stories/grouping.py` for how articles become stories, `render/` for output formats.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date as Date  # noqa: N812 - `date` is the argument
from datetime import datetime

from brief.briefing import date_words, ranking
from brief.briefing.briefing_types import (
    Edition,
    EditionStats,
    FailedSource,
    SkippedInput,
    Story,
    StoryBullet,
)
from brief.briefing.config import ReaderPreferences
from brief.briefing.stories.merge_bullets import disagreement_units

WORDS_PER_MINUTE = 230
"""Silent reading of English prose: 238 on average (Brysbaert 2019), a little less on a screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The part of the `EditionStats` that the job supplies.

    Attributes:
        sources_reached: Names, in the order of the configuration.
        sources_failed: Sources that could not be reached.
        n_in: Number of articles that arrived.
        model: Name of the model.
        signature: Signature of the summaries.
        version: Version of brief.
    """

    sources_reached: tuple[str, ...]
    sources_failed: tuple[FailedSource, ...] = ()
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
    taste: ReaderPreferences | None = None,
    omissions: Sequence[SkippedInput] = (),
    to_local: Callable[[datetime], datetime] = lambda moment: moment,
) -> Edition:
    """Compose the morning's edition.

    Args:
        stories: In any order; `Story.bullets` hold only what no earlier edition has shown.
        date: The morning's date in the configured time zone.
        now: The time that recency is measured from, in UTC. A repeated run must pass the same
            time to get the same edition.
        account: The colophon's entries that are not counted here.
        title: Title of the page.
        taste: The reader's preferences; None for the defaults.
        omissions: Inputs that never became part of a story; they come first among the edition's
            omissions.
        to_local: Converts a time to the reader's local time: decides which day an article was
            published on.

    Returns:
        The edition. Every article of a story that is not placed is an omission: `unchanged` (a
        running story without a new bullet), `empty` (a new one without any), `muted`, `budget`.
    """
    taste = taste or ReaderPreferences()
    ranked = sorted(
        (_judged(_localized(story, to_local), date, now, taste) for story in stories),
        key=lambda one: (-one.score, -ranking.newest(one).timestamp(), one.id),
    )
    limit = _max_words(taste)
    placed: list[Story] = []
    left_out = list(omissions)
    n_words = 0
    is_full = False
    for one in ranked:
        refusal = _refusal(one, taste)
        if refusal is None and not is_full:
            room = math.inf if limit is None else limit - n_words
            story = _fitted(one, taste.max_bullets_per_story, room)
            if story is None and not placed:
                # If there is any news, the page has at least one bullet, whatever the limit.
                story = _fitted(one, 1, math.inf)
            # Once a story does not fit, none ranked below it is placed: the page keeps the order.
            is_full = story is None
            if story is not None:
                placed.append(story)
                n_words += _n_words(story)
                continue
        code, reason = refusal or ("budget", f"the page was full ({limit:,} words)")
        left_out += _omitted(one, code, reason)
    return Edition(
        date=date,
        title=title,
        n_words=n_words,
        minutes=math.ceil(n_words / WORDS_PER_MINUTE),
        stories=_in_sections(placed),
        omissions=tuple(left_out),
        colophon=_colophon(account, placed, left_out),
    )


def _localized(story: Story, to_local: Callable[[datetime], datetime]) -> Story:
    reports = (replace(one, published=to_local(one.published)) for one in story.reports)
    return replace(story, reports=tuple(reports))


def _judged(story: Story, date: Date, now: datetime, taste: ReaderPreferences) -> Story:
    """The story with score, reasons and section, judged by all its bullets, placed or not."""
    topics = ranking.topics_of(story, taste.topics)
    return replace(
        story,
        section=ranking.section(story, taste.sections, taste.section),
        reasons=ranking.reasons(story, topics, taste.weights, date),
        score=ranking.score(story, topics, taste.weights, now),
    )


def _refusal(story: Story, taste: ReaderPreferences) -> tuple[str, str] | None:
    """Code and reason why a story is omitted whatever the room; None if it may be placed."""
    muted = ranking.muted_by(story, taste.muted)
    if muted is not None:
        return "muted", f"muted: {muted}"
    if story.bullets:
        return None
    if story.since is None:
        return "empty", "its articles gave no bullet"
    return "unchanged", f"nothing new since the edition of {date_words.short(story.since)}"


def _fitted(story: Story, max_bullets: int, room: float) -> Story | None:
    """The story with as many of its first bullets as fit; None when not even one does.

    Bullets that disagree are shown together or not at all.
    """
    kept: list[StoryBullet] = []
    for unit in disagreement_units(story.bullets):
        longer = [*kept, *unit]
        if kept and len(longer) > max_bullets:
            break
        if _n_words(replace(story, bullets=tuple(longer))) > room:
            break
        kept = longer
    # Keep the original order: the page itself brings together the bullets that disagree.
    bullets = tuple(bullet for bullet in story.bullets if any(bullet is one for one in kept))
    return replace(story, bullets=bullets) if bullets else None


def _n_words(story: Story) -> int:
    spoken = [story.headline, *(bullet.text for bullet in story.bullets)]
    return sum(len(one.split()) for one in spoken)


def _max_words(taste: ReaderPreferences) -> int | None:
    limits = [taste.max_words] if taste.max_words is not None else []
    if taste.max_minutes is not None:
        limits.append(int(taste.max_minutes * WORDS_PER_MINUTE))
    return min(limits, default=None)


def _omitted(story: Story, code: str, reason: str) -> list[SkippedInput]:
    return [
        SkippedInput(report.id, report.source, code, reason, report.headline, report.url, story.id)
        for report in story.reports
    ]


def _in_sections(placed: Sequence[Story]) -> tuple[Story, ...]:
    """Sections by their best story, stories within them by rank."""
    order = list(dict.fromkeys(one.section for one in placed))
    return tuple(sorted(placed, key=lambda one: order.index(one.section)))


def _colophon(
    account: Account, placed: Sequence[Story], omissions: Sequence[SkippedInput]
) -> EditionStats:
    reports = [report for one in placed for report in one.reports]
    return EditionStats(
        sources_reached=account.sources_reached,
        sources_failed=account.sources_failed,
        n_in=account.n_in,
        n_placed=len(reports),
        n_by_code=dict(sorted(Counter(one.code for one in omissions).items())),
        n_by_lead=sum(report.by_lead for report in reports),
        model=account.model,
        signature=account.signature,
        version=account.version,
    )
