"""Segmented regression of one yearly series: level and slope before and after a date.

At most four parameters: intercept, slope, level change, slope change. Time is measured from
the first year after the break, so the level change is the step at that year against the earlier
trend carried forward, and the slope change is the difference between the yearly slopes.
Model and reading: Wagner et al. (2002); Lopez Bernal, Cummins & Gasparrini (2017).
A segmented regression describes a change at a date; it cannot say what caused it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from care_study.statistics.trends.checks import (
    Floats,
    Series,
    TrendError,
    as_floats,
    as_number,
    check_break,
    check_degrees,
    check_level,
    check_varies,
    clean_series,
    name_years,
)
from care_study.statistics.trends.counts import fit_counts
from care_study.statistics.trends.estimates import Estimate, estimates_frame
from care_study.statistics.trends.regression import (
    Diagnostics,
    NeweyWest,
    RegressionResult,
    fit_autoregressive,
    fit_linear,
)

Model = Literal["ols", "log_ols", "poisson", "negative_binomial", "glsar", "log_glsar"]
Change = Literal["level", "slope", "level_and_slope"]
MODELS: tuple[Model, ...] = (
    "ols",
    "log_ols",
    "poisson",
    "negative_binomial",
    "glsar",
    "log_glsar",
)
TERMS: dict[str, tuple[str, ...]] = {
    "level": ("intercept", "slope", "level_change"),
    "slope": ("intercept", "slope", "slope_change"),
    "level_and_slope": ("intercept", "slope", "level_change", "slope_change"),
}


@dataclass(frozen=True)
class SegmentedResult:
    """A segmented regression.

    Attributes
    ----------
    model, change : str
        The model fitted and which change it allows.
    first_after : float
        First year counted as after.
    years, observed, fitted, without_change, residuals, cooks_distance : array (n,)
        ``observed``, ``fitted`` and ``without_change`` (the earlier trend carried forward) are
        in the unit of the series: counts per unit of exposure where an exposure was given.
    terms : tuple of Estimate
        Log scale for ``log_ols``, ``log_glsar`` and the count models (see ``log_scale``).
    newey_west : tuple of NeweyWest
        For ``ols`` and ``log_ols``.
    dispersion, rho : float or None
        As in :class:`~care_study.statistics.trends.regression.RegressionResult`.
    diagnostics : Diagnostics
    warnings : tuple of str
    """

    model: str
    change: str
    first_after: float
    years: Floats
    observed: Floats
    fitted: Floats
    without_change: Floats
    residuals: Floats
    cooks_distance: Floats | None
    terms: tuple[Estimate, ...]
    newey_west: tuple[NeweyWest, ...]
    dispersion: float | None
    rho: float | None
    diagnostics: Diagnostics
    warnings: tuple[str, ...]

    @property
    def log_scale(self) -> bool:
        """Whether terms are logs of rate ratios."""
        return self.model not in ("ols", "glsar")

    @property
    def slope(self) -> Estimate:
        """Yearly slope before the break."""
        return self.term("slope")

    @property
    def level_change(self) -> Estimate:
        """Step at the first year after the break."""
        return self.term("level_change")

    @property
    def slope_change(self) -> Estimate:
        """Yearly slope after minus before."""
        return self.term("slope_change")

    def term(self, name: str) -> Estimate:
        """Return the named term; an error names the terms there are."""
        for estimate in self.terms:
            if estimate.name == name:
                return estimate
        names = ", ".join(estimate.name for estimate in self.terms)
        raise TrendError(f"Found no term {name!r} in this model; it has {names}.")

    def frame(self) -> pd.DataFrame:
        """Terms as a table, one row each."""
        return estimates_frame(self.terms)


def segmented_design(years: ArrayLike, first_after: float, change: Change) -> Floats:
    """Design matrix (n, 3 or 4) of a segmented regression, columns as in ``TERMS``."""
    if change not in TERMS:
        raise TrendError(f"Found change {change!r}; expected one of {', '.join(TERMS)}.")
    time = np.asarray(years, dtype=float) - first_after
    after = (time >= 0).astype(float)
    columns = {
        "intercept": np.ones_like(time),
        "slope": time,
        "level_change": after,
        "slope_change": after * time,
    }
    return np.column_stack([columns[name] for name in TERMS[change]])


def segmented(
    years: ArrayLike,
    values: ArrayLike,
    first_after: float,
    *,
    exposure: ArrayLike | None = None,
    model: Model = "ols",
    change: Change = "level_and_slope",
    covariates: Mapping[str, ArrayLike] | None = None,
    lag: int | None = None,
    level: float = 0.95,
) -> SegmentedResult:
    """Level and slope change of a yearly series at a known date.

    Parameters
    ----------
    years, values : array-like (n,)
        Missing values are left out with a warning. Counts for the count models.
    first_after : float
        First year that counts as after.
    exposure : array-like (n,), optional
        Population. The count models use it as an offset; the others model ``values / exposure``.
    model : {"ols", "log_ols", "glsar", "log_glsar", "poisson", "negative_binomial"}
        Least squares on the rate or the log rate, with t and Newey-West fixed-b inference; the
        same with autoregressive errors; Poisson with Pearson scale or negative binomial, which
        need whole numbers of events and are never assumed.
    change : {"level_and_slope", "level", "slope"}
        Which change the model allows at the break.
    covariates : mapping of name to array-like (n,), optional
        Other yearly series that enter as they are, about their mean, so that the intercept stays
        that of an average year; each costs a degree of freedom. ``without_change`` follows them.
    lag : int, optional
        Newey-West lag, by default ``floor(4 (n/100)^(2/9))``.
    level : float
        Confidence level.

    Raises
    ------
    TrendError
        A break outside the series, fewer points than parameters plus one, a constant series,
        zeros on a log scale, a population of zero, perfect separation, no convergence, counts
        that are not whole numbers.
    """
    check_level(level)
    first_after = as_number(first_after, "first_after")
    if model not in MODELS:
        raise TrendError(f"Found model {model!r}; expected one of {', '.join(MODELS)}.")
    names = TERMS.get(change, ())
    series = clean_series(years, values, exposure)
    check_break(series.years, first_after, 2 if "slope_change" in names else 1)
    design = segmented_design(series.years, first_after, change)
    if covariates:
        design = np.column_stack([design, _covariates(covariates, years, series.years, names)])
        names = (*names, *covariates)
    check_degrees(len(series.years), design.shape[1])
    fit = _fit(series, design, model, names, lag, level)
    return _as_result(series, design, fit, model, change, first_after)


def _covariates(
    covariates: Mapping[str, ArrayLike], years: ArrayLike, kept: Floats, taken: tuple[str, ...]
) -> Floats:
    """Covariates of the years kept, in their order, about their means."""
    given = as_floats(years, "years")
    columns = []
    for name, values in covariates.items():
        column = as_floats(values, f"covariate {name}")
        if name in taken or len(column) != len(given):
            raise TrendError(
                f"Found covariate {name!r} of {len(column)} values for {len(given)} years; "
                "expected one a year, and a name other than those of the terms."
            )
        wanted = np.array([column[given == year][0] for year in kept])
        if not np.isfinite(wanted).all():
            raise TrendError(
                f"Covariate {name!r} is missing in {name_years(kept[~np.isfinite(wanted)])}; "
                "expected a value in every year of the series."
            )
        columns.append(wanted - wanted.mean())
    return np.column_stack(columns)


def _fit(
    series: Series,
    design: Floats,
    model: Model,
    names: tuple[str, ...],
    lag: int | None,
    level: float,
) -> RegressionResult:
    """Fit the chosen model to a checked series."""
    if model in ("poisson", "negative_binomial"):
        rates = series.values if series.exposure is None else series.values / series.exposure
        check_varies(rates, "series")
        _check_separation(series.values, design, names)
        return fit_counts(series.values, design, series.exposure, names, family=model, level=level)
    outcome = _outcome(series, log=model.startswith("log_"))
    if model in ("glsar", "log_glsar"):
        return fit_autoregressive(outcome, design, names, level=level)
    return fit_linear(outcome, design, names, lag=lag, level=level)


def _outcome(series: Series, *, log: bool) -> Floats:
    """Rates, or their logs, of a checked series."""
    rates = series.values if series.exposure is None else series.values / series.exposure
    check_varies(rates, "series")
    if not log:
        return rates
    if (rates <= 0).any():
        raise TrendError(
            f"Found zero or below in {name_years(series.years[rates <= 0])}; a log rate needs "
            'values above zero. Use model="poisson", which allows zeros.'
        )
    return np.log(rates)


def _check_separation(counts: Floats, design: Floats, names: tuple[str, ...]) -> None:
    """Reject all-zero counts on one side of the break, which make the change infinite."""
    after = design[:, 1] >= 0
    for side, label in ((~after, "before the break"), (after, "from the break on")):
        need = 2 if "slope_change" in names else 1
        if (counts[side] > 0).sum() < need:
            raise TrendError(
                f"Found {(counts[side] > 0).sum()} years with any event {label}; expected at "
                f"least {need}: the change would be infinite (perfect separation)."
            )


def _as_result(
    series: Series,
    design: Floats,
    fit: RegressionResult,
    model: str,
    change: str,
    first_after: float,
) -> SegmentedResult:
    """Put a regression back on the scale of the series."""
    log_scale = model not in ("ols", "glsar")
    coefficients = np.array([term.estimate for term in fit.terms])
    unchanged = np.array([term.name not in ("level_change", "slope_change") for term in fit.terms])
    predictor, carried = design @ coefficients, design[:, unchanged] @ coefficients[unchanged]
    observed = series.values if series.exposure is None else series.values / series.exposure
    notes = series.warnings + fit.warnings
    after = int((series.years >= first_after).sum())
    if min(after, len(series.years) - after) < 4:
        notes += ("Fewer than four points on one side of the break: the change is uncertain.",)
    return SegmentedResult(
        model=fit.model if model == "negative_binomial" else model,
        change=change,
        first_after=float(first_after),
        years=series.years,
        observed=observed,
        fitted=np.exp(predictor) if log_scale else predictor,
        without_change=np.exp(carried) if log_scale else carried,
        residuals=fit.residuals,
        cooks_distance=fit.cooks_distance,
        terms=fit.terms,
        newey_west=fit.newey_west,
        dispersion=fit.dispersion,
        rho=fit.rho,
        diagnostics=fit.diagnostics,
        warnings=notes,
    )


def break_sensitivity(
    years: ArrayLike,
    values: ArrayLike,
    first_years: ArrayLike,
    *,
    exposure: ArrayLike | None = None,
    model: Model = "ols",
    change: Change = "level_and_slope",
    level: float = 0.95,
) -> pd.DataFrame:
    """Repeat a segmented regression at each of several break dates.

    Returns
    -------
    DataFrame
        One row a date and term: ``first_after, term, estimate, se, p_value, lower, upper,
        note``; where a date cannot be fitted, one row with the reason in ``note``.
    """
    rows: list[dict[str, object]] = []
    for first_after in np.atleast_1d(np.asarray(first_years, dtype=float)):
        try:
            result = segmented(
                years,
                values,
                first_after,
                exposure=exposure,
                model=model,
                change=change,
                level=level,
            )
        except TrendError as error:
            rows.append({"first_after": first_after, "note": str(error)})
            continue
        rows += [
            {
                "first_after": first_after,
                "term": term.name,
                "estimate": term.estimate,
                "se": term.se,
                "p_value": term.p_value,
                "lower": term.lower,
                "upper": term.upper,
                "note": "",
            }
            for term in result.terms
            if term.name in ("level_change", "slope_change")
        ]
    columns = ["first_after", "term", "estimate", "se", "p_value", "lower", "upper", "note"]
    return pd.DataFrame(rows, columns=columns)
