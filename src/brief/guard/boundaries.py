"""Check where a bullet begins and ends in its sentence, so that it stays complete and true.

The rules use words and punctuation, not grammar: an edge of a kind listed here is sound, and any
other is a fault. See `deletions.py` for cuts between the two edges.
"""

from collections.abc import Sequence

from brief.guard.clauses import is_verb
from brief.guard.spans import (
    attributes,
    is_balanced,
    is_dash,
    is_full_phrase,
    is_quoting,
    is_scoped,
    is_statement,
    marks,
    splits,
    words,
)
from brief.text.lexicon import english
from brief.text.token_alignment import Atom

_LIST_REACH = 16
"""Atoms that are searched for the end of a list that goes on."""

_RANGE_REACH = 24
_DIGITS_OF_YEAR = 4
_LIST_TAIL = 12
"""Atoms at the end of a statement among which a comma may belong to a list."""


def head(read: Sequence[Atom], first: int) -> str | None:
    """What is wrong with a bullet that begins at word `first` of a sentence; None if nothing."""
    left_out = read[:first]
    said = words(left_out)
    if not said:
        return None
    whole = not splits(read, first) and is_balanced(left_out)
    spared = _is_spared(left_out) or _is_lead_in(left_out, read[first:])
    if whole and (spared or _is_first_statement(left_out, read[first:])):
        return None
    return f"starts in the middle, behind “{said[-1].form}”"


def tail(read: Sequence[Atom], last: int) -> str | None:
    """What is wrong with a bullet that ends at word `last` of a sentence; None if nothing."""
    kept, left_out = read[: last + 1], read[last + 1 :]
    said = words(left_out)
    if not said:
        return None
    whole = not splits(read, last + 1) and is_balanced(kept) and is_statement(kept)
    if whole and not attributes(left_out) and not _wants_more(kept) and _adds(kept, left_out):
        return None
    return f"breaks off before “{said[0].form}”"


def _is_spared(left_out: Sequence[Atom]) -> bool:
    """Whether it is a dateline (`OSMUND —`, `(AB) —`) or only connects to the sentence before."""
    said, last = words(left_out), left_out[-1]
    if {word.key for word in said} <= english().cuts.leading:
        return marks(left_out) in {"", ","}
    return all(word.form[0].isupper() for word in said) and (is_dash(last) or last.form == ")")


def _is_lead_in(left_out: Sequence[Atom], rest: Sequence[Atom]) -> bool:
    """Whether it is a lead-in like `After the vote, …`, without a condition or a number."""
    opens = words(left_out)[0].key in english().cuts.lead_ins and left_out[-1].form == ","
    return opens and marks(left_out) == "," and _is_plain(left_out, rest) and not _is_list(rest)


def _is_first_statement(left_out: Sequence[Atom], rest: Sequence[Atom]) -> bool:
    """Whether it is the first of two statements with a subject each: `The mayor left, and …`."""
    joint = words(left_out)[-1].key in {"and", "while"} and marks(left_out[-2:]) == ","
    joined = joint or left_out[-1].form == ";"
    return joined and _is_plain(left_out, rest) and is_statement(rest)


def _is_plain(left_out: Sequence[Atom], rest: Sequence[Atom]) -> bool:
    """Whether the rest does not depend on the omitted words, and opens like a statement."""
    keys = {word.key for word in words(left_out)}
    opening = english().cuts.phrase_openers | english().cuts.subjects | {"there"}
    binds = keys & (english().cuts.conditions | english().cuts.sayings) or any(
        key.isdigit() for key in keys
    )
    return not binds and (not rest[0].form.islower() or rest[0].key in opening)


def _is_list(rest: Sequence[Atom]) -> bool:
    """Whether words up to the next comma may be members of a list that began before them."""
    near = [atom.key for atom in rest[:_LIST_REACH]]
    return "," in near and bool({"and", "or"} & set(near[: near.index(",")]))


def _wants_more(kept: Sequence[Atom]) -> bool:
    """Whether a sentence cannot end with its last word: a possessive, "the", "she says"."""
    said = words(kept)
    first, last = said[0], said[-1]
    # A verb of saying cannot be last after "although …"; "say" and "says" never can.
    opened = first.key in english().clauses.openers | english().cuts.lead_ins or last.key in {
        "say",
        "says",
    }
    is_possessive = last.key == "s" and not last.spaced
    is_plain = not last.form[0].isupper()  # "May" and "US" are not function words
    return (
        is_possessive
        or (is_plain and last.key in english().cuts.want_more)
        or (last.key in english().cuts.sayings and opened)
    )


def _adds(kept: Sequence[Atom], left_out: Sequence[Atom]) -> bool:
    """Whether the rest of a sentence adds to a statement that is complete without it."""
    said = words(left_out)
    if _binds(kept, left_out) or _goes_on(left_out):
        return False
    before = left_out[: left_out.index(said[0])]
    lead = marks(before)
    if lead == "(":
        return _is_bracket(left_out)
    if lead in {";", "-"}:
        return True
    if lead == ",":
        return not is_quoting(before) and _is_addition(kept, said)
    return lead == "" and _is_phrase(kept, said)


def _binds(kept: Sequence[Atom], left_out: Sequence[Atom]) -> bool:
    """Whether a condition, a range, a list or a pair of dashes connects the two parts."""
    ranges = english().cuts.ranges & {atom.key for atom in kept[-_RANGE_REACH:]}
    in_dashes = sum(map(is_dash, kept)) % 2 == 1 and any(map(is_dash, left_out))
    conditions = english().cuts.conditions & {word.key for word in words(left_out)}
    # Several semicolons separate the members of a list, with or without verbs.
    listed = [atom.form for atom in (*kept, *left_out)].count(";") > 1
    return bool(
        ranges or in_dashes or conditions or listed or _is_in_list(kept) or _is_in_list(left_out)
    )


def _is_bracket(left_out: Sequence[Atom]) -> bool:
    forms = [atom.form for atom in left_out]
    return ")" in forms and not words(left_out[forms.index(")") :])


def _is_phrase(kept: Sequence[Atom], said: Sequence[Atom]) -> bool:
    """Whether the rest is a phrase of place, time or reason that the last word does not require.

    It does require one in "aimed at", "hours after", "living in", "ran across", "three of".
    """
    opening, last = said[0].key, [atom.key for atom in words(kept)][-2:]
    if opening not in english().cuts.tails or (
        opening == "as" and said[1:2] and said[1].key not in english().cuts.subjects
    ):
        return False
    if last[-1] in english().cuts.spans or last[-1].endswith("ing") or _is_count(last[-1]):
        return False
    if is_scoped(kept) or (opening in english().cuts.phrases and not is_full_phrase(said)):
        return False
    return not is_verb(last[-1]) or last[0] in english().cuts.passive


def _is_count(key: str) -> bool:
    return key in english().cuts.numbers or (key.isdigit() and len(key) != _DIGITS_OF_YEAR)


def _is_addition(kept: Sequence[Atom], said: Sequence[Atom]) -> bool:
    """Whether the rest may be cut with the comma before it: a clause, participle, apposition."""
    opening = said[0].key
    if said[-1].key in english().cuts.ago:
        return False
    if opening == "and":
        named = len(said) > 1 and (
            said[1].form[0].isupper() or said[1].key in english().cuts.phrase_openers
        )
        return named and "," not in marks(kept[-_LIST_TAIL:])
    if opening in english().cuts.tails_after_comma or _is_led_by(said):
        return True
    if opening.endswith("ing"):
        return len(said) > 1 and said[1].spaced  # not an adjective before another
    apposed = opening in english().cuts.phrase_openers or said[0].form[0].isupper()
    return apposed and not {word.key for word in said} & english().cuts.contrasts


def _goes_on(left_out: Sequence[Atom]) -> bool:
    """Whether a verb comes first or after a comma, so that an aside ends before it."""
    starts = [n + 1 for n, atom in enumerate(left_out[:-1]) if atom.form == ","]
    opens_clause = words(left_out)[0].key in english().relatives
    return any(
        left_out[n].form.islower()
        and not _is_led_by(left_out[n:])
        and (is_verb(left_out[n].key) or (opens_clause and _may_go_on(left_out[n].key)))
        for n in [0, *(starts[1:] if opens_clause else starts)]
    )


def _may_go_on(key: str) -> bool:
    """Whether a word after "who …," may be the main verb, although no list of verbs has it."""
    return key not in english().stopwords and not key.endswith("ing")


def _is_in_list(stretch: Sequence[Atom]) -> bool:
    """Whether the words after the last semicolon are a member of a list."""
    ends = [n for n, atom in enumerate(stretch) if atom.form == ";"]
    return bool(ends) and not is_statement(stretch[ends[-1] + 1 :])


def _is_led_by(said: Sequence[Atom]) -> bool:
    return len(said) > 1 and said[0].key.endswith("ed") and said[1].key == "by"
