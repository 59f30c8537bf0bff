"""Gaps to neighbours worked by hand: every number, name and word of the result."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_study.statistics.comparison import gap, leave_one_out, mean_interval, median_interval

# Mean 60, standard deviation 10.
THREE = {"Ash": 50, "Bow": 60, "Cam": 70}
NAMES = ["left_out", "n", "comparator", "gap", "gap_lower", "gap_upper", "conclusion", "flips"]


def t_on_two(level):
    """Two-sided t value on 2 degrees of freedom, which has a closed form."""
    return level * np.sqrt(2 / (1 - level**2))


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_gap_to_the_mean_of_three_in_every_part(level):
    got = gap(90, THREE, level=level)
    half = 10 / np.sqrt(3) * t_on_two(level)
    assert (got.area, got.statistic, got.n, got.missing) == (90.0, "mean", 3, ())
    assert got.comparator.estimate == 60 and got.gap.estimate == 30
    assert (got.comparator.lower, got.comparator.upper) == pytest.approx((60 - half, 60 + half))
    assert (got.gap.lower, got.gap.upper) == pytest.approx((30 - half, 30 + half))
    assert got.comparator.method == "t on 2 degrees of freedom"
    assert got.gap.method == "area minus mean: t on 2 degrees of freedom"
    assert got.comparator.level == got.gap.level == level
    assert got.warnings == got.gap.warnings == got.comparator.warnings == ()


def test_gap_to_the_median_in_every_part():
    # Limits at the second and the sixth of seven cover 1 - 2 (1 + 7) / 2**7 = 87.5% exactly.
    got = gap(10, [1, 2, 3, 4, 5, 6, 7], statistic="median", level=0.875)
    assert got.statistic == "median"
    assert (got.comparator.lower, got.comparator.estimate, got.comparator.upper) == (2, 4, 6)
    assert (got.gap.lower, got.gap.estimate, got.gap.upper) == (4, 6, 8)
    assert got.comparator.method == "order statistics 2 and 6 of 7, covers 87.5%"
    assert got.gap.method == f"area minus median: {got.comparator.method}"
    assert got.comparator.level == got.gap.level == 0.875


def test_what_is_missing_is_said_of_the_gap_and_of_the_comparator():
    got = gap(90, {**THREE, "Dee": None})
    note = ("3 of 4 neighbours used; no value for Dee.",)
    assert got.warnings == got.gap.warnings == got.comparator.warnings == note
    assert got.missing == ("Dee",)


@pytest.mark.parametrize("compute", [mean_interval, median_interval])
@pytest.mark.parametrize("level", [0, 1, 95, "0.95"])
def test_a_level_that_is_no_share_is_refused(compute, level):
    with pytest.raises(ValueError) as caught:
        compute(THREE, level=level)
    assert str(caught.value) == (
        f"level is {level!r}; expected a number between 0 and 1. For 95%, pass 0.95."
    )
    with pytest.raises(ValueError, match=r"^level is"):
        gap(1, THREE, level=level)


def test_intervals_are_at_95_percent_unless_told():
    half = 10 / np.sqrt(3) * t_on_two(0.95)
    assert mean_interval(THREE).upper == pytest.approx(60 + half)
    assert mean_interval(THREE, level=0.5).upper == pytest.approx(
        60 + 10 / np.sqrt(3) * t_on_two(0.5)
    )
    assert gap(90, THREE).gap.upper == pytest.approx(30 + half)
    assert leave_one_out(90, THREE).loc[0, "gap_upper"] == pytest.approx(30 + half)
    # With six, lowest to highest covers 96.9%; with five only 93.8%.
    assert median_interval(range(6)).upper == 5
    assert np.isnan(median_interval(range(5)).upper)


def test_a_statistic_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match="is 'mode'; expected one of mean, median"):
        gap(1, THREE, statistic="mode")


@pytest.mark.parametrize(
    ("area", "conclusion"),
    [
        (60, "not distinguishable"),
        (60.25, "above"),
        (59.75, "below"),
    ],
)
def test_a_gap_without_width_concludes_by_its_sign(area, conclusion):
    assert gap(area, [60, 60, 60]).conclusion == conclusion


def test_an_upper_limit_just_above_zero_is_not_below():
    # The interval of the gap is 60.5 - 60 +- its half, so shift the area by that half.
    half = 10 / np.sqrt(3) * t_on_two(0.95)
    assert gap(60.5 - half, THREE).conclusion == "not distinguishable"
    assert gap(59.5 - half, THREE).conclusion == "below"
    assert gap(59.5 + half, THREE).conclusion == "not distinguishable"
    assert gap(60.5 + half, THREE).conclusion == "above"


# ---- where there is no interval, or one without width


def test_one_neighbour_with_a_value_says_both_what_is_missing_and_why_no_interval():
    got = mean_interval({"Ash": 50, "Bow": None}, level=0.9)
    assert got.estimate == 50 and np.isnan(got.lower) and np.isnan(got.upper)
    assert got.level == 0.9
    assert got.method == "one value"
    assert got.warnings == (
        "1 of 2 neighbours used; no value for Bow.",
        "One neighbour only: its value is shown without an interval.",
    )


def test_neighbours_all_alike_are_said_after_what_is_missing():
    got = mean_interval({"Ash": 50, "Bow": 50, "Cam": np.nan})
    assert (got.lower, got.estimate, got.upper) == (50, 50, 50)
    assert got.method == "t on 1 degrees of freedom"
    assert got.warnings == (
        "2 of 3 neighbours used; no value for Cam.",
        "The neighbours all have the same value: the interval has no width.",
    )


def test_two_neighbours_have_the_interval_of_one_degree_of_freedom():
    # t on 1 degree of freedom is Cauchy: tan(pi level / 2); the standard error of 50, 54 is 2.
    got = mean_interval([50, 54])
    reach = 2 * np.tan(np.pi * 0.95 / 2)
    assert (got.lower, got.upper) == pytest.approx((52 - reach, 52 + reach))


@pytest.mark.parametrize(("level", "shown"), [(0.95, "95"), (0.998, "99.8")])
def test_too_few_for_a_median_says_how_many_and_at_which_confidence(level, shown):
    got = median_interval({"Ash": 1, "Bow": 2, "Cam": 4, "Dee": None}, level=level)
    assert got.estimate == 2 and np.isnan(got.lower) and np.isnan(got.upper)
    assert got.level == level
    assert got.method == "order statistics: too few"
    assert got.warnings == (
        "3 of 4 neighbours used; no value for Dee.",
        f"3 neighbours are too few for a {shown}% interval of their median.",
    )


def test_median_of_ten_lies_between_the_second_and_the_ninth():
    # 1 - 2 (1 + 10) / 2**10 = 97.9%; the third and the eighth would cover 89.1% only.
    got = median_interval([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    assert (got.lower, got.estimate, got.upper) == (2, 5.5, 9)
    assert got.method == "order statistics 2 and 9 of 10, covers 97.9%"
    narrower = median_interval(range(1, 11), level=0.89)
    assert (narrower.lower, narrower.upper) == (3, 8)
    assert narrower.method == "order statistics 3 and 8 of 10, covers 89.1%"


@pytest.mark.parametrize("n", [6, 7, 9, 15, 40])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_median_limits_are_the_narrowest_that_cover_enough(n, level):
    got = median_interval(range(1, n + 1), level=level)
    k = int(got.lower)
    assert got.upper == n + 1 - k
    assert stats.binom.cdf(k - 1, n, 0.5) <= (1 - level) / 2 < stats.binom.cdf(k, n, 0.5)


# ---- leave one out


def test_leaving_each_of_two_out_leaves_one_without_an_interval():
    got = leave_one_out(70, {"Ash": 50, "Bow": 60, "Cam": None})
    assert got.columns.tolist() == NAMES
    assert got["left_out"].tolist() == ["", "Ash", "Bow"]
    assert got["n"].tolist() == [2, 1, 1]
    assert got["comparator"].tolist() == [55, 60, 50]
    assert got["gap"].tolist() == [15, 10, 20]
    assert got["conclusion"].tolist() == ["not distinguishable", "no interval", "no interval"]
    assert got["flips"].tolist() == [False, True, True]
    reach = 5 * np.tan(np.pi * 0.95 / 2)
    assert got.loc[0, ["gap_lower", "gap_upper"]].tolist() == pytest.approx(
        [15 - reach, 15 + reach]
    )
    assert got.loc[1:, ["gap_lower", "gap_upper"]].isna().all(axis=None)


def test_leave_one_out_is_by_the_statistic_and_level_asked_for():
    values = [1, 2, 3, 4, 5, 6, 7, 8]
    got = leave_one_out(10, values, statistic="median", level=0.875)
    assert got["comparator"].tolist() == [4.5, 5, 5, 5, 5, 4, 4, 4, 4]
    # The second and the sixth of the seven that are left.
    assert got.loc[1, ["gap_lower", "gap_upper"]].tolist() == [10 - 7, 10 - 3]
    assert got.loc[8, ["gap_lower", "gap_upper"]].tolist() == [10 - 6, 10 - 2]
    assert got["left_out"].tolist() == ["", "1", "2", "3", "4", "5", "6", "7", "8"]


def test_leave_one_out_with_one_value_names_it():
    with pytest.raises(ValueError) as caught:
        leave_one_out(3, pd.Series({"Ash": np.nan, "Bow": 1.0}))
    assert str(caught.value) == "Only Bow has a value: leaving it out leaves nobody."
