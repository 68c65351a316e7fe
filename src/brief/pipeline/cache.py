"""Cache summaries in SQLite, keyed by a digest of the article and a signature of the settings.

One file in the user's cache folder, bounded in rows, safe for several threads and processes;
every command looks there before it runs a model. The signature covers everything besides the
article that determines a summary: our code, libraries, model and settings.
"""

import hashlib
import json
import sqlite3
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from types import CodeType

from brief.datatypes import Article, Summary
from brief.errors import StorageError
from brief.files import write_bytes
from brief.models.base import GenerationConfig
from brief.pipeline.selection import Weights
from brief.records import from_record, to_record
from brief.settings import cache_dir

_DECIDING = ("text", "ingest", "models", "guard", "pipeline")
"""Our own folders whose code determines a summary's bytes, so that no change of cleaner or chunker
and no new module ever serves a stale summary."""

_LIBRARIES = (
    "htmldate",
    "justext",
    "lxml",
    "py3langid",
    "sentencex",
    "snowballstemmer",
    "trafilatura",
)
"""Libraries that determine a summary's bytes, besides the model's, which the model names itself."""


def sign(
    model: Mapping[str, str], n_bullets: int, generation: GenerationConfig, weights: Weights
) -> str:
    """Hash our own code, libraries, model and settings to sixteen hexadecimal digits.

    Args:
        model: `Model.signature`.
        n_bullets: Bullets per summary.
        generation: Generation settings in use.
        weights: Weights of selection.
    """
    facts = {
        "brief": _code_digest(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "model": dict(model),
        "n_bullets": n_bullets,
        "generation": asdict(generation),
        "weights": asdict(weights),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def _code_digest() -> str:
    """Digest of our own code that determines a summary; comments and docstrings do not count.

    Compiling 70 modules takes 0.06 s, so the digest is stored in the user's cache folder with the
    files' sizes and times, which Python itself trusts for its compiled files.
    """
    package = Path(str(files("brief")))
    paths = sorted(
        path
        for folder in _DECIDING
        for path in (package / folder).rglob("*")
        if path.suffix in {".py", ".toml"}
    )
    stamp = hashlib.sha256(f"{package} {sys.version}".encode())
    for path in paths:
        facts = path.stat()
        stamp.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    memo = cache_dir() / "code-digest"
    with suppress(OSError, ValueError):
        known, digest = memo.read_text("ascii").split()
        if known == stamp.hexdigest():
            return digest
    sha = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        if path.suffix == ".py":
            # Level 2 leaves docstrings out; comments never get into code.
            content = repr(_facts(compile(content, path.name, "exec", optimize=2))).encode()
        sha.update(f"{path.relative_to(package).as_posix()} ".encode() + content)
    with suppress(OSError, StorageError):
        memo.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(memo, f"{stamp.hexdigest()} {sha.hexdigest()}\n".encode())
    return sha.hexdigest()


def _facts(value: object) -> object:
    """What a code object does, without the lines that it came from."""
    if isinstance(value, CodeType):
        names = (value.co_name, value.co_names, value.co_varnames, value.co_freevars)
        return (*names, value.co_code, tuple(map(_facts, value.co_consts)))
    if isinstance(value, frozenset):
        return sorted(map(repr, value))
    return value


MAX_ROWS = 50_000
"""About 450 MB at 9 kB a record (measured on news pages): half a year of 250 articles a day."""


def digest(article: Article) -> str:
    """Hash what determines an article's summary: text, labels and metadata, not its id."""
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


def summary_cache_path() -> Path:
    """The cache's file in the user's cache folder."""
    return cache_dir() / "summaries.sqlite3"


class Cache:
    """Summaries on disk, for every thread of this process and for other processes.

    Args:
        path: The SQLite file; its folder is created.
        max_rows: Beyond this number, the rows written first are deleted.

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
            # A damaged row is ignored and written again.
            return None

    def put(self, summary: Summary) -> None:
        """Store a summary; a second one under the same key replaces the first."""
        # The text is in the article: spans are enough to restore it.
        record = to_record(summary)
        record["dropped"] = []
        row = (digest(summary.article), summary.signature, json.dumps(record, ensure_ascii=False))
        with self._lock:
            try:
                with self._db:
                    self._db.execute("INSERT OR REPLACE INTO summaries VALUES (?, ?, ?)", row)
                    # A replaced row gets a new rowid, so rowids are in the order of writing.
                    self._db.execute(
                        "DELETE FROM summaries WHERE rowid <="
                        " (SELECT MAX(rowid) FROM summaries) - ?",
                        (self._max_rows,),
                    )
            except sqlite3.Error as error:
                raise self._failed(error) from error

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
