"""Average linkage by components gives what its definition gives."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.briefing.stories import clustering

WORDS = [f"{a}{b}" for a in "bdfgklmnprstvz" for b in ("arno", "elik", "osta", "unda")]


def cluster(rows, min_cosine, *, times=None, window=0, starts=None, anchored=None):
    n = rows.shape[0]
    starts = list(range(n)) if starts is None else starts
    return clustering.cluster(
        rows,
        starts,
        np.array(times or [0] * n, np.int64),
        np.array(anchored or [False] * (max(starts) + 1)),
        window=window,
        min_cosine=min_cosine,
    ).tolist()


def partition(labels):
    members = {}
    for number, label in enumerate(labels):
        members.setdefault(label, []).append(number)
    return sorted(members.values())


def texts(seed, n_events, n_articles):
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n_events):
        own = rng.choice(WORDS, 6, replace=False)
        found += [
            ("", " ".join([*rng.choice(own, 5), *rng.choice(WORDS, 4)])) for _ in range(n_articles)
        ]
    return found


def greedy(cosines, min_cosine, starts, times, anchored, window):
    """Average linkage by its definition: join the nearest two that may be joined, over and over."""
    parts = [[n for n, start in enumerate(starts) if start == one] for one in set(starts)]

    def mean(one, other):
        both = [times[n] for n in one + other]
        kept = {starts[n] for n in one + other if anchored[starts[n]]}
        allowed = max(both) - min(both) <= window and len(kept) < 2
        return cosines[np.ix_(one, other)].mean() if allowed else -1

    while len(parts) > 1:
        nearest, one, other = max((mean(a, b), a, b) for a, b in combinations(parts, 2))
        if nearest < min_cosine:
            break
        parts = [part for part in parts if part not in (one, other)] + [sorted(one + other)]
    return sorted(parts)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("min_cosine", [0.2, 0.3, 0.5])
def test_the_clusters_are_those_of_average_linkage(seed, min_cosine):
    rng = np.random.default_rng(seed)
    rows = clustering.vectors(texts(seed, n_events=8, n_articles=4))
    known = {
        "starts": np.minimum(np.arange(32), rng.integers(0, 40, 32)).tolist(),
        "times": rng.integers(0, 8, 32).tolist(),
        "anchored": (rng.random(32) < 0.2).tolist(),
        "window": 5,
    }
    expected = greedy((rows @ rows.T).toarray(), min_cosine, **known)
    assert partition(cluster(rows, min_cosine, **known)) == expected


def test_a_chain_of_neighbors_is_not_one_story():
    # Each article shares half its words with the next one, and none with the one after.
    chain = [("", " ".join(WORDS[4 * n : 4 * n + 8])) for n in range(10)]
    rows = clustering.vectors(chain)
    assert all((rows @ rows.T).toarray()[n, n + 1] > 0.35 for n in range(9))
    assert max(map(len, partition(cluster(rows, 0.35)))) <= 2


def test_a_story_spans_no_longer_than_the_window():
    rows = clustering.vectors([("Bridge closes", "The Osmund bridge closes.")] * 4)
    assert partition(cluster(rows, 0.5, times=[0, 2, 4, 6], window=3)) == [[0, 1], [2, 3]]


def test_anchored_clusters_stay_apart():
    rows = clustering.vectors([("Bridge closes", "The Osmund bridge closes.")] * 3)
    labels = cluster(rows, 0.5, anchored=[True, True, False])
    assert labels[0] != labels[1]
    assert labels[2] in labels[:2]


def test_more_rows_than_are_linked_at_once_are_joined_in_pieces(monkeypatch):
    monkeypatch.setattr(clustering, "MAX_LINKED", 5)
    rows = clustering.vectors([("Bridge closes", "The Osmund bridge closes.")] * 12)
    assert [len(some) for some in partition(cluster(rows, 0.5))] == [5, 5, 2]
    # A cluster of more rows to begin with is joined by those of its rows that fit.
    starts = [0, 1, *[2] * 9, 3]
    assert partition(cluster(rows, 0.5, starts=starts)) == [[*range(11)], [11]]


def test_articles_without_words_are_alike_to_none():
    assert partition(cluster(clustering.vectors([("", ""), ("", "the")]), 0.125)) == [[0], [1]]
    rows = clustering.vectors([("", ""), ("", ""), ("Osmund bridge", "")])
    assert partition(cluster(rows, 0.125)) == [[0], [1], [2]]


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=60)), min_size=1, max_size=6))
def test_any_text_has_a_vector_of_length_one_or_none(openings):
    rows = clustering.vectors(openings)
    lengths = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
    assert rows.shape[0] == len(openings)
    assert np.all(np.isclose(lengths, 1) | (lengths == 0))
