"""Rolling-origin back-test of the forecast models over many series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from care_study.statistics.forecasts.models import (
    COMBINED,
    FEWEST_POINTS,
    LEVELS,
    MODELS,
    Floats,
    ForecastError,
    Predictive,
    average,
    check_horizon,
    check_series,
    fit,
)

FEWEST_COVERED = 0.9  # of 95% intervals, below which a model is named as covering badly
SIMPLEST_FIRST = (
    "random_walk",
    "random_walk_drift",
    "ets_level",
    "local_level",
    "ets_trend",
    "local_linear_trend",
    "combination",
)


@dataclass(frozen=True)
class Backtest:
    """Forecasts made from earlier years against what happened.

    Attributes
    ----------
    forecasts : DataFrame
        One row a unit, origin, model and step: ``unit, origin, model, step, actual, forecast,
        lower_80, upper_80, lower_95, upper_95, scale`` (MASE denominator of the years to the
        origin), ``scaled_error`` (absolute error over ``scale``), ``covered_80, covered_95``,
        ``score_95`` (interval score over ``scale``).
    summary : DataFrame
        One row a model and step: ``forecasts, coverage_80, coverage_95, mase, score_95``.
    failures : DataFrame
        ``unit, origin, model, reason`` of forecasts that could not be made.
    warnings : tuple of str
    """

    forecasts: pd.DataFrame
    summary: pd.DataFrame
    failures: pd.DataFrame
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """The model that a back-test supports.

    Attributes
    ----------
    model : str
    reason : str
        Two sentences for the reader.
    table : DataFrame
        One row a model, best first: ``coverage_95, mase, score_95, worse_by`` (mean excess of
        the interval score over the best model's) and ``worse_by_se`` (clustered by unit).
    warnings : tuple of str
    """

    model: str
    reason: str
    table: pd.DataFrame
    warnings: tuple[str, ...]


def mase_scale(history: ArrayLike) -> float:
    """Mean absolute one-year change, the denominator of MASE (Hyndman & Koehler 2006)."""
    changes = np.abs(np.diff(np.asarray(history, dtype=float)))
    if len(changes) == 0 or not np.isfinite(changes).all() or changes.mean() == 0:
        raise ForecastError("The scale of errors needs at least one non-zero change, none missing.")
    return float(changes.mean())


def interval_score(
    actual: ArrayLike, lower: ArrayLike, upper: ArrayLike, level: float = 0.95
) -> Floats:
    """Interval score (Gneiting & Raftery 2007, equation 43); smaller is better.

    Width of the interval plus ``2 / (1 - level)`` times the distance by which it is missed.
    """
    if not 0 < level < 1:
        raise ForecastError(f"Found a level of {level}; expected a share such as 0.95.")
    y, low, high = (np.asarray(v, dtype=float) for v in (actual, lower, upper))
    missed = np.maximum(low - y, 0) + np.maximum(y - high, 0)
    score: Floats = (high - low) + 2 / (1 - level) * missed
    return score


def backtest(
    panel: pd.DataFrame,
    *,
    models: Sequence[str] = MODELS,
    horizon: int = 3,
    fewest_years: int = 8,
    log: bool = True,
    every: int = 1,
) -> Backtest:
    """Forecast every series from every origin and compare with what happened.

    Parameters
    ----------
    panel : DataFrame
        Long (``unit, year, value``) or wide (index units, columns consecutive years). Units
        with a missing year are left out with a warning.
    models : sequence of names from ``MODELS``
    horizon : int
        Largest number of years ahead.
    fewest_years : int
        Years in the shortest training series.
    log : bool
        As in :func:`~care_study.statistics.forecasts.models.forecast`.
    every : int
        Forecast from every n-th year only, counted back from the last but one; 1 is all.

    Raises
    ------
    ForecastError
        No complete unit, too few years for one origin, or ``every`` below 1.
    """
    unknown = [name for name in models if name not in MODELS]
    if unknown or not models:
        raise ForecastError(f"Found models {unknown}; expected some of {', '.join(MODELS)}.")
    horizon = check_horizon(horizon)
    if every < 1 or every != int(every):
        raise ForecastError(f"Found every={every}; expected 1 (all origins) or a whole number.")
    wide, notes = wide_panel(panel)
    need = max(fewest_years, *(FEWEST_POINTS[name] for name in models))
    if wide.shape[1] <= need:
        raise ForecastError(
            f"Found {wide.shape[1]} years; a back-test with {need} training years needs more."
        )
    made: list[dict[str, Any]] = []
    failures: list[dict[str, object]] = []
    for unit, row in zip(wide.index, wide.to_numpy(float), strict=True):
        for n in sorted(range(len(row) - 1, need - 1, -every)):
            place = {"unit": unit, "origin": wide.columns[n - 1]}
            ahead = row[n : n + horizon]
            for name, found in _forecast_all(row[:n], models, len(ahead), log).items():
                if isinstance(found, str):
                    failures.append({**place, "model": name, "reason": found})
                else:
                    known = {"actual": ahead, "scale": mase_scale(row[:n])}
                    made.append({**place, "model": name, **known, **found})
    if not made:
        raise ForecastError("No forecast could be made for any unit; see the models' needs.")
    scored = _score(_rows(made))
    failed = pd.DataFrame(failures, columns=["unit", "origin", "model", "reason"])
    if len(failed):
        notes += (f"{len(failed)} forecasts could not be made; see failures.",)
    return Backtest(scored, _summary(scored), failed, notes + _named_badly(scored))


def _named_badly(scored: pd.DataFrame) -> tuple[str, ...]:
    """Name the models whose 95% intervals covered less than 90% of the outcomes."""
    coverage = scored.groupby("model", sort=False)["covered_95"].mean()
    return tuple(
        f"Intervals of the {_words(str(model))} model are too narrow: those of 95% covered "
        f"{share:.0%} of the outcomes."
        for model, share in coverage.items()
        if share < FEWEST_COVERED
    )


def _rows(made: list[dict[str, Any]]) -> pd.DataFrame:
    """One row a step; what is the same for every step of a forecast is repeated."""
    steps = [len(one["step"]) for one in made]
    columns = {}
    for name in made[0]:
        cells = [one[name] for one in made]
        alike = np.ndim(cells[0]) == 0
        columns[name] = pd.Series(cells).repeat(steps) if alike else np.concatenate(cells)
    return pd.DataFrame({name: np.asarray(column) for name, column in columns.items()})


def _forecast_all(
    history: Floats, models: Sequence[str], horizon: int, log: bool
) -> dict[str, dict[str, NDArray[Any]] | str]:
    """Each model's forecast or the reason it failed; the combination reuses the fits."""
    single = [name for name in MODELS if name != "combination"]
    wanted = [n for n in single if n in models or ("combination" in models and n in COMBINED)]
    results: dict[str, dict[str, NDArray[Any]] | str] = {}
    fitted: dict[str, Predictive] = {}
    try:
        working = check_series(history, models[0], log)
    except ForecastError as error:
        return dict.fromkeys(models, str(error))
    for name in wanted:
        try:
            fitted[name] = fit(working, name, horizon)
        except (ForecastError, np.linalg.LinAlgError) as error:
            results[name] = str(error)
            continue
        results[name] = average([fitted[name]], LEVELS, log)
    parts = [fitted[name] for name in COMBINED if name in fitted]
    results["combination"] = (
        average(parts, LEVELS, log)
        if len(parts) == len(COMBINED)
        else "one of the combined models failed"
    )
    return {name: results[name] for name in MODELS if name in models}


def wide_panel(panel: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Complete units, years as columns."""
    if {"unit", "year", "value"} <= set(panel.columns):
        if panel.duplicated(["unit", "year"]).any():
            raise ForecastError("Found a unit twice in one year; expected one value each.")
        panel = panel.pivot(index="unit", columns="year", values="value")
    twice = panel.index[panel.index.duplicated()]
    if len(twice):
        raise ForecastError(f"Found unit {twice[0]} twice; expected one row a unit.")
    wide = panel.sort_index(axis=1).astype(float)
    years = wide.columns.to_numpy(float)
    if len(years) > 1 and not (np.diff(years) == 1).all():
        raise ForecastError(f"Found years {list(wide.columns)}; expected no gap between them.")
    complete = np.isfinite(wide.to_numpy()).all(axis=1)
    if not complete.any():
        raise ForecastError("No unit has a value in every year; shorten the period.")
    dropped = wide.index[~complete]
    notes: tuple[str, ...] = ()
    if len(dropped):
        names = ", ".join(map(str, dropped[:10])) + (" and others" if len(dropped) > 10 else "")
        noun = "unit" if len(dropped) == 1 else "units"
        notes = (f"{len(dropped)} {noun} left out because a year is missing: {names}.",)
    return wide[complete], notes


def _score(rows: pd.DataFrame) -> pd.DataFrame:
    """Scaled error, coverage and interval score of every forecast."""
    actual = rows["actual"]
    rows["scaled_error"] = (actual - rows["forecast"]).abs() / rows["scale"]
    for level in (80, 95):
        rows[f"covered_{level}"] = actual.between(rows[f"lower_{level}"], rows[f"upper_{level}"])
    rows["score_95"] = interval_score(actual, rows["lower_95"], rows["upper_95"]) / rows["scale"]
    limits = ["lower_80", "upper_80", "lower_95", "upper_95"]
    first = ["unit", "origin", "model", "step", "actual", "forecast", *limits, "scale"]
    return rows[[*first, "scaled_error", "covered_80", "covered_95", "score_95"]]


def _summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Coverage, MASE and interval score by model and step."""
    groups = rows.groupby(["model", "step"], sort=False)
    summary = groups.agg(
        forecasts=("actual", "size"),
        coverage_80=("covered_80", "mean"),
        coverage_95=("covered_95", "mean"),
        mase=("scaled_error", "mean"),
        score_95=("score_95", "mean"),
    ).reset_index()
    order = {name: i for i, name in enumerate(MODELS)}
    return summary.sort_values(
        ["model", "step"], key=lambda s: s.map(order) if s.name == "model" else s
    ).reset_index(drop=True)


def choose_model(result: Backtest, *, lowest_coverage: float = 0.9) -> Choice:
    """Choose the simplest model that the back-test cannot tell from the best.

    The best model has the smallest mean interval score at 95% (which rewards narrow intervals
    and punishes misses) among those whose 95% intervals covered at least ``lowest_coverage`` of
    the outcomes, or among all where none did. The choice is the simplest such model whose score
    is within one standard error (clustered by unit) of the best.

    Parameters
    ----------
    result : Backtest
    lowest_coverage : float
        Observed coverage below which 95% intervals are not acceptable.
    """
    # Only forecasts that every model could make, so that all are judged on the same outcomes.
    scores = result.forecasts.pivot(
        index=["unit", "origin", "step"], columns="model", values="score_95"
    ).dropna()
    if scores.empty:
        raise ForecastError("No outcome was forecast by every model; compare fewer models.")
    same = result.forecasts.set_index(["unit", "origin", "step"]).loc[scores.index]
    groups = same.groupby("model")
    table = pd.DataFrame(
        {"coverage_95": groups["covered_95"].mean(), "mase": groups["scaled_error"].mean()}
    )
    table["score_95"] = scores.mean()
    ok = table["coverage_95"] >= lowest_coverage
    eligible = table[ok] if ok.any() else table
    best = str(eligible["score_95"].idxmin())
    excess = scores.sub(scores[best], axis=0)
    by_unit = excess.groupby("unit").mean()
    table["worse_by"] = excess.mean()
    table["worse_by_se"] = by_unit.std(ddof=1) / np.sqrt(len(by_unit)) if len(by_unit) > 1 else 0.0
    margin = (table["worse_by"] - table["worse_by_se"]).to_dict()
    near = [name for name in SIMPLEST_FIRST if name in eligible.index and margin[name] <= 0]
    chosen = near[0]
    notes: tuple[str, ...] = ()
    if not ok.any():
        notes = (
            f"No model's 95% intervals covered {lowest_coverage:.0%} of the outcomes; all "
            "intervals are too narrow.",
        )
    reason = _reason(chosen, best, table, scores)
    return Choice(chosen, reason, table.sort_values("score_95"), notes)


def _reason(chosen: str, best: str, table: pd.DataFrame, scores: pd.DataFrame) -> str:
    """Say in words why the model was chosen."""
    units = scores.index.get_level_values("unit").nunique()
    first = (
        f"Over {len(scores)} forecasts for {units} series, 95% intervals of the {_words(chosen)} "
        f"model covered {table.loc[chosen, 'coverage_95']:.1%} of the outcomes, with a mean "
        f"absolute scaled error of {table.loc[chosen, 'mase']:.2f}."
    )
    if chosen == best:
        return first + " No acceptable model had a smaller interval score."
    return first + (
        f" The {_words(best)} model had a slightly smaller interval score, by less than one "
        "standard error, and the simpler model is preferred."
    )


def _words(name: str) -> str:
    return name.replace("_", " ")
