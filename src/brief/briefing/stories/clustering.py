"""Which articles tell of one event: TF-IDF of their openings, joined by average linkage.

Clusters that are each other's nearest are joined, round by round, as long as the mean cosine
of all their pairs reaches a threshold: average-linkage clustering by reciprocal nearest
neighbors (Murtagh 1983, "A survey of recent advances in hierarchical clustering algorithms").
An article that resembles one of a story's articles and not the others does not join, so no
chain of neighbors makes one story of a topic. The mean cosine of unit vectors is the product
of their means, and neighbors are looked for by the strongest words only, in lists of bounded
length; nothing is compared with everything. Left out: copies (`near_duplicates.py`), and what the
clusters are for (`grouping.py`).
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brief.text import strings
from brief.text.lexicon import english

HEADLINE_WEIGHT = 3
"""How often a headline's words count: it names the event, the lead may open with a scene."""

LEAD_WORDS = 120
"""Words of the lead that are read. Between 80 and 400 the scores hardly differ."""

THRESHOLD_AT, THRESHOLD_RISE = 0.15, 0.1
"""Mean cosine that makes one story of 30 articles, and what each tenfold more articles add to
it: among more articles more are alike by chance. Chosen on mornings of 30 to 1,000 articles of
which most events have one article only (docs/stories.md)."""

MAX_THRESHOLD = 0.35
_FEW = 30

STRONGEST = 20
"""Words by which an article looks for neighbors."""

MAX_LISTED = 200
"""Articles in one list of those that share a word; a longer one is cut, in order of time."""

MIN_SHARED = 0.4
"""Part of the threshold that the strongest words alone must reach."""

MAX_NEIGHBORS = 20
"""Candidates of one article whose cosine is computed in full."""

Matrix = Any
"""A SciPy sparse matrix of one row an article; SciPy has no types."""


def threshold(n_articles: int) -> float:
    """The mean cosine from which two clusters are one story.

    Example:
        >>> [round(threshold(n), 3) for n in (2, 30, 300, 3_000, 1_000_000)]
        [0.15, 0.15, 0.25, 0.35, 0.35]
    """
    rise = THRESHOLD_RISE * math.log10(max(n_articles, _FEW) / _FEW)
    return min(THRESHOLD_AT + rise, MAX_THRESHOLD)


def opening(lead: str) -> str:
    """The characters of a lead that can matter here: hardly ever have 120 words more."""
    return lead[: LEAD_WORDS * 10]


def vectors(openings: Sequence[tuple[str, str]]) -> Matrix:
    """Unit TF-IDF vectors of headlines with leads; a row of zeros where there is no word."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

    terms = [_terms(headline, lead) for headline, lead in openings]
    if not any(terms):
        return csr_matrix((len(terms), 1))
    return TfidfVectorizer(analyzer=list, sublinear_tf=True).fit_transform(terms)


def cluster(
    rows: Matrix,
    starts: Sequence[int],
    times: NDArray[np.int64],
    anchored: NDArray[np.bool_],
    *,
    window: int,
    min_cosine: float,
) -> NDArray[np.int64]:
    """Join articles to clusters.

    Args:
        rows: Unit vectors, in the order of publication.
        starts: The cluster that each row begins in, numbered from 0; one number can hold
            several rows that are known to belong together.
        times: When each row was published; any unit.
        anchored: Which of the starting clusters must not be joined with one another.
        window: The longest time that a cluster may span, in the unit of `times`.
        min_cosine: Mean cosine from which two clusters are one.

    Returns:
        The cluster of each row: the lowest of the numbers that became one.
    """
    from scipy.sparse import csr_matrix

    label = np.asarray(starts, np.int64)
    n_clusters = len(anchored)
    ones = np.ones(len(label))
    sums = csr_matrix((ones, (label, np.arange(len(label)))), (n_clusters, len(label))) @ rows
    sizes = np.bincount(label, minlength=n_clusters)
    first = np.full(n_clusters, np.iinfo(np.int64).max)
    last = np.full(n_clusters, np.iinfo(np.int64).min)
    np.minimum.at(first, label, times)
    np.maximum.at(last, label, times)
    # A mean reaches the threshold only where one of its parts does: no pair is ever added.
    a, b = _candidates(csr_matrix(sums.multiply(1 / sizes[:, None])), min_cosine)
    while True:
        allowed = np.maximum(last[a], last[b]) - np.minimum(first[a], first[b]) <= window
        allowed &= ~(anchored[a] & anchored[b])
        a, b = a[allowed], b[allowed]
        cosines = _products(sums, a, b) / (sizes[a] * sizes[b])
        alike = cosines >= min_cosine
        into, joined = _reciprocal(a[alike], b[alike], cosines[alike], n_clusters)
        if not len(into):
            return label
        # A cluster keeps the number of its first part; the other's is used no more.
        number = np.arange(n_clusters)
        number[joined] = into
        move = csr_matrix(
            (np.ones(n_clusters), (number, np.arange(n_clusters))), (n_clusters, n_clusters)
        )
        sums = csr_matrix(move @ sums)
        sizes[into] += sizes[joined]
        first[into] = np.minimum(first[into], first[joined])
        last[into] = np.maximum(last[into], last[joined])
        anchored[into] |= anchored[joined]
        label = number[label]
        pairs = np.unique(np.sort(np.stack([number[a], number[b]]), axis=0), axis=1)
        a, b = pairs[:, pairs[0] != pairs[1]]


def centrality(rows: Matrix) -> list[float]:
    """How much each row is like all the others together; equal to 9 digits means equal."""
    total = np.asarray(rows.sum(axis=0)).ravel()
    return [round(float(one), 9) for one in rows @ total]


def _terms(headline: str, lead: str) -> list[str]:
    heading = strings.words(opening(headline))[:LEAD_WORDS]
    leading = strings.words(opening(lead))[:LEAD_WORDS]
    return [
        strings.stem(word)
        for word in [*heading * HEADLINE_WEIGHT, *leading]
        if word not in english().stopwords
    ]


def _candidates(
    means: Matrix, min_cosine: float, n_at_once: int = 2_000
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of rows whose cosine reaches a threshold, the lower index first, in order.

    A row's strongest words lead to the rows that have the same. Where a list is too long it is
    cut into pieces, so that the work for one row is bounded whatever the number of rows.
    """
    from scipy.sparse import csr_matrix, vstack

    strong = _strongest(means, STRONGEST)
    rows = np.repeat(np.arange(strong.shape[0]), np.diff(strong.indptr))
    order = np.lexsort((rows, strong.indices))
    columns, rows, data = strong.indices[order], rows[order], strong.data[order]
    piece = (np.arange(len(columns)) - np.searchsorted(columns, columns)) // MAX_LISTED
    _, keys = np.unique(columns.astype(np.int64) << 32 | piece, return_inverse=True)
    listed = csr_matrix((data, (rows, keys)), (strong.shape[0], int(keys.max(initial=0)) + 1))
    others = csr_matrix(listed.T)
    near = []
    for at in range(0, listed.shape[0], n_at_once):
        shared = csr_matrix(listed[at : at + n_at_once] @ others)
        own = np.repeat(np.arange(at, at + shared.shape[0]), np.diff(shared.indptr))
        shared.data[(shared.data < MIN_SHARED * min_cosine) | (shared.indices == own)] = 0
        shared.eliminate_zeros()
        near.append(_strongest(shared, MAX_NEIGHBORS))
    found = vstack(near).tocoo()
    pairs = np.sort(np.stack([found.row, found.col]).astype(np.int64), axis=0)
    a, b = np.unique(pairs, axis=1)
    alike = _products(means, a, b) >= min_cosine
    return a[alike], b[alike]


def _strongest(matrix: Matrix, n_kept: int) -> Matrix:
    """The matrix with the `n_kept` largest values of each row; ties go to the lower column."""
    from scipy.sparse import csr_matrix

    matrix = csr_matrix(matrix)
    matrix.sort_indices()
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    place = np.arange(len(rows)) - matrix.indptr[:-1][rows]
    kept = order[place < n_kept]
    return csr_matrix((matrix.data[kept], (rows[kept], matrix.indices[kept])), matrix.shape)


def _products(
    means: Matrix, a: NDArray[np.int64], b: NDArray[np.int64], n_at_once: int = 50_000
) -> NDArray[np.float64]:
    """The products of rows `a` with rows `b`, one by one."""
    found = [np.empty(0)]
    for at in range(0, len(a), n_at_once):
        some = slice(at, at + n_at_once)
        found.append(np.asarray(means[a[some]].multiply(means[b[some]]).sum(axis=1)).ravel())
    return np.concatenate(found)


def _reciprocal(
    a: NDArray[np.int64], b: NDArray[np.int64], cosines: NDArray[np.float64], n_rows: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs that are each other's nearest; among equals the lower index is the nearer."""
    ones = np.concatenate([a, b])
    others = np.concatenate([b, a])
    order = np.lexsort((others, -np.concatenate([cosines, cosines]), ones))
    firsts = order[np.unique(ones[order], return_index=True)[1]]
    nearest = np.full(n_rows, -1, np.int64)
    nearest[ones[firsts]] = others[firsts]
    mutual = nearest[b] == a
    mutual &= nearest[a] == b
    return a[mutual], b[mutual]
