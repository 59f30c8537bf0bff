"""A claim beside every authority: what was claimed, where all lie, and the area among them."""

from __future__ import annotations

import altair as alt
import pandas as pd

from care_study.charts import theme
from care_study.charts.drawing import (
    LINE_HEIGHT,
    axis_title,
    drawing,
    is_narrow,
    need,
    need_names,
    say,
    scale_bounds,
    text_width,
    wrap_to,
)
from care_study.charts.spread import stacked

GAP = 8


@drawing
def claim_and_all(
    width: int,
    frame: pd.DataFrame,
    *,
    area: str,
    value: str,
    focus: str,
    focus_label: str,
    claimed: tuple[float, float],
    claimed_label: str,
    unit: str,
) -> alt.LayerChart:
    """Every authority as a dot, the area in focus named, and what was claimed as a band.

    Parameters
    ----------
    width : int
        Given by the page; callers leave it out.
    frame : DataFrame
        One row an authority. Rows without a value are left out.
    area, value : str
        Columns.
    focus, focus_label : str
        The area in colour, and what is written at it.
    claimed : pair of float
        Lower and upper end of what was claimed; a line where they are the same.
    claimed_label : str
        Written above the band.
    unit : str
        Title of the axis.

    Raises
    ------
    ChartError
        On missing columns, or a focus without a value.
    """
    frame = need(frame, [area, value], "claim_and_all")
    frame = need(frame[frame[value].notna()], [], "claim_and_all")
    need_names(frame[area], [focus], "claim_and_all")
    bounds = scale_bounds([*frame[value], *claimed], zero=False)
    frame["level"] = stacked(frame[value], bounds, columns=36 if is_narrow(width) else 72)
    top = int(frame["level"].max()) + 1
    step = 8 if is_narrow(width) else 9
    height = max(top * step + 12, 70)
    x = alt.X(
        f"{value}:Q",
        title=axis_title(unit, width),
        scale=alt.Scale(domain=list(bounds), nice=False, zero=False),
        axis=alt.Axis(tickCount=4 if is_narrow(width) else 8),
    )
    y = alt.Y("level:Q", axis=None, scale=alt.Scale(domain=[-0.5, top + 0.5], nice=False))
    chosen = frame[area] == focus
    at = float(frame.loc[chosen, value].iloc[0])
    stem = claimed[0] if sum(claimed) < sum(bounds) else claimed[1]
    said = Label(claimed_label, stem, bounds, width, leftwards=sum(claimed) > sum(bounds))
    own = Label(focus_label, at, bounds, width, leftwards=at < stem)
    first = -GAP - LINE_HEIGHT * len(own.lines)
    second = first - GAP - LINE_HEIGHT * len(said.lines)
    frame["said"] = [say(one, "", of) for one, of in zip(frame[area], frame[value], strict=True)]
    dots = alt.Chart(frame[~chosen]).mark_circle(color=theme.FAINT, size=(step - 2) ** 2, aria=True)
    one = alt.Chart(frame[chosen])
    diamond = one.mark_point(shape="diamond", color=theme.FOCUS, size=150, stroke=theme.PAPER)
    layers = [
        *_band(claimed, stem, x, second),
        dots.encode(x, y, alt.Description("said:N")),
        one.mark_rule(color=theme.FOCUS).encode(x, y, y2=alt.value(first)),
        diamond.encode(x, y),
        said.at_height(second, theme.PINK, x),
        own.at_height(first, theme.FOCUS, x),
    ]
    return alt.layer(*layers).properties(height=height)


def _band(claimed: tuple[float, float], stem: float, x: alt.X, top: float) -> list[alt.Chart]:
    """Shade what was claimed, with a line up to its label."""
    ends = alt.Chart(pd.DataFrame([{"low": claimed[0], "high": claimed[1], "stem": stem}]))
    is_line = claimed[0] == claimed[1]
    rule = ends.mark_rule(color=theme.PINK, strokeWidth=2).encode(
        alt.X("stem:Q", title=x["title"]),
        y=alt.value(top),
        y2=alt.value("height") if is_line else alt.value(0),
    )
    if is_line:
        return [rule]
    band = ends.mark_rect(color=theme.PINK, fillOpacity=0.18).encode(
        alt.X("low:Q", title=x["title"]), alt.X2("high"), y=alt.value(0), y2=alt.value("height")
    )
    return [band, rule]


class Label:
    """Words above a plot, beside their place: on the side asked for, or where they have room."""

    def __init__(
        self, words: str, at: float, bounds: tuple[float, float], width: int, *, leftwards: bool
    ) -> None:
        share = (at - bounds[0]) / (bounds[1] - bounds[0])
        room = {True: share * width - 2 * GAP, False: (1 - share) * width - 2 * GAP}
        if room[leftwards] < text_width(words, width) * 0.6:
            leftwards = room[True] > room[False]
        self.at, self.leftwards = at, leftwards
        self.lines = wrap_to(words, room[leftwards], width)

    def at_height(self, top: float, colour: str, x: alt.X) -> alt.Chart:
        """Write the words from a height downwards."""
        mark = alt.Chart(pd.DataFrame([{"at": self.at}])).mark_text(
            text=self.lines,
            color=colour,
            fontWeight="bold",
            align="right" if self.leftwards else "left",
            dx=-GAP if self.leftwards else GAP,
            baseline="top",
            lineHeight=LINE_HEIGHT,
        )
        return mark.encode(alt.X("at:Q", title=x["title"]), y=alt.value(top))
