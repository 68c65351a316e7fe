"""Which articles tell of one event: TF-IDF of their openings, joined by average linkage.

Two clusters are one story where the mean cosine of all their pairs reaches a threshold (Sokal &
Michener 1958; Jain & Dubes 1988, "Algorithms for clustering data", section 3.2). An article that
resembles one of a story's articles and not the others does not join, so no chain of neighbors makes
one story of a topic. A mean reaches the threshold only where one of its pairs does, so the articles
are first parted into connected components of such pairs, which gives the same clusters with much
less memory. Copies are found in `near_duplicates.py`; what the clusters are for is in `grouping.py`.
"""

import math
from collections.abc import Callable, Iterator, Sequence
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

MAX_LINKED = 4_000
"""Rows that are linked at once: their distances take 8 bytes a pair. A larger component, which no
morning had (docs/stories.md), is cut into pieces in order of time."""

_FORBIDDEN = 1e12
"""Distance of two rows that must not be in one cluster: no mean with it reaches a threshold."""

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
        starts: The cluster that each row begins in, numbered from 0 in the order of publication;
            one number can hold several rows that are known to belong together.
        times: When each row was published; any unit.
        anchored: Which of the starting clusters must not be joined with one another.
        window: The longest time that a cluster may span, in the unit of `times`.
        min_cosine: Mean cosine from which two clusters are one.

    Returns:
        The cluster of each row: the lowest of the numbers that became one.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    start = np.asarray(starts, np.int64)
    n_starts = len(anchored)
    first = np.full(n_starts, np.iinfo(np.int64).max)
    last = np.full(n_starts, np.iinfo(np.int64).min)
    np.minimum.at(first, start, times)
    np.maximum.at(last, start, times)

    def forbidden(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
        span = np.maximum(last[a], last[b]) - np.minimum(first[a], first[b])
        return np.asarray((span > window) | (anchored[a] & anchored[b]))

    label = np.arange(n_starts)
    for members in _components(rows, start, forbidden, min_cosine):
        own = start[members]
        # Rows of one start are nearer than any others can be, so they are joined before them.
        distances = 2 - (rows[members] @ rows[members].T).toarray()
        distances[forbidden(own[:, None], own)] = _FORBIDDEN
        distances[own[:, None] == own] = 0
        tree = linkage(squareform(distances, checks=False), "average")
        found = fcluster(tree, 2 - min_cosine, "distance")
        lowest = np.full(found.max() + 1, n_starts)
        np.minimum.at(lowest, found, own)
        label[own] = lowest[found]
    return np.asarray(label[start])


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


def _components(
    rows: Matrix,
    start: NDArray[np.int64],
    forbidden: Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]],
    min_cosine: float,
    n_at_once: int = 250,
) -> Iterator[NDArray[np.int64]]:
    """The rows of each set of starting clusters that pairs of alike rows connect.

    A starting cluster that no such pair connects with another one is in no set.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    n_starts = int(start.max()) + 1
    part = np.arange(n_starts)
    for at in range(0, len(start), n_at_once):
        cosines = (rows[at : at + n_at_once] @ rows[at:].T).tocoo()
        alike = cosines.data >= min_cosine
        a, b = start[at + cosines.row[alike]], start[at + cosines.col[alike]]
        allowed = ~forbidden(a, b)
        # Of what earlier blocks have connected, an edge to the first of the part is enough.
        ones = np.concatenate([a[allowed], np.arange(n_starts)])
        others = np.concatenate([b[allowed], part])
        graph = csr_matrix((np.ones(len(ones)), (ones, others)), (n_starts, n_starts))
        _, number = connected_components(graph, directed=False)
        part = np.unique(number, return_index=True)[1][number]
    order = np.lexsort((start, part[start]))
    order = order[np.bincount(part)[part[start[order]]] > 1]
    parts = part[start[order]]
    for component in np.split(order, np.flatnonzero(np.diff(parts)) + 1):
        own = start[component]
        piece = np.searchsorted(own, own) // MAX_LINKED
        for number in np.unique(piece):
            members = component[piece == number][:MAX_LINKED]
            if start[members[0]] != start[members[-1]]:
                yield members
