from hypothesis import given
from hypothesis import strategies as st

from brief.training.data.decontamination import MAX_SHARED, N_WORDS, Held, grams

WORDS = [f"w{n}" for n in range(400)]


def text(start, n):
    return " ".join(WORDS[start : start + n])


def test_twenty_shared_rows_of_words_are_a_leak_and_nineteen_are_not():
    held = Held([[text(0, 100)]])
    n_shared = MAX_SHARED + N_WORDS - 1
    assert held.shares(f"{text(200, 50)} {text(20, n_shared + 1)} {text(300, 50)}")
    assert not held.shares(f"{text(200, 50)} {text(20, n_shared)} {text(300, 50)}")


def test_files_are_asked_one_by_one():
    n = N_WORDS + 11
    article = f"{text(0, n)} {text(200, n)}"
    assert not Held([[text(0, 60)], [text(200, 60)]]).shares(article)
    assert Held([[text(0, 60), text(200, 60)]]).shares(article)


def test_casing_and_punctuation_are_no_difference():
    assert Held([[text(0, 60)]]).shares(text(0, 60).upper().replace(" ", " , "))


def test_nothing_is_held_by_no_file_or_an_empty_one():
    assert not Held([]).shares(text(0, 100))
    assert not Held([[], ["short"]]).shares(text(0, 100))


@given(st.lists(st.sampled_from(WORDS[:6]), max_size=60))
def test_a_row_of_words_has_one_checksum_wherever_it_stands(words):
    found = grams(" ".join(words))
    assert len(found) == max(0, len(words) - N_WORDS + 1)
    rows = [tuple(words[at : at + N_WORDS]) for at in range(len(found))]
    assert len(set(found.tolist())) == len(set(rows))
