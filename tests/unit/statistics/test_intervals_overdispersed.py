"""Intervals for counts that vary more than Poisson counts: by hand, simulated, in funnels."""

import numpy as np
import pytest
from scipy import stats

from care_study.statistics.intervals import (
    funnel,
    overdispersed_rate,
    poisson_rate,
    yearly_dispersion,
)


def draw(rng, mean, alpha, size):
    """Negative binomial counts with variance mean + alpha mean ** 2."""
    return rng.poisson(rng.gamma(1 / alpha, mean * alpha, size))


@pytest.mark.parametrize(("kind", "none"), [("quasi-poisson", 1), ("negative-binomial", 0)])
def test_without_extra_variation_it_is_the_exact_poisson_interval(kind, none):
    counts = np.array([0, 1, 7, 120, 4_000, np.nan])
    got = overdispersed_rate(counts, 2.0, dispersion=none, kind=kind)
    exact = poisson_rate(counts, 2.0)
    np.testing.assert_allclose(got.lower, exact.lower, rtol=1e-5)
    np.testing.assert_allclose(got.upper, exact.upper, rtol=1e-5)


def test_groups_of_three_by_hand():
    # 30 events in groups of three are ten groups: 3 times the chi-squared limits of a count of 10.
    got = overdispersed_rate(30, dispersion=3)
    assert got.lower == pytest.approx(3 * stats.chi2.ppf(0.025, 20) / 2)
    assert got.upper == pytest.approx(3 * stats.chi2.ppf(0.975, 22) / 2)
    assert got.method == "quasi-Poisson, phi 3"


def test_negative_binomial_limits_leave_a_fortieth_in_each_tail():
    got = overdispersed_rate(25, dispersion=0.2, kind="negative-binomial")
    r = 1 / 0.2
    assert stats.nbinom.sf(24, r, r / (r + got.lower)) == pytest.approx(0.025)
    assert stats.nbinom.cdf(25, r, r / (r + got.upper)) == pytest.approx(0.025)
    assert overdispersed_rate(0, dispersion=0.2, kind="negative-binomial").lower == 0


@pytest.mark.parametrize("phi", [1.5, 3, 10])
@pytest.mark.parametrize("mean", [60, 600, 6_000])
def test_both_kinds_cover_what_they_state_where_poisson_does_not(mean, phi):
    rng = np.random.default_rng(int(mean * phi))
    alpha = (phi - 1) / mean
    counts = draw(rng, mean, alpha, 20_000)

    def coverage(interval):
        return float(((interval.lower <= mean) & (mean <= interval.upper)).mean())

    quasi = coverage(overdispersed_rate(counts, dispersion=phi))
    binomial = coverage(overdispersed_rate(counts, dispersion=alpha, kind="negative-binomial"))
    assert 0.94 <= quasi <= 0.985
    assert 0.945 <= binomial <= 0.985
    assert coverage(poisson_rate(counts)) < 0.91


@pytest.mark.parametrize("phi", [1.0, 4.0, 12.0])
def test_the_dispersion_of_many_areas_is_found_whatever_their_trends(phi):
    rng = np.random.default_rng(7)
    areas, years = 150, 13
    population = np.exp(rng.normal(10.5, 0.6, (areas, 1))) * np.ones(years)
    rate = 0.05 * np.exp(
        rng.normal(0, 0.3, (areas, 1)) + rng.normal(0, 0.03, (areas, 1)) * np.arange(years)
    )
    mean = population * rate * np.exp(0.2 * np.sin(np.arange(years)))  # shared by all areas
    counts = rng.poisson(mean) if phi == 1 else draw(rng, mean, (phi - 1) / mean, mean.shape)
    got = yearly_dispersion(counts, population)
    assert got.phi == pytest.approx(phi, rel=0.12)
    assert got.areas == 150 and got.degrees == 11
    assert abs(got.size_slope) < 0.25


def test_a_constant_coefficient_of_variation_is_alpha_and_grows_with_the_count():
    rng = np.random.default_rng(8)
    population = np.exp(rng.normal(10.5, 0.8, (150, 1))) * np.ones(13)
    got = yearly_dispersion(draw(rng, 0.05 * population, 0.01, population.shape), population)
    assert got.alpha == pytest.approx(0.01, rel=0.15)
    assert 0.7 < got.size_slope < 1.2


def test_missing_years_are_left_out_and_bad_input_is_refused():
    counts = np.array([[10, 12, np.nan, 9], [50, 60, 55, 70]])
    assert yearly_dispersion(counts, np.full((2, 4), 100.0)).areas == 1
    with pytest.raises(ValueError, match="three or more years"):
        yearly_dispersion([[1, 2]], [[9, 9]])
    with pytest.raises(ValueError, match="No area has events"):
        yearly_dispersion([[1, np.nan, 2]], [[9, 9, 9]])
    with pytest.raises(ValueError, match=r"dispersion at position 0 is -1; expected"):
        overdispersed_rate(5, dispersion=-1)


def test_a_funnel_may_take_its_dispersion_from_the_years():
    events, sizes = [80, 95, 104, 150], [1_000, 1_000, 1_000, 1_000]
    given = funnel(events, sizes, overdispersion="multiplicative", phi=4)
    half = given.points["upper_95"] - given.target
    np.testing.assert_allclose(half, 1.959964 * np.sqrt(4 * given.target / 1_000), rtol=1e-6)
    assert given.method == "funnel, multiplicative over-dispersion phi as given"
    for bad in ({"phi": 4}, {"phi": 0, "overdispersion": "multiplicative"}):
        with pytest.raises(ValueError, match="expected a number above zero"):
            funnel(events, sizes, **bad)
