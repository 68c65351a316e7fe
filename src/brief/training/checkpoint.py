"""Where a training run stands, in one file that is whole or not there.

Holds tensors and plain values only, so that loading one runs no code. Left out: what a
checkpoint holds (`loop.py`).
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from brief.errors import StorageError, UsageError

NAME = "checkpoint.pt"


def write(folder: Path, state: Mapping[str, Any]) -> None:
    """Put a checkpoint in place of the one before, which stays until this one is complete.

    Raises:
        StorageError: It cannot be written; the one before is still there.
    """
    path = folder / NAME
    part = folder / f".{NAME}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            torch.save(dict(state), file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except (OSError, RuntimeError) as error:
        # torch's own writer turns a full disk into a RuntimeError.
        why = getattr(error, "strerror", None) or "is there room on the disk?"
        raise StorageError(
            f"{path}: the checkpoint cannot be written ({why})",
            "make room and run the same command again: it goes on from the last one"
            if path.exists()
            else "name a folder on a disk with room",
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def read(folder: Path) -> dict[str, Any] | None:
    """The checkpoint of a run; None when it has none yet.

    Raises:
        StorageError: There is one, and it cannot be read.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises nearly anything for a damaged file
        raise StorageError(
            f"{path}: not a checkpoint of this version of brief", "remove it to begin anew"
        ) from error
    return state


def same_settings(folder: Path, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse to go on with a run under other settings: the result would be neither run's.

    Raises:
        UsageError: They differ; each difference is named.
    """
    differing = [
        f"{key} was {before.get(key)!r}, is {now.get(key)!r}"
        for key in sorted(before.keys() | now.keys())
        if before.get(key) != now.get(key)
    ]
    if differing:
        raise UsageError(
            f"{folder}: holds a run with other settings: {'; '.join(differing)}",
            "give the settings it was begun with, or name another --output",
        )
