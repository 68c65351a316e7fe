"""Validate the rows of a data set: duplicates, missing references, leaks, other languages.

An empty row, a duplicate id or text, an article that contains its own summary, a language other
than the majority's: each changes the meaning of a score. See `dataset.py` for the handling of
problems and `tables.py` for unreadable rows.

Tested in `tests/evaluation/data/test_dataset.py`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

from brief.ingest.cleaning import phrases
from brief.ingest.jsonl import Source
from brief.ingest.language import detect

MAX_HEADING_CHARACTERS = 90
"""Longest summary heading; a longer line that opens like one is a sentence."""

MAX_BETWEEN_BULLETS = 12
"""Characters of other text allowed between two bullets of a block: a number, a tag."""

_WORD = re.compile(r"\w+")
_TAG = re.compile(r"<[^>]{0,500}>")


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of one row.

    Attributes:
        kind: `unreadable`, `no_block`, `no_article`, `no_references`, `duplicate_id`,
            `duplicate_text`, `leak` or `other_language`.
        id: The row's id.
        what: A description for people.
    """

    kind: str
    id: str
    what: str


class Inspector:
    """Inspects the rows of one data set in order; keeps digests, not texts."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._texts: dict[bytes, str] = {}
        self._languages: list[tuple[int, str, str]] = []

    def inspect(self, index: int, source: Source) -> Iterator[Problem]:
        """Find a row's problems, as far as the row and those before it show them.

        Args:
            index: The row's number, for `strangers`.
            source: A row that could be read.
        """
        if source.id in self._ids:
            yield Problem("duplicate_id", source.id, "an earlier row has the same id")
        self._ids.setdefault(source.id, index)
        if not source.bullets:
            yield Problem("no_references", source.id, "no reference bullets")
        plain = _TAG.sub("\n", source.text) if source.is_html else source.text
        if not plain.strip():
            yield Problem("no_article", source.id, "the article is empty")
            return
        key = blake2b(" ".join(plain.split()).lower().encode(), digest_size=16).digest()
        if (first := self._texts.setdefault(key, source.id)) != source.id:
            yield Problem("duplicate_text", source.id, f"the article of {first} again")
        if leaked := leak(plain, source.bullets):
            yield Problem("leak", source.id, leaked)
        if language := detect(plain):
            self._languages.append((index, source.id, language))

    def strangers(self) -> Iterator[tuple[int, Problem]]:
        """Rows in a language other than most, with their numbers; call it after the last row."""
        counts = Counter(language for _, _, language in self._languages)
        if not counts:
            return
        # Ties go to the first in the alphabet, so that the result does not depend on row order.
        most = min(counts, key=lambda language: (-counts[language], language))
        for index, id_, language in self._languages:
            if language != most:
                what = f"in {language}; most of the set is in {most}"
                yield index, Problem("other_language", id_, what)


def leak(article: str, bullets: Sequence[str]) -> str | None:
    """Why an article gives its reference away; None when it does not.

    It does with a line that announces a summary, or with two consecutive reference bullets in it
    word for word, one after the other. A single sentence that an editor copied is not a leak.

    Example:
        >>> leak("Rain fell. The match was off.", ["Rain fell", "The match was off"])
        'two reference bullets stand in the article, one after the other'
    """
    for line in map(str.strip, article.splitlines()):
        short = len(line) <= MAX_HEADING_CHARACTERS
        if short and phrases.SUMMARY.fullmatch(line):
            return f"the article has a summary heading: {line}"
    said = _joined(article)
    spoken = [_joined(bullet) for bullet in bullets]
    for one, other in pairwise(spoken):
        if one.strip() and other.strip() and _stand_together(said, one, other):
            return "two reference bullets stand in the article, one after the other"
    return None


def _joined(string: str) -> str:
    """Words in lower case with a space around each."""
    return f" {' '.join(_WORD.findall(string.lower()))} "


def _stand_together(said: str, one: str, other: str) -> bool:
    at = said.find(one)
    while at >= 0:
        end = at + len(one) - 1
        if said.find(other, end, end + MAX_BETWEEN_BULLETS + len(other)) >= 0:
            return True
        at = said.find(one, at + 1)
    return False
