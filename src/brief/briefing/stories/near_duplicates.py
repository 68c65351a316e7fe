"""Find near-duplicates: articles with the same body, such as agency copy in several outlets.

A body is sketched by MinHash over its five-word shingles (Broder 1997, "On the resemblance and
containment of documents"), and copies are found by locality-sensitive hashing: no article is
compared with all others. See `clustering.py` for articles about one event in different words.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brief.text.shingles import shingles

N_PERMUTATIONS = 128  # the estimate's standard error is 0.04 at a half
SHINGLE_WORDS = 5
MIN_SHINGLES = 20
"""A body of fewer has no sketch: two short notices are alike by their form alone."""

MAX_WORDS = 1_000
"""Words of a body that are sketched: what follows makes no copy of another article."""

MIN_RESEMBLANCE = 0.5
"""Shared part of two articles' shingles from which one is a copy: an outlet may have cut a third
of the agency's text, or added as much."""

_SEED, _SCHEME = 1, "affine32"
_WORD = re.compile(r"[^\W_]+")

Sketch = tuple[int, ...]


def sketches(bodies: Iterable[str]) -> list[Sketch]:
    """The MinHash of each body, in order; empty for a body too short to be known again."""
    from datasketch import MinHash

    blank = MinHash(
        num_perm=N_PERMUTATIONS, seed=_SEED, scheme=_SCHEME, hashfunc=int
    )  # shingles are hashed already
    found: list[Sketch] = []
    for body in bodies:
        hashes = _shingles(body)
        made = blank.copy()
        made.update_batch(hashes.tolist())
        found.append(tuple(made.hashvalues.tolist()) if len(hashes) >= MIN_SHINGLES else ())
    return found


def originals(
    sketched: Sequence[Sketch], published: Sequence[datetime], window: timedelta
) -> list[int | None]:
    """Of which other article each one is a copy.

    Args:
        sketched: What `sketches` returned, in the order of publication.
        published: When, each.
        window: Publication times that lie further apart make no copies: a form letter of last
            month is another piece of news.

    Returns:
        Index of the article that was published first, which itself is a copy of none; None for
        an article that is no copy.
    """
    from datasketch import LeanMinHash, MinHashLSH

    index = MinHashLSH(threshold=MIN_RESEMBLANCE, num_perm=N_PERMUTATIONS)
    hashes: dict[int, Any] = {}
    found: list[int | None] = []
    for number, sketch in enumerate(sketched):
        original = None
        if len(sketch) == N_PERMUTATIONS:
            own = LeanMinHash(seed=_SEED, hashvalues=np.array(sketch, np.uint32), scheme=_SCHEME)
            alike = [
                (-own.jaccard(hashes[other]), other)
                for other in index.query(own)
                if abs(published[number] - published[other]) <= window
            ]
            best = min(alike, default=(0.0, -1))
            if -best[0] >= MIN_RESEMBLANCE:
                original = best[1]
            else:
                # Only originals are asked for, so that copies of copies make no chain, and
                # a thousand equal articles no million pairs.
                index.insert(number, own)
                hashes[number] = own
        found.append(original)
    return found


def _shingles(body: str) -> NDArray[np.uint32]:
    words = [match[0] for match in islice(_WORD.finditer(body.lower()), MAX_WORDS)]
    return np.unique(shingles(words, SHINGLE_WORDS).astype(np.uint32))
