"""Read the new articles of a feed, of one URL (feed or page) or of a list of pages.

A feed's entries are fetched as pages; where a page cannot be fetched, the feed's own text is used.
See `ingest/web/crawler.py` for fetching and `ingest/feeds/feed_parser.py` for parsing feeds.

Tested in `tests/briefing/sources/test_expand.py`.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from brief.briefing.briefing_types import FetchedArticle, SkippedInput
from brief.briefing.sources.backlog import NewEntry, canonical, choose, in_time, most, to_key
from brief.briefing.sources.source_types import Fetcher, Gathered, SourceConfig, SourceMemory
from brief.datatypes import Code, Metadata, Remark, fields_of
from brief.errors import EmptyInputError, FetchError, InputError
from brief.ingest.feeds.feed_parser import Entry, is_feed, parse_feed
from brief.ingest.inputs import Source, from_answer
from brief.ingest.web.response import Fetched, NotModified, ResourceKind

_PRIVATE = "set allow_private = true for this source if it is meant"


@dataclass(frozen=True, slots=True)
class FeedReader:
    """Reads one source over the network, on one morning.

    Attributes:
        config, memory, known, now, client, limit: As for `expand.gather`.
    """

    config: SourceConfig
    memory: SourceMemory
    known: Callable[[str], bool]
    now: datetime
    client: Fetcher
    limit: int

    def feed(self) -> Gathered:
        """Read the new articles of a feed."""
        try:
            answer = self._asked()
            if isinstance(answer, NotModified):
                return self._done((), (), self.memory)
            return self._entries(answer)
        except InputError as error:
            return self._failed(error)

    def feed_or_page(self) -> Gathered:
        """Read the new articles at a URL that may be a feed or a page."""
        url = self.config.location
        if self.known(to_key(canonical(url))):
            # The URL is a page, and has already been read.
            return self._done((), (), self.memory)
        try:
            answer = self._asked()
            if isinstance(answer, NotModified):
                return self._done((), (), self.memory)
            if is_feed(answer.content, url=url, charset=answer.charset):
                return self._entries(answer)
            page = from_answer(answer, id=url)
        except InputError as error:
            return self._failed(error)
        arrival = FetchedArticle(to_key(canonical(url)), self.config.name, page)
        return self._done((arrival,), (), SourceMemory())

    def pages(self, urls: Sequence[str]) -> Gathered:
        """Read the new pages of a list."""
        entries = [NewEntry(to_key(_canonical(url)), Entry(url=url), url=url) for url in urls]
        return self._read(entries, SourceMemory(), ())

    def _asked(self) -> Fetched | NotModified:
        try:
            return self.client.fetch(
                self.config.location,
                wanted=ResourceKind.FEED,
                allow_private=self.config.allow_private,
                etag=self.memory.etag,
                last_modified=self.memory.last_modified,
            )
        except FetchError as error:
            raise _for_file(error) from None

    def _entries(self, answer: Fetched) -> Gathered:
        feed = parse_feed(answer.content, url=answer.url, charset=answer.charset)
        candidates = [
            NewEntry(
                _key(entry, answer.url, number),
                entry,
                entry.published,
                None,
                entry.headline,
                entry.url,
            )
            for number, entry in enumerate(feed.entries)
        ]
        memory = SourceMemory(etag=answer.etag, last_modified=answer.last_modified)
        return self._read(candidates, memory, feed.remarks)

    def _read(
        self,
        candidates: Sequence[NewEntry[Entry]],
        memory: SourceMemory,
        remarks: tuple[Remark, ...],
    ) -> Gathered:
        kept, omissions = choose(
            candidates,
            source=self.config.name,
            known=self.known,
            n_most=most(self.config, self.memory, self.limit),
            undated_first=True,
        )
        arrivals: list[FetchedArticle] = []
        for had in self._had(kept):
            if isinstance(had, FetchedArticle):
                arrivals.append(had)
            else:
                omissions.append(had)
                if had.code == "unreachable":
                    # To retry this entry, the feed must be fetched next time even if unchanged.
                    memory = SourceMemory()
        return self._done(tuple(arrivals), tuple(omissions), memory, remarks)

    def _had(self, kept: Sequence[NewEntry[Entry]]) -> Iterator[FetchedArticle | SkippedInput]:
        if len(kept) <= 1:
            yield from map(self._one, kept)
            return
        with ThreadPoolExecutor(min(self.client.n_at_once, len(kept))) as pool:
            yield from pool.map(self._one, kept)

    def _one(self, candidate: NewEntry[Entry]) -> FetchedArticle | SkippedInput:
        entry, name = candidate.what, self.config.name
        published, remarks = in_time(entry.published, self.now)
        said = Source(
            id=entry.url or candidate.key,
            text=entry.text,
            published=published.isoformat() if published else None,
            **fields_of(entry, Metadata),
        )

        def arrival(
            content: Source, *more: Remark, fallback: Source | None = None
        ) -> FetchedArticle:
            told = (*remarks, *more)
            return FetchedArticle(candidate.key, name, content, published, told, fallback)

        own = said if entry.text else None
        if not entry.url or not self.config.full_text:
            if own:
                return arrival(own)
            reason = "the feed gives no text of it, and no page is to be read"
            return SkippedInput(
                candidate.key, name, "empty", reason, candidate.title, candidate.url
            )
        try:
            page = self._page(entry.url)
        except InputError as error:
            if own:
                why = f"the page could not be had ({error.problem})"
                return arrival(own, Remark(Code.FEED_TEXT, why))
            if isinstance(error, FetchError) and error.passing:
                return SkippedInput(
                    candidate.key, name, "unreachable", str(error), candidate.title, candidate.url
                )
            return arrival(replace(said, error=error))
        content = replace(said, text=page.text, is_html=page.is_html, url=page.url)
        return arrival(content, fallback=own)

    def _page(self, url: str) -> Source:
        try:
            answer = self.client.fetch(url, allow_private=self.config.allow_private)
        except FetchError as error:
            raise _for_file(error) from None
        # Without validators in the request, the answer cannot be "not modified".
        assert isinstance(answer, Fetched)
        page = from_answer(answer, id=url)
        if not page.text.strip():
            raise EmptyInputError(f"{url}: an empty page")
        return page

    def _done(
        self,
        arrivals: tuple[FetchedArticle, ...],
        omissions: tuple[SkippedInput, ...],
        memory: SourceMemory,
        remarks: tuple[Remark, ...] = (),
    ) -> Gathered:
        reached = replace(memory, n_failures=0, reached=True)
        return Gathered(arrivals, omissions, reached, None, remarks)

    def _failed(self, error: InputError) -> Gathered:
        memory = replace(self.memory, n_failures=self.memory.n_failures + 1)
        return Gathered((), (), memory, error)


def _key(entry: Entry, feed: str, number: int) -> str:
    """The entry's key: its id, else its link, else its text, else its place."""
    if entry.guid:
        return to_key(entry.guid)
    if entry.url:
        return to_key(canonical(entry.url))
    if text := (entry.headline or "") + entry.text:
        return f"sha256:{sha256(text.encode()).hexdigest()}"
    return to_key(f"{feed}#{number + 1}")


def _canonical(url: str) -> str:
    """The canonical form of a URL; it was typed by a person and may be invalid."""
    try:
        return canonical(url)
    except ValueError:
        return url


def _for_file(error: FetchError) -> FetchError:
    """The same error, with a remedy for brief.toml where it names a flag of another command."""
    if "--allow-private" not in error.remedy:
        return error
    return FetchError(error.problem, _PRIVATE, status=error.status, passing=error.passing)
