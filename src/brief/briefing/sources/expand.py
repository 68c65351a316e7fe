"""Gather the new articles of one source, and expand OPML lists into feeds.

A source is a folder, a file of rows, a feed, an OPML list of feeds, a list of URLs or one URL.
See `ingest/web/crawler.py` for fetching and `ingest/feeds/feed_parser.py` for parsing feeds.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from brief.briefing.sources.backlog import canonical
from brief.briefing.sources.feed_source import FeedReader
from brief.briefing.sources.file_source import gather_files
from brief.briefing.sources.source_types import (
    RETRIED,
    Fetcher,
    Gathered,
    Kind,
    SourceConfig,
    SourceMemory,
)
from brief.errors import BriefError, InputError, UsageError
from brief.ingest.charset import MAX_BYTES, decode
from brief.ingest.feeds.opml import Subscription, read_opml
from brief.ingest.inputs import ROW_SUFFIXES, shown
from brief.ingest.web.response import Fetched, ResourceKind

__all__ = [
    "RETRIED",
    "Fetcher",
    "Gathered",
    "Kind",
    "SourceConfig",
    "SourceMemory",
    "expand",
    "gather",
    "to_config",
]

_URL = re.compile(r"https?://", re.IGNORECASE)
_ANY_URL = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:#.*\s+)*https?://", re.IGNORECASE)
_HEAD_BYTES = 2_000
"""Bytes at the start of a file by which a list of URLs is recognized."""


def to_config(location: str) -> SourceConfig:
    """The source for `--source LOCATION`; its kind is detected from the file or folder there.

    Nothing is fetched: whether a URL is a feed or a page is detected when it is gathered.

    Raises:
        UsageError: There is no such file or folder, or it cannot be read.
    """
    if _URL.match(location):
        name = location.split("://", 1)[1].strip("/")
        return SourceConfig(name=name, kind="url", location=location)
    path = Path(location).expanduser()
    lower = path.name.lower()
    kind: Kind = "folder"
    try:
        if not path.exists():
            raise UsageError(f"{location}: no such file or folder", "name a path or an http(s) URL")
        if path.is_file():
            if lower.endswith(ROW_SUFFIXES):
                kind = "rows"
            elif lower.endswith(".opml"):
                kind = "opml"
            elif _ANY_URL.match(_head(path)):
                kind = "urls"
    except OSError as error:
        raise UsageError(f"{shown(location)}: {error.strerror}") from None
    return SourceConfig(name=shown(path.resolve().name), kind=kind, location=location)


def expand(
    configs: Iterable[SourceConfig], *, client: Fetcher
) -> tuple[tuple[SourceConfig, ...], tuple[tuple[SourceConfig, BriefError], ...]]:
    """Replace each OPML list by its feeds; call this before `gather`.

    A feed takes the list's settings, and its section within the list where the list's settings
    name none. A name that is already taken gets the location added. A feed that occurs several
    times is kept once: as a source of its own if there is one.

    Returns:
        The sources without `opml` ones, in order, and the lists that could not be read.
    """
    configs = tuple(configs)
    locations = {_place(one.location) for one in configs if one.kind != "opml"}
    names: set[str] = set()
    expanded: list[SourceConfig] = []
    failed: list[tuple[SourceConfig, BriefError]] = []

    def add(config: SourceConfig) -> None:
        name = config.name
        if name in names:
            name = f"{name} ({config.location})"
        names.add(name)
        expanded.append(replace(config, name=name))

    for config in configs:
        if config.kind != "opml":
            add(config)
            continue
        try:
            subscriptions = _subscriptions(config, client)
        except InputError as error:
            failed.append((config, error))
            continue
        for one in subscriptions:
            if _place(one.url) not in locations:
                locations.add(_place(one.url))
                section = config.section or one.section
                add(replace(config, name=one.title, kind="feed", location=one.url, section=section))
    return tuple(expanded), tuple(failed)


def gather(
    config: SourceConfig,
    *,
    memory: SourceMemory,
    known: Callable[[str], bool],
    now: datetime,
    client: Fetcher,
    limit: int,
) -> Gathered:
    """Gather everything that is new in one source; safe to call from several threads at once.

    Failures are data: an article's in its arrival, the source's in `Gathered.error`.

    Args:
        config: Any source except an `opml` one, which `expand` turns into feeds.
        memory: What the source's last morning stored.
        known: Whether a key of this source was an arrival or a lasting omission before; such an
            input is neither fetched nor returned again. A file of rows is read to its end, and
            this is called for each row.
        now: Timezone-aware; a later publication date is replaced by it, with a remark.
        client: HTTP client.
        limit: Maximum number of arrivals on the source's first morning.
    """
    if config.kind in {"folder", "rows"}:
        return gather_files(config, memory=memory, known=known, now=now, limit=limit)
    reader = FeedReader(config, memory, known, now, client, limit)
    if config.kind == "feed":
        return reader.feed()
    if config.kind == "url" or _URL.match(config.location):
        return reader.feed_or_page()
    if config.kind == "urls":
        try:
            urls = _lines(config.location)
        except InputError as error:
            failed = replace(memory, n_failures=memory.n_failures + 1)
            return Gathered((), (), failed, error)
        return reader.pages(urls)
    raise ValueError(f"{config.kind} sources are expanded before they are gathered")


def _subscriptions(config: SourceConfig, client: Fetcher) -> tuple[Subscription, ...]:
    if not _URL.match(config.location):
        return read_opml(_content(config.location), name=config.location)
    answer = client.fetch(
        config.location, wanted=ResourceKind.FEED, allow_private=config.allow_private
    )
    # Without validators in the request, the answer cannot be "not modified".
    assert isinstance(answer, Fetched)
    return read_opml(answer.content, name=config.location, charset=answer.charset)


def _lines(location: str) -> list[str]:
    """The lines of a list, without blank lines and comments (#)."""
    text = decode(_content(location), name=location)
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _content(location: str) -> bytes:
    try:
        with Path(location).expanduser().open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"{shown(location)}: cannot be read ({said})", "check the location"
        ) from None
    if len(content) > MAX_BYTES:
        raise InputError(f"{shown(location)}: larger than {MAX_BYTES:,} bytes", "split the list")
    return content


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_HEAD_BYTES)


def _place(location: str) -> str:
    """A location in a form for comparison: different spellings of one URL become equal."""
    try:
        return canonical(location) if _URL.match(location) else location
    except ValueError:
        return location
