"""Back up, restore and prune the ledger; files in the output folder are never touched."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from brief.briefing.ledger.database import Ledger
from brief.briefing.ledger.schema import STEPS, version_of
from brief.errors import StorageError
from brief.files import REMEDY, replacing


def back_up(ledger: Ledger, target: Path) -> None:
    """Write a copy of the ledger to a file, atomically.

    Raises:
        StorageError: The file cannot be written.
    """
    try:
        with replacing(target) as part:
            _copy(ledger.db, part)
    except sqlite3.Error as error:
        raise StorageError(f"{target}: cannot be written ({error})", REMEDY) from error


def restore(backup: Path, ledger: Path) -> None:
    """Replace the ledger by a backup; the replaced ledger is kept beside it.

    Call this while no run is in progress (`database.locked`).

    Raises:
        StorageError: The backup is not a ledger of brief, is damaged or of a later version.
    """
    remedy = "name a file that `brief morning backup` wrote"
    if not backup.is_file():
        raise StorageError(f"{backup}: no such file", remedy)
    try:
        with closing(sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            damage = copy.execute("PRAGMA integrity_check").fetchone()[0]
            version = version_of(copy)
            known = copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'editions'").fetchone()
            if damage != "ok" or not known or not 0 < version <= len(STEPS):
                raise StorageError(f"{backup}: no ledger that this brief can use", remedy)
            ledger.parent.mkdir(parents=True, exist_ok=True)
            with replacing(ledger) as part:
                _copy(copy, part)
                _put_aside(ledger)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"{backup}: cannot be restored ({error})", remedy) from error


def _copy(source: sqlite3.Connection, target: Path) -> None:
    # A killed process may have left a partial database here.
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def _put_aside(ledger: Path) -> None:
    if ledger.exists():
        with closing(sqlite3.connect(ledger)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ledger.replace(ledger.with_suffix(".before-restore"))
    for leftover in ("-wal", "-shm"):
        ledger.with_name(ledger.name + leftover).unlink(missing_ok=True)


def prune(ledger: Ledger, today: date, keep_days: int) -> tuple[int, int]:
    """Delete the article texts, stories and runs of editions older than `keep_days`.

    Editions stay, and so do the articles' keys, so that old articles do not return as news.

    Returns:
        Number of articles whose texts were deleted, and number of deleted runs.
    """
    before = (today - timedelta(days=keep_days)).isoformat()
    with ledger.writing() as db:
        n_articles = db.execute(
            "UPDATE articles SET content = NULL, cleaned = NULL, summary = NULL WHERE edition < ?"
            " AND (content IS NOT NULL OR cleaned IS NOT NULL)"
            " AND edition IN (SELECT date FROM editions)",
            (before,),
        ).rowcount
        db.execute("DELETE FROM stories WHERE edition < ?", (before,))
        n_runs = db.execute(
            "DELETE FROM runs WHERE edition < ? AND ended IS NOT NULL", (before,)
        ).rowcount
    with ledger.guarded():
        ledger.db.execute("VACUUM")
    return n_articles, n_runs
