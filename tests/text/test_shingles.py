import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from brief.text.shingles import shingles

WORDS = ["the", "bridge", "over", "osmund", "é", "\ud800"]


@given(st.lists(st.sampled_from(WORDS), max_size=40), st.integers(1, 14))
def test_equal_runs_of_words_have_one_hash_and_others_another(words, n_words):
    found = shingles(words, n_words)
    runs = [tuple(words[at : at + n_words]) for at in range(len(words) - n_words + 1)]
    assert found.dtype == np.uint64
    assert len(found) == len(runs)
    for half in (found.astype(np.uint32), found >> np.uint64(32)):
        assert len(set(zip(half.tolist(), runs, strict=True))) == len(set(runs))
        assert len(set(half.tolist())) == len(set(runs))


def test_hashes_are_the_same_in_every_version():
    # Sketches of earlier articles are kept.
    assert shingles(["a", "b", "c"], 2).astype(np.uint32).tolist() == [1813784396, 665418648]
