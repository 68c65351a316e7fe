"""Group training examples into reproducible batches of similar length.

An epoch has the examples of each kind as often as the mix says: with a weight of 4 each of them
four times, with 0.5 half of them, drawn anew each epoch. A batch has a budget of tokens, including
padding. Batch n depends only on the seed and n, so that a run can be resumed anywhere. See
`seq2seq_task.py` for the tensors.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from brief.training.data.bullet_dataset import Examples
from brief.training.data.bullet_pairs import Kind

_POOL_BATCHES = 50
"""Number of batches whose examples are sorted by length together: enough to need little padding,
few enough that examples get other neighbours each epoch."""

_LIKE_SOURCES = 8
"""Sources whose lengths differ by less than about this many tokens count as equally long."""


class Batches:
    """The batches of all epochs, numbered from 0.

    Args:
        examples: The training examples.
        max_tokens: Tokens of a batch's sources and targets, including padding; a longer example
            makes a batch of its own.
        mix: How often an epoch has the examples of each kind; kinds not named are left out.
        seed: Equal seeds give equal batches.
    """

    def __init__(
        self, examples: Examples, *, max_tokens: int, mix: Mapping[Kind, float], seed: int
    ) -> None:
        self._examples = examples
        self._max_tokens = max_tokens
        self._mix = mix
        self._seed = seed
        spans = examples.starts
        self._source_lengths = spans[:, 1] - spans[:, 0]
        self._target_lengths = spans[:, 2] - spans[:, 1]
        self._of_epoch = lru_cache(maxsize=2)(self._epoch)
        self._ends = [0]

    def __getitem__(self, number: int) -> NDArray[np.int64]:
        """Indices of the examples in a batch."""
        epoch = next((n for n, end in enumerate(self._ends[1:]) if number < end), None)
        while epoch is None:
            self._ends.append(self._ends[-1] + len(self._of_epoch(len(self._ends) - 1)))
            if number < self._ends[-1]:
                epoch = len(self._ends) - 2
        return self._of_epoch(epoch)[number - self._ends[epoch]]

    def n_in_epoch(self, epoch: int) -> int:
        """Number of batches in an epoch."""
        return len(self._of_epoch(epoch))

    def _epoch(self, epoch: int) -> Sequence[NDArray[np.int64]]:
        draw = np.random.default_rng([self._seed, epoch])
        chosen = self._drawn(draw)
        draw.shuffle(chosen)
        pool = max(1, self._pool_size(chosen))
        batches: list[NDArray[np.int64]] = []
        for start in range(0, len(chosen), pool):
            batches += self._cut(chosen[start : start + pool])
        draw.shuffle(batches)
        return batches

    def _drawn(self, draw: np.random.Generator) -> NDArray[np.int64]:
        parts = [np.empty(0, np.int64)]
        for kind, weight in sorted(self._mix.items()):
            held = self._examples.of_kind(kind)
            parts += [held] * int(weight)
            parts.append(draw.choice(held, round(weight % 1 * len(held)), replace=False))
        return np.concatenate(parts)

    def _pool_size(self, chosen: NDArray[np.int64]) -> int:
        mean = float((self._source_lengths + self._target_lengths)[chosen].mean())
        return round(_POOL_BATCHES * self._max_tokens / mean)

    def _cut(self, pool: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """Sort a pool by length and cut it into batches within the budget."""
        # Sources of nearly equal length are sorted by target, where padding costs an output layer.
        about = self._source_lengths[pool] // _LIKE_SOURCES
        order = np.lexsort((pool, self._target_lengths[pool], about))
        batches: list[NDArray[np.int64]] = []
        start, longest = 0, (0, 0)
        ordered = pool[order]
        for at, index in enumerate(ordered):
            wider = (
                max(longest[0], int(self._source_lengths[index])),
                max(longest[1], int(self._target_lengths[index])),
            )
            if at > start and (at - start + 1) * sum(wider) > self._max_tokens:
                batches.append(ordered[start:at])
                start = at
                wider = (int(self._source_lengths[index]), int(self._target_lengths[index]))
            longest = wider
        batches.append(ordered[start:])
        return batches
