"""Average linkage over a sparse neighborhood gives what the dense algorithm gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

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


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("min_cosine", [0.2, 0.3, 0.5])
def test_the_clusters_are_those_of_dense_average_linkage(seed, min_cosine):
    rows = clustering.vectors(texts(seed, n_events=8, n_articles=4))
    distances = np.clip(1 - (rows @ rows.T).toarray(), 0, None)
    np.fill_diagonal(distances, 0)
    tree = linkage(squareform(distances, checks=False), "average")
    dense = fcluster(tree, 1 - min_cosine, "distance")
    assert partition(cluster(rows, min_cosine)) == partition(dense.tolist())


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


def test_a_long_list_still_joins_a_large_story(monkeypatch):
    monkeypatch.setattr(clustering, "MAX_LISTED", 5)
    monkeypatch.setattr(clustering, "MAX_NEIGHBORS", 3)
    rows = clustering.vectors([("Bridge closes", "The Osmund bridge closes.")] * 40)
    # Lists are cut, so pieces may stay apart; no article is alone.
    assert all(len(some) >= 5 for some in partition(cluster(rows, 0.5)))


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
