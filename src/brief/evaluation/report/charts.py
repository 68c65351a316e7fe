"""Compute the positions of the marks in the report's charts.

Positions only, in the units of an SVG view box: the template draws them, so that no markup is
written by hand here. See `html_report.py` for which numbers are drawn.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from brief.evaluation.report.axes import Axis, linear_axis, log_axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One system in a chart of quality against cost.

    Attributes:
        name: The system.
        x, y: Its place.
        y_low, y_high: The ends of its interval; None without one.
        on_front: Whether no other is at least as good and cheaper.
    """

    name: str
    x: float
    y: float
    y_low: float | None
    y_high: float | None
    on_front: bool


@dataclass(frozen=True, slots=True)
class Pareto:
    """Quality against one cost.

    Attributes:
        x, y: The axes; `x` counts the cost, in equal ratios.
        points: The cheapest first; a point's label is its number, which the legend explains.
        front: The line through the points that nothing beats, as an SVG `points` list.
    """

    x: Axis
    y: Axis
    points: tuple[Point, ...]
    front: str


@dataclass(frozen=True, slots=True)
class Spent:
    """What a Pareto chart knows of a system.

    Attributes:
        name: The system.
        cost: Seconds or megabytes, above 0.
        quality: Percent.
        low, high: Its interval; None without one.
    """

    name: str
    cost: float
    quality: float
    low: float | None
    high: float | None


def pareto(
    systems: Sequence[Spent], *, left: float, right: float, top: float, bottom: float
) -> Pareto:
    """Place systems in the box between four positions.

    Args:
        systems: At least one.
        left: Where the x axis begins.
        right: Where it ends.
        top: Where the y axis ends.
        bottom: Where it begins.
    """
    ordered = sorted(systems, key=lambda s: (s.cost, -s.quality, s.name))
    x = log_axis([s.cost for s in ordered], left, right)
    bounds = [b for s in ordered for b in (s.low, s.quality, s.high) if b is not None]
    y = linear_axis(bounds, bottom, top)
    front = {s.name for s in ordered if not any(_beats(o, s) for o in ordered)}
    points = tuple(
        Point(
            name=system.name,
            x=x.at(system.cost),
            y=y.at(system.quality),
            y_low=None if system.low is None else y.at(system.low),
            y_high=None if system.high is None else y.at(system.high),
            on_front=system.name in front,
        )
        for system in ordered
    )
    line = " ".join(f"{p.x:g},{p.y:g}" for p in points if p.on_front)
    return Pareto(x, y, points, line)


@dataclass(frozen=True, slots=True)
class Bar:
    """How many articles scored within one step, drawn around the middle line.

    Attributes:
        x, width: The step.
        height: In the order of the count; the fullest step of all systems has the whole.
    """

    x: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Distribution:
    """One system's scores by article.

    Attributes:
        bars: The steps that hold an article, in order.
        quartiles: Positions of the first, second and third.
        values: The same three as numbers.
        n: How many articles.
    """

    bars: tuple[Bar, ...]
    quartiles: tuple[float, float, float]
    values: tuple[float, float, float]
    n: int


def distributions(
    samples: Sequence[Sequence[float]], axis: Axis, *, n_steps: int, height: float
) -> tuple[Distribution, ...]:
    """Histograms that share their scale, so that one may be held against another.

    Args:
        samples: For each system at least two scores.
        axis: Where scores stand; those outside are drawn in the outermost step.
        n_steps: Into how many steps the axis is cut.
        height: Of the fullest step.
    """
    counted = [_counts(sample, axis, n_steps) for sample in samples]
    # Shares and not counts, so that a system with fewer scores is not drawn thinner.
    largest = max(max(c) / len(s) for c, s in zip(counted, samples, strict=True))
    width = (axis.end - axis.start) / n_steps
    found = []
    for sample, counts in zip(samples, counted, strict=True):
        bars = tuple(
            Bar(
                round(axis.start + index * width, 1),
                round(width, 1),
                round(max(1.0, height * count / len(sample) / largest), 1),
            )
            for index, count in enumerate(counts)
            if count
        )
        first, second, third = quantiles(sample, n=4, method="inclusive")
        marks = (axis.at(first), axis.at(second), axis.at(third))
        found.append(Distribution(bars, marks, (first, second, third), len(sample)))
    return tuple(found)


def _counts(sample: Sequence[float], axis: Axis, n_steps: int) -> list[int]:
    counts = [0] * n_steps
    for value in sample:
        step = math.floor((value - axis.low) / (axis.high - axis.low) * n_steps)
        counts[min(max(step, 0), n_steps - 1)] += 1
    return counts


def _beats(one: Spent, other: Spent) -> bool:
    """Whether one is as good and as cheap, and better in one of the two."""
    no_worse = one.cost <= other.cost and one.quality >= other.quality
    return no_worse and (one.cost, one.quality) != (other.cost, other.quality)
