"""Log a training run: a CSV file of loss, learning rate and scores, and the recent speed.

Tested in `tests/training/test_loop.py`.
"""

import csv
import io
import time
from collections.abc import Mapping
from pathlib import Path

from brief.errors import StorageError
from brief.files import cannot_write, write_bytes

CSV_NAME = "log.csv"
COLUMNS = ("step", "loss", "learning_rate", "scores")
EVERY = 10
"""Steps between two rows, whose loss is the mean of theirs."""


class Log:
    """The log of one run.

    Args:
        folder: Where it is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / CSV_NAME
        self._rows: list[dict[str, str]] = []
        self._losses: list[float] = []

    def begin(self) -> None:
        """Forget what a run before has left in the folder."""
        self._rows = []

    def cut(self, step: int) -> None:
        """Read what there is up to a step; what a run did after its checkpoint is done again.

        Raises:
            StorageError: The file cannot be read.
        """
        try:
            with self._path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
        except FileNotFoundError:
            return
        except (OSError, ValueError, csv.Error) as error:
            raise StorageError(f"{self._path}: cannot be read ({error})") from error
        self._rows = [row for row in rows if int(row["step"]) <= step]

    def add(
        self, step: int, loss: float, learning_rate: float, scores: Mapping[str, float]
    ) -> None:
        """Take note of a step."""
        self._losses.append(loss)
        if step % EVERY and not scores:
            return
        self._rows.append(
            {
                "step": str(step),
                "loss": f"{sum(self._losses) / len(self._losses):.5f}",
                "learning_rate": f"{learning_rate:.3e}",
                "scores": " ".join(f"{name}={value:.5f}" for name, value in scores.items()),
            }
        )
        self._losses = []

    def flush(self) -> None:
        """Write the file.

        Raises:
            StorageError: It cannot be written.
        """
        text = io.StringIO(newline="")
        rows = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        rows.writeheader()
        rows.writerows(self._rows)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(self._path, error) from error
        write_bytes(self._path, text.getvalue().encode())


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
