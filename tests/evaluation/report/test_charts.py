from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief.evaluation.report.axes import MAX_TICKS, linear_axis, log_axis
from brief.evaluation.report.charts import Spent, distributions, pareto

BOX = {"left": 40.0, "right": 410.0, "top": 16.0, "bottom": 236.0}
COSTS = st.floats(0.001, 1e5)
QUALITIES = st.floats(0, 100)


def spent(name, cost, quality):
    return Spent(name, cost, quality, None, None)


@given(st.lists(st.floats(0, 100), min_size=1))
def test_a_linear_axis_holds_all_values_between_round_ticks(values):
    axis = linear_axis(values, 10, 190)
    assert axis.low <= min(values) <= max(values) <= axis.high
    assert 2 <= len(axis.ticks) <= 2 * MAX_TICKS
    assert (axis.ticks[0].at, axis.ticks[-1].at) == (10, 190)
    assert all(10 <= axis.at(value) <= 190 for value in values)


@given(st.lists(COSTS, min_size=1))
def test_a_log_axis_holds_all_values_and_has_ticks(values):
    axis = log_axis(values, 40, 410)
    assert all(40 < axis.at(value) < 410 for value in values)
    assert 1 <= len(axis.ticks) <= MAX_TICKS
    assert all(a.at < b.at for a, b in pairwise(axis.ticks))


def test_equal_ratios_are_equal_steps():
    axis = log_axis([0.01, 10], 0, 300)
    steps = [axis.at(value) for value in (0.01, 0.1, 1, 10)]
    assert [b - a for a, b in pairwise(steps)] == pytest.approx([steps[1] - steps[0]] * 3, abs=0.2)


@given(st.lists(st.tuples(COSTS, QUALITIES), min_size=1, max_size=9))
def test_the_front_holds_whom_nobody_beats(pairs):
    chart = pareto([spent(f"s{i}", *pair) for i, pair in enumerate(pairs)], **BOX)
    front = {point.name for point in chart.points if point.on_front}
    for index, (cost, quality) in enumerate(pairs):
        beaten = any(
            other_cost <= cost and other >= quality and (other_cost, other) != (cost, quality)
            for other_cost, other in pairs
        )
        assert (f"s{index}" in front) != beaten
    assert len(chart.front.split()) == len(front)


def test_better_is_higher_and_dearer_is_further_right():
    chart = pareto([spent("dear", 9, 40), spent("cheap", 1, 30)], **BOX)
    cheap, dear = chart.points
    assert (cheap.name, dear.name) == ("cheap", "dear")
    assert cheap.x < dear.x
    assert cheap.y > dear.y


@given(st.lists(st.lists(QUALITIES, min_size=2), min_size=1, max_size=4))
def test_bars_count_every_article_on_one_scale(samples):
    axis = linear_axis([0, 100], 10, 390)
    drawn = distributions(samples, axis, n_steps=40, height=40)
    assert [one.n for one in drawn] == [len(sample) for sample in samples]
    for one, sample in zip(drawn, samples, strict=True):
        assert len(one.bars) <= min(40, len(sample))
        assert all(10 <= bar.x <= 390 and 1 <= bar.height <= 40 for bar in one.bars)
        assert min(sample) <= one.values[0] <= one.values[1] <= one.values[2] <= max(sample)
    assert max(bar.height for one in drawn for bar in one.bars) == 40


def test_quartiles_stand_where_their_values_do():
    axis = linear_axis([0, 100], 0, 100)
    (one,) = distributions([[10, 20, 30, 40, 50]], axis, n_steps=10, height=40)
    assert (one.values, one.quartiles) == ((20, 30, 40), (20, 30, 40))
    assert [bar.x for bar in one.bars] == [10, 20, 30, 40, 50]
