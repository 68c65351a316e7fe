"""Where the labels of a chart's points stand, so that none covers another or a point.

Greedy: each label takes the nearest place that is free, in the order of the points. Left out:
the points (`charts.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

CHAR_WIDTH = 6.4
"""Of the charts' 11-unit type, on average."""

_LINE_HEIGHT = 13.0
_ABOVE, _BELOW = 8.0, 5.0
"""From the middle of a label's line to the ends of its box."""
_RADIUS = 5.0
_BESIDE = 8.0
"""From the middle of a point to a label beside it."""
_MAX_LINES = 6
"""Further from its point a label would be taken for another's."""

_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class LabelPlace:
    """Where a label stands.

    Attributes:
        x, y: Of its baseline at `anchor`.
        anchor: `start`, `end` or `middle`.
        needs_leader: Whether it stands so far from its point that a line should join them.
    """

    x: float
    y: float
    anchor: str
    needs_leader: bool


def place_labels(
    points: Sequence[tuple[float, float]], labels: Sequence[str], within: _Box
) -> tuple[LabelPlace, ...]:
    """A place for each label; where none is free, the nearest one inside.

    Args:
        points: What is labelled.
        labels: Their texts, in the same order.
        within: Left, top, right and bottom of the chart.
    """
    taken = [(x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS) for x, y in points]
    found = []
    for (x, y), label in zip(points, labels, strict=True):
        places = list(_around(x, y, CHAR_WIDTH * len(label)))
        inside = [one for one in places if _is_within(one[1], within)] or places
        free = [one for one in inside if not any(_overlap(one[1], box) for box in taken)]
        place, box = (free or inside)[0]
        taken.append(box)
        found.append(place)
    return tuple(found)


def _around(x: float, y: float, width: float) -> Iterator[tuple[LabelPlace, _Box]]:
    """Places with their boxes, the nearest first: beside the point, then line by line away."""
    lines = [0.0, *(sign * n for n in range(1, _MAX_LINES + 1) for sign in (-1, 1))]
    sides = (("start", _BESIDE, 0.0), ("end", -_BESIDE, width), ("middle", 0.0, width / 2))
    for line, (anchor, beside, back) in product(lines, sides):
        middle = y + line * _LINE_HEIGHT
        left = x + beside - back
        place = LabelPlace(round(x + beside, 1), round(middle + 4, 1), anchor, abs(line) > 1)
        yield place, (left, middle - _ABOVE, left + width, middle + _BELOW)


def _is_within(box: _Box, outer: _Box) -> bool:
    return box[0] >= outer[0] and box[1] >= outer[1] and box[2] <= outer[2] and box[3] <= outer[3]


def _overlap(a: _Box, b: _Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
