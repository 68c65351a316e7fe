"""Parse numbers in running text into comparable values, however they are written.

`77 billion`, `77bn` and `77,000,000,000` are one value; so are `two` and `2`, `33rd` and `33`,
`5 percent` and `5%`. Units, currencies, dates, fractions and plural scales (`dozens`, `millions`)
are not parsed. See `support.py` for whether a bullet's number is right.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from brief.text.lexicon import any_of, english
from brief.text.strings import fold

_TEN, _HUNDRED = 10, 100
_FIGURES = re.compile(
    r"(?<!\d)(?P<whole>\d{1,3}(?:[ .,']\d{3})+)(?!\d)(?P<part>[.,]\d{1,2}(?!\d))?|\d+(?:[.,:]\d+)*"
)
_PERCENT = re.compile(r" ?%| ?- ?percent\b| per ?cent\b| pct\b")


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a text.

    Attributes:
        value: Plain decimal digits, with `%` for a percentage; a time of day as `9:30`.
        start, end: Offsets in the folded text.
    """

    value: str
    start: int
    end: int


def figures(s: str) -> list[Number]:
    """The numbers that are written in digits, in a text of any language, in order.

    A point, comma, apostrophe or space before three digits separates groups; any other comma is a
    decimal point. Number words, scales and percent signs are ignored.

    Example:
        >>> [number.value for number in figures("1.000 oder 1 000, und 1,5 oder 1.5")]
        ['1000', '1000', '1.5', '1.5']
    """
    found = []
    for m in _FIGURES.finditer(fold(s)):
        written = re.sub(r"\D", "", m["whole"]) + (m["part"] or "") if m["whole"] else m[0]
        digits = "".join(str(int(c)) if c.isdecimal() else c for c in written)
        found.append(Number(digits.replace(",", "."), m.start(), m.end()))
    return found


@dataclass(frozen=True, slots=True)
class _Words:
    """Number words with their values, and the pattern of all numbers.

    Attributes:
        small: Below twenty.
        tens: From twenty to ninety.
        scales, short_scales: As in the lexicon.
        pattern: A number in digits or words.
    """

    small: Mapping[str, int]
    tens: Mapping[str, int]
    scales: Mapping[str, int]
    short_scales: Mapping[str, int]
    pattern: re.Pattern[str]


@cache
def _words() -> _Words:
    """The English number words."""
    listed = english().numbers
    small = {word: value for value, word in enumerate(listed.cardinals)}
    small |= {word: value for value, word in enumerate(listed.ordinals, start=1)}
    tens = {
        word: 10 * rank
        for ranked in (listed.tens, listed.tenths)
        for rank, word in enumerate(ranked, start=2)
    }
    scale = any_of(frozenset(listed.scales))
    word = any_of(frozenset(small) | frozenset(tens) | frozenset(listed.scales))
    pattern = re.compile(
        # Detokenized WordPieces have spaces after points and commas: 1, 000 and 3. 5
        r"(?P<clock>(?<!\d)\d{1,2} ?: ?\d{2}(?!\d))"
        r"|(?P<digits>(?<!\d)\d{1,3}(?:, ?\d{2,3})*, ?\d{3}(?!\d)(?:\. ?\d+)?|\d+(?:\. ?\d+)?)"
        rf"(?:(?P<short>(?:k|m|b|t)|[ -]{{0,3}}(?:mn|mln|bn|tn|trn))(?![^\W_])"
        rf"|(?P<scales>(?:[ -]{{1,3}}{scale}(?![^\W_]))+)|(?:st|nd|rd|th|s)(?![^\W_]))?"
        rf"|(?<![^\W_])(?P<half>half(?: a)?|an?) (?P<part>{scale})(?![^\W_])"
        rf"|(?<![^\W_])(?!one (?:of|another)\b)(?<!no )(?P<words>{word}(?:(?: ?- ?| and | )"
        rf"(?:a half(?= (?:{scale})\b)|{word}))*)(?![^\W_])"
    )
    return _Words(small, tens, listed.scales, listed.short_scales, pattern)


def numbers(s: str) -> list[Number]:
    """The numbers of an English text, in order.

    The spacing of detokenized WordPieces is ignored, so `on May 5, 200 men` contains 5200; a
    caller that compares numbers must try both readings of a comma.

    Example:
        >>> [number.value for number in numbers("Two of 1, 000 (0.2 percent) got Ksh.77 billion")]
        ['2', '1000', '0.2%', '77000000000']
    """
    known = _words()
    folded = fold(s)
    found: list[Number] = []
    for m in known.pattern.finditer(folded):
        if m["clock"]:
            values = [(m["clock"].replace(" ", ""), m.end())]
        elif m["digits"]:
            amount = Decimal(m["digits"].replace(",", "").replace(" ", ""))
            for scale in re.findall("[a-z]+", m["short"] or m["scales"] or ""):
                amount *= known.short_scales.get(scale) or known.scales[scale]
            values = [(_plain(amount), m.end())]
        elif m["half"]:
            share = Decimal("0.5") if m["half"].startswith("half") else Decimal(1)
            values = [(_plain(share * known.scales[m["part"]]), m.end())]
        else:
            values = [
                (_plain(value), m.start() + end) for value, end in _spelled_out(m["words"], known)
            ]
        start = m.start()
        for plain, end in values:
            percent = _PERCENT.match(folded, end)
            value = plain if percent is None else f"{plain}%"
            found.append(Number(value, start, end if percent is None else percent.end()))
            start = end
    return found


def _plain(value: Decimal) -> str:
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain.lstrip("0") or "0"


def _spelled_out(run: str, known: _Words) -> list[tuple[Decimal, int]]:
    """Values in a run of number words, each with its end; `two and three` are two values."""
    values: list[tuple[Decimal, int]] = []
    total, group, last, end = Decimal(0), Decimal(0), 0, 0
    for m in re.finditer(r"a half|[a-z]+", run):
        word = m[0]
        if word == "and":
            continue
        if word == "a half":
            group += Decimal("0.5")
        elif word in known.scales:
            scale = known.scales[word]
            if scale <= _HUNDRED:  # it multiplies only the number right before it
                group = (group or Decimal(1)) * scale
            else:
                total, group = total + (group or Decimal(1)) * scale, Decimal(0)
            last = scale
        else:
            value = known.tens.get(word) or known.small[word]
            unit_of_tens = word in known.small and value < _TEN and 2 * _TEN <= last < _HUNDRED
            continues = last >= _HUNDRED or unit_of_tens
            if end and not continues:
                values.append((total + group, end))
                total, group = Decimal(0), Decimal(0)
            group += value
            last = value
        end = m.end()
    return [*values, (total + group, end)]
