"""Data for the charts and tables of the HTML report.

See `html_report.py` and its template for the HTML, and `charts.py` for the positions of marks.

Tested in `tests/evaluation/report/test_html_report.py`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from brief.evaluation.metrics.significance import MIN_EXAMPLES
from brief.evaluation.report import number_format
from brief.evaluation.report.axes import Axis, linear_axis
from brief.evaluation.report.charts import Distribution, Pareto, Spent, distributions, pareto
from brief.evaluation.report.conclusions import Verdict, verdict
from brief.evaluation.report.results import QUALITY, Results

HEAT_LEVELS = 6
"""Shades of the slice table; more could not be distinguished."""

_METRIC_TITLES = {
    "rouge1": "ROUGE-1",
    "rouge2": "ROUGE-2",
    "rougeL": "ROUGE-L",
    QUALITY: "ROUGE-Lsum",
}


def signature_parts(results: Results) -> list[tuple[str, str]]:
    """The whole signature as one (name, value) pair per part."""

    def flat(value: object) -> str:
        return value if isinstance(value, str) else json.dumps(value, sort_keys=True)

    return [
        ("digest", results.digest),
        ("data", flat(results.data)),
        *((key, flat(value)) for key, value in results.signature.items()),
        *((system.name, flat(system.signature)) for system in results.systems.values()),
    ]


@dataclass(frozen=True, slots=True)
class Whisker:
    """One system's mean and interval in a row of the leaderboard."""

    at: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Whiskers:
    """The leaderboard's plot: an axis, and a mark for each system with a score."""

    axis: Axis
    marks: Mapping[str, Whisker]


def whiskers(results: Results) -> Whiskers | None:
    """The leaderboard's plot; None when no system has a score."""
    found = {
        name: system.metrics[QUALITY]
        for name, system in results.systems.items()
        if system.quality is not None
    }
    bounds = [
        100 * bound
        for own in found.values()
        for bound in (own.low, own.mean, own.high)
        if bound is not None
    ]
    if not bounds:
        return None
    axis = linear_axis(bounds, 10, 190)
    return Whiskers(
        axis,
        {
            name: Whisker(
                axis.at(100 * (own.mean or 0.0)),
                None if own.low is None else axis.at(100 * own.low),
                None if own.high is None else axis.at(100 * own.high),
            )
            for name, own in found.items()
        },
    )


@dataclass(frozen=True, slots=True)
class CostChart:
    """Quality against one cost.

    Attributes:
        title, unit: Title and unit of the cost.
        chart: The chart; None when fewer than two systems can be placed.
        absent: Systems that can be run but are not in the chart because their cost or score is
            unknown.
    """

    title: str
    unit: str
    chart: Pareto | None
    absent: tuple[str, ...]


def cost_charts(results: Results) -> tuple[CostChart, ...]:
    """Quality against speed, and against memory."""
    return (
        _cost_chart(results, "seconds_p50", "Quality against speed", "seconds an article"),
        _cost_chart(results, "peak_memory_mb", "Quality against memory", "MB at the highest"),
    )


def _cost_chart(results: Results, key: str, title: str, unit: str) -> CostChart:
    placed, absent = [], []
    for system in results.contestants:
        spent, quality = system.spent(key), system.metrics.get(QUALITY)
        # 0 has no place on an axis of ratios, and means that the clock was too coarse.
        if not spent or quality is None or quality.mean is None:
            absent.append(system.name)
            continue
        low, high = quality.low, quality.high
        placed.append(
            Spent(
                system.name,
                spent,
                100 * quality.mean,
                None if low is None else 100 * low,
                None if high is None else 100 * high,
            )
        )
    drawn = len(placed) > 1
    chart = pareto(placed, left=40, right=410, top=16, bottom=236) if drawn else None
    return CostChart(title, unit, chart, tuple(absent))


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every pair of systems by one metric; None on the diagonal and for pairs not compared."""

    title: str
    rows: Mapping[str, tuple[Verdict | None, ...]]


def matrices(results: Results) -> tuple[Matrix, ...]:
    """One matrix per compared metric; `QUALITY` first, because systems are ordered by it."""
    metrics = dict.fromkeys(pair.metric for pair in results.pairs)
    ordered = sorted(metrics, key=lambda metric: metric != QUALITY)
    return tuple(_matrix(results, metric) for metric in ordered)


def _matrix(results: Results, metric: str) -> Matrix:
    rows = {}
    for a in results.systems:
        pairs = [None if a == b else results.pair(a, b, metric) for b in results.systems]
        rows[a] = tuple(None if pair is None else verdict(pair) for pair in pairs)
    return Matrix(_METRIC_TITLES.get(metric, metric), rows)


@dataclass(frozen=True, slots=True)
class Spread:
    """The distribution of scores over articles, for each system that has at least two."""

    axis: Axis
    rows: Mapping[str, Distribution]


def spread(quality: Mapping[str, Mapping[str, float | None]]) -> Spread | None:
    """The systems' scores by article; None when no system has two.

    Args:
        quality: `QUALITY`, 0 to 1, by system name, then example id.
    """
    samples = {
        name: [100 * score for score in scores.values() if score is not None]
        for name, scores in quality.items()
    }
    samples = {name: sample for name, sample in samples.items() if len(sample) > 1}
    if not samples:
        return None
    axis = linear_axis([score for sample in samples.values() for score in sample], 10, 390)
    drawn = distributions(list(samples.values()), axis, n_steps=40, height=40)
    return Spread(axis, dict(zip(samples, drawn, strict=True)))


@dataclass(frozen=True, slots=True)
class Heat:
    """One cell of the slice table.

    Attributes:
        cell: The number with its interval.
        level: Its shade, 0 to `HEAT_LEVELS` - 1; None for ceilings and unknown numbers.
        is_best: Whether no system that can be run scores higher in this slice; always False in a
            slice that is too small for intervals.
    """

    cell: number_format.Cell
    level: int | None
    is_best: bool


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One slice."""

    name: str
    value: str
    n: int
    cells: tuple[Heat, ...]


def heat(results: Results) -> tuple[HeatRow, ...]:
    """One row per slice, in the report's order, with shades on one scale."""
    runnable = [system.name for system in results.contestants]
    known = [mean for piece in results.slices for mean in _means(piece.quality, runnable).values()]
    rows = []
    for piece in results.slices:
        means = _means(piece.quality, runnable)
        # In a slice too small for intervals, the highest score means nothing.
        best = max(means.values(), default=None) if piece.n >= MIN_EXAMPLES else None
        cells = []
        for name in results.systems:
            mean = means.get(name)
            found = number_format.interval(piece.quality.get(name), "no score in this slice")
            level = None if mean is None else _level(mean, min(known), max(known))
            cells.append(Heat(found, level, mean is not None and mean == best))
        rows.append(HeatRow(piece.name, piece.value, piece.n, tuple(cells)))
    return tuple(rows)


def _means(quality: Mapping[str, object], names: Sequence[str]) -> dict[str, float]:
    found = {name: getattr(quality.get(name), "mean", None) for name in names}
    return {name: mean for name, mean in found.items() if mean is not None}


def _level(mean: float, low: float, high: float) -> int:
    if high <= low:
        return 0
    return min(HEAT_LEVELS - 1, int((mean - low) / (high - low) * HEAT_LEVELS))
