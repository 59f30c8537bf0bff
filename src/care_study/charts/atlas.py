"""The chart of the atlas in which a reader picks authorities and a measure."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd

from care_study.charts import theme
from care_study.charts.drawing import drawing, need, need_names


@drawing
def explore(
    width: int,
    frame: pd.DataFrame,
    *,
    measures: Mapping[str, str],
    first: str,
    second: str,
    measure: str,
    height: int = 320,
) -> alt.LayerChart:
    """Two areas through time; once the chart is live, area, comparator and measure can be picked.

    Parameters
    ----------
    width : int
        Given by the page; callers leave it out.
    frame : DataFrame
        ``area_name``, ``year`` and one column a measure.
    measures : mapping
        Column to title.
    first, second : str
        Areas shown before anything is picked.
    measure : str
        Column shown before anything is picked.
    height : int
        Pixels.

    Raises
    ------
    ChartError
        On missing columns or an area without rows.
    """
    frame = need(frame, ["area_name", "year", *measures], "explore")
    need_names(frame["area_name"], [first, second], "explore")
    names = list(dict.fromkeys(frame["area_name"]))
    pick = _choice("area", first, names, names, "Authority ")
    beside = _choice("beside", second, names, names, "Beside ")
    what = _choice("measure", measure, list(measures), list(measures.values()), "Measure ")
    role = (
        alt.expr.if_(alt.datum.area_name == pick, "first", "second")  # one line even if the same
    )
    base = (
        alt.Chart(frame)
        .transform_filter((alt.datum.area_name == pick) | (alt.datum.area_name == beside))
        .transform_calculate(value=alt.datum[what], role=role)
        .transform_filter("isValid(datum.value)")
    )
    years = [int(frame["year"].min()), int(frame["year"].max())]
    x = alt.X(
        "year:Q",
        title=None,
        scale=alt.Scale(domain=years, nice=False),
        axis=alt.Axis(format="d", tickCount=4),
    )
    # Room for the widest labels: the chart keeps its width when another measure is picked.
    axis = alt.Axis(minExtent=34)
    y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=True), axis=axis)
    roles = ["first", "second"]
    color = alt.Color(
        "role:N",
        scale=alt.Scale(domain=roles, range=[theme.FOCUS, theme.DARK_GREY]),
        legend=None,
    )
    dash = alt.StrokeDash(
        "role:N", scale=alt.Scale(domain=roles, range=[[1, 0], [6, 4]]), legend=None
    )
    tooltip = [
        alt.Tooltip("area_name:N", title="Authority"),
        alt.Tooltip("year:Q", title="Year", format="d"),
        alt.Tooltip("value:Q", title="Figure", format=",.1f"),
    ]
    return (
        alt.layer(
            base.mark_line().encode(x, y, color, dash),
            base.mark_point().encode(x, y, color, tooltip=tooltip),
            *(_name(base, color, place, width) for place in roles),
        )
        .add_params(pick, beside, what)
        .properties(height=height)
    )


def _name(base: alt.Chart, color: alt.Color, role: str, width: int) -> alt.Chart:
    """Write the name of an area above the chart, after a piece of its line: never over a line."""
    left = 0 if role == "first" else width // 2
    names = base.transform_filter(f"datum.role == '{role}'").transform_aggregate(
        points="count()", groupby=["area_name", "role"]
    )
    dash = "\N{EM DASH} " if role == "first" else "- - "
    return (
        names.transform_calculate(label=f"'{dash}' + datum.area_name")
        .mark_text(align="left", baseline="bottom", fontWeight="bold")
        .encode(color, x=alt.value(left), y=alt.value(-10), text="label:N")
    )


def _choice(
    name: str, value: str, options: list[str], labels: list[str], words: str
) -> alt.Parameter:
    return alt.param(
        name=name,
        value=value,
        bind=alt.binding_select(options=options, labels=labels, name=words),
    )
