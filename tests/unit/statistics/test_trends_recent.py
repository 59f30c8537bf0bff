"""The recent-trend test of public-health profiles."""

import numpy as np
import pytest

from care_study.statistics import trends
from care_study.statistics.trends import TrendError, recent_trend

YEARS = np.arange(2016, 2026)
POPULATION = np.full(10, 100_000.0)


def test_marks_a_steady_rise_and_uses_only_the_latest_five_points():
    counts = np.r_[np.full(5, 900), [500, 560, 610, 680, 740]]
    result = recent_trend(YEARS, counts, POPULATION)
    assert result.direction == "increasing"
    assert result.years == (2021, 2022, 2023, 2024, 2025)
    assert result.slope == pytest.approx(0.0006, rel=0.01)
    assert recent_trend(YEARS, counts[::-1], POPULATION).direction == "no significant change"
    falling = np.r_[np.full(5, 900), [740, 680, 610, 560, 500]]
    assert recent_trend(YEARS, falling, POPULATION).direction == "decreasing"


def test_a_single_point_cannot_carry_the_trend():
    counts = np.r_[np.full(5, 500), [504, 502, 500, 498, 760]]
    result = recent_trend(YEARS, counts, POPULATION)
    assert result.statistic > 9.55
    assert result.direction == "no significant change"
    assert "2025 alone" in result.reason


def test_threshold_is_the_published_one():
    from scipy import stats

    assert stats.chi2.ppf(0.998, 1) == pytest.approx(9.5495, abs=1e-4)


def test_size_holds_for_poisson_counts_and_fails_for_overdispersed_ones():
    rng = np.random.default_rng(1)

    def marked(draw):
        results = [recent_trend(YEARS, draw(), POPULATION, confidence=0.95) for _ in range(400)]
        return np.mean([result.statistic > 3.8415 for result in results])

    assert marked(lambda: rng.poisson(800, 10)) == pytest.approx(0.05, abs=0.03)
    wide = marked(lambda: rng.poisson(800 * rng.gamma(50, 1 / 50, 10)))
    assert wide > 0.4


def test_overdispersion_is_said():
    counts = np.r_[np.full(5, 500), [300, 900, 350, 950, 1000]]
    assert any("too readily" in note for note in recent_trend(YEARS, counts, POPULATION).warnings)


def test_missing_or_short_series_cannot_be_calculated_and_say_why():
    counts = np.full(10, 500.0)
    counts[8] = np.nan
    result = recent_trend(YEARS, counts, POPULATION)
    assert result.direction == "cannot be calculated"
    assert "Missing values" in result.reason
    short = recent_trend(YEARS[:3], [5, 6, 7], POPULATION[:3])
    assert "Not enough" in short.reason


def test_proportion_and_rate_agree_for_rare_events():
    counts = np.array([10, 14, 13, 18, 22])
    totals = np.full(5, 1e6)
    rate = trends.trend_in_rates(counts, totals)
    share = trends.trend_in_proportions(counts, totals)
    assert rate.statistic == pytest.approx(share.statistic, rel=1e-4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: recent_trend(YEARS, np.zeros(10), POPULATION), "All counts are zero"),
        (lambda: recent_trend(YEARS, np.full(10, 5), np.zeros(10)), "population of zero"),
        (lambda: recent_trend(YEARS, -np.ones(10), POPULATION), "zero or above"),
        (lambda: recent_trend(YEARS, np.ones(10), POPULATION, kind="mean"), "rate or proportion"),
        (lambda: recent_trend(YEARS, np.ones(10), POPULATION, points=3), "4 or more"),
        (lambda: trends.trend_in_proportions([5, 5, 9], [6, 6, 6]), "more successes"),
        (lambda: trends.trend_in_proportions([6, 6, 6], [6, 6, 6]), "all are 1"),
        (lambda: trends.trend_in_rates([1, 2], [5, 5]), "at least three"),
        (lambda: trends.trend_in_rates([1, 2, 3], [5, 5, 5], [1, 1, 1]), "scores are equal"),
        (lambda: trends.trend_in_values([1, 2, 3], [0, 1, 2], [2, 1, 4]), "above lower limits"),
    ],
)
def test_bad_input_ends_in_one_clear_message(call, message):
    with pytest.raises(TrendError, match=message):
        call()
