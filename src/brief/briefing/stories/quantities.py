"""Extract numbers with their units from a bullet, to compare the figures of two bullets.

Units are not converted; dates, years and ordinals are skipped, since no neighboring word names
their unit. See `text/numbers.py` for reading the value of a number.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from brief.text.lemmas import is_content, lemma
from brief.text.lexicon import any_of, english
from brief.text.numbers import Number, numbers
from brief.text.strings import fold, stem, words

_ORDINAL = re.compile(r"(?:\dst|\dnd|\drd|th|first|second|third|\ds)$")
_PART = re.compile(r" of (?:the |its |his |her |their )?")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_AGE = re.compile(r"[ -]years?[ -]old\b")
_CLAUSE = re.compile(r"[,;:.!?()\"—–]| - | and | but | while ")
_TOKEN = re.compile(r"[^\W_]+")

_MAX_UNIT_WORDS = 3
_TOLL_BEFORE, _TOLL_AFTER = 4, 5


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its unit.

    Attributes:
        value: As `text.numbers.Number.value`.
        unit: Stems of the words that name what is counted, in order; or a currency, `%`, `age`
            or `clock`.
        toll: For casualty counts, the stem of the verb (killed, injured, missing); else None.
    """

    value: str
    unit: tuple[str, ...]
    toll: str | None = None

    def same_unit(self, other: "Quantity") -> bool:
        """Whether the two count the same kind of thing; two tolls are compared by verb alone."""
        if self.toll and other.toll:
            return self.toll == other.toll
        # `armed men` match `men`, but `schools open` does not match `hospitals open`.
        return any(word in other.unit for word in self.unit[:1]) or any(
            word in self.unit for word in other.unit[:1]
        )


@dataclass(frozen=True, slots=True)
class _Rules:
    """Patterns and lookups compiled from the lexicon's lists.

    Attributes:
        currency: Matches a currency's sign or code before a number.
        date_before, date_after: Match a month beside a number.
        aliases: Stem -> the stem that replaces it.
        tolls: Stems of verbs that distinguish casualty counts (killed, injured, missing).
    """

    currency: re.Pattern[str]
    date_before: re.Pattern[str]
    date_after: re.Pattern[str]
    aliases: Mapping[str, str]
    tolls: frozenset[str]


@cache
def _rules() -> _Rules:
    """The rules for English."""
    lexicon = english()
    listed = lexicon.quantities
    signs = "|".join(re.escape(one) for one in sorted(listed.currencies, key=len, reverse=True))
    # "may" counts as a month only beside a year or at the end.
    month = any_of(frozenset(lexicon.months + lexicon.short_months) - {"may"})
    return _Rules(
        currency=re.compile(rf"(?<![^\W_])({signs})\. ?$|(?<![^\W_])({signs}) ?$|(\$) ?$"),
        date_before=re.compile(rf"\b(?:{month}|may)\.? $"),
        date_after=re.compile(rf" (?:of )?(?:{month}\b|may (?=\d|$)|may$)"),
        aliases={stem(word): stem(used) for word, used in listed.aliases.items()},
        tolls=frozenset(map(stem, listed.tolls)),
    )


def content(s: str) -> frozenset[str]:
    """The stems of the content words of `s`, without its numbers."""
    folded = fold(s)
    kept, at = [], 0
    for number in numbers(s):
        kept.append(folded[at : number.start])
        at = number.end
    kept.append(folded[at:])
    return frozenset(lemma(word) for word in words(" ".join(kept)) if is_content(word))


def quantities(s: str) -> tuple[Quantity, ...]:
    """The numbers of `s` that have a unit, in order.

    Example:
        >>> for q in quantities("Fire kills 12 people and injures 30 at Sh2 million market"):
        ...     print(q.value, *q.unit, q.toll)
        12 person die
        30 injur
        2000000 shilling None
    """
    folded = fold(s)
    listed = numbers(s)
    found: list[Quantity] = []
    end, of = len(folded), None  # where the next number begins, and what it counts
    for place in reversed(range(len(listed))):
        number = listed[place]
        before = folded[listed[place - 1].end if place else 0 : number.start]
        after = folded[number.end : end]
        unit = _unit(folded[number.start : number.end], number, before, after)
        if of and _PART.fullmatch(after):
            unit = of  # six of the 20 pupils are pupils
        toll = _toll(before, after)
        if unit is not None and (unit or toll):
            found.append(Quantity(number.value, unit, toll))
        end, of = number.start, unit
    return tuple(reversed(found))


def disagree(one: Iterable[Quantity], other: Iterable[Quantity]) -> bool:
    """Whether two texts give different values in the same unit.

    A value that both give is no disagreement, nor is one that has no counterpart in the other.
    """
    ones, others = tuple(one), tuple(other)
    mine = [q for q in ones if not any(q.value == o.value and q.same_unit(o) for o in others)]
    theirs = [o for o in others if not any(q.value == o.value and q.same_unit(o) for q in ones)]
    return any(q.same_unit(o) for q in mine for o in theirs)


def _unit(written: str, number: Number, before: str, after: str) -> tuple[str, ...] | None:
    """The unit of the number; empty when no word names it, None when it counts nothing."""
    if number.value.endswith("%"):
        return ("%",)
    if ":" in number.value:
        return ("clock",)
    if currency := _rules().currency.search(before):
        return (english().quantities.currencies[currency[1] or currency[2] or currency[3]],)
    if _AGE.match(after):
        return ("age",)
    if (
        _ORDINAL.search(written)
        or _YEAR.fullmatch(written)
        or _rules().date_before.search(before)
        or _rules().date_after.match(after)
    ):
        return None
    listed = english().quantities
    found: list[str] = []
    for word in words(_clause(after)):
        if is_content(word):
            # Casualty verbs are no part of the unit; they are the `toll`.
            if word not in listed.qualifiers and _key(word) not in _rules().tolls:
                found.append(_key(word))
        elif found or word not in listed.skipped:
            break  # "people were", "in Nairobi": the unit is complete, or is not named
    return tuple(found[:_MAX_UNIT_WORDS])


def _toll(before: str, after: str) -> str | None:
    """The casualty verb right before the number or in the clause after it."""
    tolls = _rules().tolls
    pieces = _CLAUSE.split(before)
    nearest = [_key(word) for word in _TOKEN.findall(pieces[-1])[-_TOLL_BEFORE:]]
    following = [_key(word) for word in _TOKEN.findall(_clause(after))[:_TOLL_AFTER]]
    return next((word for word in [*reversed(nearest), *following] if word in tolls), None)


def _clause(after: str) -> str:
    return _CLAUSE.split(after, maxsplit=1)[0]


def _key(word: str) -> str:
    key = lemma(word)
    return _rules().aliases.get(key, key)
