"""Print the report of an evaluation run as terminal tables, Markdown or JSON.

Every table has its signature, and every missing number its reason. See `leaderboard.py` for the
content of the tables and `html_report.py` for the HTML page.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from brief.evaluation.report import conclusions, leaderboard
from brief.evaluation.report.leaderboard import LeaderboardRow, Table
from brief.evaluation.report.results import QUALITY, Json, Results, read_results
from brief.text.strings import printable

if TYPE_CHECKING:
    from rich.console import Console

INTERVAL_NOTE = (
    "Percent. ± is half the 95 % interval: with other articles of the same kind, the number"
    " could well have come out anywhere in it."
)
PAIRS_NOTE = "p by a paired permutation test, Holm's correction for the number of comparisons."

MIN_WIDTH = 80
"""Smallest width of a table in characters; its nine columns need this much."""

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")


def to_json(folder: Path) -> Json:
    """The content of `report.json` with each system's `cost` added (null where not measured).

    Raises:
        UsageError: There is no such folder, or it holds no report.
        InputError: A file in it is not what the harness writes.
    """
    results = read_results(folder)
    systems = {
        name: {**entry, "cost": results.systems[name].cost}
        for name, entry in results.raw["systems"].items()
    }
    return {**results.raw, "systems": systems}


def to_markdown(folder: Path) -> str:
    """The tables in Markdown (GitHub's), ending in a line break.

    Raises:
        UsageError: There is no such folder, or it holds no report.
        InputError: A file in it is not what the harness writes.
    """
    results = read_results(folder)
    return "\n".join(_markdown(results)) + "\n"


def show(folder: Path, console: "Console") -> None:
    """Print the tables.

    Args:
        folder: A folder written by `brief eval run --output`.
        console: The console; widened to `MIN_WIDTH`, because rich drops columns where a terminal
            would wrap the line.

    Raises:
        UsageError: There is no such folder, or it holds no report.
        InputError: A file in it is not what the harness writes.
    """
    from rich.text import Text

    results = read_results(folder)
    console.width = max(console.width, MIN_WIDTH)
    console.print(Text(printable(conclusions.finding(results))))
    for title, table in _tables(results):
        console.print()
        _show_table(title, table, leaderboard.signature_line(results), console)
    console.print()
    console.print(Text("Differences by ROUGE-Lsum", "bold"))
    for line in _differences(results):
        console.print(Text(printable(line)))
    for line in (PAIRS_NOTE, leaderboard.signature_line(results)):
        console.print(Text(printable(line), "dim"))


def to_text(folder: Path) -> str:
    """The tables as shown in the terminal, with its width and its colors, if any.

    Raises:
        UsageError: There is no such folder, or it holds no report.
        InputError: A file in it is not what the harness writes.
    """
    from rich.console import Console

    console = Console()
    with console.capture() as captured:
        show(folder, console)
    return captured.get()


def _tables(results: Results) -> Iterator[tuple[str, Table]]:
    yield "Leaderboard", leaderboard.leaderboard(results)
    yield "Cost", leaderboard.cost_table(results)


def _show_table(title: str, table: Table, signature: str, console: "Console") -> None:
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(title=Text(title, "bold"), title_justify="left", box=None, pad_edge=False)
    grid.add_column("system", overflow="fold", min_width=12)
    for column in table.columns:
        # The short form of papers, with which nine columns fit a terminal of 80.
        title = column.title.replace("ROUGE-", "R-")
        grid.add_column(title, justify="right", overflow="fold")
    for row in table.rows:
        # A line break instead of a space: eight intervals side by side need 120 columns.
        cells = (Text(cell.replace(" ", "\n", 1)) for cell in _cells(row))
        grid.add_row(Text(printable(_name(row))), *cells)
    console.print(grid)
    for line in (*_notes(table), signature):
        console.print(Text(printable(line), "dim"))


def _markdown(results: Results) -> Iterator[str]:
    yield "# " + _escaped(f"Evaluation on {results.data.get('name', 'data')}")
    yield ""
    yield _escaped(conclusions.finding(results))
    for title, table in _tables(results):
        yield from ("", f"## {title}", "")
        yield _piped(["system", *(column.title for column in table.columns)])
        yield _piped(["---", *("---:" for _ in table.columns)])
        for row in table.rows:
            yield _piped(map(_escaped, [_name(row), *_cells(row)]))
        for line in (*_notes(table), f"Signature: {leaderboard.signature_line(results)}"):
            yield from ("", _escaped(line))
    yield from ("", "## Differences by ROUGE-Lsum", "")
    for line in _differences(results):
        yield f"- {_escaped(line)}"
    for line in (PAIRS_NOTE, f"Signature: {leaderboard.signature_line(results)}"):
        yield from ("", _escaped(line))


def _name(row: LeaderboardRow) -> str:
    return " ".join([row.system.name, *(f"({badge})" for badge in row.badges)])


def _cells(row: LeaderboardRow) -> Iterator[str]:
    for cell, mark in zip(row.cells, row.marks, strict=True):
        margin = f" ±{cell.margin}" if cell.margin else ""
        yield f"{cell.text}{margin}" + ("" if mark is None else f" [{mark}]")


def _notes(table: Table) -> Iterator[str]:
    if any(cell.margin for row in table.rows for cell in row.cells):
        yield INTERVAL_NOTE
    yield from (f"[{number}] {note}" for number, note in enumerate(table.notes, start=1))


def _differences(results: Results) -> Iterator[str]:
    """Describe each pair of systems in words, the better one first."""
    names = [system.name for system in results.systems.values()]
    for a, b in combinations(names, 2):
        pair = results.pair(a, b, QUALITY)
        if pair is not None:
            told = conclusions.verdict(pair)
            interval = f" [{told.range}; p {told.p}]" if told.range else ""
            yield f"{told.words}{interval}"


def _piped(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(line: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(printable(line).split()))
