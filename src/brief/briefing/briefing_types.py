"""The nouns of the briefing: what flows from a source to an edition.

All are frozen. Times are aware and in UTC. Left out: how any of them is made (`expand.py`,
`grouping.py`, `edition.py`), kept (`database.py`) or printed (`render_html.py`).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from brief.datatypes import Bullet, Remark
from brief.ingest.inputs import Source


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


@dataclass(frozen=True, slots=True)
class Report:
    """One article, summarized: what stories are made of.

    Attributes:
        id: Stable and short: hex digest of source and key.
        source: Name of its source.
        headline: The page's own, else the first words of its lead.
        url: Where a reader finds it; None for a local file without one.
        published: When; an article without a date counts as published on its edition's date.
        lead: The first sentences of the body, for grouping.
        body: The whole body as one string, for near-copies.
        bullets: Its summary's.
        remarks: How it was fetched, and the summary's remarks.
        by_lead: Whether the deadline made lead sentences stand for the model's bullets.
    """

    id: str
    source: str
    headline: str
    url: str | None
    published: datetime
    lead: str
    body: str
    bullets: tuple[Bullet, ...]
    remarks: tuple[Remark, ...] = ()
    by_lead: bool = False


@dataclass(frozen=True, slots=True)
class StoryBullet:
    """A bullet of a story, and the article that it came from.

    Attributes:
        bullet: With its source sentences in that article.
        article: `Report.id`.
        disagrees: Ids of the other articles whose number differs; both bullets are printed.
    """

    bullet: Bullet
    article: str
    disagrees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """Articles about one event.

    Attributes:
        id: Of the first article that ever joined it, so that a running story keeps its name.
        headline: Of its most central article.
        reports: Its articles of this edition, the most central first.
        bullets: In reading order, none repeating a fact of another, nor of an earlier edition.
        since: Date of the edition that had the story last; None for a new one.
        near_copies: Report id -> id of the report that it copies (agency text, for example).
    """

    id: str
    headline: str
    reports: tuple[Report, ...]
    bullets: tuple[StoryBullet, ...]
    since: date | None = None
    near_copies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A story with its place on the page.

    Attributes:
        story: The story.
        section: Heading it stands under.
        reasons: Why it is here, for a reader ("3 sources", "topic: housing", "since yesterday").
        score: What it was ranked by.
    """

    story: Story
    section: str
    reasons: tuple[str, ...]
    score: float


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
        url: Where a reader finds it, where that is known.
        story: `Story.id` of what it would have stood in, where it had been grouped.
    """

    id: str
    source: str
    code: str
    reason: str
    headline: str | None = None
    url: str | None = None
    story: str | None = None


@dataclass(frozen=True, slots=True)
class Colophon:
    """How the edition came about; nothing in it depends on how long anything took.

    Attributes:
        sources_reached: Names, in the order of the configuration.
        sources_failed: (name, why, mornings in a row).
        n_in: Articles that arrived.
        n_placed: Articles that stand in a story.
        n_by_code: (Omission.code, how many), by code.
        n_by_lead: Articles whose bullets are lead sentences because the deadline was near.
        model: Name of the model.
        signature: Signature of the summaries.
        version: Version of brief.
    """

    sources_reached: tuple[str, ...]
    sources_failed: tuple[tuple[str, str, int], ...]
    n_in: int
    n_placed: int
    n_by_code: tuple[tuple[str, int], ...]
    n_by_lead: int
    model: str
    signature: str
    version: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One morning's page; once finished it never changes.

    Attributes:
        date: The morning's date in the configured time zone.
        title: Of the page.
        placed: Stories in the order of the page, sections together.
        omissions: Every input that is in no story, with its reason.
        colophon: How it came about.
        n_words: Of headlines and bullets.
        minutes: Reading time at 230 words a minute, rounded up.
    """

    date: date
    title: str
    placed: tuple[Placed, ...]
    omissions: tuple[Omission, ...]
    colophon: Colophon
    n_words: int
    minutes: int
