"""P-values of rates and directly standardised rates: by hand and against statsmodels."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.rates import test_poisson as one_rate
from statsmodels.stats.rates import test_poisson_2indep as two_rates

from care_study.statistics.intervals import (
    directly_standardised_rate,
    poisson_rate,
    rate_ratio,
    rate_ratio_test,
    rate_test,
)


def test_one_rate_by_hand_and_by_the_library():
    # 3 events where 8 are expected: P(X <= 3) = e^-8 (1 + 8 + 32 + 512/6)
    below = np.exp(-8) * (1 + 8 + 32 + 512 / 6)
    assert rate_test(3, 4.0, null=2).p_value == pytest.approx(2 * below)
    half = below - np.exp(-8) * 512 / 12
    assert rate_test(3, 4.0, null=2, method="midp").p_value == pytest.approx(2 * half)
    assert rate_test(3, 4.0, null=2, method="score").p_value == pytest.approx(
        one_rate(3, 4, 2, method="score").pvalue
    )
    assert rate_test(8, null=8).p_value == 1
    assert rate_test(3, 4.0, null=2).estimate == 0.75


@pytest.mark.parametrize(
    ("method", "theirs"), [("exact", "exact-cond"), ("midp", "cond-midp"), ("score", "score")]
)
def test_two_rates_agree_with_the_library(method, theirs):
    got = rate_ratio_test(60, 51477.5, 30, 54308.7, method=method).p_value
    one_side = two_rates(60, 51477.5, 30, 54308.7, method=theirs, alternative="larger").pvalue
    assert got == pytest.approx(2 * one_side, rel=1e-6)


def test_two_rates_by_the_binomial_distribution():
    got = rate_ratio_test([60, 0, np.nan, 5], 51477.5, [30, 0, 3, 5], 54308.7)
    share = 51477.5 / (51477.5 + 54308.7)
    assert got.p_value[0] == pytest.approx(2 * stats.binom.sf(59, 90, share))
    assert got.p_value[1] == 1 and np.isnan(got.p_value[2])
    assert got.estimate[3] == pytest.approx(54308.7 / 51477.5)


@pytest.mark.parametrize("method", ["exact", "midp", "score"])
def test_a_test_rejects_where_its_interval_leaves_the_value_out(method):
    for count in range(1, 40, 3):
        limits = poisson_rate(count, method=method)
        for null in (limits.lower, limits.upper):
            inside, outside = (null * f for f in ((1.001, 0.999), (0.999, 1.001))[null > count])
            assert rate_test(count, null=inside, method=method).p_value > 0.05
            assert rate_test(count, null=outside, method=method).p_value < 0.05


@pytest.mark.parametrize("method", ["exact", "score"])
def test_the_same_holds_for_ratios(method):
    limits = rate_ratio(40, 1_000, 25, 900, method=method)
    for null, inward in ((limits.lower, 1.001), (limits.upper, 0.999)):
        options = {"method": method}
        assert rate_ratio_test(40, 1_000, 25, 900, null=null * inward, **options).p_value > 0.05
        assert rate_ratio_test(40, 1_000, 25, 900, null=null / inward, **options).p_value < 0.05


def test_bad_tests_are_refused():
    with pytest.raises(ValueError, match="method is 'wald'"):
        rate_test(3, method="wald")
    with pytest.raises(ValueError, match="null at position 0 is 0"):
        rate_ratio_test(3, 1, 4, 1, null=0)


# ---- direct standardisation


def test_a_standardised_rate_by_hand():
    counts, people, standard = [10, 30], [1_000, 2_000], [600, 400]
    got = directly_standardised_rate(counts, people, standard)
    assert got.estimate == pytest.approx(0.6 * 0.01 + 0.4 * 0.015)
    error = np.sqrt((0.36 * 10 / 1_000**2 + 0.16 * 30 / 2_000**2) / 40)
    lower, upper = stats.chi2.ppf(0.025, 80) / 2, stats.chi2.ppf(0.975, 82) / 2
    assert got.lower == pytest.approx(got.estimate + error * (lower - 40))
    assert got.upper == pytest.approx(got.estimate + error * (upper - 40))


def test_with_its_own_population_it_is_the_crude_rate_and_its_exact_interval():
    # All groups with the same rate: the weights then give the Poisson error of the total.
    got = directly_standardised_rate([10, 20], [1_000, 2_000], [1_000, 2_000])
    exact = poisson_rate(30, 3_000)
    assert (got.estimate, got.lower, got.upper) == pytest.approx(
        (exact.estimate, exact.lower, exact.upper)
    )


def test_areas_in_rows_missing_groups_and_few_events():
    got = directly_standardised_rate(
        [[10, 30], [np.nan, 4], [0, 0], [2, 3]], [[1_000, 2_000]] * 4, [1, 1]
    )
    assert np.isnan(got.estimate[1]) and np.isnan(got.lower[1])
    assert got.lower[2] == 0 and np.isnan(got.upper[2])
    assert got.warnings == ("2 rate(s) of fewer than 10 events: limits are unreliable.",)
    for bad, message in (([1, 2, 3], "one weight a group"), ([0, 0], "zero in every group")):
        with pytest.raises(ValueError, match=message):
            directly_standardised_rate([10, 30], [1_000, 2_000], bad)
