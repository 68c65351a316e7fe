"""Read the rows of a data set: JSON lines, CSV, Parquet or Hugging Face folders.

Rows are read one at a time, whatever the size. Besides the columns of `ingest/jsonl.py`, the names
that published sets use are accepted: `document` for the article, `highlights` or `summary` for the
reference bullets. See `harvest.py` for folders of pages.

Tested in `tests/evaluation/data/test_dataset.py`.
"""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

from brief.errors import InputError, UsageError
from brief.ingest.charset import MAX_BYTES
from brief.ingest.jsonl import read_objects

Row = Mapping[str, Any]

ALIASES = {"highlights": "bullets", "summary": "bullets", "document": "article"}
"""Columns of published sets (CNN/DailyMail, XSum and those shaped after them)."""

_HUB_MARKS = ("dataset_dict.json", "dataset_info.json")
"""Files by which a folder saved by `datasets` is recognized."""

_BATCH_ROWS = 64
"""Rows of a Parquet file in memory at once."""


def is_table(path: Path) -> bool:
    """Whether a path is a file or folder of rows; if not, it may hold pages."""
    return _kind(path) is not None


def read_table(path: Path, *, split: str | None = None) -> Iterator[tuple[str, Row | InputError]]:
    """Yield the place and columns of every row in order, or why the row cannot be read.

    Args:
        path: A table, see `is_table`.
        split: Only rows with this value in the `split` column, or this split of a folder that
            has several.

    Raises:
        InputError: The file as a whole cannot be read.
        UsageError: The folder has splits and none was named, or it lacks the named one.
    """
    kind = _kind(path)
    if kind == "hub":
        rows = _hub_rows(path, split)
        split = None
    else:
        rows = {"jsonl": _json_rows, "csv": _csv_rows, "parquet": _parquet_rows}[str(kind)](path)
    for place, row in rows:
        if isinstance(row, InputError):
            yield place, row
        elif split is None or row.get("split") == split:
            yield place, _renamed(row)


def _kind(path: Path) -> str | None:
    if path.is_dir():
        return "hub" if any((path / mark).is_file() for mark in _HUB_MARKS) else None
    suffixes = [suffix.lower() for suffix in path.suffixes]
    last = (
        suffixes[-2] if suffixes[-1:] == [".gz"] and len(suffixes) > 1 else "".join(suffixes[-1:])
    )
    return {".jsonl": "jsonl", ".json": "jsonl", ".csv": "csv", ".parquet": "parquet"}.get(last)


def _renamed(row: Row) -> Row:
    """The row with our own column names; existing columns are not overwritten."""
    named = dict(row)
    for theirs, ours in ALIASES.items():
        if named.get(theirs) and not named.get(ours):
            named[ours] = named.pop(theirs)
    bullets = named.get("bullets")
    if isinstance(bullets, str) and bullets.lstrip().startswith("["):
        # A list as it is written in a table of strings.
        try:
            named["bullets"] = json.loads(bullets)
        except ValueError:
            named["bullets"] = bullets
    return named


def _opened(path: Path) -> BinaryIO:
    if path.suffix.lower() == ".gz":
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb")


def _json_rows(path: Path) -> Iterator[tuple[str, Row | InputError]]:
    try:
        with _opened(path) as stream:
            # Only the file name: ids made from it do not depend on the file's path.
            yield from read_objects(stream, name=path.name, max_bytes=MAX_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, error) from error


def _csv_rows(path: Path) -> Iterator[tuple[str, Row | InputError]]:
    csv.field_size_limit(MAX_BYTES)
    try:
        with _opened(path) as stream:
            lines = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
            for number, row in enumerate(csv.DictReader(lines, strict=True), start=1):
                place = f"{path.name}:{number}"
                if None in row:
                    problem = f"{place}: more cells than the header has columns"
                    yield place, InputError(problem, "quote cells that hold commas")
                else:
                    yield place, {key: value for key, value in row.items() if value}
    except (OSError, EOFError, zlib.error, csv.Error, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from error


def _parquet_rows(path: Path) -> Iterator[tuple[str, Row | InputError]]:
    from pyarrow import ArrowException, parquet

    number = 0
    try:
        for batch in parquet.ParquetFile(path).iter_batches(_BATCH_ROWS):
            for row in batch.to_pylist():
                number += 1
                yield f"{path.name}:{number}", row
    except (OSError, ArrowException) as error:
        raise _unreadable(path, error) from error


def _hub_rows(path: Path, split: str | None) -> Iterator[tuple[str, Row | InputError]]:
    from datasets import DatasetDict, load_from_disk

    try:
        loaded = load_from_disk(str(path))
    except (OSError, ValueError, KeyError) as error:
        raise _unreadable(path, error) from error
    if isinstance(loaded, DatasetDict):
        names = ", ".join(loaded)
        if split is None and len(loaded) > 1:
            raise UsageError(f"{path}: has the splits {names}", "choose one with --split")
        name = split or next(iter(loaded))
        if name not in loaded:
            raise UsageError(f"{path}: has no split {name}; it has {names}")
        loaded = loaded[name]
    for number, row in enumerate(loaded, start=1):
        yield f"{path.name}:{number}", row


def _unreadable(path: Path, error: Exception) -> InputError:
    said = getattr(error, "strerror", None) or str(error)
    return InputError(f"{path}: cannot be read ({said})")
