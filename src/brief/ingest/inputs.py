"""Read the inputs that a user names: files, folders, globs, URLs, standard input.

Reading is lazy and in a fixed order: arguments as given, a folder's names sorted, rows in file
order. An input that cannot be read becomes a `Source` with an error in its place, and the rest
are read. In a folder, hidden files are skipped, files of other kinds are counted, and a folder
reached a second time through a link is not read again.

See `jsonl.py` for the meaning of a row and `charset.py` for encodings.
"""

import glob
import gzip
import os
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from brief.datatypes import Code, Remark
from brief.errors import InputError, UsageError
from brief.ingest.charset import MAX_BYTES, decode
from brief.ingest.html_extraction import looks_like_html
from brief.ingest.jsonl import Source, read_objects, read_rows, to_source

if TYPE_CHECKING:
    from brief.ingest.web.response import Fetched

__all__ = [
    "Source",
    "files_in",
    "from_answer",
    "holds_rows",
    "read",
    "read_rows_of",
    "shown",
    "to_source",
    "with_unique_ids",
]

_HTML_SUFFIXES = (".html", ".htm", ".html.gz", ".htm.gz")
ROW_SUFFIXES = (".jsonl", ".jsonl.gz")
_SUFFIXES = (".txt", ".md", ".txt.gz", ".md.gz", *_HTML_SUFFIXES, *ROW_SUFFIXES)
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_ROW = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"')
_ROW_HEAD = 200
_OTHER_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:[\[{]\s*$|\[\s*\{)")

STDIN = "stdin"
"""The id of an article that came through `-`."""


def read(
    args: Sequence[str],
    *,
    stdin: BinaryIO,
    allow_private: bool = False,
    max_bytes: int = MAX_BYTES,
    fetch: "Callable[[str], Fetched] | None" = None,
    notify: Callable[[str], None] = lambda _: None,
) -> Iterator[Source]:
    """Read every input that the arguments name.

    A file is one article, whatever its extension, unless its name ends in .jsonl or .jsonl.gz or
    its first line opens a JSON object: then each line is a row. The same holds for standard input.
    When two inputs have the same id, the later one gets `#2`, `#3` … and a `duplicate_id` remark;
    only the ids seen are kept in memory.

    Args:
        args: Paths, folders, globs that no shell expanded, URLs, or `-`; at least one.
        stdin: The stream that `-` reads, once.
        allow_private: Also fetch from addresses that are not public.
        max_bytes: Limit of one article or row, decompressed.
        fetch: Reads a URL; None for the network (`fetch.py`), which is loaded for the first URL.
        notify: Called once per folder with a message about the files in it that are not read.

    Returns:
        The sources, each read only when the iterator reaches it.

    Raises:
        UsageError: There are no arguments, or an empty one.
    """
    if not args:
        raise UsageError("no input was named", "name a file, a folder, a URL, or - for stdin")

    if "" in args:
        raise UsageError("an empty argument names no input", "is a shell variable not set?")

    def fetch_from_network(url: str) -> "Fetched":
        from brief.ingest.web import fetch as network  # loads httpx, 0.14 s

        return network.fetch(url, allow_private=allow_private, max_bytes=max_bytes)

    reader = _Reader(stdin, max_bytes, fetch or fetch_from_network, notify)
    return with_unique_ids(source for arg in args for source in reader.sources(arg))


def read_rows_of(
    arg: str, *, stdin: BinaryIO, max_bytes: int = MAX_BYTES
) -> Iterator[tuple[str, Mapping[str, Any] | InputError]]:
    """Yield the place and columns of each row of one file of JSON lines, gzipped or not, or `-`.

    A row that cannot be read is yielded as its error; so is a file, or the rest of a damaged one.
    """
    if arg == "-":
        yield from read_objects(stdin, name=STDIN, max_bytes=max_bytes)
        return
    path = Path(arg)
    try:
        with _opened(path) as stream:
            yield from read_objects(stream, name=shown(path), max_bytes=max_bytes)
    except (EOFError, OSError, ValueError, zlib.error) as error:
        yield shown(path), _unreadable(path, error)


def with_unique_ids(sources: Iterable[Source]) -> Iterator[Source]:
    """Make ids unique: a later source with an id already seen gets `#2` and a remark."""
    n_seen: dict[str, int] = {}
    for source in sources:
        new = source.id
        while new in n_seen:
            n_seen[source.id] += 1
            new = f"{source.id}#{n_seen[source.id]}"
        n_seen[new] = 1
        if new == source.id:
            yield source
        else:
            remark = Remark(Code.DUPLICATE_ID, f"{source.id} names an earlier input too")
            yield replace(source, id=new, remarks=(*source.remarks, remark))


@dataclass
class _Reader:
    """The arguments of one call, and whether standard input was already read."""

    stdin: BinaryIO
    max_bytes: int
    fetch: "Callable[[str], Fetched]"
    notify: Callable[[str], None]
    stdin_was_read: bool = False

    def sources(self, arg: str) -> Iterator[Source]:
        """Sources that one argument names; a failure is a source too."""
        try:
            if arg == "-":
                yield from self._stdin()
            elif _URL.match(arg):
                yield from_answer(self.fetch(arg), id=arg)
            elif glob.has_magic(arg) and not os.path.lexists(arg):
                yield from self._glob(arg)
            else:
                yield from self._path(Path(arg))
        except InputError as error:
            yield Source(id=STDIN if arg == "-" else shown(arg), error=error)

    def _stdin(self) -> Iterator[Source]:
        if self.stdin_was_read:
            raise InputError("stdin: already read to its end", "name - once")
        self.stdin_was_read = True
        yield from self._stream(self.stdin, STDIN)

    def _glob(self, pattern: str) -> Iterator[Source]:
        paths = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - may be absolute
        if not paths:
            raise InputError(f"{shown(pattern)}: no file matches", "check the pattern")
        for path in paths:
            yield from self._path(Path(path))

    def _path(self, path: Path) -> Iterator[Source]:
        yield from self._folder(path) if _is_folder(path) else self._file(path)

    def _folder(self, folder: Path) -> Iterator[Source]:
        skipped: Counter[str] = Counter()
        n_read = 0
        for found in files_in(folder, skipped):
            n_read += 1
            yield from (found,) if isinstance(found, Source) else self._file(found)
        kinds = ", ".join(f"{n} {shown(kind)}" for kind, n in skipped.most_common())
        if not n_read:
            found_kinds = f"it holds other kinds: {kinds}" if kinds else "it is empty"
            problem = f"{shown(folder)}: no file to read in this folder ({found_kinds})"
            remedy = f"brief looks for {', '.join(_SUFFIXES)}; name other files one by one"
            yield Source(id=shown(folder), error=InputError(problem, remedy))
        elif kinds:
            self.notify(f"{shown(folder)}: passed over files of other kinds ({kinds})")

    def _file(self, path: Path) -> Iterator[Source]:
        name = shown(path)
        lower = path.name.lower()
        try:
            with _opened(path) as stream:
                yield from self._stream(
                    stream,
                    name,
                    is_rows=lower.endswith(ROW_SUFFIXES),
                    is_html=lower.endswith(_HTML_SUFFIXES),
                )
        except InputError as error:
            yield Source(id=name, error=error)
        except (EOFError, OSError, ValueError, zlib.error) as error:
            yield Source(id=name, error=_unreadable(path, error))

    def _stream(
        self, stream: BinaryIO, name: str, *, is_rows: bool = False, is_html: bool = False
    ) -> Iterator[Source]:
        first = stream.readline(self.max_bytes + 1)
        if is_rows or _ROW.match(first):
            yield from read_rows(stream, name=name, max_bytes=self.max_bytes, first=first)
            return
        if _OTHER_JSON.match(first):
            remedy = "write one object a line, for example with: jq -c '.[]?'"
            raise InputError(f"{name}: JSON over several lines or in a list", remedy)
        data = first + stream.read(self.max_bytes + 1 - len(first))
        if len(data) > self.max_bytes:
            remedy = "split it into one file an article"
            raise InputError(f"{name}: larger than {self.max_bytes:,} bytes", remedy)
        text = decode(data, name=name)
        yield Source(id=name, text=text, is_html=_is_html(text, named_so=is_html))


def from_answer(page: "Fetched", *, id: str) -> Source:  # noqa: A002 - the noun's own field
    """Decode the response of a URL into a source.

    Raises:
        InputError: It is not text.
    """
    text = decode(page.content, name=id, charset=page.charset)
    is_html = _is_html(text, named_so=page.media_type in _HTML_TYPES)
    return Source(id=id, text=text, is_html=is_html, url=page.url)


def files_in(folder: Path, skipped: Counter[str]) -> Iterator[Path | Source]:
    """Every file to read in a folder and those below it, names sorted.

    Args:
        folder: An existing folder.
        skipped: Extensions of the skipped files are added to it.

    Returns:
        Paths; a failed `Source` for a folder that cannot be listed.
    """
    entered: set[tuple[int, int]] = set()
    # An explicit stack, because folders may be nested deeper than Python's recursion limit.
    pending = [folder]
    while pending:
        path = pending.pop()
        if _is_folder(path):
            try:
                status = path.stat()
                inside = sorted(path.iterdir(), reverse=True)
            except OSError as error:
                yield _failure(path, error)
                continue
            if (status.st_dev, status.st_ino) not in entered:
                entered.add((status.st_dev, status.st_ino))
                pending += [entry for entry in inside if not entry.name.startswith(".")]
        elif path.name.lower().endswith(_SUFFIXES) and not _is_special(path):
            yield path
        else:
            skipped[path.suffix.lower() or "without extension"] += 1


def holds_rows(path: Path) -> bool:
    """Whether a file is read as rows and not as one article; False if it cannot be opened."""
    if path.name.lower().endswith(ROW_SUFFIXES):
        return True
    try:
        with _opened(path) as stream:
            return bool(_ROW.match(stream.read(_ROW_HEAD)))
    except (OSError, EOFError, ValueError, zlib.error):
        return False


def _opened(path: Path) -> BinaryIO:
    if path.suffix.lower() == ".gz":
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb")


def _is_folder(path: Path) -> bool:
    """Whether a path is a folder; False if it is inaccessible: opening it will report why."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_html(text: str, *, named_so: bool) -> bool:
    """Whether a text is HTML; its name or type only decides when it opens with an unusual tag."""
    return looks_like_html(text) or (named_so and text.lstrip().startswith("<"))


def _is_special(path: Path) -> bool:
    """Whether a path is a pipe, socket or device, which nobody means to read from a folder."""
    try:
        return path.exists() and not path.is_file()
    except OSError:
        return False


def shown(path: str | Path) -> str:
    """A path as printable text: bytes that are not UTF-8 become escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _failure(path: Path, error: Exception) -> Source:
    return Source(id=shown(path), error=_unreadable(path, error))


def _unreadable(path: Path, error: Exception) -> InputError:
    name = shown(path)
    if isinstance(error, FileNotFoundError):
        return InputError(f"{name}: no such file", _near(path))
    if isinstance(error, EOFError | zlib.error | gzip.BadGzipFile):
        problem = f"{name}: damaged gzip ({error}); what comes before is read"
        return InputError(problem, "copy or compress it again")
    return InputError(f"{name}: cannot be read ({getattr(error, 'strerror', None) or error})")


def _near(path: Path) -> str:
    """A remedy for a path that does not exist: similar names that do."""
    try:
        # Compare stems: a common extension does not make two names similar.
        names = {entry.stem: entry.name for entry in sorted(path.parent.iterdir(), reverse=True)}
    except OSError:
        return f"there is no folder {shown(path.parent)} either"
    close = get_close_matches(path.stem, names, n=1)
    return f"did you mean {shown(path.with_name(names[close[0]]))}?" if close else ""
