"""A moving average of the weights: what is validated and written, steadier than the weights.

Left out: when it is updated (`loop.py`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch


class Average:
    """An exponential moving average of parameters.

    Args:
        named: The parameters by name.
        decay: Weight of what is known against the newest, once enough is known.
    """

    def __init__(self, named: Mapping[str, torch.nn.Parameter], decay: float) -> None:
        self._named = named
        self._decay = decay
        self.weights = {name: weight.detach().clone() for name, weight in named.items()}

    def update(self, step: int) -> None:
        """Move towards the weights as they are after a step (from 1).

        The first steps count for more: the beginning is to be forgotten.

        Source:
            The same ramp as TensorFlow's ExponentialMovingAverage with `num_updates`.
        """
        decay = min(self._decay, (1 + step) / (10 + step))
        own = [self.weights[name] for name in self._named]
        now = [weight.detach() for weight in self._named.values()]
        torch._foreach_lerp_(own, now, 1 - decay)

    def copy(self) -> dict[str, torch.Tensor]:
        """The average as it is now."""
        return {name: weight.clone() for name, weight in self.weights.items()}

    @contextmanager
    def in_place(self, weights: Mapping[str, torch.Tensor] | None = None) -> Iterator[None]:
        """The average, or other weights, in the model for a while."""
        put = self.weights if weights is None else weights
        held = {name: weight.detach().clone() for name, weight in self._named.items()}
        _put(self._named, put)
        try:
            yield
        finally:
            _put(self._named, held)


def _put(named: Mapping[str, torch.nn.Parameter], weights: Mapping[str, torch.Tensor]) -> None:
    with torch.no_grad():
        for name, weight in named.items():
            weight.copy_(weights[name])
