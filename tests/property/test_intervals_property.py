"""Properties that hold for any input, and coverage by enumeration."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from care_study.statistics.intervals import (
    multinomial_shares,
    poisson_rate,
    proportion,
    proportion_difference,
    rate_difference,
    rate_ratio,
)

counts = st.integers(0, 5000)
exposures = st.floats(0.01, 1e6)
rate_methods = st.sampled_from(["exact", "midp", "score", "byar"])


@given(counts, exposures, rate_methods)
def test_rate_lies_within_its_limits(count, exposure, method):
    got = poisson_rate(count, exposure, method=method)
    assert 0 <= got.lower <= got.estimate <= got.upper


@given(counts, rate_methods)
def test_more_confidence_is_wider(count, method):
    narrow, wide = (poisson_rate(count, method=method, level=level) for level in (0.9, 0.998))
    assert wide.lower <= narrow.lower and wide.upper >= narrow.upper


@given(counts)
def test_midp_lies_within_exact(count):
    inner, outer = poisson_rate(count, method="midp"), poisson_rate(count)
    assert outer.lower <= inner.lower and inner.upper <= outer.upper


@given(st.integers(1, 3000), st.data())
def test_proportion_mirrors_its_complement(trials, data):
    successes = data.draw(st.integers(0, trials))
    one, other = proportion(successes, trials), proportion(trials - successes, trials)
    assert one.lower == pytest.approx(1 - other.upper, abs=1e-12)
    assert 0 <= one.lower <= one.estimate + 1e-12 and one.estimate <= one.upper + 1e-12 <= 1 + 1e-9


@settings(deadline=None)
@given(counts, counts, exposures, exposures)
def test_score_ratio_and_difference_agree_on_equality(x1, x2, n1, n2):
    # Both invert the same score test at "equal rates", so both leave out equality or neither does.
    ratio, difference = rate_ratio(x1, n1, x2, n2), rate_difference(x1, n1, x2, n2)
    if x1 + x2 == 0:
        return
    ratio_says = ratio.lower > 1 or ratio.upper < 1
    difference_says = difference.lower > 0 or difference.upper < 0
    total = x1 + x2
    share = n1 / (n1 + n2)
    z = abs(x1 - total * share) / np.sqrt(total * share * (1 - share))
    if abs(z - stats.norm.isf(0.025)) > 1e-6:
        assert ratio_says == difference_says


@given(st.lists(st.integers(0, 500), min_size=2, max_size=8).filter(lambda c: sum(c) > 0))
def test_shares_lie_within_their_limits(categories):
    got = multinomial_shares(categories)
    assert (got.lower <= got.estimate + 1e-12).all() and (got.estimate <= got.upper + 1e-12).all()
    assert got.estimate.sum() == pytest.approx(1)


# ---- coverage, by summing probabilities over every possible outcome


def poisson_coverage(mean: float, method: str) -> float:
    x = np.arange(0, int(mean + 12 * np.sqrt(mean) + 30))
    got = poisson_rate(x, method=method)
    inside = (got.lower <= mean) & (mean <= got.upper)
    return float(stats.poisson.pmf(x, mean)[inside].sum())


MEANS = np.exp(np.linspace(np.log(20), np.log(2000), 60))


@pytest.mark.parametrize("method", ["midp", "score", "exact", "byar"])
def test_rate_coverage_lies_between_93_and_97_percent(method):
    coverage = np.array([poisson_coverage(mean, method) for mean in MEANS])
    assert coverage.min() >= 0.93 and coverage.max() <= 0.97
    assert 0.945 <= coverage.mean() <= 0.96


def test_exact_rate_never_covers_less_than_promised():
    small = np.linspace(0.05, 20, 200)
    assert min(poisson_coverage(mean, "exact") for mean in small) >= 0.95


def test_midp_covers_close_to_the_promise_on_average():
    small = np.linspace(0.5, 20, 400)
    coverage = np.array([poisson_coverage(mean, "midp") for mean in small])
    assert 0.945 <= coverage.mean() <= 0.965  # not at every mean: it dips to about 92% below five
    assert coverage.min() >= 0.91


def test_wilson_coverage_lies_between_93_and_97_percent():
    n = 100
    x = np.arange(n + 1)
    got = proportion(x, n)
    for p in np.linspace(0.1, 0.9, 81):
        inside = (got.lower <= p) & (p <= got.upper)
        assert 0.93 <= stats.binom.pmf(x, n, p)[inside].sum() <= 0.97


def outcomes(mean: float) -> np.ndarray:
    return np.arange(int(stats.poisson.ppf(1e-7, mean)), int(stats.poisson.isf(1e-7, mean)) + 1)


@pytest.mark.parametrize(("mean_1", "mean_2"), [(20, 20), (30, 60), (100, 25), (60, 200)])
def test_two_rate_coverage(mean_1, mean_2):
    x1, x2 = np.meshgrid(outcomes(mean_1), outcomes(mean_2))
    chance = stats.poisson.pmf(x1, mean_1) * stats.poisson.pmf(x2, mean_2)
    for method, low, high in [("score", 0.93, 0.97), ("exact", 0.95, 0.98)]:
        got = rate_ratio(x1, 2.0, x2, 3.0, method=method)
        truth = mean_1 / 2 / (mean_2 / 3)
        assert low <= chance[(got.lower <= truth) & (truth <= got.upper)].sum() <= high
    for method in ("score", "mover"):
        got = rate_difference(x1, 2.0, x2, 3.0, method=method)
        truth = mean_1 / 2 - mean_2 / 3
        assert 0.93 <= chance[(got.lower <= truth) & (truth <= got.upper)].sum() <= 0.97


@pytest.mark.parametrize(("p1", "p2"), [(0.2, 0.25), (0.5, 0.5), (0.1, 0.3)])
def test_newcombe_coverage_lies_between_93_and_97_percent(p1, p2):
    n1, n2 = 60, 90
    x1, x2 = np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1))
    chance = stats.binom.pmf(x1, n1, p1) * stats.binom.pmf(x2, n2, p2)
    got = proportion_difference(x1, n1, x2, n2)
    inside = (got.lower <= p1 - p2) & (p1 - p2 <= got.upper)
    assert 0.93 <= chance[inside].sum() <= 0.97


def test_goodman_covers_all_shares_at_once():
    rng = np.random.default_rng(11)
    truth = np.array([0.1, 0.2, 0.3, 0.4])
    sample = rng.multinomial(200, truth, size=1500)
    got = multinomial_shares(sample)
    inside = ((got.lower <= truth) & (truth <= got.upper)).all(axis=1)
    assert 0.93 <= inside.mean() <= 0.985  # Bonferroni inside Goodman: a little conservative
