"""Find facts of a source that a bullet combines wrongly: counted nouns and negations.

That is a number with another noun, or a negation that was added, dropped or moved. Precision is
high and recall modest: anything that may be a paraphrase passes. Exchanged subjects and objects
are not found. See `support.py` for things that the source does not say at all.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, zip_longest
from typing import Literal

from brief.text.lemmas import is_content, lemma
from brief.text.lexicon import english
from brief.text.numbers import Number, numbers
from brief.text.strings import fold, stem, words

Kind = Literal["number", "name", "quotation", "word", "negation"]

_NEGATION_SCOPE = 5
"""Words after a negation that it may negate: enough for "not yet a fully viable solution"."""

_NUMBER_SCOPE = 5
"""Content words after a number that are searched for its noun."""
_REACH_CHARS = 200
"""Maximum characters between a number and its noun."""
_MODIFIERS = 3
"""Content words after a number in the bullet that are searched for its noun."""
_COUNTED_BEFORE = 3
"""Words before a number that may name what is counted: "killed at least 12"."""
_YEARS = range(1900, 2100)

_CLAUSE = re.compile(r"[,;:!?()]|\.(?=\s|$)|\s-+\s")
_NEXT_WORD = re.compile(r" ?-? ?([a-z]+)(?![^\W_])")


@dataclass(frozen=True, slots=True)
class Unsupported:
    """One thing in a bullet that its sources do not say.

    Attributes:
        kind: The kind of claim.
        text: The words of the bullet, folded.
    """

    kind: Kind
    text: str


def shifted(bullet: str, sources: Sequence[str]) -> tuple[Unsupported, ...]:
    """Find facts of the sources that a bullet combines wrongly.

    These are a number right before a word that is in the sources, but never near that number; a
    negation before a word that no source negates; and a word that is always negated in the
    sources, in a bullet without negation.
    """
    return (*_recounted(bullet, sources), *_turned(bullet, sources))


def numbers_of(source: str) -> list[tuple[Number, str]]:
    """The numbers of a source in both readings of ", ", each with the text it was read from."""
    readings = (source, source.replace(", ", " ; "))
    return [(number, fold(reading)) for reading in readings for number in numbers(reading)]


def _recounted(bullet: str, sources: Sequence[str]) -> Iterator[Unsupported]:
    folded = fold(bullet)
    known = {lemma(word) for source in sources for word in words(source)}
    counted: dict[str, set[str]] = {}
    for source in sources:
        for number, text in numbers_of(source):
            before = words(text[: number.start])[-_COUNTED_BEFORE:]
            around = [*before, *_counted(text[number.end :][:_REACH_CHARS])]
            counted.setdefault(number.value, set()).update(map(lemma, around))
    for number in numbers(bullet):
        is_year = number.value.isdigit() and int(number.value) in _YEARS
        noun = _NEXT_WORD.match(folded, number.end)
        if is_year or noun is None or not is_content(noun[1]) or number.value not in counted:
            continue
        # A modifier may have come between: "20th season" and "20th league season".
        written = {
            lemma(word) for word in _counted(folded[number.end :][:_REACH_CHARS])[:_MODIFIERS]
        }
        if lemma(noun[1]) in known and not written & counted[number.value]:
            yield Unsupported("number", folded[number.start : noun.end()].strip())


def _counted(after: str) -> list[str]:
    """The content words that a number may count, up to the next number that follows one."""
    starts = (number.start for number in numbers(after))
    end = next((at for at in starts if any(map(is_content, words(after[:at])))), None)
    return [word for word in words(after[:end]) if is_content(word)][:_NUMBER_SCOPE]


def _turned(bullet: str, sources: Sequence[str]) -> Iterator[Unsupported]:
    clauses = [words(part) for source in sources for part in _CLAUSE.split(fold(source))]
    known = {lemma(word) for clause in clauses for word in clause}
    written = words(bullet)
    if (known | set(map(lemma, written))) & _denying():
        return
    denied = [key for n in _negations(written) for key, _ in _after(written, n)]
    moved = next((key for key in denied if key in known), None)
    if moved is not None and moved not in _near_negations(clauses):
        yield Unsupported("negation", f"not {moved}")
    if any(map(_is_negation, written)):
        return
    dropped = {
        key for clause in clauses for n in _negations(clause) for key, _ in _denied(clause, n)
    }
    bare = dropped - _free_of_negations(clauses)
    first = next((word for word in written if lemma(word) in bare), None)
    if first is not None:
        yield Unsupported("negation", f"{first} without its negation")


@cache
def _denying() -> frozenset[str]:
    """Stems of words that negate by themselves, so that a negation may be added or dropped."""
    return frozenset(map(stem, english().denying))


def _is_negation(word: str) -> bool:
    return word in english().negations or word.endswith("n't")


def _near_negations(clauses: Sequence[Sequence[str]]) -> set[str]:
    """Lemmas within reach of a negation, on either side."""
    return {
        lemma(word)
        for clause in clauses
        for n in _negations(clause)
        for word in clause[max(0, n - _NEGATION_SCOPE) : n + 1 + _NEGATION_SCOPE]
    }


def _free_of_negations(clauses: Sequence[Sequence[str]]) -> set[str]:
    """Lemmas that occur somewhere without a negation before them."""
    return {
        lemma(word)
        for clause in clauses
        for n, word in enumerate(clause)
        if not any(map(_is_negation, clause[max(0, n - _NEGATION_SCOPE) : n]))
    }


def _negations(clause: Sequence[str]) -> list[int]:
    """Positions of negations in a clause; `not only` and `No. 10` are none."""
    return [
        n
        for n, (word, after) in enumerate(zip_longest(clause, clause[1:], fillvalue=""))
        if _is_negation(word) and after not in english().not_denied and not after[:1].isdigit()
    ]


def _denied(clause: Sequence[str], n: int) -> list[tuple[str, str]]:
    """What the negation at `n` most likely negates: the next content word, and its noun."""
    after = _after(clause, n)[:2]
    adjacent = len(after) > 1 and (after[0][1], after[1][1]) in set(pairwise(clause))
    return after if adjacent else after[:1]


def _after(clause: Sequence[str], n: int) -> list[tuple[str, str]]:
    """(lemma, word) of the content words in the scope of the negation at `n`."""
    scope = clause[n + 1 : n + 1 + _NEGATION_SCOPE]
    return [
        (lemma(word), word)
        for word in scope
        if is_content(word) and word not in english().undeniable
    ]
