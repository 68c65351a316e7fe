"""Edition -> what readers and programs open: Markdown, pages, e-mail, plain text, JSON, feed.

Equal editions give equal bytes. Article text is untrusted: every format escapes it, characters
that steer a terminal or the reading direction are taken out, and only http and https links are
links. Left out: where the bytes go (`deliver.py`, `job.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from brief.briefing.nouns import Edition

INDEX_NAME = "index.html"
"""Every page links to the index under this name, in its own folder."""
FEED_NAME = "feed.xml"
"""Every page names the feed of editions under this name, in its own folder."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the index says of one edition.

    Attributes:
        date: The edition's; its page is `{date}.html` beside the index.
        title: Of the page.
        n_stories, n_articles, minutes: How much it holds.
        headlines: Of its first stories, in order.
    """

    date: date
    title: str
    n_stories: int
    n_articles: int
    minutes: int
    headlines: tuple[str, ...]


def to_listing(edition: Edition) -> Listing:
    """What the index says of an edition."""
    raise NotImplementedError


def to_markdown(edition: Edition) -> str:
    """The edition as CommonMark, ending in a line break."""
    raise NotImplementedError


def to_html(edition: Edition) -> str:
    """The edition as one page that loads nothing and runs nothing."""
    raise NotImplementedError


def to_email_html(edition: Edition) -> str:
    """The edition as the HTML part of an e-mail."""
    raise NotImplementedError


def to_plain_text(edition: Edition) -> str:
    """The edition as plain text, 72 columns wide: the other part of the e-mail, and stdout."""
    raise NotImplementedError


def to_subject(edition: Edition) -> str:
    """The e-mail's subject, on one line."""
    raise NotImplementedError


def to_json(edition: Edition) -> str:
    """The edition as the JSON object `brief.edition/1` (docs/schemas.md)."""
    raise NotImplementedError


def from_json(text: str) -> Edition:
    """The edition that `to_json` wrote: every format of it is the same, byte for byte.

    Its reports carry neither body nor lead nor bullets: an edition does not keep them.

    Raises:
        ValueError: The text is not of this schema.
    """
    raise NotImplementedError


def to_index(listings: Sequence[Listing], *, title: str = "Morning briefing") -> str:
    """The page that lists editions by date, the newest first, whatever the order given."""
    raise NotImplementedError


def to_atom(
    editions: Sequence[Edition], *, title: str = "Morning briefing", base_url: str = ""
) -> str:
    """An Atom feed of editions in full, the newest first, whatever the order given.

    Args:
        editions: The newest few; a feed is no archive.
        title: Of the feed.
        base_url: Where the folder of editions is served, ending in a slash; empty for links
            that are relative to the feed.
    """
    raise NotImplementedError
