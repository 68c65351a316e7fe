"""Data types of the briefing: arrivals, reports, stories, omissions, editions.

All are frozen. Times are timezone-aware and in UTC. See `sources/expand.py`, `stories/grouping.py`
and `edition.py` for how they are made, `ledger/` for storage, `render/` for output formats.

Tested in `tests/briefing/test_edition.py`.
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
class FetchedArticle:
    """One article as one source brought it, not yet cleaned.

    Attributes:
        key: Identifies the article across mornings: the canonical URL or the feed's GUID within
            its source, a file's path, a row's id.
        source: Name of the source, as brief.toml or the command line gives it.
        content: Input of the summarizer; `content.error` is set when it could not be fetched.
        published: Publication time according to the source; None when it gives none.
        remarks: What the reader should know about how it was fetched.
        fallback: The feed's own text of a fetched page: used, with a remark, when `content` turns
            out to hold no article (EmptyInputError), as with pages that build themselves with
            JavaScript. None when there is none.
    """

    key: str
    source: str
    content: Source
    published: datetime | None = None
    remarks: tuple[Remark, ...] = ()
    fallback: Source | None = None


class ArticleState(StrEnum):
    """Processing state of an article; each state is stored before the next one begins."""

    SEEN = "seen"
    FETCHED = "fetched"
    CLEANED = "cleaned"
    SUMMARIZED = "summarized"
    PLACED = "placed"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarizedArticle:
    """One article, summarized: what stories are made of.

    Attributes:
        id: Stable and short: hex digest of source and key.
        headline: The page's own, else the first words of its lead.
        source: Name of its source.
        url: Public http or https address; None for a local file without one and for anything
            unsafe as a link (`safe_link`).
        published: Publication time; an article without a date gets its edition's date.
        copy_of: `SummarizedArticle.id` of the report whose text it repeats (an agency's, for example),
            possibly in an earlier edition; None for an original article.
        by_lead: Whether the bullets are lead sentences because the deadline was near.
        remarks: Remarks on the fetching and on the summary.
        picture_credit: As `Metadata.picture_credit`.
        lead: The first sentences of the body, for grouping. An edition's JSON holds only what it
            shows: neither lead nor body nor these bullets.
        body: The whole body as one string, for finding near-copies.
        bullets: Bullets of its summary.
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
        """Drop an unsafe URL here, once for all formats: article text is untrusted."""
        object.__setattr__(self, "url", safe_link(self.url))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryBullet(Bullet):
    """A bullet of a story, and the article that it came from.

    Attributes:
        article: `SummarizedArticle.id`; the offsets in `sources` refer to that article's text.
        disagrees: Ids of the other articles whose number differs; both bullets are printed.
    """

    article: str
    disagrees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles about one event; a composed edition gives them their place on the page.

    Attributes:
        id: Id of its first article ever, so that a running story keeps its id.
        headline: Headline of its most central article.
        section: Heading of its section; empty before it is placed.
        reasons: Why it is here, for a reader ("3 sources", "topic: housing", "since yesterday").
        score: Ranking score; comparable within an edition only.
        since: Date of the last edition with this story; None for a new one.
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
    reports: tuple[SummarizedArticle, ...] = field(metadata={"alias": "articles"})


@dataclass(frozen=True, slots=True)
class SkippedInput:
    """An input that is in no story of the edition, and why.

    Attributes:
        id: The input's key, URL or path; `SummarizedArticle.id` if it was summarized; the source's name
            where the source itself failed.
        source: Name of its source.
        code: One word: `unreadable`, `empty`, `muted`, `budget`, `unchanged`, `future`,
            `repeated`, `backlog`, `source_failed` …
        reason: For a reader, with the remedy where there is one.
        headline: Its headline, if known.
        url: Its public address, if known and safe as a link.
        story: `Story.id` of the story it was grouped into, if any.
    """

    id: str
    source: str
    code: str
    reason: str
    headline: str | None = None
    url: str | None = None
    story: str | None = None

    def __post_init__(self) -> None:
        """Drop an unsafe URL, as `SummarizedArticle` does."""
        object.__setattr__(self, "url", safe_link(self.url))


@dataclass(frozen=True, slots=True)
class FailedSource:
    """A source that could not be reached.

    Attributes:
        source: Name of the source.
        reason: Why it could not be reached.
        mornings: Number of mornings in a row.
    """

    source: str
    reason: str
    mornings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionStats:
    """How the edition came about; nothing in it depends on how long anything took.

    Attributes:
        sources_reached: Names, in the order of the configuration.
        sources_failed: Sources that could not be reached.
        n_in: Number of articles that arrived.
        n_placed: Number of articles that are in a story.
        n_by_code: `SkippedInput.code` -> number of omissions, sorted by code.
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
        title: Title of the page.
        n_words: Number of words in headlines and bullets.
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
    omissions: tuple[SkippedInput, ...] = field(metadata={"alias": "outcomes"})
    colophon: EditionStats
