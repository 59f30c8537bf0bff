"""Estimates with their intervals, and bars from zero."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from care_study.charts import theme
from care_study.charts.drawing import (
    LINE_HEIGHT,
    ChartError,
    axis_title,
    drawing,
    is_narrow,
    need,
    need_names,
    scale_bounds,
    text_width,
    wrap,
    wrap_to,
)

ROW = 30


@drawing
def dot_intervals(
    width: int,
    frame: pd.DataFrame,
    *,
    label: str,
    value: str,
    lower: str,
    upper: str,
    unit: str = "",
    focus: Sequence[str] = (),
    reference: float | None = None,
    reference_label: str = "",
    zero: bool = False,
) -> alt.LayerChart:
    """One row an estimate: a dot and a line for its interval, in the order of the frame.

    Parameters
    ----------
    width : int
        Given by the page; callers leave it out.
    frame : DataFrame
        One row an estimate.
    label, value, lower, upper : str
        Columns; `lower` and `upper` may be missing in a row.
    unit : str
        Title of the axis; say here what the interval is, too.
    focus : sequence of str
        Labels to show in colour; their dots are diamonds, too. All when none is named.
    reference : float, optional
        A value to draw a vertical line at, with `reference_label`.
    zero : bool
        Whether the axis includes zero.

    Raises
    ------
    ChartError
        On missing columns, repeated labels, or a focus without a row.
    """
    frame = _rows(frame, [label, value, lower, upper], label, focus, "dot_intervals", width)
    extra = [reference] if reference is not None else []
    bounds = scale_bounds([*frame[value], *frame[lower], *frame[upper], *extra], zero)
    x = _x(value, bounds, unit, width)
    y = _y(frame, width)
    base = alt.Chart(frame)
    color = _color()
    layers: list[alt.Chart] = _reference(reference, reference_label, bounds, x, frame, width)
    layers.append(
        base.mark_rule(strokeWidth=2.5).encode(
            alt.X(f"{lower}:Q", scale=x["scale"], title=x["title"]), alt.X2(upper), y, color
        )
    )
    shape = alt.Shape(
        "in_focus:N",
        scale=alt.Scale(domain=[True, False], range=["diamond", "circle"]),
        legend=None,
    )
    layers.append(base.mark_point(filled=True, size=95).encode(x, y, color, shape))
    return alt.layer(*layers).properties(height=_height(frame))


@drawing
def bars(
    width: int,
    frame: pd.DataFrame,
    *,
    label: str,
    value: str,
    lower: str | None = None,
    upper: str | None = None,
    unit: str = "",
    focus: Sequence[str] = (),
    decimals: int = 0,
) -> alt.LayerChart:
    """One horizontal bar a row, from zero, with its value written and its interval as a line.

    Parameters
    ----------
    width : int
        Given by the page; callers leave it out.
    frame : DataFrame
        One row a bar, in the order to be shown.
    label, value, lower, upper : str
        Columns.
    unit : str
        Title of the axis.
    focus : sequence of str
        Labels to show in colour; all when none is named.
    decimals : int
        Of the values written beside the bars.

    Raises
    ------
    ChartError
        On missing columns, repeated labels, or a focus without a row.
    """
    frame = _rows(frame, [label, value, lower, upper], label, focus, "bars", width)
    ends = [*frame[value], *(frame[upper] if upper else ()), *(frame[lower] if lower else ())]
    bounds = scale_bounds(ends, zero=True)
    x, y = _x(value, bounds, unit, width), _y(frame, width)
    base = alt.Chart(frame)
    layers: list[alt.Chart] = [base.mark_bar(height=ROW - 12).encode(x, y, _color())]
    if lower and upper:
        line = base.mark_rule(color=theme.INK, strokeWidth=1.5)
        layers.append(line.encode(alt.X(f"{lower}:Q", title=x["title"]), alt.X2(upper), y))
    frame["written"] = [_number(found, decimals) for found in frame[value]]
    frame["end"] = frame[[value, upper]].max(axis=1) if upper else frame[value].clip(lower=0)
    text = alt.Chart(frame).mark_text(align="left", dx=5)
    layers.append(text.encode(alt.X("end:Q", title=x["title"]), y, alt.Text("written:N")))
    return alt.layer(*layers).properties(
        height=_height(frame),
        # Room for the figure that is written beyond the longest bar.
        padding={"left": 2, "right": 28, "top": 2, "bottom": 2},
    )


def _number(value: float, decimals: int) -> str:
    return "" if pd.isna(value) else f"{value:,.{decimals}f}".replace("-", "\N{MINUS SIGN}")


def _rows(
    frame: pd.DataFrame,
    columns: Sequence[str | None],
    label: str,
    focus: Sequence[str],
    what: str,
    width: int,
) -> pd.DataFrame:
    frame = need(frame, columns, what)
    if frame[label].duplicated().any():
        twice = frame.loc[frame[label].duplicated(), label].tolist()
        raise ChartError(f"{what}: labels must differ, found twice: {twice[:5]}")
    need_names(frame[label], focus, what)
    frame["in_focus"] = frame[label].isin(focus) if focus else True
    characters = 20 if is_narrow(width) else 34
    frame["row"] = ["\n".join(wrap(str(name), characters)) for name in frame[label]]
    return frame


def _x(value: str, bounds: tuple[float, float], unit: str, width: int) -> alt.X:
    scale = alt.Scale(domain=list(bounds), nice=False, zero=False)
    axis = alt.Axis(grid=True, domain=False, ticks=False, tickCount=3 if is_narrow(width) else 6)
    return alt.X(f"{value}:Q", scale=scale, title=axis_title(unit, width), axis=axis)


def _y(frame: pd.DataFrame, width: int) -> alt.Y:
    axis = alt.Axis(
        title=None,
        labelExpr="split(datum.label, '\\n')",
        labelLimit=130 if is_narrow(width) else 280,
        labelLineHeight=LINE_HEIGHT,
    )
    return alt.Y("row:N", sort=list(frame["row"]), axis=axis)


def _color() -> alt.Color:
    scale = alt.Scale(domain=[True, False], range=[theme.FOCUS, theme.MUTED])
    return alt.Color("in_focus:N", scale=scale, legend=None)


def _height(frame: pd.DataFrame) -> int:
    lines = max(name.count("\n") + 1 for name in frame["row"])
    return int(len(frame) * max(ROW, lines * LINE_HEIGHT + 8))


def _reference(
    at: float | None,
    label: str,
    bounds: tuple[float, float],
    x: alt.X,
    frame: pd.DataFrame,
    width: int,
) -> list[alt.Chart]:
    """Draw a vertical line; its label stands above the plot, on the side that has more room."""
    if at is None:
        return []
    base = alt.Chart(pd.DataFrame({"at": [at]}))
    across = alt.X("at:Q", title=x["title"])
    names = max(text_width(line, width) for name in frame["row"] for line in name.split("\n"))
    start = (at - bounds[0]) / (bounds[1] - bounds[0]) * (width - names)
    room = {"left": width - names - start, "right": start + names}
    align = "left" if room["left"] >= min(text_width(label, width) + 8, room["right"]) else "right"
    lines = wrap_to(label, room[align] - 8, width)
    text = base.mark_text(
        text=lines,
        align=align,
        baseline="bottom",
        lineHeight=LINE_HEIGHT,
        dx=5 if align == "left" else -5,
        dy=-3 - LINE_HEIGHT * (len(lines) - 1),
    )
    rule = base.mark_rule(color=theme.DARK_GREY, strokeWidth=1.5, strokeDash=[4, 3])
    above = alt.value(-3 - LINE_HEIGHT * len(lines))
    return [
        rule.encode(across, y=above, y2=alt.value("height")),
        text.encode(across, y=alt.value(0)),
    ]
