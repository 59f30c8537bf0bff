import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from care_study.statistics.comparison import (
    averages,
    compare_lists,
    excess_over_neighbours,
    gap,
    implied_count,
    leave_one_out,
    mean_interval,
    median_interval,
    prediction_test,
    random_effects_mean,
    rank,
)
from care_study.statistics.intervals import poisson_rate

RATES = pd.Series(
    {"Ash": 50, "Bow": 60, "Cam": 55, "Dee": 47, "Esk": 52, "Fal": 58, "Nar": 61, "Ore": 70}
)
GAPPY = pd.concat([RATES, pd.Series({"Tay": np.nan, "Ure": None})])


@pytest.fixture(autouse=True)
def no_warning_noise():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# ---- gaps


def test_gap_to_the_mean_is_the_t_interval():
    got = gap(70, RATES)
    low, high = stats.ttest_1samp(RATES, 0).confidence_interval(0.95)
    assert got.gap.estimate == pytest.approx(70 - RATES.mean())
    assert (got.gap.lower, got.gap.upper) == pytest.approx((70 - high, 70 - low))
    assert got.conclusion == "above"
    assert got.n == 8


def test_gap_below_and_not_distinguishable():
    assert gap(20, RATES).conclusion == "below"
    assert gap(56, RATES).conclusion == "not distinguishable"


def test_gap_to_the_median_uses_order_statistics():
    got = gap(70, RATES, statistic="median")
    ordered = sorted(RATES)
    assert got.comparator.estimate == np.median(ordered)
    assert (got.gap.lower, got.gap.upper) == (70 - ordered[-1], 70 - ordered[0])
    assert "99.2%" in got.comparator.method


def test_missing_neighbours_are_left_out_and_named():
    got = gap(70, GAPPY)
    assert got.n == 8
    assert got.missing == ("Tay", "Ure")
    assert got.gap.lower == gap(70, RATES).gap.lower
    assert got.gap.estimate == gap(70, RATES).gap.estimate
    assert got.warnings == ("8 of 10 neighbours used; no value for Tay, Ure.",)


@pytest.mark.parametrize(
    "compare",
    [
        lambda values: gap(70, values),
        lambda values: gap(70, values, statistic="median"),
        lambda values: prediction_test(70, values),
        lambda values: rank(70, values),
        lambda values: leave_one_out(70, values),
        mean_interval,
        lambda values: excess_over_neighbours(700, 135_000, values),
    ],
)
def test_all_missing_is_a_clear_error(compare):
    with pytest.raises(ValueError, match=r"All 2 neighbours are missing \(Ash, Bow\)"):
        compare({"Ash": np.nan, "Bow": None})
    with pytest.raises(ValueError, match="no neighbours"):
        compare([])


@pytest.mark.parametrize("area", [np.nan, None, "c"])
def test_own_value_missing_is_a_clear_error(area):
    with pytest.raises(ValueError, match="own value"):
        gap(area, RATES)


def test_text_among_neighbours_is_a_clear_error():
    with pytest.raises(ValueError, match="not a number"):
        gap(70, {"Ash": "c"})
    with pytest.raises(ValueError, match="Bow is infinite"):
        gap(70, {"Ash": 1, "Bow": np.inf})


def test_one_neighbour_has_no_interval():
    got = gap(70, {"Ash": 50})
    assert got.gap.estimate == 20
    assert np.isnan(got.gap.lower) and np.isnan(got.gap.upper)
    assert got.conclusion == "no interval"
    assert "One neighbour only" in got.warnings[0]


def test_five_neighbours_have_no_median_interval():
    got = median_interval([1, 2, 3, 4, 5])
    assert got.estimate == 3 and np.isnan(got.lower)
    assert "too few" in got.warnings[0]
    assert not np.isnan(median_interval([1, 2, 3, 4, 5], level=0.9).lower)


def test_median_interval_whose_coverage_is_exactly_the_level():
    # Lowest to highest of six covers the median with 1 - 2 / 2**6 exactly.
    got = median_interval([1, 2, 3, 4, 5, 6], level=1 - 2 / 2**6)
    assert (got.lower, got.upper) == (1, 6)


def test_constant_neighbours_say_that_the_interval_has_no_width():
    got = gap(70, [0.3, 0.3, 0.3])
    assert got.gap.lower == got.gap.upper
    assert "no width" in got.warnings[0]


def test_wider_at_more_confidence():
    assert gap(70, RATES, level=0.998).gap.lower < gap(70, RATES).gap.lower


# ---- place


def test_prediction_test_is_the_two_sample_t_test_with_one_case():
    got = prediction_test(70, RATES)
    expected = stats.ttest_ind([70], RATES)
    assert (got.t, got.p_value, got.df) == pytest.approx(
        (expected.statistic, expected.pvalue, expected.df)
    )
    assert got.share_below == pytest.approx(1 - expected.pvalue / 2)
    assert got.z == pytest.approx((70 - RATES.mean()) / RATES.std())


def test_prediction_interval_and_p_value_agree():
    edge = prediction_test(70, RATES).upper
    assert prediction_test(edge, RATES).p_value == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("values", "why"), [([5.0], "one neighbour"), ([0.3, 0.3, 0.3], "same value")]
)
def test_prediction_without_spread_says_why(values, why):
    got = prediction_test(7, values)
    assert np.isnan(got.p_value)
    assert why in got.warnings[-1]


def test_rank_shows_ties_as_a_range():
    got = rank(60, GAPPY)
    assert (got.best, got.worst, got.n, got.tied) == (3, 4, 9, ("Bow",))
    assert got.missing == ("Tay", "Ure")
    low = rank(60, GAPPY, highest_first=False)
    assert (low.best, low.worst) == (6, 7)
    assert rank(99, RATES).best == rank(99, RATES).worst == 1


# ---- leave one out


def test_leave_one_out_names_the_neighbour_that_turns_the_conclusion():
    got = leave_one_out(61.5, RATES)
    assert len(got) == 9
    assert got.loc[0, "left_out"] == "" and not got.loc[0, "flips"]
    for _, line in got.iloc[1:].iterrows():
        alone = gap(61.5, RATES.drop(line["left_out"]))
        assert line["gap_lower"] == alone.gap.lower
        assert line["flips"] == (alone.conclusion != got.loc[0, "conclusion"])
    assert got["flips"].any() and not got["flips"].all()


def test_leave_one_out_needs_two():
    with pytest.raises(ValueError, match="leaves nobody"):
        leave_one_out(3, {"Ash": 1, "Bow": np.nan})


# ---- lists


def test_lists_that_agree():
    got = compare_lists(90, {"2021 list": RATES, "2025 list": RATES + 3})
    assert not got.conclusion_flips
    assert len(got.table) == 4
    assert got.reason == "Every comparator that has an interval puts the area above its neighbours."


def test_lists_that_disagree_say_which():
    got = compare_lists(66, {"2021 list": RATES, "2025 list": RATES + 8})
    assert got.conclusion_flips
    assert "the mean of the 2021 list puts the area above" in got.reason
    assert "neither clearly above nor clearly below" in got.reason


def test_rows_without_an_interval_do_not_flip():
    got = compare_lists(90, {"2021 list": RATES, "2025 list": [50.0]})
    assert not got.conclusion_flips
    assert any("2025 list: One neighbour only" in note for note in got.warnings)
    assert "none concludes" in compare_lists(90, {"2025 list": [50.0]}).reason


def test_a_list_without_values_is_named():
    with pytest.raises(ValueError, match="2025 list: All 1 neighbours"):
        compare_lists(90, {"2021 list": RATES, "2025 list": [np.nan]})
    with pytest.raises(ValueError, match="no neighbour list"):
        compare_lists(90, {})


# ---- averages


def test_pooled_and_simple_mean():
    x, n = np.array([10, 200, 35]), np.array([100, 1000, 500])
    got = averages(x, n)
    assert got.pooled.estimate == pytest.approx(245 / 1600)
    assert got.simple.estimate == pytest.approx(np.mean(x / n))


def test_pooled_error_is_the_robust_error_of_a_ratio():
    rng = np.random.default_rng(3)
    n = rng.integers(100, 3000, 12).astype(float)
    x = rng.poisson(n * 0.05).astype(float)
    fit = sm.WLS(x, n, weights=1 / n).fit(cov_type="HC1", use_t=True)
    got = averages(x, n)
    assert got.pooled.estimate == pytest.approx(fit.params[0])
    assert (got.pooled.lower, got.pooled.upper) == pytest.approx(tuple(fit.conf_int()[0]))


def test_averages_with_missing_and_with_one_area():
    got = averages([10, np.nan, 20], [100, 100, 300])
    assert got.n == 2 and "1 of 3" in got.warnings[0]
    one = averages([10], [100])
    assert one.pooled.estimate == 0.1 and np.isnan(one.pooled.lower)
    assert "One area only" in one.warnings[0]
    with pytest.raises(ValueError, match="All 2 areas"):
        averages([np.nan, 1], [5, np.nan])
    with pytest.raises(ValueError, match="denominator at position 0"):
        averages([1], [0])


@pytest.mark.parametrize(
    ("method", "theirs"),
    [
        ("paule-mandel", {"method_re": "pm", "atol": 1e-12}),
        ("dersimonian-laird", {"method_re": "dl"}),
    ],
)
def test_random_effects_agrees_with_statsmodels(method, theirs):
    rng = np.random.default_rng(8)
    v = rng.uniform(0.5, 4, 11)
    y = rng.normal(60, 3, 11) + rng.normal(0, np.sqrt(v))
    expected = combine_effects(y, v, use_t=True, **theirs)
    ours = random_effects_mean(y, v, method=method)
    assert ours.tau2 == pytest.approx(expected.tau2, rel=1e-6)
    assert ours.mean.estimate == pytest.approx(expected.mean_effect_re, rel=1e-8)
    # Theirs lets the adjustment narrow the interval; ours does not.
    narrow = float(expected.conf_int(use_t=True)[3][1]) - expected.mean_effect_re
    factor = np.sqrt(((y - ours.mean.estimate) ** 2 / (v + ours.tau2)).sum() / 10)
    half = ours.mean.upper - ours.mean.estimate
    assert half == pytest.approx(narrow / min(1, factor), rel=1e-6)


@pytest.mark.parametrize("method", ["paule-mandel", "dersimonian-laird"])
def test_areas_that_agree_have_no_between_variance(method):
    got = random_effects_mean([60, 60.1, 59.9], [4, 5, 6], method=method)
    assert got.tau2 == 0 and got.i2 == 0


def test_random_effects_leaves_missing_out_and_rejects_bad_variances():
    assert "1 of 4" in random_effects_mean([1, 2, 4, np.nan], [1, 1, 1, 1]).warnings[0]
    with pytest.raises(ValueError, match="variances at position 1 is 0"):
        random_effects_mean([1, 2], [1, 0])
    with pytest.raises(ValueError, match="two or more"):
        random_effects_mean([1, np.nan], [1, 1])
    with pytest.raises(ValueError, match="expected the same"):
        random_effects_mean([1, 2, 3], [1, 1])


def test_random_effects_prediction_interval():
    # With equal variances the mean is the plain mean and its variance (tau2 + v) / n.
    y, v, n = np.array([50, 60, 55, 47, 70.0]), 2.0, 5
    got = random_effects_mean(y, np.full(n, v))
    assert got.tau2 == pytest.approx(y.var(ddof=1) - v)
    reach = stats.t.ppf(0.975, n - 2) * np.sqrt(got.tau2 + (got.tau2 + v) / n)
    assert (got.prediction_lower, got.prediction_upper) == pytest.approx(
        (y.mean() - reach, y.mean() + reach)
    )


def test_two_areas_have_no_prediction_interval():
    got = random_effects_mean([1, 5], [1, 1])
    assert np.isnan(got.prediction_lower) and not np.isnan(got.mean.lower)


# ---- implied count


def test_implied_count_carries_the_interval():
    rate = mean_interval(RATES)
    got = implied_count(rate, 135_000)
    assert got.estimate == pytest.approx(rate.estimate * 13.5)
    assert (got.lower, got.upper) == pytest.approx((rate.lower * 13.5, rate.upper * 13.5))


def test_implied_count_of_a_bare_rate_has_no_interval():
    got = implied_count(50, 10_000)
    assert got.estimate == 50 and np.isnan(got.lower) and got.warnings


@pytest.mark.parametrize(
    ("rate", "population", "message"),
    [(50, 0, "population is 0"), (50, np.nan, "population is nan"), (-1, 5, "rate is -1")],
)
def test_bad_implied_counts_are_named(rate, population, message):
    with pytest.raises(ValueError, match=message):
        implied_count(rate, population)


def test_excess_states_both_estimands():
    got = excess_over_neighbours(900, 135_000, RATES)
    implied, own = implied_count(mean_interval(RATES), 135_000), poisson_rate(900)
    assert got.excess.estimate == pytest.approx(900 - implied.estimate)
    assert (got.excess.lower, got.excess.upper) == pytest.approx(
        (900 - implied.upper, 900 - implied.lower)
    )
    down = np.hypot(900 - own.lower, implied.upper - implied.estimate)
    assert got.underlying.lower == pytest.approx(got.excess.estimate - down)
    assert got.underlying.lower < got.excess.lower < got.excess.upper < got.underlying.upper


def test_results_are_plain_numbers_whatever_the_input():
    got = excess_over_neighbours(np.int64(900), np.float64(135_000), RATES.astype("Float64"))
    for interval in (got.implied, got.excess, got.underlying):
        assert [type(v) for v in (interval.estimate, interval.lower, interval.upper)] == [float] * 3


def test_excess_over_the_median_and_with_bad_counts():
    got = excess_over_neighbours(700, 100_000, GAPPY, statistic="median")
    assert got.implied.estimate == pytest.approx(RATES.median() * 10)
    assert got.warnings == ("8 of 10 neighbours used; no value for Tay, Ure.",)
    with pytest.raises(ValueError, match="count is nan"):
        excess_over_neighbours(np.nan, 100_000, RATES)


# ---- the intervals hold what they promise (seeded simulation)

DRAWS = 4000


def share_covered(draw, compute, truth):
    rng = np.random.default_rng(2024)
    hits = 0
    for _ in range(DRAWS):
        got = compute(draw(rng))
        hits += got.lower <= truth <= got.upper
    return hits / DRAWS


def test_mean_interval_covers_95_percent():
    covered = share_covered(lambda rng: rng.normal(55, 8, 10), mean_interval, 55)
    assert 0.93 <= covered <= 0.97


def test_median_interval_covers_at_least_95_percent_of_skewed_values():
    covered = share_covered(lambda rng: rng.lognormal(4, 0.5, 10), median_interval, np.exp(4))
    assert 0.95 <= covered <= 0.99


def test_prediction_interval_covers_95_percent():
    rng = np.random.default_rng(4)
    p = [prediction_test(v[0], v[1:]).p_value for v in rng.normal(55, 8, (DRAWS, 11))]
    assert 0.03 <= np.mean(np.array(p) < 0.05) <= 0.07


def test_random_effects_mean_covers_95_percent():
    rng = np.random.default_rng(9)
    hits = 0
    for _ in range(1500):
        v = rng.uniform(1, 9, 10)
        y = rng.normal(60, 3, 10) + rng.normal(0, np.sqrt(v))
        got = random_effects_mean(y, v).mean
        hits += got.lower <= 60 <= got.upper
    assert 0.93 <= hits / 1500 <= 0.97


def test_excess_covers_95_percent_of_underlying_excess():
    rng = np.random.default_rng(10)
    hits = 0
    for _ in range(DRAWS):
        got = excess_over_neighbours(rng.poisson(700), 120_000, rng.normal(50, 6, 10))
        hits += got.underlying.lower <= 100 <= got.underlying.upper
    assert 0.93 <= hits / DRAWS <= 0.97
