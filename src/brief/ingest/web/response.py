"""What is asked of a URL, and what it answers. Left out: the asking (`fetch.py`, `crawler.py`)."""

from dataclasses import dataclass
from enum import StrEnum


class Wanted(StrEnum):
    """What a URL is asked for; it decides the Accept header and the types that are read."""

    PAGE = "page"
    """Text or HTML; other types are refused."""
    FEED = "feed"
    """A feed, an OPML file or a page: whatever the server calls it, since many misname them."""
    ROBOTS = "robots"
    """A robots.txt, whatever the server calls it."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a URL answered.

    Attributes:
        url: After redirects.
        content: The body, decompressed, not decoded.
        media_type: Lower case, without parameters; None when the server names none.
        charset: As the Content-Type header names it, lower case; None when it names none.
        etag, last_modified: What to send next time to be told `NotModified`, as the server
            spelled them; None when it named none.
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
