"""Read the new articles of a folder or of a file of rows (JSON lines).

See `ingest/inputs.py` and `ingest/jsonl.py` for the file formats.

Tested in `tests/briefing/sources/test_expand.py`.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from brief.briefing.briefing_types import FetchedArticle
from brief.briefing.sources.backlog import NewEntry, choose, in_time, most, to_key
from brief.briefing.sources.source_types import Gathered, SourceConfig, SourceMemory
from brief.datatypes import Code, Remark
from brief.errors import InputError
from brief.ingest.dates import read_date
from brief.ingest.inputs import Source, files_in, holds_rows, read, shown


def gather_files(
    config: SourceConfig,
    *,
    memory: SourceMemory,
    known: Callable[[str], bool],
    now: datetime,
    limit: int,
) -> Gathered:
    """Gather what is new in a folder, or in one file of rows or text.

    A file's key is its path within the folder; a row's key is its id, or its file and line. A known
    file is not opened again, except a file of rows.
    """
    place = Path(config.location).expanduser()
    skipped: Counter[str] = Counter()
    if not _exists(place):
        failure = InputError(f"{shown(place)}: no such file or folder", "check the location")
        return Gathered((), (), replace(memory, n_failures=memory.n_failures + 1), failure)
    found = files_in(place, skipped) if place.is_dir() else iter((place,))
    kept, omissions = choose(
        _candidates(found, place, known),
        source=config.name,
        known=known,
        n_most=most(config, memory, limit),
        undated_first=False,
    )
    arrivals = tuple(_arrival(one, config, now) for one in kept)
    remarks: tuple[Remark, ...] = ()
    if skipped:
        kinds = ", ".join(f"{n} {shown(kind)}" for kind, n in skipped.most_common())
        said = f"{shown(place)} holds files that are not read ({kinds})"
        remarks = (Remark(Code.OTHER_FILES, said),)
    return Gathered(
        arrivals, tuple(omissions), replace(memory, n_failures=0, reached=True), None, remarks
    )


def _candidates(
    found: Iterator[Path | Source], place: Path, known: Callable[[str], bool]
) -> Iterator[NewEntry[Path | Source]]:
    """A candidate for each text and each row; rows have already been read, texts have not."""
    for one in found:
        if isinstance(one, Source):
            yield NewEntry(to_key(one.id), one)
            continue
        key = _key(one, place)
        if not known(key) and holds_rows(one):
            for row in read([str(one)], stdin=io.BytesIO()):
                yield _row(row, one, key)
        else:
            yield NewEntry(key, one, touched=_touched(one))


def _row(row: Source, path: Path, file_key: str) -> NewEntry[Path | Source]:
    # The id of a row without its own id is its file's path and line.
    at_line = row.id.removeprefix(f"{shown(path)}:")
    key = row.id if at_line == row.id else f"{file_key}:{at_line}"
    return NewEntry(
        to_key(key), row, published=read_date(row.published), title=row.headline, url=row.url
    )


def _arrival(one: NewEntry[Path | Source], config: SourceConfig, now: datetime) -> FetchedArticle:
    published, remarks = in_time(one.published, now)
    if isinstance(one.what, Source):
        return FetchedArticle(one.key, config.name, one.what, published, remarks)
    source = next(read([str(one.what)], stdin=io.BytesIO()))
    return FetchedArticle(one.key, config.name, source, published, remarks)


def _exists(place: Path) -> bool:
    """Whether the path exists; one without permission or with an invalid name counts as missing."""
    try:
        return place.exists()
    except (OSError, ValueError):
        return False


def _key(path: Path, place: Path) -> str:
    inside = path.relative_to(place) if path != place else Path(path.name)
    return to_key(shown(inside.as_posix()))


def _touched(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return None
