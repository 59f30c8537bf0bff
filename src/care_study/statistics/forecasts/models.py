"""Forecast models for one short yearly series, each with prediction intervals.

Every model works on the logarithm by default, so that forecasts stay positive and intervals
are ratios; the point forecast is then the median. Random walks use a t distribution, because
their one variance is estimated from a dozen differences; state-space and exponential smoothing
models use the normal distribution of their theory and are judged by the back-test.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from care_study.statistics.forecasts import fitting

Floats = NDArray[np.float64]
LEVELS = (0.8, 0.95)


class ForecastError(ValueError):
    """A forecast cannot be made from this series; the message says what was found."""


@dataclass(frozen=True)
class Forecast:
    """A forecast with intervals.

    Attributes
    ----------
    model : str
    table : DataFrame
        One row a step: ``step``, ``year`` (where the last year was given), ``forecast`` (median
        with ``log``), and for each level ``lower_95, upper_95`` and so on.
    parameters : dict of str to float
        What was estimated, on the working scale.
    residual_sd : float or None
        On the working scale, with the degrees of freedom used for the intervals.
    log : bool
        Whether the model worked on logarithms.
    points : int
        Length of the series used.
    warnings : tuple of str
    """

    model: str
    table: pd.DataFrame
    parameters: dict[str, float]
    residual_sd: float | None
    log: bool
    points: int
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Predictive:
    """Mean and standard deviation of each step on the working scale; t with ``df``."""

    mean: Floats
    sd: Floats
    df: float
    parameters: dict[str, float]
    residual_sd: float | None = None
    warnings: tuple[str, ...] = ()


def random_walk(y: Floats, horizon: int) -> Predictive:
    """Random walk without drift: variance of the n-1 differences about zero, t on n-1."""
    changes = np.diff(y)
    sigma = float(np.sqrt(np.mean(changes**2)))
    steps = np.arange(1, horizon + 1)
    return Predictive(
        np.full(horizon, y[-1]), sigma * np.sqrt(steps), len(changes), {"sigma": sigma}, sigma
    )


def random_walk_drift(y: Floats, horizon: int) -> Predictive:
    """Random walk with drift: t on n-2, with the uncertainty of the drift.

    Hyndman & Athanasopoulos, *Forecasting: Principles and Practice*, section 5.5:
    ``sigma_h = sigma sqrt(h (1 + h / (n - 1)))``.
    """
    changes = np.diff(y)
    m = len(changes)
    drift, sigma = float(changes.mean()), float(changes.std(ddof=1))
    steps = np.arange(1, horizon + 1)
    return Predictive(
        y[-1] + drift * steps,
        sigma * np.sqrt(steps * (1 + steps / m)),
        m - 1,
        {"drift": drift, "sigma": sigma},
        sigma,
    )


def local_level(y: Floats, horizon: int) -> Predictive:
    """Local level: a random walk seen with noise."""
    return _unobserved(y, horizon, fitting.local_level, ("irregular", "level"))


def local_linear_trend(y: Floats, horizon: int) -> Predictive:
    """Local linear trend: level and slope both random walks."""
    return _unobserved(y, horizon, fitting.local_linear_trend, ("irregular", "level", "trend"))


def _unobserved(
    y: Floats,
    horizon: int,
    fit: Callable[[list[float]], fitting.StateSpace],
    names: tuple[str, ...],
) -> Predictive:
    # On a unit scale likelihoods neither overflow nor vanish, whatever the series.
    centre, scale = y[-1], float(np.std(np.diff(y)))
    fitted = fit(((y - centre) / scale).tolist())
    mean, variance = np.array(list(fitted.ahead(horizon))).T
    shares = (fitted.irregular, fitted.level_variance, fitted.slope_variance)
    parameters = {
        f"sigma2.{name}": share * fitted.scale * scale**2
        for name, share in zip(names, shares, strict=False)
    }
    return Predictive(centre + scale * mean, scale * np.sqrt(variance), np.inf, parameters)


def ets_level(y: Floats, horizon: int) -> Predictive:
    """Smooth exponentially with a level only, ETS(A,N,N)."""
    return _ets(y, horizon, trend=False)


def ets_trend(y: Floats, horizon: int) -> Predictive:
    """Holt's linear trend, ETS(A,A,N)."""
    return _ets(y, horizon, trend=True)


def _ets(y: Floats, horizon: int, *, trend: bool) -> Predictive:
    """Exponential smoothing by maximum likelihood, analytic intervals.

    The error variance is the sum of squares over n - k as R's ``forecast`` has it; interval
    variances are those of Hyndman, Koehler, Ord & Snyder (2008, table 6.2):
    ``sigma^2 (1 + sum_{j<h} (alpha + beta j)^2)``.
    """
    df = len(y) - (4 if trend else 2)
    if df < 1:
        raise ForecastError(
            f"Found {len(y)} points for {len(y) - df} parameters of exponential smoothing; "
            f"expected at least {len(y) - df + 1}."
        )
    fitted = fitting.smoothing((y - y[0]).tolist(), trend=trend)
    mean = y[0] + fitted.level + fitted.trend * np.arange(1, horizon + 1)
    sigma = float(np.sqrt(fitted.squares / df))
    inner = (fitted.alpha + fitted.beta * np.arange(1, horizon)) ** 2
    sd = sigma * np.sqrt(1 + np.concatenate([[0.0], np.cumsum(inner)]))
    parameters = {"smoothing_level": fitted.alpha, "initial_level": y[0] + fitted.first_level}
    if trend:
        parameters |= {"smoothing_trend": fitted.beta, "initial_trend": fitted.first_trend}
    parameters["rmse"] = float(np.sqrt(fitted.squares / len(y)))
    return Predictive(mean, sd, np.inf, parameters, sigma)


FUNCTIONS: dict[str, Callable[[Floats, int], Predictive]] = {
    "random_walk": random_walk,
    "random_walk_drift": random_walk_drift,
    "local_level": local_level,
    "local_linear_trend": local_linear_trend,
    "ets_level": ets_level,
    "ets_trend": ets_trend,
}
COMBINED = ("random_walk", "local_level", "ets_level")
MODELS = (*FUNCTIONS, "combination")
FEWEST_POINTS = {
    "random_walk": 3,
    "random_walk_drift": 4,
    "local_level": 5,
    "local_linear_trend": 6,
    "ets_level": 5,
    "ets_trend": 6,
    "combination": 5,
}


def forecast(
    values: ArrayLike,
    *,
    model: str = "random_walk",
    horizon: int = 3,
    levels: Sequence[float] = LEVELS,
    log: bool = True,
    last_year: int | None = None,
) -> Forecast:
    """Forecast one yearly series with prediction intervals.

    Parameters
    ----------
    values : array-like (n,)
        One value a year, in time order, none missing.
    model : name from ``MODELS``
        ``combination`` averages the forecasts and limits of the models in ``COMBINED``.
    horizon : int
        Years ahead.
    levels : sequence of float
        Coverage of the intervals, between 0 and 1.
    log : bool
        Work on logarithms (values must be above zero).
    last_year : int, optional
        Year of the last value, to label the forecasts.

    Raises
    ------
    ForecastError
        Missing values, too few points, a constant series, zeros with ``log``, unknown model.
    """
    working = check_series(values, model, log)
    horizon = check_horizon(horizon)
    shares = np.atleast_1d(np.asarray(levels, dtype=object)).tolist()
    numbers = all(isinstance(level, int | float) and 0 < level < 1 for level in shares)
    if isinstance(levels, int | float) or not shares or not numbers:
        raise ForecastError(
            f"Found levels {levels!r}; expected a list of shares between 0 and 1, such as [0.95]."
        )
    names = COMBINED if model == "combination" else (model,)
    parts = [fit(working, name, horizon) for name in names]
    table = pd.DataFrame(average(parts, levels, log))
    if last_year is not None:
        table.insert(1, "year", last_year + table["step"])
    single = parts[0] if len(parts) == 1 else None
    return Forecast(
        model=model,
        table=table,
        parameters={} if single is None else single.parameters,
        residual_sd=None if single is None else single.residual_sd,
        log=log,
        points=len(working),
        warnings=tuple(note for part in parts for note in part.warnings),
    )


def fit(working: Floats, name: str, horizon: int) -> Predictive:
    """Fit one model to a checked series on the working scale.

    Raises
    ------
    ForecastError
        When the model cannot be fitted, or its forecast is not finite.
    """
    predictive = FUNCTIONS[name](working, horizon)
    if not (np.isfinite(predictive.mean).all() and np.isfinite(predictive.sd).all()):
        raise ForecastError(f"Model {name} gave no finite forecast for this series; use another.")
    if (predictive.sd <= 1e-8 * float(np.ptp(working))).any():
        raise ForecastError(
            f"Model {name} fits this series exactly, so its interval would have no width; use "
            "another model or a longer series."
        )
    return predictive


def average(
    parts: Sequence[Predictive], levels: Sequence[float], log: bool
) -> dict[str, NDArray[Any]]:
    """Average the forecasts and limits of fitted models: ``step, forecast, lower_95, ...``."""
    back = np.exp if log else np.asarray
    columns: dict[str, NDArray[Any]] = {"step": np.arange(1, len(parts[0].mean) + 1)}
    columns["forecast"] = back(np.mean([part.mean for part in parts], axis=0))
    for level in levels:
        margins = [_quantile(0.5 + level / 2, part.df) * part.sd for part in parts]
        low = np.mean([p.mean - m for p, m in zip(parts, margins, strict=True)], axis=0)
        high = np.mean([p.mean + m for p, m in zip(parts, margins, strict=True)], axis=0)
        columns[f"lower_{100 * level:g}"], columns[f"upper_{100 * level:g}"] = back(low), back(high)
    return columns


@cache
def _quantile(probability: float, df: float) -> float:
    """Quantile of t; a back-test asks for the same few thousands of times."""
    return float(stats.t.ppf(probability, df))


def check_horizon(horizon: object) -> int:
    """Return the years ahead as a whole number of one or more, or one clear message."""
    if isinstance(horizon, int | float | np.integer) and 1 <= horizon < 1000 and not horizon % 1:
        return int(horizon)
    raise ForecastError(f"Found a horizon of {horizon!r}; expected a whole number, 1 or more.")


def check_series(values: ArrayLike, model: str, log: bool) -> Floats:
    """Working-scale series, or one clear message."""
    if model not in MODELS:
        raise ForecastError(f"Found model {model!r}; expected one of {', '.join(MODELS)}.")
    try:
        y = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ForecastError(f"Found values that are not numbers ({error}).") from None
    if y.ndim != 1:
        raise ForecastError(f"Found {y.ndim} dimensions; expected a single series.")
    if not np.isfinite(y).all():
        raise ForecastError(
            f"Found {int((~np.isfinite(y)).sum())} missing or infinite values; a forecast needs "
            "every year. Start the series after the gap or fill it from the source."
        )
    if len(y) < FEWEST_POINTS[model]:
        raise ForecastError(
            f"Found {len(y)} points; model {model} needs at least {FEWEST_POINTS[model]}."
        )
    if log and (y <= 0).any():
        raise ForecastError(
            f"Found {int((y <= 0).sum())} values at or below zero; use log=False for such a series."
        )
    if np.ptp(np.diff(y)) <= 1e-12 * max(1.0, float(np.abs(y).max())):
        raise ForecastError(
            "The series is constant or changes by the same amount every year; without any "
            "variation no prediction interval can be estimated."
        )
    # Ten places, so that a fit begins from the same digits whatever processor took the logarithm.
    working: Floats = np.log(y).round(10) if log else y
    if log and np.ptp(np.diff(working)) <= 1e-10 * max(1e-300, float(np.ptp(working))):
        raise ForecastError(
            "The series grows by the same share every year; without any variation about that "
            "no prediction interval can be estimated."
        )
    return working
