"""Intervals for rates of events that vary more than Poisson counts do.

Referrals, plans and entries to care come in families and move with local practice, so that an
exact Poisson interval covers too little: 89% instead of 95% where the variance is half as large
again as the mean, 74% at three times. The extra variation cannot be seen in one count; it is
given, or estimated from the year-to-year changes of many areas.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special, stats
from scipy.optimize import elementwise

from care_study.statistics.intervals.core import (
    FloatArray,
    Interval,
    as_floats,
    broadcast,
    check_level,
    check_method,
    counts_and_exposures,
    reject,
)

KINDS = ("quasi-poisson", "negative-binomial")


@dataclass(frozen=True)
class Dispersion:
    """How much counts vary about their areas' own course, over what Poisson counts would.

    Attributes
    ----------
    phi : float
        Variance over mean of a typical area: the median over areas of each area's own ratio,
        corrected so that Poisson counts give 1. For `quasi-poisson` intervals.
    alpha : float
        Of ``variance = mean + alpha mean ** 2``: the squared coefficient of variation of the
        rates themselves, at least 0; the median over areas. For `negative-binomial` intervals.
    by_area : numpy.ndarray, shape (areas,)
        Each area's own phi; NaN for areas with fewer than three years in a row.
    size_slope : float
        Slope of log phi on the log mean count. About 0 speaks for `quasi-poisson` (phi alike
        whatever the size), about 1 for `negative-binomial` (the excess grows with the count).
    areas, degrees : int
        Areas used, and years of each (median) that carry information.
    """

    phi: float
    alpha: float
    by_area: FloatArray
    size_slope: float
    areas: int
    degrees: int


def yearly_dispersion(counts: Any, exposures: Any) -> Dispersion:
    """Estimate the over-dispersion of yearly counts from the courses of many areas.

    Each count is compared with the mean of the rates of the year before and the year after, so
    that levels and steady trends of an area do not count as variation; movements shared by all
    areas in a year are taken out first. Real turns of an area within three years remain and
    count as variation, as they do for a reader who compares two years.

    Parameters
    ----------
    counts, exposures : array_like, shape (areas, years)
        Consecutive years in order; missing allowed.

    Raises
    ------
    ValueError
        For bad counts, fewer than three years, or no area with three known years in a row.
    """
    x, n = counts_and_exposures(counts, exposures, ("counts", "exposures"))
    if x.ndim != 2 or x.shape[1] < 3:
        raise ValueError(
            f"counts has shape {x.shape}; expected areas in rows and three or more years."
        )
    expected = n * np.nansum(x, axis=1, keepdims=True) / np.nansum(n, axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):  # a year without any figure
        shared = np.nansum(x, axis=0) / np.nansum(np.where(np.isnan(x), np.nan, expected), axis=0)
    n = n * shared  # exposure to the year's national level
    before, middle, after = x[:, :-2] / n[:, :-2], x[:, 1:-1] / n[:, 1:-1], x[:, 2:] / n[:, 2:]
    rate = (x[:, :-2] + x[:, 1:-1] + x[:, 2:]) / (n[:, :-2] + n[:, 1:-1] + n[:, 2:])
    error = rate * (1 / n[:, 1:-1] + 0.25 / n[:, :-2] + 0.25 / n[:, 2:])
    squared = (middle - (before + after) / 2) ** 2
    known = (~np.isnan(squared) & (error > 0)).sum(axis=1)
    if not (known > 0).any():
        raise ValueError("No area has events in three known years in a row.")
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.nansum(squared, axis=1) / np.nansum(error, axis=1)
        mean = np.nanmean(np.where(np.isnan(x), np.nan, x), axis=1)
    ratio = np.where(known > 0, ratio, np.nan)
    used = known > 0
    degrees = int(np.median(known[used]))
    middle_of_chance = _median_ratio(degrees)
    phi = float(np.median(ratio[used])) / middle_of_chance
    alpha = float(np.median((ratio[used] / middle_of_chance - 1) / mean[used]))
    slope = 0.0
    if used.sum() > 2 and np.ptp(np.log(mean[used])) > 0:
        positive = used & (ratio > 0)
        slope = float(np.polyfit(np.log(mean[positive]), np.log(ratio[positive]), 1)[0])
    return Dispersion(phi, max(0.0, alpha), ratio, slope, int(used.sum()), degrees)


def _median_ratio(terms: int) -> float:
    """Median of the mean of squared second differences of independent normal values, mean 1.

    The terms overlap, so their sum has fewer degrees of freedom: matched to the first two
    moments (Satterthwaite), with correlations -2/3 and 1/6 between neighbours one and two apart.
    """
    lags = np.subtract.outer(np.arange(terms), np.arange(terms))
    correlation = np.select([lags == 0, abs(lags) == 1, abs(lags) == 2], [1.0, -2 / 3, 1 / 6])
    df = terms**2 / float((correlation**2).sum())
    return float(stats.chi2.median(df) / df)


def overdispersed_rate(
    count: Any,
    exposure: Any = 1.0,
    *,
    dispersion: Any,
    kind: str = "quasi-poisson",
    level: float = 0.95,
) -> Interval:
    """Compute rates with intervals for counts that vary more than Poisson counts.

    Parameters
    ----------
    count, exposure : array_like
        As in `poisson_rate`.
    dispersion : Dispersion or array_like
        ``phi`` (variance over mean, 1 or more; less counts as 1) for ``quasi-poisson``, ``alpha``
        (0 or more) for ``negative-binomial``; from a `Dispersion` the one that fits.
    kind : {"quasi-poisson", "negative-binomial"}
        ``quasi-poisson``: the exact Poisson limits of ``count / phi`` times ``phi``, as if events
        came in groups of phi. ``negative-binomial``: limits that leave out half of ``1 - level``
        in each tail of the negative binomial distribution with ``variance = mean + alpha mean**2``
        (the exact limits of Garwood, with that distribution).
    level : float
        Nominal confidence.

    Returns
    -------
    Interval
        In events per unit of exposure. With a phi of 1, or an alpha of 0, the exact Poisson one.
        The limit is infinite where alpha is so large that no mean can be excluded.

    Raises
    ------
    ValueError
        As `poisson_rate`, or for a dispersion that is missing, negative or infinite.

    Notes
    -----
    McCullagh & Nelder (1989), *Generalized Linear Models*, section 6.2 (variance proportional to
    the mean); Cameron & Trivedi (2013), *Regression Analysis of Count Data*, section 3.3.
    """
    check_method(kind, KINDS)
    alpha = 1 - check_level(level)
    if isinstance(dispersion, Dispersion):
        dispersion = dispersion.phi if kind == "quasi-poisson" else dispersion.alpha
    extra = as_floats(dispersion, "dispersion")
    reject(~(extra >= 0), extra, "dispersion", "a number of zero or more")
    counts, exposures = counts_and_exposures(count, exposure)
    counts, exposures, extra = broadcast(count=counts, exposure=exposures, dispersion=extra)
    lower, upper = np.full(counts.shape, np.nan), np.full(counts.shape, np.nan)
    known = ~np.isnan(counts)
    limits = _quasi_poisson if kind == "quasi-poisson" else _negative_binomial
    if known.any():
        lower[known], upper[known] = limits(counts[known], extra[known], alpha)
    label = "quasi-Poisson, phi" if kind == "quasi-poisson" else "negative binomial, alpha"
    spread = f"{float(extra.flat[0]):.3g}" if np.ptp(extra) == 0 else "by row"
    return Interval(
        counts / exposures,
        lower / exposures,
        upper / exposures,
        level=level,
        method=f"{label} {spread}",
    )


def _quasi_poisson(
    counts: FloatArray, phi: FloatArray, alpha: float
) -> tuple[FloatArray, FloatArray]:
    groups = np.maximum(phi, 1.0)
    some = np.maximum(counts, 1e-300)
    lower = np.where(counts > 0, stats.gamma.ppf(alpha / 2, some / groups), 0.0)
    return groups * lower, groups * stats.gamma.isf(alpha / 2, counts / groups + 1)


def _negative_binomial(
    counts: FloatArray, extra: FloatArray, alpha: float
) -> tuple[FloatArray, FloatArray]:
    lower, upper = np.zeros_like(counts), np.empty_like(counts)
    safe = np.maximum(extra, 1e-9)  # below, the distribution is Poisson to nine digits
    size = 1 / safe

    def at_least(log_mean: FloatArray, x: FloatArray, r: FloatArray) -> FloatArray:
        # P(X >= x) is an incomplete beta function of mean / (mean + size)
        mean = np.exp(log_mean)
        return special.betainc(x, r, mean / (mean + r)) - alpha / 2

    def at_most(log_mean: FloatArray, x: FloatArray, r: FloatArray) -> FloatArray:
        mean = np.exp(log_mean)
        return special.betainc(r, x + 1, r / (mean + r)) - alpha / 2

    wide = 40 * np.ones_like(counts)  # on the log scale: no mean beyond is of interest
    some = counts > 0
    if some.any():
        centre = np.log(counts[some])
        bracket = (centre - wide[some], centre)
        arguments = (counts[some], size[some])
        lower[some] = np.exp(elementwise.find_root(at_least, bracket, args=arguments).x)
    centre = np.log(counts + 0.5)
    found = elementwise.find_root(at_most, (centre, centre + wide), args=(counts, size))
    upper[:] = np.where(found.success, np.exp(found.x), np.inf)
    return lower, upper
