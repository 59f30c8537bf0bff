"""Series without a change, and the tests of a break on all of them at once.

Everything is simulated with fixed seeds; the tests hold single series against the functions that
the chapters use.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from care_study.statistics.intervals import proportion
from care_study.statistics.trends import Panel, fixed_b, segmented_design
from care_study.statistics.trends.checks import Floats

SEED = 20260331
STEP, TREND = "step", "change of the yearly trend"
TERMS = {2: STEP, 3: TREND}  # by column of the design
LEAST_SQUARES = "least squares, t"
NORMAL = "Newey-West, normal quantile"
STATIONARY = "Newey-West, fixed-b for stationary regressors"
SIMULATED = "Newey-West, fixed-b for this design"
AUTOREGRESSIVE = "autoregressive errors (GLSAR), t"
PLACEBO = "placebo rank, authority like the others"
PLACEBO_VOLATILE = "placebo rank, authority twice as volatile"
DRAWN = (LEAST_SQUARES, NORMAL, SIMULATED, AUTOREGRESSIVE)
LEVEL = 0.95
LARGEST_AUTOCORRELATION = 0.9


def autoregressive_series(
    draws: int, points: int, autocorrelation: float, generator: np.random.Generator
) -> Floats:
    """Simulate stationary first-order autoregressive series with unit innovations.

    Returns
    -------
    array (draws, points)
    """
    shocks = generator.standard_normal((draws, points))
    series = np.empty_like(shocks)
    series[:, 0] = shocks[:, 0] / np.sqrt(1 - autocorrelation**2)
    for time in range(1, points):
        series[:, time] = autocorrelation * series[:, time - 1] + shocks[:, time]
    return series


def size_simulation(
    autocorrelations: Sequence[float],
    *,
    points: int = 13,
    first_after: int = 7,
    draws: int = 10_000,
    seed: int = SEED,
) -> pd.DataFrame:
    """Find how often each test of a break rejects at 5% where there is none.

    Segmented least squares with a step and a change of trend, fitted to series without either.

    Parameters
    ----------
    autocorrelations
        Of the series, 0 to below 1.
    points, first_after
        Length of the series, and the first point (from 1) counted as after the break.
    draws, seed
        Series simulated for each autocorrelation.

    Returns
    -------
    DataFrame
        One row a term, test and autocorrelation: ``term, error, autocorrelation, rejected``
        (share, 0 to 1), ``lower, upper`` (95% Wilson interval of the simulation itself).
    """
    design = segmented_design(np.arange(1, points + 1), first_after, "level_and_slope")
    generator = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for rho in autocorrelations:
        series = autoregressive_series(draws, points, rho, generator)
        for column, term in TERMS.items():
            rejected = {
                **_least_squares(series, design, column),
                AUTOREGRESSIVE: _autoregressive(series, design, column),
                **_placebo(series, design, column),
            }
            for error, decisions in rejected.items():
                share = proportion(int(decisions.sum()), draws)
                rows.append(
                    {
                        "term": term,
                        "error": error,
                        "autocorrelation": rho,
                        "rejected": float(share.estimate),
                        "lower": float(share.lower),
                        "upper": float(share.upper),
                    }
                )
    return pd.DataFrame(rows)


def least_squares_statistics(
    series: Floats, design: Floats, column: int, lag: int
) -> tuple[Floats, Floats]:
    """Compute t statistics of one coefficient: least squares, and Newey-West, for every series.

    Parameters
    ----------
    series : array (draws, points)
    design : array (points, k)
    column, lag : int

    Returns
    -------
    tuple of arrays (draws,)
        As `care_study.statistics.trends.fit_linear` has them for one series.
    """
    n, k = design.shape
    inverse = np.linalg.pinv(design)
    estimate = series @ inverse[column]
    residuals = series - series @ inverse.T @ design.T
    variance = (residuals**2).sum(axis=1) / (n - k) * (inverse[column] ** 2).sum()
    scores = residuals * inverse[column]
    robust = (scores**2).sum(axis=1)
    for j in range(1, lag + 1):
        cross = (scores[:, j:] * scores[:, :-j]).sum(axis=1)
        robust += 2 * (1 - j / (lag + 1)) * cross
    return estimate / np.sqrt(variance), estimate / np.sqrt(robust * n / (n - k))


def _least_squares(series: Floats, design: Floats, column: int) -> dict[str, Floats]:
    n, k = design.shape
    lag = fixed_b.default_lag(n)
    plain, robust = (np.abs(t) for t in least_squares_statistics(series, design, column, lag))
    own = float(np.quantile(fixed_b.design_t_distribution(design, column, lag), LEVEL))
    share = fixed_b.bandwidth_share(lag, n)
    return {
        LEAST_SQUARES: plain > stats.t.ppf(0.5 + LEVEL / 2, n - k),
        NORMAL: robust > stats.norm.ppf(0.5 + LEVEL / 2),
        STATIONARY: robust > fixed_b.critical_value(share, LEVEL),
        SIMULATED: robust > own,
    }


def autoregressive_statistics(
    series: Floats, design: Floats, column: int, iterations: int = 12
) -> Floats:
    """Compute t statistics with first-order autoregressive errors, for every series.

    Iterated Cochrane-Orcutt as in `care_study.statistics.trends.fit_autoregressive`. An
    autocorrelation estimated beyond 0.98 in size is pulled back to that, where the fit can still be
    computed.

    Returns
    -------
    array (draws,)
    """
    n, k = design.shape
    residuals = series - series @ np.linalg.pinv(design).T @ design.T
    for _ in range(iterations):
        centred = residuals - residuals.mean(axis=1, keepdims=True)
        product = (centred[:, 1:] * centred[:, :-1]).sum(axis=1) / (n - 1)
        rho = np.clip(product / (centred**2).mean(axis=1), -0.98, 0.98)
        x = design[None, 1:] - rho[:, None, None] * design[None, :-1]
        y = series[:, 1:] - rho[:, None] * series[:, :-1]
        moments = np.einsum("dij,dik->djk", x, x)
        beta = np.linalg.solve(moments, np.einsum("dij,di->dj", x, y)[..., None])[..., 0]
        residuals = series - beta @ design.T
    errors = y - np.einsum("dij,dj->di", x, beta)
    variance = (errors**2).sum(axis=1) / (n - 1 - k)
    scale = np.linalg.inv(moments)[:, column, column]
    statistic: Floats = beta[:, column] / np.sqrt(variance * scale)
    return statistic


def _autoregressive(series: Floats, design: Floats, column: int) -> Floats:
    n, k = design.shape
    statistic = autoregressive_statistics(series, design, column)
    rejected: Floats = np.abs(statistic) > stats.t.ppf(0.5 + LEVEL / 2, n - 1 - k)
    return rejected


def _placebo(series: Floats, design: Floats, column: int) -> dict[str, Floats]:
    """Rank one authority's estimate among those of all other series of the simulation."""
    estimates = np.abs(series @ np.linalg.pinv(design)[column])
    critical = np.quantile(estimates, LEVEL)
    return {PLACEBO: estimates > critical, PLACEBO_VOLATILE: 2 * estimates > critical}


def residual_autocorrelation(panel: Panel, first_after: float) -> float:
    """Find the typical lag-one autocorrelation of what a segmented regression leaves.

    The median over all authorities. With a dozen points it comes out far too low (see
    `autocorrelation_behind`).
    """
    design = segmented_design(panel.years, first_after, "level_and_slope")
    return _median_autocorrelation(panel.values, design)


def _median_autocorrelation(series: Floats, design: Floats) -> float:
    residuals = series - series @ np.linalg.pinv(design).T @ design.T
    product = (residuals[:, 1:] * residuals[:, :-1]).sum(axis=1)
    return float(np.median(product / (residuals**2).sum(axis=1)))


def autocorrelation_behind(
    observed: float,
    *,
    points: int = 13,
    first_after: int = 7,
    draws: int = 4_000,
    seed: int = SEED,
) -> float:
    """Find the true autocorrelation at which residuals typically show the observed one.

    Series of autocorrelations from 0 up are simulated and fitted; the observed median is
    then looked up between theirs. The result stays within 0 and `LARGEST_AUTOCORRELATION`.
    """
    design = segmented_design(np.arange(1, points + 1), first_after, "level_and_slope")
    generator = np.random.default_rng(seed)
    grid = np.linspace(0, LARGEST_AUTOCORRELATION, 10)
    medians = [
        _median_autocorrelation(autoregressive_series(draws, points, rho, generator), design)
        for rho in grid
    ]
    return float(np.interp(observed, np.maximum.accumulate(medians), grid))
