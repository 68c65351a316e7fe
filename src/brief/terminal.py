"""What a person at a terminal sees of a run: messages, progress, and a page's labelled lines.

stdout is the result, stderr everything else; rich is imported only for a terminal that shows
it. Left out: parsing a command line (`cli.py`), and what a result looks like (`formats.py`).
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from brief.errors import BriefError, StorageError

if TYPE_CHECKING:
    from brief.corridor import Outcome
    from brief.news import Article


def note(message: object) -> None:
    """Tell stderr."""
    print(f"brief: {message}", file=sys.stderr)


class Tally:
    """Counts outcomes, tells stderr of failures and warnings, and knows the exit code."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._n_done = 0
        self._errors: list[BriefError] = []

    def watch(self, outcomes: Iterable["Outcome"], step: Callable[[], None]) -> Iterator["Outcome"]:
        """The same outcomes, each counted as it passes."""
        for outcome in outcomes:
            step()
            if isinstance(outcome.result, BriefError):
                self._errors.append(outcome.result)
                note(outcome.result)
            else:
                self._n_done += 1
                for warning in () if self._quiet else outcome.result.warnings:
                    note(f"{outcome.id}: {warning}")
            yield outcome

    @property
    def exit_code(self) -> int:
        """0 when all was done, 1 when some was, else the first failure's own code."""
        if not self._errors:
            return 0
        return 1 if self._n_done else self._errors[0].exit_code


@contextmanager
def destination(path: Path | None) -> Iterator[IO[str]]:
    """stdout, or a file that appears when it is complete."""
    if path is None:
        try:
            yield sys.stdout
            sys.stdout.flush()
        except BrokenPipeError:
            # Who reads us has had enough. Python would complain when it closes stdout.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            with part.open("w", encoding="utf-8", newline="\n") as file:
                yield file
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        remedy = "name a file in a folder that you may write to, on a disk with room"
        raise StorageError(f"{path}: cannot be written ({error})", remedy) from error


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[], None]]:
    """A step function; on a terminal it moves a progress line on stderr."""
    if quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("articles", total=None)
        yield lambda: progress.advance(task)


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


def show_lines(article: "Article") -> None:
    """Every line that is not blank: a coloured table on a terminal, else tab-separated."""
    from brief.block import to_lines

    if not sys.stdout.isatty():
        for row in to_lines(article):
            print("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for label, line, reason in to_lines(article):
        style = _STYLES.get(label, "bright_black")
        table.add_row(Text(label, style), Text(line, style), Text(reason, "dim italic"))
    Console(soft_wrap=False).print(table)
