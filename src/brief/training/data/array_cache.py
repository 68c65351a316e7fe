"""Cache arrays in a file, under a key that describes what they were made from.

See `bullet_dataset.py` and `salience_dataset.py` for the arrays.

Tested in `tests/training/test_train_bullets.py`.
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from brief.files import replacing


def save(path: Path, key: str, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Save arrays to a file, atomically.

    Raises:
        StorageError: It cannot be written.
    """
    with replacing(path) as part, part.open("wb") as file:
        np.savez(file, key=np.frombuffer(key.encode(), np.uint8), **arrays)  # type: ignore[arg-type]


def load(path: Path, key: str) -> dict[str, NDArray[Any]] | None:
    """Load arrays that were saved under exactly this key; None when there are none."""
    try:
        # Open the file here, because numpy does not close a damaged file.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            if held["key"].tobytes() != key.encode():
                return None
            return {name: held[name] for name in held.files if name != "key"}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
