"""The training task of a checker: does a bullet hold, and does it read as a sentence?

The examples are made in `checker_dataset.py`, the training loop is in `loop.py`.

Tested in `tests/training/test_train_checker.py`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional
from transformers import BertConfig, BertModel

from brief.models.checker import N_TYPES, CheckerLayout
from brief.training.data.checker_dataset import EDITORS, OTHERS, UNKNOWN, Rows
from brief.training.export_checker import export_checker

N_LAYERS = 4
"""Of the encoder: its first ones. Six would not leave room for the bullet writer and the salience."""

BATCH_TOKENS = 3_200
_POOL_ROWS = 1_024
"""Rows that are sorted by length together, so that little is padding."""
_VALIDATION_ROWS = 32

_TOKEN_WEIGHT = 0.5
"""Of the loss on single tokens: it shows where an error is, which the bullet's label does not."""
_SMOOTHING = 0.04
"""Of the labels: some of the made errors are none."""
_NEW_RATE = 3.0
"""Learning rate of what begins at random."""


class CheckerNetwork(nn.Module):
    """An encoder with a head for the bullet and, in training, one for each of its tokens.

    Args:
        bert: From `to_encoder`.
    """

    def __init__(self, bert: BertModel) -> None:
        super().__init__()
        self.bert = bert
        size = bert.config.hidden_size
        self.head = nn.Linear(3 * size, 1)
        self.token_head = nn.Linear(size, 1)
        nn.init.normal_(self.head.weight, std=bert.config.initializer_range)
        nn.init.zeros_(self.head.bias)

    def forward(
        self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor, inside: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Log-odds that the bullets hold, and that each token is wrong.

        Args:
            ids: Token ids, shape (rows, longest).
            types: Their types, same shape.
            mask: 1 where there is a token, same shape.
            inside: True for the bullet's tokens, same shape.

        Returns:
            Shapes (rows,) and (rows, longest).
        """
        states = self._states(ids, types, mask).float()
        own = inside.unsqueeze(-1)
        mean = (states * own).sum(1) / own.sum(1)
        top = states.masked_fill(~own, -torch.inf).amax(1)
        scores = self.head(torch.cat([states[:, 0], mean, top], dim=-1)).squeeze(-1)
        return scores.float(), self.token_head(states).squeeze(-1).float()

    def _states(self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """What `BertModel` computes, all of it in bfloat16 where autocast is on.

        Autocast's casts from and to float32 took a fifth of a step.
        """
        kind = torch.bfloat16 if torch.is_autocast_enabled("cpu") else torch.float32
        with torch.autocast("cpu", enabled=False):
            table = self.bert.embeddings
            states = (
                table.word_embeddings(ids)
                + table.token_type_embeddings(types)
                + table.position_embeddings.weight[: ids.shape[1]]
            )
            states = _norm(table.LayerNorm, states.to(kind))
            hidden = ((1 - mask) * -1e4).to(kind)[:, None, None, :]
            for layer in self.bert.encoder.layer:
                states = _layer(layer, states, hidden)
        return states


def _layer(layer: Any, states: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:  # noqa: ANN401  # untyped
    """One layer of a BERT.

    Args:
        layer: A `BertLayer`.
        states: Shape (rows, longest, size).
        hidden: What is added to attention, shape (rows, 1, 1, longest).
    """
    attention = layer.attention.self
    n_heads, size = attention.num_attention_heads, attention.attention_head_size
    rows, longest, width = states.shape
    parts = (attention.query, attention.key, attention.value)
    weight = torch.cat([part.weight for part in parts]).to(states.dtype)
    bias = torch.cat([part.bias for part in parts]).to(states.dtype)
    made = functional.linear(states, weight, bias).view(rows, longest, 3, n_heads, size)
    query, key, value = made.permute(2, 0, 3, 1, 4)
    shares = (query * size**-0.5 @ key.transpose(-1, -2) + hidden).softmax(-1)
    mixed = (shares @ value).transpose(1, 2).reshape(rows, longest, width)
    output = layer.attention.output
    states = _norm(output.LayerNorm, _linear(output.dense, mixed) + states)
    inner = functional.gelu(_linear(layer.intermediate.dense, states))
    return _norm(layer.output.LayerNorm, _linear(layer.output.dense, inner) + states)


def _norm(norm: Any, states: torch.Tensor) -> torch.Tensor:  # noqa: ANN401  # untyped
    weight, bias = norm.weight.to(states.dtype), norm.bias.to(states.dtype)
    return functional.layer_norm(states, norm.normalized_shape, weight, bias, norm.eps)


def _linear(linear: Any, states: torch.Tensor) -> torch.Tensor:  # noqa: ANN401  # untyped
    return functional.linear(states, linear.weight.to(states.dtype), linear.bias.to(states.dtype))


def to_encoder(bert: BertModel, layout: CheckerLayout, n_layers: int = N_LAYERS) -> BertModel:
    """The first layers of an encoder, with token types that mean nothing yet.

    Args:
        bert: The base model's, from `salience_export.to_bert`.
        layout: How much is read at once.
        n_layers: Layers that stay.
    """
    config = BertConfig(
        **{
            **bert.config.to_dict(),
            "num_hidden_layers": n_layers,
            "max_position_embeddings": layout.max_tokens,
            "type_vocab_size": N_TYPES,
        }
    )
    # CTranslate2 asks for a key that transformers 5 no longer has: it knows one value only.
    config.position_embedding_type = "absolute"
    small = BertModel(config, add_pooling_layer=False)
    wanted = small.state_dict()
    state = {name: value for name, value in bert.state_dict().items() if name in wanted}
    positions, types = (
        f"embeddings.{name}_embeddings.weight" for name in ("position", "token_type")
    )
    state[positions] = state[positions][: layout.max_tokens]
    # The single type of the base's encoder is part of its positions already.
    state[types] = torch.randn_like(wanted[types]) * config.initializer_range
    small.load_state_dict(state)
    # What a word is does not change, and the table is a third of the weights.
    small.embeddings.word_embeddings.weight.requires_grad_(False)  # noqa: FBT003  (torch names it otherwise)
    return small


class CheckerTask:
    """The `Task` of telling right bullets from wrong ones.

    Args:
        network: What is trained.
        base: The base model's folder, for its tokenizer.
        rows: What there is to learn.
        validation: What it is validated on; the editors' decide which weights are best, and the
            threshold.
        layout: How rows were laid out.
        settings: What decides the result.
        seed: Of the order of the batches.
    """

    def __init__(
        self,
        network: CheckerNetwork,
        base: Path,
        rows: Rows,
        validation: Rows,
        layout: CheckerLayout,
        settings: Mapping[str, Any],
        *,
        seed: int,
    ) -> None:
        self._network = network
        self.model: nn.Module = network
        self.settings = settings
        self._base = base
        self._rows = rows
        self._validation = validation
        self._layout = layout
        self._batches = to_batches(rows, seed)

    @property
    def n_batches(self) -> int:
        """Steps until every row has been read once."""
        return len(self._batches)

    def rate_of(self, name: str) -> float:
        """The heads and the token types begin at random, and learn faster; see `Task.rate_of`."""
        return _NEW_RATE if "head" in name or "token_type" in name else 1.0

    def loss(self, step: int) -> tuple[torch.Tensor, int]:
        """Cross-entropy of bullets and of their tokens; see `Task.loss`."""
        some = self._batches[step % len(self._batches)]
        ids, types, mask, inside, flags = packed(self._rows, some)
        scores, tokens = self._network(ids, types, mask, inside)
        wanted = torch.from_numpy(self._rows.right[some].astype(np.float32))
        wanted = (1 - _SMOOTHING) * wanted + _SMOOTHING / 2
        loss = functional.binary_cross_entropy_with_logits(scores, wanted)
        known = flags != UNKNOWN
        if known.any():
            wrong = flags[known].float()
            token_loss = functional.binary_cross_entropy_with_logits(tokens[known], wrong)
            loss = loss + _TOKEN_WEIGHT * token_loss
        return loss, len(some)

    def validate(self) -> Mapping[str, float]:
        """How well right and wrong ones are told apart; see `Task.validate`.

        `score` is the area under the ROC curve on editors' bullets, `accuracy` the balanced
        accuracy at their best threshold, `made` the area on errors that were made.
        """
        scores, right = self.log_odds(self._validation), self._validation.right
        own = self._validation.part == EDITORS
        made = self._validation.part == OTHERS
        return {
            "score": roc_area(scores[own], right[own]),
            "accuracy": best_threshold(scores[own], right[own])[1],
            "made": roc_area(scores[made], right[made]),
        }

    def log_odds(self, rows: Rows) -> NDArray[np.float64]:
        """Of each row, that its bullet holds."""
        found = np.zeros(len(rows))
        order = np.argsort(rows.lengths, kind="stable")
        for start in range(0, len(order), _VALIDATION_ROWS):
            some = order[start : start + _VALIDATION_ROWS].tolist()
            ids, types, mask, inside, _ = packed(rows, some)
            found[some] = self._network(ids, types, mask, inside)[0].numpy()
        return found

    def write(self, folder: Path) -> None:
        """The checker as a folder beside a model's weights; see `Task.write`."""
        with torch.inference_mode():
            scores = self.log_odds(self._validation)
        own = self._validation.part == EDITORS
        threshold, _ = best_threshold(scores[own], self._validation.right[own])
        probability = float(1 / (1 + np.exp(-threshold)))
        network = self._network
        export_checker(network.bert, network.head, self._base, self._layout, probability, folder)


def packed(rows: Rows, some: Sequence[int]) -> tuple[torch.Tensor, ...]:
    """Ids, types, mask, whether it is the bullet, and flags; each of shape (rows, longest)."""
    ends = rows.ends[some]
    lengths = rows.lengths[some]
    shape = len(some), int(lengths.max())
    ids, types, mask = (np.zeros(shape, np.int64) for _ in range(3))
    flags = np.full(shape, UNKNOWN, np.int64)
    inside = np.zeros(shape, bool)
    for n, (row, end, length) in enumerate(zip(some, ends, lengths, strict=True)):
        for target, source in ((ids, rows.ids), (types, rows.types), (flags, rows.flags)):
            target[n, :length] = source[end - length : end]
        mask[n, :length] = 1
        inside[n, 1 : 1 + rows.n_bullet[row]] = True
    return tuple(map(torch.from_numpy, (ids, types, mask, inside, flags)))


def to_batches(rows: Rows, seed: int) -> list[list[int]]:
    """Rows of like length together, in a drawn order in which rows stay near their neighbours."""
    draw = np.random.default_rng(seed)
    lengths = rows.lengths
    batches: list[list[int]] = []
    for start in range(0, len(rows), _POOL_ROWS):
        some = np.arange(start, min(start + _POOL_ROWS, len(rows)))
        made: list[list[int]] = [[]]
        for row in some[np.argsort(lengths[some], kind="stable")].tolist():
            if made[-1] and lengths[row] * (len(made[-1]) + 1) > BATCH_TOKENS:
                made.append([])
            made[-1].append(row)
        batches += [made[n] for n in draw.permutation(len(made)).tolist()]
    return batches


def roc_area(scores: NDArray[np.float64], right: NDArray[Any]) -> float:
    """How often a right bullet scores above a wrong one; 0.5 where one of the two is missing.

    Source: Hanley & McNeil (1982), "The meaning and use of the area under a receiver operating
    characteristic (ROC) curve".
    """
    n_right, n_wrong = int((right == 1).sum()), int((right == 0).sum())
    if not n_right or not n_wrong:
        return 0.5
    ranks = np.empty(len(scores))
    ranks[np.argsort(scores, kind="stable")] = np.arange(1, len(scores) + 1)
    above = ranks[right == 1].sum() - n_right * (n_right + 1) / 2
    return float(above / (n_right * n_wrong))


def best_threshold(scores: NDArray[np.float64], right: NDArray[Any]) -> tuple[float, float]:
    """The score from which a bullet passes, and the balanced accuracy with it.

    Args:
        scores: Of each bullet.
        right: 1 for those that should pass.
    """
    if not len(scores):
        return 0.0, 0.5
    tried = np.quantile(scores, np.linspace(0.02, 0.98, 97))
    reached = [
        (np.mean(scores[right == 1] >= one) + np.mean(scores[right == 0] < one)) / 2
        for one in tried
    ]
    best = int(np.argmax(reached))
    return float(tried[best]), float(reached[best])
