"""Facts of a source that a bullet puts together wrongly, where that is plain to see.

A number beside another noun, a negation that came, went or moved. High precision and modest
recall: whatever might be said otherwise passes. Left out: things that the source does not say
at all (`support.py`), subjects and objects exchanged.
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
"""Words after a negation that it may deny: enough for "not yet a fully viable solution"."""

_NUMBER_SCOPE = 5
"""Content words after a number among which its noun stands."""
_REACH_CHARS = 200
"""No noun stands further from its number than that."""
_MODIFIERS = 3
"""Content words of the bullet among which the noun stands."""
_COUNTED_BEFORE = 3
"""Words before a number that may name what is counted: "killed at least 12"."""
_YEARS = range(1900, 2100)

_CLAUSE = re.compile(r"[,;:!?()]|\.(?=\s|$)|\s-+\s")
_NEXT_WORD = re.compile(r" ?-? ?([a-z]+)(?![^\W_])")


@dataclass(frozen=True, slots=True)
class Unsupported:
    """One thing in a bullet that its sources do not say.

    Attributes:
        kind: What it is.
        text: As the bullet has it, folded.
    """

    kind: Kind
    text: str


def shifted(bullet: str, sources: Sequence[str]) -> tuple[Unsupported, ...]:
    """Facts of the sources that a bullet puts together wrongly, where that is plain to see.

    A number right before a word that is in the sources, but never near that number; a
    negation before a word that no source negates; and a word that the sources only ever deny,
    in a bullet that denies nothing.
    """
    return (*_recounted(bullet, sources), *_turned(bullet, sources))


def numbers_of(source: str) -> list[tuple[Number, str]]:
    """The numbers of a source, in either reading of a comma and a space, with their texts."""
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
    """The content words that a number may count, up to the next number once there is one."""
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
    """Stems of words that deny by themselves, so that a negation may come and go with them."""
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
    """Lemmas that stand somewhere without a negation before them."""
    return {
        lemma(word)
        for clause in clauses
        for n, word in enumerate(clause)
        if not any(map(_is_negation, clause[max(0, n - _NEGATION_SCOPE) : n]))
    }


def _negations(clause: Sequence[str]) -> list[int]:
    """Where a clause denies something; `not only` and `No. 10` deny nothing."""
    return [
        n
        for n, (word, after) in enumerate(zip_longest(clause, clause[1:], fillvalue=""))
        if _is_negation(word) and after not in english().not_denied and not after[:1].isdigit()
    ]


def _denied(clause: Sequence[str], n: int) -> list[tuple[str, str]]:
    """What the negation at `n` most likely denies: the next content word, and its noun."""
    after = _after(clause, n)[:2]
    adjacent = len(after) > 1 and (after[0][1], after[1][1]) in set(pairwise(clause))
    return after if adjacent else after[:1]


def _after(clause: Sequence[str], n: int) -> list[tuple[str, str]]:
    """The content words in the scope of the negation at `n`, each with its lemma before it."""
    scope = clause[n + 1 : n + 1 + _NEGATION_SCOPE]
    return [
        (lemma(word), word)
        for word in scope
        if is_content(word) and word not in english().undeniable
    ]
