"""How it changed: every measure's change, and how many other authorities changed by as much."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from care_study.area.among_all import SPAN, AmongAll
from care_study.area.setting import Setting
from care_study.chapters.profile.measures import BESIDE, SHOWN, in_a_sentence, own_rows
from care_study.indicators.definitions import INDICATORS
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.trends import TrendError, recent_trend
from care_study.unavailable import Unavailable
from care_study.words import count, listed, span

UNTESTED = "no counts published"
TREND_YEARS = 5
RARE = 0.05
COLUMNS = ("indicator", "measure", "unit", "years", "change", "others", "share", "trend", "note")
SHARES = {
    0.05: "at most 1 in 20",
    0.1: "at most 1 in 10",
    0.25: "at most a quarter",
    0.5: "at most half",
    1.0: "more than half",
}
NOTES = (
    "Shares are given in bands and numbers of authorities rounded to ten: finer ranks would say "
    "more than the figures do.",
    "Trend: chi-squared test at 99.8% over five years that no single year decides.",
)


@finding
class Changes:
    """How the measures changed."""

    sources = BESIDE
    table: pd.DataFrame
    trend_summary: str = fact("share of other authorities whose value changed by at least as much")


def changes(computed: Mapping[str, pd.DataFrame], setting: Setting, everyone: AmongAll) -> Changes:
    """Find how the measures changed, beside other authorities."""
    found = trend_table(computed, setting, everyone)
    return Changes(table=found, trend_summary=trend_summary(found))


def trend_table(
    computed: Mapping[str, pd.DataFrame], setting: Setting, everyone: AmongAll
) -> pd.DataFrame:
    """Say how each indicator changed, and how many other authorities changed by as much.

    Returns
    -------
    DataFrame
        One row an indicator that the area can be compared on: ``indicator``, ``measure``,
        ``unit``, ``years``, ``change`` over them, ``others`` (rounded) and ``share`` (the upper
        end of a band, see `care_study.area.among_all`) of authorities whose value changed by at
        least as much in either direction, ``trend`` of the latest five years as public-health
        profiles test it (`care_study.statistics.trends.recent_trend`), and ``note``.
    """
    places = {str(row["indicator"]): row for row in everyone.places.to_dict("records")}
    rows = [
        _trend_row(name, own_rows(computed[name], setting), places[name])
        for name in SHOWN
        if name in places
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _trend_row(name: str, own: pd.DataFrame, place: Mapping[Any, Any]) -> dict[str, object]:
    years, change, notes = _change(own, place)
    trend, warnings = _recent(name, own)
    return {
        "indicator": name,
        "measure": INDICATORS[name].title,
        "unit": INDICATORS[name].unit,
        "years": years,
        "change": change,
        "others": place["others"],
        "share": place["share"],
        "trend": trend,
        "note": "; ".join([*notes, *warnings]),
    }


def _change(own: pd.DataFrame, place: Mapping[Any, Any]) -> tuple[str, float, list[str]]:
    ends = own[own["year"].isin([place["first_year"], place["last_year"]])]["value"]
    if len(ends) != 2:
        return "", np.nan, [f"no figure {SPAN} years before"]
    years = span(place["first_year"], place["last_year"])
    return years, float(ends.iloc[1] - ends.iloc[0]), []


def _recent(name: str, own: pd.DataFrame) -> tuple[str, list[str]]:
    """Test the trend of the latest five years; say why where it cannot be tested."""
    definition = INDICATORS[name]
    if not definition.interval:
        return "not tested", [UNTESTED if definition.is_published else "a full count, no sample"]
    if len(own) < TREND_YEARS:
        return "cannot be calculated", ["fewer than five years"]
    kind = "proportion" if definition.interval == "Wilson" else "rate"
    try:
        found = recent_trend(own["year"], own["numerator"], own["denominator"], kind=kind)
    except TrendError as error:
        return "cannot be calculated", [str(error).rstrip(".")]
    notes = ["scatters widely"] if found.warnings else []
    return found.direction, notes


def trend_summary(trends: pd.DataFrame) -> str:
    """Say which measures changed more than almost anywhere else, or that none did."""
    if trends.empty:
        return "It is no authority, so how common its changes are is not said."
    known = trends[trends["share"].notna()]
    if known.empty:
        return "The series are too short to say how they changed beside other authorities'."
    rare = known[known["share"] <= RARE]
    if rare.empty:
        return (
            f"None of the {count(len(known), 'change')} that can be compared is rare: of each, "
            "more than one authority in twenty saw as large a one."
        )
    return (
        f"At most one authority in twenty saw as large a change of "
        f"{listed([in_a_sentence(title) for title in rare['measure']])}. Among "
        f"{count(len(known), 'change')} some are rare by chance alone."
    )


@section
def changes_table(setting: Setting, found: Changes) -> Shown:
    """List the changes, with the shares of others in words.

    Raises
    ------
    Unavailable
        If the area is set beside no authority, as England and its regions are.
    """
    if found.table.empty:
        raise Unavailable(f"{setting.area_name} is not set beside other authorities")
    words = found.table["share"].map(SHARES).fillna("not compared")
    shown = found.table.assign(share=words).drop(columns="indicator")
    return table(
        shown.rename(columns={"others": "others_about", "share": "as_much"}),
        name="trends",
        caption=f"{setting.area_name}: change of every measure, and how common it was",
        places=1,
        sources=BESIDE,
        notes=NOTES,
    )
