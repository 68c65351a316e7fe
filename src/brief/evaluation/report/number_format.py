"""Format report numbers, including missing values.

ROUGE and other shares are percent with two decimals, as papers print them. An unknown number is a
dash with its reason, never 0. JSON keeps every number as it was computed. See `leaderboard.py` for
the tables.

Tested in `tests/evaluation/report/test_text_report.py`.
"""

from dataclasses import dataclass

from brief.evaluation.metrics.significance import MIN_EXAMPLES, Interval

DASH = "—"
TOO_FEW = f"no interval for fewer than {MIN_EXAMPLES} articles"

_KILO = 1000
_NO_DECIMALS_FROM = 100
_SMALLEST_P = 0.001
_RARE = 0.1


@dataclass(frozen=True, slots=True)
class Cell:
    """One number in a table.

    Attributes:
        text: The formatted number; `DASH` for none.
        low, high: Formatted bounds of its interval; empty without one.
        margin: Half the interval's width.
        reason: Why the number or its interval is missing; empty when neither is.
    """

    text: str
    low: str = ""
    high: str = ""
    margin: str = ""
    reason: str = ""

    @property
    def range(self) -> str:
        """The interval as `low to high`, empty without one."""
        return f"{self.low} to {self.high}" if self.low else ""


def percent(share: float, *, signed: bool = False) -> str:
    """Format a share as percent without the % sign.

    Example:
        >>> percent(0.404249), percent(-0.0213, signed=True), percent(0.0213, signed=True)
        ('40.42', '−2.13', '+2.13')
    """
    # Round first and add 0.0, so that "-0.00" cannot occur.
    rounded = round(100 * share, 2) + 0.0
    return f"{rounded:+.2f}".replace("-", "−") if signed else f"{rounded:.2f}".replace("-", "−")


def interval(found: Interval | None, reason: str) -> Cell:
    """Format a share's mean with its interval.

    Args:
        found: The mean; None when it was not measured.
        reason: The explanation when there is no mean.
    """
    if found is None or found.mean is None:
        return Cell(DASH, reason=reason)
    if found.low is None or found.high is None:
        return Cell(percent(found.mean), reason=TOO_FEW)
    margin = percent((found.high - found.low) / 2)
    return Cell(percent(found.mean), percent(found.low), percent(found.high), margin)


def plain(value: float | None, reason: str) -> Cell:
    """Format any other number, with three significant digits.

    Example:
        >>> plain(0.04127, "").text, plain(18.34, "").text, plain(2512.4, "").text
        ('0.0413', '18.3', '2,512')
    """
    return Cell(DASH, reason=reason) if value is None else Cell(_three_digits(value))


def megabytes(value: float | None, reason: str) -> Cell:
    r"""Format a size.

    Example:
        >>> megabytes(411.6, "").text, megabytes(1630, "").text
        ('412\xa0MB', '1.63\xa0GB')
    """
    if value is None:
        return Cell(DASH, reason=reason)
    if value < _KILO:
        return Cell(f"{_three_digits(value)}\u00a0MB")
    return Cell(f"{_three_digits(value / _KILO)}\u00a0GB")


def p_value(p: float) -> str:
    """Format a p-value as papers print it.

    Example:
        >>> p_value(0.0412), p_value(0.0002)
        ('0.041', '< 0.001')
    """
    return "< 0.001" if p < _SMALLEST_P else f"{p:.3f}"


def how_often(p: float) -> str:
    """Format a p-value as a frequency, for readers who do not know p-values.

    Example:
        >>> how_often(0.0041), how_often(0.0002), how_often(0.31)
        ('1 time in 244', 'less than 1 time in 1,000', '31 times in 100')
    """
    if p < _SMALLEST_P:
        return "less than 1 time in 1,000"
    return f"1 time in {1 / p:,.0f}" if p < _RARE else f"{100 * p:.0f} times in 100"


def _three_digits(value: float) -> str:
    if abs(value) >= _NO_DECIMALS_FROM:
        return f"{value:,.0f}"
    return f"{float(f'{value:.3g}'):g}"
