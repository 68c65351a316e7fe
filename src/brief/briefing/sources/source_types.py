"""The nouns of gathering: what a source is, what it remembers, what it brings.

Left out: how any of it is had (`expand.py`).
"""

from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

from brief.briefing.briefing_types import Arrival, Omission
from brief.config_rules import TEXT, YES_OR_NO, number, one_of, whole
from brief.datatypes import Remark
from brief.errors import BriefError
from brief.ingest.web.response import Fetched, NotModified, Wanted

Kind = Literal["folder", "rows", "feed", "opml", "urls", "url"]
"""`folder` also takes one text or HTML file; `urls` is a file with one URL a line; `url` is one
URL, feed or page, told apart when it is read."""

RETRIED = frozenset({"unreachable"})
"""Codes of omissions whose input may be had another morning. The ids of all others are known
from then on: the store keeps them like those of arrivals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConfig:
    """One source, as brief.toml or `--source` names it.

    Attributes:
        name: What editions, status and messages call it; unique within a run.
        kind: What stands at the location.
        location: A path or an http(s) URL; `feed` and `url` need a URL, `opml` takes both.
        weight: How much its articles count in ranking.
        section: Heading for its stories; None leaves it to the edition.
        allow_private: Whether addresses that are not public may be asked, for a local server.
        max_new: At most so many articles on any morning, the newest; None for the default limit
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
    """What a source leaves for its next morning. Plain data; the store keeps it.

    It may only be kept together with the arrivals and omissions of the same `Gathered`, in one
    transaction: its validators promise that everything in that answer has been seen.

    Attributes:
        etag, last_modified: The feed's validators; None when there are none.
        n_failures: Mornings in a row on which the source could not be had.
        reached: Whether it ever could: if not, the next time is its first morning.
    """

    etag: str | None = None
    last_modified: str | None = None
    n_failures: int = 0
    reached: bool = False


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one source brought.

    Attributes:
        arrivals: New articles, the newest first, undated ones after them in the source's order;
            `content.error` for those that could not be read.
        omissions: New inputs that are no arrival: `backlog` (beyond the limit), `repeated` (the
            source has that id twice: it is the id of another arrival or omission), `empty`
            (neither a page nor a text), `unreachable` (its site did not answer; tried again next
            time). The source's own failure is not among them.
        memory: For the next morning, also after a failure.
        error: Why the source could not be had; None when it could.
        remarks: About the source itself, for logs.
    """

    arrivals: tuple[Arrival, ...]
    omissions: tuple[Omission, ...]
    memory: SourceMemory
    error: BriefError | None = None
    remarks: tuple[Remark, ...] = ()


class Fetcher(Protocol):
    """How bytes are had: `ingest.polite.Client`, or a fake.

    Attributes:
        n_at_once: How many calls may usefully run beside each other.
    """

    n_at_once: int

    def fetch(
        self,
        url: str,
        *,
        wanted: Wanted = Wanted.PAGE,
        allow_private: bool = False,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Fetched | NotModified:
        """The answer; raises FetchError."""
        ...
