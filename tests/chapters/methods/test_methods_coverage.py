"""Coverage of intervals by hand, and how far counts vary."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_study.chapters.methods import coverage
from care_study.indicators.compute import compute


def test_coverage_of_a_count_by_hand():
    # Mean 2: exact 95% intervals hold 2 for the counts 0 to 5 (0: to 3.69; 5: from 1.62) and not
    # for 6 (from 2.20).
    found = coverage.rate_coverage([2.0], ("exact",))
    assert found["coverage"].iloc[0] == pytest.approx(stats.poisson.cdf(5, 2), abs=1e-9)


def test_coverage_of_a_share_by_hand():
    # Two trials, one half: Wilson's intervals are 0 to 0.66, 0.09 to 0.91 and 0.34 to 1.
    found = coverage.share_coverage(2, [0.5], ("wilson",))
    assert found["coverage"].iloc[0] == pytest.approx(1.0)
    assert coverage.share_coverage(2, [0.3], ("wilson",))["coverage"].iloc[0] == pytest.approx(0.91)


def test_nominal_intervals_cover_what_they_promise():
    rates = coverage.rate_coverage(np.geomspace(5, 1000, 60))
    shares = coverage.share_coverage(100, np.linspace(0.05, 0.95, 91))
    table = coverage.compared(rates, shares).set_index(["what", "method"])
    assert rates[rates["method"] == "exact"]["coverage"].min() >= 0.95
    assert table["mean_coverage"].between(0.93, 0.97).all()
    assert table.loc[("rate", "exact (used here)"), "width"] == 1


def test_more_variation_than_chance_costs_coverage():
    table = coverage.with_dispersion([600], [1, 4])
    assert table["count of 600"].iloc[0] > 0.95
    # Variance four times the mean: about the chance of 1.96 / 2 standard deviations.
    assert table["count of 600"].iloc[1] == pytest.approx(1 - 2 * stats.norm.sf(0.98), abs=0.01)
    with pytest.raises(ValueError, match=r"dispersion is 0\.5"):
        coverage.rate_coverage([5], dispersion=0.5)


def counts(dispersion, generator):
    """300 authorities with one true rate and ten years, whose counts vary as asked."""
    years, size = np.arange(2013, 2023), (300, 10)
    mean = 500 * np.linspace(1, 1.2, 10)
    drawn = (
        generator.poisson(mean, size)
        if dispersion == 1
        else generator.negative_binomial(mean / (dispersion - 1), 1 / dispersion, size)
    )
    return pd.DataFrame(
        {
            "area_id": np.repeat([f"{n}" for n in range(300)], 10),
            "area_type": "local authority",
            "year": np.tile(years, 300),
            "numerator": drawn.ravel().astype(float),
            "denominator": np.tile(mean * 100, 300),
            "value": drawn.ravel() / np.tile(mean * 100, 300),
        }
    )


@pytest.mark.parametrize("dispersion", [1, 9])
def test_dispersion_between_years_is_recovered(dispersion):
    found = coverage.yearly_dispersion(counts(dispersion, np.random.default_rng(4)))
    assert found == pytest.approx(dispersion, rel=0.12)


def test_referrals_vary_far_more_than_chance_and_children_looked_after_do_not(published):
    looked_after, referrals = (
        coverage.yearly_dispersion(compute(published, name))
        for name in ("looked_after_rate", "referral_rate")
    )
    assert 0.5 < looked_after < 3 and referrals > 10


def test_what_the_page_tells_stands_in_its_tables():
    found = coverage.coverage([])
    spread = found.spread.set_index("dispersion")
    assert found.coverage_ten == spread.loc[10, "count of 600"]
    exact = found.compared.set_index(["what", "method"]).loc[("rate", "exact (used here)")]
    assert (found.exact_mean, found.exact_lowest) == pytest.approx(
        (exact["mean_coverage"], exact["lowest"]), rel=1e-12
    )
