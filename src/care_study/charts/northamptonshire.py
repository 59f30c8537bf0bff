"""Referrals a week through time, with the range that a document states as a band."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from care_study.charts import theme
from care_study.charts.drawing import drawing
from care_study.charts.series import trend_lines


@drawing
def lines_and_range(
    width: int,
    frame: pd.DataFrame,
    *,
    value: str,
    series: str,
    low: float,
    high: float,
    label: str,
    unit: str = "",
    breaks: Sequence[tuple[float, str]] = (),
) -> alt.LayerChart:
    """Draw series through time over a band that marks a stated range.

    Parameters
    ----------
    width : int
        Given by the page; callers leave it out.
    frame : DataFrame
        One row a series and year.
    value, series, unit, breaks
        As in `care_study.charts.series.trend_lines`.
    low, high : float
        Ends of the band.
    label : str
        What the band is; written at the foot of the plot, where weekly counts leave room.

    Raises
    ------
    ChartError
        As `trend_lines`.
    """
    lines: Any = trend_lines(frame, value=value, series=series, unit=unit, breaks=breaks).at(width)
    band = pd.DataFrame([{"low": low, "high": high}])
    y = alt.Y("low:Q", title=unit or None)
    across: dict[str, Any] = {"x": alt.value(0), "x2": alt.value("width")}
    shade = alt.Chart(band).mark_rect(color=theme.BAND).encode(y, alt.Y2("high"), **across)
    words = (
        alt.Chart(band)
        .mark_text(text=label, align="left", baseline="bottom", dx=6, dy=-6)
        .encode(x=alt.value(0), y=alt.value("height"))
    )
    lines.layer = [shade, *lines.layer, words]
    return lines
