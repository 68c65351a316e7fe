"""Curves over steps as one SVG: enough to see whether a run still learns.

Left out: everything that a plotting library is for; log.csv holds the numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _PANEL, _LEFT, _RIGHT, _TOP, _GAP = 720, 190, 64, 16, 28, 34
_MAX_POINTS = 800


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve.

    Attributes:
        name: Stands above it.
        points: (step, value), ascending by step.
    """

    name: str
    points: Sequence[tuple[float, float]]


def draw(curves: Sequence[Curve]) -> str:
    """The curves, each in a panel of its own with its own scale, over the same steps."""
    steps = [step for curve in curves for step, _ in curve.points]
    last = max(steps, default=1.0)
    panels = "".join(
        _panel(curve, last, _TOP + place * (_PANEL + _GAP)) for place, curve in enumerate(curves)
    )
    height = _TOP + len(curves) * (_PANEL + _GAP)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"'
        ' font-family="system-ui, sans-serif" font-size="12" role="img">'
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>{panels}</svg>\n'
    )


def _panel(curve: Curve, last: float, top: int) -> str:
    bottom = top + _PANEL - _GAP
    values = [value for _, value in curve.points]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    span = (high - low) or 1.0

    def place(step: float, value: float) -> str:
        x = _LEFT + (_WIDTH - _LEFT - _RIGHT) * step / last
        y = bottom - (bottom - top) * (value - low) / span
        return f"{x:.1f},{y:.1f}"

    every = max(1, len(curve.points) // _MAX_POINTS)
    line = " ".join(place(*point) for point in curve.points[::every])
    marks = (
        f'<text x="{_LEFT}" y="{top - 8}" font-weight="600">{escape(curve.name)}</text>'
        f'<text x="{_LEFT - 8}" y="{top + 4}" text-anchor="end">{high:.3g}</text>'
        f'<text x="{_LEFT - 8}" y="{bottom}" text-anchor="end">{low:.3g}</text>'
        f'<text x="{_LEFT}" y="{bottom + 16}">0</text>'
        f'<text x="{_WIDTH - _RIGHT}" y="{bottom + 16}" text-anchor="end">step {last:,.0f}</text>'
    )
    frame = f'<path d="M{_LEFT} {top}V{bottom}H{_WIDTH - _RIGHT}" fill="none" stroke="#888"/>'
    return (
        f'{marks}{frame}<polyline points="{line}" fill="none" stroke="#1f6f8b" stroke-width="1.5"/>'
    )
