"""Tests for trend worked by hand: statistics, verdicts, reasons and messages in full."""

import math
from statistics import NormalDist

import numpy as np
import pytest
import statsmodels.api as sm

from care_study.statistics.trends import (
    TrendError,
    recent_trend,
    trend_in_proportions,
    trend_in_rates,
    trend_in_values,
)

YEARS = [2021, 2022, 2023, 2024, 2025]


def chi2_on_one(statistic):
    """Upper tail of chi-squared on 1 degree of freedom, by the error function."""
    return math.erfc(math.sqrt(statistic / 2))


def weighted(rates, weights, times):
    """Slope, chi-squared of it and departure from it, by weighted least squares."""
    fit = sm.WLS(rates, sm.add_constant(np.asarray(times, dtype=float)), weights=weights).fit()
    return fit.params[1], fit.centered_tss - fit.ssr, fit.ssr


# ---- the three tests


@pytest.mark.parametrize(
    ("test", "variance"), [(trend_in_rates, 0.2), (trend_in_proportions, 0.2 * 0.8)]
)
def test_rates_of_a_tenth_to_three_tenths_in_every_part(test, variance):
    # Around 0.2 with weights 100 / variance: slope 0.1, sum of squared times 2.
    straight = test([10, 20, 30], [100, 100, 100])
    assert straight.slope == pytest.approx(0.1)
    assert straight.statistic == pytest.approx(0.1**2 * 2 * 100 / variance)
    assert straight.p_value == pytest.approx(chi2_on_one(0.02 * 100 / variance))
    assert straight.departure == pytest.approx(0, abs=1e-12) and straight.departure >= 0
    assert straight.departure_df == 1
    # In another order the slope is half, and of the scatter 0.02 the rest is departure.
    bent = test([10, 30, 20], [100, 100, 100])
    assert bent.slope == pytest.approx(0.05)
    assert bent.statistic == pytest.approx(0.05**2 * 2 * 100 / variance)
    assert bent.departure == pytest.approx((0.02 - 0.05**2 * 2) * 100 / variance)
    falling = test([30, 20, 10], [100, 100, 100])
    assert (falling.slope, falling.statistic) == pytest.approx((-0.1, straight.statistic))


@pytest.mark.parametrize("scores", [None, [2016, 2018, 2021, 2022]])
def test_unequal_sizes_weigh_as_in_weighted_least_squares(scores):
    x, n = np.array([12.0, 40, 9, 70]), np.array([100.0, 350, 80, 400])
    times = [1, 2, 3, 4] if scores is None else scores
    overall = x.sum() / n.sum()
    for test, variance in (
        (trend_in_rates, overall),
        (trend_in_proportions, overall * (1 - overall)),
    ):
        got = test(x, n, scores)
        expected = weighted(x / n, n / variance, times)
        assert (got.slope, got.statistic, got.departure) == pytest.approx(expected)
        assert got.departure_df == 2


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("scores", [None, [1, 2, 5]])
def test_values_weigh_by_the_errors_that_their_limits_imply(level, scores):
    values, errors = np.array([1.0, 2, 4]), np.array([0.5, 1, 0.25])
    reach = errors * NormalDist().inv_cdf(0.5 + level / 2)
    got = trend_in_values(values, values - reach, values + reach, scores, level)
    expected = weighted(values, 1 / errors**2, scores or [1, 2, 3])
    assert (got.slope, got.statistic, got.departure) == pytest.approx(expected)
    assert got.departure_df == 1
    assert got.p_value == pytest.approx(chi2_on_one(got.statistic))


def test_limits_are_taken_as_95_percent_unless_told():
    limits = [0, 1, 2], [2, 3, 5]
    assert trend_in_values([1, 2, 4], *limits) == trend_in_values([1, 2, 4], *limits, level=0.95)
    assert trend_in_values([1, 2, 4], *limits) != trend_in_values([1, 2, 4], *limits, level=0.9)


def test_zero_counts_and_full_proportions_are_allowed():
    assert trend_in_rates([0, 1, 2], [5, 5, 5]).slope == pytest.approx(0.2)
    assert trend_in_proportions([0, 3, 6], [6, 6, 6]).slope == pytest.approx(0.5)
    # A rate may have more events than its denominator.
    assert trend_in_rates([1, 2, 3], [1, 1, 1]).slope == pytest.approx(1)
    assert trend_in_rates([1, 2, 3], [0.5, 0.5, 0.5]).slope == pytest.approx(2)


NUMBERS = "expected numbers. Read suppressed symbols as missing first."
LENGTHS = "expected the same number of each, at least three."
COUNTS = "Expected counts of zero or above and denominators above zero."
INFINITE = "Found missing or infinite values; leave those points out first."
SCORES = "Found missing or infinite scores; expected a time for every point."
THREE = "Expected values, limits and scores of equal length, at least three."
LIMITS = "Expected finite values with upper limits above lower limits."
TEXT = f"that are not numbers (could not convert string to float: 'c'); {NUMBERS}"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: trend_in_rates("c", [1]), f"Found counts {TEXT}"),
        (lambda: trend_in_rates([1], "c"), f"Found populations {TEXT}"),
        (lambda: trend_in_rates([1], [1], "c"), f"Found scores {TEXT}"),
        (lambda: trend_in_proportions("c", [1]), f"Found successes {TEXT}"),
        (lambda: trend_in_proportions([1], "c"), f"Found totals {TEXT}"),
        (lambda: trend_in_proportions([1], [1], "c"), f"Found scores {TEXT}"),
        (lambda: trend_in_values("c", [1], [1]), f"Found values {TEXT}"),
        (lambda: trend_in_values([1], "c", [1]), f"Found lower {TEXT}"),
        (lambda: trend_in_values([1], [1], "c"), f"Found upper {TEXT}"),
        (lambda: trend_in_values([1], [1], [1], "c"), f"Found scores {TEXT}"),
        (
            lambda: trend_in_rates([1, 2], [5, 5]),
            f"Found 2 counts, 2 denominators and 2 scores; {LENGTHS}",
        ),
        (
            lambda: trend_in_rates([1, 2, 3], [5, 5, 5, 5]),
            f"Found 3 counts, 4 denominators and 3 scores; {LENGTHS}",
        ),
        (
            lambda: trend_in_proportions([1, 2, 3], [5, 5, 5], [1, 2, 3, 4]),
            f"Found 3 counts, 3 denominators and 4 scores; {LENGTHS}",
        ),
        (lambda: trend_in_rates([1, np.nan, 3], [5, 5, 5]), INFINITE),
        (lambda: trend_in_rates([1, 2, 3], [5, np.inf, 5]), INFINITE),
        (lambda: trend_in_rates([1, 2, 3], [5, 5, 5], [1, 2, np.nan]), SCORES),
        (lambda: trend_in_rates([1, -0.5, 3], [5, 5, 5]), COUNTS),
        (lambda: trend_in_rates([1, 2, 3], [5, 0, 5]), COUNTS),
        (
            lambda: trend_in_rates([1, 2, 3], [5, 5, 5], [7, 7, 7]),
            "All scores are equal; expected at least two different times.",
        ),
        (
            lambda: trend_in_rates([0, 0, 0], [5, 5, 5]),
            "All counts are zero; there is no trend to test.",
        ),
        (
            lambda: trend_in_proportions([1, 2, 6], [5, 5, 5]),
            "Found more successes than the total; expected a proportion up to 1.",
        ),
        (
            lambda: trend_in_proportions([0, 0, 0], [5, 5, 5]),
            "All proportions are 0 or all are 1; there is no trend to test.",
        ),
        (
            lambda: trend_in_proportions([5, 5, 5], [5, 5, 5]),
            "All proportions are 0 or all are 1; there is no trend to test.",
        ),
        (lambda: trend_in_values([1, 2], [0, 1], [2, 3]), THREE),
        (lambda: trend_in_values([1, 2, 3], [0, 1], [2, 3, 4]), THREE),
        (lambda: trend_in_values([1, 2, 3], [0, 1, 2], [2, 3]), THREE),
        (lambda: trend_in_values([1, 2, 3], [0, 1, 2], [2, 3, 4], [1, 2]), THREE),
        (lambda: trend_in_values([1, np.nan, 3], [0, 1, 2], [2, 3, 4]), LIMITS),
        (lambda: trend_in_values([1, 2, 3], [0, -np.inf, 2], [2, 3, 4]), LIMITS),
        (lambda: trend_in_values([1, 2, 3], [0, 2, 2], [2, 2, 4]), LIMITS),
        (
            lambda: trend_in_values([1, 2, 3], [0, 1, 2], [2, 3, 4], level=95),
            "Found a confidence level of 95; expected a share such as 0.95.",
        ),
    ],
)
def test_bad_input_is_refused_in_full(call, message):
    with pytest.raises(TrendError) as caught:
        call()
    assert str(caught.value) == message


# ---- the verdict on the latest points


def even(step, points=5):
    """Counts a step apart with mean 100, of 1,000 each: chi-squared is step squared over 10."""
    return 100 + step * (np.arange(points) - (points - 1) / 2)


def test_a_significant_rise_in_every_part():
    got = recent_trend(YEARS, even(10), [1000] * 5)
    assert got.direction == "increasing"
    assert got.reason == "Significant at 99.8% and not due to a single point."
    assert got.statistic == pytest.approx(10)
    assert got.p_value == pytest.approx(chi2_on_one(10))
    assert got.slope == pytest.approx(0.01)
    assert got.overdispersion == pytest.approx(0, abs=1e-12)
    assert got.years == (2021, 2022, 2023, 2024, 2025)
    assert got.warnings == ()
    fall = recent_trend(YEARS, even(-10), [1000] * 5)
    assert (fall.direction, fall.reason) == ("decreasing", got.reason)


def test_the_threshold_is_chi_squared_above_9_5495_unless_told():
    assert recent_trend(YEARS, even(math.sqrt(95.6)), [1000] * 5).direction == "increasing"
    below = recent_trend(YEARS, even(math.sqrt(95.4)), [1000] * 5)
    assert below.direction == "no significant change"
    assert below.reason == "The trend is not significant at 99.8%."
    # At 95% the threshold is 1.96 squared.
    for step, direction in ((6.25, "increasing"), (6.15, "no significant change")):
        got = recent_trend(YEARS, even(step), [1000] * 5, confidence=0.95)
        assert got.direction == direction
        assert "at 95.0%" in got.reason


def test_a_rate_is_poisson_unless_called_a_proportion():
    rate = recent_trend(YEARS, even(10), [1000] * 5)
    assert rate == recent_trend(YEARS, even(10), [1000] * 5, kind="rate")
    share = recent_trend(YEARS, even(10), [1000] * 5, kind="proportion")
    assert share.statistic == pytest.approx(10 / 0.9)


def test_only_the_latest_points_asked_for_count_in_any_order_of_rows():
    years = [2024, 2019, 2021, 2023, 2020, 2022]
    counts = dict(zip([2019, 2020], [900, 700], strict=True)) | dict(
        zip([2021, 2022, 2023, 2024], even(20, 4), strict=True)
    )
    got = recent_trend(years, [counts[year] for year in years], [1000] * 6, points=4)
    assert got.years == (2021, 2022, 2023, 2024)
    assert got.statistic == pytest.approx(20**2 * 5 / 100)
    assert got.slope == pytest.approx(0.02)
    assert got.direction == "increasing"


def test_years_and_counts_may_come_as_text():
    text = [str(year) for year in YEARS], [str(count) for count in even(10)], ["1000"] * 5
    assert recent_trend(*text) == recent_trend(YEARS, even(10), [1000] * 5)


def test_a_gap_before_the_latest_points_is_only_said():
    got = recent_trend([2019, 2020, *YEARS], [None, 50, *even(10)], [1000] * 7)
    assert got.direction == "increasing"
    assert got.warnings == ("No value in 2019: left out of the fit.",)


def test_scatter_beyond_the_95_percent_point_of_its_chi_squared_is_said():
    # Weights are 10,000 / 1,000 a squared count: a bend of a (2, -1, -2, -1, 2) adds 14 a^2 / 100.
    # Chi-squared on 3 degrees of freedom is above 7.815 once in twenty.
    bend = np.array([2, -1, -2, -1, 2])
    for size, said in ((7.40, False), (7.55, True)):
        got = recent_trend(YEARS, even(20) + size * bend, [1000] * 5)
        assert got.overdispersion == pytest.approx(14 * size**2 / 100 / 3)
        assert bool(got.warnings) is said
    assert got.warnings == (
        "The points scatter around the trend 2.7 times as much as the test assumes; "
        "it calls trends too readily here.",
    )


def test_a_missing_value_comes_before_scatter_in_what_is_said():
    bent = even(20) + 10 * np.array([2, -1, -2, -1, 2])
    got = recent_trend([2020, *YEARS], [np.nan, *bent], [1000] * 6)
    assert [note[:12] for note in got.warnings] == ["No value in ", "The points s"]


@pytest.mark.parametrize(
    ("kind", "counts", "totals"),
    [
        # The others are all zero, all one, all alike, level, or move the other way.
        ("rate", [0, 0, 0, 0, 50], [100] * 5),
        ("proportion", [100, 100, 100, 100, 50], [100] * 5),
        ("rate", [20, 60, 40, 140, 400], [100, 300, 200, 700, 1000]),
        ("rate", [4, 12, 12, 4, 60], [64] * 5),
        ("rate", [60, 58, 56, 54, 150], [1000] * 5),
        ("rate", [140, 142, 144, 146, 50], [1000] * 5),
    ],
)
def test_a_direction_that_rests_on_one_year_is_no_change(kind, counts, totals):
    got = recent_trend(YEARS, counts, totals, kind=kind)
    assert got.statistic > 9.5495
    assert got.direction == "no significant change"
    assert got.reason == "The direction rests on 2025 alone."
    mirrored = recent_trend(YEARS, counts[::-1], totals[::-1], kind=kind)
    assert mirrored.reason == "The direction rests on 2021 alone."


def test_a_direction_holds_by_the_years_however_far_apart():
    # One row after another the rates of all but the first fall; by the years they rise.
    years, sizes = np.array([2008, 2016, 2017, 2018, 2022]), np.array([19, 5, 5, 9, 5]) * 1000
    counts = np.array([410, 330, 400, 190, 380])
    got = recent_trend(years, counts, sizes)

    def slope(times, kept):
        rates, weights = (counts / sizes)[kept], np.sqrt(sizes[kept])
        return np.polyfit(times[kept], rates, 1, w=weights)[0]

    without = [np.arange(5) != left_out for left_out in range(5)]
    assert min(slope(years, kept) for kept in without) > 0
    assert min(slope(np.arange(5), kept) for kept in without) < 0
    assert got.direction == "increasing"
    assert got.slope == pytest.approx(slope(years, np.full(5, True)))


def test_a_rise_counts_where_populations_shrink_as_counts_grow():
    counts = np.array([80, 100, 125, 160, 200])
    assert recent_trend(YEARS, counts, 400_000 / counts).direction == "increasing"


@pytest.mark.parametrize(
    ("years", "counts", "reason", "seen", "warnings"),
    [
        (
            YEARS[:4],
            [5, 6, 7, 8],
            "Not enough data points among the latest 5.",
            (2021, 2022, 2023, 2024),
            (),
        ),
        (
            [2020, *YEARS],
            [5, 6, 7, 8, None, 9],
            "Missing values among the latest 5.",
            (2021, 2022, 2023, 2024, 2025),
            (
                "No value in 2024: left out of the fit.",
                "The years are not equally spaced: autocorrelation measures treat "
                "neighbouring points as one step apart.",
            ),
        ),
    ],
)
def test_what_cannot_be_calculated_says_why_and_has_no_numbers(
    years, counts, reason, seen, warnings
):
    got = recent_trend(years, counts, [1000] * len(years))
    assert (got.direction, got.reason) == ("cannot be calculated", reason)
    assert (got.statistic, got.p_value, got.slope, got.overdispersion) == (None,) * 4
    assert got.years == seen
    assert got.warnings == warnings


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "mean"}, "Found kind 'mean'; expected rate or proportion."),
        ({"points": 3}, "Found points=3; expected a whole number, 4 or more."),
        ({"confidence": 99.8}, "Found a confidence level of 99.8; expected a share such as 0.95."),
    ],
)
def test_bad_options_are_refused_in_full(options, message):
    with pytest.raises(TrendError) as caught:
        recent_trend(YEARS, even(10), [1000] * 5, **options)
    assert str(caught.value) == message


def test_denominators_are_named_where_they_are_wrong():
    with pytest.raises(TrendError) as caught:
        recent_trend(YEARS, even(10), None)
    assert str(caught.value) == "Found denominators with 0 dimensions; expected a single series."
