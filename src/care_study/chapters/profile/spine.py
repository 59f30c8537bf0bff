"""Every measure on one spine: the area, its neighbours, its region and all authorities."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_study.area.among_all import QUANTILES, AmongAll
from care_study.area.setting import Setting
from care_study.chapters.profile.measures import BESIDE, in_a_sentence
from care_study.chapters.profile.standing import Standing
from care_study.charts import spine
from care_study.indicators.definitions import INDICATORS
from care_study.show.figure import figure
from care_study.show.results import section
from care_study.show.shown import Shown
from care_study.unavailable import Unavailable
from care_study.words import count, listed, number, year


@section
def spine_chart(
    computed: Mapping[str, pd.DataFrame], setting: Setting, stands: Standing, everyone: AmongAll
) -> Shown:
    """Draw every measure of the area on one spine.

    Raises
    ------
    Unavailable
        If no measure has a figure of the area and of England in the same year.
    """
    rows = spine_rows(computed, setting, stands.table, everyone)
    if rows.empty:
        raise Unavailable(f"No measure of {setting.area_name} can be set beside England")
    out = outside(rows)
    return figure(
        spine.spine(rows, area=setting.area_name, region=setting.region_name or "its region"),
        name="spine",
        title=title(setting.area_name, out, len(rows)),
        subtitle=(
            f"{setting.area_name} on every measure, {when(rows)}; England is the line in the "
            "middle, and each measure has a scale of its own"
        ),
        alt=(
            f"Spine chart of {count(len(rows), 'measure')}. Outside the middle half of all "
            f"authorities: {listed([in_a_sentence(one) for one in out], none='none')}."
        )[:320],
        data=rows.drop(columns="written"),
        places=1,
        sources=BESIDE,
        row_header="measure",
        notes=["Where all authorities lie is rounded to two figures."],
    )


def spine_rows(
    computed: Mapping[str, pd.DataFrame],
    setting: Setting,
    indicators: pd.DataFrame,
    everyone: AmongAll,
) -> pd.DataFrame:
    """Put the area, its comparators and the spread of all authorities in one row a measure.

    Returns
    -------
    DataFrame
        ``measure`` (with its year where they differ), ``year``, ``written``, ``value``,
        ``neighbours``, ``region``, ``england``, ``lowest``, ``lower``, ``middle``, ``upper`` and
        ``highest``.
    """
    known = indicators.dropna(subset=["value", "england"])
    known = known.merge(everyone.places, on="indicator", suffixes=("_own", ""), how="inner")
    rows = [
        {
            "measure": row["measure"],
            "year": int(row["year"]),
            "written": number(row["value"], INDICATORS[row["indicator"]].decimals),
            "value": row["value"],
            "neighbours": row["mean"],
            "region": _of_region(computed[row["indicator"]], setting, int(row["year"])),
            "england": row["england"],
            **{name: row[name] for name in QUANTILES},
        }
        for row in known.dropna(subset=list(QUANTILES)).to_dict("records")
    ]
    frame = pd.DataFrame(rows)
    if len(frame) and frame["year"].nunique() > 1:
        frame["measure"] += ", " + frame["year"].map(year)
    return frame


def when(rows: pd.DataFrame) -> str:
    """Say which years the figures are of."""
    years = sorted(set(rows["year"]))
    return year(years[0]) if len(years) == 1 else "the latest year of each"


def _of_region(computed: pd.DataFrame, setting: Setting, at: int) -> float:
    rows = computed[(computed["area_id"] == setting.region_id) & (computed["year"] == at)]
    return float(rows["value"].iloc[0]) if len(rows) else np.nan


def outside(rows: pd.DataFrame) -> list[str]:
    """Name the measures on which the area lies outside the middle half of all authorities."""
    out = rows[(rows["value"] < rows["lower"]) | (rows["value"] > rows["upper"])]
    return list(out["measure"])


def title(area: str, out: list[str], of: int) -> str:
    """Say on how many measures the area lies outside the middle half."""
    if not out:
        return f"{area} lies in the middle half of all authorities on every measure"
    return (
        f"{area} lies outside the middle half of all authorities on {len(out)} of "
        f"{count(of, 'measure')}"
    )
