"""Forecasts fixed before the outcome is known, and their scores once it is.

A forecast is only worth what it says beforehand. The frame that is frozen carries its own
fingerprint; whoever scores it later shows with that fingerprint that nothing was changed since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from care_study.statistics.forecasts.backtest import mase_scale, wide_panel
from care_study.statistics.forecasts.models import (
    MODELS,
    ForecastError,
    check_horizon,
    forecast,
)

# Midpoints of twenty equal shares, 2.5% to 97.5%, which give the CRPS; and the ends of 80%.
QUANTILES = tuple(round(2.5 + 5 * i, 1) for i in range(20))
KEYS = ["indicator", "unit", "model", "step"]


@dataclass(frozen=True)
class Frozen:
    """Forecasts and their fingerprint.

    Attributes
    ----------
    table : DataFrame
        One row an indicator, unit, model and step: ``indicator, unit, model, step, origin`` (last
        year known), ``year`` (forecast), ``last`` (last value, the naive forecast), ``scale``
        (mean absolute yearly change), ``forecast`` (median), ``lower_80, upper_80, lower_95,
        upper_95``, and ``q_2.5`` to ``q_97.5``. Numbers have nine significant digits.
    fingerprint : str
        SHA-256 of the table, see :func:`fingerprint`.
    failures : DataFrame
        ``indicator, unit, model, reason``.
    warnings : tuple of str
    """

    table: pd.DataFrame
    fingerprint: str
    failures: pd.DataFrame
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Scores:
    """How frozen forecasts did.

    Attributes
    ----------
    rows : DataFrame
        The forecasts with an outcome: their columns and ``actual, covered_80, covered_95, crps,
        error`` (absolute), ``naive_error``.
    summary : DataFrame
        One row an indicator, model and step: ``forecasts, without_outcome, coverage_80,
        coverage_95, coverage_error`` (standard error of the latter were the outcomes
        independent), ``mase`` and ``naive_mase`` (mean absolute error over ``scale``, of the
        forecast and of the last value), ``crps`` (over ``scale``), ``better`` (share of units
        for which the forecast was nearer than the last value), ``verdict`` (in words).
    fingerprint : str
        Of the forecasts scored.
    warnings : tuple of str
    """

    rows: pd.DataFrame
    summary: pd.DataFrame
    fingerprint: str
    warnings: tuple[str, ...]


def freeze_forecasts(
    panels: Mapping[str, pd.DataFrame],
    *,
    models: Sequence[str] = ("combination",),
    horizon: int = 1,
    log: bool = True,
    last_year: int | None = None,
) -> Frozen:
    """Forecast every unit of every indicator, in a frame that can be kept and scored.

    Parameters
    ----------
    panels : mapping of indicator to DataFrame
        Long (``unit, year, value``) or wide (index units, columns consecutive years). Units with
        a missing year are left out with a warning.
    models : names from ``MODELS``
    horizon : int
        Years ahead.
    log : bool
        As in :func:`~care_study.statistics.forecasts.models.forecast`.
    last_year : int, optional
        Pretend that nothing later is known.

    Raises
    ------
    ForecastError
        No panel, an unknown model, or no forecast at all.
    """
    horizon = check_horizon(horizon)
    unknown = [name for name in models if name not in MODELS]
    if unknown or not len(models) or not panels:
        raise ForecastError(
            f"Found models {list(models)} and {len(panels)} panels; expected some of "
            f"{', '.join(MODELS)} and at least one panel."
        )
    parts, failures, notes = [], [], []
    for indicator, panel in panels.items():
        wide, left_out = wide_panel(panel)
        notes += [f"{indicator}: {note}" for note in left_out]
        if last_year is not None:
            wide = wide.iloc[:, np.flatnonzero(wide.columns.to_numpy(float) <= last_year)]
        for unit, row in zip(wide.index, wide.to_numpy(float), strict=True):
            for model in models:
                try:
                    made = _forecast_rows(row, model, horizon, int(wide.columns[-1]), log)
                except (ForecastError, np.linalg.LinAlgError) as error:
                    failures.append((indicator, unit, model, str(error)))
                    continue
                parts.append(made.assign(indicator=indicator, unit=unit, model=model))
    if not parts:
        raise ForecastError("No forecast could be made for any unit; see the models' needs.")
    table = pd.concat(parts, ignore_index=True)
    first = [*KEYS, "origin", "year"]
    table = table[[*first, *(name for name in table.columns if name not in first)]]
    table = table.sort_values(KEYS, kind="stable", ignore_index=True)
    failed = pd.DataFrame(failures, columns=["indicator", "unit", "model", "reason"])
    if len(failed):
        notes.append(f"{len(failed)} forecasts could not be made; see failures.")
    return Frozen(table, fingerprint(table), failed, tuple(notes))


def _forecast_rows(
    history: np.ndarray, model: str, horizon: int, origin: int, log: bool
) -> pd.DataFrame:
    """Quantiles of every step, rounded so that the frame is the same on every machine."""
    levels = sorted({abs(2 * q - 100) / 100 for q in QUANTILES} | {0.8})
    levels = [round(level, 4) for level in levels]
    made = forecast(
        history, model=model, horizon=horizon, levels=levels, log=log, last_year=origin
    ).table
    rows = made[["step", "year", "forecast"]].assign(
        origin=origin, last=history[-1], scale=mase_scale(history)
    )
    for level in (80, 95):
        for side in ("lower", "upper"):
            rows[f"{side}_{level}"] = made[f"{side}_{level}"]
    for q in QUANTILES:
        side = "lower" if q < 50 else "upper"
        rows[f"q_{q:g}"] = made[f"{side}_{round(abs(2 * q - 100), 2):g}"]
    whole = ["step", "year", "origin"]
    numbers = [name for name in rows.columns if name not in whole]
    return rows.assign(**{name: [float(f"{x:.9g}") for x in rows[name]] for name in numbers})


def fingerprint(table: pd.DataFrame) -> str:
    """SHA-256 of a frozen table: its rows in the order of their keys, nine digits a number.

    Raises
    ------
    ForecastError
        Where a key column is missing.
    """
    absent = [name for name in KEYS if name not in table.columns]
    if absent:
        raise ForecastError(f"The frozen forecasts lack the columns {', '.join(absent)}.")
    ordered = table.astype(dict.fromkeys(["indicator", "unit", "model"], str))
    ordered = ordered.sort_values(KEYS, kind="stable")[sorted(table.columns)]
    text = ordered.to_csv(index=False, float_format="%.9g", lineterminator="\n")
    return hashlib.sha256(text.encode()).hexdigest()


def score_forecasts(
    table: pd.DataFrame, actual: Mapping[str, pd.DataFrame], *, expected: str | None = None
) -> Scores:
    """Score frozen forecasts against the outcomes.

    Parameters
    ----------
    table : DataFrame
        ``Frozen.table``, or the same read back from a file.
    actual : mapping of indicator to DataFrame
        As ``panels`` of :func:`freeze_forecasts`, with the years forecast.
    expected : str, optional
        Fingerprint published with the forecasts; a table with another one is refused.

    Raises
    ------
    ForecastError
        Another fingerprint, or no outcome for any forecast.

    Notes
    -----
    CRPS as twice the mean quantile loss over twenty equal shares (Gneiting & Raftery 2007, *JASA*
    102, section 4.2); MASE after Hyndman & Koehler (2006).
    """
    found = fingerprint(table)
    if expected is not None and found != expected:
        raise ForecastError(
            f"The forecasts have the fingerprint {found}, not {expected}: they were changed since "
            "they were frozen. Take the file as it was published."
        )
    outcomes = pd.concat(
        [_long(panel).assign(indicator=name) for name, panel in actual.items()], ignore_index=True
    ).dropna()
    rows = table.merge(
        outcomes.rename(columns={"value": "actual"}), on=["indicator", "unit", "year"], how="left"
    )
    known = rows["actual"].notna()
    if not known.any():
        raise ForecastError("No forecast has an outcome yet; add the figures of the year forecast.")
    missing = (~known).groupby([rows[name] for name in ("indicator", "model", "step")]).sum()
    scored = _scored(rows[known].reset_index(drop=True))
    summary = _summary(scored, missing)
    notes = tuple(
        f"{row.indicator}, {row.model}, step {row.step}: {row.verdict}"
        for row in summary.itertuples()
        if row.verdict != "covers as stated"
    )
    return Scores(scored, summary, found, notes)


def _long(panel: pd.DataFrame) -> pd.DataFrame:
    if {"unit", "year", "value"} <= set(panel.columns):
        return panel[["unit", "year", "value"]]
    return panel.rename_axis(index="unit").reset_index().melt("unit", var_name="year")


def _scored(rows: pd.DataFrame) -> pd.DataFrame:
    y = rows["actual"].to_numpy(float)
    share = np.array(QUANTILES) / 100
    quantiles = rows[[f"q_{q:g}" for q in QUANTILES]].to_numpy(float)
    distance = y[:, None] - quantiles
    loss = np.where(distance >= 0, share, share - 1) * distance
    return rows.assign(
        covered_80=(rows["lower_80"] <= y) & (y <= rows["upper_80"]),
        covered_95=(rows["lower_95"] <= y) & (y <= rows["upper_95"]),
        crps=2 * loss.mean(axis=1),
        error=np.abs(y - rows["forecast"]),
        naive_error=np.abs(y - rows["last"]),
    )


def _summary(rows: pd.DataFrame, missing: pd.Series) -> pd.DataFrame:
    scaled = rows.assign(
        mase=rows["error"] / rows["scale"],
        naive_mase=rows["naive_error"] / rows["scale"],
        crps=rows["crps"] / rows["scale"],
        better=rows["error"] < rows["naive_error"],
    )
    groups = scaled.groupby(["indicator", "model", "step"])
    table = groups.agg(
        forecasts=("actual", "size"),
        coverage_80=("covered_80", "mean"),
        coverage_95=("covered_95", "mean"),
        mase=("mase", "mean"),
        naive_mase=("naive_mase", "mean"),
        crps=("crps", "mean"),
        better=("better", "mean"),
    )
    table.insert(1, "without_outcome", missing.reindex(table.index).astype(int))
    share = table["coverage_95"]
    table.insert(4, "coverage_error", np.sqrt(share * (1 - share) / table["forecasts"]))
    table["verdict"] = [coverage_in_words(float(value)) for value in share]
    return table.reset_index()


def coverage_in_words(coverage: float, nominal: float = 0.95, tolerance: float = 0.03) -> str:
    """Say whether intervals cover as often as they state, within a tolerance."""
    if abs(coverage - nominal) <= tolerance:
        return "covers as stated"
    side = "too narrow" if coverage < nominal else "too wide"
    return f"{side}: {nominal:.0%} intervals covered {coverage:.0%}"
