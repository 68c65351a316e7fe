from hypothesis import given
from hypothesis import strategies as st

from brief.text.token_alignment import align, atoms

TOKENS = st.lists(st.sampled_from(["a", "b", "the", ",", "7", "."]), max_size=12).map(" ".join)


def aligned(bullet, *sources):
    read = [atom for n, source in enumerate(sources) for atom in atoms(source, n)]
    return align(atoms(bullet), read)


def test_atoms_ignore_wordpiece_spacing():
    assert [a.key for a in atoms("Mid-2024, U.S.")] == [a.key for a in atoms("mid - 2024, u. s.")]


def test_atoms_know_their_spaces():
    assert [(a.form, a.spaced) for a in atoms("a b-c")] == [
        ("a", False), ("b", True), ("-", False), ("c", False),
    ]  # fmt: skip


def test_which_quotation_marks_open():
    opens = [atom.opens for atom in atoms('"a" " (“b”)') if atom.form in '"“”']
    assert opens == [True, False, None, True, False]


def test_a_run_is_preferred_to_the_nearest_like_words():
    assert aligned("the b a", "the a the b a") == [2, 3, 4]


def test_forward_is_preferred_to_backward():
    assert aligned("a the b", "b a c the d b") == [1, 3, 5]


def test_the_first_source_is_preferred():
    assert aligned("the a", "the a", "the a") == [0, 1]
    assert aligned("b a", "the a", "b c a") == [2, 4]


def test_what_no_source_has_is_not_aligned():
    assert aligned("a x b", "a b") == [0, None, 1]
    assert aligned("x", "a") == [None]
    assert aligned("", "a") == []
    assert aligned("a") == [None]


@given(TOKENS, TOKENS, TOKENS)
def test_only_like_atoms_are_aligned(bullet, focus, context):
    written = atoms(bullet)
    read = [*atoms(focus), *atoms(context, 1)]
    path = align(written, read)
    for atom, place in zip(written, path, strict=True):
        if place is None:
            assert all(atom.key != other.key for other in read)
        else:
            assert atom.key == read[place].key


@given(TOKENS)
def test_a_text_is_aligned_to_itself(text):
    assert aligned(text, text) == list(range(len(atoms(text))))
