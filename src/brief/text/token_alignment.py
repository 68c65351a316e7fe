"""Align a bullet's tokens ("atoms") with the source tokens that they were copied from.

An atom is a run of letters, a run of digits or one other character, so that WordPiece's
spacing does not matter: `mid - 2024` and `mid-2024` are the same three. See `restore_case.py` and
`compression.py` for uses of the alignment.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from brief.text.strings import fold
from brief.text.truecasing import clean, doubtful

_ATOM = re.compile(r"[^\W\d_]+|\d+|\.{2,}|…|\S")
_MARKS = frozenset("'\"‘’“”„")

# The alignment is a Viterbi path over source positions. Continuing with the next atom costs
# nothing; of the other costs, only the order matters.
_SKIP = 1.0  # forward in the same source
_JUMP = 2.0  # backward, or to another source
_LATER_SOURCE = 0.25  # per source after the first, at each jump: the focus is preferred
_DISTANCE = 0.001  # per skipped atom


@dataclass(frozen=True, slots=True)
class Atom:
    """A run of letters, a run of digits or one other character.

    Attributes:
        form: The characters as they are written.
        key: The form, folded.
        spaced: Whether white space precedes it.
        opens: For a quotation mark, whether the characters around it show that it opens a
            quotation; None when they do not decide.
        source: Index of the source that it is from.
        guess: Its more likely form inside a sentence; None when its casing can be trusted.
    """

    form: str
    key: str
    spaced: bool
    opens: bool | None
    source: int = 0
    guess: str | None = None


def atoms(s: str, source: int = 0) -> list[Atom]:
    """The atoms of one text, cleaned; together they are all its characters except spaces."""
    cleaned = clean(s)
    guesses = doubtful(cleaned)
    return [
        Atom(
            m[0],
            fold(m[0]),
            m.start() > 0 and cleaned[m.start() - 1].isspace(),
            _opens(cleaned, m.start()) if m[0] in _MARKS else None,
            source,
            guesses.get(m.start()),
        )
        for m in _ATOM.finditer(cleaned)
    ]


def _opens(s: str, at: int) -> bool | None:
    free_before = at == 0 or s[at - 1] in " ([{-–—"
    free_after = at + 1 == len(s) or s[at + 1] in " )]}.,;:!?-–—"
    return None if free_before == free_after else free_before


def align(written: Sequence[Atom], read: Sequence[Atom]) -> list[int | None]:
    """The position in `read` that each written atom comes from; None where no atom matches.

    This is the cheapest path; of equally cheap ones, the one through the earliest positions.
    Time is linear in the number of matching pairs of atoms.
    """
    places: dict[str, list[int]] = {}
    for place, atom in enumerate(read):
        places.setdefault(atom.key, []).append(place)
    columns: list[tuple[int, dict[int, tuple[float, int | None]]]] = []
    for n, atom in enumerate(written):
        if atom.key not in places:
            continue
        before = columns[-1][1] if columns else {}
        adjacent = bool(columns) and columns[-1][0] == n - 1
        columns.append((n, _column(places[atom.key], before, read, adjacent=adjacent)))
    path: list[int | None] = [None] * len(written)
    here: int | None = None
    for n, column in reversed(columns):
        if here is None:
            here = min(column, key=lambda place: (column[place][0], place))
        path[n] = here
        here = column[here][1]
    return path


def _column(
    places: Sequence[int],
    before: dict[int, tuple[float, int | None]],
    read: Sequence[Atom],
    *,
    adjacent: bool,
) -> dict[int, tuple[float, int | None]]:
    """Cost of the cheapest path to each place, with the place before it."""
    if not before:
        return {place: (_LATER_SOURCE * read[place].source, None) for place in places}
    cheapest = min(before, key=lambda place: (before[place][0], place))
    jump = before[cheapest][0] + _JUMP
    column: dict[int, tuple[float, int | None]] = {}
    earlier = iter(before)
    upcoming = next(earlier, None)
    nearest: int | None = None  # the best place to skip forward from, distance included
    for place in places:
        while upcoming is not None and upcoming < place:
            ahead = before[upcoming][0] - _DISTANCE * upcoming
            if (
                nearest is None
                or read[nearest].source != read[upcoming].source
                or ahead <= before[nearest][0] - _DISTANCE * nearest
            ):
                nearest = upcoming
            upcoming = next(earlier, None)
        options: list[tuple[float, int]] = [(jump + _LATER_SOURCE * read[place].source, cheapest)]
        if nearest is not None and read[nearest].source == read[place].source:
            gap = place - nearest
            options.append((before[nearest][0] + _SKIP + _DISTANCE * gap, nearest))
        if adjacent and place - 1 in before and read[place - 1].source == read[place].source:
            options.append((before[place - 1][0], place - 1))
        column[place] = min(options)
    return column
