"""One run at a time: a lock beside the ledger that the operating system lets go after a crash.

Left out: who holds it; the ledger's account of runs says (`runs.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from brief.errors import BusyError, StorageError


@contextmanager
def locked(ledger: Path) -> Iterator[None]:
    """Hold the lock of a ledger.

    Raises:
        BusyError: Another process holds it.
        StorageError: The lock file cannot be made.
    """
    path = ledger.with_name(f"{ledger.name}.lock")
    lock = FileLock(path, timeout=0)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise BusyError(
            f"{ledger}: another run of this briefing is at work",
            "wait for it, or see `brief morning status`",
        ) from None
    except OSError as error:
        raise StorageError(
            f"{path}: the lock cannot be taken ({error.strerror})",
            "make its folder writable, or name another with BRIEF_DATA_DIR",
        ) from error
    try:
        yield
    finally:
        lock.release()
