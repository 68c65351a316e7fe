"""Checkpoints of training runs: written whole or not at all, also on Ctrl-C.

A checkpoint holds tensors and plain values only, so that loading one runs no code.

Tested in `tests/training/test_loop.py`.
"""

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import torch

from brief.errors import StorageError, UsageError
from brief.files import cannot_write, replacing

NAME = "checkpoint.pt"


def write(folder: Path, state: Mapping[str, Any]) -> None:
    """Put a checkpoint in place of the one before, which stays until this one is complete.

    Raises:
        StorageError: It cannot be written; the one before is still there.
    """
    path = folder / NAME
    remedy = (
        "make room and run the same command again: it goes on from the last checkpoint"
        if path.exists()
        else "name a folder on a disk with room"
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(path, remedy=remedy) as part, part.open("wb") as file:
            torch.save(dict(state), file)
    except OSError as error:
        raise cannot_write(path, error, remedy) from error
    except RuntimeError as error:
        # torch's own writer turns a full disk into a RuntimeError.
        raise StorageError(
            f"{path}: cannot be written (is there room on the disk?)", remedy
        ) from error


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


@contextmanager
def deferred_interrupts() -> Iterator[Callable[[], bool]]:
    """Tells whether Ctrl-C or a request to end has come; a second Ctrl-C is not put off.

    An interrupt in the middle of a step would leave half of the weights new and half old.
    """
    came = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal came
        del number, frame
        if came:
            raise KeyboardInterrupt
        came = True

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False  # signals are the main thread's
        return
    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
