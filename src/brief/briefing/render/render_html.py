"""Edition -> what readers and programs open: Markdown, pages, e-mail, plain text, JSON, feed.

Equal editions give equal bytes. Article text is untrusted: every format escapes it, those that
people read lose characters that steer a terminal or the reading direction, and only http and
https links are links. Left out: where the bytes go (`mail.py`, `job.py`).
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
    "to_subject",
]

INDEX_NAME = "index.html"
"""Every page links to the index under this name, in its own folder."""
FEED_NAME = "feed.xml"
"""Every page names the feed of editions under this name, in its own folder."""

_FILES = Path(__file__).parent / "page_files"
_N_HEADLINES = 3
"""An index entry is to be known again at a glance, and a year of them to be scrolled."""
_MAX_SUBJECT_CHARS = 110


@dataclass(frozen=True, slots=True)
class Listing:
    """What the index says of one edition.

    Attributes:
        date: The edition's; its page is `{date}.html` beside the index.
        title: Of the page.
        n_stories, n_articles, minutes: How much it holds.
        headlines: Of the stories that rank highest, in that order.
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
        """How much it holds, in words; empty on a day without news."""
        if not self.n_stories:
            return ""
        stories = page.count(self.n_stories, "story", "stories")
        return f"{stories} · {page.count(self.minutes, 'minute')}"


def to_listing(edition: Edition) -> Listing:
    """What the index says of an edition."""
    return Listing(
        date=edition.date,
        title=edition.title,
        n_stories=len(edition.stories),
        n_articles=page.n_articles(edition),
        minutes=edition.minutes,
        headlines=_headlines(edition),
    )


def to_html(edition: Edition) -> str:
    """The edition as one page that loads nothing and runs nothing.

    Beside itself it names only `INDEX_NAME`, `FEED_NAME`, its own Markdown and JSON, and for
    running stories the page of the edition that had them last.
    """
    return _filled("page.html.j2", view=page.to_view(edition), disagree=page.DISAGREE)


def to_email_html(edition: Edition) -> str:
    """The edition as the HTML part of an e-mail: no sheet, script, image or form is needed."""
    return _filled(
        "email.html.j2",
        view=page.to_view(edition),
        disagree=page.DISAGREE,
        preview=" · ".join(_headlines(edition)) or "No news this morning",
    )


def to_subject(edition: Edition) -> str:
    """The e-mail's subject, on one line."""
    first = _headlines(edition)[0] if edition.stories else "no news this morning"
    subject = f"{printable(edition.title)}, {date_words.short(edition.date)}: {first}"
    if len(subject) <= _MAX_SUBJECT_CHARS:
        return subject
    return subject[:_MAX_SUBJECT_CHARS].rsplit(" ", 1)[0] + " …"


def to_index(listings: Sequence[Listing], *, title: str = "Morning briefing") -> str:
    """The page that lists editions by date, the newest first, whatever the order given."""
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
    """An Atom feed of editions in full, the newest first, whatever the order given.

    It depends on the editions alone: an entry counts as updated at midnight of its date in UTC.

    Args:
        editions: The newest few; a feed is no archive.
        title: Of the feed.
        base_url: Where the folder of editions is served, ending in a slash; empty for links
            that are relative to the feed.
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
        # The feed's format wants a moment even where nothing has been published.
        updated=entries[0]["updated"] if entries else "1970-01-01T00:00:00Z",
        base_url=base_url,
        entries=entries,
    )


def _headlines(edition: Edition) -> tuple[str, ...]:
    """Of the stories that rank highest, in whatever section they stand."""
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
    """An id that stays the same for the same name, as feeds want of their entries."""
    return uuid.uuid5(uuid.NAMESPACE_URL, printable(name)).urn
