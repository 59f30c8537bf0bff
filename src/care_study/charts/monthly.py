"""A monthly series with its interval, over a band that marks a stated range."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from care_study.charts import theme
from care_study.charts.breaks import break_layers, place_breaks, room_above
from care_study.charts.drawing import (
    AXIS_ROOM,
    drawing,
    is_narrow,
    need,
    plot_height,
    scale_bounds,
)


@drawing
def months_and_range(
    width: int,
    frame: pd.DataFrame,
    *,
    at: str,
    value: str,
    lower: str,
    upper: str,
    low: float,
    high: float,
    label: str,
    unit: str = "",
    breaks: Sequence[tuple[float, str]] = (),
    height: int = 320,
) -> alt.LayerChart:
    """Draw a series by month over a band that marks a stated range.

    Parameters
    ----------
    width : int
        Given by the page; callers leave it out.
    frame : DataFrame
        One row a month.
    at, value, lower, upper : str
        Columns; ``at`` is the month as a year with decimals.
    low, high : float
        Ends of the band.
    label : str
        What the band is; written at the foot of the plot.
    unit : str
        Written above the axis.
    breaks : sequence of (year with decimals, label)
        Drawn as labelled vertical lines.
    height : int
        Pixels.

    Raises
    ------
    ChartError
        On missing columns, or without any value.
    """
    frame = need(frame, [at, value, lower, upper], "months_and_range")
    bounds = scale_bounds([*frame[value], *frame[upper], high], zero=True)
    height = plot_height(height, width)
    first, last = int(frame[at].min()), int(frame[at].max()) + 1
    step = max(1, -(-(last - first) // (3 if is_narrow(width) else 10)))
    placed = place_breaks(breaks, (first, last), width - AXIS_ROOM, width)
    x = alt.X(
        f"{at}:Q",
        scale=alt.Scale(domain=[first, last], nice=False),
        axis=alt.Axis(values=list(range(first, last + 1, step)), format="d", title=None),
    )
    y = alt.Y(
        f"{value}:Q",
        title=unit or None,
        scale=alt.Scale(domain=list(bounds), nice=False, zero=False),
        axis=alt.Axis(titleY=-8 - room_above(placed)),
    )
    across: dict[str, Any] = {"x": alt.value(0), "x2": alt.value("width")}
    band = alt.Chart(pd.DataFrame([{"low": low, "high": high}]))
    base = alt.Chart(frame)
    rule = base.mark_rule(color=theme.FOCUS, strokeWidth=1)
    layers = [
        band.mark_rect(color=theme.BAND).encode(alt.Y("low:Q"), alt.Y2("high"), **across),
        *break_layers(placed, x),
        rule.encode(x, alt.Y(f"{lower}:Q", title=unit or None), alt.Y2(upper)),
        base.mark_line(color=theme.FOCUS, strokeWidth=1.5).encode(x, y),
        base.mark_point(color=theme.FOCUS, filled=True, size=14).encode(x, y),
        band.mark_text(text=label, align="left", baseline="bottom", dx=6, dy=-6).encode(
            x=alt.value(0), y=alt.value("height")
        ),
    ]
    return alt.layer(*layers).properties(height=height)
