from __future__ import annotations

import math

import pytest

from bench.figures import Goal, Sample, Spread, percentile, ratios, shares, spread, table


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1, 100), (0.001, 1), (0, 1)])
def test_a_percentile_is_one_of_the_values(share, value):
    assert percentile(range(100, 0, -1), share) == value


def test_the_percentile_of_nothing_is_no_number():
    assert math.isnan(percentile([], 0.99))


def test_only_right_answers_count():
    sample = Sample([1.0, 2.0, 3.0, 4.0], seconds=2.0, cpu_s=0.01, wrong=6)

    assert (sample.rate, sample.cpu_ms) == (2.0, 2.5)


def test_a_cell_without_a_right_answer_is_no_crash():
    assert Sample([], seconds=2.0, cpu_s=0.01).cpu_ms == 10


def test_a_figure_is_told_by_its_median():
    assert spread([9, 1, 2]) == Spread(middle=2, lowest=1, highest=9)


def test_ratios_are_taken_within_a_round():
    assert ratios([10, 30, 10], [100, 100, 50]) == Spread(0.2, 0.1, 0.3)


def test_a_limit_of_nothing_gives_no_ratio():
    assert ratios([10], [0]) == Spread(0, 0, 0)


def test_rounds_must_match():
    with pytest.raises(ValueError, match="argument 2"):
        ratios([1, 2], [1])


@pytest.mark.parametrize(
    ("figure", "verdict"), [(15, "good"), (14.9, "met"), (8, "met"), (7.9, "MISSED")]
)
def test_a_goal_for_large_figures(figure, verdict):
    assert Goal("rate", must=8, better=15).verdict(figure) == verdict


@pytest.mark.parametrize(
    ("figure", "verdict"), [(15, "good"), (15.1, "met"), (30, "met"), (30.1, "MISSED")]
)
def test_a_goal_for_small_figures(figure, verdict):
    assert Goal("cost", must=30, better=15).verdict(figure) == verdict


def test_a_single_limit_is_a_most():
    assert [Goal("statements", 12, 12).verdict(each) for each in (12, 13)] == ["good", "MISSED"]


def test_a_goal_names_its_worst_round():
    small = Goal("cost", 30, 15, "x").cells(Spread(20, 10, 40))
    large = Goal("rate", 8, 15, " %").cells(Spread(20, 10, 40))

    assert small == ("cost", "<= 30x", "<= 15x", "20.0x (40.0)", "met")
    assert large == ("rate", ">= 8 %", ">= 15 %", "20.0 % (10.0)", "good")


def test_tables_are_markdown():
    assert table(("a", "b"), [("1", shares(Spread(0.123, 0.1, 0.2)))]) == (
        "| a | b |\n| --- | --- |\n| 1 | 12.3% (10.0%) |"
    )
