"""Intervals against formulas written out here, and what every result says about itself."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats
from statsmodels.stats.proportion import multinomial_proportions_confint

from care_study.statistics.intervals import (
    Interval,
    add_intervals,
    mover,
    multinomial_shares,
    poisson_rate,
    proportion,
    proportion_difference,
    rate_difference,
    rate_ratio,
)
from care_study.statistics.intervals.core import as_floats

LEVELS = [0.5, 0.9, 0.95, 0.99]


def wilson(successes, trials, level):
    z = stats.norm.isf((1 - level) / 2)
    middle = (successes + z**2 / 2) / (trials + z**2)
    half = z * math.sqrt(successes * (trials - successes) / trials + z**2 / 4) / (trials + z**2)
    return middle - half, middle + half


def rao(count, exposure, level):
    z = stats.norm.isf((1 - level) / 2)
    half = z * math.sqrt(count + z**2 / 4)
    return (count + z**2 / 2 - half) / exposure, (count + z**2 / 2 + half) / exposure


# ---- what comes in


@pytest.mark.parametrize(
    "values",
    [
        [3, None],
        [3, pd.NA],
        (3.0, math.nan),
        np.array([3, None], dtype=object),
        pd.Series([3, pd.NA], dtype="Int64"),
        pd.Series([3, pd.NA], dtype=object),
        pd.Series([3, None], dtype=object),
        pd.Series([3, math.nan]),
        pd.Index([3, math.nan]),
    ],
)
def test_missing_becomes_nan_however_it_is_written(values):
    array = as_floats(values, "count")
    assert array.dtype == np.float64
    np.testing.assert_array_equal(array, [3.0, math.nan])


@pytest.mark.parametrize(
    "values", [3, [3, 4], np.array([3, 4]), pd.Series([3, 4]), pd.Series([3, 4], dtype="Int64")]
)
def test_whole_numbers_become_floats(values):
    assert as_floats(values, "count").dtype == np.float64


def test_inputs_are_not_changed():
    counts, exposures = np.array([5.0, math.nan, 7.0]), np.array([9.0, 9.0, math.nan])
    poisson_rate(counts, exposures)
    rate_ratio(counts, exposures, counts, exposures)
    np.testing.assert_array_equal(counts, [5, math.nan, 7])
    np.testing.assert_array_equal(exposures, [9, 9, math.nan])


# ---- what every result says of itself


@pytest.mark.parametrize("level", [0.9, 0.95])
@pytest.mark.parametrize(
    ("call", "arguments", "options", "method"),
    [
        (poisson_rate, (4,), {}, "exact Poisson (Garwood 1936)"),
        (poisson_rate, (4,), {"method": "midp"}, "mid-P Poisson"),
        (poisson_rate, (4,), {"method": "score"}, "Poisson score"),
        (poisson_rate, (4,), {"method": "byar"}, "Byar's approximation, exact below 10"),
        (proportion, (4, 9), {}, "Wilson score (Wilson 1927)"),
        (proportion, (4, 9), {"method": "exact"}, "exact binomial (Clopper & Pearson 1934)"),
        (proportion, (4, 9), {"method": "jeffreys"}, "Jeffreys (Brown, Cai & DasGupta 2001)"),
        (proportion, (4, 9), {"method": "agresti-coull"}, "Agresti & Coull 1998"),
        (multinomial_shares, ([5, 6],), {}, "Goodman 1965"),
        (multinomial_shares, ([5, 6],), {"method": "sison-glaz"}, "Sison & Glaz 1995"),
        (
            proportion_difference,
            (4, 9, 3, 8),
            {},
            "Newcombe hybrid score (Newcombe 1998, method 10)",
        ),
        (rate_ratio, (4, 9, 3, 8), {}, "score, ratio of two Poisson rates"),
        (
            rate_ratio,
            (4, 9, 3, 8),
            {"method": "exact"},
            "exact conditional, ratio of two Poisson rates",
        ),
        (rate_difference, (4, 9, 3, 8), {}, "score, difference of two Poisson rates"),
        (
            rate_difference,
            (4, 9, 3, 8),
            {"method": "mover"},
            "MOVER from score limits (Zou & Donner 2008)",
        ),
    ],
)
def test_a_result_names_its_level_and_method(call, arguments, options, method, level):
    got = call(*arguments, level=level, **options)
    assert (got.level, got.method) == (level, method)
    assert call(*arguments, **options).level == 0.95


def test_a_combined_interval_names_both_methods_and_keeps_both_warnings():
    first = Interval(5, 2, 8, 0.9, "one", ("of the first",))
    second = Interval(1, -3, 5, 0.9, "other", ("of the second",))
    got = mover(first, second)
    assert (got.level, got.method) == (0.9, "MOVER (Zou & Donner 2008) from one and other")
    assert got.warnings == ("of the first", "of the second")
    assert mover(first, second, method="by hand").method == "by hand"


def test_another_unit_multiplies_all_three_numbers_and_changes_nothing_else():
    plain = Interval(np.array([5.0, 6.0]), 2, 8, 0.9, "by hand", ("beware",))
    got = plain.scaled(10)
    assert got.estimate.tolist() == [50, 60]
    assert (got.lower, got.upper) == (20, 80)
    assert (got.level, got.method, got.warnings) == (0.9, "by hand", ("beware",))


# ---- one rate, one proportion


@pytest.mark.parametrize("level", np.arange(50, 100) / 100)
def test_no_events_have_a_lower_limit_of_exactly_zero(level):
    for method in ("exact", "midp", "score", "byar"):
        assert poisson_rate(0, 9, method=method, level=level).lower == 0
    for trials in (1, 3, 7, 10, 49):
        assert proportion(0, trials, level=level).lower == 0
        assert proportion(trials, trials, level=level).upper == 1


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("successes", "trials"), [(0, 7), (3, 10), (10, 10), (57, 830)])
def test_a_proportion_and_its_wilson_interval_follow_the_formula(successes, trials, level):
    got = proportion(successes, trials, level=level)
    assert got.estimate == successes / trials
    assert (got.lower, got.upper) == pytest.approx(wilson(successes, trials, level))


@pytest.mark.parametrize("level", LEVELS)
def test_the_exact_interval_of_a_rate_is_a_pair_of_chi_squared_quantiles(level):
    # Garwood 1936: half the chi-squared quantiles with 2 x and 2 x + 2 degrees of freedom;
    # of a half event as well, for counts may be weighted
    tail = (1 - level) / 2
    for count in (0.5, 1, 2, 57):
        got = poisson_rate(count, 4, level=level)
        assert got.estimate == count / 4
        assert got.lower == pytest.approx(stats.chi2.ppf(tail, 2 * count) / 8)
        assert got.upper == pytest.approx(stats.chi2.isf(tail, 2 * count + 2) / 8)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("count", [1, 4, 30])
def test_a_mid_p_limit_leaves_half_the_probability_of_the_count_in_its_tail(count, level):
    got = poisson_rate(count, method="midp", level=level)
    for mean, tail in ((got.lower, (1 + level) / 2), (got.upper, (1 - level) / 2)):
        below = stats.poisson.cdf(count - 1, mean) + stats.poisson.pmf(count, mean) / 2
        assert below == pytest.approx(tail, abs=1e-9)


# ---- two samples


@pytest.mark.parametrize("level", LEVELS)
def test_newcombes_interval_adds_squared_distances(level):
    (low_1, high_1), (low_2, high_2) = wilson(56, 70, level), wilson(48, 80, level)
    got = proportion_difference(56, 70, 48, 80, level=level)
    assert got.estimate == pytest.approx(0.8 - 0.6)
    assert got.lower == pytest.approx(0.2 - math.hypot(0.8 - low_1, high_2 - 0.6))
    assert got.upper == pytest.approx(0.2 + math.hypot(high_1 - 0.8, 0.6 - low_2))


@pytest.mark.parametrize("level", LEVELS)
def test_mover_of_two_rates_adds_squared_distances(level):
    (low_1, high_1), (low_2, high_2) = rao(30, 10, level), rao(20, 10, level)
    got = rate_difference(30, 10, 20, 10, method="mover", level=level)
    assert got.estimate == pytest.approx(3 - 2)
    assert got.lower == pytest.approx(1 - math.hypot(3 - low_1, high_2 - 2))
    assert got.upper == pytest.approx(1 + math.hypot(high_1 - 3, 2 - low_2))


@pytest.mark.parametrize("level", LEVELS)
def test_a_ratio_of_rates_comes_from_the_share_of_the_first_count(level):
    # 12 events in 4 and 5 in 10: rates 3 and 0.5, ratio 6; the odds of the share times 10 / 4
    tail = (1 - level) / 2
    shares = {
        "score": wilson(12, 17, level),
        "exact": (stats.beta.ppf(tail, 12, 6), stats.beta.isf(tail, 13, 5)),
    }
    for method, (low, high) in shares.items():
        got = rate_ratio(12, 4, 5, 10, method=method, level=level)
        assert got.estimate == pytest.approx(6)
        assert got.lower == pytest.approx(low / (1 - low) * 10 / 4)
        assert got.upper == pytest.approx(high / (1 - high) * 10 / 4)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("first", "second"), [(4, 2), (0.04, 2), (400, 0.5)])
def test_a_difference_of_no_events_has_its_closed_form_at_every_level(first, second, level):
    # With no events in either group the score limits solve e ** 2 = z ** 2 * e / n.
    z = stats.norm.isf((1 - level) / 2)
    got = rate_difference(0, first, 0, second, level=level)
    assert got.estimate == 0
    assert (got.lower, got.upper) == pytest.approx((-(z**2) / second, z**2 / first))


@pytest.mark.parametrize("method", ["score", "mover"])
@pytest.mark.parametrize("unit", [1e-4, 0.1, 10_000])
@pytest.mark.parametrize("counts", [(60, 30), (3, 0), (0, 8), (900, 850)])
def test_the_unit_of_exposure_does_not_matter_to_a_difference(counts, unit, method):
    plain = rate_difference(counts[0], 5, counts[1], 7, method=method)
    other = rate_difference(counts[0], 5 * unit, counts[1], 7 * unit, method=method)
    assert other.estimate * unit == pytest.approx(plain.estimate)
    assert (other.lower * unit, other.upper * unit) == pytest.approx((plain.lower, plain.upper))


def test_a_score_limit_is_where_the_fitted_difference_is_just_rejected():
    # The rates fitted under a difference are those of the greatest likelihood (Mee 1984); at a
    # limit the squared distance from the estimate is z ** 2 times the variance they imply.
    got = rate_difference(12, 3, 5, 2, level=0.9)
    for limit in (got.lower, got.upper):
        second = optimize.minimize_scalar(
            lambda rate, apart=limit: (
                -stats.poisson.logpmf(12, 3 * (rate + apart)) - stats.poisson.logpmf(5, 2 * rate)
            ),
            bounds=(max(0, -limit), 20),
            method="bounded",
        ).x
        variance = (second + limit) / 3 + second / 2
        distance = 12 / 3 - 5 / 2 - limit
        assert distance**2 == pytest.approx(stats.norm.isf(0.05) ** 2 * variance, rel=1e-5)


@pytest.mark.parametrize("others", [5.0, 0.0])
@pytest.mark.parametrize("where", range(4))
@pytest.mark.parametrize("call", [rate_ratio, rate_difference])
def test_whatever_part_of_two_rates_is_missing_the_result_is(call, where, others):
    # even where the other group had no events, and the ratio else no upper limit
    parts = [np.array([4.0, others]), np.full(2, 9.0), np.array([4.0, others]), np.full(2, 9.0)]
    parts[where][1] = np.nan
    got = call(*parts)
    for values in (got.estimate, got.lower, got.upper):
        assert np.isnan(values).tolist() == [False, True]
    assert got.warnings == ()


# ---- shares


@pytest.mark.parametrize("level", LEVELS)
def test_goodmans_shares_follow_the_formula(level):
    # Goodman 1965, eq. 1: each category at level 1 - alpha / k, chi-squared with one degree
    counts = np.array([30, 12, 8, 50])
    a, n = stats.chi2.isf((1 - level) / 4, 1), counts.sum()
    half = np.sqrt(a * (a + 4 * counts * (n - counts) / n))
    got = multinomial_shares(counts, level=level)
    np.testing.assert_allclose(got.estimate, [0.30, 0.12, 0.08, 0.50])
    np.testing.assert_allclose(got.lower, (a + 2 * counts - half) / (2 * (n + a)))
    np.testing.assert_allclose(got.upper, (a + 2 * counts + half) / (2 * (n + a)))


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_sison_and_glazs_shares_are_the_library_values(level):
    counts = [5, 12, 20, 9]
    expected = multinomial_proportions_confint(counts, alpha=1 - level, method="sison-glaz")
    got = multinomial_shares(counts, method="sison-glaz", level=level)
    np.testing.assert_allclose(np.column_stack([got.lower, got.upper]), expected)


# ---- frames


@pytest.mark.parametrize("level", [0.9, 0.95])
@pytest.mark.parametrize(
    ("kind", "method"),
    [("rate", "byar"), ("rate", None), ("proportion", "exact"), ("proportion", None)],
)
def test_a_frame_gets_the_interval_that_was_asked_for(kind, method, level):
    frame = pd.DataFrame({"x": [30, 12], "n": [100, 50]}, index=["a", "b"])
    how = {"level": level} | ({"method": method} if method else {})
    expected = (poisson_rate if kind == "rate" else proportion)(frame["x"], frame["n"], **how)
    got = add_intervals(frame, "x", "n", kind=kind, **how)
    assert list(got.columns) == ["x", "n", kind, f"{kind}_lower", f"{kind}_upper"]
    assert got.index.tolist() == ["a", "b"]
    np.testing.assert_array_equal(got[kind], expected.estimate)
    np.testing.assert_array_equal(got[f"{kind}_lower"], expected.lower)
    np.testing.assert_array_equal(got[f"{kind}_upper"], expected.upper)
