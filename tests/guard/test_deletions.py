"""What a bullet may leave out between two words of its sentence."""

import pytest

from brief.guard.deletions import fault
from brief.guard.spans import is_word
from brief.text.token_alignment import atoms

# Square brackets mark what is left out, the mark behind them what the bullet has there.
SOUND = [
    ("The [old] bridge was closed.", ""),
    ("The bridge was [finally] closed.", ""),
    ("Reyl [also] sold the ferry.", ""),
    ("Reyl said [that] the bridge was closed.", ""),
    ("Reyl [, who runs the ferry,] closed the bridge.", ""),
    ("Reyl [, the engineer,] was fined.", ""),
    ("Reyl [— of all people —] was fined.", ""),
    ("Reyl [(the engineer)] was fined.", ""),
    ("The bridge [in Osmund] was closed.", ""),
    ("The bridge was closed [in May] by Reyl.", ""),
    ("The bridge was closed [on Monday], which angered Reyl.", ","),
]
UNSOUND = [
    ("a hedge", "The [alleged] thief was fined.", ""),
    ("a hedge", "The bridge will [probably] close.", ""),
    ("a number's hedge", "The bridge cost [about] 12 million.", ""),
    ("a negation", "The bridge was [not] closed.", ""),
    ("an order", "The [second] largest bridge was closed.", ""),
    ("an office", "The [deputy] mayor was fined.", ""),
    ("a falsehood", "The [fake] doctor was fined.", ""),
    ("a participle", "The [cancelled] flight was full.", ""),
    ("part of a name", "The [Osmund] bridge was closed.", ""),
    ("a verb", "The board [rejected] plans for a bridge.", ""),
    ("the subject", "The [lender] wants a bridge.", ""),
    ("the other article", "Reyl bought an [old] bridge.", ""),
    ("a relative clause's that", "The dam [that] burst was old.", ""),
    ("that before a date", "Reyl said [that] on Monday he left.", ""),
    ("who said it", "The bridge [, Reyl said,] was closed.", ""),
    ("a condition", "The bridge [, if it rains,] will close.", ""),
    ("a member of a list", "He sold boats [, bridges,] ferries and roads.", ""),
    ("a statement", "Reyl sold boats and Quill [, the road was wet,] left.", ""),
    ("the subject behind a lead-in", "In the hall [, the mayor,] tired of it, left.", ""),
    ("an aside behind another", "Reyl, 29 [, the engineer,] was fined.", ""),
    ("one comma too many", "Reyl [, who runs the ferry,] closed the bridge.", ","),
    ("what the verb wants", "The bridge was put [in service] by Reyl.", ""),
    ("one of two places", "The crew met [in Osmund] and Ebbsham.", ""),
    ("a superlative's scope", "The largest fine [in the county] was paid by Reyl.", ""),
    ("half a token", "The 20[-year]-old bridge was closed.", ""),
    ("an open bracket", "The bridge [(in Osmund] was closed).", ""),
    ("somebody's own words", "“The bridge [in Osmund] was closed,” said Reyl.", ""),
    ("the middle of a clause", "The bridge [was closed, which] angered Reyl.", ""),
]


def _fault(marked: str, written: str) -> str | None:
    kept, _, rest = marked.partition("[")
    gap, _, after = rest.partition("]")
    read = atoms(kept + gap + after)
    places = [n for n, atom in enumerate(read) if is_word(atom)]
    n_kept = sum(map(is_word, atoms(kept)))
    n_gap = sum(map(is_word, atoms(gap)))
    return fault(read, places[n_kept - 1], places[n_kept + n_gap], written)


@pytest.mark.parametrize(("marked", "written"), SOUND)
def test_a_sound_gap_has_no_fault(marked: str, written: str) -> None:
    assert _fault(marked, written) is None


@pytest.mark.parametrize(("kind", "marked", "written"), UNSOUND)
def test_an_unsound_gap_has_one(kind: str, marked: str, written: str) -> None:
    found = _fault(marked, written)
    assert found is not None, kind
    assert found.startswith(("leaves out “", "cuts out “"))
