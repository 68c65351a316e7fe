"""Render editions as HTML: the page, the index, the e-mail; and the Atom feed.

Equal editions give equal bytes. Article text is untrusted: it is escaped, stripped of control
characters for terminals and reading direction, and only http and https links become links.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from brief.briefing import date_words
from brief.briefing.briefing_types import Edition
from brief.briefing.render import page
from brief.briefing.render.edition_json import from_json, to_json
from brief.briefing.render.plain_text import to_markdown, to_plain_text
from brief.output import html_templates
from brief.output.block import printable

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = [
    "FEED_NAME",
    "INDEX_NAME",
    "Listing",
    "from_json",
    "to_atom",
    "to_email_html",
    "to_html",
    "to_index",
    "to_json",
    "to_listing",
    "to_markdown",
    "to_plain_text",
]

INDEX_NAME = "index.html"
"""File name of the index; every page links to it in its own folder."""
FEED_NAME = "feed.xml"
"""File name of the feed of editions; every page links to it in its own folder."""

_FILES = Path(__file__).parent / "page_files"
_N_HEADLINES = 3
"""Headlines per index entry: enough to recognize it, few enough to scroll through a year."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Index entry of one edition.

    Attributes:
        date: Date of the edition; its page is `{date}.html` beside the index.
        title: Title of the page.
        n_stories, n_articles, minutes: Size of the edition and its reading time.
        headlines: Headlines of the highest-ranked stories, in that order.
    """

    date: date
    title: str
    n_stories: int
    n_articles: int
    minutes: int
    headlines: tuple[str, ...]

    @property
    def day(self) -> str:
        """The date in words."""
        return date_words.long(self.date)

    @property
    def extent(self) -> str:
        """Size of the edition, in words; empty on a day without news."""
        if not self.n_stories:
            return ""
        stories = page.count(self.n_stories, "story", "stories")
        return f"{stories} · {page.count(self.minutes, 'minute')}"


def to_listing(edition: Edition) -> Listing:
    """The index entry of an edition."""
    return Listing(
        date=edition.date,
        title=edition.title,
        n_stories=len(edition.stories),
        n_articles=page.n_articles(edition),
        minutes=edition.minutes,
        headlines=_headlines(edition),
    )


def to_html(edition: Edition) -> str:
    """The edition as one self-contained page without scripts or external resources.

    Apart from article links, it refers only to `INDEX_NAME`, `FEED_NAME`, its own Markdown and
    JSON, and for running stories to the page of the last edition with them.
    """
    return _filled("page.html.j2", view=page.to_view(edition), disagree=page.DISAGREE)


def to_email_html(edition: Edition) -> str:
    """The edition as the HTML part of an e-mail, without style sheet, script, image or form."""
    return _filled(
        "email.html.j2",
        view=page.to_view(edition),
        disagree=page.DISAGREE,
        preview=" · ".join(_headlines(edition)) or "No news this morning",
    )


def to_index(listings: Sequence[Listing], *, title: str = "Morning briefing") -> str:
    """The page that lists editions by date, newest first, whatever the given order."""
    newest_first = sorted(listings, key=lambda one: one.date, reverse=True)
    return _filled(
        "index.html.j2",
        title=title,
        extent=page.count(len(listings), "edition"),
        months=[
            (month, list(group))
            for month, group in groupby(newest_first, key=lambda one: date_words.month(one.date))
        ],
    )


def to_atom(
    editions: Sequence[Edition], *, title: str = "Morning briefing", base_url: str = ""
) -> str:
    """An Atom feed with the full text of editions, newest first, whatever the given order.

    It depends only on the editions: an entry counts as updated at midnight UTC of its date.

    Args:
        editions: The newest few; a feed is not an archive.
        title: Title of the feed.
        base_url: URL of the folder of editions, ending in a slash; empty for links that are
            relative to the feed.
    """
    newest_first = sorted(editions, key=lambda one: one.date, reverse=True)
    entries = [
        {
            "id": _urn(f"{base_url or title}/{one.date}"),
            "title": f"{one.title}, {date_words.long(one.date)}",
            "updated": f"{one.date}T00:00:00Z",
            "date": one.date,
            "content": _filled("entry.html.j2", view=page.to_view(one), disagree=page.DISAGREE),
        }
        for one in newest_first
    ]
    return _filled(
        "feed.xml.j2",
        id=_urn(base_url or title),
        title=title,
        # Atom requires a time even where nothing has been published.
        updated=entries[0]["updated"] if entries else "1970-01-01T00:00:00Z",
        base_url=base_url,
        entries=entries,
    )


def _headlines(edition: Edition) -> tuple[str, ...]:
    """Headlines of the highest-ranked stories of all sections."""
    first = sorted(edition.stories, key=lambda story: -story.score)[:_N_HEADLINES]
    return tuple(page.shown_headline(story.headline) for story in first)


def _filled(template: str, **values: object) -> str:
    style = _style()
    return (
        _templates()
        .get_template(template)
        .render(
            style=html_templates.trusted(style),
            policy=html_templates.policy(style),
            index_name=INDEX_NAME,
            feed_name=FEED_NAME,
            **values,
        )
        + "\n"
    )


@lru_cache(maxsize=1)
def _templates() -> "Environment":
    return html_templates.environment(_FILES)


@lru_cache(maxsize=1)
def _style() -> str:
    return (_FILES / "style.css").read_text("utf-8")


def _urn(name: str) -> str:
    """A stable id for a name, as Atom requires for its entries."""
    return uuid.uuid5(uuid.NAMESPACE_URL, printable(name)).urn
