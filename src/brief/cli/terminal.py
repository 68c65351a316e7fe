"""Write to the terminal: results, messages, progress, and tables of a page's labelled lines.

Results go to stdout, everything else to stderr; rich is imported only if a terminal shows it. See
`main.py` for parsing the command line and `formats.py` for the formats of results.

Tested in `tests/cli/test_main.py`.
"""

import io
import os
import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from brief.errors import BriefError, StorageError
from brief.files import cannot_write, writing

if TYPE_CHECKING:
    from brief.datatypes import Article
    from brief.guard.bullet_check import Checked
    from brief.ingest.article import Cleaned
    from brief.pipeline.summarizer import Outcome

T = TypeVar("T", "Checked", "Cleaned", "Outcome")
Write = Callable[[str], object]


class ReaderGone(Exception):  # noqa: N818 - no error: the reader has stopped
    """The reader of stdout has closed the pipe, so that there is nobody left to write for."""


def speak_utf8() -> None:
    """Write UTF-8 to pipes and files on every system, and to a terminal what it can show."""
    if sys.stdout is None:
        return
    if sys.stdout.isatty():
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    else:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]


def is_terminal() -> bool:
    """Whether results appear on a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def stdin_bytes() -> BinaryIO:
    """Standard input; empty where the shell has closed it, so that Python has no sys.stdin."""
    return io.BytesIO() if sys.stdin is None else sys.stdin.buffer


def note(message: object) -> None:
    """Print a message on stderr, if there is one, without terminal control characters."""
    from brief.text.strings import printable  # loads the sentence splitter

    if sys.stderr is None:
        return
    lines = list(map(printable, f"brief: {message}".split("\n")))
    if sys.stderr.isatty():
        lines = list(map(_wrapped, lines))
    with suppress(OSError):
        print("\n".join(lines), file=sys.stderr)


def show(piece: str) -> None:
    """Write a piece of the result to stdout, now.

    Raises:
        ReaderGone: The reader has closed the pipe.
        StorageError: stdout is closed, or the disk that it is written to is full.
    """
    if sys.stdout is None:
        if piece:
            raise StorageError("stdout is closed", "name a file with --output")
        return
    try:
        sys.stdout.write(piece)
        sys.stdout.flush()
    except OSError as error:
        # Python would try again, and complain, when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise ReaderGone from None
        raise StorageError(
            f"stdout: cannot be written ({error.strerror})", "make room, or name another place"
        ) from error


class Tally:
    """Counts outcomes, prints failures and remarks on stderr, and determines the exit code."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._n_done = 0
        self._first_error: BriefError | None = None

    def watch(self, outcomes: Iterable[T], step: Callable[[], None]) -> Iterator[T]:
        """Yield the same outcomes, and count each of them."""
        for outcome in outcomes:
            step()
            if isinstance(outcome.result, BriefError):
                self._first_error = self._first_error or outcome.result
                note(outcome.result)
            else:
                self._n_done += 1
                for remark in () if self._quiet else outcome.result.remarks:
                    note(f"{outcome.id}: {remark}")
            yield outcome

    @property
    def exit_code(self) -> int:
        """0 if all inputs succeeded, 1 if some did, else the exit code of the first failure."""
        if self._first_error is None:
            return 0
        return 1 if self._n_done else self._first_error.exit_code


def show_wrapped(piece: str) -> None:
    """Like `show`, for a terminal: lines are broken between words."""
    show("\n".join(map(_wrapped, piece.split("\n"))))


def _wrapped(line: str) -> str:
    return textwrap.fill(
        line,
        shutil.get_terminal_size().columns,
        subsequent_indent=" " * (len(line) - len(line.lstrip(" •"))),
        break_long_words=False,
        break_on_hyphens=False,
    )


@contextmanager
def destination(path: Path | None) -> Iterator[Write]:
    """A function that writes to stdout, or to a file that appears when it is complete.

    Raises:
        StorageError: The file cannot be written.
    """
    if path is None:
        yield show
        return
    # A link stays a link, and a pipe or device is written to, not replaced.
    path = path.resolve()
    try:
        with (
            path.open("w", encoding="utf-8", newline="\n")
            if path.exists() and not path.is_file()
            else writing(path, tag=f".{os.getpid()}") as file
        ):
            yield file.write
    except OSError as error:
        raise cannot_write(path, error) from error


@contextmanager
def progress(*, wanted: bool, total: int | None = None) -> Iterator[Callable[[], None]]:
    """A function to call at each step; on a terminal it advances a progress line on stderr.

    Args:
        wanted: False if the results themselves appear on the same terminal.
        total: Number of steps; None if it is not known in advance.
    """
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    of = "" if total is None else f" of {total:,}"
    count = TextColumn(f"{{task.completed}}{of} articles")
    columns = (SpinnerColumn(), count, TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as line:
        task = line.add_task("articles", total=total)
        yield lambda: line.advance(task)


@contextmanager
def ticker(*, wanted: bool, every_s: float) -> Iterator[Callable[[str], None]]:
    """A function that shows the progress of a long run: one line on stderr that is overwritten.

    Args:
        wanted: Whether to show it.
        every_s: Seconds between two lines if stderr is not a terminal and keeps every line.
    """
    if not wanted or sys.stderr is None:
        yield lambda _: None
        return
    live = sys.stderr.isatty()
    due = time.monotonic()

    def tick(line: str) -> None:
        nonlocal due
        if live:
            with suppress(OSError):
                print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() >= due:
            due = time.monotonic() + every_s
            note(line)

    try:
        yield tick
    finally:
        if live:
            with suppress(OSError):
                print(file=sys.stderr)


@contextmanager
def stage() -> Iterator[Callable[[str, int, int], None]]:
    """A function that shows a phase and its progress: a bar on a terminal, else nothing."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _phase, _done, _of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description:9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as line:
        task = line.add_task("", total=None)
        yield lambda phase, done, of: line.update(
            task, description=phase, completed=done, total=of or None
        )


def log(line: str) -> None:
    """Print a line on stderr unchanged, for programs."""
    if sys.stderr is not None:
        with suppress(OSError):
            print(line, file=sys.stderr, flush=True)


_STYLES = {
    "headline": "bold",
    "standfirst": "green",
    "subhead": "bold green",
    "body": "green",
    "summary_heading": "magenta",
    "reference_bullet": "magenta",
    "byline": "cyan",
    "timestamp": "cyan",
    "caption": "yellow",
}


def to_table(article: "Article") -> str:
    """Every non-blank line, coloured by its label, in columns as wide as the terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from brief.output.block import to_lines

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0), expand=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=2)
    table.add_column(ratio=1)
    for label, line, reason in to_lines(article):
        style = _STYLES.get(label, "bright_black")
        table.add_row(Text(label, style), Text(line, style), Text(reason, "dim italic"))
    console = Console()
    with console.capture() as capture:
        console.print(table)
    return capture.get()
