"""Where it stands: the latest figure of every measure, beside neighbours and England."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_study.area.by_year import values_in
from care_study.area.setting import ENGLAND, Setting
from care_study.chapters.profile.measures import BESIDE, SHOWN, own_rows
from care_study.indicators.definitions import INDICATORS
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.comparison import gap, prediction_test
from care_study.statistics.trends import adjust
from care_study.words import year

UNUSUAL_P = 0.05
NO_NEIGHBOURS = "no neighbours"
NUMBERS = (
    "value", "lower", "upper", "mean", "median", "england", "gap", "gap_lower", "gap_upper",
)  # fmt: skip
# What matters most first.
ORDER = (
    "measure", "year", "value", "mean", "england", "gap", "beside_neighbours",
    "gap_lower", "gap_upper", "lower", "upper", "median", "unit",
)  # fmt: skip


@finding
class Standing:
    """The latest figures beside the comparators."""

    sources = BESIDE
    table: pd.DataFrame
    sides: str = fact("whether the 95% interval of the gap to the neighbours excludes zero")


def standing(computed: Mapping[str, pd.DataFrame], setting: Setting) -> Standing:
    """Set the area's latest figures beside its comparators."""
    found = indicator_table(computed, setting)
    return Standing(table=found, sides=sides(found, setting))


def indicator_table(computed: Mapping[str, pd.DataFrame], setting: Setting) -> pd.DataFrame:
    """Set the area's latest value of every indicator beside its comparators.

    Returns
    -------
    DataFrame
        One row an indicator: ``indicator`` (id), ``measure``, ``unit``, ``year``, ``value``,
        ``lower``, ``upper`` (95%), ``mean`` and ``median`` of the neighbours that year,
        ``england``, ``gap`` to the chosen statistic with ``gap_lower`` and ``gap_upper``,
        ``place`` in words, and ``p_unusual`` of the prediction test among the neighbours
        (Crawford & Howell 1998). Where the area has no value, ``place`` says why.
    """
    return pd.DataFrame([_indicator_row(name, computed[name], setting) for name in SHOWN])


def _indicator_row(name: str, computed: pd.DataFrame, setting: Setting) -> dict[str, object]:
    definition = INDICATORS[name]
    row: dict[str, object] = {
        "indicator": name,
        "measure": definition.title,
        "unit": definition.unit,
        "year": None,
        **dict.fromkeys(NUMBERS, np.nan),
        "place": why_missing(computed, setting),
        "p_unusual": np.nan,
    }
    own = own_rows(computed, setting)
    if own.empty:
        return row
    last = own.iloc[-1]
    now = int(last["year"])
    row |= {"year": now, "value": last["value"], "lower": last["lower"], "upper": last["upper"]}
    england = computed[(computed["area_id"] == ENGLAND) & (computed["year"] == now)]
    row["england"] = float(england["value"].iloc[0]) if len(england) else np.nan
    return row | _beside_neighbours(last, computed, setting)


def _beside_neighbours(
    last: pd.Series, computed: pd.DataFrame, setting: Setting
) -> dict[str, object]:
    others = values_in(computed, setting.neighbour_ids, int(last["year"]))
    if not others.notna().any():
        return {"place": NO_NEIGHBOURS if others.empty else "no neighbour has a figure"}
    value = float(last["value"])
    found = {statistic: gap(value, others, statistic=statistic) for statistic in ("mean", "median")}
    chosen = found[setting.statistic]
    return {
        "mean": found["mean"].comparator.estimate,
        "median": found["median"].comparator.estimate,
        "gap": chosen.gap.estimate,
        "gap_lower": chosen.gap.lower,
        "gap_upper": chosen.gap.upper,
        "place": chosen.conclusion,
        "p_unusual": prediction_test(value, others).p_value,
    }


def why_missing(computed: pd.DataFrame, setting: Setting) -> str:
    """Say why the area has no value of an indicator: the latest reason given, or no rows at all."""
    rows = computed[computed["area_id"] == setting.area_id]
    reasons = rows.loc[rows["reason"] != "", "reason"]
    if len(reasons):
        return f"no figure ({reasons.iloc[-1]})"
    return f"no figure between {year(setting.first_year)} and {year(setting.last_year)}"


def unusual_measures(indicators: pd.DataFrame) -> list[str]:
    """Name the measures on which the area lies outside what its neighbours predict.

    P-values of the prediction tests are corrected for their number (Holm 1979); below 0.05 after
    the correction an area counts as unusual.
    """
    tested = indicators[indicators["p_unusual"].notna()]
    if tested.empty:
        return []
    corrected = adjust(tested["p_unusual"].to_numpy(), "holm")
    return list(tested.loc[np.asarray(corrected) < UNUSUAL_P, "measure"])


def sides(indicators: pd.DataFrame, setting: Setting) -> str:
    """Say on how many measures the area differs from its neighbours' mean or median."""
    counts = indicators["place"].value_counts()
    above, below = int(counts.get("above", 0)), int(counts.get("below", 0))
    unclear = int(counts.get("not distinguishable", 0))
    if not above + below + unclear:
        return "No measure can be set against neighbours."
    return (
        f"Against the {setting.statistic} of its neighbours it lies above on {above}, below on "
        f"{below}, and cannot be distinguished on {unclear} of {above + below + unclear} measures."
    )


def standing_table(setting: Setting, found: Standing) -> Shown:
    """List the latest figures beside the comparators."""
    years = ["none" if pd.isna(one) else year(one) for one in found.table["year"]]
    shown = found.table.assign(year=years, beside_neighbours=found.table["place"])
    return table(
        shown[list(ORDER)],
        name="indicators",
        caption=f"{setting.area_name}: latest figures, beside its neighbours and England",
        places=1,
        sources=BESIDE,
        notes=[
            "Interval of a figure: exact Poisson for rates, Wilson for percentages, 95%; none "
            "where no counts are published or where the figure is a full count.",
            f"Gap: the figure less the neighbours' {setting.statistic}; its interval is that of "
            f"the {setting.statistic}, 95%. One comparison in twenty would lie outside by chance "
            "alone.",
        ],
    )
