"""Tokenize training pairs of the bullet writer, with the same prompts as at inference.

Sources go through the model's own `Encoding`, so that no template, control token or budget can
differ between training and inference. The ids are in flat arrays that a file can hold. See
`batches.py` for batches.

Tested in `tests/training/test_train_bullets.py`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from brief.models.base import ModelCard
from brief.models.tokenization import Encoding
from brief.training.data.bullet_lengths import length_of
from brief.training.data.bullet_pairs import Kind, Pair

KINDS: tuple[Kind, ...] = get_args(Kind)

_AT_ONCE = 512

Ids = NDArray[np.int32]


@dataclass(frozen=True)
class Examples:
    """Training examples as token ids.

    Attributes:
        tokens: Source and target of every example, one after the other.
        starts: (examples, 3): start of the source, start of the target, end of the example.
        kinds: (examples,): the index of its kind in `KINDS`.
    """

    tokens: Ids
    starts: NDArray[np.int64]
    kinds: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.kinds)

    def source(self, index: int) -> Ids:
        """Token ids of the input."""
        return self.tokens[self.starts[index, 0] : self.starts[index, 1]]

    def target(self, index: int) -> Ids:
        """Token ids of the output, including the end token if there is one."""
        return self.tokens[self.starts[index, 1] : self.starts[index, 2]]

    def of_kind(self, kind: Kind) -> NDArray[np.int64]:
        """Indices of the examples of one kind, ascending."""
        return np.flatnonzero(self.kinds == KINDS.index(kind))


class Encoder:
    """Encodes pairs as token ids for one model.

    Args:
        encoding: The model's tokenizer and template.
        card: The model's card, for its keep token.
        end_id: Id of the token that ends an output.
    """

    def __init__(self, encoding: Encoding, card: ModelCard, end_id: int) -> None:
        self._encoding = encoding
        self._end_id = end_id
        self._keep: list[int] = []
        self._skip: list[int] = []
        if card.keep_token is not None:
            self._keep = [encoding.token_id(card.keep_token)]
            # A template with a token for "worth reporting" has another for the opposite.
            others = sorted(encoding.prompt.output - {card.keep_token})
            self._skip = [encoding.token_id(token) for token in others[:1]]

    def sources(self, pairs: Sequence[Pair]) -> list[list[int]]:
        """Token ids of the input of each pair."""
        return self._encoding.encode_segments([self._filled(pair) for pair in pairs])

    def targets(self, pairs: Sequence[Pair]) -> list[list[int]]:
        """Token ids of the outputs: keep, bullet, end; or skip, end."""
        texts = self._encoding.encode_plain([pair.target for pair in pairs])
        written = []
        for pair, ids in zip(pairs, texts, strict=True):
            if pair.kind == "skip":
                written.append([*self._skip, self._end_id])
            else:
                end = [] if ids[-1:] == [self._end_id] else [self._end_id]
                written.append([*self._keep, *ids, *end])
        return written

    def _filled(self, pair: Pair) -> list[tuple[bool, str]]:
        return self._encoding.segments(
            pair.chunk, length=length_of(pair.target), style=pair.style, position=pair.position
        )


def to_examples(pairs: Iterable[Pair], encoder: Encoder) -> Examples:
    """Encode pairs in order; they may be a stream, because only ids are kept."""
    parts: list[Ids] = []
    starts: list[tuple[int, int, int]] = []
    kinds: list[int] = []
    at = 0
    for some in _batched(pairs, _AT_ONCE):
        for pair, source, target in zip(
            some, encoder.sources(some), encoder.targets(some), strict=True
        ):
            parts.append(np.array([*source, *target], dtype=np.int32))
            starts.append((at, at + len(source), at + len(source) + len(target)))
            kinds.append(KINDS.index(pair.kind))
            at += len(source) + len(target)
    return Examples(
        np.concatenate([np.empty(0, np.int32), *parts]),
        np.array(starts, dtype=np.int64).reshape(-1, 3),
        np.array(kinds, dtype=np.int8),
    )


def _batched(pairs: Iterable[Pair], size: int) -> Iterator[list[Pair]]:
    stream = iter(pairs)
    while some := list(islice(stream, size)):
        yield some
