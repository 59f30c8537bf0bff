"""Further measures of an area beside its neighbours and England: first, in a chosen year, latest.

Several chapters look at outcomes and need with them, not only at activity. A figure that is
suppressed keeps the least and the greatest that the published cells allow.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from care_study.area.by_year import values_in
from care_study.area.setting import ENGLAND, Setting
from care_study.chapters.shared import NEIGHBOURS
from care_study.data.geography import territories
from care_study.indicators.compute import sources_of
from care_study.indicators.definitions import INDICATORS
from care_study.indicators.possible import compute_possible
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.unavailable import Unavailable
from care_study.words import number

COLUMNS = ["measure", "year", "own", "lower", "upper", "allowed", "mean", "england"]
WHOLE = 100.0
COUNTS = ("referrals",)  # say nothing of other authorities
WHOLE_UNITS = (*COUNTS, "working days")
FIRST, THEN, LATEST = "first", "then", "latest"


@finding
class Further:
    """Several measures in the first year, in one chosen and in the latest."""

    sources: list[str]
    table: pd.DataFrame
    further: dict[str, str] = fact("the area's value, its neighbours' mean and England's value")
    further_year: dict[str, int] = fact("year of the figure", unit="year")


@section
def further(
    setting: Setting,
    indicators: Sequence[str],
    then: int | None = None,
    told: Sequence[str] | None = None,
) -> Further:
    """Set several measures of the area beside its neighbours' mean and England.

    ``told`` names the facts that prose uses, such as ``plans_rate_then`` and
    ``year_plans_rate_then``; all of them are recorded where none are named.

    Returns
    -------
    Further
        ``table``: `COLUMNS`, up to three rows a measure. Facts are named by the measure and
        ``first``, ``then`` or ``latest``.

    Raises
    ------
    Unavailable
        If the area has a figure of none of them.
    """
    rows, said, years = [], {}, {}
    for name in indicators:
        known = _possible(setting, name)
        for when, year in _years(known, then).items():
            row = _row(setting, name, known[known.index == year].iloc[0], year)
            rows.append(row)
            said[f"{name}_{when}"], years[f"{name}_{when}"] = in_words(row, name), year
    if not rows:
        raise Unavailable(f"{setting.area_name} has a figure of none of these measures")
    found = pd.DataFrame(rows, columns=COLUMNS)
    found = found.drop_duplicates(["measure", "year"], ignore_index=True)
    hidden = [] if (found["allowed"] != "").any() else ["allowed"]
    return Further(
        sources=[
            *dict.fromkeys(one for name in indicators for one in sources_of(name)),
            NEIGHBOURS,
        ],
        table=found.drop(columns=hidden),
        further={name: one for name, one in said.items() if told is None or name in told},
        further_year={
            name: one for name, one in years.items() if told is None or f"year_{name}" in told
        },
    )


def _possible(setting: Setting, name: str) -> pd.DataFrame:
    """Take the area's figures, or what they can be, by year; years without either left out."""
    computed = setting.every_year(name)
    own = computed[computed["area_id"] == setting.area_id].assign(least=math.nan, most=math.nan)
    if own["value"].isna().any() and not INDICATORS[name].is_published:
        possible = compute_possible(_only(setting, name), name)
        possible = possible[possible["area_id"] == setting.area_id].set_index("year")
        own["least"], own["most"] = (own["year"].map(possible[end]) for end in ("least", "most"))
    own = own[own["year"].between(setting.first_year, setting.last_year)].set_index("year")
    return own[own["value"].notna() | own["most"].notna()]


def _only(setting: Setting, name: str) -> dict[str, pd.DataFrame]:
    """Take the rows of the area, and of its parts, from the tables that an indicator needs."""
    ids = {setting.area_id}
    for territory in territories(setting.tables["boundary_changes"]):
        if territory.area_id == setting.area_id:
            for parts in (territory.predecessors, territory.successors):
                ids |= {*parts, " / ".join(parts)}
    listed = {one: setting.tables[one] for one in ("authorities", "boundary_changes")}
    rows = {one: setting.tables[one] for one in sources_of(name)}
    return listed | {one: rows[one][rows[one]["area_id"].isin(ids)] for one in rows}


def _years(known: pd.DataFrame, then: int | None) -> dict[str, int]:
    if known.empty:
        return {}
    found = {FIRST: int(known.index[0])}
    if then in known.index:
        found[THEN] = int(then or 0)
    return {**found, LATEST: int(known.index[-1])}


def _row(setting: Setting, name: str, own: pd.Series, year: int) -> dict[str, Any]:
    computed, defined = setting.every_year(name), INDICATORS[name]
    country = computed[(computed["area_id"] == ENGLAND) & (computed["year"] == year)]["value"]
    return {
        "measure": f"{defined.title}, {defined.unit}",
        "year": year,
        "own": own["value"],
        "lower": own["lower"],
        "upper": own["upper"],
        "allowed": _allowed(own, name) if math.isnan(own["value"]) else "",
        "mean": values_in(computed, setting.neighbour_ids, year).mean(),
        "england": float(country.iloc[0]) if len(country) else math.nan,
    }


def _allowed(own: pd.Series, name: str) -> str:
    """Say what a suppressed figure can be; nothing where it can be anything."""
    if own["least"] <= 0 and own["most"] >= WHOLE:
        return "suppressed"
    return f"{_written(own['least'], name)} to {_written(own['most'], name)}"


def _written(value: float, name: str) -> str:
    defined = INDICATORS[name]
    digits = number(value, 0 if defined.unit in WHOLE_UNITS else defined.decimals)
    if defined.unit.startswith("pounds"):
        return f"£{digits}"
    return f"{digits}%" if defined.unit.startswith("%") else digits


def in_words(row: Mapping[str, Any], name: str) -> str:
    """Say what a row has: ``72.1% (neighbours 70.0%, England 73.2%)``."""
    own = row["allowed"] or _written(row["own"], name)
    others = [
        f"{who} {_written(row[column], name)}"
        for who, column in (("neighbours", "mean"), ("England", "england"))
        if not math.isnan(row[column]) and INDICATORS[name].unit not in COUNTS
    ]
    return f"{own} ({', '.join(others)})" if others else own


@section
def further_table(found: Further, name: str, caption: str) -> Shown:
    """List the measures."""
    return table(
        found.table,
        name=name,
        caption=caption,
        places=1,
        sources=found.sources,
        row_header="measure",
        notes=[
            "First year, year chosen and latest year with a figure. The neighbours' mean leaves "
            "out neighbours without one. Beside a suppressed figure stands what it can be."
        ],
    )
