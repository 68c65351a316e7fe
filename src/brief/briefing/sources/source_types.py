"""Data types of sources: configuration, memory between mornings, gathered articles, HTTP client.

See `expand.py` for how a source is read.

Tested in `tests/briefing/sources/test_expand.py`.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

from brief.briefing.briefing_types import FetchedArticle, SkippedInput
from brief.config_rules import TEXT, YES_OR_NO, number, one_of, whole
from brief.datatypes import Remark
from brief.errors import BriefError
from brief.ingest.web.response import Fetched, NotModified, ResourceKind

Kind = Literal["folder", "rows", "feed", "opml", "urls", "url"]
"""`folder` also takes one text or HTML file; `urls` is a file with one URL per line; `url` is one
URL of a feed or a page, detected when it is read."""

RETRIED = frozenset({"unreachable"})
"""Codes of omissions whose input is tried again on later mornings. The ids of all others are
remembered in the ledger, like those of arrivals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConfig:
    """One source, as brief.toml or `--source` names it.

    Attributes:
        name: Name in editions, status and messages; unique within a run.
        kind: Kind of source at the location.
        location: A path or an http(s) URL; `feed` and `url` need a URL, `opml` takes both.
        weight: Weight of its articles in ranking.
        section: Section heading of its stories; None for the edition's default.
        allow_private: Whether private network addresses may be fetched, for a local server.
        max_new: Maximum number of articles on any morning, the newest; None for the default limit
            on the first morning and no limit later.
        full_text: Whether a feed's pages are fetched; if not, the feed's own text is read.
    """

    name: Annotated[str, TEXT]
    kind: Annotated[Kind, one_of(Kind)]
    location: str
    weight: Annotated[float, number(0, 100)] = 1.0
    section: Annotated[str | None, TEXT] = None
    allow_private: Annotated[bool, YES_OR_NO] = False
    max_new: Annotated[int | None, whole(1, 100_000)] = None
    full_text: Annotated[bool, YES_OR_NO] = True


@dataclass(frozen=True, slots=True)
class SourceMemory:
    """State of a source that the ledger stores for its next morning.

    It must be stored together with the arrivals and omissions of the same `Gathered`, in one
    transaction: its validators imply that everything in that answer has been seen.

    Attributes:
        etag, last_modified: The feed's HTTP cache validators; None when there are none.
        n_failures: Number of mornings in a row on which the source failed.
        reached: Whether it was ever reached; if not, the next time is its first morning.
    """

    etag: str | None = None
    last_modified: str | None = None
    n_failures: int = 0
    reached: bool = False


@dataclass(frozen=True, slots=True)
class Gathered:
    """Result of gathering one source.

    Attributes:
        arrivals: New articles, the newest first, undated ones after them in the source's order;
            `content.error` is set for those that could not be read.
        omissions: New inputs that are not arrivals: `backlog` (beyond the limit), `repeated` (the
            source has that id twice: it is the id of another arrival or omission), `empty`
            (neither a page nor a text), `unreachable` (its site did not answer; tried again next
            time). A failure of the source itself is not among them.
        memory: State for the next morning, also after a failure.
        error: Why the source failed; None when it did not.
        remarks: Remarks on the source itself, for logs.
    """

    arrivals: tuple[FetchedArticle, ...]
    omissions: tuple[SkippedInput, ...]
    memory: SourceMemory
    error: BriefError | None = None
    remarks: tuple[Remark, ...] = ()


class Fetcher(Protocol):
    """HTTP client: `ingest.web.crawler.Client`, or a fake.

    Attributes:
        n_at_once: Number of calls that may usefully run in parallel.
    """

    n_at_once: int

    def fetch(
        self,
        url: str,
        *,
        wanted: ResourceKind = ResourceKind.PAGE,
        allow_private: bool = False,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Fetched | NotModified:
        """Fetch a URL; raises FetchError."""
        ...
