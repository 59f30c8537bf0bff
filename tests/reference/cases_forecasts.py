"""Published numbers that the forecast functions must reproduce.

``CASES`` has the same form as in ``cases_intervals``; ``SHARED_CASES`` are those of the folder
with shared reference cases, empty where that folder is absent.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import statsmodels.api as sm

from care_study.forecasts import Forecast, forecast

SHARED = Path(__file__).parents[2].parent / "shared" / "reference_cases"
DURBIN = "Durbin & Koopman 2012, Time Series Analysis by State Space Methods, section 2.10"
HYNDMAN = "Hyndman & Athanasopoulos, Forecasting: Principles and Practice; R package forecast"

ETS_MODELS = {"ANN": "ets_level", "AAN": "ets_trend"}


def row(
    case: str,
    quantity: str,
    expected: float,
    tolerance: float,
    source: str,
    compute: Callable[[], float],
) -> dict[str, Any]:
    return {
        "case": case,
        "quantity": quantity,
        "expected": float(expected),
        "tolerance": tolerance,
        "source": source,
        "compute": compute,
    }


@cache
def _nile(model: str) -> Forecast:
    volume = sm.datasets.nile.load_pandas().data["volume"].to_numpy()
    return forecast(volume, model=model, log=False, horizon=3)


def _local_level() -> list[dict[str, Any]]:
    """Maximum-likelihood variances that the textbook prints for the flow of the Nile."""
    return [
        row(
            "local level, annual flow of the Nile",
            f"variance, {name}",
            expected,
            tolerance,
            DURBIN,
            lambda name=name: _nile("local_level").parameters[name],
        )
        for name, expected, tolerance in (
            ("sigma2.irregular", 15099.0, 15.0),
            ("sigma2.level", 1469.1, 7.0),
        )
    ]


@cache
def _oil(first_year: int, model: str, horizon: int) -> Forecast:
    data = pd.read_csv(SHARED / "oil_1965_2013.csv")
    series = data.loc[data["year"] >= first_year, "oil"]
    return forecast(series, model=model, log=False, horizon=horizon, last_year=2013)


def _oil_value(quantity: str) -> float:
    """Value named as in the shared table, such as ``ses.2014.lo80`` or ``oil49.ANN.forecast1``."""
    parts = quantity.split(".")
    if parts[0] == "oil49":
        step = int(parts[2].removeprefix("forecast"))
        return float(_oil(1965, ETS_MODELS[parts[1]], 4).table["forecast"].iloc[step - 1])
    fit = _oil(1996, "ets_level", 5)
    if parts[1] == "mean":
        return float(fit.table["forecast"].iloc[-1])
    if parts[1] == "rmse":
        return fit.parameters["rmse"]
    column = parts[2].replace("lo", "lower_").replace("hi", "upper_")
    return float(fit.table.set_index("year").loc[int(parts[1]), column])


def _shared() -> list[dict[str, Any]]:
    if not SHARED.exists():
        return []
    return [
        row(
            "exponential smoothing, Saudi oil production",
            item.quantity,
            item.expected,
            item.abs_tol,
            HYNDMAN,
            lambda quantity=item.quantity: _oil_value(quantity),
        )
        for item in pd.read_csv(SHARED / "ets_oil_expected.csv").itertuples()
    ]


SHARED_CASES: list[dict[str, Any]] = _shared()
CASES: list[dict[str, Any]] = [*_local_level(), *SHARED_CASES]
