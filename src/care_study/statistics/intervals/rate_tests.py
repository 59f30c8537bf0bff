"""P-values for one Poisson rate against a value, and for two rates against each other."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from care_study.statistics.intervals.core import (
    FloatArray,
    as_floats,
    broadcast,
    check_method,
    counts_and_exposures,
    reject,
)

METHODS = ("exact", "midp", "score")
LABELS = {
    "exact": "exact, twice the smaller tail",
    "midp": "mid-P, twice the smaller tail with half the observed count",
    "score": "score, normal",
}


@dataclass(frozen=True)
class RateTest:
    """Result of a test of rates.

    Attributes
    ----------
    estimate : float or numpy.ndarray
        The rate, or the ratio of the two.
    p_value : float or numpy.ndarray
        Two-sided; missing where an input is, 1 where no event was seen in either group.
    null : float
    method : str
    """

    estimate: Any
    p_value: Any
    null: float
    method: str


def rate_test(
    count: Any, exposure: Any = 1.0, *, null: float = 1.0, method: str = "exact"
) -> RateTest:
    """Test whether Poisson rates equal a given rate.

    Parameters
    ----------
    count, exposure : array_like
        As in `poisson_rate`.
    null : float
        The rate, above zero, in events per unit of exposure.
    method : {"exact", "midp", "score"}
        Each rejects at 5% exactly where the interval of the same name at 95% leaves out `null`.

    Raises
    ------
    ValueError
        As `poisson_rate`, or for a null that is not above zero.
    """
    check_method(method, METHODS)
    _check_null(null)
    counts, exposures = counts_and_exposures(count, exposure)
    expected = exposures * null
    if method == "score":
        p_value = _normal((counts - expected) / np.sqrt(expected))
    else:
        at_most = stats.poisson.cdf(counts, expected)
        here = _midpoint(method) * stats.poisson.pmf(counts, expected)
        at_least = stats.poisson.sf(counts - 1, expected)
        p_value = _doubled(at_most - here, at_least - here)
    return _result(counts / exposures, p_value, null, f"Poisson rate: {LABELS[method]}")


def rate_ratio_test(
    count_1: Any,
    exposure_1: Any,
    count_2: Any,
    exposure_2: Any,
    *,
    null: float = 1.0,
    method: str = "exact",
) -> RateTest:
    """Test whether the ratio of two independent Poisson rates equals a given one.

    Given the sum of both counts the first is binomial (Przyborowski & Wilenski 1940, Biometrika
    31, 313-323); ``score`` is the score test of that binomial share.

    Parameters
    ----------
    count_1, exposure_1, count_2, exposure_2 : array_like
        As in `rate_ratio`.
    null : float
        First rate over the second, above zero.
    method : {"exact", "midp", "score"}
        ``exact`` and ``score`` reject where the interval of that name of `rate_ratio` leaves out
        `null`.

    Raises
    ------
    ValueError
        As `rate_ratio`, or for a null that is not above zero.
    """
    check_method(method, METHODS)
    _check_null(null)
    x1, n1 = counts_and_exposures(count_1, exposure_1, ("count_1", "exposure_1"))
    x2, n2 = counts_and_exposures(count_2, exposure_2, ("count_2", "exposure_2"))
    x1, n1, x2, n2 = broadcast(count_1=x1, exposure_1=n1, count_2=x2, exposure_2=n2)
    total = x1 + x2
    share = null * n1 / (null * n1 + n2)
    if method == "score":
        with np.errstate(invalid="ignore", divide="ignore"):
            p_value = _normal((x1 - total * share) / np.sqrt(total * share * (1 - share)))
    else:
        at_most = stats.binom.cdf(x1, total, share)
        here = _midpoint(method) * stats.binom.pmf(x1, total, share)
        at_least = stats.binom.sf(x1 - 1, total, share)
        p_value = _doubled(at_most - here, at_least - here)
    p_value = np.where(total == 0, 1.0, p_value)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = x1 / n1 / (x2 / n2)
    return _result(ratio, p_value, null, f"ratio of Poisson rates: {LABELS[method]}")


def _check_null(null: float) -> None:
    value = as_floats(null, "null")
    reject(~(value > 0), value, "null", "a number above zero")


def _midpoint(method: str) -> float:
    return 0.5 if method == "midp" else 0.0


def _normal(z: FloatArray) -> FloatArray:
    return np.asarray(2 * stats.norm.sf(np.abs(z)))


def _doubled(below: FloatArray, above: FloatArray) -> FloatArray:
    return np.asarray(np.minimum(1.0, 2 * np.minimum(below, above)))


def _result(estimate: FloatArray, p_value: FloatArray, null: float, method: str) -> RateTest:
    if np.ndim(estimate) == 0:
        return RateTest(float(estimate), float(p_value), float(null), method)
    return RateTest(estimate, p_value, float(null), method)
