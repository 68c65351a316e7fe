"""Where a bullet leaves words of its source out: is every seam sound?

A small model compresses by leaving out, and where it cuts at the wrong place the words are
all the source's own and the sentence is still false ("Speaking before the committee, Rubio praised"
-> "the committee praised") or broken. The bullet is aligned to its sentences and each cut is
looked at. The rules are about words and punctuation, not grammar, and err on the side of
finding fault: a bullet that fails is replaced by its source sentence. Left out: words that the
source does not have (`support.py`).
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from brief import text
from brief.alignment import Atom, align, atoms

_NEEDED = frozenset(
    "a an the of to in on at for with by from as into is are was were be been being has have had"
    " will would can do does did who which".split()
)
"""Words that a sentence loses its grammar with, when they alone are left out."""

_HEDGES = frozenset(
    "likely unlikely probably possibly perhaps alleged allegedly reportedly suspected purported"
    " purportedly potentially apparently nearly almost barely hardly may might could should"
    " expected planned proposed attempted former acting if unless only".split()
)
"""Words that a claim must not lose: without them it says more than its source."""

_MAX_HEDGED_CUT = 3
"""A hedge counts when it is cut out of a statement; with a whole clause, it goes rightly."""

_AUXILIARIES = frozenset(
    "is are was were has have had will would can could may might must should does do did says say"
    " said".split()
)
_SUBJECTS = frozenset("i he she it they we you who".split())
_UNRESOLVED = _SUBJECTS | frozenset("his her hers him its their theirs them".split())
_STARTERS = frozenset(
    "in on at for with by from to of after before during over under against between through as and"
    " but or nor while when where because since until that which who whose despite amid about among"
    " into onto near ahead".split()
)
"""What may follow a cut of several words: it begins a phrase of its own."""

_SIGNS = frozenset("$£€¥₦₹#@")
_OPENERS = frozenset("( [".split())
_CLOSERS = frozenset(") ]".split())
_QUOTES = frozenset("'\"‘’“”„")
_ENDS = frozenset(".,;:!?)]—–…-")


def unsound(bullet: str, sources: Sequence[str], context: Sequence[str] = ()) -> str | None:
    """What is wrong with the cuts of a compressed sentence.

    Args:
        bullet: A model's words, in any casing and WordPiece spacing.
        sources: The sentences that it reports, in their own casing.
        context: What the model could read besides; its words may open a bullet (a name for a
            "he"), but not be woven in later.

    Returns:
        The first fault, for a person to read; None when every cut is sound.

    Example:
        >>> source = "Speaking before the senate, Ana Quill praised the crew for its work."
        >>> unsound("The senate praised the crew for its work.", [source])
        'cuts “Quill” away from “praised”'
        >>> unsound("Ana Quill praised the crew.", [source]) is None
        True
    """
    return next(_faults(bullet, sources, context), None)


def _faults(bullet: str, sources: Sequence[str], context: Sequence[str]) -> Iterator[str]:
    written = atoms(bullet)
    read = [atom for n, part in enumerate([*sources, *context]) for atom in atoms(part, n)]
    path = align(written, read)
    yield from _repeats(written, read, len(sources))
    yield from _opening(written, read, path, len(sources))
    placed = [(n, place) for n, place in enumerate(path) if place is not None]
    own = [(n, place) for n, place in placed if read[place].source < len(sources)]
    yield from _woven(written, read, placed, own, len(sources))
    for (n, place), (m, later) in zip(own, own[1:], strict=False):
        if read[place].source != read[later].source:
            continue
        if later < place:
            if _is_word(written[m]) and written[m - 1].form not in _ENDS:
                yield f"moves “{read[later].form}” behind “{read[place].form}”"
        elif m == n + 1 and later > place + 1:
            yield from _cut(read, place, later)
        else:
            yield from _put_in(written[n + 1 : m], read[place + 1 : later])
    yield from _ending(written, read, own)


def _repeats(written: Sequence[Atom], read: Sequence[Atom], n_sources: int) -> Iterator[str]:
    """A content word said more often than the sentence says it."""
    said = Counter(text.stem(atom.key) for atom in read if atom.source < n_sources)
    beside = Counter(text.stem(atom.key) for atom in read if atom.source >= n_sources)
    counts: Counter[str] = Counter()
    for atom in written:
        if not _is_content(atom):
            continue
        key = text.stem(atom.key)
        counts[key] += 1
        if counts[key] > max(1, said[key] or beside[key]):
            yield f"says “{atom.key}” twice"


def _opening(
    written: Sequence[Atom], read: Sequence[Atom], path: Sequence[int | None], n_sources: int
) -> Iterator[str]:
    """A pronoun where the sentence has a name."""
    words = [n for n, atom in enumerate(written) if _is_word(atom)]
    if words and written[words[0]].key in _UNRESOLVED:
        place = path[words[0]]
        if place is None or read[place].source >= n_sources:
            yield f"opens with “{written[words[0]].key}” where its source has none"


def _woven(
    written: Sequence[Atom],
    read: Sequence[Atom],
    placed: Sequence[tuple[int, int]],
    own: Sequence[tuple[int, int]],
    n_sources: int,
) -> Iterator[str]:
    """A content word from another sentence, after the sentence itself has begun."""
    begun = next((n for n, _ in own if _is_content(written[n])), len(written))
    for n, place in placed:
        if n > begun and read[place].source >= n_sources and _is_content(written[n]):
            yield f"weaves in “{read[place].form}” from another sentence"


def _put_in(inserted: Sequence[Atom], left_out: Sequence[Atom]) -> Iterator[str]:
    """Function words where the sentence has a word that means something."""
    lost = [atom.form for atom in left_out if _is_content(atom)]
    if lost and any(map(_is_word, inserted)) and not any(map(_is_content, inserted)):
        said = " ".join(atom.form for atom in inserted if _is_word(atom))
        yield f"puts “{said}” for “{' '.join(lost)}”"


def _cut(read: Sequence[Atom], place: int, later: int) -> Iterator[str]:
    """What is wrong with leaving out what stands between two places."""
    left_out = read[place + 1 : later]
    words = [atom for atom in left_out if _is_word(atom)]
    before, after = read[later - 1], read[later]
    if len(words) <= _MAX_HEDGED_CUT:
        yield from (f"leaves out “{atom.form}”" for atom in words if atom.key in _HEDGES)
    if words and len(words) == len(left_out) and all(a.key in _NEEDED for a in words):
        yield f"leaves out “{' '.join(atom.form for atom in words)}”"
    if read[place].form in _SIGNS:
        yield f"leaves “{read[place].form}” without its number"
    if _is_content(before) and after.key in _AUXILIARIES:
        yield f"cuts “{before.form}” away from “{after.form}”"
    if not _is_content(read[place]) or not words or not _is_word(after):
        return
    if _is_word(before) and (before.form[0].isupper() or before.key in _SUBJECTS):
        yield f"cuts “{before.form}” away from “{after.form}”"
    inside = len(words) > 1 and _is_word(left_out[0]) and _is_word(before)
    if inside and after.key not in _STARTERS:
        yield f"joins “{read[place].form}” to “{after.form}”"


def _ending(
    written: Sequence[Atom], read: Sequence[Atom], own: Sequence[tuple[int, int]]
) -> Iterator[str]:
    """A sentence that stops before it is whole."""
    words = [(n, place) for n, place in own if _is_word(written[n])]
    last = next((atom for atom in reversed(written) if _is_word(atom)), None)
    if last is not None and last.key in text.STOPWORDS and last.key in _NEEDED:
        yield f"ends with “{last.key}”"
    if not words or not own or written[words[-1][0]] is not last:
        return
    place = words[-1][1] + 1
    source = read[words[-1][1]].source
    depth = 0
    while place < len(read) and read[place].source == source:
        atom = read[place]
        place += 1
        if atom.form in _OPENERS:
            depth += 1
        elif atom.form in _CLOSERS:
            depth -= 1
        elif depth <= 0 and atom.form not in _QUOTES:
            if _is_content(atom) or atom.key == "of":
                yield f"breaks off before “{atom.form}”"
            return


def _is_word(atom: Atom) -> bool:
    return atom.form[0].isalnum()


def _is_content(atom: Atom) -> bool:
    return _is_word(atom) and atom.key not in text.STOPWORDS and len(atom.key) > 1
