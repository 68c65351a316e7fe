"""Data types of a rendered page: an edition's texts, independent of format, each on one line.

`page.py` fills them; `plain_text.py` and `render_html.py` add the markup.

Tested in `tests/briefing/render/test_render_html.py`.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """An article under its story.

    Attributes:
        number: Within the story, from 1.
        anchor: HTML id of the article on the page.
        headline, source, url: As in the report; the URL only where it is safe as a link.
        about: When it was published, if not today; what it copies.
        notes: Remarks that matter for trusting the bullets.
    """

    number: int
    anchor: str
    headline: str
    source: str
    url: str | None
    about: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownBullet:
    """A bullet with its article.

    Attributes:
        text: Text of the bullet.
        article: The article it came from; None only where the edition does not have that article.
        origin: Where the words come from if not from the model, else empty.
        others: Articles with a different number whose own bullet is not shown.
        sentences: The source sentences.
        remarks: Remarks on the bullet.
        support: `Bullet.support` in words.
    """

    text: str
    article: ShownArticle | None
    origin: str
    others: tuple[ShownArticle, ...]
    sentences: tuple[str, ...]
    remarks: tuple[str, ...]
    support: str


@dataclass(frozen=True, slots=True)
class ShownStory:
    """A story; each of its `units` is one bullet, or several that disagree."""

    anchor: str
    headline: str
    url: str | None
    reasons: tuple[str, ...]
    since: date | None
    units: tuple[tuple[ShownBullet, ...], ...]
    articles: tuple[ShownArticle, ...]


@dataclass(frozen=True, slots=True)
class ShownSection:
    """Stories under one heading."""

    anchor: str
    heading: str
    stories: tuple[ShownStory, ...]


@dataclass(frozen=True, slots=True)
class ShownOmission:
    """An input or a story that is not on the page; `name` is its headline, else its id."""

    name: str
    source: str
    url: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Left:
    """Inputs that were left out for the same kind of reason.

    Attributes:
        said: The reason, worded to follow the number.
        n: Number of inputs.
        listed: The first of them; the articles of one story count as one entry.
        n_more: Number of entries that the list leaves out.
    """

    said: str
    n: int
    listed: tuple[ShownOmission, ...]
    n_more: int


@dataclass(frozen=True, slots=True)
class View:
    """An edition as all formats print it.

    Attributes:
        date: Date of the edition.
        title: Title of the page.
        day: The date in words.
        extent: Size of the edition (stories, articles, reading time), as short phrases.
        sections: The sections, in order; empty on a day without news.
        more: Articles that were read but did not fit on the page.
        left: All other omitted inputs, by kind.
        account: The colophon's sentences.
        failures: One line for each source that failed.
        legend: The meaning of the marks that occur on the page.
    """

    date: date
    title: str
    day: str
    extent: tuple[str, ...]
    sections: tuple[ShownSection, ...]
    more: Left | None
    left: tuple[Left, ...]
    account: tuple[str, ...]
    failures: tuple[str, ...]
    legend: tuple[str, ...]
