"""What the next mornings must know of a story: its articles' openings, and what was shown.

Plain data, which the ledger keeps as JSON (`records.py`). How articles join a story is in
`grouping.py`.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class EarlierArticle:
    """An article of an earlier edition, as far as later ones are compared with it.

    Attributes:
        id: `Report.id`.
        headline: Its headline.
        lead: Its first sentences.
        published: When.
        sketch: Its body's MinHash, to know a copy; empty for a body that is too short.
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
        id: `Story.id`; the story keeps it.
        last_date: Date of the edition that had it last.
        articles: The newest of its articles, in the order of publication.
        bullets: Texts that readers have seen, the newest last; none is shown again.
    """

    id: str
    last_date: date
    articles: tuple[EarlierArticle, ...]
    bullets: tuple[str, ...] = ()

    @property
    def last_published(self) -> datetime:
        """When the youngest of its articles was published."""
        return max(article.published for article in self.articles)
