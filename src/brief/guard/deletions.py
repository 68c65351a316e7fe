"""Check what a bullet leaves out between two words of its sentence, so that it stays true.

It may leave out a modifier, an adverb, "that", an aside, or a phrase of place or time; everything
else is a fault. See `boundaries.py` for where a bullet may begin and end.
"""

from collections.abc import Sequence

from brief.guard.clauses import is_verb, may_be_verb
from brief.guard.spans import (
    DOUBLE,
    has_whole_quotations,
    is_balanced,
    is_dash,
    is_full_phrase,
    is_scoped,
    is_word,
    marks,
    splits,
    words,
)
from brief.text.lexicon import english
from brief.text.token_alignment import Atom

_MAX_MODIFIERS = 2
_MAX_PLACE_WORDS = 4
_MAX_QUOTED_WORDS = 4
_APPOSED_REACH = 4
_IN_ASIDE = "'’-.$£€%&₦₹"
"""Marks that an aside may contain: those in names and numbers."""


def fault(read: Sequence[Atom], before: int, after: int, written: str) -> str | None:
    """What is wrong with leaving out everything between two words of a sentence.

    Args:
        read: The sentence.
        before: Position of the word before the gap.
        after: Position of the word after the gap, at least one word later.
        written: The punctuation that the bullet has there, as `marks` returns it.

    Returns:
        The fault, in words; None for a sound gap.
    """
    left_out = read[before + 1 : after]
    whole = not splits(read, before + 1) and not splits(read, after) and is_balanced(left_out)
    # Words inside quotation marks are never left out.
    if whole and has_whole_quotations(read[: before + 1]):
        inside = marks(left_out)
        plain = not inside and not written
        if plain and (_is_modifier(read, before, after) or _is_that(read, before, after)):
            return None
        if _is_aside(read, before, after, written) or (
            inside == written and _is_phrase(read, before, after, inside)
        ):
            return None
    said = words(left_out)
    if len(said) > _MAX_QUOTED_WORDS:
        return f"cuts out “{said[0].form} …”"
    return f"leaves out “{' '.join(word.form for word in said)}”"


def _is_that(read: Sequence[Atom], before: int, after: int) -> bool:
    """Whether it is "that" after a verb of saying or thinking, before a subject."""
    said = [word.key for word in words(read[before + 1 : after])]
    if said != ["that"] or read[before].key not in english().cuts.that_follows:
        return False
    return read[after].key not in english().cuts.phrases | english().cuts.after_phrase


def _is_modifier(read: Sequence[Atom], before: int, after: int) -> bool:
    """Whether it is an adverb, or one or two plain words before the noun that they describe."""
    said, follower = words(read[before + 1 : after]), read[after]
    keys = [word.key for word in said]
    plain = all(word.form.isalpha() and word.form.islower() for word in said)
    hedged = any(key in english().cuts.hedges for key in keys)
    if len(said) > _MAX_MODIFIERS or hedged or not plain or not _agree(read[before], follower):
        return False
    if len(said) == 1 and (keys[0].endswith("ly") or keys[0] in english().cuts.asides):
        return True
    described = follower.form.isalpha() and follower.key not in english().stopwords
    described = described and not may_be_verb(follower.key)
    # A participle may deny what it describes: "the cancelled flight".
    adjectives = not any(key.endswith(("ed", "ing")) or key in english().stopwords for key in keys)
    return read[before].key in english().cuts.phrase_openers and described and adjectives


def _agree(article: Atom, follower: Atom) -> bool:
    """Whether `a` or `an` fits the word that now follows it."""
    if article.key not in {"a", "an"}:
        return True
    return (article.key == "an") == (follower.key[0] in "aeiou")


def _is_aside(read: Sequence[Atom], before: int, after: int, written: str) -> bool:
    """Whether it is an aside in commas, dashes or brackets, without a condition."""
    stretch = [atom for atom in read[before + 1 : after] if atom.form not in DOUBLE]
    keys = {word.key for word in words(stretch)}
    if keys & english().cuts.conditions:
        return False
    forms = [atom.form for atom in stretch]
    if forms[0] == "(" and ")" in forms:
        rest = "".join(forms[forms.index(")") + 1 :])
        return rest in {"", ","} and written == rest
    commas = forms[0] == forms[-1] == ","
    dashes = is_dash(stretch[0]) and (is_dash(stretch[-1]) or forms[-1] in {"-", "–", "—"})
    inner = "".join(form for form in forms[1:-1] if not form[0].isalnum())
    if written or not (commas or dashes) or inner.strip(_IN_ASIDE):
        return False
    return _is_spared(read, before, after)


def _is_spared(read: Sequence[Atom], before: int, after: int) -> bool:
    """Whether an aside is not a member of a list, a statement or the subject itself."""
    said, follower = words(read[before + 1 : after]), read[after]
    keys = {word.key for word in said}
    if said[0].key in english().relatives:
        return is_verb(follower.key) or follower.key in english().cuts.after_aside
    if keys & english().cuts.sayings or said[-1].key in {"and", "but"} or any(map(is_verb, keys)):
        return False
    # "In Osmund, the mayor, tired of it, left": the words after the opening phrase are the subject.
    opened = (
        words(read)[0].key
        in english().cuts.lead_ins | english().cuts.phrases | english().clauses.openers
    )
    if opened and "," not in marks(read[:before]):
        return False
    if "," in marks(read[max(0, before - _APPOSED_REACH) : before]):
        return False  # an aside after another, whose last comma must stay
    short = len(said) <= _MAX_PLACE_WORDS or said[0].key in english().cuts.phrases
    return is_verb(follower.key) or (short and follower.key in english().cuts.after_aside)


def _is_phrase(read: Sequence[Atom], before: int, after: int, inside: str) -> bool:
    """Whether it is a phrase of place or time, from its preposition to the next phrase."""
    said = words(read[before + 1 : after])
    keys = [word.key for word in said]
    if not is_full_phrase(said) or is_scoped(read[: before + 1]):
        return False
    if (
        keys[0] not in english().cuts.phrases
        or set(keys) & english().cuts.phrase_breaks
        or keys[-1] in {"and", "to", "of"}
    ):
        return False
    if read[before].key in english().cuts.before_phrase or not is_word(read[before + 1]):
        return False
    ends = inside == "" or (inside == "," and read[after - 1].form == ",")
    return ends and read[after].key in english().cuts.after_phrase
