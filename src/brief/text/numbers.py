"""Numbers in running text -> values that compare, however they are written.

`77 billion`, `77bn` and `77,000,000,000` are one value; so are `two` and `2`, `33rd` and `33`,
`5 percent` and `5%`. Left out: units and currencies, dates as dates, fractions, plural scales
(`dozens`, `millions`), and whether a number is right (`support.py`).
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from brief.text.strings import fold


def _ranked(listed: str, start: int) -> dict[str, int]:
    """Words of a list, each with its rank."""
    return {word: rank for rank, word in enumerate(listed.split(), start)}


_SMALL = _ranked(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen",
    start=0,
) | _ranked(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
    " thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth",
    start=1,
)
_TENS = {
    stem + ending: 10 * rank
    for stem, rank in _ranked("twent thirt fort fift sixt sevent eight ninet", start=2).items()
    for ending in ("y", "ieth")
}
_SCALES = {
    "dozen": 12,
    "hundred": 100,
    "hundredth": 100,
    "thousand": 10**3,
    "thousandth": 10**3,
    "lakh": 10**5,
    "million": 10**6,
    "millionth": 10**6,
    "crore": 10**7,
    "billion": 10**9,
    "trillion": 10**12,
}
_TEN, _HUNDRED = 10, 100
_SHORT_SCALES = {
    "k": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "mln": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "t": 10**12,
    "tn": 10**12,
    "trn": 10**12,
}


def _any_of(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


_SCALE = rf"(?:{_any_of(_SCALES)})"
_WORD = rf"(?:{_any_of(_SMALL | _TENS | _SCALES)})"
_NUMBER = re.compile(
    # Spaces after points and commas are what detokenized WordPieces leave: 1, 000 and 3. 5
    r"(?P<clock>(?<!\d)\d{1,2} ?: ?\d{2}(?!\d))"
    r"|(?P<digits>(?<!\d)\d{1,3}(?:, ?\d{2,3})*, ?\d{3}(?!\d)(?:\. ?\d+)?|\d+(?:\. ?\d+)?)"
    rf"(?:(?P<short>(?:k|m|b|t)|[ -]{{0,3}}(?:mn|mln|bn|tn|trn))(?![^\W_])"
    rf"|(?P<scales>(?:[ -]{{1,3}}{_SCALE}(?![^\W_]))+)|(?:st|nd|rd|th|s)(?![^\W_]))?"
    rf"|(?<![^\W_])(?P<half>half(?: a)?|an?) (?P<part>{_SCALE})(?![^\W_])"
    rf"|(?<![^\W_])(?!one (?:of|another)\b)(?<!no )(?P<words>{_WORD}(?:(?: ?- ?| and | )"
    rf"(?:a half(?= (?:{_SCALE})\b)|{_WORD}))*)(?![^\W_])"
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


def numbers(s: str) -> list[Number]:
    """The numbers of `s`, in order.

    The spacing that detokenized WordPieces have makes no difference, so `on May 5, 200 men`
    holds 5200; who compares must ask for both readings of a comma.

    Example:
        >>> [number.value for number in numbers("Two of 1, 000 (0.2 percent) got Ksh.77 billion")]
        ['2', '1000', '0.2%', '77000000000']
    """
    folded = fold(s)
    found: list[Number] = []
    for m in _NUMBER.finditer(folded):
        if m["clock"]:
            values = [(m["clock"].replace(" ", ""), m.end())]
        elif m["digits"]:
            amount = Decimal(m["digits"].replace(",", "").replace(" ", ""))
            for scale in re.findall("[a-z]+", m["short"] or m["scales"] or ""):
                amount *= (_SHORT_SCALES | _SCALES)[scale]
            values = [(_plain(amount), m.end())]
        elif m["half"]:
            share = Decimal("0.5") if m["half"].startswith("half") else Decimal(1)
            values = [(_plain(share * _SCALES[m["part"]]), m.end())]
        else:
            values = [(_plain(value), m.start() + end) for value, end in _spelled_out(m["words"])]
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


def _spelled_out(run: str) -> list[tuple[Decimal, int]]:
    """Values of a run of number words, each with where it ends; `two and three` are two."""
    values: list[tuple[Decimal, int]] = []
    total, group, last, end = Decimal(0), Decimal(0), 0, 0
    for m in re.finditer(r"a half|[a-z]+", run):
        word = m[0]
        if word == "and":
            continue
        if word == "a half":
            group += Decimal("0.5")
        elif word in _SCALES:
            scale = _SCALES[word]
            if scale <= _HUNDRED:  # it multiplies only what stands right before it
                group = (group or Decimal(1)) * scale
            else:
                total, group = total + (group or Decimal(1)) * scale, Decimal(0)
            last = scale
        else:
            value = _TENS.get(word) or _SMALL[word]
            unit_of_tens = word in _SMALL and value < _TEN and 2 * _TEN <= last < _HUNDRED
            continues = last >= _HUNDRED or unit_of_tens
            if end and not continues:
                values.append((total + group, end))
                total, group = Decimal(0), Decimal(0)
            group += value
            last = value
        end = m.end()
    return [*values, (total + group, end)]
