"""The recent-trend test of public-health profiles, for comparison with the other methods.

Fingertips (Office for Health Improvement and Disparities) marks an indicator as increasing or
decreasing when a chi-squared test for trend over the latest five points is significant at
99.8% and no single point carries the direction. The test assumes binomial or Poisson variation
only; counts of referrals or children in care vary more than that, so it calls too many trends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from care_study.statistics.trends.checks import (
    Floats,
    TrendError,
    as_floats,
    check_level,
    check_whole,
    clean_series,
)

INCREASING, DECREASING = "increasing", "decreasing"
NO_CHANGE, NOT_CALCULATED = "no significant change", "cannot be calculated"


@dataclass(frozen=True)
class RecentTrend:
    """Verdict of the recent-trend test.

    Attributes
    ----------
    direction : str
        ``increasing``, ``decreasing``, ``no significant change`` or ``cannot be calculated``.
    reason : str
        Why, in a sentence.
    statistic, p_value, slope : float or None
        Chi-squared on one degree of freedom; slope a year of the rate or proportion.
    overdispersion : float or None
        Chi-squared left after the trend over its degrees of freedom; well above 1 the test's
        assumption fails.
    years : tuple of float
        The points used.
    warnings : tuple of str
    """

    direction: str
    reason: str
    statistic: float | None
    p_value: float | None
    slope: float | None
    overdispersion: float | None
    years: tuple[float, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class TrendTest:
    """Chi-squared test for a linear trend: statistic, p-value, slope, departure from it."""

    statistic: float
    p_value: float
    slope: float
    departure: float
    departure_df: int


def trend_in_proportions(
    successes: ArrayLike, totals: ArrayLike, scores: ArrayLike | None = None
) -> TrendTest:
    """Chi-squared test for trend in proportions (Cochran 1954; Armitage 1955).

    Parameters
    ----------
    successes, totals : array-like (k,)
        Counts with 0 <= successes <= totals, totals above zero.
    scores : array-like (k,), optional
        Times; by default 1 to k.
    """
    x, n = as_floats(successes, "successes"), as_floats(totals, "totals")
    t = np.arange(1.0, len(x) + 1) if scores is None else as_floats(scores, "scores")
    _check_counts(x, n, t)
    if (x > n).any():
        raise TrendError("Found more successes than the total; expected a proportion up to 1.")
    overall = x.sum() / n.sum()
    if overall in (0.0, 1.0):
        raise TrendError("All proportions are 0 or all are 1; there is no trend to test.")
    return _weighted_trend(x / n, n / (overall * (1 - overall)), t)


def trend_in_rates(
    counts: ArrayLike, populations: ArrayLike, scores: ArrayLike | None = None
) -> TrendTest:
    """Chi-squared test for trend in Poisson rates (Breslow & Day 1987, section 3.6).

    Parameters as in :func:`trend_in_proportions`, without the bound on the counts.
    """
    x, n = as_floats(counts, "counts"), as_floats(populations, "populations")
    t = np.arange(1.0, len(x) + 1) if scores is None else as_floats(scores, "scores")
    _check_counts(x, n, t)
    if x.sum() == 0:
        raise TrendError("All counts are zero; there is no trend to test.")
    return _weighted_trend(x / n, n / (x.sum() / n.sum()), t)


def trend_in_values(
    values: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    scores: ArrayLike | None = None,
    level: float = 0.95,
) -> TrendTest:
    """Weighted-regression test for trend in any indicator with confidence limits.

    Weights are the inverse squares of standard errors recovered from the limits, as Fingertips
    does for rates and ratios.
    """
    y = as_floats(values, "values")
    low, high = as_floats(lower, "lower"), as_floats(upper, "upper")
    t = np.arange(1.0, len(y) + 1) if scores is None else as_floats(scores, "scores")
    if not len(y) == len(low) == len(high) == len(t) or len(y) < 3:
        raise TrendError("Expected values, limits and scores of equal length, at least three.")
    check_level(level)
    _check_scores(t)
    errors = (high - low) / (2 * stats.norm.ppf(0.5 + level / 2))
    if not (np.isfinite(y).all() and np.isfinite(errors).all() and (errors > 0).all()):
        raise TrendError("Expected finite values with upper limits above lower limits.")
    return _weighted_trend(y, 1 / errors**2, t)


def _weighted_trend(y: Floats, weights: Floats, t: Floats) -> TrendTest:
    """Chi-squared for a linear trend with known inverse variances."""
    mean_t, mean_y = np.average(t, weights=weights), np.average(y, weights=weights)
    spread = float(weights @ (t - mean_t) ** 2)
    slope = float(weights @ ((t - mean_t) * (y - mean_y))) / spread
    statistic = slope**2 * spread
    departure = float(weights @ (y - mean_y) ** 2) - statistic
    return TrendTest(
        statistic=float(statistic),
        p_value=float(stats.chi2.sf(statistic, 1)),
        slope=slope,
        departure=max(0.0, departure),
        departure_df=len(y) - 2,
    )


def _check_counts(x: Floats, n: Floats, t: Floats) -> None:
    if not len(x) == len(n) == len(t) or len(x) < 3:
        raise TrendError(
            f"Found {len(x)} counts, {len(n)} denominators and {len(t)} scores; expected the same "
            "number of each, at least three."
        )
    if not (np.isfinite(x).all() and np.isfinite(n).all()):
        raise TrendError("Found missing or infinite values; leave those points out first.")
    if (n <= 0).any() or (x < 0).any():
        raise TrendError("Expected counts of zero or above and denominators above zero.")
    _check_scores(t)


def _check_scores(t: Floats) -> None:
    if not np.isfinite(t).all():
        raise TrendError("Found missing or infinite scores; expected a time for every point.")
    if np.ptp(t) == 0:
        raise TrendError("All scores are equal; expected at least two different times.")


def recent_trend(
    years: ArrayLike,
    numerator: ArrayLike,
    denominator: ArrayLike,
    *,
    kind: str = "rate",
    points: int = 5,
    confidence: float = 0.998,
) -> RecentTrend:
    """Mark the trend over the latest points the way public-health profiles do.

    Parameters
    ----------
    years, numerator, denominator : array-like (n,)
    kind : {"rate", "proportion"}
        Poisson or binomial variation.
    points : int
        Latest points used (Fingertips: 5).
    confidence : float
        Significance threshold (Fingertips: 99.8%, chi-squared above 9.5495).

    Returns
    -------
    RecentTrend
        ``cannot be calculated`` with the reason where one of the latest points is missing or
        there are too few; impossible input raises ``TrendError``.
    """
    tests: dict[str, Callable[..., TrendTest]] = {
        "rate": trend_in_rates,
        "proportion": trend_in_proportions,
    }
    if kind not in tests:
        raise TrendError(f"Found kind {kind!r}; expected rate or proportion.")
    check_level(confidence)
    points = check_whole(points, "points", 4)  # leaving one out needs at least four
    series = clean_series(years, numerator, as_floats(denominator, "denominators"))
    latest = np.sort(np.asarray(years, dtype=float))[-points:]
    if len(latest) < points or not np.isin(latest, series.years).all():
        reason = "Not enough data points" if len(latest) < points else "Missing values"
        reason += f" among the latest {points}."
        return RecentTrend(
            NOT_CALCULATED, reason, None, None, None, None, tuple(latest.tolist()), series.warnings
        )
    t, x = series.years[-points:], series.values[-points:]
    n = np.asarray(series.exposure)[-points:]
    test = tests[kind](x, n, t)
    direction, reason = _verdict(tests[kind], x, n, t, test, confidence)
    spread = test.departure / test.departure_df
    notes = series.warnings
    if test.departure > stats.chi2.ppf(0.95, test.departure_df):
        notes += (
            f"The points scatter around the trend {spread:.1f} times as much as the test assumes; "
            "it calls trends too readily here.",
        )
    return RecentTrend(
        direction,
        reason,
        test.statistic,
        test.p_value,
        test.slope,
        spread,
        tuple(t.tolist()),
        notes,
    )


def _verdict(
    function: Callable[..., TrendTest],
    x: Floats,
    n: Floats,
    t: Floats,
    test: TrendTest,
    confidence: float,
) -> tuple[str, str]:
    """Direction and reason: significant, and kept when any one point is left out."""
    if test.statistic <= stats.chi2.ppf(confidence, 1):
        return NO_CHANGE, f"The trend is not significant at {confidence:.1%}."
    for j in range(len(x)):
        rest = np.arange(len(x)) != j
        # Where the other points are all alike, they have no direction (and no test).
        alike = np.ptp(x[rest] / n[rest]) == 0
        if alike or function(x[rest], n[rest], t[rest]).slope * test.slope <= 0:
            return NO_CHANGE, f"The direction rests on {t[j]:g} alone."
    direction = INCREASING if test.slope > 0 else DECREASING
    return direction, f"Significant at {confidence:.1%} and not due to a single point."
