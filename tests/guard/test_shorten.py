"""A source sentence made shorter, where that leaves a whole and true statement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.guard.compression import unsound
from brief.guard.shorten import mend, shorten
from brief.text.strings import words


@pytest.mark.parametrize(
    ("bullet", "sentence", "mended"),
    [
        (  # the hedge comes back, the day stays away
            "the osmund bridge will close.",
            "The Osmund bridge will likely close on Monday.",
            "The Osmund bridge will likely close",
        ),
        (  # the name comes back whole
            "quill sold the old ferry in osmund.",
            "Ana Quill sold the old ferry in Osmund, which angered the crew.",
            "Ana Quill sold the old ferry in Osmund",
        ),
        (  # the source's own form of a word
            "the crews sold the bridges to osmund.",
            "The crew sold the bridge to Osmund, Reyl said.",
            "The crew sold the bridge to Osmund, Reyl said.",
        ),
        (  # a sound gap stays one
            "tomas reyl will run the ferry",
            "Tomas Reyl, the old engineer, will run the ferry again.",
            "Tomas Reyl will run the ferry again.",
        ),
    ],
)
def test_mend_keeps_the_sound_cuts_only(bullet: str, sentence: str, mended: str) -> None:
    assert mend(bullet, sentence) == mended


@pytest.mark.parametrize(
    "bullet", ["the tower will close.", "close will the bridge", "", "the bridge the bridge"]
)
def test_mend_gives_up_on_other_words(bullet: str) -> None:
    assert mend(bullet, "The old bridge will likely close on Monday.") is None


@pytest.mark.parametrize(
    ("sentence", "shortened"),
    [
        (
            (
                "The council of Osmund will close the old bridge in May, while the ferries go on"
                " running every day until the autumn."
            ),
            "The council of Osmund will close the old bridge in May",
        ),
        (  # who says it stays
            (
                "The council of Osmund will close the old bridge in May, while the ferries go on"
                " running every day, Reyl said."
            ),
            "The council of Osmund will close the old bridge in May, Reyl said.",
        ),
        (  # an aside goes when no end fits
            (
                "Tomas Reyl, who has run the ferries of the county since the flood, was told by the"
                " council of Osmund to leave."
            ),
            "Tomas Reyl was told by the council of Osmund to leave.",
        ),
        (  # what comes before the sentence goes
            (
                "After a long and angry night in the hall of the county, the council of Osmund agreed"
                " to close the old bridge."
            ),
            "the council of Osmund agreed to close the old bridge.",
        ),
    ],
)
def test_shorten_cuts_where_that_is_sound(sentence: str, shortened: str) -> None:
    assert shorten(sentence, 16) == shortened


@pytest.mark.parametrize(
    "sentence",
    [
        "The bridge was closed.",
        (
            "The council of Osmund will close the old bridge over the river if the county pays for the"
            " ferries and the crew agrees."
        ),
        (
            "“The council of Osmund will close the old bridge, and the ferries of the county will run"
            " every day until autumn,” said Reyl."
        ),
    ],
)
def test_shorten_leaves_what_has_no_sound_cut(sentence: str) -> None:
    assert shorten(sentence, 12) == sentence


PARTS = st.sampled_from(
    [
        "The council closed the bridge",
        ", while the ferries ran",
        ", and the mayor left Osmund",
        ", which angered the crew",
        " on Monday",
        " (the old one)",
        ", Reyl said",
        " if it rains",
        " — a blow for Ebbsham",
        " that cost $1,000 in U.S. aid",
        ", Tomas Reyl, 29,",
        "; the road was wet",
    ]
)


@given(st.lists(PARTS, min_size=1, max_size=7), st.integers(1, 20))
def test_what_stays_is_the_sentence_in_its_order(parts: list[str], max_words: int) -> None:
    sentence = "".join(parts).lstrip(", ;—") + "."
    remaining = iter(words(sentence))
    assert all(word in remaining for word in words(shorten(sentence, max_words)))


@given(st.lists(PARTS, min_size=1, max_size=7), st.data())
def test_mended_words_are_the_sentence_in_its_order(parts: list[str], data: st.DataObject) -> None:
    sentence = "".join(parts).lstrip(", ;—") + "."
    said = sentence.lower().split()
    kept = data.draw(st.lists(st.booleans(), min_size=len(said), max_size=len(said)))
    mended = mend(" ".join(w for w, keep in zip(said, kept, strict=True) if keep), sentence)
    if mended is not None:
        remaining = iter(words(sentence))
        assert all(word in remaining for word in words(mended))


def test_a_mended_bullet_is_sound() -> None:
    sentence = "Tomas Reyl, the old engineer, will likely run the ferry in Osmund, Quill said."
    mended = mend("reyl will run the ferry.", sentence)
    assert mended is not None
    assert unsound(mended, [sentence]) is None
