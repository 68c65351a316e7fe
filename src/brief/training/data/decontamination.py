"""Decontamination: find training articles that an evaluation file also holds, by shared n-grams.

Exact up to 64-bit checksums and without sampling, because a model that has seen its test set is
worth nothing. See `evaluation/data/contamination.py` for the cheaper sketch with which a report
marks seen articles.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

N_WORDS = 14
"""Length of word sequences that two independent reports hardly share, except in quotations."""

MAX_SHARED = 19
"""Word sequences that an article may share with an evaluation file: a quotation of 32 words, or an
agency's closing line."""

_WORD = re.compile(r"\w+")
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that no power of it vanishes modulo 2**64

Grams = NDArray[np.uint64]


class Held:
    """The n-grams of evaluation files.

    Args:
        files: The articles of each file.
    """

    def __init__(self, files: Iterable[Iterable[str]]) -> None:
        self._files = [_joined(map(grams, texts)) for texts in files]

    def shares(self, text: str) -> bool:
        """Whether an article shares more than `MAX_SHARED` word sequences with one file."""
        own = np.unique(grams(text))
        return any(_n_in(own, held) > MAX_SHARED for held in self._files)


def grams(text: str) -> Grams:
    """Checksums of all sequences of `N_WORDS` words, in order, ignoring case and punctuation."""
    sums = np.array([_checksum(word) for word in _WORD.findall(text.lower())], dtype=np.uint64)
    if len(sums) < N_WORDS:
        return sums[:0]
    with np.errstate(over="ignore"):
        windows = np.lib.stride_tricks.sliding_window_view(sums, N_WORDS)
        powers = np.cumprod(np.full(N_WORDS, _BASE), dtype=np.uint64)
        found: Grams = (windows * powers).sum(axis=1, dtype=np.uint64)
    return found


def _joined(parts: Iterator[Grams]) -> Grams:
    every: Sequence[Grams] = [np.empty(0, np.uint64), *parts]
    return np.unique(np.concatenate(every))


def _n_in(own: Grams, held: Grams) -> int:
    if not len(held):
        return 0
    places = np.searchsorted(held, own).clip(max=len(held) - 1)
    return int((held[places] == own).sum())


@lru_cache(maxsize=200_000)
def _checksum(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(errors="replace"), digest_size=8).digest(), "big")
