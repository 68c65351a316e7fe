"""Check the cuts of a compressed sentence: a bullet must stay whole and true without those words.

A small model compresses by leaving words out. If it cuts at the wrong place, all words are the
source's own and the sentence is still false ("Speaking before the committee, Rubio praised" ->
"the committee praised") or broken. So a bullet must have its sentence's own words in their order,
with cuts of the kinds in `boundaries.py` and `deletions.py`; only the speaker may move from after
"said" to before it. When in doubt, a cut is a fault: a bullet that fails is mended or replaced.
See `support.py` for facts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from brief.guard import boundaries, deletions
from brief.guard.spans import is_quoting, is_word, marks, reading
from brief.text.lemmas import lemma
from brief.text.lexicon import english
from brief.text.token_alignment import Atom, align

_PERCENT = re.compile(r"\bper ?cent\b", re.IGNORECASE)
_MAX_SPEAKER_WORDS = 6


def unsound(bullet: str, sources: Sequence[str]) -> str | None:
    """What is wrong with the cuts of a compressed sentence.

    Args:
        bullet: A model's words, in any casing and WordPiece spacing.
        sources: The sentences that it reports, in their own casing.

    Returns:
        The first fault, in words; None when every cut is sound.

    Example:
        >>> source = "Speaking before the senate, Ana Quill praised the crew for its work."
        >>> unsound("The senate praised the crew for its work.", [source])
        'starts in the middle, behind “before”'
        >>> unsound("Ana Quill praised the crew for its work.", [source]) is None
        True
    """
    return next(_faults(bullet, sources), None)


def places(bullet: str, sentence: str) -> list[int]:
    """The positions of a bullet's words in `atoms(sentence)`, in any inflection.

    Returns:
        One position per word, ascending; empty when not all words are there in that order.
    """
    found = _Match(_inflected(bullet), _inflected(sentence))
    return [] if found.fault else found.path


class _Match:
    """A bullet's words, each with its position in the source, up to the first fault.

    Attributes:
        written: The bullet's atoms, with the speaker where the source has it.
        spots: Which of `written` are words.
        path: The position in `read` of each.
        fault: A word that is not there, or not in that order; None if there is none.
    """

    def __init__(self, written: Sequence[Atom], read: Sequence[Atom]) -> None:
        self.written = _speaker_last(written, read)
        self.spots = [n for n, atom in enumerate(self.written) if is_word(atom)]
        self.path: list[int] = []
        self.fault = None if self.spots else "says nothing"
        known = [n for n, atom in enumerate(read) if is_word(atom)]
        found = align([self.written[n] for n in self.spots], [read[n] for n in known])
        for spot, n in zip(self.spots, found, strict=True):
            if n is None:
                self.fault = f"puts in “{self.written[spot].form}”"
                return
            if self.path and known[n] <= self.path[-1]:
                self.fault = f"moves “{read[known[n]].form}” behind “{read[self.path[-1]].form}”"
                return
            self.path.append(known[n])


def _faults(bullet: str, sources: Sequence[str]) -> Iterator[str]:
    parts = [_alike(source, n) for n, source in enumerate(sources)]
    read = [atom for part in parts for atom in part]
    match = _Match(_alike(bullet), read)
    if match.fault is not None:
        yield match.fault
        return
    yield from _quotations(match.written, match.spots, read, match.path)
    yield from _seams(match.written, match.spots, parts, match.path)


def _seams(
    written: Sequence[Atom],
    spots: Sequence[int],
    parts: Sequence[Sequence[Atom]],
    path: Sequence[int],
) -> Iterator[str]:
    starts = [0]
    for part in parts:
        starts.append(starts[-1] + len(part))
    homes = [next(n for n, end in enumerate(starts[1:]) if place < end) for place in path]
    local = [place - starts[home] for place, home in zip(path, homes, strict=True)]
    between = [marks(written[a + 1 : b]) for a, b in pairwise(spots)]
    faults = [boundaries.head(parts[homes[0]], local[0])]
    for n, mark in enumerate(between):
        part, before, after = parts[homes[n]], local[n], local[n + 1]
        if homes[n] != homes[n + 1]:
            faults += [boundaries.tail(part, before), boundaries.head(parts[homes[n + 1]], after)]
            if mark[-1:] not in {".", "!", "?", ";"}:
                faults.append(f"joins “{part[before].form}” to “{parts[homes[n + 1]][after].form}”")
        elif any(map(is_word, part[before + 1 : after])):
            faults.append(deletions.fault(part, before, after, mark))
        elif not _is_alike(mark, marks(part[before + 1 : after]), part[after]):
            faults.append(f"changes the marks before “{part[after].form}”")
    faults.append(boundaries.tail(parts[homes[-1]], local[-1]))
    ending, there = marks(written[spots[-1] + 1 :]), marks(parts[homes[-1]][local[-1] + 1 :])
    if len(ending.strip("()[]")) > 1 and ending not in there:
        faults.append("does not end")
    brackets = [sum(atom.form == mark for atom in written) for mark in "()[]"]
    if brackets[0] != brackets[1] or brackets[2] != brackets[3]:
        faults.append("leaves a bracket open")
    yield from (fault for fault in faults if fault is not None)


def _is_alike(written: str, read: str, follower: Atom) -> bool:
    return written == read or (
        written == read.replace(",", "")
        and read == ","
        and follower.key in english().cuts.drops_comma
    )


def _quotations(
    written: Sequence[Atom], spots: Sequence[int], read: Sequence[Atom], path: Sequence[int]
) -> Iterator[str]:
    """Quotation marks at other places than in the source, or missing around a speaker's "I"."""
    if not is_quoting(written):
        spoken = [
            read[place].form
            for place in path
            if read[place].key in english().cuts.first_person and read[place].form != "US"
        ]
        if spoken and is_quoting(read) and len(path) < sum(map(is_word, read)):
            yield f"says “{spoken[0]}” without quotation marks"
        return
    for (a, b), (place, later) in zip(pairwise(spots), pairwise(path), strict=True):
        whole = later == place + 1 or not any(map(is_word, read[place + 1 : later]))
        here, there = is_quoting(written[a + 1 : b]), is_quoting(read[place + 1 : later])
        if here != there and (whole or here):
            yield f"quotes from “{written[b].form}” on otherwise"


def _speaker_last(written: Sequence[Atom], read: Sequence[Atom]) -> Sequence[Atom]:
    """Reorder `…, Quill says` to `…, says Quill`, where the source has that order."""
    end = len(written)
    while end and not is_word(written[end - 1]):
        end -= 1
    if not end or written[end - 1].key not in english().say:
        return written
    start = end - 1
    while start and is_word(written[start - 1]):
        start -= 1
    speaker = [atom.key for atom in written[start : end - 1]]
    if not 0 < len(speaker) <= _MAX_SPEAKER_WORDS:
        return written
    for n, atom in enumerate(read):
        after = n + 1 + len(speaker)
        if atom.key in english().say and [a.key for a in read[n + 1 : after]] == speaker:
            goes_on = after < len(read) and read[after].form[0].isupper()
            if not goes_on:
                said, who = written[end - 1], written[start : end - 1]
                return [*written[:start], said, *who, *written[end:]]
    return written


@lru_cache(maxsize=64)
def _inflected(s: str) -> tuple[Atom, ...]:
    """Atoms with one key for all inflected forms of a word."""
    return tuple(
        replace(atom, key=lemma(atom.key)) if atom.key.isalpha() else atom for atom in reading(s)
    )


@lru_cache(maxsize=64)
def _alike(s: str, source: int = 0) -> tuple[Atom, ...]:
    """Atoms with one key for interchangeable forms: the tense of "said", "per cent" and "%"."""
    return tuple(
        replace(atom, source=source, key="said" if atom.key in english().say else atom.key)
        for atom in reading(_PERCENT.sub("%", s))
    )
