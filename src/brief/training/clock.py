"""How long the steps of a run take of late.

Left out: what is done between two laps.
"""

import time

_RATE_WINDOW = 0.98
"""Weight of what is known of the speed against what the last step took."""


class Clock:
    """How long steps take of late, validations and checkpoints aside."""

    def __init__(self) -> None:
        self.step_s: float | None = None
        self._examples = 0.0
        self._last = time.monotonic()

    @property
    def examples_per_s(self) -> float:
        """Examples a second; 0 before the first lap."""
        return self._examples / self.step_s if self.step_s else 0.0

    def lap(self, n_examples: int) -> None:
        """A step has ended."""
        now = time.monotonic()
        took = now - self._last
        self._last = now
        if self.step_s is None:
            self.step_s, self._examples = took, float(n_examples)
            return
        self.step_s = _RATE_WINDOW * self.step_s + (1 - _RATE_WINDOW) * took
        self._examples = _RATE_WINDOW * self._examples + (1 - _RATE_WINDOW) * n_examples

    def skip(self) -> None:
        """What happened since the last lap was no step."""
        self._last = time.monotonic()
