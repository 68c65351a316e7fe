"""Stretches of a sentence: their words, their marks, and what they are."""

import pytest

from brief.guard.spans import attributes, is_balanced, is_statement, is_word, marks, splits, words
from brief.text.token_alignment import atoms


def test_signs_are_words_and_marks_are_not() -> None:
    read = atoms("Reyl paid $5 (or 4%), “at once” – twice.")
    assert [word.form for word in words(read)] == (
        ["Reyl", "paid", "$", "5", "or", "4", "%", "at", "once", "twice"]
    )
    assert marks(read) == "(),-."


@pytest.mark.parametrize(
    ("left", "right", "inside"),
    [
        ("The U", ".S. crew", True),
        ("a 20", "-year-old", True),
        ("Quill", "'s crew", True),
        ("the crew", ", who", False),
        ("said “", "we", False),
        ("the crew", " left", False),
    ],
)
def test_a_place_inside_a_token(left: str, right: str, inside: bool) -> None:
    assert splits(atoms(left + right), len(atoms(left))) is inside


@pytest.mark.parametrize(
    ("stretch", "balanced"),
    [("“a (b)”", True), ("“a", False), ("(a", False), ("[a)", False), ('"a" "b"', True)],
)
def test_balanced(stretch: str, balanced: bool) -> None:
    assert is_balanced(atoms(stretch)) is balanced


@pytest.mark.parametrize(
    ("stretch", "statement"),
    [
        ("The bridge was closed", True),
        ("The bridge was closed. The crew of Osmund", False),
        ("Members of the United Crew", False),
        ("When the bridge was closed and the road was wet", False),
        ("The man who sold the bridge", False),
        ("", False),
    ],
)
def test_a_statement_has_a_verb_of_its_own(stretch: str, statement: bool) -> None:
    assert is_statement(atoms(stretch)) is statement


@pytest.mark.parametrize(
    ("stretch", "speaker"),
    [
        (", Reyl said.", True),
        (" according to Reyl.", True),
        ("” said the mayor of Osmund.", True),
        (" after Quill said he had lied.", False),
        (", saying the road was wet.", False),
        (", who told the crew to leave.", False),
    ],
)
def test_who_says_it(stretch: str, speaker: bool) -> None:
    assert attributes(atoms(stretch)) is speaker


def test_every_atom_is_a_word_or_a_mark_or_a_quotation_mark() -> None:
    read = atoms("It’s “5,000” – (a) [b]; c/d…")
    n_quotes = sum(atom.form in "’“”" for atom in read)
    assert len(words(read)) + len(marks(read)) + n_quotes == len(read)
    assert not is_word(read[1])
