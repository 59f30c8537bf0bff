"""Indicators: how each is computed from the tables."""

import pandas as pd

from care_study.indicators.definitions import INDICATORS
from care_study.show.shown import Shown
from care_study.show.table import table


def indicator_definitions() -> pd.DataFrame:
    """List every indicator: formula, unit, period, interval method and caveat."""
    return pd.DataFrame(
        [
            {
                "indicator": indicator.title,
                "formula": indicator.formula,
                "unit": indicator.unit,
                "period": indicator.period,
                "interval": f"{indicator.interval}, 95%" if indicator.interval else "none",
                "note": indicator.note,
            }
            for indicator in INDICATORS.values()
        ]
    )


def indicators_table() -> Shown:
    """List the indicators."""
    return table(
        indicator_definitions(),
        name="indicators",
        caption="How each indicator is computed",
        row_header="indicator",
    )
