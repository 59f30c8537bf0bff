"""What is forecast for the next release: which indicators, for whom, by which model."""

from collections.abc import Mapping

import pandas as pd

from care_study.area.after_event import authorities_panel
from care_study.data import geography
from care_study.indicators.compute import compute
from care_study.statistics.forecasts import Frozen, freeze_forecasts

INDICATORS_AHEAD = (
    "looked_after_rate",
    "looked_after_started_rate",
    "referral_rate",
    "rereferral_percentage",
    "in_need_rate",
    "plans_started_rate",
    "plans_rate",
    "cases_per_worker",
)
MODEL = "random_walk"  # on logarithms: over four earlier years none did better for most indicators


def panels(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Compute every indicator that is forecast: long panels of ``unit, year, value``.

    Each territory once; values of zero, which a forecast on logarithms cannot start from, are
    left out.
    """
    parts = geography.counted_twice(tables["boundary_changes"])
    found = {name: authorities_panel(compute(tables, name), parts) for name in INDICATORS_AHEAD}
    return {name: panel[panel["value"] > 0] for name, panel in found.items()}


def freeze(tables: Mapping[str, pd.DataFrame], last_year: int | None = None) -> Frozen:
    """Forecast every authority's next year; nothing after ``last_year`` is used.

    Raises
    ------
    ForecastError
        If no forecast can be made.
    """
    return freeze_forecasts(panels(tables), models=(MODEL,), last_year=last_year)
