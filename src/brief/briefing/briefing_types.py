"""The nouns of the briefing: what flows from a source to an edition.

All are frozen. Times are aware and in UTC. Left out: how any of them is made (`expand.py`,
`grouping.py`, `edition.py`), kept (`database.py`) or printed (`render_html.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal

from brief.briefing.urls import safe_link
from brief.datatypes import NOT_WRITTEN, Bullet, Remark
from brief.ingest.inputs import Source

EDITION_SCHEMA: Final = "brief.edition/2"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One article as one source brought it, not yet cleaned.

    Attributes:
        key: What makes it the same article on another morning: the canonical URL or the
            feed's GUID within its source, a file's path, a row's id.
        source: Name of the source, as brief.toml or the command line gives it.
        content: What the corridor reads; `content.error` when it could not be had.
        published: When the source says it was published; None when it does not say.
        remarks: What the reader should know of how it was fetched.
        fallback: The feed's own text of a page that was had: what to read, with a remark, when
            `content` turns out to hold no article (EmptyInputError), as with pages that build
            themselves with JavaScript. None when there is none.
    """

    key: str
    source: str
    content: Source
    published: datetime | None = None
    remarks: tuple[Remark, ...] = ()
    fallback: Source | None = None


class State(StrEnum):
    """How far an article has come; each state is written before the next one begins."""

    SEEN = "seen"
    FETCHED = "fetched"
    CLEANED = "cleaned"
    SUMMARIZED = "summarized"
    PLACED = "placed"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One article, summarized: what stories are made of.

    Attributes:
        id: Stable and short: hex digest of source and key.
        headline: The page's own, else the first words of its lead.
        source: Name of its source.
        url: Where a reader finds it, http or https; None for a local file without one, and for
            whatever else must be no link (`safe_link`).
        published: When; an article without a date counts as published on its edition's date.
        copy_of: `Report.id` of the one whose text it repeats (of an agency, for example), which
            may stand in an earlier edition; None for an article of its own.
        by_lead: Whether the deadline made lead sentences stand for the model's bullets.
        remarks: How it was fetched, and the summary's remarks.
        picture_credit: As `Metadata.picture_credit`.
        lead: The first sentences of the body, for grouping. An edition's JSON has neither these
            nor body and bullets: it keeps what it shows.
        body: The whole body as one string, for near-copies.
        bullets: Its summary's.
    """

    id: str
    headline: str
    source: str
    url: str | None
    published: datetime
    copy_of: str | None = None
    by_lead: bool = False
    remarks: tuple[Remark, ...] = ()
    picture_credit: str | None = None
    lead: str = field(default="", metadata=NOT_WRITTEN)
    body: str = field(default="", metadata=NOT_WRITTEN)
    bullets: tuple[Bullet, ...] = field(default=(), metadata=NOT_WRITTEN)

    def __post_init__(self) -> None:
        """Article text is untrusted: what must be no link is none from here on."""
        object.__setattr__(self, "url", safe_link(self.url))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryBullet(Bullet):
    """A bullet of a story, and the article that it came from.

    Attributes:
        article: `Report.id`; its sources' offsets count there.
        disagrees: Ids of the other articles whose number differs; both bullets are printed.
    """

    article: str
    disagrees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles about one event; a composed edition gives them their place on the page.

    Attributes:
        id: Of the first article that ever joined it, so that a running story keeps its name.
        headline: Of its most central article.
        section: Heading it stands under; empty before it has a place.
        reasons: Why it is here, for a reader ("3 sources", "topic: housing", "since yesterday").
        score: What it was ranked by; comparable within an edition only.
        since: Date of the edition that had the story last; None for a new one.
        bullets: In reading order, none repeating a fact of another, nor of an earlier edition.
        reports: Its articles of this edition, the most central first.
    """

    id: str
    headline: str
    section: str = ""
    reasons: tuple[str, ...] = ()
    score: float = 0.0
    since: date | None = None
    bullets: tuple[StoryBullet, ...]
    reports: tuple[Report, ...] = field(metadata={"alias": "articles"})


@dataclass(frozen=True, slots=True)
class Omission:
    """An input that is in no story of the edition, and why.

    Attributes:
        id: The input's key, URL or path; `Report.id` where it had been summarized; a source's
            name where the source itself failed.
        source: Name of its source.
        code: One word: `unreadable`, `empty`, `muted`, `budget`, `unchanged`, `future`,
            `repeated`, `backlog`, `source_failed` …
        reason: For a reader, with the remedy where there is one.
        headline: Its headline where that is known.
        url: Where a reader finds it, where that is known and may be a link.
        story: `Story.id` of what it would have stood in, where it had been grouped.
    """

    id: str
    source: str
    code: str
    reason: str
    headline: str | None = None
    url: str | None = None
    story: str | None = None

    def __post_init__(self) -> None:
        """As for `Report`."""
        object.__setattr__(self, "url", safe_link(self.url))


@dataclass(frozen=True, slots=True)
class FailedSource:
    """A source that could not be reached.

    Attributes:
        source: Its name.
        reason: Why not.
        mornings: How many in a row.
    """

    source: str
    reason: str
    mornings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Colophon:
    """How the edition came about; nothing in it depends on how long anything took.

    Attributes:
        sources_reached: Names, in the order of the configuration.
        sources_failed: The others.
        n_in: Articles that arrived.
        n_placed: Articles that stand in a story.
        n_by_code: `Omission.code` -> how many, by code.
        n_by_lead: Articles whose bullets are lead sentences because the deadline was near.
        model: Name of the model.
        signature: Signature of the summaries.
        version: Version of brief.
    """

    sources_reached: tuple[str, ...]
    sources_failed: tuple[FailedSource, ...]
    n_in: int
    n_placed: int
    n_by_code: Mapping[str, int]
    n_by_lead: int
    model: str
    signature: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """`brief.edition/2`, see docs/schemas.md: one morning's page. Once finished it never changes.

    Attributes:
        date: The morning's date in the configured time zone.
        title: Of the page.
        n_words: Of headlines and bullets.
        minutes: Reading time at 230 words a minute, rounded up.
        stories: In the order of the page, sections together.
        omissions: Every input that is in no story, with its reason.
        colophon: How it came about.
    """

    schema: Literal["brief.edition/2"] = EDITION_SCHEMA
    date: date
    title: str
    n_words: int
    minutes: int
    stories: tuple[Story, ...]
    omissions: tuple[Omission, ...] = field(metadata={"alias": "outcomes"})
    colophon: Colophon
