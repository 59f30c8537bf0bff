"""Estimates under many specifications, in their order, with the range that is claimed."""

from __future__ import annotations

import altair as alt
import pandas as pd

from care_study.charts import theme
from care_study.charts.drawing import drawing, need, scale_bounds


@drawing
def specification_curve(
    width: int,
    frame: pd.DataFrame,
    *,
    claimed: tuple[float, float],
    unit: str,
    height: int = 300,
) -> alt.LayerChart:
    """Draw every specification's estimate in order, the claimed range as a band.

    Parameters
    ----------
    width : int
        Given by the page; callers leave it out.
    frame : DataFrame
        ``place``, ``estimate``, ``fits`` and ``middle``: the middle of all others at that place.
    claimed : (float, float)
        The claimed range.
    unit : str
        Unit of the estimates.
    height : int
        Pixels.
    """
    frame = need(frame, ["place", "estimate", "middle"], "specification_curve")
    low, high = scale_bounds([*frame["estimate"], *frame["middle"].dropna(), *claimed], True)
    x = alt.X(
        "place:Q",
        title="Choices, in the order of their estimates",
        scale=alt.Scale(domain=[0, len(frame) + 1], nice=False),
        axis=alt.Axis(grid=False, tickCount=5),
    )
    scale = alt.Scale(domain=[low, high], nice=False)
    y = alt.Y("estimate:Q", title=unit, scale=scale)
    ends = pd.DataFrame({"low": [claimed[0]], "high": [claimed[1]]})
    band = (
        alt.Chart(ends)
        .mark_rect(color=theme.BAND)
        .encode(y=alt.Y("low:Q", title=unit, scale=scale), y2="high:Q")
    )
    edge = alt.Chart(ends).mark_rule(color=theme.INK, strokeDash=[2, 3])
    edges = [edge.encode(y=alt.Y(f"{end}:Q", title=unit, scale=scale)) for end in ("low", "high")]
    middle = (
        alt.Chart(frame.dropna(subset="middle"))
        .mark_line(color=theme.DARK_GREY, strokeWidth=1.2)
        .encode(x, alt.Y("middle:Q", title=unit, scale=scale))
    )
    dots = alt.Chart(frame).mark_circle(size=14, opacity=1, color=theme.FOCUS).encode(x, y)
    return alt.layer(band, *edges, middle, dots).properties(width=width, height=height)
