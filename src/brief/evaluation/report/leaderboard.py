"""Build the report's tables with formatted numbers: leaderboard, other measures, cost.

A table is the same in the terminal, in Markdown and on the page. A missing number has a mark, and
the mark's note says why. See `text_report.py` and `html_report.py` for the display and
`conclusions.py` for test results in words.

Tested in `tests/evaluation/report/test_text_report.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from brief.evaluation.report import number_format
from brief.evaluation.report.number_format import Cell
from brief.evaluation.report.results import QUALITY, SUPPORT, Results, SystemResult

_Speller = Callable[[Results, SystemResult], Cell]

SHOWN_DIGITS = 12
"""Digits shown of a SHA-256: enough to distinguish runs, few enough to read aloud."""

_STATED = ("brief", "n_bullets", "seed", "tokenizer")
"""Parts of the signature that a reader compares by eye; the digest covers the rest."""

_UNMEASURED = "not measured in this run"
_NO_COST = "no cost.json in the folder: speed and memory were not measured"
_NO_SYSTEM_COST = "not measured for this system"
_NO_GAP = "needs a lead and the oracle in the same run, and the oracle above the lead"
_NO_SCORE = "no article could be scored by it"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        title: Its heading.
        about: A short description that says whether higher or lower is better.
        cell: Formats one system's number.
    """

    title: str
    about: str
    cell: _Speller


@dataclass(frozen=True, slots=True)
class LeaderboardRow:
    """One system.

    Attributes:
        system: The system.
        badges: Caveats about its numbers.
        cells: Cells in the order of the columns.
        marks: For each cell the number of its note, from 1; None when nothing is missing.
    """

    system: SystemResult
    badges: tuple[str, ...]
    cells: tuple[Cell, ...]
    marks: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows and columns, with the notes that explain what is missing.

    Attributes:
        columns, rows: The table.
        notes: Reasons for missing numbers; the first has number 1.
    """

    columns: tuple[Column, ...]
    rows: tuple[LeaderboardRow, ...]
    notes: tuple[str, ...]


def leaderboard(results: Results) -> Table:
    """The main columns, one row per system, the best first."""
    return _table(results, _LEADERBOARD)


def measures(results: Results) -> Table:
    """Every other metric of the run: properties of the bullets, and ROUGE precision and recall."""
    deciding = {"rouge1", "rouge2", QUALITY, "bullet_coverage", SUPPORT}
    present = {key for system in results.systems.values() for key in system.metrics} - deciding
    known = [key for key in _MEASURES if key in present]
    # Metrics of a later version are shown under their own keys rather than dropped.
    unknown = sorted(present - _MEASURES.keys())
    columns = [_MEASURES[key] for key in known]
    columns += [Column(key, "", _number(key)) for key in unknown]
    return _table(results, [_GAP, *columns])


def cost_table(results: Results) -> Table:
    """What a system costs to run."""
    return _table(results, _COST)


def badges(system: SystemResult) -> tuple[str, ...]:
    """Caveats about a system's numbers."""
    found = []
    if system.is_ceiling:
        found.append("ceiling")
    if system.trained_on_this:
        copies = f": {system.n_near_copies:,} near-copies" if system.n_near_copies else ""
        found.append(f"trained on this data{copies}")
    return tuple(found)


def signature_line(results: Results) -> str:
    """The signature of a table in one line: data, settings, versions and a digest of everything."""
    data = results.data
    stated = (
        f"{data.get('name', 'data')}, sha256 {str(data.get('digest', ''))[:SHOWN_DIGITS]}",
        f"{results.n} articles, {results.n_scored} scored",
        *(f"{key} {results.signature[key]}" for key in _STATED),
        f"signature {results.digest[:SHOWN_DIGITS]}",
    )
    return "; ".join(stated)


def data_problems(results: Results) -> str:
    """The data set's problems, counted; empty when it has none."""
    problems: Mapping[str, int] = results.data.get("problems") or {}
    return ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in problems.items() if n)


def _table(results: Results, columns: Iterable[Column]) -> Table:
    kept = tuple(columns)
    notes: dict[str, int] = {}
    rows = []
    for system in results.systems.values():
        cells = tuple(column.cell(results, system) for column in kept)
        marks = tuple(
            notes.setdefault(cell.reason, len(notes) + 1) if cell.reason else None for cell in cells
        )
        rows.append(LeaderboardRow(system, badges(system), cells, marks))
    return Table(kept, tuple(rows), tuple(notes))


def _share(key: str) -> _Speller:
    """A fraction as percent, with its interval."""
    return lambda _, system: number_format.interval(system.metrics.get(key), _missing(key, system))


def _number(key: str) -> _Speller:
    return lambda _, system: number_format.plain(system.mean(key), _missing(key, system))


def _missing(key: str, system: SystemResult) -> str:
    return _NO_SCORE if key in system.metrics else _UNMEASURED


def _cost(key: str, spell: Callable[[float | None, str], Cell] = number_format.plain) -> _Speller:
    return lambda results, system: spell(
        system.spent(key), _NO_SYSTEM_COST if results.has_cost else _NO_COST
    )


def _gap(_: Results, system: SystemResult) -> Cell:
    closed = (system.gap_closed or {}).get(QUALITY)
    return (
        Cell(number_format.DASH, reason=_NO_GAP)
        if closed is None
        else Cell(f"{closed:.0%}".replace("-", "−"))
    )


def _failed(_: Results, system: SystemResult) -> Cell:
    return Cell(f"{system.n_failures:,}")


_LEADERBOARD = (
    Column("ROUGE-Lsum", "shared sequences, bullet by bullet; higher is better", _share(QUALITY)),
    Column("ROUGE-1", "words shared with the reference; higher is better", _share("rouge1")),
    Column("ROUGE-2", "pairs of words shared; higher is better", _share("rouge2")),
    Column("Found", "reference bullets reported, percent", _share("bullet_coverage")),
    Column("Support", "word pairs that the article has, percent", _share(SUPPORT)),
    Column("Seconds", "for the middle article", _cost("seconds_p50")),
    Column("Memory", "highest use", _cost("peak_memory_mb", number_format.megabytes)),
    Column("Failed", "articles that gave no bullets and score 0", _failed),
)
_GAP = Column("Gap closed", "way from lead (0 %) to oracle (100 %), by ROUGE-Lsum", _gap)
_MEASURES: Mapping[str, Column] = {
    "rougeL": Column("ROUGE-L", "all bullets read as one line", _share("rougeL")),
    **{
        f"{kind}_{side}": Column(f"{title} {side}", about, _share(f"{kind}_{side}"))
        for kind, title in (
            ("rouge1", "ROUGE-1"),
            ("rouge2", "ROUGE-2"),
            ("rougeL", "ROUGE-L"),
            (QUALITY, "ROUGE-Lsum"),
        )
        for side, about in (
            ("precision", "share of the bullets that the reference has"),
            ("recall", "share of the reference that the bullets have"),
        )
    },
    "n_words": Column("Words", "an article", _number("n_words")),
    "compression": Column("Compression", "article words a word written", _number("compression")),
    "coverage": Column("Copied", "words in copied fragments, percent", _share("coverage")),
    "density": Column("Density", "length of the copied fragments, words", _number("density")),
    "novel_1grams": Column("New words", "not in the article, percent", _share("novel_1grams")),
    "novel_2grams": Column("New pairs", "of words, percent", _share("novel_2grams")),
    "novel_3grams": Column("New triples", "of words, percent", _share("novel_3grams")),
    **{
        f"unsupported_{what}_per_100_bullets": Column(
            f"Unsupported {what}",
            "in 100 bullets, not in the article",
            _number(f"unsupported_{what}_per_100_bullets"),
        )
        for what in ("numbers", "names", "quotations")
    },
    "redundancy": Column("Repeated", "most that two bullets share, percent", _share("redundancy")),
    "n_dangling": Column("Dangling", "bullets that open on a pronoun", _number("n_dangling")),
}
_COST = (
    Column("s, p50", "half of the articles take less", _cost("seconds_p50")),
    Column("s, p95", "19 of 20 articles take less", _cost("seconds_p95")),
    Column("articles / s", "in a batch", _cost("articles_per_second")),
    Column("Cold start", "seconds before the first article", _cost("cold_start_s")),
    Column("Memory", "highest use", _cost("peak_memory_mb", number_format.megabytes)),
    Column("Size", "on disk", _cost("size_mb", number_format.megabytes)),
)
