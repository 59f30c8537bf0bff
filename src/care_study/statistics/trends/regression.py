"""Linear regression on a given design, with the estimates and checks of this study.

Thin layers over statsmodels: they add clear messages, t reference distributions for short
series, and the diagnostics that every trend in the study reports.
"""

from __future__ import annotations

import warnings as python_warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import statsmodels.api as sm
from numpy.typing import ArrayLike
from scipy import stats
from statsmodels.stats.diagnostic import acorr_breusch_godfrey
from statsmodels.stats.sandwich_covariance import cov_hac
from statsmodels.stats.stattools import durbin_watson

from care_study.statistics.trends import fixed_b
from care_study.statistics.trends.checks import (
    Floats,
    TrendError,
    as_floats,
    check_degrees,
    check_level,
    check_whole,
)
from care_study.statistics.trends.estimates import Estimate, t_estimate


@dataclass(frozen=True)
class NeweyWest:
    """A coefficient with its Newey-West standard error and three ways to judge it.

    Attributes
    ----------
    name, estimate, se, statistic : str and float
        Coefficient, Bartlett-kernel standard error (scaled by n/(n-k)) and their ratio.
    lag, b : int and float
        Lag and bandwidth share ``(lag + 1) / n``.
    critical_value, p_value, lower, upper : float
        Fixed-b values simulated for this very design under independent errors; the ones to use.
    critical_value_stationary, p_value_stationary : float
        Kiefer & Vogelsang (2005) values, whose limit assumes stationary regressors.
    p_value_normal : float
        The usual normal quantile, shown only to make its optimism visible.
    """

    name: str
    estimate: float
    se: float
    statistic: float
    lag: int
    b: float
    critical_value: float
    p_value: float
    lower: float
    upper: float
    critical_value_stationary: float
    p_value_stationary: float
    p_value_normal: float


@dataclass(frozen=True)
class Diagnostics:
    """Checks of a fitted series; ``None`` where a check does not apply to the model.

    Attributes
    ----------
    durbin_watson, residual_autocorrelation : float
        Of the residuals (Pearson residuals for counts), lag 1.
    breusch_godfrey_statistic, breusch_godfrey_p : float or None
        Lagrange multiplier test for autocorrelation, by default at lag 1 (linear models).
    overdispersion : float or None
        Pearson chi-squared over its degrees of freedom (count models); 1 is Poisson variation.
    largest_cooks_distance : float or None
        Over 4/n is worth a look; the year is in the result's ``cooks_distance``.
    """

    durbin_watson: float
    residual_autocorrelation: float
    breusch_godfrey_statistic: float | None
    breusch_godfrey_p: float | None
    overdispersion: float | None
    largest_cooks_distance: float | None


@dataclass(frozen=True)
class RegressionResult:
    """A fitted regression.

    Attributes
    ----------
    model : str
        ``ols``, ``glsar``, ``poisson`` or ``negative_binomial``.
    terms : tuple of Estimate
        One a column of the design, in its order.
    newey_west : tuple of NeweyWest
        The same terms with Newey-West standard errors (``ols`` only, else empty).
    residual_sd, r_squared, f_statistic : float or None
        For ``ols``: as in the NIST certified tables.
    dispersion : float or None
        Poisson: Pearson scale that multiplies the variance. Negative binomial: alpha in
        ``variance = mean + alpha * mean^2``.
    rho : float or None
        First-order autocorrelation that ``glsar`` estimated.
    fitted, residuals, cooks_distance : array (n,)
        On the scale of the outcome; Pearson residuals for counts.
    diagnostics : Diagnostics
    warnings : tuple of str
    """

    model: str
    terms: tuple[Estimate, ...]
    newey_west: tuple[NeweyWest, ...]
    residual_sd: float | None
    r_squared: float | None
    f_statistic: float | None
    dispersion: float | None
    rho: float | None
    fitted: Floats
    residuals: Floats
    cooks_distance: Floats | None
    diagnostics: Diagnostics
    warnings: tuple[str, ...] = field(default=())


def fit_linear(
    outcome: ArrayLike,
    design: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    lag: int | None = None,
    test_lags: int = 1,
    level: float = 0.95,
) -> RegressionResult:
    """Ordinary least squares with t and Newey-West fixed-b inference.

    Parameters
    ----------
    outcome : array-like (n,)
    design : array-like (n, k)
        Regressors, with the intercept column.
    names : sequence of k str, optional
    lag : int, optional
        Newey-West lag; by default ``floor(4 (n/100)^(2/9))``.
    test_lags : int
        Lags of the Breusch-Godfrey test.
    level : float
        Confidence level.

    Raises
    ------
    TrendError
        For unequal lengths, missing values, collinear regressors, fewer points than parameters
        plus one, a fit without residual variation, lags that are no whole numbers.
    """
    check_level(level)
    y, x, labels = check_regression(outcome, design, names)
    fit = sm.OLS(y, x).fit()
    if np.sqrt(fit.ssr) <= 1e-10 * max(1.0, float(np.linalg.norm(y))):
        raise TrendError(
            f"The model fits all {len(y)} points exactly (a constant or straight series); "
            "expected some residual variation, without which no uncertainty can be estimated."
        )
    lags = fixed_b.default_lag(len(y)) if lag is None else check_whole(lag, "lag", 0)
    test_lags = check_whole(test_lags, "test_lags", 1)
    bg = None
    # The auxiliary regression has a parameter a lag more and needs a point left over.
    if fit.df_resid > test_lags:
        statistic, p_value, *_ = acorr_breusch_godfrey(fit, nlags=test_lags, result_object=False)
        bg = (float(statistic), float(p_value))
    cooks, notes = cooks_distance(fit)
    robust = _newey_west(fit, labels, lags, level)
    if not robust:
        notes += ("Newey-West errors cannot be estimated: too few points carry a coefficient.",)
    return RegressionResult(
        model="ols",
        terms=t_terms(labels, fit.params, fit.bse, fit.df_resid, level, "OLS, t"),
        newey_west=robust,
        residual_sd=float(np.sqrt(fit.scale)),
        r_squared=float(fit.rsquared),
        f_statistic=float(fit.fvalue) if x.shape[1] > 1 else None,
        dispersion=None,
        rho=None,
        fitted=fit.fittedvalues,
        residuals=fit.resid,
        cooks_distance=cooks,
        diagnostics=diagnose(fit.resid, cooks, None, bg),
        warnings=notes,
    )


def _newey_west(fit: sm.OLS, names: Sequence[str], lag: int, level: float) -> tuple[NeweyWest, ...]:
    """Newey-West standard errors of every term with fixed-b reference distributions."""
    design = fit.model.exog
    n = len(design)
    variances = np.diag(cov_hac(fit, nlags=lag, use_correction=True))
    # A coefficient that a few points fix exactly has no Newey-West variance of its own.
    if (variances <= 1e-8 * fit.bse**2).any():
        return ()
    b = fixed_b.bandwidth_share(lag, n)
    errors = np.sqrt(variances)
    rows = []
    for column, (name, estimate, se) in enumerate(zip(names, fit.params, errors, strict=True)):
        statistic = estimate / se
        reference = fixed_b.design_t_distribution(design, column, lag)
        critical = float(np.quantile(reference, level))
        exceed = len(reference) - np.searchsorted(reference, abs(statistic))
        rows.append(
            NeweyWest(
                name=name,
                estimate=float(estimate),
                se=float(se),
                statistic=float(statistic),
                lag=lag,
                b=b,
                critical_value=critical,
                p_value=float((1 + exceed) / (1 + len(reference))),
                lower=float(estimate - critical * se),
                upper=float(estimate + critical * se),
                critical_value_stationary=fixed_b.critical_value(b, level),
                p_value_stationary=fixed_b.p_value(statistic, b),
                p_value_normal=float(2 * stats.norm.sf(abs(statistic))),
            )
        )
    return tuple(rows)


def fit_autoregressive(
    outcome: ArrayLike,
    design: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    level: float = 0.95,
    iterations: int = 50,
) -> RegressionResult:
    """Least squares with first-order autoregressive errors (iterated Cochrane-Orcutt, GLSAR).

    Parameters and errors as in :func:`fit_linear`. A warning says where the iterations did not
    settle or the estimated autocorrelation leaves the stationary range.
    """
    ols = fit_linear(outcome, design, level=level)
    y, x, labels = check_regression(outcome, design, names)
    check_degrees(len(y) - 1, x.shape[1])
    model = sm.GLSAR(y, x, rho=1)
    with python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")
        model.iterative_fit(maxiter=iterations)
        before = float(np.ravel(model.rho)[0])
        fit = model.iterative_fit(maxiter=2)
        rho = float(np.ravel(model.rho)[0])
    whitened = np.linalg.matrix_rank(model.wexog, tol=1e-10) == x.shape[1]
    if not (whitened and np.isfinite(rho) and fit.ssr > 1e-20 * max(1.0, float(y @ y))):
        raise TrendError(
            "The autoregressive model could not be fitted: without the first point the series "
            "is fitted exactly or the change cannot be told apart. Use model ols or log_ols."
        )
    notes = []
    if abs(rho - before) > 1e-3:
        notes.append(
            f"The autoregressive fit had not settled after {iterations} steps: treat with care."
        )
    if abs(rho) >= 1:
        notes.append(f"The estimated autocorrelation is {rho:.2f}, outside -1 to 1: do not use.")
    residuals = y - x @ fit.params
    return RegressionResult(
        model="glsar",
        terms=t_terms(labels, fit.params, fit.bse, fit.df_resid, level, "GLSAR(1), t"),
        newey_west=(),
        residual_sd=float(np.sqrt(fit.scale)),
        r_squared=None,
        f_statistic=None,
        dispersion=None,
        rho=rho,
        fitted=x @ fit.params,
        residuals=residuals,
        cooks_distance=None,
        diagnostics=diagnose(np.asarray(fit.wresid), None, None, None),
        warnings=ols.warnings + tuple(notes),
    )


def t_terms(
    names: Sequence[str], params: Floats, errors: Floats, df: float, level: float, method: str
) -> tuple[Estimate, ...]:
    """One t estimate a coefficient."""
    return tuple(
        t_estimate(name, float(value), float(se), float(df), level, method)
        for name, value, se in zip(names, params, errors, strict=True)
    )


def cooks_distance(fit: sm.OLS) -> tuple[Floats, tuple[str, ...]]:
    """Cook's distance of every point; infinite, with a warning, where one fixes the fit alone."""
    with np.errstate(divide="ignore", invalid="ignore"):
        influence = fit.get_influence()
        distance = np.array(influence.cooks_distance[0], dtype=float)
    alone = influence.hat_matrix_diag > 1 - 1e-9
    distance[alone] = np.inf
    if not alone.any():
        return distance, ()
    return distance, (
        f"{int(alone.sum())} points are fitted exactly whatever their value: "
        "they add a parameter but no information about the fit.",
    )


def diagnose(
    residuals: Floats,
    cooks: Floats | None,
    overdispersion: float | None,
    breusch_godfrey: tuple[float, float] | None,
) -> Diagnostics:
    """Compute the checks of the residuals of any fitted series."""
    centred = residuals - residuals.mean()
    return Diagnostics(
        durbin_watson=float(durbin_watson(residuals)),
        residual_autocorrelation=float(centred[1:] @ centred[:-1] / (centred @ centred)),
        breusch_godfrey_statistic=None if breusch_godfrey is None else breusch_godfrey[0],
        breusch_godfrey_p=None if breusch_godfrey is None else breusch_godfrey[1],
        overdispersion=overdispersion,
        largest_cooks_distance=None if cooks is None else float(np.max(cooks)),
    )


def check_regression(
    outcome: ArrayLike, design: ArrayLike, names: Sequence[str] | None
) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Arrays of the right shape, full rank and enough points, or one message."""
    y = as_floats(outcome, "outcome")
    x = np.asarray(design, dtype=float)
    if x.ndim != 2 or len(x) != len(y):
        raise TrendError(
            f"Found a design of shape {x.shape} for {len(y)} outcomes; "
            f"expected ({len(y)}, number of parameters)."
        )
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise TrendError("Found missing or infinite values; leave those points out first.")
    check_degrees(len(y), x.shape[1])
    # Column scaling first: NIST Longley is near-collinear by scale alone.
    scaled = x / np.maximum(np.linalg.norm(x, axis=0), 1e-300)
    if np.linalg.matrix_rank(scaled, tol=1e-10) < x.shape[1]:
        raise TrendError("The regressors are collinear; leave out the redundant one.")
    labels = tuple(names) if names is not None else tuple(f"b{i}" for i in range(x.shape[1]))
    if len(labels) != x.shape[1]:
        raise TrendError(f"Found {len(labels)} names for {x.shape[1]} regressors.")
    return y, x, labels
