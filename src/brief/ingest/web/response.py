"""HTTP responses: content types, decompression, size limits and validators.

Tested in `tests/ingest/web/test_fetch.py`.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

from brief.ingest.web.connections import TransportError


class ResourceKind(StrEnum):
    """The kind of content wanted; it decides the Accept header and the accepted types."""

    PAGE = "page"
    """Text or HTML; other types are refused."""
    FEED = "feed"
    """A feed, an OPML file or a page: whatever the server calls it, since many misname them."""
    ROBOTS = "robots"
    """A robots.txt, whatever the server calls it."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The response of a URL.

    Attributes:
        url: After redirects.
        content: The body, decompressed, not decoded.
        media_type: Lower case, without parameters; None when the server names none.
        charset: As the Content-Type header names it, lower case; None when it names none.
        etag, last_modified: Validators to send next time to get `NotModified`, as the server
            spelled them; None when it sent none.
    """

    url: str
    content: bytes
    media_type: str | None
    charset: str | None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that nothing changed since the answer whose validators were sent.

    Attributes:
        url: After redirects.
    """

    url: str


_INFLATE_STEP = 65_536
"""Bytes inflated at a time, whatever the ratio; this bounds a compression bomb."""
SAVE_IT = "open the page in a browser, save it, and pass the file"


def content_type(header: str | None) -> tuple[str | None, str | None]:
    """Media type and charset, as far as they are named."""
    if not header:
        return None, None
    parsed = Message()
    parsed["Content-Type"] = header
    return parsed.get_content_type(), parsed.get_content_charset()


def require_page(media_type: str | None) -> None:
    """Refuse a media type that cannot hold an article."""
    named = media_type or "text/html"
    if not named.startswith("text/") and named != "application/xhtml+xml":
        remedy = "save it and convert it to text first"
        if named == "application/pdf":
            remedy += ", for example with pdftotext"
        raise TransportError(f"not text or HTML (content type {named})", remedy)


def decompressed(pieces: Iterable[bytes], coding: str | None) -> Iterator[bytes]:
    """Decompress a body, one bounded piece at a time.

    httpx would inflate 64 KB to 67 MB at once, stop after the first gzip member, and take a body
    that is cut short for a whole one.
    """
    coding = (coding or "identity").strip().lower()
    if coding == "identity":
        yield from pieces
        return
    if coding not in {"gzip", "x-gzip"}:
        raise TransportError(f"content encoding {coding}, where only gzip was asked for", SAVE_IT)
    member = zlib.decompressobj(wbits=31)
    try:
        for piece in pieces:
            data = piece
            while data:
                if member.eof:
                    member = zlib.decompressobj(wbits=31)
                yield member.decompress(data, _INFLATE_STEP)
                data = member.unused_data or member.unconsumed_tail
        yield member.flush()
    except zlib.error as error:
        raise TransportError(f"damaged gzip ({error})") from None
    if not member.eof:
        raise TransportError("the compressed answer is cut short", "try again later", passing=True)


def joined(pieces: Iterable[bytes], max_bytes: int, *, cut: bool) -> bytes:
    """The whole body; a longer one is cut off or refused."""
    content = bytearray()
    for piece in pieces:
        content += piece
        if len(content) > max_bytes:
            if cut:
                return bytes(content[:max_bytes])
            raise TransportError(f"larger than {max_bytes:,} bytes", "pass the article's own page")
    return bytes(content)
