"""Read articles that an editor has annotated with bullets and the sentences they are from.

A row of such a file (JSON lines):

    {"id": "a1", "headline": "..." or null, "sentences": ["...", ...],
     "key": [{"bullet": "...", "from": [0, 3]}, ...],
     "one": {"7": "the bullet of that sentence alone", "9": null}}

`key` has the bullets of the article, with the sentences that contain all they say; `one` has the
best bullet of single sentences, null if there is none. Indices start at 0.

Tested in `tests/training/data/test_annotated_pairs.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from brief.errors import InputError
from brief.evaluation.data.tables import is_table, read_table


@dataclass(frozen=True, slots=True)
class AnnotatedArticle:
    """An article with an editor's annotations.

    Attributes:
        id: Unique in its file.
        headline: None if it has none.
        sentences: In order.
        key: (bullet, indices of the sentences that it is from), the most important first.
        one: (index of a sentence, its bullet; None if it is not worth one).
    """

    id: str
    headline: str | None
    sentences: tuple[str, ...]
    key: tuple[tuple[str, tuple[int, ...]], ...]
    one: tuple[tuple[int, str | None], ...]

    @property
    def text(self) -> str:
        """All sentences, a line each."""
        return "\n".join(self.sentences)


def is_annotated(path: Path) -> bool:
    """Whether the first row of a file is an annotated article."""
    if not (path.is_file() and is_table(path)):
        return False
    _, row = next(iter(read_table(path)), ("", {}))
    return not isinstance(row, InputError) and "sentences" in row


def read_annotated(path: Path) -> tuple[AnnotatedArticle, ...]:
    """Read the articles of a file.

    Raises:
        InputError: A row is not an annotated article; the message names it.
    """
    articles = []
    for place, row in read_table(path):
        if isinstance(row, InputError):
            raise row
        articles.append(_article(place, row))
    return tuple(articles)


def _article(place: str, row: Mapping[str, Any]) -> AnnotatedArticle:
    try:
        headline = row.get("headline")
        article = AnnotatedArticle(
            str(row.get("id", place)),
            None if headline is None else str(headline),
            tuple(map(str, row["sentences"])),
            tuple((str(key["bullet"]), tuple(map(int, key["from"]))) for key in row.get("key", ())),
            tuple(
                (int(index), None if bullet is None else str(bullet))
                for index, bullet in row.get("one", {}).items()
            ),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{place}: not an article annotated by an editor ({error!r})",
            "docs/model.md says how such a row is written",
        ) from error
    used = {index for _, sources in article.key for index in sources}
    used |= {index for index, _ in article.one}
    strange = sorted(used.difference(range(len(article.sentences))))
    if strange:
        raise InputError(
            f"{place}: a bullet of sentence {strange[0]}, and there are {len(article.sentences)}",
            "sentences are counted from 0",
        )
    if not all(sources for _, sources in article.key):
        raise InputError(f"{place}: a key bullet that is from no sentence", "name its sentences")
    return article
