"""Log-linear regression of counts: Poisson with Pearson scale, and negative binomial."""

from __future__ import annotations

import warnings as python_warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import statsmodels.api as sm
from numpy.typing import ArrayLike

from care_study.statistics.trends.checks import Floats, TrendError, as_floats
from care_study.statistics.trends.regression import (
    RegressionResult,
    check_regression,
    cooks_distance,
    diagnose,
    t_terms,
)

COUNT_FAMILIES = ("poisson", "negative_binomial")
SCALES = ("widen", "pearson", "none")


def fit_counts(
    counts: ArrayLike,
    design: ArrayLike,
    exposure: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    *,
    family: str = "poisson",
    scale: str = "widen",
    level: float = 0.95,
) -> RegressionResult:
    """Log-linear regression of counts with an exposure offset.

    Parameters
    ----------
    counts : array-like (n,)
        Zero or above.
    design : array-like (n, k)
        Regressors, with the intercept column.
    exposure : array-like (n,), optional
        Population; its logarithm enters as an offset.
    names : sequence of k str, optional
    family : {"poisson", "negative_binomial"}
        Poisson, or negative binomial with its dispersion by maximum likelihood.
    scale : {"widen", "pearson", "none"}
        How standard errors follow the Pearson chi-squared over n - k: widened by it but never
        narrowed, scaled by it either way (quasi-Poisson), or not at all. A negative binomial
        needs it too in a short series, where maximum likelihood finds too little dispersion.
    level : float
        Confidence level; t on n - k degrees of freedom, normal for ``scale="none"``.

    Raises
    ------
    TrendError
        Negative or fractional counts, a population of zero, too few points, perfect separation,
        a fit that does not converge.
    """
    if family not in COUNT_FAMILIES:
        raise TrendError(f"Found family {family!r}; expected one of {', '.join(COUNT_FAMILIES)}.")
    if scale not in SCALES:
        raise TrendError(f"Found scale {scale!r}; expected one of {', '.join(SCALES)}.")
    y, x, labels = check_regression(counts, design, names)
    if (y < 0).any():
        raise TrendError(f"Found a negative count ({y.min():g}); expected zero or above.")
    fraction = np.abs(y - np.round(y)) > 1e-6
    if fraction.any():
        raise TrendError(
            f"Found {y[fraction][0]:g}, which is no count; expected whole numbers of events with "
            "the population as exposure. For rates use least squares (model ols or log_ols)."
        )
    if not (y > 0).any():
        raise TrendError("Found only zeros; a rate ratio cannot be estimated from no events.")
    offset = np.zeros(len(y)) if exposure is None else _log_exposure(exposure, len(y))
    poisson = _glm(y, x, offset, sm.families.Poisson())
    pearson = float(poisson.pearson_chi2 / poisson.df_resid)
    if family == "poisson":
        return _poisson_result(poisson, labels, pearson, scale, level)
    return _negative_binomial_result(y, x, offset, poisson, labels, pearson, scale, level)


def _glm(y: Floats, x: Floats, offset: Floats, family: object) -> sm.GLM:
    """Fit a GLM; turn separation and non-convergence into one message."""
    with python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")
        try:
            # With tens of millions of events the deviance is not exact to 1e-8, hence the share.
            fit = sm.GLM(y, x, family=family, offset=offset).fit(maxiter=100, rtol=1e-13)
        except Exception as error:
            raise TrendError(f"The count model could not be fitted ({error}).") from None
    if not fit.converged or not np.isfinite(fit.bse).all() or (fit.mu[y == 0] < 1e-6).any():
        raise TrendError(
            "The count model did not converge to finite coefficients: a group of points is "
            "separated perfectly (for example all zeros on one side of the break). "
            "Use fewer parameters or a longer series."
        )
    return fit


def _scale_factor(scale: str, pearson: float) -> float:
    """Factor by which variances are multiplied."""
    return {"widen": max(1.0, pearson), "pearson": pearson, "none": 1.0}[scale]


def _poisson_result(
    fit: sm.GLM, names: Sequence[str], pearson: float, scale: str, level: float
) -> RegressionResult:
    factor = _scale_factor(scale, pearson)
    notes: tuple[str, ...] = ()
    if scale == "widen" and pearson < 1:
        notes = (
            f"The counts vary less than Poisson counts would (ratio {pearson:.2f}); standard "
            "errors were not narrowed below the Poisson ones.",
        )
    df = np.inf if scale == "none" else fit.df_resid
    errors = fit.bse * np.sqrt(factor)
    cooks, influence_notes = cooks_distance(fit)
    cooks = cooks / factor
    return RegressionResult(
        model="poisson",
        terms=t_terms(names, fit.params, errors, df, level, f"Poisson, scale: {scale}"),
        newey_west=(),
        residual_sd=None,
        r_squared=None,
        f_statistic=None,
        dispersion=pearson,
        rho=None,
        fitted=fit.mu,
        residuals=fit.resid_pearson,
        cooks_distance=cooks,
        diagnostics=diagnose(fit.resid_pearson, cooks, pearson, None),
        warnings=notes + influence_notes,
    )


def _negative_binomial_result(
    y: Floats,
    x: Floats,
    offset: Floats,
    poisson: sm.GLM,
    names: Sequence[str],
    pearson: float,
    scale: str,
    level: float,
) -> RegressionResult:
    moment = max(1e-4, float(np.mean(((y - poisson.mu) ** 2 - poisson.mu) / poisson.mu**2)))
    model = sm.NegativeBinomial(y, x, offset=offset)
    with python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")
        try:
            fit = model.fit(
                start_params=np.append(poisson.params, moment), disp=0, maxiter=200, method="bfgs"
            )
            errors = np.asarray(fit.bse)
        except np.linalg.LinAlgError:
            fit, errors = None, np.array([np.nan])
    alpha = None if fit is None else float(fit.params[-1])
    # An extra variance alpha * mean below a thousandth of the mean is the boundary, not a fit.
    usable = alpha is not None and np.isfinite(errors).all() and alpha * poisson.mu.mean() > 1e-3
    if not usable or not fit.mle_retvals["converged"]:
        note = (
            "The negative binomial dispersion did not converge or is at its lower limit of zero "
            "(no more variation than Poisson); the Poisson fit with Pearson scale is reported."
        )
        result = _poisson_result(poisson, names, pearson, scale, level)
        return replace(result, warnings=(note, *result.warnings))
    glm = _glm(y, x, offset, sm.families.NegativeBinomial(alpha=alpha))
    residuals = glm.resid_pearson
    spread = float(glm.pearson_chi2 / glm.df_resid)
    factor = _scale_factor(scale, spread)
    cooks, notes = cooks_distance(glm)
    cooks = cooks / factor
    df = np.inf if scale == "none" else len(y) - x.shape[1]
    scaled = errors[:-1] * np.sqrt(factor)
    method = f"negative binomial, scale: {scale}"
    return RegressionResult(
        model="negative_binomial",
        terms=t_terms(names, fit.params[:-1], scaled, df, level, method),
        newey_west=(),
        residual_sd=None,
        r_squared=None,
        f_statistic=None,
        dispersion=alpha,
        rho=None,
        fitted=glm.mu,
        residuals=residuals,
        cooks_distance=cooks,
        diagnostics=diagnose(residuals, cooks, spread, None),
        warnings=notes,
    )


def _log_exposure(exposure: ArrayLike, n: int) -> Floats:
    population = as_floats(exposure, "exposure")
    if len(population) != n:
        raise TrendError(f"Found {len(population)} exposures for {n} counts; expected one each.")
    if not (population > 0).all():
        raise TrendError("Found a population of zero, below, or missing; expected all positive.")
    return np.log(population)
