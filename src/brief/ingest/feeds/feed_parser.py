"""Parse RSS, Atom and JSON feeds into entries.

The bytes are decoded like any other input, and everything before the root element is dropped, so
that a document type can neither name a file nor define an entity that expands. XML that is not
well formed is read as far as possible, with a warning. Enclosures and other non-text are ignored.

See `crawler.py` for fetching, `opml.py` for lists of feeds and `briefing/sources/expand.py` for
the choice of entries.
"""

import io
import json
import re
from calendar import timegm
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from brief.datatypes import Code, Metadata, Remark
from brief.errors import InputError
from brief.ingest.charset import decode
from brief.ingest.dates import plausible, read_date
from brief.ingest.feeds.xml_text import to_lines, whole, without_prologue
from brief.ingest.html_extraction import looks_like_html

_CHECK = "check the address"

MAX_URL = 4_000
"""Characters; servers do not answer longer links."""

MAX_CREDIT = 200
"""Characters of a picture's credit; a longer one is cut after a word."""

MAX_TAGS = 200_000
"""Tags in one feed. A feed of 10 MB has some 100,000; a feed of nothing but tags costs the parser
150 MB and 10 seconds at this limit, and more beyond it."""

_PICTURE_ROLES = frozenset({"", "photographer", "photography", "photo", "illustrator"})
"""Of `media:credit`, which also names actors and composers."""
_CREDIT_LABEL = re.compile(r"(?:photo(?:graph)?|picture|image|credit)s?\s*:\s*", re.IGNORECASE)

_FEED_ROOT = re.compile(r"<(?:\w{1,20}:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_OPML_ROOT = re.compile(r"<opml\b", re.IGNORECASE)
_JSON_FEED = "jsonfeed.org/version/"
_JSON_HEAD = 2_000
"""Characters searched for a JSON Feed's version, which is its first member."""

_MAX_DAMAGED_SHARE = 0.001
"""A few wrong bytes in a feed of fifty articles cost only those characters, not the feed."""

_LINK = re.compile(r"<link\b[^>]{0,1000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""\b(type|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE
)
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
_MAX_NAMED_FEEDS = 3
_HTML_HEAD = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Metadata):
    """One entry of a feed; every text is plain, without control codes, metadata on one line.

    Its URL is absolute, http or https.

    Attributes:
        guid: The feed's own id for it; None when it has none.
        text: The longest text that the feed has for it, one paragraph per line; may be empty.
        published: Publication time in UTC, or the time of the last change when only that is
            given; None when there is no readable date.
    """

    guid: str | None = None
    text: str = ""
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A parsed feed.

    Attributes:
        title: One line; empty when it has none.
        entries: In the feed's order.
        remarks: What was wrong with it.
    """

    title: str
    entries: tuple[Entry, ...]
    remarks: tuple[Remark, ...] = ()


def parse_feed(content: bytes, *, url: str, charset: str | None = None) -> Feed:
    """Read a feed of any kind and version.

    Args:
        content: The bytes that the server sent, decompressed.
        url: Where the feed was found; the base of relative links.
        charset: The charset that the server declared.

    Returns:
        The feed; it may have no entries.

    Raises:
        InputError: It is an HTML page (the message names the feeds that the page links to), an
            OPML list, no feed at all, or damaged beyond reading.
    """
    text, remarks = _decoded(content, url, charset)
    if looks_like_html(text):
        raise InputError(f"{url}: an HTML page, not a feed", _feeds_of_page(text, url))
    if text.lstrip().startswith("{"):
        return _from_json(text, url, remarks)
    body = without_prologue(text)
    if _OPML_ROOT.match(body):
        raise InputError(f"{url}: an OPML list of feeds, not a feed", 'set kind = "opml"')
    if not body.startswith("<") or body.startswith("<!"):
        raise InputError(f"{url}: not a feed (starts with {text[:30]!r})", _CHECK)
    return _from_xml(body, url, remarks)


def is_feed(content: bytes, *, url: str, charset: str | None = None) -> bool:
    """Whether a response starts like a feed and not like a page.

    Raises:
        InputError: It is not text.
    """
    text, _ = _decoded(content, url, charset)
    body = without_prologue(text)
    return bool(_FEED_ROOT.match(body)) or (
        text.lstrip().startswith("{") and _JSON_FEED in text[:_JSON_HEAD]
    )


def _decoded(content: bytes, url: str, charset: str | None) -> tuple[str, tuple[Remark, ...]]:
    try:
        return decode(content, name=url, charset=charset), ()
    except InputError:
        text = content.decode("utf-8", "replace")
        n_damaged = text.count("\ufffd")
        if "\x00" in text or n_damaged > _MAX_DAMAGED_SHARE * len(text):
            raise
        said = f"{n_damaged:,} bytes of {url} are no UTF-8"
        return text, (Remark(Code.DAMAGED_CHARACTERS, said),)


def _feeds_of_page(html: str, url: str) -> str:
    """A remedy for a message: the feeds that a page links to."""
    found: dict[str, None] = {}
    for link in _LINK.findall(html[:_HTML_HEAD]):
        values = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(link)}
        address = _absolute(values.get("href"), url)
        if values.get("type", "").strip().lower() in _FEED_TYPES and address:
            found[address] = None
    if not found:
        return "name the address of its feed, or list it as a page"
    return f"this page's feeds: {', '.join(list(found)[:_MAX_NAMED_FEEDS])}"


def _from_xml(body: str, url: str, remarks: tuple[Remark, ...]) -> Feed:
    import feedparser

    if (n_tags := body.count("<")) > MAX_TAGS:
        raise InputError(f"{url}: {n_tags:,} tags, where at most {MAX_TAGS:,} are read", _CHECK)
    data = f'<?xml version="1.0" encoding="utf-8"?>\n{body}'.encode()
    try:
        parsed = feedparser.parse(
            # As a stream, because feedparser would open a string as an address.
            io.BytesIO(data),
            response_headers={
                "content-type": "application/xml; charset=utf-8",
                "content-location": url,
            },
            # No sanitizing is needed: `to_lines` keeps only text.
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:
        # Whatever a hostile feed does to the parser is this feed's failure, not a bug here.
        said = f"{type(error).__name__}: {str(error)[:100]}"
        raise InputError(f"{url}: this feed cannot be parsed ({said})") from error
    said = str(parsed.get("bozo_exception", ""))[:100]
    if not parsed.entries and parsed.bozo:
        raise InputError(f"{url}: malformed XML without one whole entry ({said})", _CHECK)
    if not parsed.entries and not parsed.version:
        raise InputError(f"{url}: XML, but not a feed (its root is {body[:30]!r})", _CHECK)
    if parsed.bozo:
        kept = f"{len(parsed.entries):,} entries could be read"
        said = f"{url} is not well-formed XML ({said}); {kept}"
        remarks = (*remarks, Remark(Code.MALFORMED_FEED, said))
    title = _one_line(parsed.feed.get("title"))
    return Feed(title, tuple(_from_parsed(entry, url) for entry in parsed.entries), remarks)


def _from_parsed(entry: dict[str, Any], url: str) -> Entry:
    # feedparser's own look-up warns when it substitutes one date for the other.
    updated = dict.get(entry, "updated_parsed")
    texts = [*entry.get("content", ()), entry.get("summary_detail") or {}]
    return Entry(
        guid=_name(entry.get("id")),
        url=_absolute(entry.get("link"), url),
        headline=_one_line(entry.get("title")) or None,
        text=_longest(_texts(texts)),
        byline=_one_line(entry.get("author")) or None,
        picture_credit=_picture_credit(entry),
        published=_date(entry.get("published_parsed")) or _date(updated),
    )


def _picture_credit(entry: Mapping[str, Any]) -> str | None:
    """The names that Media RSS gives for the entry's pictures; JSON Feed has no such member.

    An entry whose media are all film or sound has none: its credits are not a picture's.
    """
    media = entry.get("media_content", ())
    kinds = [one.get("medium") or (one.get("type") or "image").split("/")[0] for one in media]
    if kinds and "image" not in kinds:
        return None
    lines = [
        _CREDIT_LABEL.sub("", _one_line(one.get("content")), count=1)
        for one in entry.get("media_credit", ())
        if (one.get("role") or "").strip().lower() in _PICTURE_ROLES
    ]
    # Feeds repeat the credit for every size of a picture.
    credit = ", ".join(dict.fromkeys(filter(None, lines)))
    if len(credit) <= MAX_CREDIT:
        return credit or None
    return credit[: MAX_CREDIT - 2].rsplit(" ", 1)[0] + " …"


def _texts(details: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for detail in details:
        kind, value = detail.get("type") or "text/html", detail.get("value") or ""
        if kind == "text/plain":
            yield "\n".join(line for row in whole(value).splitlines() if (line := row.strip()))
        elif "html" in kind or kind.startswith("text/"):
            yield to_lines(value)


def _date(parsed: Any) -> datetime | None:  # noqa: ANN401 - a struct_time or nothing
    try:
        return plausible(datetime.fromtimestamp(timegm(parsed), UTC)) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None


def _from_json(text: str, url: str, remarks: tuple[Remark, ...]) -> Feed:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        said = str(error)[:100]
        raise InputError(f"{url}: not JSON ({said})", _CHECK) from None
    items = feed.get("items")
    if not isinstance(items, list) or _JSON_FEED not in str(feed.get("version")):
        raise InputError(f"{url}: JSON, but not a JSON Feed", _CHECK)
    entries = tuple(_from_item(item, url) for item in items if isinstance(item, dict))
    title = feed.get("title")
    return Feed(_one_line(title if isinstance(title, str) else ""), entries, remarks)


def _from_item(item: Mapping[str, Any], url: str) -> Entry:
    def text(name: str) -> str | None:
        value = item.get(name)
        # Many feeds write ids as numbers.
        return str(value) if isinstance(value, str | int) else None

    authors = item.get("authors") or [item.get("author")]
    names = (
        [a.get("name") for a in authors if isinstance(a, dict)] if isinstance(authors, list) else []
    )
    texts = [
        {"type": "text/html", "value": text("content_html")},
        {"type": "text/plain", "value": text("content_text")},
        {"type": "text/plain", "value": text("summary")},
    ]
    return Entry(
        guid=_name(text("id")),
        url=_absolute(text("url") or text("external_url"), url),
        headline=_one_line(text("title")) or None,
        text=_longest(_texts(texts)),
        byline=_one_line(", ".join(name for name in names if isinstance(name, str))) or None,
        published=read_date(text("date_published")) or read_date(text("date_modified")),
    )


def _longest(texts: Iterable[str]) -> str:
    return max(texts, key=len, default="")


def _one_line(html: str | None) -> str:
    return " ".join(to_lines(html or "").split())


def _name(guid: str | None) -> str | None:
    return " ".join(whole(guid or "").split()) or None


def _absolute(link: str | None, base: str) -> str | None:
    """A link as an absolute URL; None for a mail address, a script and the like."""
    try:
        joined = urljoin(base, whole(link or "").strip())
        scheme, host = urlsplit(joined).scheme, urlsplit(joined).hostname
    except ValueError:
        return None
    usable = link and scheme in {"http", "https"} and host and len(joined) <= MAX_URL
    return joined if usable else None
