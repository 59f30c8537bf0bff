"""One area among many: where it lies in a distribution, and funnels."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from care_study.charts import theme
from care_study.charts.drawing import (
    LINE_HEIGHT,
    axis_title,
    dodge,
    drawing,
    is_narrow,
    need,
    need_names,
    plot_height,
    say,
    scale_bounds,
    wrap,
)


@drawing
def placebo_strip(
    width: int,
    frame: pd.DataFrame,
    *,
    area: str,
    value: str,
    focus: Sequence[str],
    unit: str = "",
    reference: float | None = 0.0,
    reference_label: str = "no change",
) -> alt.LayerChart:
    """Every area as a dot along one axis, dots stacked where they are many, those in focus named.

    Parameters
    ----------
    width : int
        Given by the page; callers leave it out.
    frame : DataFrame
        One row an area. Rows without a value are left out.
    area, value : str
        Columns.
    focus : sequence of str
        Areas in colour, drawn as diamonds with their names.
    unit : str
        Title of the axis.
    reference : float, optional
        A value to draw a vertical line at, with `reference_label`.

    Raises
    ------
    ChartError
        On missing columns or a focus without a value.
    """
    frame = need(frame, [area, value], "placebo_strip")
    frame = need(frame[frame[value].notna()], [], "placebo_strip")
    need_names(frame[area], focus, "placebo_strip")
    extra = [reference] if reference is not None else []
    bounds = scale_bounds([*frame[value], *extra], zero=False)
    frame["level"] = stacked(frame[value], bounds, columns=34 if is_narrow(width) else 72)
    top = int(frame["level"].max()) + 1
    step = 6 if is_narrow(width) else 8
    height = max(top * step + 16, 60)
    y = alt.Y("level:Q", axis=None, scale=alt.Scale(domain=[-0.5, top + 1], nice=False))
    x = alt.X(
        f"{value}:Q",
        title=axis_title(unit, width),
        scale=alt.Scale(domain=list(bounds), nice=False, zero=False),
        axis=alt.Axis(tickCount=4 if is_narrow(width) else 8),
    )
    chosen = frame[area].isin(focus)
    layers = []
    if reference is not None:
        named = frame.loc[chosen, value]
        layers += _line(reference, reference_label, x, on_left=named.median() > reference)
    frame["said"] = [say(one, "", of) for one, of in zip(frame[area], frame[value], strict=True)]
    grey = alt.Chart(frame[~chosen]).mark_circle(color=theme.MUTED, size=(step - 1) ** 2, aria=True)
    layers.append(grey.encode(x, y, alt.Description("said:N")))
    layers.append(
        alt.Chart(frame[chosen])
        .mark_point(shape="diamond", color=theme.FOCUS, size=150, stroke=theme.PAPER)
        .encode(x, y)
    )
    layers += _names(frame[chosen], area, value, x, y, bounds)
    return alt.layer(*layers).properties(height=height)


def stacked(values: pd.Series, bounds: tuple[float, float], columns: int) -> list[int]:
    """Give each value its place in the stack of values that share its stretch of the axis."""
    cells = ((values - bounds[0]) / (bounds[1] - bounds[0]) * columns).astype(int)
    order = values.sort_values(kind="stable").index
    return list(cells.loc[order].groupby(cells.loc[order]).cumcount().reindex(values.index))


def _line(at: float, label: str, x: alt.X, *, on_left: bool) -> list[alt.Chart]:
    """Draw a vertical line; its label stands on the side that the areas in focus are not."""
    base = alt.Chart(pd.DataFrame({"at": [at]}))
    across = alt.X("at:Q", title=x["title"])
    rule = base.mark_rule(color=theme.DARK_GREY, strokeDash=[4, 3])
    text = base.mark_text(
        text=label,
        baseline="middle",
        align="right" if on_left else "left",
        dx=-4 if on_left else 4,
    )
    return [
        rule.encode(across, y=alt.value(-LINE_HEIGHT), y2=alt.value("height")),
        text.encode(across, y=alt.value(-LINE_HEIGHT / 2 - 2)),
    ]


def _names(
    rows: pd.DataFrame, area: str, value: str, x: alt.X, y: alt.Y, bounds: tuple[float, float]
) -> list[alt.Chart]:
    """Name the areas in focus above the plot, one a line, each joined to its dot.

    The further out, the higher: the names run inwards, above the lines of those nearer the middle.
    """
    layers = []
    from_middle = (rows[value] - sum(bounds) / 2).abs()
    inner_first = rows.loc[from_middle.sort_values(kind="stable").index]
    for number, row in enumerate(inner_first.to_dict("records"), start=1):
        base = alt.Chart(pd.DataFrame([{value: row[value], "level": row["level"]}]))
        late = row[value] > sum(bounds) / 2
        # The first line above the plot belongs to the label of the reference.
        above = -(LINE_HEIGHT + 18 + LINE_HEIGHT * (number - 1))
        layers.append(
            base.mark_rule(color=theme.FOCUS, strokeWidth=1).encode(x, y, y2=alt.value(above + 2))
        )
        layers.append(
            base.mark_text(
                text=str(row[area]),
                color=theme.FOCUS,
                fontWeight="bold",
                align="right" if late else "left",
                dx=-4 if late else 4,
                baseline="middle",
            ).encode(x, y=alt.value(above + 4))
        )
    return layers


@drawing
def funnel(
    width: int,
    frame: pd.DataFrame,
    limits: pd.DataFrame,
    *,
    area: str,
    value: str,
    size: str,
    focus: Sequence[str] = (),
    unit: str = "",
    size_unit: str = "",
    height: int = 360,
) -> alt.LayerChart:
    """Every area by its size, with the limits that chance alone would keep most areas within.

    Parameters
    ----------
    width : int
        Given by the page; callers leave it out.
    frame : DataFrame
        One row an area.
    limits : DataFrame
        Columns: `size` (the same name as in the frame), ``centre``, ``lower_95``, ``upper_95``,
        ``lower_998``, ``upper_998``.
    area, value, size : str
        Columns.
    focus : sequence of str
        Areas in colour, drawn as diamonds with their names.
    unit, size_unit : str
        Titles of the axes.
    height : int
        Pixels.

    Raises
    ------
    ChartError
        On missing columns or a focus without a row.
    """
    frame = need(frame, [area, value, size], "funnel")
    names = ["centre", "lower_95", "upper_95", "lower_998", "upper_998"]
    limits = need(limits, [size, *names], "funnel limits")
    need_names(frame[area], focus, "funnel")
    bounds = scale_bounds(
        [*frame[value], *limits[["lower_95", "upper_95"]].to_numpy().ravel()], False
    )
    limits[names] = limits[names].clip(*bounds)
    height = plot_height(height, width)
    x = alt.X(
        f"{size}:Q",
        title=axis_title(size_unit, width),
        scale=alt.Scale(domain=[0, float(max(frame[size].max(), limits[size].max()))], nice=False),
        axis=alt.Axis(tickCount=2 if is_narrow(width) else 7),
    )
    y = alt.Y(
        f"{value}:Q",
        title=unit or None,
        scale=alt.Scale(domain=list(bounds), nice=False, zero=False),
    )
    layers = []
    for name, dash in (("centre", [1, 0]), *((edge, _DASH[edge[-2:]]) for edge in names[1:])):
        line = alt.Chart(limits).mark_line(color=theme.DARK_GREY, strokeWidth=1.3, strokeDash=dash)
        layers.append(line.encode(x, alt.Y(f"{name}:Q", title=unit or None)))
    chosen = frame[area].isin(focus)
    frame["said"] = [say(one, "", of) for one, of in zip(frame[area], frame[value], strict=True)]
    grey = alt.Chart(frame[~chosen]).mark_circle(color=theme.MUTED, size=26, aria=True)
    layers.append(grey.encode(x, y, alt.Description("said:N")))
    dots = alt.Chart(frame[chosen])
    layers.append(dots.mark_point(shape="diamond", color=theme.FOCUS, size=130).encode(x, y))
    layers += _beside(frame[chosen], area, size, x, y)
    layers += _limit_labels(limits, size, x, y, height)
    return alt.layer(*layers).properties(height=height)


_DASH = {"95": [5, 3], "98": [1, 3]}


def _beside(rows: pd.DataFrame, area: str, size: str, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    middle = float(x["scale"]["domain"][1]) / 2
    layers = []
    for row in rows.to_dict("records"):
        late = row[size] > middle
        base = alt.Chart(pd.DataFrame([row])).encode(x, y)
        place = {
            "text": wrap(str(row[area]), 16),
            "align": "right" if late else "left",
            "dx": -9 if late else 9,
            "baseline": "middle",
            "fontWeight": "bold",
        }
        # Paper around the letters keeps them apart from the dots beneath.
        layers.append(base.mark_text(**place, stroke=theme.PAPER, strokeWidth=4))
        layers.append(base.mark_text(**place, color=theme.FOCUS))
    return layers


def _limit_labels(
    limits: pd.DataFrame, size: str, x: alt.X, y: alt.Y, height: int
) -> list[alt.Chart]:
    """Label the lines at their right end, apart from each other."""
    last = limits.iloc[int(np.argmax(limits[size].to_numpy()))]
    words = {"centre": "average", "upper_95": "95% limit", "upper_998": "99.8% limit"}
    low, high = y["scale"]["domain"]
    need_each = [(LINE_HEIGHT + 1) * (high - low) / height] * len(words)
    middles = dodge([float(last[name]) for name in words], need_each)
    layers = []
    for text, middle in zip(words.values(), middles, strict=True):
        row = pd.DataFrame([{size: last[size], "at": middle}])
        mark = alt.Chart(row).mark_text(text=text, align="left", dx=5, baseline="middle")
        layers.append(mark.encode(x, alt.Y("at:Q", title=y["title"])))
    return layers
