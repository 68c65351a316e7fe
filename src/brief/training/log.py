"""What a run measured, step by step: a CSV file, and a curve of it as SVG.

Left out: progress on a terminal (`train.py`).
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from brief.errors import StorageError
from brief.training.plot import Curve, draw

CSV_NAME = "log.csv"
PLOT_NAME = "loss.svg"
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
        self._plot = folder / PLOT_NAME
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
        """Write file and curve.

        Raises:
            StorageError: They cannot be written.
        """
        text = io.StringIO(newline="")
        rows = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        rows.writeheader()
        rows.writerows(self._rows)
        losses = [(float(row["step"]), float(row["loss"])) for row in self._rows]
        scores = [
            (float(row["step"]), value)
            for row in self._rows
            for name, value in _scores(row["scores"])
            if name == "score"
        ]
        curves: Sequence[Curve] = (
            Curve("training loss", losses),
            Curve("validation score", scores),
        )
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            for path, content in ((self._path, text.getvalue()), (self._plot, draw(curves))):
                part = path.with_name(f".{path.name}.part")
                part.write_text(content, encoding="utf-8")
                part.replace(path)
        except OSError as error:
            raise StorageError(f"{self._path}: cannot be written ({error.strerror})") from error


def _scores(cell: str) -> list[tuple[str, float]]:
    return [
        (name, float(value)) for name, _, value in (item.partition("=") for item in cell.split())
    ]
