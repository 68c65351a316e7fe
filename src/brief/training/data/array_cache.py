"""Arrays that took long to make, in a file, under a key that says what they were made from.

Left out: what the arrays are (`bullet_dataset.py`, `salience_dataset.py`).
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brief.files import replacing


def save(path: Path, key: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Keep arrays in a file that appears when it is complete.

    Raises:
        StorageError: It cannot be written.
    """
    with replacing(path) as part, part.open("wb") as file:
        np.savez(file, key=np.frombuffer(key.encode(), np.uint8), **arrays)  # type: ignore[arg-type]


def load(path: Path, key: str) -> dict[str, NDArray[Any]] | None:
    """Arrays that were kept under this very key; None when there are none."""
    try:
        # Opened here: numpy leaves a damaged file open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            if held["key"].tobytes() != key.encode():
                return None
            return {name: held[name] for name in held.files if name != "key"}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
