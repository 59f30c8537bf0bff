import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson, confint_poisson_2indep

from care_study.statistics.intervals import (
    Interval,
    add_intervals,
    funnel,
    mover,
    multinomial_shares,
    poisson_rate,
    proportion,
    proportion_difference,
    rate_difference,
    rate_ratio,
)

RATE_METHODS = ["exact", "midp", "score", "byar"]
COUNTS = np.array([0, 1, 4, 9, 10, 57, 830, 12_345])


@pytest.fixture(autouse=True)
def no_warning_noise():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# ---- one rate


@pytest.mark.parametrize("method", RATE_METHODS)
def test_rate_array_equals_scalars(method):
    together = poisson_rate(COUNTS, 1000, method=method)
    for i, count in enumerate(COUNTS):
        alone = poisson_rate(count, 1000, method=method)
        assert isinstance(alone.lower, float)
        assert (alone.estimate, alone.lower, alone.upper) == pytest.approx(
            (together.estimate[i], together.lower[i], together.upper[i])
        )


@pytest.mark.parametrize("method", RATE_METHODS)
def test_missing_in_missing_out(method):
    got = poisson_rate([5, np.nan, 7], [100, 100, np.nan], method=method)
    assert np.isnan(got.estimate).tolist() == [False, True, True]
    assert np.isnan(got.lower).tolist() == [False, True, True]
    assert np.isnan(got.upper).tolist() == [False, True, True]


def test_all_missing_gives_all_missing():
    assert np.isnan(poisson_rate([np.nan, None]).upper).all()
    assert np.isnan(poisson_rate(np.nan).upper)


def test_midp_agrees_with_statsmodels():
    for count in (1, 5, 15, 137):
        got = poisson_rate(count, method="midp")
        assert (got.lower, got.upper) == pytest.approx(
            confint_poisson(count, 1, method="midp-c"), rel=1e-6
        )


def test_midp_of_zero_has_its_closed_form():
    assert poisson_rate(0, method="midp").upper == pytest.approx(-np.log(0.05))
    assert poisson_rate(0, method="midp").lower == 0


def test_byar_is_exact_below_ten_and_close_to_exact_from_ten():
    few, many = np.arange(10), np.arange(10, 2000)
    byar, exact = poisson_rate(few, method="byar"), poisson_rate(few)
    np.testing.assert_array_equal(byar.lower, exact.lower)
    np.testing.assert_array_equal(byar.upper, exact.upper)
    byar, exact = poisson_rate(many, method="byar"), poisson_rate(many)
    # Public Health England, Technical Guide: Confidence intervals (2018): within 0.2%
    assert np.abs(byar.lower / exact.lower - 1).max() < 0.002
    assert np.abs(byar.upper / exact.upper - 1).max() < 0.002
    assert np.abs(byar.lower / exact.lower - 1).min() > 0


def test_rate_accepts_nullable_series_and_two_dimensions():
    series = pd.Series([3, pd.NA], dtype="Int64")
    assert np.isnan(poisson_rate(series, 10).estimate[1])
    assert poisson_rate(np.ones((2, 3)), 10).upper.shape == (2, 3)
    assert poisson_rate([], []).estimate.shape == (0,)


def test_exposure_sets_the_unit():
    per_child = poisson_rate(612, 135_000)
    per_10_000 = poisson_rate(612, 13.5)
    assert per_child.scaled(10_000).upper == pytest.approx(per_10_000.upper)
    assert per_child.scaled(10_000).method == per_child.method


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([3, -1],), "count at position 1 is -1"),
        (([3, -1, -2],), "and 1 more"),
        (([3, 4], [10, 0]), "exposure at position 1 is 0"),
        (([3], [-5]), "exposure at position 0 is -5"),
        ((["c"],), "missing values first"),
        (([np.inf],), "finite"),
        (([1, 2], [1, 2, 3]), "shapes"),
    ],
)
def test_bad_rates_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        poisson_rate(*arguments)


def test_zero_exposure_with_missing_count_is_missing():
    assert np.isnan(poisson_rate([np.nan], [0]).estimate[0])


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, "95%", np.nan])
def test_level_must_be_a_share(level):
    with pytest.raises(ValueError, match=r"0\.95"):
        poisson_rate(3, level=level)


def test_unknown_method_lists_the_known_ones():
    with pytest.raises(ValueError, match="exact, midp, score, byar"):
        poisson_rate(3, method="wald")


def test_scaling_needs_a_positive_number():
    with pytest.raises(ValueError, match="positive"):
        poisson_rate(3).scaled(0)


# ---- one proportion


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("wilson", "wilson"),
        ("exact", "beta"),
        ("jeffreys", "jeffreys"),
        ("agresti-coull", "agresti_coull"),
    ],
)
def test_proportion_is_the_library_value(ours, theirs):
    got = proportion([0, 3, 10], 10, method=ours)
    lower, upper = proportion_confint(np.array([0, 3, 10]), 10, method=theirs)
    if ours == "jeffreys":
        lower[0], upper[2] = 0, 1  # changed by Brown, Cai & DasGupta to hold the estimate
    np.testing.assert_allclose((got.lower, got.upper), (lower, upper))
    assert np.isnan(proportion(np.nan, 10, method=ours).lower)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 6], 5), "successes at position 1 is 6; expected no more than trials"),
        (([-1], 5), "successes at position 0"),
        (([0], 0), "trials at position 0 is 0"),
    ],
)
def test_bad_proportions_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        proportion(*arguments)


# ---- two samples


def test_difference_of_proportions_is_antisymmetric():
    there, back = proportion_difference(7, 34, 1, 30), proportion_difference(1, 30, 7, 34)
    assert (there.lower, there.upper) == pytest.approx((-back.upper, -back.lower))


def test_difference_of_proportions_names_the_bad_group():
    with pytest.raises(ValueError, match="successes_2 at position 0"):
        proportion_difference(1, 2, [3], [2])


@pytest.mark.parametrize("method", ["score", "exact"])
def test_ratio_inverts_when_groups_swap(method):
    there = rate_ratio(60, 5, 30, 7, method=method)
    back = rate_ratio(30, 7, 60, 5, method=method)
    assert (there.lower, there.upper) == pytest.approx((1 / back.upper, 1 / back.lower))


def test_ratio_of_scalars_without_events_in_the_second_group():
    got = rate_ratio(1, 1, 0, 1)
    assert got.upper == np.inf and got.lower > 0
    assert np.isnan(rate_ratio(0, 1, 0, 1).estimate)


def test_ratio_with_no_events_says_so():
    got = rate_ratio([0, 4, 0, np.nan], 1, [0, 0, 4, 1], 1)
    assert np.isnan(got.estimate[[0, 3]]).all()
    assert (got.lower[0], got.upper[0]) == (0, np.inf)
    assert got.estimate[1] == np.inf and got.upper[1] == np.inf and got.lower[1] > 0
    assert got.estimate[2] == 0 and got.lower[2] == 0
    assert np.isnan(got.lower[3]) and np.isnan(got.upper[3])
    assert len(got.warnings) == 2


def test_difference_of_rates_score_agrees_with_statsmodels():
    for groups in [(60, 51.5, 30, 54.3), (5, 2.0, 9, 1.0), (900, 10.0, 850, 11.0)]:
        got = rate_difference(*groups)
        expected = confint_poisson_2indep(*groups, method="score", compare="diff")
        assert (got.lower, got.upper) == pytest.approx(expected, rel=1e-5)
        got = rate_difference(*groups, method="mover")
        expected = confint_poisson_2indep(
            *groups, method="mover", compare="diff", method_mover="score"
        )
        assert (got.lower, got.upper) == pytest.approx(expected)


def test_difference_of_rates_without_events_has_its_closed_form():
    # With no events in either group the score limit solves e**2 = z**2 * e / n.
    z2 = stats.norm.isf(0.025) ** 2
    got = rate_difference([0, np.nan], 4, 0, 2)
    assert (got.lower[0], got.upper[0]) == pytest.approx((-z2 / 2, z2 / 4))
    assert np.isnan(got.lower[1])


def test_difference_of_rates_names_the_bad_group():
    with pytest.raises(ValueError, match="exposure_2 at position 0 is 0"):
        rate_difference(1, 1, [1], [0])


def test_mover_needs_one_level():
    with pytest.raises(ValueError, match=r"levels 0\.95 and 0\.9"):
        mover(poisson_rate(3), poisson_rate(3, level=0.9))


def test_mover_of_normal_intervals_is_the_normal_interval():
    got = mover(Interval(5, 2, 8, 0.95, "a"), Interval(1, -3, 5, 0.95, "b"))
    assert (got.estimate, got.lower, got.upper) == (4, -1, 9)


# ---- shares


def test_shares_by_row_equal_rows_alone():
    table = [[56, 72, 73], [5, 50, 9], [np.nan, 3, 4]]
    got = multinomial_shares(table)
    alone = multinomial_shares(table[1])
    np.testing.assert_allclose(got.lower[1], alone.lower)
    assert np.isnan(got.estimate[2]).all() and np.isnan(got.upper[2]).all()
    np.testing.assert_allclose(got.estimate[:2].sum(axis=1), 1)


def test_shares_warn_of_small_categories():
    assert "fewer than five" in multinomial_shares([1, 20, 30]).warnings[0]
    assert multinomial_shares([10, 20, 30]).warnings == ()
    assert "Goodman" in multinomial_shares([10, 20, 30], method="sison-glaz").warnings[0]


@pytest.mark.parametrize(
    ("counts", "message"),
    [([1, -2], "position 1 is -2"), ([0, 0], "sum of counts"), ([5], "two or more categories")],
)
def test_bad_shares_are_named(counts, message):
    with pytest.raises(ValueError, match=message):
        multinomial_shares(counts)


# ---- funnel


def test_exact_funnel_flags_what_the_exact_interval_flags():
    rng = np.random.default_rng(5)
    n = rng.integers(200, 40_000, 150)
    x = rng.poisson(n * 0.005 * rng.lognormal(0, 0.3, 150))
    got = funnel(x, n)
    own = poisson_rate(x, n)
    beyond = (own.lower > got.target) | (own.upper < got.target)
    assert beyond.sum() > 5
    np.testing.assert_array_equal(got.points["outside"] >= 0.95, beyond)


def test_exact_proportion_funnel_flags_what_clopper_pearson_flags():
    rng = np.random.default_rng(6)
    n = rng.integers(10, 2000, 150)
    x = rng.binomial(n, np.clip(rng.normal(0.2, 0.05, 150), 0.01, 1))
    got = funnel(x, n, kind="proportion")
    own = proportion(x, n, method="exact")
    beyond = (own.lower > got.target) | (own.upper < got.target)
    assert beyond.sum() > 5
    np.testing.assert_array_equal(got.points["outside"] >= 0.95, beyond)


def test_over_dispersion_recovers_a_known_variance():
    rng = np.random.default_rng(7)
    n = np.full(4000, 1000.0)
    x = rng.poisson(n * np.clip(rng.normal(0.1, 0.02, 4000), 0, None))
    got = funnel(x, n, overdispersion="additive", winsorise=0)
    assert got.tau2 == pytest.approx(0.02**2, rel=0.08)
    assert got.phi == pytest.approx(1 + 0.02**2 / (0.1 / 1000), rel=0.08)
    outside = (got.points["outside"] > 0).mean()
    assert 0.03 < outside < 0.07


def test_multiplicative_limits_widen_by_the_root_of_phi():
    x, n = [10, 60, 30, 90, 20, 45], [100, 300, 200, 300, 200, 250]
    plain = funnel(x, n, limits="normal")
    wide = funnel(x, n, overdispersion="multiplicative")
    assert wide.phi > 1
    ratio = (wide.points["upper_95"] - wide.target) / (plain.points["upper_95"] - plain.target)
    np.testing.assert_allclose(ratio, np.sqrt(wide.phi))
    assert plain.warnings and not wide.warnings


def test_under_dispersed_areas_keep_the_plain_limits():
    x, n = [10, 30, 20.2], [100, 300, 200]
    for kind in ("multiplicative", "additive"):
        got = funnel(x, n, overdispersion=kind)
        expected = funnel(x, n, limits="normal").points["upper_95"]
        np.testing.assert_allclose(got.points["upper_95"], expected)
        assert got.tau2 == 0


def test_winsorising_keeps_an_outlier_from_hiding_itself():
    x, n = [10, 11, 9, 10, 12, 8, 10, 9, 11, 60], [100] * 10
    assert funnel(x, n, winsorise=0.1).phi < funnel(x, n, winsorise=0).phi


def test_funnel_leaves_missing_areas_out():
    got = funnel([10, np.nan, 30], [100, 100, 250])
    assert got.target == pytest.approx(40 / 350)
    assert got.points.loc[1, ["value", "lower_95", "outside"]].isna().all()
    assert len(got.points) == 3


def test_curve_covers_any_denominator():
    got = funnel([10, 30], [100, 250]).curve([1, 50, 10_000])
    assert list(got.columns)[:3] == ["denominator", "lower_95", "upper_95"]
    assert (np.diff(got["upper_99_8"] - got["lower_99_8"]) < 0).all()
    with pytest.raises(ValueError, match="denominators at position 0"):
        funnel([10, 30], [100, 250]).curve([0])


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([1, np.nan], [5, 5]), {}, r"1 area\(s\)"),
        (([0, 0], [5, 5]), {}, "target rate is 0"),
        (([5, 5], [5, 5]), {"kind": "proportion"}, "below 1"),
        (([1, 2], [5, 5]), {"winsorise": 0.5}, "winsorise"),
        (([1, 2], [5, 5]), {"kind": "mean"}, "rate, proportion"),
        (([1, 2], [5, 5]), {"overdispersion": "yes"}, "additive"),
        (([1, 9], [5, 5]), {"kind": "proportion"}, "numerator at position 1"),
    ],
)
def test_bad_funnels_are_named(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        funnel(*arguments, **options)


# ---- frame


def test_frame_gets_three_columns_and_is_not_changed():
    frame = pd.DataFrame({"children": [612, None], "population": [135_000, 9_000]}, index=[7, 8])
    got = add_intervals(frame, "children", "population", multiplier=10_000, name="rate")
    assert list(got.columns) == ["children", "population", "rate", "rate_lower", "rate_upper"]
    assert got.loc[7, "rate_upper"] == pytest.approx(poisson_rate(612, 13.5).upper)
    assert np.isnan(got.loc[8, "rate"])
    assert list(frame.columns) == ["children", "population"]


def test_frame_proportion_uses_wilson():
    frame = pd.DataFrame({"x": [3], "n": [10]})
    got = add_intervals(frame, "x", "n", kind="proportion")
    assert got["proportion_lower"].iloc[0] == pytest.approx(proportion(3, 10).lower)


def test_frame_names_a_missing_column_and_a_bad_kind():
    frame = pd.DataFrame({"x": [3], "n": [10]})
    with pytest.raises(ValueError, match="no column y; it has x, n"):
        add_intervals(frame, "y", "n")
    with pytest.raises(ValueError, match="rate or proportion"):
        add_intervals(frame, "x", "n", kind="share")
