"""Where a bullet leaves words of its sentence out: sound and unsound seams, side by side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.guard.compression import places, unsound
from brief.text.token_alignment import atoms

LEAD = "Speaking before the senate, Ana Quill praised the crew for its work."
HEDGED = "The Osmund council will likely close the old bridge on Monday, led by Tomas Reyl."
SPOKEN = "“We cannot wait for the summer,” said Tomas Reyl, an engineer from Ebbsham."
ASIDE = "Tomas Reyl, who runs the county ferries, said the old bridge was unsafe in March."
QUOTED = 'Reyl said that the crew "did what it could" and thanked the county.'

SOUND = [
    (LEAD, LEAD),
    (LEAD, "ana quill praised the crew for its work."),
    (HEDGED, "the osmund council will likely close the old bridge on monday."),
    (HEDGED, "the osmund council will likely close the bridge on monday"),
    (SPOKEN, '" we cannot wait for the summer, " tomas reyl says.'),
    (SPOKEN, '" we cannot wait for the summer, " said tomas reyl.'),
    (ASIDE, "tomas reyl said the old bridge was unsafe in march."),
    (QUOTED, 'reyl said the crew " did what it could " and thanked the county.'),
    ("Sales rose by 12 per cent in May.", "sales rose by 12 % in may."),
    ("But the ferry, Reyl said, will run.", "the ferry, reyl said, will run."),
    ("The mayor left at noon. The crew stayed.", "the mayor left at noon. the crew stayed."),
]

UNSOUND = [
    ("another subject", LEAD, "the senate praised the crew for its work."),
    ("a hedge is lost", HEDGED, "the osmund council will close the old bridge on monday."),
    ("a word is put in", HEDGED, "the osmund council did likely close the old bridge on monday."),
    ("another form of a word", HEDGED, "the osmund councils will likely close the old bridge."),
    ("another order", LEAD, "the crew praised ana quill for its work."),
    ("somebody else's name", SPOKEN, '" we cannot wait for the summer, " reyl tomas says.'),
    ("half a name", "“It is over,” said Ana Quill.", "“ it is over, ” ana says."),
    ("words said twice", LEAD, "ana quill praised the crew for its work for its work."),
    ("it runs on in dots", LEAD, "ana quill praised the crew for its work......."),
    ("no quotation marks around I", SPOKEN, "we cannot wait for the summer, tomas reyl says."),
    (
        "a longer quotation",
        QUOTED,
        'reyl said the crew " did what it could and thanked " the county.',
    ),
    ("a bracket is left open", "The lake (in Ebbsham) is dry.", "the lake ( in ebbsham is dry."),
    (
        "a stop inside",
        "The ferry sank in May and the crew swam.",
        "the ferry sank in may. and the crew swam.",
    ),
    ("another comma", "The ferry of the mayor sank.", "the ferry, of the mayor sank."),
    ("nothing", LEAD, "..."),
]


@pytest.mark.parametrize(("source", "bullet"), SOUND)
def test_sound_seams_pass(source: str, bullet: str) -> None:
    assert unsound(bullet, [source]) is None


@pytest.mark.parametrize(
    ("source", "bullet"), [row[1:] for row in UNSOUND], ids=[r[0] for r in UNSOUND]
)
def test_unsound_seams_are_found(source: str, bullet: str) -> None:
    assert unsound(bullet, [source]) is not None


def test_the_fault_says_what_is_wrong() -> None:
    assert unsound("the senate praised the crew for its work.", [LEAD]) == (
        "starts in the middle, behind “before”"
    )
    assert unsound("the osmund council will close the old bridge on monday.", [HEDGED]) == (
        "leaves out “likely”"
    )


def test_two_sources_need_a_stop_between_them() -> None:
    sources = ["The mayor left the hall at noon.", "The crew stayed in the hall."]
    assert unsound("the mayor left the hall at noon. the crew stayed in the hall.", sources) is None
    fault = unsound("the mayor left the hall at noon the crew stayed in the hall.", sources)
    assert fault == "joins “noon” to “The”"


def test_places_knows_a_word_in_any_inflection() -> None:
    sentence = "The old bridges will close in May."
    read = atoms(sentence)
    found = [read[place].form for place in places("the bridge closes in may", sentence)]
    assert found == ["The", "bridges", "close", "in", "May"]


@pytest.mark.parametrize("bullet", ["the tower will close", "close will bridges the", ""])
def test_places_is_empty_for_other_words_or_another_order(bullet: str) -> None:
    assert places(bullet, "The old bridges will close in May.") == []


WORDS = st.sampled_from(
    "Reyl the old bridge said, (in May) “we will” close; and likely U.S. 1,000 — 20-year-old $5m".split()
)


@given(st.lists(WORDS, min_size=1, max_size=14))
def test_a_whole_sentence_of_balanced_marks_is_sound(parts: list[str]) -> None:
    sentence = "Reyl " + " ".join(parts).replace("(", "").replace(")", "") + "."
    assert unsound(sentence, [sentence]) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_can_be_compared(bullet: str, sentence: str) -> None:
    unsound(bullet, [sentence])
    found = places(bullet, sentence)
    assert found == sorted(set(found))
