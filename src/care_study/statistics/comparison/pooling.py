"""Averages over areas: pooled, simple, and random-effects means."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize, stats

from care_study.statistics.comparison.neighbours import FloatArray
from care_study.statistics.intervals import Interval
from care_study.statistics.intervals.core import (
    as_floats,
    check_level,
    check_method,
    counts_and_exposures,
    reject,
)

_TAU2 = {"dersimonian-laird": "DerSimonian & Laird 1986", "paule-mandel": "Paule & Mandel 1982"}


@dataclass(frozen=True)
class Averages:
    """Two averages of the same rates.

    Attributes
    ----------
    pooled : Interval
        Sum of numerators over sum of denominators: large areas weigh more. The rate of the
        children of these areas taken together.
    simple : Interval
        Mean of the areas' rates: every area weighs the same. The rate of a typical area.
    n : int
        Areas used.
    warnings : tuple of str
    """

    pooled: Interval
    simple: Interval
    n: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class RandomEffects:
    """Mean of areas that truly differ, weighted by how precisely each is known.

    Attributes
    ----------
    mean : Interval
    tau2 : float
        Variance between areas beyond chance, in squared units of the values.
    q, i2 : float
        Cochran's Q, and the share (0 to 1) of the scatter that is not chance.
    q_p_value : float
        Chance of at least this Q if all areas were alike.
    prediction_lower, prediction_upper : float
        Where the true value of one more such area would lie (Higgins, Thompson & Spiegelhalter
        2009, eq. 12: t on ``n - 2``); NaN with fewer than three areas.
    n : int
    warnings : tuple of str
    """

    mean: Interval
    tau2: float
    q: float
    i2: float
    q_p_value: float
    prediction_lower: float
    prediction_upper: float
    n: int
    warnings: tuple[str, ...] = ()


def averages(numerator: Any, denominator: Any, *, level: float = 0.95) -> Averages:
    """Compute the pooled rate and the simple mean of the rates, both with areas as the sample.

    The pooled rate's interval is that of a ratio estimator (Cochran 1977, *Sampling Techniques*,
    eq. 6.13, without the finite population correction), t on ``n - 1``: areas differ by more
    than Poisson chance, so an interval from the summed count alone would be far too narrow.

    Parameters
    ----------
    numerator, denominator : array_like, shape (areas,)
        Events and population; missing areas are left out and counted in a warning.
    level : float
        Nominal confidence.

    Raises
    ------
    ValueError
        For bad counts, or if every area is missing.
    """
    check_level(level)
    counts, sizes = counts_and_exposures(numerator, denominator, ("numerator", "denominator"))
    counts, sizes = np.atleast_1d(counts), np.atleast_1d(sizes)
    known = ~np.isnan(counts)
    n, missing = int(known.sum()), int((~known).sum())
    if n == 0:
        raise ValueError(f"All {missing} areas are missing; expected at least one with a value.")
    x, size = counts[known], sizes[known]
    ratio, rates = x.sum() / size.sum(), x / size
    notes = _missing_note(missing, n)
    if n == 1:
        notes += ("One area only: its rate is shown without an interval.",)
    return Averages(
        pooled=_t_interval(ratio, _ratio_error(x, size), n, level, "pooled, ratio estimator"),
        simple=_t_interval(rates.mean(), _mean_error(rates), n, level, "simple mean"),
        n=n,
        warnings=notes,
    )


def random_effects_mean(
    values: Any,
    variances: Any,
    *,
    method: str = "paule-mandel",
    adjust: bool = True,
    level: float = 0.95,
) -> RandomEffects:
    """Compute the random-effects mean of the areas' values.

    Parameters
    ----------
    values, variances : array_like, shape (areas,)
        Values and their sampling variances (for a rate: count / population squared), which must
        be positive. Areas with either missing are left out and counted in a warning.
    method : {"paule-mandel", "dersimonian-laird"}
        Estimator of the between-area variance.
    adjust : bool
        Use the standard error and t interval of Hartung & Knapp (2001), which hold their level
        with few areas; otherwise the normal interval. Where the areas scatter less than chance
        alone would have them, the standard error is not narrowed below the usual one (the
        modification of Röver, Knapp & Friede 2015, BMC Medical Research Methodology 15:99), and
        a warning says so.
    level : float
        Nominal confidence.

    Raises
    ------
    ValueError
        For a variance that is not positive, or fewer than two areas.
    """
    check_method(method, tuple(_TAU2))
    check_level(level)
    y, v, missing = _known_pairs(values, variances)
    n = len(y)
    tau2 = _paule_mandel(y, v) if method == "paule-mandel" else _dersimonian_laird(y, v)
    weight = 1 / (v + tau2)
    notes = _missing_note(missing, n)
    mean = float(np.average(y, weights=weight))
    error = 1 / np.sqrt(weight.sum())
    critical = stats.norm.isf((1 - level) / 2)
    label = f"random effects ({_TAU2[method]}), normal"
    if adjust:
        factor = float(np.sqrt((weight * (y - mean) ** 2).sum() / (n - 1)))
        # Paule and Mandel's own equation makes the factor 1, but for rounding.
        if factor < 1 - 1e-6:
            notes += (
                f"The values scatter less than their variances lead one to expect (factor "
                f"{factor:.2f}); the interval was not narrowed below the unadjusted error.",
            )
        error *= max(1.0, factor)
        critical = stats.t.isf((1 - level) / 2, n - 1)
        label = f"random effects ({_TAU2[method]}), Hartung & Knapp 2001"
    q = _q(y, v, 0.0)
    # With two areas no degree of freedom is left, and the t value is NaN.
    reach = stats.t.isf((1 - level) / 2, n - 2) * np.sqrt(tau2 + 1 / weight.sum())
    return RandomEffects(
        mean=Interval(mean, mean - critical * error, mean + critical * error, level, label),
        tau2=tau2,
        q=q,
        i2=1 - (n - 1) / max(q, n - 1),
        q_p_value=float(stats.chi2.sf(q, n - 1)),
        prediction_lower=float(mean - reach),
        prediction_upper=float(mean + reach),
        n=n,
        warnings=notes,
    )


def _missing_note(missing: int, used: int) -> tuple[str, ...]:
    return (f"{missing} of {used + missing} areas have no value.",) if missing else ()


def _known_pairs(values: Any, variances: Any) -> tuple[FloatArray, FloatArray, int]:
    y = np.atleast_1d(as_floats(values, "values"))
    v = np.atleast_1d(as_floats(variances, "variances"))
    if y.shape != v.shape:
        raise ValueError(f"values has shape {y.shape}, variances {v.shape}; expected the same.")
    reject(v <= 0, v, "variances", "more than zero")
    known = ~(np.isnan(y) | np.isnan(v))
    if known.sum() < 2:
        raise ValueError(
            f"{int(known.sum())} area(s) have a value and a variance; expected two or more."
        )
    return y[known], v[known], int((~known).sum())


def _q(y: FloatArray, v: FloatArray, tau2: float) -> float:
    weight = 1 / (v + tau2)
    return float((weight * (y - np.average(y, weights=weight)) ** 2).sum())


def _dersimonian_laird(y: FloatArray, v: FloatArray) -> float:
    weight = 1 / v
    spread = weight.sum() - (weight**2).sum() / weight.sum()
    return float(max(0.0, (_q(y, v, 0.0) - (len(y) - 1)) / spread))


def _paule_mandel(y: FloatArray, v: FloatArray) -> float:
    excess = len(y) - 1
    if _q(y, v, 0.0) <= excess:
        return 0.0
    # Q falls in tau2, and at this value each squared deviation weighs less than its share.
    highest = float(((y - y.mean()) ** 2).sum() / excess) + float(v.max())
    xtol = 1e-12 * highest
    return float(optimize.brentq(lambda tau2: _q(y, v, tau2) - excess, 0.0, highest, xtol=xtol))


def _ratio_error(x: FloatArray, size: FloatArray) -> float:
    n = len(x)
    if n == 1:
        return np.nan
    residual = x - x.sum() / size.sum() * size
    return float(np.sqrt((residual**2).sum() / (n * (n - 1))) / size.mean())


def _mean_error(rates: FloatArray) -> float:
    return float(rates.std(ddof=1) / np.sqrt(len(rates))) if len(rates) > 1 else np.nan


def _t_interval(estimate: float, error: float, n: int, level: float, label: str) -> Interval:
    if n == 1:
        return Interval(estimate, np.nan, np.nan, level, f"{label}: one area")
    half = stats.t.isf((1 - level) / 2, n - 1) * error
    return Interval(
        estimate,
        estimate - half,
        estimate + half,
        level,
        f"{label}, t on {n - 1} degrees of freedom",
    )
