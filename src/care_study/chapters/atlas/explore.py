"""Explore: any authority beside any other, on a map, through time and among all."""

from collections.abc import Mapping, Sequence

import pandas as pd

from care_study.area.among_all import LOCAL
from care_study.area.setting import ENGLAND
from care_study.chapters.profile.measures import FIGURES, SHOWN
from care_study.charts import series
from care_study.indicators.definitions import INDICATORS
from care_study.show.explorer import explorer
from care_study.show.figure import figure
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.words import span


@finding
class First:
    """What the page shows before anything is picked."""

    sources = ("authorities",)
    measure: str
    first: str = fact("the area shown first")
    second: str = fact("the area shown beside it")


def everything(computed: Mapping[str, pd.DataFrame], shown: First) -> Shown:
    """Hand all series to the page, for a reader to pick from."""
    names = [shown.measure, *(name for name in SHOWN if name != shown.measure)]
    first = computed[shown.measure]
    local = first[first["area_type"] == "local authority"]
    said: dict[str, dict[str, str | int]] = {
        name: {
            "title": INDICATORS[name].title,
            "unit": INDICATORS[name].unit,
            "decimals": INDICATORS[name].decimals,
        }
        for name in names
    }
    figures = {name: by_area(computed[name]) for name in names}
    counted = f"{shown.measure}_count"
    return explorer(
        {**figures, counted: by_area(first.assign(value=first["numerator"]))},
        {**said, counted: {**said[shown.measure], "unit": "number", "decimals": 0}},
        first=shown.first,
        second=shown.second,
        regions=dict(zip(local["area_name"], local["region"], strict=True)),
        sources=FIGURES,
    )


def by_area(frame: pd.DataFrame) -> pd.DataFrame:
    """Arrange a measure's values: one row an authority or England, one column a year."""
    shown = frame["area_type"].isin(LOCAL) | (frame["area_id"] == ENGLAND)
    known = frame[shown & frame["value"].notna()]
    return known.pivot(index="area_name", columns="year", values="value").round(1)


def two_areas(computed: Mapping[str, pd.DataFrame], shown: First) -> Shown:
    """Draw the two areas of the start through time: what a page without scripts shows."""
    definition = INDICATORS[shown.measure]
    rows = of_areas(computed[shown.measure], [shown.first, shown.second])
    years = span(rows["year"].min(), rows["year"].max())
    return figure(
        series.trend_lines(rows, value="value", series="area_name", unit=definition.unit),
        name="explore",
        title=f"{shown.first} beside {shown.second}: {definition.title.lower()}",
        subtitle=f"{definition.title}, {definition.unit}, {definition.period}, {years}",
        alt=(
            f"Line chart of {definition.title.lower()} in {shown.first} and {shown.second}, "
            f"{years}."
        ),
        data=rows,
        unit=definition.unit,
        places=definition.decimals,
        sources=FIGURES,
        row_header="area_name",
    )


def of_areas(frame: pd.DataFrame, areas: Sequence[str]) -> pd.DataFrame:
    """Take some areas' values by year, in the order of the areas: ``area_name, year, value``."""
    columns = ["area_name", "year", "value"]
    parts = [frame.loc[frame["area_name"] == area, columns].dropna() for area in areas]
    return pd.concat(parts, ignore_index=True)
