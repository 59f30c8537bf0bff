"""A measure of the page through time: its lines, its words and its chart."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from care_study.area.by_year import long_series
from care_study.area.setting import ENGLAND, Setting
from care_study.chapters.profile.measures import in_a_sentence, own_rows
from care_study.charts import series
from care_study.indicators.compute import sources_of
from care_study.indicators.definitions import INDICATORS
from care_study.show.figure import LONGEST_ALT, figure
from care_study.show.results import section
from care_study.show.shown import Shown
from care_study.unavailable import Unavailable
from care_study.words import number, span, year

FEWEST = 2  # points that make a line


@section
def series_figure(
    name: str,
    computed: Mapping[str, pd.DataFrame],
    setting: Setting,
    lines: pd.DataFrame,
    *,
    data: pd.DataFrame,
    **options: Any,
) -> Shown:
    """Draw a measure of the area through time; ``options`` are those of the chart.

    Raises
    ------
    Unavailable
        If the area has a figure in fewer than two years.
    """
    own = own_rows(computed[name], setting)
    if len(own) < FEWEST:
        raise Unavailable(
            f"{setting.area_name} has figures for {in_a_sentence(INDICATORS[name].title)} in fewer "
            f"than two years of {span(setting.first_year, setting.last_year)}"
        )
    chart = series.focus_series(
        lines,
        area="area_name",
        value="value",
        focus=setting.area_name,
        references=references(lines, setting),
        unit=INDICATORS[name].unit,
        **options,
    )
    return figure(
        chart,
        name=name,
        title=series_title(name, own),
        subtitle=subtitle(name, setting),
        alt=series_alt(name, lines),
        data=data,
        places=1,
        sources=[*sources_of(name), "statistical_neighbours"],
        row_header="area_name",
    )


def chart_lines(computed: pd.DataFrame, setting: Setting, *, with_neighbours: bool) -> pd.DataFrame:
    """Put the area's series and its comparators' below one another, for a chart.

    Returns
    -------
    DataFrame
        ``year``, ``area_name``, ``role``, ``value``, ``lower``, ``upper``.
    """
    if setting.neighbour_ids and len(own_rows(computed, setting)):
        ids = setting.neighbour_ids
        lines = long_series(computed, setting.area_id, ids, setting.region_id, ENGLAND)
    else:
        roles = {ENGLAND: "England", setting.area_id: "area"}
        rows = computed[computed["area_id"].isin(roles) & computed["value"].notna()]
        lines = rows.assign(role=rows["area_id"].map(roles))
    wanted = ["area", "England", f"neighbours' {setting.statistic}"]
    wanted += ["neighbour"] if with_neighbours else []
    columns = ["year", "area_name", "role", "value", "lower", "upper"]
    return lines.loc[lines["role"].isin(wanted), columns].reset_index(drop=True)


def references(lines: pd.DataFrame, setting: Setting) -> list[str]:
    """List the comparators that a chart has lines of: the neighbours' statistic and England."""
    names = (f"neighbours' {setting.statistic}", "England")
    return [name for name in names if name in set(lines["area_name"]) and name != setting.area_name]


def series_title(name: str, own: pd.DataFrame) -> str:
    """Say where the area's latest value lies beside its first, in a sentence."""
    first, last = own.iloc[0], own.iloc[-1]
    then, now = (number(row["value"], INDICATORS[name].decimals) for row in (first, last))
    side = "higher than" if last["value"] > first["value"] else "lower than"
    side = "the same as" if last["value"] == first["value"] else side
    return (
        f"{INDICATORS[name].title}: {now} in {year(last['year'])}, {side} in "
        f"{year(first['year'])} ({then})"
    )


def series_alt(name: str, lines: pd.DataFrame) -> str:
    """Describe a chart through time by the latest value of each line in it."""
    shown = lines[lines["role"] != "neighbour"].sort_values("year")
    ends = shown.groupby("area_name", sort=False).last()
    text = "; ".join(
        f"{area} {number(row['value'], INDICATORS[name].decimals)} in {year(row['year'])}"
        for area, row in ends.iterrows()
    )
    measure = in_a_sentence(INDICATORS[name].title)
    return f"Line chart of {measure} by year, at the end: {text}."[:LONGEST_ALT]


def subtitle(name: str, setting: Setting) -> str:
    """Say measure, unit and comparators of a chart."""
    definition = INDICATORS[name]
    others = (
        f", its statistical neighbours (list of {setting.chosen})" if setting.neighbour_ids else ""
    )
    return (
        f"{definition.title}, {definition.unit}, {definition.period}: {setting.area_name}{others} "
        "and England"
    )
