"""Inspect spans of a sentence, as atoms: words, punctuation, quotations, statements.

The rules about cuts in `boundaries.py` and `deletions.py` share these functions.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from brief.guard.clauses import has_verb
from brief.text.lexicon import english
from brief.text.token_alignment import Atom, atoms

DOUBLE = frozenset('"“”„')

_SCOPE = 10
_MIN_EST = 4
_DASHES = frozenset("-–—")
_QUOTES = DOUBLE | frozenset("'‘’`")
_SIGNS = frozenset("$£€¥₦₹#@%&°")


@lru_cache(maxsize=64)
def reading(s: str) -> tuple[Atom, ...]:
    """The atoms of a text; cached, because one sentence is compared with many wordings."""
    return tuple(atoms(s))


def is_word(atom: Atom) -> bool:
    """Whether an atom is a run of letters or digits, or a sign that belongs to one."""
    return atom.form[0].isalnum() or atom.form in _SIGNS


def words(stretch: Sequence[Atom]) -> list[Atom]:
    """The atoms that are words, in order."""
    return [atom for atom in stretch if is_word(atom)]


def marks(stretch: Sequence[Atom]) -> str:
    """The punctuation among atoms, with all dashes as `-` and without quotation marks."""
    return "".join(
        "-" if atom.form in _DASHES else atom.form
        for atom in stretch
        if not is_word(atom) and atom.form not in _QUOTES
    )


def is_quoting(stretch: Sequence[Atom]) -> bool:
    """Whether a double quotation mark is among atoms."""
    return any(atom.form in DOUBLE for atom in stretch)


def is_dash(atom: Atom) -> bool:
    """Whether an atom is a dash between words, not a hyphen."""
    return atom.form in {"–", "—"} or (atom.form == "-" and atom.spaced)


def has_whole_quotations(stretch: Sequence[Atom]) -> bool:
    """Whether double quotation marks come in pairs."""
    return sum(atom.form in DOUBLE for atom in stretch) % 2 == 0


def is_balanced(stretch: Sequence[Atom]) -> bool:
    """Whether no quotation and no bracket is left open."""
    forms = [atom.form for atom in stretch]
    pairs = all(forms.count(a) == forms.count(b) for a, b in ("()", "[]"))
    return pairs and has_whole_quotations(stretch)


def splits(read: Sequence[Atom], at: int) -> bool:
    """Whether the place before `at` is inside a token: `U|.S.`, `20|-year-old`, `Quill|'s`."""
    if not 0 < at < len(read) or read[at].spaced:
        return False
    edge, after = read[at], read[at + 1] if at + 1 < len(read) else None
    if is_word(edge):
        return read[at - 1].form not in {"(", "[", "“", '"', "‘", "'", "–", "—"}
    glued = after is not None and is_word(after) and not after.spaced
    return glued and edge.form not in DOUBLE | {"(", "[", "—", "–"}


def is_statement(stretch: Sequence[Atom]) -> bool:
    """Whether the last sentence among atoms has a main verb; names are not verbs."""
    start = 0
    for n, (atom, follower) in enumerate(pairwise(stretch)):
        if atom.form in {".", "!", "?"} and follower.spaced and follower.form[0].isupper():
            start = n + 1
    keys = [
        "" if n and word.form[0].isupper() and len(word.form) > 1 else word.key
        for n, word in enumerate(words(stretch[start:]))
    ]
    is_clause = bool(keys) and keys[0] in english().cuts.subordinates and "," not in marks(stretch)
    return not is_clause and has_verb(keys)


def is_scoped(kept: Sequence[Atom]) -> bool:
    """Whether a superlative is near the end; the words after it limit what it applies to."""
    near = [atom.key for atom in words(kept)][-_SCOPE:]
    return any(
        key in english().cuts.superlatives or (len(key) > _MIN_EST and key.endswith("est"))
        for key in near
    )


def is_full_phrase(said: Sequence[Atom]) -> bool:
    """Whether a preposition has more than a bare word after it, unlike "in error", "at risk"."""
    return len(said) > 1 and (
        not said[1].form.islower()
        or said[1].key in english().cuts.phrase_openers | english().cuts.near
    )


def attributes(stretch: Sequence[Atom]) -> bool:
    """Whether a span says who makes the claim before it.

    Something that somebody else said ("after Quill said", "who told") does not count.
    """
    opening: Atom | None = None
    for atom in stretch:
        if not is_word(atom):
            opening = opening if atom.form in "'’" else None
            continue
        opening = opening or atom
        if atom.key == "according":
            return True
        if atom.key in english().cuts.sayings and opening.key not in english().cuts.not_speakers | {
            "saying"
        }:
            return True
    return False
