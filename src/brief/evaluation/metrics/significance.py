"""Bootstrap intervals and paired permutation tests: is one system better than another?

Every interval and test is seeded and paired by example. With too few examples the result is None.
The harness excludes examples without a score, for all systems alike. See `number_format.py` for
the display of numbers.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

MIN_EXAMPLES = 10
"""Fewest examples for an interval: with 10 of normal scores the 95 % percentile interval covers
the mean 90 times in 100, with 5 only 84 times."""

MIN_PAIRS = 6
"""Fewest pairs for a permutation test: 5 pairs have 32 sign patterns, so that the smallest
two-sided p is 0.0625, and no result could ever be significant at 0.05."""

N_RESAMPLES = 9_999
"""Draws of a bootstrap or a permutation test; the smallest possible p is 0.0002."""

_ROUNDING = 1e-12
"""Smaller differences of scores (0 to 1) are rounding errors."""

_DRAWN_AT_ONCE = 2_000_000
"""Indices drawn at a time: 16 MB, whatever the number of examples."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its interval.

    Attributes:
        mean: The plain mean; None without values.
        low, high: Bounds of the interval; None for fewer than `MIN_EXAMPLES` values.
        n: Number of values.
    """

    mean: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two systems on the same examples, by one metric.

    Attributes:
        a, b: Names of the systems.
        metric: Name of the metric.
        n: Number of examples that both were scored on.
        difference: Mean of a minus mean of b; None without examples.
        low, high: Bounds of its interval; None for fewer than `MIN_EXAMPLES`.
        p: Two-sided p for the hypothesis that the two are exchangeable; None for fewer than
            `MIN_PAIRS`.
        p_holm: `p` corrected over its family by `holm`; None before the correction.
    """

    a: str
    b: str
    metric: str
    n: int
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    p_holm: float | None = None


def interval(values: Sequence[float], *, seed: int, level: float = 0.95) -> Interval:
    """The mean, with the percentile interval of a bootstrap over examples.

    Args:
        values: One number per example.
        seed: Equal seeds give equal bounds.
        level: Coverage of the interval, between 0 and 1.

    Raises:
        ValueError: A value is None, NaN or infinite; its index is named.

    Source:
        Efron & Tibshirani (1993), "An introduction to the bootstrap", chapter 13.
    """
    checked = _checked(values, "values")
    if not len(checked):
        return Interval(None, None, None, 0)
    low, high = _bounds(checked, seed, level)
    return Interval(float(checked.mean()), low, high, len(checked))


def compare(
    a_values: Sequence[float],
    b_values: Sequence[float],
    *,
    a: str,
    b: str,
    metric: str,
    seed: int,
    level: float = 0.95,
) -> Comparison:
    """Test whether system a differs from system b.

    The interval is a bootstrap of the paired differences. The test flips the sign of each
    difference at random, which exchanges the two systems' scores on that example: all patterns
    when there are at most `N_RESAMPLES`, else that many random ones.

    Args:
        a_values: System a's score of each example.
        b_values: System b's, of the same examples in the same order.
        a: Name of system a.
        b: Name of system b.
        metric: Name of the metric.
        seed: Equal seeds give equal numbers.
        level: Coverage of the interval.

    Raises:
        ValueError: The lengths differ, or a value is None, NaN or infinite.

    Source:
        Dror et al. (2018), "The hitchhiker's guide to testing statistical significance in
        natural language processing", on sampling-based tests; the test is scipy's `permutation_test`.
    """
    differences = _differences(a_values, b_values, a, b)
    low, high = _bounds(differences, seed, level)
    return Comparison(
        a=a,
        b=b,
        metric=metric,
        n=len(differences),
        difference=float(differences.mean()) if len(differences) else None,
        low=low,
        high=high,
        p=_permutation_p(differences, seed),
    )


def holm(family: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """Add `p_holm` to comparisons: p corrected for one false alarm in the whole family.

    A comparison without a p was not tested and does not count as part of the family.

    Source:
        Holm (1979), "A simple sequentially rejective multiple test procedure".
    """
    order = sorted((c.p, index) for index, c in enumerate(family) if c.p is not None)
    corrected: dict[int, float] = {}
    largest = 0.0
    for rank, (p, index) in enumerate(order):
        largest = max(largest, min(1.0, p * (len(order) - rank)))
        corrected[index] = largest
    return tuple(replace(c, p_holm=corrected.get(index)) for index, c in enumerate(family))


def gap_closed(
    values: Sequence[float], lead: Sequence[float], oracle: Sequence[float]
) -> float | None:
    """Share of the gap between lead and oracle that a system closes, by means.

    Args:
        values: The system's score of each example.
        lead: The lead's scores of the same examples in the same order.
        oracle: The oracle's scores, likewise.

    Returns:
        0 at the lead's mean, 1 at the oracle's; below 0 and above 1 are possible. None for fewer
        than `MIN_EXAMPLES`, or when the oracle is no better than the lead.

    Raises:
        ValueError: The lengths differ, or a value is None, NaN or infinite.
    """
    gain = _differences(values, lead, "system", "lead")
    gap = _differences(oracle, lead, "oracle", "lead")
    if len(gap) < MIN_EXAMPLES or gap.mean() <= 0:
        return None
    return float(gain.mean() / gap.mean())


def n_to_separate(
    a_values: Sequence[float],
    b_values: Sequence[float],
    *,
    alpha: float = 0.05,
    power: float = 0.8,
) -> int | None:
    """Number of examples needed to separate two systems that differ as much as observed here.

    n = ((z(1 - alpha/2) + z(power)) · sd / mean)², over the paired differences, rounded up.

    Args:
        a_values: One system's score of each example.
        b_values: The other's, of the same examples in the same order.
        alpha: Two-sided significance level.
        power: Chance of finding the difference.

    Returns:
        At least `MIN_PAIRS`; None for fewer than `MIN_EXAMPLES`, too few to estimate the
        deviation, and for equal means.

    Raises:
        ValueError: The lengths differ, or a value is None, NaN or infinite.

    Source:
        Chow, Shao & Wang (2008), "Sample size calculations in clinical research", section 3.1
        (one-sample design; the sample is the differences).
    """
    differences = _differences(a_values, b_values, "a", "b")
    # Equal means may differ by rounding errors, which no number of examples should separate.
    if len(differences) < MIN_EXAMPLES or abs(differences.mean()) < _ROUNDING:
        return None
    z = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(power)
    n = (z * float(differences.std(ddof=1)) / float(differences.mean())) ** 2
    return max(MIN_PAIRS, math.ceil(n))


def by_slice(
    values: Sequence[float], labels: Sequence[str], *, seed: int, level: float = 0.95
) -> Mapping[str, Interval]:
    """The mean and interval of each slice, in order of the labels' first appearance.

    Args:
        values: One number per example.
        labels: The slice of each example, in the same order.
        seed: Equal seeds give equal bounds; a slice's bounds do not depend on other slices.
        level: Coverage of the intervals.

    Raises:
        ValueError: The lengths differ, or a value is None, NaN or infinite.
    """
    if len(values) != len(labels):
        raise ValueError(f"{len(values)} values but {len(labels)} labels")
    _checked(values, "values")  # here, so that an error names the index in the whole set
    slices: dict[str, list[float]] = {}
    for value, label in zip(values, labels, strict=True):
        slices.setdefault(label, []).append(value)
    return {label: interval(own, seed=seed, level=level) for label, own in slices.items()}


def _checked(values: Sequence[float], name: str) -> "Values":
    import numpy as np

    for index, value in enumerate(values):
        if value is None or not math.isfinite(value):
            raise ValueError(f"{name}[{index}] is {value}: leave examples without a score out")
    return np.asarray(values, dtype=np.float64)


def _differences(a_values: Sequence[float], b_values: Sequence[float], a: str, b: str) -> "Values":
    if len(a_values) != len(b_values):
        raise ValueError(f"{len(a_values)} scores of {a} but {len(b_values)} of {b}")
    return _checked(a_values, a) - _checked(b_values, b)


def _bounds(values: "Values", seed: int, level: float) -> tuple[float | None, float | None]:
    """Percentiles of the resampled means."""
    import numpy as np

    if len(values) < MIN_EXAMPLES:
        return None, None
    means = np.concatenate(list(_resampled_means(values, seed)))
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _resampled_means(values: "Values", seed: int) -> "Iterator[Values]":
    import numpy as np

    rng = np.random.default_rng(seed)
    size = max(1, _DRAWN_AT_ONCE // len(values))
    for start in range(0, N_RESAMPLES, size):
        n_draws = min(size, N_RESAMPLES - start)
        yield values[rng.integers(len(values), size=(n_draws, len(values)))].mean(axis=1)


def _permutation_p(differences: "Values", seed: int) -> float | None:
    import numpy as np
    from scipy.stats import permutation_test

    if len(differences) < MIN_PAIRS:
        return None
    tested = permutation_test(
        (differences,),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=N_RESAMPLES,
        batch=max(1, _DRAWN_AT_ONCE // len(differences)),
        rng=np.random.default_rng(seed),
    )
    return float(tested.pvalue)
