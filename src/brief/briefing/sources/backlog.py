"""Choose which new candidates of a source to read now; the others become omissions.

Also makes the keys by which articles are recognized again: canonical URLs and shortened ids. The
candidates come from `feed_source.py` and `file_source.py`.

Tested in `tests/briefing/sources/test_expand.py`.
"""

import heapq
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Generic, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from brief.briefing.briefing_types import SkippedInput
from brief.briefing.sources.source_types import SourceConfig, SourceMemory
from brief.datatypes import Code, Remark

T = TypeVar("T")

MAX_KEY = 500
"""Maximum length in characters; longer ids of feeds and rows are replaced by their digest."""

_TRACKING = re.compile(
    r"utm_\w+|mc_[ce]id|(?:fb|g|y|d)clid|msclkid|igshid|_ga|ref_src|cmpid|ito|at_\w+",
    re.IGNORECASE,
)
"""URL parameters for tracking visitors, which make no difference to the page."""

_PORTS = {"http": ":80", "https": ":443"}
_UNDATED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NewEntry(Generic[T]):
    """One input of a source, before it is read.

    Attributes:
        key: Its `Arrival.key`.
        what: What is read: a feed entry, a file or a row.
        published: Publication time according to the source; None when it gives none.
        touched: When the file was last changed; only used to find the newest.
        title, url: For an omission, if known.
    """

    key: str
    what: T
    published: datetime | None = None
    touched: datetime | None = None
    title: str | None = None
    url: str | None = None


def most(config: SourceConfig, memory: SourceMemory, limit: int) -> int | None:
    """The maximum number of arrivals of a source today; None for no limit."""
    if config.max_new is not None:
        return config.max_new
    return None if memory.reached else limit


def choose(
    candidates: Iterable[NewEntry[T]],
    *,
    source: str,
    known: Callable[[str], bool],
    n_most: int | None,
    undated_first: bool,
) -> tuple[list[NewEntry[T]], list[SkippedInput]]:
    """Choose the newest unknown candidates, each key once; only these are held in memory.

    Args:
        candidates: The candidates, in the source's order.
        source: Name of the source.
        known: Whether a key is known.
        n_most: Maximum number to keep; None for all.
        undated_first: Whether, among candidates without a date, the first are the newest, as in
            a feed; if not, the last are, as in a file that is appended to.

    Returns:
        The candidates kept, the newest publication first, then undated ones in the source's
        order; and an omission for each other unknown candidate.
    """
    kept: list[tuple[tuple[datetime, int], int, NewEntry[T]]] = []
    omissions: list[tuple[int, SkippedInput]] = []
    seen: set[str] = set()
    for index, candidate in enumerate(candidates):
        if candidate.key in seen:
            reason = "the source has another input with this id, which was taken"
            omissions.append((index, _omission(candidate, source, "repeated", reason)))
            continue
        if known(candidate.key):
            continue
        seen.add(candidate.key)
        newest = candidate.published or candidate.touched or _UNDATED
        heapq.heappush(kept, ((newest, -index if undated_first else index), index, candidate))
        if n_most is not None and len(kept) > n_most:
            _, at, dropped = heapq.heappop(kept)
            reason = f"older than the newest {n_most:,} of this source, which were taken"
            omissions.append((at, _omission(dropped, source, "backlog", reason)))
    in_order = sorted(kept, key=lambda one: one[1])
    in_order.sort(key=lambda one: one[2].published or _UNDATED, reverse=True)
    return [one for _, _, one in in_order], [
        one for _, one in sorted(omissions, key=lambda o: o[0])
    ]


def in_time(
    published: datetime | None, now: datetime
) -> tuple[datetime | None, tuple[Remark, ...]]:
    """The date, or `now` with a remark where it is in the future."""
    if published is None or published <= now:
        return published, ()
    said = published.astimezone(UTC).isoformat(timespec="minutes")
    remark = Remark(Code.FUTURE_DATE, f"its source dates it {said}; it counts as new")
    return now.astimezone(UTC), (remark,)


def to_key(name: str) -> str:
    """A name as a key: unchanged, or its digest when it is very long."""
    return name if len(name) <= MAX_KEY else f"sha256:{sha256(name.encode()).hexdigest()}"


def canonical(url: str) -> str:
    """The canonical form of a URL: equal for different links to the same page.

    Example:
        >>> canonical("HTTPS://News.Example:443/a?id=3&utm_source=feed#top")
        'https://news.example/a?id=3'
    """
    scheme, netloc, path, query, _ = urlsplit(url)
    scheme = scheme.lower()
    host = netloc.lower().removesuffix(_PORTS.get(scheme, ""))
    if query:
        pairs = parse_qsl(query, keep_blank_values=True)
        kept = [(name, value) for name, value in pairs if not _TRACKING.fullmatch(name)]
        # Keep the query as it is if nothing is removed: quoting it again might change its meaning.
        query = urlencode(kept) if len(kept) < len(pairs) else query
    return urlunsplit((scheme, host, path or "/", query, ""))


def _omission(candidate: NewEntry[T], source: str, code: str, reason: str) -> SkippedInput:
    return SkippedInput(candidate.key, source, code, reason, candidate.title, candidate.url)
