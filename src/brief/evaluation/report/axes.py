"""Chart axes: map numbers to positions in an SVG view box, with round ticks.

Tested in `tests/evaluation/report/test_charts.py`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

MAX_TICKS = 6
"""More labels collide on a phone."""

_MIN_SPAN = 1.0
"""Of a linear axis: equal values still need one that has a length."""

_ROOM = 1.2
"""Between the outermost values and the ends of an axis of ratios, as a factor."""

_DIGITS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled position on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """Numbers -> positions.

    Attributes:
        low, high: What stands at `start` and `end`.
        start, end: Positions; `end` is the smaller for an axis that points up.
        log: Whether equal steps are equal ratios.
        ticks: What is labelled, within the bounds.
    """

    low: float
    high: float
    start: float
    end: float
    log: bool
    ticks: tuple[Tick, ...]

    def at(self, value: float) -> float:
        """Where a number stands, to a tenth of a unit."""
        return _at(value, self.low, self.high, self.start, self.end, log=self.log)


def linear_axis(values: Sequence[float], start: float, end: float) -> Axis:
    """An axis with round bounds around all values.

    Args:
        values: At least one.
        start: Position of the low end.
        end: Position of the high end.
    """
    smallest, largest = min(values), max(values)
    step = _round_step(max(largest - smallest, _MIN_SPAN) / (MAX_TICKS - 1))
    first, last = math.floor(smallest / step), math.ceil(largest / step)
    last = max(last, first + 1)
    marked = [round(step * number, 10) for number in range(first, last + 1)]
    low, high = marked[0], marked[-1]
    ticks = tuple(Tick(_at(v, low, high, start, end, log=False), f"{v:g}") for v in marked)
    return Axis(low, high, start, end, log=False, ticks=ticks)


def log_axis(values: Sequence[float], start: float, end: float) -> Axis:
    """An axis whose equal steps are equal ratios, from one round number to another.

    Args:
        values: At least one, none under 1e-9.
        start: Position of the low end.
        end: Position of the high end.
    """
    smallest, largest = min(values) / _ROOM, max(values) * _ROOM
    first, last = math.floor(math.log10(smallest)), math.ceil(math.log10(largest))
    steps = sorted(
        {round(digit * 10.0**power, 12) for power in range(first, last + 1) for digit in _DIGITS}
    )
    low = max(step for step in steps if step <= smallest)
    high = min(step for step in steps if step >= largest)
    marked = [step for step in steps if low <= step <= high]
    while len(marked) > MAX_TICKS:
        marked = marked[::2]
    ticks = tuple(Tick(_at(v, low, high, start, end, log=True), f"{v:,g}") for v in marked)
    return Axis(low, high, start, end, log=True, ticks=ticks)


def _at(value: float, low: float, high: float, start: float, end: float, *, log: bool) -> float:
    if log:
        value, low, high = math.log(value), math.log(low), math.log(high)
    return round(start + (value - low) / (high - low) * (end - start), 1)


def _round_step(step: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is not below a step."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(digit * power for digit in _DIGITS if digit * power >= step * (1 - 1e-9))
