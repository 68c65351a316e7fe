"""Decontamination: find training articles that an evaluation file also holds, by shared n-grams.

Exact up to 64-bit hashes and without sampling, because a model that has seen its test set is worth
nothing. See `evaluation/data/contamination.py` for the cheaper sketch with which a report marks
seen articles.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from brief.text.shingles import Shingles, shingles

N_WORDS = 14
"""Length of word sequences that two independent reports hardly share, except in quotations."""

MAX_SHARED = 19
"""Word sequences that an article may share with an evaluation file: a quotation of 32 words, or an
agency's closing line."""

_WORD = re.compile(r"\w+")


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


def grams(text: str) -> Shingles:
    """Hashes of all sequences of `N_WORDS` words, in order, ignoring case and punctuation."""
    return shingles(_WORD.findall(text.lower()), N_WORDS)


def _joined(parts: Iterator[Shingles]) -> Shingles:
    every: Sequence[Shingles] = [np.empty(0, np.uint64), *parts]
    return np.unique(np.concatenate(every))


def _n_in(own: Shingles, held: Shingles) -> int:
    if not len(held):
        return 0
    places = np.searchsorted(held, own).clip(max=len(held) - 1)
    return int((held[places] == own).sum())
