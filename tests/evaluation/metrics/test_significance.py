import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as reference

from brief.evaluation.metrics import significance
from brief.evaluation.metrics.significance import Comparison, Interval

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def normal(n, mean=0.3, sd=0.1, seed=0):
    return np.random.default_rng(seed).normal(mean, sd, n).tolist()


def with_ps(*ps):
    return [
        Comparison(a="x", b=str(i), metric="m", n=9, difference=0.1, low=None, high=None, p=p)
        for i, p in enumerate(ps)
    ]


def compare(a, b, seed=0):
    return significance.compare(a, b, a="new", b="old", metric="rouge1", seed=seed)


@given(SCORES)
def test_mean_is_plain(values):
    found = significance.interval(values, seed=0)
    assert found.mean == pytest.approx(math.fsum(values) / len(values))
    assert found.n == len(values)


def test_bounds_enclose_the_mean_and_repeat_with_the_seed():
    values = normal(50)
    found = significance.interval(values, seed=1)
    assert found.low < found.mean < found.high
    assert found == significance.interval(values, seed=1)
    assert found != significance.interval(values, seed=2)


def test_bounds_agree_with_scipys_percentile_bootstrap():
    values = normal(60)
    theirs = reference.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=9_999, rng=np.random.default_rng(5)
    ).confidence_interval
    found = significance.interval(values, seed=0)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.001)


def test_interval_covers_the_true_mean_about_as_often_as_it_says():
    samples = np.random.default_rng(11).beta(2, 5, size=(400, 40))  # skewed, as ROUGE is
    found = [significance.interval(sample.tolist(), seed=i) for i, sample in enumerate(samples)]
    covered = sum(each.low <= 2 / 7 <= each.high for each in found) / len(found)
    assert 0.91 <= covered <= 0.98
    narrow = [significance.interval(sample.tolist(), seed=0, level=0.5) for sample in samples]
    assert 0.42 <= sum(each.low <= 2 / 7 <= each.high for each in narrow) / len(narrow) <= 0.58


def test_many_examples_are_drawn_in_pieces(monkeypatch):
    values = normal(40)
    whole = significance.interval(values, seed=0)
    monkeypatch.setattr(significance, "_DRAWN_AT_ONCE", 100)
    pieces = significance.interval(values, seed=0)
    assert (pieces.low, pieces.high) == pytest.approx((whole.low, whole.high), abs=0.002)


def test_too_few_examples_have_no_bounds():
    assert significance.interval([], seed=0) == Interval(None, None, None, 0)
    few = significance.interval([0.2] * (significance.MIN_EXAMPLES - 1), seed=0)
    assert (few.low, few.high) == (None, None)
    assert few.mean == pytest.approx(0.2)
    assert significance.interval([0.2] * significance.MIN_EXAMPLES, seed=0).low == pytest.approx(
        0.2
    )


@pytest.mark.parametrize("bad", [None, math.nan, math.inf])
def test_a_value_that_is_no_number_is_named(bad):
    with pytest.raises(ValueError, match=r"values\[2\] is "):
        significance.interval([0.1, 0.2, bad], seed=0)
    with pytest.raises(ValueError, match=r"old\[1\] is "):
        compare([0.1, 0.2], [0.1, bad])
    with pytest.raises(ValueError, match=r"values\[2\] is "):
        significance.by_slice([0.1, 0.2, bad], ["x", "y", "y"], seed=0)


def test_comparison_is_paired():
    hard = normal(30, sd=0.3)  # examples differ far more than the systems do
    easier = [score + 0.01 + 0.001 * (i % 3) for i, score in enumerate(hard)]
    found = compare(easier, hard)
    assert found.difference == pytest.approx(0.011)
    assert 0.01 < found.low < found.high < 0.012
    assert found.p == pytest.approx(0.0002)
    assert reference.ttest_ind(easier, hard).pvalue > 0.5
    back = compare(hard, easier)
    assert (back.difference, back.p) == (-found.difference, found.p)


def test_small_samples_are_tested_with_every_pattern():
    found = compare([0.5, 0.6, 0.7, 0.4, 0.9, 0.8], [0.4, 0.4, 0.4, 0.3, 0.3, 0.3])
    assert found.p == 2 / 2**6  # one pattern and its mirror are as extreme
    assert (found.low, found.high) == (None, None)
    differences = [0.2, -0.1, 0.3, 0.05, -0.02, 0.4, 0.1, 0.15]
    means = [
        abs(sum(d if bits >> i & 1 else -d for i, d in enumerate(differences)))
        for bits in range(2**8)
    ]
    extreme = sum(mean >= abs(sum(differences)) - 1e-9 for mean in means)
    assert compare(differences, [0.0] * 8).p == pytest.approx(extreme / 2**8)


def test_identical_systems_do_not_differ():
    values = normal(40)
    found = compare(values, values)
    assert (found.difference, found.low, found.high, found.p) == (0, 0, 0, 1)


def test_p_is_uniform_when_nothing_differs():
    draws = np.random.default_rng(3).normal(size=(200, 2, 10))
    ps = [compare(a.tolist(), b.tolist()).p for a, b in draws]
    assert 0.01 <= sum(p <= 0.05 for p in ps) / len(ps) <= 0.1
    assert 0.4 <= float(np.mean(ps)) <= 0.6


def test_too_few_pairs_are_not_tested():
    found = compare([0.5] * 5, [0.1] * 5)
    assert found.p is None
    assert found.difference == pytest.approx(0.4)
    assert compare([], []).difference is None
    with pytest.raises(ValueError, match="2 scores of new but 1 of old"):
        compare([0.1, 0.2], [0.1])


def test_holm_by_hand():
    # Sorted: .005 x 4 = .02; .01 x 3 = .03; .03 x 2 = .06; .04 x 1 = .04, raised to .06.
    found = significance.holm(with_ps(0.01, 0.04, 0.03, 0.005))
    assert [c.p_holm for c in found] == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert [c.p for c in found] == [0.01, 0.04, 0.03, 0.005]


def test_holm_leaves_untested_pairs_out_of_the_family():
    found = significance.holm(with_ps(0.02, None, 0.8))
    assert [c.p_holm for c in found] == [pytest.approx(0.04), None, pytest.approx(0.8)]
    assert significance.holm([]) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_only_raises_and_keeps_the_order(ps):
    found = significance.holm(with_ps(*ps))
    assert all(c.p <= c.p_holm <= 1 for c in found)
    ranked = sorted(found, key=lambda c: c.p)
    assert all(x.p_holm <= y.p_holm for x, y in pairwise(ranked))


def test_gap_closed():
    lead, oracle = [0.4] * 12, [0.6] * 12
    assert significance.gap_closed([0.45] * 12, lead, oracle) == pytest.approx(0.25)
    assert significance.gap_closed([0.3] * 12, lead, oracle) == pytest.approx(-0.5)
    assert significance.gap_closed(oracle, oracle, lead) is None
    assert significance.gap_closed(lead, lead, lead) is None
    assert significance.gap_closed([0.45] * 9, lead[:9], oracle[:9]) is None


def test_examples_needed():
    # Differences of mean 0.05 and standard deviation 0.1: (1.95996 + 0.84162)^2 x 4 = 31.4.
    spread = 0.1 * math.sqrt(19 / 20)
    differences = [0.05 + spread, 0.05 - spread] * 10
    assert significance.n_to_separate(differences, [0.0] * 20) == 32
    assert significance.n_to_separate(differences, [0.0] * 20, power=0.9) == 43
    assert significance.n_to_separate([0.5] * 20, [0.1] * 20) == significance.MIN_PAIRS
    assert significance.n_to_separate(differences[:9], [0.0] * 9) is None
    values = normal(20)
    assert significance.n_to_separate(values, values) is None
    assert significance.n_to_separate(values, values[::-1]) is None  # equal but for rounding


def test_examples_needed_are_enough():
    rng = np.random.default_rng(9)
    found = [
        reference.ttest_1samp(rng.normal(0.05, 0.1, size=34), 0).pvalue <= 0.05 for _ in range(500)
    ]  # 32 by the normal formula; the t test's own takes two more
    assert 0.75 <= sum(found) / len(found) <= 0.87


def test_slices():
    values = [0.1] * 12 + [0.5] * 3
    found = significance.by_slice(values, ["long"] * 12 + ["short"] * 3, seed=0)
    assert list(found) == ["long", "short"]
    assert found["long"] == significance.interval(values[:12], seed=0)
    assert (found["short"].mean, found["short"].low, found["short"].n) == (0.5, None, 3)
    with pytest.raises(ValueError, match="1 values but 2 labels"):
        significance.by_slice([0.1], ["x", "y"], seed=0)
