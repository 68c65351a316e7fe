"""Data types for stories of earlier editions: their articles' openings and the shown bullets.

The ledger stores them as JSON. See `stories/grouping.py` for how articles join a story.

Tested in `tests/briefing/stories/test_grouping.py`.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class EarlierArticle:
    """An article of an earlier edition, reduced to what later articles are compared with.

    Attributes:
        id: `Report.id`.
        headline: Its headline.
        lead: Its first sentences.
        published: Publication time.
        sketch: MinHash of its body, for finding copies; empty for a body that is too short.
    """

    id: str
    headline: str
    lead: str
    published: datetime
    sketch: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class EarlierStory:
    """A story of an earlier edition.

    Attributes:
        id: `Story.id`; it stays the same in later editions.
        last_date: Date of the last edition with the story.
        articles: The newest of its articles, in the order of publication.
        bullets: Bullet texts shown so far, the newest last; none is shown again.
    """

    id: str
    last_date: date
    articles: tuple[EarlierArticle, ...]
    bullets: tuple[str, ...] = ()

    @property
    def last_published(self) -> datetime:
        """When the newest of its articles was published."""
        return max(article.published for article in self.articles)
