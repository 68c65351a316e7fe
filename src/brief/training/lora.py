"""LoRA: a low-rank adapter on an encoder's linear layers, and the tagger trained with it.

The encoder's own weights do not change: one encoder serves the bullet writer without the adapter
and the salience with it. See `salience_task.py` for the data and `export_salience.py` for merging.

Source:
    Hu et al. (2022), "LoRA: Low-rank adaptation of large language models", section 4.1. On all
    linear layers, as Dettmers et al. (2023), "QLoRA", section 4, find it needs to be.

Tested in `tests/training/test_salience_task.py`.
"""

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn
from torch.nn import functional

_PRIOR_LOG_ODDS = -1.5
"""Where scores start: about one sentence in six is worth reporting."""


class Adapted(nn.Module):
    """A linear layer that is fixed, plus a product of two thin matrices that is learned.

    Args:
        base: The layer, frozen.
        rank: Of the product.
    """

    def __init__(self, base: nn.Linear, rank: int) -> None:
        super().__init__()
        self.base = base.requires_grad_(requires_grad=False)
        self.down = nn.Parameter(torch.empty(rank, base.in_features))
        self.up = nn.Parameter(torch.zeros(base.out_features, rank))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """States of shape (…, in_features) -> (…, out_features)."""
        added = functional.linear(functional.linear(states, self.down), self.up)
        out: torch.Tensor = self.base(states) + added
        return out

    @property
    def merged(self) -> torch.Tensor:
        """The one weight that does the same, shape (out_features, in_features)."""
        return (self.base.weight + self.up @ self.down).detach()


class Tagger(nn.Module):
    """An encoder that scores the markers in its input.

    Args:
        encoder: A `BartEncoder`; its linear layers are wrapped, everything else is frozen, and its
            dropout is switched off: nothing is seen twice.
        rank: Of each layer's adapter.
    """

    def __init__(self, encoder: Any, rank: int) -> None:  # noqa: ANN401  # untyped
        super().__init__()
        self.encoder = encoder.requires_grad_(requires_grad=False)
        for module in list(self.encoder.modules()):
            if isinstance(getattr(module, "dropout", None), float):
                module.dropout = 0.0
        for layer in encoder.layers:
            attention = layer.self_attn
            for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
                setattr(attention, name, Adapted(getattr(attention, name), rank))
            for name in ("fc1", "fc2"):
                setattr(layer, name, Adapted(getattr(layer, name), rank))
        self.head = nn.Linear(encoder.config.d_model, 1)
        nn.init.normal_(self.head.weight, std=encoder.config.init_std)
        nn.init.constant_(self.head.bias, _PRIOR_LOG_ODDS)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, markers: torch.Tensor) -> torch.Tensor:
        """Log-odds of every marker.

        Args:
            ids: Token ids, shape (windows, longest window).
            mask: 1 where there is a token, same shape.
            markers: Row and column of each marker, shape (markers, 2).

        Returns:
            Shape (markers,).
        """
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        marked = states[markers[:, 0], markers[:, 1]]
        scores: torch.Tensor = self.head(marked).squeeze(-1).float()
        return scores

    def adapted(self) -> Iterator[tuple[str, Adapted]]:
        """Every adapted layer with its name within the encoder."""
        for name, module in self.encoder.named_modules():
            if isinstance(module, Adapted):
                yield name, module
