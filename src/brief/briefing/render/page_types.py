"""The nouns of a page: an edition as its formats print it, every text on one line.

Left out: which words they hold (`page.py`), and the markup around them (`plain_text.py`, `render_html.py`).
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """An article under its story.

    Attributes:
        number: Within the story, from 1.
        anchor: Its id on the page.
        headline, source, url: As the report's; the URL only where it may be a link.
        about: When it was published, where that is not today; what it copies.
        notes: What its reader must know before trusting the bullets.
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
        text: Its words.
        article: Where it came from; None only where the edition does not hold that article.
        origin: Whose words they are where they are not the model's, else empty.
        others: Articles whose number differs while their own bullet is not shown.
        sentences: The source's.
        remarks: How the bullet came about, and what it lacks.
        support: As `Bullet.support`, in words.
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
    """An input or a story without a place; `name` is its headline, else its id."""

    name: str
    source: str
    url: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Left:
    """Inputs that share a kind of reason.

    Attributes:
        said: The reason, to be read after the number.
        n: How many inputs.
        listed: The first of them, the articles of one story as one.
        n_more: How many the list leaves out.
    """

    said: str
    n: int
    listed: tuple[ShownOmission, ...]
    n_more: int


@dataclass(frozen=True, slots=True)
class View:
    """An edition as its formats print it.

    Attributes:
        date: Of the edition.
        title: Of the page.
        day: The date in words.
        extent: How much it holds, as short phrases.
        sections: In order; empty on a day without news.
        more: Articles that were read and found no room.
        left: Every other input without a place, by kind.
        account: The colophon's sentences.
        failures: One line for each source that failed.
        legend: What the marks mean that the page bears.
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
