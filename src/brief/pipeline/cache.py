"""The one cache of summaries: (article digest, signature) -> Summary.

One SQLite file in the user's cache folder, bounded in rows, safe for several threads and
processes; every job asks it before it asks a model. Left out: what goes into a signature
(`signatures.py`).
"""

import hashlib
import json
import sqlite3
import threading
from pathlib import Path

from brief.datatypes import Article, Summary
from brief.errors import StorageError
from brief.records import from_record, to_record

MAX_ROWS = 50_000
"""About 450 MB at 9 kB a record (measured on news pages): half a year of 250 articles a day."""


def digest(article: Article) -> str:
    """What of an article decides its summary: text, labels and the page's own facts, not its id."""
    facts = [
        article.headline,
        article.published,
        article.language,
        [[line.label.value, line.start, line.end] for line in article.lines],
        [str(remark) for remark in article.remarks],
    ]
    sha = hashlib.sha256(article.text.encode("utf-8", "surrogatepass"))
    sha.update(json.dumps(facts).encode())
    return sha.hexdigest()


class Cache:
    """Summaries on disk, for every thread of this process and for other processes.

    Args:
        path: The SQLite file; its folder is made.
        max_rows: The rows written longest ago are dropped beyond that.

    Raises:
        StorageError: The file cannot be opened or written. A run can go on without a cache.
    """

    def __init__(self, path: Path, *, max_rows: int = MAX_ROWS) -> None:
        self._path = path
        self._max_rows = max_rows
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=30, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            with self._db:
                self._db.execute(
                    "CREATE TABLE IF NOT EXISTS summaries (article TEXT, signature TEXT,"
                    " record TEXT NOT NULL, UNIQUE (article, signature))"
                )
        except (OSError, sqlite3.Error) as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> StorageError:
        return StorageError(
            f"{self._path}: the summary cache cannot be used ({error})",
            "set BRIEF_CACHE_DIR to a writable folder, or run with --no-cache",
        )

    def get(self, article: Article, signature: str) -> Summary | None:
        """The stored summary of an article under a signature; None when there is none."""
        key = (digest(article), signature)
        with self._lock:
            try:
                row = self._db.execute(
                    "SELECT record FROM summaries WHERE article = ? AND signature = ?", key
                ).fetchone()
            except sqlite3.Error as error:
                raise self._failed(error) from error
        if row is None:
            return None
        try:
            return from_record(json.loads(row[0]), article)
        except (KeyError, TypeError, ValueError):
            # A damaged row is worth nothing: it is written again.
            return None

    def put(self, summary: Summary) -> None:
        """Store a summary; a second one under the same key replaces the first."""
        # Text is the article's own: spans alone bring it back.
        record = to_record(summary)
        record["dropped"] = []
        row = (digest(summary.article), summary.signature, json.dumps(record, ensure_ascii=False))
        with self._lock:
            try:
                with self._db:
                    self._db.execute("INSERT OR REPLACE INTO summaries VALUES (?, ?, ?)", row)
                    # A replaced row takes a new rowid, so rowids tell the order of writing.
                    self._db.execute(
                        "DELETE FROM summaries WHERE rowid <="
                        " (SELECT MAX(rowid) FROM summaries) - ?",
                        (self._max_rows,),
                    )
            except sqlite3.Error as error:
                raise self._failed(error) from error

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()
