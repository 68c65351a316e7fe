"""Shorten a source sentence by cuts that leave a complete and true statement.

`mend` makes the cuts of a model's bullet that are sound; `shorten` makes sound cuts by rule until
the sentence is short enough for a bullet. The sentence's words stay in their order. See
`boundaries.py` and `deletions.py` for which cuts are sound.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from brief.guard import boundaries, compression, deletions
from brief.guard.spans import is_word, marks, reading
from brief.text.lexicon import english
from brief.text.token_alignment import Atom

MIN_WORDS = 9
"""A sentence is not made shorter: "He resigned on Monday" has lost what it was about."""
_MAX_SPEAKER_WORDS = 10
_CLAUSE_MARKS = frozenset(",;-–—(")


def mend(bullet: str, sentence: str) -> str | None:
    """Make those cuts of a bullet in its sentence that are sound.

    Args:
        bullet: A model's words, a subsequence of the sentence's.
        sentence: The sentence in its own casing.

    Returns:
        None when the bullet has other words than the sentence, or has them in another order.

    Example:
        >>> mend("The bridge will close.", "The old bridge will likely close on Monday.")
        'The bridge will likely close'
    """
    read = reading(sentence)
    path = compression.places(bullet, sentence)
    if not path:
        return None
    start = path[0] if boundaries.head(read, path[0]) is None else 0
    kept = [read[at] for at in range(start, path[0])]
    for before, after in pairwise(path):
        kept.append(read[before])
        left_out = read[before + 1 : after]
        stays = _comma(left_out)
        sound = any(map(is_word, left_out)) and not deletions.fault(
            read, before, after, marks(stays)
        )
        kept += stays if sound else left_out
    whole = [*kept, *read[path[-1] :]]
    return _spelled(whole[: _end(whole, len(kept))])


def shorten(sentence: str, max_words: int) -> str:
    """Shorten a sentence to at most `max_words`, or as far as sound cuts allow.

    The speaker ("…, Quill said") and conditions are kept.

    Example:
        >>> shorten("The old bridge over the Osmund will close in May, while ferries run.", 9)
        'The old bridge over the Osmund will close in May'
    """
    read = reading(sentence)
    if _n_words(read) <= max_words:
        return sentence
    core, speaker = _parted(read)
    room = max_words - _n_words(speaker)
    while True:
        ends = list(_ends(core))
        fitting = [end for end in ends if _n_words(core[:end]) <= room]
        if fitting:
            core = core[: fitting[-1]]
            break
        shorter = _without_aside(core) or _without_lead_in(core)
        if shorter is None:
            core = core[: ends[0]] if ends else core
            break
        core = shorter
        if _n_words(core) <= room:
            break
    return _spelled([*core, *speaker])


def _ends(read: Sequence[Atom]) -> Iterator[int]:
    """Positions where a sentence may end with a clause."""
    for last, atom in enumerate(read[:-1]):
        follower = read[last + 1]
        clause = follower.form in _CLAUSE_MARKS or follower.key in english().cuts.clauses
        long_enough = is_word(atom) and _n_words(read[: last + 1]) >= MIN_WORDS
        if clause and long_enough and boundaries.tail(read, last) is None:
            yield last + 1


def _without_aside(read: Sequence[Atom]) -> Sequence[Atom] | None:
    """The sentence without its longest aside in commas, dashes or brackets; None if none."""
    words = [n for n, atom in enumerate(read) if is_word(atom)]
    opened = [n for n, follower in pairwise(words) if follower > n + 1]
    found = [
        (after - before, before, after)
        for before in opened
        for after in words
        if after > before
        and any(map(is_word, read[before + 1 : after]))
        and read[after - 1].form in ",-–—)"
        and read[before + 1].form in ",-–—("
        and deletions.fault(read, before, after, "") is None
    ]
    if not found:
        return None
    _, before, after = max(found)
    return [*read[: before + 1], *read[after:]]


def _without_lead_in(read: Sequence[Atom]) -> Sequence[Atom] | None:
    comma = next((n for n, atom in enumerate(read) if atom.form == ","), None)
    if comma is None or comma + 1 >= len(read) or _n_words(read[comma + 1 :]) < MIN_WORDS:
        return None
    first = next((n for n in range(comma, len(read)) if is_word(read[n])), None)
    return None if first is None or boundaries.head(read, first) else read[first:]


def _parted(read: Sequence[Atom]) -> tuple[Sequence[Atom], Sequence[Atom]]:
    """Split a sentence from the speaker at its end, if it has one ("…, Quill said")."""
    commas = [n for n, atom in enumerate(read) if atom.form == ","]
    if commas:
        speaker = read[commas[-1] :]
        said = [atom.key for atom in speaker if is_word(atom)]
        opens = len(said) > 1 and (
            said[0] in english().cuts.sayings or said[-1] in english().cuts.sayings
        )
        if opens and len(said) <= _MAX_SPEAKER_WORDS:
            return read[: commas[-1]], speaker
    return read, []


def _end(read: Sequence[Atom], last: int) -> int:
    """Where a sentence may end: with word `last`, or with a clause after it."""
    if boundaries.tail(read, last) is None:
        return last + 1
    return next((end for end in _ends(read) if end > last), len(read))


def _comma(left_out: Sequence[Atom]) -> Sequence[Atom]:
    """The comma that stays when the phrase before it is cut."""
    if not left_out or left_out[-1].form != "," or left_out[0].form == ",":
        return []
    return left_out[-1:]


def _n_words(read: Sequence[Atom]) -> int:
    """Words as a reader counts them: `Ksh.77` and `mid-2024` are one."""
    return sum(
        1 for n, atom in enumerate(read) if (atom.spaced or n == 0) and atom.form not in "-–—"
    )


def _spelled(read: Sequence[Atom]) -> str:
    return "".join(" " * (atom.spaced and n > 0) + atom.form for n, atom in enumerate(read))
