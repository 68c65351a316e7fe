"""What the next mornings must know of a story: its articles' openings, and what was shown.

Plain data that goes to JSON and back, for the store to keep. Left out: how articles join it
(`grouping.py`), and how long it is kept (`database.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


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


def to_json(story: EarlierStory) -> dict[str, Any]:
    """A story as an object that `json.dumps` writes."""
    return {
        "id": story.id,
        "last_date": story.last_date.isoformat(),
        "articles": [
            {
                "id": article.id,
                "headline": article.headline,
                "lead": article.lead,
                "published": article.published.isoformat(),
                "sketch": list(article.sketch),
            }
            for article in story.articles
        ],
        "bullets": list(story.bullets),
    }


def from_json(record: Mapping[str, Any]) -> EarlierStory:
    """The story that `to_json` made.

    Raises:
        KeyError, TypeError, ValueError: The record is none of that form.
    """
    return EarlierStory(
        id=record["id"],
        last_date=date.fromisoformat(record["last_date"]),
        articles=tuple(
            EarlierArticle(
                id=article["id"],
                headline=article["headline"],
                lead=article["lead"],
                published=datetime.fromisoformat(article["published"]),
                sketch=tuple(article["sketch"]),
            )
            for article in record["articles"]
        ),
        bullets=tuple(record["bullets"]),
    )
