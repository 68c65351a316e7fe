"""Split text into lines, join hard-wrapped paragraphs, and measure the shape of lines.

A `Row` is one line of the input or one run of empty lines; a `Unit` is what a reader sees as one
piece: one row, or the rows of a hard-wrapped paragraph. See `line_rules.py` for phrases.

Everything here takes time linear in the text, whatever its shape.

Tested in `tests/ingest/cleaning/test_clean.py`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
"""Characters of zero width: a line that holds only these looks empty."""

_GLYPH = re.compile(r"(?:[•●○◦▪▫■□‣⁃►▸▶➤✓✔✅·∙»>*+–—-]|o(?=\s)|\d{1,2}[.)](?=\s|$))\s*")
_NUMBERED = re.compile(r"\d")
_CLOSERS = "\"'”’»›)]}* \t\u00a0" + INVISIBLE
_OPENING_QUOTES = "\"“‘'«„`"
_TERMINALS = ".!?…。！？؟।"
_TAB_COLUMNS = 4
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_CHARACTERS_PER_WORD = 2
"""Thai, Lao, kana and Han run words together; two characters are about a word."""

MIN_PROSE_WORDS = 9
"""A sentence of this many words counts as prose; menus and titles rarely end like one."""

UNPUNCTUATED_PROSE_WORDS = 26
"""A line this long is prose even without sentence punctuation; titles are shorter."""

_RUN_TOGETHER = re.compile(r"[^\W\d_A-Z]{2}[A-Z][^\W\d_A-Z]")
_MAX_SAMPLE = 2_000
"""Number of characters examined to see how a line is capitalized."""

_WRAP_MIN_CHARACTERS, _WRAP_MAX_CHARACTERS = 40, 120
"""Where mail clients and terminals break lines."""

MIN_WRAPS, MIN_WRAPPED_SHARE = 6, 0.8
"""This many breaks in the middle of a sentence, with this share of them at the same right margin,
show that a machine wrapped the whole text."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line with its line break, or a run of consecutive empty lines."""

    start: int
    end: int
    text: str
    blank: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """What a reader sees as one piece: one line, or a hard-wrapped paragraph.

    Attributes:
        rows: Indices of its rows, in order.
        text: Its words without indentation, glyph and line breaks.
        glyph: The bullet or number before it; empty when there is none.
        indent: Columns before the first character.
        n_words: White-space separated pieces that hold a letter or a digit.
        gap: Empty lines before it.
    """

    rows: tuple[int, ...]
    text: str
    glyph: str
    indent: int
    n_words: int
    gap: int

    @property
    def numbered(self) -> bool:
        """Whether its glyph is a number."""
        return bool(_NUMBERED.match(self.glyph))

    @property
    def ends_like_sentence(self) -> bool:
        """Whether it ends in a full stop, question or exclamation mark, ignoring quotes."""
        return self.n_words > 0 and self.text[-_MAX_SAMPLE:].rstrip(_CLOSERS)[-1:] in _TERMINALS

    @property
    def announces(self) -> bool:
        """Whether it ends in a colon: something follows."""
        return self.text.rstrip().endswith(":")

    @property
    def quoted(self) -> bool:
        """Whether it opens with a quotation mark."""
        return self.text[:1] in _OPENING_QUOTES

    @property
    def prose(self) -> bool:
        """Whether it looks like a sentence or more, judged by length and ending only."""
        if self.n_words >= MIN_PROSE_WORDS and self.ends_like_sentence:
            return True
        return self.n_words >= UNPUNCTUATED_PROSE_WORDS and not self.capitalized

    @property
    def run_together(self) -> bool:
        """Whether words lack the space between them ("NewsSport").

        Copied menus do, and now and then a name.
        """
        return bool(_RUN_TOGETHER.search(self.text[:_MAX_SAMPLE]))

    @property
    def capitalized(self) -> bool:
        """Whether most words open with a capital, as in a menu or a list of names."""
        pieces = self.text[:_MAX_SAMPLE].split()
        return 2 * sum(piece[0].isupper() for piece in pieces) > len(pieces)


def split_rows(text: str) -> list[Row]:
    """Split at every Unicode line break; the joined rows equal the text."""
    rows: list[Row] = []
    start = 0
    for blank, run in groupby(text.splitlines(keepends=True), key=_is_blank):
        for line in ["".join(run)] if blank else run:
            rows.append(Row(start, start + len(line), line, blank))
            start += len(line)
    return rows


def _is_blank(line: str) -> bool:
    return not line.strip().strip(INVISIBLE).strip()


def read_units(rows: Sequence[Row]) -> list[Unit]:
    """Group the rows that are not blank into units, in order."""
    units: list[Unit] = []
    margin = _right_margin(rows)
    for run, gap in _runs(rows):
        groups = _wrapped(rows, run, margin) if len(run) > 1 else [run]
        units.extend(_unit(rows, one, gap if one[0] == run[0] else 0) for one in groups)
    return units


def words(text: str) -> list[str]:
    """Lower-case words of letters and digits, for comparing lines."""
    return re.findall(r"\w+", text.lower())


def _runs(rows: Sequence[Row]) -> Iterator[tuple[list[int], int]]:
    """Runs of consecutive non-blank rows, each with the number of empty lines before it."""
    run: list[int] = []
    gap = 0
    for index, row in enumerate(rows):
        if not row.blank:
            run.append(index)
            continue
        if run:
            yield run, gap
        run, gap = [], len(row.text.splitlines())
    if run:
        yield run, gap


def _right_margin(rows: Sequence[Row]) -> int | None:
    """The column at which a machine wrapped the lines; None when the text is not wrapped.

    A machine breaks a line where the next word would cross the margin, so that most breaks in
    the middle of a sentence agree on the margin.
    """
    breaks = [
        (_right_end(one.text), _right_end(one.text) + 1 + _first_word(two.text))
        for one, two in pairwise(rows)
        if not one.blank and not two.blank and _goes_on(one.text, two.text) == "lower"
    ]
    breaks = [(end, next_end) for end, next_end in breaks if end <= _WRAP_MAX_CHARACTERS]
    if len(breaks) < MIN_WRAPS:
        return None
    ends = sorted(end for end, _ in breaks)
    margin = ends[int(len(ends) * (1 + MIN_WRAPPED_SHARE) / 2)]
    agreeing = sum(end <= margin < next_end for end, next_end in breaks)
    return margin if agreeing >= MIN_WRAPPED_SHARE * len(breaks) else None


def _wrapped(rows: Sequence[Row], run: Sequence[int], margin: int | None) -> Iterator[list[int]]:
    """Join rows that continue in the middle of a sentence.

    A break is inside a sentence when the next row opens in lower case at the same indentation
    and the row before has no sentence ending. When most long rows of a run break like that, a
    machine wrapped the text, and a row that opens with a name is a continuation as well. When the
    whole page was wrapped, a row that had no room for the next word continues, whatever that
    word is.
    """
    texts = [rows[index].text for index in run]
    breaks = [_goes_on(one, two) for one, two in pairwise(texts)]
    lower = sum(kind == "lower" for kind in breaks)
    machine = (
        margin is None and lower >= 2 and lower * 3 >= sum(kind != "" for kind in breaks)  # noqa: PLR2004 - once may be chance
    )
    group = [run[0]]
    for index, kind, (one, two) in zip(run[1:], breaks, pairwise(texts), strict=True):
        if kind == "lower" or (machine and kind) or (margin and _is_full(one, two, margin)):
            group.append(index)
        else:
            yield group
            group = [index]
    yield group


def _is_full(before: str, after: str, margin: int) -> bool:
    """Whether a row has no room for the next row's first word, which continues it."""
    tail = after.strip()
    if _GLYPH.match(tail):
        return False
    hanging = _column(before) + len(_glyph_of(before))
    if _column(after) not in (_column(before), hanging) and not tail[0].islower():
        return False
    end = _right_end(before)
    return end <= _WRAP_MAX_CHARACTERS and end + 1 + _first_word(after) > margin


def _glyph_of(line: str) -> str:
    found = _GLYPH.match(line.strip())
    return found[0] if found else ""


def _right_end(line: str) -> int:
    """The column after a line's last character."""
    return _column(line) + len(line.strip())


def _first_word(line: str) -> int:
    """Characters of a line's first word."""
    return len(line.split(maxsplit=1)[0]) if line.strip() else 0


def _goes_on(before: str, after: str) -> str:
    """How a sentence may continue over a break: "lower" or "other" case, or "" for not at all."""
    head, tail = before.strip(), after.strip()
    if _GLYPH.match(tail):
        return ""
    column = _column(before)
    if _column(after) not in (column, column + len(_glyph_of(head))):
        return ""
    if len(head) < _WRAP_MIN_CHARACTERS:
        return ""
    if tail[0].islower():
        return "" if head.rstrip(_CLOSERS)[-1:] in _TERMINALS else "lower"
    return "other" if len(head) <= _WRAP_MAX_CHARACTERS else ""


def _unit(rows: Sequence[Row], indices: Sequence[int], gap: int) -> Unit:
    first = rows[indices[0]].text
    text = " ".join(rows[index].text.strip().strip(INVISIBLE).strip() for index in indices)
    found = _GLYPH.match(text)
    glyph = found[0] if found else ""
    rest = text[len(glyph) :]
    if glyph and not glyph[-1].isspace() and rest:
        # "-5 °C", "*note" and "•bullet" look alike; only a real bullet sign may touch its word.
        glyph, rest = (glyph, rest) if glyph in "•●▪■►▸▶➤✓✔✅" else ("", text)
    n_words = sum(piece.isalnum() or any(map(str.isalnum, piece)) for piece in rest.split())
    n_words += len(_UNSPACED.findall(rest)) // _CHARACTERS_PER_WORD
    return Unit(tuple(indices), rest, glyph.strip(), _column(first), n_words, gap)


def _column(line: str) -> int:
    """Columns of white space before the first visible character."""
    column = 0
    for character in line:
        if character == "\t":
            column += _TAB_COLUMNS
        elif character.isspace() or character in INVISIBLE:
            column += 1
        else:
            break
    return column
