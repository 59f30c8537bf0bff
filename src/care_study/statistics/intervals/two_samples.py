"""Intervals that compare two rates or two proportions."""

from typing import Any

import numpy as np
from scipy import stats
from scipy.optimize import elementwise

from care_study.statistics.intervals.core import (
    FloatArray,
    Interval,
    broadcast,
    check_level,
    check_method,
    counts_and_exposures,
)
from care_study.statistics.intervals.proportions import proportion, successes_and_trials
from care_study.statistics.intervals.rates import poisson_rate

_RATIO_METHODS = {
    "score": ("wilson", "score, ratio of two Poisson rates"),
    "exact": ("exact", "exact conditional, ratio of two Poisson rates"),
}
_DIFFERENCE_METHODS = {
    "score": "score, difference of two Poisson rates",
    "mover": "MOVER from score limits (Zou & Donner 2008)",
}


def mover(first: Interval, second: Interval, *, method: str | None = None) -> Interval:
    """Compute the interval for ``first - second`` from the interval of each.

    The limits combine as squared distances from the estimates: method of variance estimates
    recovery, Zou & Donner (2008), *Construction of confidence limits about effect measures*,
    Statistics in Medicine 27, 1693-1702. The two must be independent and of one level.

    Raises
    ------
    ValueError
        If the two intervals have different levels.
    """
    if first.level != second.level:
        raise ValueError(
            f"The intervals have levels {first.level:g} and {second.level:g}; "
            "compute both at the same level first."
        )
    difference = np.subtract(first.estimate, second.estimate)
    down = np.hypot(first.estimate - first.lower, second.upper - second.estimate)
    up = np.hypot(first.upper - first.estimate, second.estimate - second.lower)
    label = method or f"MOVER (Zou & Donner 2008) from {first.method} and {second.method}"
    return Interval(
        difference,
        difference - down,
        difference + up,
        level=first.level,
        method=label,
        warnings=first.warnings + second.warnings,
    )


def proportion_difference(
    successes_1: Any, trials_1: Any, successes_2: Any, trials_2: Any, *, level: float = 0.95
) -> Interval:
    """Compute differences of two independent proportions with Newcombe's hybrid score interval.

    Parameters
    ----------
    successes_1, trials_1, successes_2, trials_2 : array_like
        Counts of the two groups, broadcast together. Missing gives missing.
    level : float
        Nominal confidence.

    Returns
    -------
    Interval
        First proportion minus second, between -1 and 1.

    Raises
    ------
    ValueError
        As `proportion`.

    Notes
    -----
    Newcombe (1998), *Interval estimation for the difference between independent proportions*,
    Statistics in Medicine 17, 873-890, method 10.
    """
    success_1, trial_1 = successes_and_trials(
        successes_1, trials_1, names=("successes_1", "trials_1")
    )
    success_2, trial_2 = successes_and_trials(
        successes_2, trials_2, names=("successes_2", "trials_2")
    )
    broadcast(successes_1=success_1, successes_2=success_2)
    return mover(
        proportion(success_1, trial_1, level=level),
        proportion(success_2, trial_2, level=level),
        method="Newcombe hybrid score (Newcombe 1998, method 10)",
    )


def rate_ratio(
    count_1: Any,
    exposure_1: Any,
    count_2: Any,
    exposure_2: Any,
    *,
    method: str = "score",
    level: float = 0.95,
) -> Interval:
    """Compute ratios of two independent Poisson rates with confidence intervals.

    Given the two counts' sum, the first is binomial; an interval for that proportion becomes
    one for the ratio. Wilson's interval gives the score interval, Clopper and Pearson's the
    exact conditional one.

    Parameters
    ----------
    count_1, exposure_1, count_2, exposure_2 : array_like
        Events and population of each group, broadcast together. Missing gives missing.
    method : {"score", "exact"}
    level : float
        Nominal confidence.

    Returns
    -------
    Interval
        First rate divided by the second. No events in the second group gives an infinite
        estimate and upper limit; none in either gives a missing estimate and limits from zero
        to infinity. Both carry a warning.

    Raises
    ------
    ValueError
        As `poisson_rate`.

    Notes
    -----
    Przyborowski & Wilenski (1940), Biometrika 31, 313-323 (exact conditional);
    Gu, Ng, Tang & Schucany (2008), *Testing the ratio of two Poisson rates*, eq. 5 (score).
    """
    check_method(method, tuple(_RATIO_METHODS))
    check_level(level)
    x1, n1, x2, n2 = _two_groups(count_1, exposure_1, count_2, exposure_2)
    total = x1 + x2
    share_method, label = _RATIO_METHODS[method]
    share = proportion(x1, np.where(total == 0, np.nan, total), method=share_method, level=level)
    share_lower, share_upper = np.asarray(share.lower), np.asarray(share.upper)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = n2 / n1
        estimate = x1 / x2 * scale
        lower = np.where(total == 0, 0.0, share_lower / (1 - share_lower) * scale)
        upper = np.where(x2 == 0, np.inf, share_upper / (1 - share_upper) * scale)
    return Interval(
        estimate, lower, upper, level=level, method=label, warnings=_zero_warnings(x1, x2)
    )


def rate_difference(
    count_1: Any,
    exposure_1: Any,
    count_2: Any,
    exposure_2: Any,
    *,
    method: str = "score",
    level: float = 0.95,
) -> Interval:
    """Compute differences of two independent Poisson rates with confidence intervals.

    No exact conditional interval exists for a difference: the counts' sum is not sufficient for
    the nuisance rate. For an exact statement use `rate_ratio`.

    Parameters
    ----------
    count_1, exposure_1, count_2, exposure_2 : array_like
        Events and population of each group, broadcast together. Missing gives missing.
    method : {"score", "mover"}
        ``score`` inverts the score test, with rates fitted under each difference (Mee 1984 for
        the principle; Ng, Gu & Tang 2007, Computational Statistics & Data Analysis 51,
        3085-3099, for Poisson); ``mover`` combines the score limits of each rate (Li, Tang,
        Poon & Tang 2011, Communications in Statistics 40, 1478-1493).
    level : float
        Nominal confidence.

    Returns
    -------
    Interval
        First rate minus second, in events per unit of exposure.

    Raises
    ------
    ValueError
        As `poisson_rate`.
    """
    check_method(method, tuple(_DIFFERENCE_METHODS))
    check_level(level)
    x1, n1, x2, n2 = _two_groups(count_1, exposure_1, count_2, exposure_2)
    label = _DIFFERENCE_METHODS[method]
    if method == "mover":
        first = poisson_rate(x1, n1, method="score", level=level)
        second = poisson_rate(x2, n2, method="score", level=level)
        return mover(first, second, method=label)
    critical = stats.norm.isf((1 - level) / 2)
    estimate = x1 / n1 - x2 / n2
    lower = estimate - _score_distance(x1, n1, x2, n2, critical)
    upper = estimate + _score_distance(x2, n2, x1, n1, critical)
    return Interval(estimate, lower, upper, level=level, method=label)


def _score_distance(
    x1: FloatArray, n1: FloatArray, x2: FloatArray, n2: FloatArray, critical: float
) -> FloatArray:
    """Distance from the estimate down to the lower score limit of ``rate 1 - rate 2``."""
    distance = np.full(np.shape(x1), np.nan)
    known = ~np.isnan(x1)
    if not known.any():
        return distance
    groups = tuple(np.atleast_1d(a[known]) for a in (x1, n1, x2, n2))
    y1, m1, y2, m2 = groups

    def excess(e: FloatArray, *group: FloatArray) -> FloatArray:
        return e**2 - critical**2 * _variance_at(e, *group)

    # Variance at distance e is at most r1/n1 + (r2 + e)/n2, which bounds the root from above.
    far = 1.01 * (critical**2 / m2 + critical * np.sqrt(y1 / m1**2 + y2 / m2**2))
    distance[known] = elementwise.find_root(excess, (far * 1e-9, far), args=groups).x
    return distance


def _variance_at(
    distance: FloatArray, x1: FloatArray, n1: FloatArray, x2: FloatArray, n2: FloatArray
) -> FloatArray:
    """Variance of the difference under rates fitted to lie ``distance`` below the estimate."""
    delta = x1 / n1 - x2 / n2 - distance
    n = n1 + n2
    b = n * delta - x1 - x2
    rate_2 = (np.sqrt(np.maximum(b**2 + 4 * n * x2 * delta, 0)) - b) / (2 * n)
    rate_1 = np.maximum(rate_2 + delta, 0)
    return rate_1 / n1 + rate_2 / n2


def _two_groups(
    count_1: Any, exposure_1: Any, count_2: Any, exposure_2: Any
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    x1, n1 = counts_and_exposures(count_1, exposure_1, names=("count_1", "exposure_1"))
    x2, n2 = counts_and_exposures(count_2, exposure_2, names=("count_2", "exposure_2"))
    x1, n1, x2, n2 = broadcast(count_1=x1, exposure_1=n1, count_2=x2, exposure_2=n2)
    missing = np.isnan(x1) | np.isnan(x2)
    for array in (x1, n1, x2, n2):
        array[missing] = np.nan
    return x1, n1, x2, n2


def _zero_warnings(x1: FloatArray, x2: FloatArray) -> tuple[str, ...]:
    none = int(np.sum((x1 == 0) & (x2 == 0)))
    second = int(np.sum((x1 > 0) & (x2 == 0)))
    warnings = []
    if none:
        warnings.append(f"{none} ratio(s) have no events in either group: nothing can be said.")
    if second:
        warnings.append(
            f"{second} ratio(s) have no events in the second group: no upper limit exists."
        )
    return tuple(warnings)
