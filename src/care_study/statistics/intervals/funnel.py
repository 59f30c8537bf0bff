"""Funnel limits: how far values would scatter around a target by chance alone."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, special, stats
from scipy.optimize import elementwise

from care_study.statistics.intervals.core import (
    FloatArray,
    as_floats,
    check_level,
    check_method,
    counts_and_exposures,
    reject,
)
from care_study.statistics.intervals.proportions import successes_and_trials

LEVELS = (0.95, 0.998)  # the two limits of public-health funnels, about two and three sigma


@dataclass(frozen=True)
class Funnel:
    """Funnel limits around a target.

    Attributes
    ----------
    target : float
        The value that the funnel is drawn around.
    kind : str
        ``rate`` or ``proportion``.
    overdispersion : str
        ``none``, ``multiplicative`` or ``additive``.
    limits : str
        ``exact`` or ``normal``.
    levels : tuple of float
        Confidence of each pair of limits.
    phi : float
        Over-dispersion ratio: as given, or the mean of the winsorised squared z-scores over what
        winsorising leaves of it under chance alone; (areas - 1) / areas, in practice 1, is
        chance alone.
    tau2 : float
        Additive between-area variance (method of moments), in squared units of the value.
    dispersion_p : float
        Chance of at least this much scatter if every area shared the target (chi-squared).
    points : pandas.DataFrame
        One row for each input: ``value, denominator, standard_error, z``, for each level
        ``lower_95, upper_95, lower_99_8, upper_99_8``, and ``outside``: the highest level whose
        limits the value lies beyond, 0 where it lies within all of them, missing where the
        value is.
    method : str
    warnings : tuple of str
    """

    target: float
    kind: str
    overdispersion: str
    limits: str
    levels: tuple[float, ...]
    phi: float
    tau2: float
    dispersion_p: float
    points: pd.DataFrame
    method: str
    warnings: tuple[str, ...] = ()

    def curve(self, denominators: Any) -> pd.DataFrame:
        """Compute the limits at any denominators, for drawing; one row for each."""
        wanted = np.atleast_1d(as_floats(denominators, "denominators"))
        reject(~(wanted > 0), wanted, "denominators", "more than zero")
        table = pd.DataFrame({"denominator": wanted})
        for level in self.levels:
            lower, upper = _limits(self, wanted, level)
            table[f"lower_{_suffix(level)}"] = lower
            table[f"upper_{_suffix(level)}"] = upper
        return table


def funnel(
    numerator: Any,
    denominator: Any,
    *,
    kind: str = "rate",
    overdispersion: str = "none",
    limits: str = "exact",
    target: float | None = None,
    levels: tuple[float, ...] = LEVELS,
    winsorise: float = 0.1,
    phi: float | None = None,
) -> Funnel:
    """Compute funnel limits for rates or proportions, with or without over-dispersion.

    Parameters
    ----------
    numerator, denominator : array_like, shape (areas,)
        Events and population of each area. Missing areas are left out of the target and of the
        dispersion and come back as missing.
    kind : {"rate", "proportion"}
        Poisson or binomial variation; rates are per one unit of the denominator.
    overdispersion : {"none", "multiplicative", "additive"}
        ``multiplicative`` widens the limits by the square root of phi (at least 1);
        ``additive`` adds the between-area variance tau2 (at least 0). Both are estimated from
        winsorised z-scores, so that outlying areas do not hide themselves, and corrected for
        what winsorising takes away (see `dispersion`).
    limits : {"exact", "normal"}
        ``exact``: an area lies outside exactly when the exact interval of its own value leaves
        out the target. Limits with over-dispersion are always normal.
    target : float, optional
        Default: sum of numerators over sum of denominators.
    levels : tuple of float
        Default 95% and 99.8%.
    winsorise : float
        Share of z-scores pulled in at each end, 0 to below 0.5.
    phi : float, optional
        Variance over mean to widen ``multiplicative`` limits by, known from elsewhere; the
        `yearly_dispersion` of the same counts asks which areas differ by more than their own
        years do, and not by more than areas do.

    Raises
    ------
    ValueError
        For a phi that is not positive or without ``multiplicative``, bad counts, fewer than two
        areas, or a target without variation.

    Notes
    -----
    Spiegelhalter (2005), *Funnel plots for comparing institutional performance*, Statistics in
    Medicine 24, 1185-1202; Spiegelhalter (2005), *Handling over-dispersion of performance
    indicators*, Quality and Safety in Health Care 14, 347-351.
    """
    check_method(kind, ("rate", "proportion"))
    check_method(overdispersion, ("none", "multiplicative", "additive"))
    check_method(limits, ("exact", "normal"))
    for level in levels:
        check_level(level)
    if not 0 <= winsorise < 0.5:
        raise ValueError(f"winsorise is {winsorise}; expected 0 or more and below 0.5.")
    if phi is not None and not (overdispersion == "multiplicative" and 0 < phi < np.inf):
        raise ValueError(
            f"phi is {phi} with overdispersion {overdispersion!r}; expected a number above zero "
            "with overdispersion 'multiplicative'."
        )
    pairs = successes_and_trials if kind == "proportion" else counts_and_exposures
    counts, sizes = pairs(numerator, denominator, ("numerator", "denominator"))
    counts, sizes = np.atleast_1d(counts), np.atleast_1d(sizes)
    centre = _target(counts, sizes, kind, target)
    value = counts / sizes
    error = np.sqrt(_unit_variance(centre, kind) / sizes)
    z = (value - centre) / error
    found, tau2, dispersion_p = dispersion(z, error, winsorise)
    result = Funnel(
        target=centre,
        kind=kind,
        overdispersion=overdispersion,
        limits="normal" if overdispersion != "none" else limits,
        levels=tuple(levels),
        phi=found if phi is None else float(phi),
        tau2=tau2,
        dispersion_p=dispersion_p,
        points=pd.DataFrame(),
        method=_label(overdispersion, limits, winsorise, given=phi is not None),
        warnings=_dispersion_warnings(overdispersion, found, dispersion_p),
    )
    points = pd.DataFrame({"value": value, "denominator": sizes, "standard_error": error, "z": z})
    return _with_points(result, points)


def dispersion(
    z: FloatArray, error: FloatArray, winsorise: float = 0.1
) -> tuple[float, float, float]:
    """Compute phi, tau2 and the chi-squared p-value of the scatter of z-scores.

    ``phi`` is the mean of the squared winsorised z-scores, divided by the same of a normal
    distribution (0.679 for 10% at each end), so that chance alone gives (n - 1) / n.
    ``tau2`` is the between-area variance that brings the z-scores' own phi to (n - 1) / n: a
    Paule-Mandel equation on winsorised scores. The closed DerSimonian-Laird estimate
    (Spiegelhalter 2005, appendix A.3) is used without winsorising only: the areas' scores then
    have unequal variances, for which no one constant corrects.
    The p-value uses the z-scores as they are, with one degree of freedom less than areas.

    Parameters
    ----------
    z, error : array, shape (areas,)
        Distances from the target in standard errors, and those errors. Missing ones are left out.
    winsorise : float
        Share of z-scores pulled in at each end, 0 to below 0.5.

    Raises
    ------
    ValueError
        For fewer than two known scores, unequal lengths, or errors that are not positive.
    """
    z, error = as_floats(z, "z"), as_floats(error, "error")
    if z.ndim != 1 or z.shape != error.shape:
        raise ValueError(f"z has shape {z.shape}, error {error.shape}; expected one series each.")
    known = ~np.isnan(z)
    scores, errors = z[known], error[known]
    n = len(scores)
    if n < 2:
        raise ValueError(f"z has {n} known score(s); expected two or more to measure a scatter.")
    reject(~(errors > 0), errors, "error", "more than zero")
    phi = _winsorised_square(scores, winsorise)
    tau2 = _between_variance(scores, errors, winsorise)
    return phi, tau2, float(stats.chi2.sf((scores**2).sum(), n - 1))


def _winsorised_square(scores: FloatArray, winsorise: float) -> float:
    """Mean square of winsorised scores, over its value for the standard normal distribution."""
    low, high = np.quantile(scores, [winsorise, 1 - winsorise])
    return float(np.mean(np.clip(scores, low, high) ** 2)) / _normal_share(winsorise)


def _normal_share(winsorise: float) -> float:
    """Mean square of a standard normal variable with both tails pulled in to their quantiles."""
    if winsorise == 0:
        return 1.0
    q = stats.norm.isf(winsorise)
    inside = 1 - 2 * winsorise - 2 * q * stats.norm.pdf(q)
    return float(inside + 2 * winsorise * q**2)


def _between_variance(scores: FloatArray, errors: FloatArray, winsorise: float) -> float:
    n = len(scores)
    if winsorise == 0:
        weights = 1 / errors**2
        spread = weights.sum() - (weights**2).sum() / weights.sum()
        return float(max(0.0, ((scores**2).sum() - (n - 1)) / spread))
    distances = scores * errors

    def excess(tau2: float) -> float:
        z = distances / np.sqrt(errors**2 + tau2)
        return _winsorised_square(z, winsorise) - (n - 1) / n

    if excess(0.0) <= 0:
        return 0.0
    # At this variance every squared score is below (n - 1) / n of what is allowed.
    highest = 2 * float((distances**2).max()) / _normal_share(winsorise)
    return float(optimize.brentq(excess, 0.0, highest, xtol=1e-12 * highest))


def _target(counts: FloatArray, sizes: FloatArray, kind: str, target: float | None) -> float:
    known = int((~np.isnan(counts)).sum())
    if known < 2:
        raise ValueError(f"The funnel has {known} area(s) with a value; expected two or more.")
    centre = float(np.nansum(counts) / np.nansum(sizes)) if target is None else float(target)
    highest = 1.0 if kind == "proportion" else np.inf
    if not 0 < centre < highest:
        raise ValueError(
            f"The target {kind} is {centre:g}; a funnel needs one above 0"
            + (" and below 1." if kind == "proportion" else ".")
        )
    return centre


def _unit_variance(target: float, kind: str) -> float:
    return target * (1 - target) if kind == "proportion" else target


def _limits(shape: Funnel, sizes: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    tail = (1 - level) / 2
    if shape.limits == "exact":
        exact = _exact_proportion if shape.kind == "proportion" else _exact_rate
        return exact(shape.target, sizes, tail)
    variance = _unit_variance(shape.target, shape.kind) / sizes
    if shape.overdispersion == "multiplicative":
        variance = variance * max(1.0, shape.phi)
    elif shape.overdispersion == "additive":
        variance = variance + shape.tau2
    half = stats.norm.isf(tail) * np.sqrt(variance)
    highest = 1.0 if shape.kind == "proportion" else np.inf
    return np.maximum(shape.target - half, 0), np.minimum(shape.target + half, highest)


def _exact_rate(target: float, sizes: FloatArray, tail: float) -> tuple[FloatArray, FloatArray]:
    # The count whose exact upper (lower) Poisson limit equals the expected count; the gamma
    # function carries the Poisson distribution to counts between whole numbers.
    expected = target * sizes
    lower = np.zeros_like(expected)
    # Else even no events at all would be within. Asked of the function that the root is of, so
    # that rounding cannot leave the root finder without a bracket; so too for proportions.
    some = special.gammaincc(1, expected) < tail
    if some.any():
        lower[some] = elementwise.find_root(
            lambda x, e: special.gammaincc(x + 1, e) - tail,
            (np.zeros_like(expected[some]), expected[some]),
            args=(expected[some],),
        ).x
    upper = elementwise.find_root(
        lambda x, e: special.gammainc(x, e) - tail,
        (np.maximum(expected, 1e-12), stats.poisson.isf(tail, expected) + 2),
        args=(expected,),
    ).x
    return lower / sizes, upper / sizes


def _exact_proportion(
    target: float, sizes: FloatArray, tail: float
) -> tuple[FloatArray, FloatArray]:
    # As for rates; the incomplete beta function carries the binomial to fractions of counts.
    expected = target * sizes
    lower, upper = np.zeros_like(expected), sizes.copy()
    down = special.betainc(sizes, 1, 1 - target) < tail
    up = special.betainc(sizes, 1, target) < tail
    if down.any():
        lower[down] = elementwise.find_root(
            lambda x, n: special.betainc(n - x, x + 1, 1 - target) - tail,
            (np.zeros_like(expected[down]), expected[down]),
            args=(sizes[down],),
        ).x
    if up.any():
        upper[up] = elementwise.find_root(
            lambda x, n: special.betainc(x, n - x + 1, target) - tail,
            (expected[up], sizes[up]),
            args=(sizes[up],),
        ).x
    return lower / sizes, upper / sizes


def _with_points(shape: Funnel, points: pd.DataFrame) -> Funnel:
    known = points["value"].notna().to_numpy()
    outside = np.where(known, 0.0, np.nan)
    curve = shape.curve(points.loc[known, "denominator"])
    for level in sorted(shape.levels):
        for side in ("lower", "upper"):
            name = f"{side}_{_suffix(level)}"
            points[name] = np.nan
            points.loc[known, name] = curve[name].to_numpy()
        beyond = (points["value"] < points[f"lower_{_suffix(level)}"]) | (
            points["value"] > points[f"upper_{_suffix(level)}"]
        )
        outside[beyond.to_numpy()] = level
    points["outside"] = outside
    fields = {**shape.__dict__, "points": points}
    return Funnel(**fields)


def _suffix(level: float) -> str:
    return f"{100 * level:.10g}".replace(".", "_")


def _label(overdispersion: str, limits: str, winsorise: float, *, given: bool) -> str:
    if given:
        return "funnel, multiplicative over-dispersion phi as given"
    if overdispersion == "none":
        return f"funnel, {limits} limits (Spiegelhalter 2005)"
    how = "phi" if overdispersion == "multiplicative" else "tau2"
    return (
        f"funnel, {overdispersion} over-dispersion {how}, "
        f"{100 * winsorise:g}% winsorised each end (Spiegelhalter 2005)"
    )


def _dispersion_warnings(overdispersion: str, phi: float, p: float) -> tuple[str, ...]:
    if overdispersion == "none" and p < 0.05:
        return (
            f"The areas scatter more than chance explains (phi {phi:.1f}): limits without "
            "over-dispersion mark too many areas as unusual.",
        )
    return ()
