"""Open, lock, read and write the ledger: the SQLite file with all data of one briefing.

Each write is one transaction, on disk when it ends: a killed run leaves everything that was done
before intact. A `Ledger` belongs to one thread, and one process writes at a time (`locked`). See
`schema.py` for the tables; `articles.py`, `editions.py` and `runs.py` for the queries.

Tested in `tests/briefing/test_job.py`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from brief.briefing.ledger.schema import STEPS, migrate, version_of
from brief.errors import BusyError, StorageError

Connection = sqlite3.Connection

BUSY_S = 30
"""Seconds that a write waits for other processes that are using the ledger."""


class Ledger:
    """The database of one briefing.

    Args:
        path: The SQLite file; its folder is created.

    Raises:
        StorageError: The file cannot be opened or written, is damaged, or of a later version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self.guarded():
            path.parent.mkdir(parents=True, exist_ok=True)
            self.db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            self.db.row_factory = sqlite3.Row
            self.db.execute("PRAGMA journal_mode=WAL")
            # A recorded delivery must survive a power cut.
            self.db.execute("PRAGMA synchronous=FULL")
        version = version_of(self.db)
        if version > len(STEPS):
            self.db.close()
            raise StorageError(
                f"{path}: a ledger of a later brief (schema {version}, this one knows"
                f" {len(STEPS)})",
                "upgrade brief, or restore a backup made with this version",
            )
        with self.guarded():
            if 0 < version < len(STEPS):
                old = path.with_suffix(f".schema{version}.backup")
                with closing(sqlite3.connect(old)) as backup:
                    self.db.backup(backup)
            migrate(self.db)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn SQLite errors within into `StorageError`."""
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise StorageError(
                f"{self.path}: the ledger cannot be used ({error})",
                "make room or the folder writable, or name another with BRIEF_DATA_DIR; what was"
                " done so far is kept. If it is damaged: brief morning restore BACKUP",
            ) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed whole or, after an exception, rolled back."""
        with self.guarded():
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
            except BaseException:
                self.db.rollback()
                raise
            self.db.execute("COMMIT")

    def read(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Run a query and return its rows."""
        with self.guarded():
            return self.db.execute(query, values).fetchall()

    def close(self) -> None:
        """Close the file."""
        self.db.close()


@contextmanager
def locked(ledger: Path) -> Iterator[None]:
    """Hold the lock of a ledger, for the duration of a run.

    Raises:
        BusyError: Another process holds the lock.
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
