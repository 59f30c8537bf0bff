"""Explore: any authority beside any other, in one chart that a reader steers."""

from collections.abc import Mapping, Sequence

import pandas as pd

from care_study.area.among_all import LOCAL
from care_study.area.setting import ENGLAND
from care_study.chapters.atlas.measures import EXPLORED
from care_study.chapters.profile.measures import FIGURES
from care_study.charts import atlas
from care_study.indicators.definitions import INDICATORS
from care_study.show.figure import figure
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.words import span

MOST_ROWS = 5000


@finding
class First:
    """What the chart shows before anything is picked."""

    sources = ("authorities",)
    measure: str
    first: str = fact("the area shown first")
    second: str = fact("the area shown beside it")


def explore_chart(computed: Mapping[str, pd.DataFrame], shown: First) -> Shown:
    """Draw two areas through time; a reader may pick others, and another measure."""
    frame, names = explore_frame(computed), titles()
    what = f"{shown.first} and {shown.second}: {names[shown.measure]}"
    years = span(frame["year"].min(), frame["year"].max())
    return figure(
        atlas.explore(
            frame, measures=names, first=shown.first, second=shown.second, measure=shown.measure
        ),
        name="explore",
        title="Any authority beside any other",
        subtitle=f"At first {what}, {years}",
        alt=(
            f"Line chart of two areas through time, at first {what}. The areas and the measure can "
            "be changed; each authority's page has its figures as a table."
        ),
        data=of_areas(frame, [shown.first, shown.second]),
        sources=FIGURES,
        row_header="area_name",
    )


def explore_frame(
    computed: Mapping[str, pd.DataFrame], names: Sequence[str] = EXPLORED
) -> pd.DataFrame:
    """Arrange the series of all authorities and England for a chart that a reader steers.

    Returns
    -------
    DataFrame
        ``area_name``, ``year`` and one column an indicator, rounded to one decimal; one row an
        area and year that has any figure.

    Raises
    ------
    ValueError
        If there are more rows than a chart may hold.
    """
    frames = []
    for name in names:
        frame = computed[name]
        shown = frame["area_type"].isin(LOCAL) | (frame["area_id"] == ENGLAND)
        index = frame[shown].set_index(["area_name", "year"])
        frames.append(index["value"].round(1).rename(name))
    wide = pd.concat(frames, axis=1).dropna(how="all").sort_index().reset_index()
    if len(wide) > MOST_ROWS:
        raise ValueError(
            f"Found {len(wide)} rows for one chart. Expected at most {MOST_ROWS}. Choose fewer "
            "years."
        )
    return wide


def of_areas(frame: pd.DataFrame, areas: Sequence[str]) -> pd.DataFrame:
    """Take some areas' rows of `explore_frame`, in the order of the areas."""
    parts = [frame[frame["area_name"] == area] for area in areas]
    return pd.concat(parts, ignore_index=True)


def titles(names: Sequence[str] = EXPLORED) -> dict[str, str]:
    """Give the title of each indicator, with its unit in brackets."""
    return {name: f"{INDICATORS[name].title} ({INDICATORS[name].unit})" for name in names}
