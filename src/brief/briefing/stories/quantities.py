"""Numbers with what they count, so that two bullets can be held against each other.

Left out: the value of a number however it is written (`numbers.py`), conversion between units,
dates, years and ordinals, whose unit no neighboring word tells.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from brief.text.lemmas import is_content, lemma
from brief.text.numbers import Number, numbers
from brief.text.strings import fold, words

_CURRENCIES = {
    "$": "dollar",
    "us$": "dollar",
    "usd": "dollar",
    "£": "pound",
    "gbp": "pound",
    "€": "euro",
    "eur": "euro",
    "¥": "yen",
    "₹": "rupee",
    "rs": "rupee",
    "₦": "naira",
    "kes": "shilling",
    "ksh": "shilling",
    "kshs": "shilling",
    "sh": "shilling",
    "shs": "shilling",
}
_SYMBOLS = "|".join(re.escape(one) for one in sorted(_CURRENCIES, key=len, reverse=True))
_BEFORE = re.compile(rf"(?<![^\W_])({_SYMBOLS})\. ?$|(?<![^\W_])({_SYMBOLS}) ?$|(\$) ?$")
_ORDINAL = re.compile(r"(?:\dst|\dnd|\drd|th|first|second|third|\ds)$")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE_BEFORE = re.compile(rf"\b(?:{_MONTH}|may)\.? $")
_DATE_AFTER = re.compile(rf" (?:of )?(?:{_MONTH}\b|may (?=\d|$)|may$)")
_PART = re.compile(r" of (?:the |its |his |her |their )?")
_YEAR = re.compile(r"(?:19|20)\d\d$")
_AGE = re.compile(r"[ -]years?[ -]old\b")
_CLAUSE = re.compile(r"[,;:.!?()\"—–]| - | and | but | while ")
_TOKEN = re.compile(r"[^\W_]+")

_QUALIFIERS = frozenset(
    "new additional further extra total estimated different separate last next past year-old".split()
)
_SKIPPED = frozenset(
    "of the other more most such were are was is have has had been be his her its their".split()
)
_ALIASES = {
    "kill": "die",
    "fatal": "die",
    "wound": "injur",
    "hurt": "injur",
    "metr": "meter",
    "kilometr": "kilomet",
    "km": "kilomet",
    "kph": "kmh",
    "kg": "kilogram",
    "victim": "person",
}
_TOLLS = frozenset({"die", "injur", "miss", "arrest", "detain", "rescu"})
"""What happened to people tells tolls apart that count the same people."""

_MAX_UNIT_WORDS = 3
_TOLL_BEFORE, _TOLL_AFTER = 4, 5


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and its unit.

    Attributes:
        value: As `numerals.Number.value`.
        unit: Stems of the words that say what is counted, in order; or a currency, `%`, `age`
            or `clock`.
        toll: What befell those who are counted, if anything did.
    """

    value: str
    unit: tuple[str, ...]
    toll: str | None = None

    def same_unit(self, other: "Quantity") -> bool:
        """Whether the two count the same kind of thing."""
        if self.toll and other.toll:
            return self.toll == other.toll
        # `armed men` are `men`; but schools that open are not hospitals that open.
        return any(word in other.unit for word in self.unit[:1]) or any(
            word in self.unit for word in other.unit[:1]
        )


def content(s: str) -> frozenset[str]:
    """The stems of the content words of `s`, its numbers left out."""
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
    """Whether two texts give other values in one unit.

    A value that both give is agreed on, and so is one that only one of them gives.
    """
    ones, others = tuple(one), tuple(other)
    mine = [q for q in ones if not any(q.value == o.value and q.same_unit(o) for o in others)]
    theirs = [o for o in others if not any(q.value == o.value and q.same_unit(o) for q in ones)]
    return any(q.same_unit(o) for q in mine for o in theirs)


def _unit(written: str, number: Number, before: str, after: str) -> tuple[str, ...] | None:
    """What the number counts; empty when no word says so, None when it counts nothing."""
    if number.value.endswith("%"):
        return ("%",)
    if ":" in number.value:
        return ("clock",)
    if currency := _BEFORE.search(before):
        return (_CURRENCIES[currency[1] or currency[2] or currency[3]],)
    if _AGE.match(after):
        return ("age",)
    if (
        _ORDINAL.search(written)
        or _YEAR.fullmatch(written)
        or _DATE_BEFORE.search(before)
        or _DATE_AFTER.match(after)
    ):
        return None
    found: list[str] = []
    for word in words(_clause(after)):
        if is_content(word):
            # What befell people is kept apart, as `toll`.
            if word not in _QUALIFIERS and _key(word) not in _TOLLS:
                found.append(_key(word))
        elif found or word not in _SKIPPED:
            break  # "people were", "in Nairobi": what is counted has been named, or is not
    return tuple(found[:_MAX_UNIT_WORDS])


def _toll(before: str, after: str) -> str | None:
    """The toll's verb, which stands right before the number or in the clause after it."""
    pieces = _CLAUSE.split(before)
    nearest = [_key(word) for word in _TOKEN.findall(pieces[-1])[-_TOLL_BEFORE:]]
    following = [_key(word) for word in _TOKEN.findall(_clause(after))[:_TOLL_AFTER]]
    return next((word for word in [*reversed(nearest), *following] if word in _TOLLS), None)


def _clause(after: str) -> str:
    return _CLAUSE.split(after, maxsplit=1)[0]


def _key(word: str) -> str:
    stem = lemma(word)
    return _ALIASES.get(stem, stem)
