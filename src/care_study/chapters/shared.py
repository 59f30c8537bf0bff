"""What several chapters say in the same way: who is compared, a series, a list of verdicts."""

from collections.abc import Mapping, Sequence

import pandas as pd

from care_study.area.by_year import long_series
from care_study.area.setting import ENGLAND, Setting
from care_study.charts import series
from care_study.claims import Claim, Verdict
from care_study.indicators.compute import sources_of
from care_study.indicators.definitions import INDICATORS
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.unavailable import Unavailable

COVID = (2020.5, "Covid-19")
NEIGHBOURS = "statistical_neighbours"


@finding
class Compared:
    """Who a chapter is about, and who it is compared with."""

    sources = ("authorities", NEIGHBOURS)
    area: str = fact("the authority that this run is about", sources=["authorities"])
    list: str = fact("the list of statistical neighbours chosen")
    statistic: str = fact("the comparator chosen: mean or median of the neighbours")
    first_year: int = fact("first year of the figures", unit="year")
    last_year: int = fact("last year of the figures", unit="year")


def compared(setting: Setting) -> Compared:
    """Say who a chapter is about, and who it is compared with."""
    return Compared(
        area=setting.area_name,
        list=f"list of {setting.chosen}",
        statistic=setting.statistic,
        first_year=setting.first_year,
        last_year=setting.last_year,
    )


def in_year(frame: pd.DataFrame, year: int) -> pd.Series:
    """Take the row of one year of a single area.

    Raises
    ------
    Unavailable
        If the year has no row or no value, with the reason that the figures give.
    """
    rows = frame[frame["year"] == year]
    area, measure = (_first(frame, name, "") for name in ("area_name", "indicator"))
    what = INDICATORS[measure].title.lower() if measure in INDICATORS else "value"
    if rows.empty or pd.isna(rows["value"].iloc[0]):
        why = _first(rows, "reason", "") or "there is no row for that year"
        raise Unavailable(f"{area or 'This area'} has no figure for {what} in {year}: {why}")
    return rows.iloc[0]


def _first(frame: pd.DataFrame, column: str, otherwise: str) -> str:
    return str(frame[column].iloc[0]) if column in frame and len(frame) else otherwise


@section
def series_against_neighbours(
    setting: Setting,
    indicator: str,
    *,
    name: str,
    title: str,
    alt: str,
    axis: str,
    breaks: Sequence[tuple[float, str]] = (),
    references: Sequence[str] = ("neighbours' mean", "England"),
) -> Shown:
    """Draw an indicator of the area through time, among its neighbours and England."""
    definition = INDICATORS[indicator]
    ids = setting.neighbour_ids
    lines = long_series(
        setting.indicator(indicator), setting.area_id, ids, setting.region_id, ENGLAND
    )
    drawn = lines["role"].isin(["area", "neighbour"]) | lines["area_name"].isin(references)
    chart = series.focus_series(
        lines[drawn],
        area="area_name",
        value="value",
        focus=setting.area_name,
        lower="lower",
        upper="upper",
        references=[one for one in references if one in set(lines["area_name"])],
        others_label="the neighbours",
        unit=axis,
        breaks=breaks,
    )
    return figure(
        chart,
        name=name,
        title=title,
        subtitle=(
            f"{definition.title}, {definition.unit}: {setting.area_name}, its statistical "
            f"neighbours (list of {setting.chosen}) and England"
        ),
        alt=alt,
        data=lines,
        unit=definition.unit,
        places=1,
        sources=[*sources_of(indicator), NEIGHBOURS],
        notes=[*setting.notes, *filter(None, [definition.note])],
        row_header="area_name",
    )


def verdict_table(
    verdicts: Sequence[Verdict],
    claims: Mapping[str, Claim],
    caption: str,
    *,
    untestable: bool = False,
) -> Shown:
    """List the verdicts on claims, by default those that could be tested, and what was found."""
    rows = [
        (claims[one.claim].paraphrase, one.verdict, one.sentence)
        for one in verdicts
        if untestable or one.verdict != "not testable"
    ]
    frame = pd.DataFrame(rows, columns=["claim", "verdict", "found"])
    return table(frame, name="verdicts", caption=caption, row_header="claim", sources=["claims"])
