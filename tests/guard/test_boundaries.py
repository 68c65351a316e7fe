"""Where a bullet may begin and end within its sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.guard.boundaries import head, tail
from brief.guard.spans import is_word
from brief.text.token_alignment import atoms

# The bar marks where the bullet begins.
BEGINS = [
    "But | the bridge will close in May.",
    "However, | the bridge will close in May.",
    "OSMUND — | The bridge will close in May.",
    "After the vote, | the mayor closed the bridge.",
    "Speaking to the crew, | Reyl praised the county.",
    "While the ferry ran, | Reyl closed the bridge.",
    "The mayor resigned in May, and | the council closed the bridge.",
    "The mayor resigned in May; | the council closed the bridge.",
]
NEVER_BEGINS = [
    "The | bridge will close in May.",
    "Ana | Quill closed the bridge.",
    "If the vote fails, | the bridge will close.",
    "Unless it rains, | the bridge will close.",
    "Reyl said | the bridge will close.",
    "According to Reyl, | the bridge will close.",
    "Of the 84, | nine are in hospital.",
    "After the floods of 2019, | the bridge was closed.",
    "On ferries, | trams and buses, the fare rose.",
    "“We left, and | the bridge was closed,” said Reyl.",
    "Reyl told the crew the road was wet, and | the bridge was closed.",
    "The mayor sold the boat, and | bought the bridge.",
    "The U. | S. crew left.",
]
ENDS = [
    "The bridge was closed in May |, while ferries ran.",
    "The bridge was closed in May |, which angered the crew.",
    "The bridge was closed in May |, angering the crew.",
    "The bridge was closed in May |, followed by the road.",
    "The bridge was closed |; the ferry was sold.",
    "The bridge was closed for good | — a blow for Osmund.",
    "The bridge was closed for good | after the flood.",
    "The bridge was closed for good | on Monday.",
    "The bridge was closed in May |, and the ferry was sold.",
    "The bridge was closed in May | (and the ferry sold).",
    "The bridge was closed in May |, a blow for Osmund.",
    "Reyl resigned on Monday | after Quill said that he had lied.",
]
NEVER_ENDS = [
    "The bridge of the | mayor was closed.",
    "The bridge was closed |, Reyl said.",
    "The bridge was closed |, according to Reyl.",
    "The bridge was closed in May |, and the ferry was sold, Reyl said.",
    "The bridge will close | if the vote fails.",
    "The bridge will close in May | unless it rains.",
    "The bridge will be closed | or sold.",
    "The bridge will close between May | and June.",
    "The mayor, who sold the bridge | in May, resigned.",
    "The mayor who sold the bridge | on Monday resigned.",
    "When the mayor sold the bridge |, Reyl resigned.",
    "While the bridge was closed and the road was wet |, Reyl left.",
    "The camera was in a tree aimed | at the porch.",
    "The bridge was closed four days | after the flood.",
    "Their names were put on it | in error.",
    "It was the largest fine | in the history of the county.",
    "Reyl was charged with the murder of Ana Quill |, of Ebbsham; Bo Tarn, of Osmund; and Cy Vell.",
    "“The bridge is closed |, and we left,” said Reyl.",
    "The bridge was built by Quill's | (QC) water board.",
    "The bridge - the old one | - was closed.",
    "It was closed by an old |, tired and angry crew.",
    "The ferry has sold |, Reyl's men told the crew.",
    "The bridge lost $2 million |, a year earlier.",
    "The crew sailed to Osmund, Ebbsham |, and Quillhaven.",
    "The flood is said to have made Quill |, who came from Osmund, react.",
    "The news was compared to, say |, a flood in Osmund.",
    "The council changed the law a year | before the vote.",
    "The bridge was closed on May 3 |, 2019.",
    "Three are charged: Ana Quill of Osmund; Ivo Reyl of Carrow |; and Ona Dell, who fled to Brack.",
]


def _at(marked: str) -> tuple[list, int]:  # type: ignore[type-arg]
    before, _, after = marked.partition("|")
    read = atoms(
        before.rstrip() + after if after.startswith((",", ";")) else before + after.lstrip()
    )
    return read, sum(map(is_word, atoms(before)))


def _words(read: list) -> list[int]:  # type: ignore[type-arg]
    return [n for n, atom in enumerate(read) if is_word(atom)]


@pytest.mark.parametrize("marked", BEGINS)
def test_a_bullet_may_begin_there(marked: str) -> None:
    read, n = _at(marked)
    assert head(read, _words(read)[n]) is None


@pytest.mark.parametrize("marked", NEVER_BEGINS)
def test_a_bullet_may_not_begin_there(marked: str) -> None:
    read, n = _at(marked)
    fault = head(read, _words(read)[n])
    assert fault is not None
    assert fault.startswith("starts in the middle, behind")


@pytest.mark.parametrize("marked", ENDS)
def test_a_bullet_may_end_there(marked: str) -> None:
    read, n = _at(marked)
    assert tail(read, _words(read)[n - 1]) is None


@pytest.mark.parametrize("marked", NEVER_ENDS)
def test_a_bullet_may_not_end_there(marked: str) -> None:
    read, n = _at(marked)
    fault = tail(read, _words(read)[n - 1])
    assert fault is not None
    assert fault.startswith("breaks off before")


@given(st.text(alphabet="ab,;()\"“”—-' .1", max_size=30))
def test_a_sentence_may_begin_and_end_where_it_does(sentence: str) -> None:
    read = atoms(sentence)
    for n in _words(read):
        head(read, n)
        tail(read, n)
    if _words(read):
        assert head(read, _words(read)[0]) is None
        assert tail(read, _words(read)[-1]) is None
