"""Intervals for one Poisson rate."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special, stats
from scipy.optimize import elementwise
from statsmodels.stats.rates import confint_poisson

from care_study.statistics.intervals.core import (
    FloatArray,
    Interval,
    check_level,
    check_method,
    counts_and_exposures,
)

BYAR_FROM = 10  # public-health practice: exact below ten events, Byar from ten
Limits = tuple[FloatArray, FloatArray]


def poisson_rate(
    count: Any, exposure: Any = 1.0, *, method: str = "exact", level: float = 0.95
) -> Interval:
    """Compute rates of events with confidence intervals, assuming Poisson counts.

    Parameters
    ----------
    count : array_like
        Number of events, zero or more. Missing (NaN) gives a missing result.
    exposure : array_like
        Population or time at risk, more than zero; the rate is per one unit of it, so pass
        ``population / 10_000`` for a rate per 10,000.
    method : {"exact", "midp", "score", "byar"}
        ``exact``: central interval from the gamma distribution (Garwood 1936).
        ``midp``: the same with half the probability of the observed count (Cohen & Yang 1994).
        ``score``: inverts the score test (Rao).
        ``byar``: Byar's approximation from ten events, exact below ten (Breslow & Day 1987,
        eq. 2.13; the practice of English public-health profiles).
    level : float
        Nominal confidence.

    Returns
    -------
    Interval
        In events per unit of exposure, in the broadcast shape of the inputs.

    Raises
    ------
    ValueError
        Names the position of a negative count, or of an exposure that is not positive.
    """
    check_method(method, tuple(_METHODS))
    alpha = 1 - check_level(level)
    counts, exposures = counts_and_exposures(count, exposure)
    lower = np.full(counts.shape, np.nan)
    upper = np.full(counts.shape, np.nan)
    known = ~np.isnan(counts)
    label, limits = _METHODS[method]
    if known.any():
        lower[known], upper[known] = limits(counts[known], alpha)
    return Interval(
        counts / exposures, lower / exposures, upper / exposures, level=level, method=label
    )


def _exact(counts: FloatArray, alpha: float) -> Limits:
    # The gamma quantile of shape zero is undefined; the limit for no events is zero.
    lower = np.where(counts > 0, stats.gamma.ppf(alpha / 2, counts), 0.0)
    return lower, stats.gamma.isf(alpha / 2, counts + 1)


def _score(counts: FloatArray, alpha: float) -> Limits:
    lower, upper = confint_poisson(counts, 1, method="score", alpha=alpha)
    return np.where(counts > 0, lower, 0.0), upper


def _midp(counts: FloatArray, alpha: float) -> Limits:
    def tail_below(mean: FloatArray, events: FloatArray) -> FloatArray:
        # P(X < c) + P(X = c) / 2, the average of two Poisson distribution functions
        below = np.where(events > 0, special.gammaincc(events, mean), 0.0)
        return 0.5 * (special.gammaincc(events + 1, mean) + below)

    start, stop = _exact(counts, alpha)  # the mid-P interval lies inside the exact one
    lower, upper = np.zeros_like(counts), np.empty_like(counts)
    some = counts > 0
    if some.any():
        lower[some] = elementwise.find_root(
            lambda mean, c: 1 - alpha / 2 - tail_below(mean, c),
            (start[some], counts[some]),
            args=(counts[some],),
        ).x
    upper[:] = elementwise.find_root(
        lambda mean, c: tail_below(mean, c) - alpha / 2, (counts, stop), args=(counts,)
    ).x
    return lower, upper


def _byar(counts: FloatArray, alpha: float) -> Limits:
    z = stats.norm.isf(alpha / 2)
    safe = np.maximum(counts, BYAR_FROM)
    lower = safe * (1 - 1 / (9 * safe) - z / (3 * np.sqrt(safe))) ** 3
    upper = (safe + 1) * (1 - 1 / (9 * (safe + 1)) + z / (3 * np.sqrt(safe + 1))) ** 3
    exact_lower, exact_upper = _exact(counts, alpha)
    few = counts < BYAR_FROM
    return np.where(few, exact_lower, lower), np.where(few, exact_upper, upper)


_METHODS: dict[str, tuple[str, Callable[[FloatArray, float], Limits]]] = {
    "exact": ("exact Poisson (Garwood 1936)", _exact),
    "midp": ("mid-P Poisson", _midp),
    "score": ("Poisson score", _score),
    "byar": ("Byar's approximation, exact below 10", _byar),
}
