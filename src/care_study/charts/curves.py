"""Curves over a quantity that is not time, such as error rates by autocorrelation."""

from __future__ import annotations

import altair as alt
import pandas as pd

from care_study.charts import theme
from care_study.charts.drawing import (
    LINE_HEIGHT,
    ChartError,
    axis_title,
    dodge,
    drawing,
    is_narrow,
    need,
    scale_bounds,
    wrap,
)

DASHES = ([1, 0], [7, 3], [2, 3], [9, 3, 2, 3])


@drawing
def curves(
    width: int,
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    series: str,
    x_unit: str,
    unit: str,
    reference: float | None = None,
    reference_label: str = "",
    log_x: bool = False,
    zero: bool = True,
    percent: bool = False,
    height: int = 320,
) -> alt.LayerChart:
    """Draw up to four curves, each with its own colour, dashes and direct label.

    Parameters
    ----------
    width : int
        Given by the page; callers leave it out.
    frame : DataFrame
        One row a point of a curve, in the order of the curves.
    x, y, series : str
        Columns.
    x_unit, unit : str
        What the axes are.
    reference : float, optional
        A value to draw a horizontal line at, with `reference_label` among the labels.
    log_x : bool
        Whether the horizontal axis is logarithmic.
    zero : bool
        Whether the vertical axis starts at zero.
    percent : bool
        Whether to write the vertical axis, from 0 to 1, as percentages.
    height : int
        Pixels.

    Raises
    ------
    ChartError
        On missing columns, or more than four curves.
    """
    frame = need(frame, [x, y, series], "curves")
    names = list(dict.fromkeys(frame[series]))
    if len(names) > len(theme.CATEGORIES):
        raise ChartError(
            f"curves: at most {len(theme.CATEGORIES)} curves, found {len(names)}; leave some out"
        )
    extra = [] if reference is None else [reference]
    bounds = scale_bounds([*frame[y], *extra], zero)
    kind = "log" if log_x else "linear"
    limits = [float(frame[x].min()), float(frame[x].max())]
    across = alt.X(
        f"{x}:Q",
        title=axis_title(x_unit, width),
        scale=alt.Scale(type=kind, domain=limits, nice=False),
        axis=alt.Axis(tickCount=4 if is_narrow(width) else 7, grid=False),
    )
    up = alt.Y(
        f"{y}:Q",
        title=unit,
        scale=alt.Scale(domain=list(bounds), nice=False, zero=False),
        axis=alt.Axis(format=".0%") if percent else alt.Axis(),
    )
    layers: list[alt.Chart | alt.LayerChart] = []
    labels = []
    if reference is not None:
        rule = alt.Chart(pd.DataFrame({y: [reference]})).mark_rule(color=theme.DARK_GREY)
        layers.append(rule.encode(alt.Y(f"{y}:Q", title=unit)))
        labels.append((reference_label, reference, theme.DARK_GREY))
    for name, color, dash in zip(names, theme.CATEGORIES, DASHES, strict=False):
        one = frame[frame[series] == name]
        line = alt.Chart(one).mark_line(color=color, strokeDash=dash)
        layers.append(line.encode(across, up))
        labels.append((str(name), float(one.sort_values(x)[y].iloc[-1]), color))
    layers.append(_written(labels, bounds, unit, width, height))
    return alt.layer(*layers).properties(height=height)


def _written(
    labels: list[tuple[str, float, str]],
    bounds: tuple[float, float],
    unit: str,
    width: int,
    height: int,
) -> alt.LayerChart:
    """Write the labels at the right, apart from each other."""
    lines = [wrap(label, 12 if is_narrow(width) else 22) for label, _, _ in labels]
    pixel = (bounds[1] - bounds[0]) / height
    middles = dodge(
        [at for _, at, _ in labels], [(len(part) * LINE_HEIGHT + 4) * pixel for part in lines]
    )
    texts = []
    for part, middle, (_, _, color) in zip(lines, middles, labels, strict=True):
        mark = alt.Chart(pd.DataFrame({"at": [middle]})).mark_text(
            text=part,
            align="left",
            baseline="middle",
            dx=8,
            dy=-(len(part) - 1) * LINE_HEIGHT / 2,
            lineHeight=LINE_HEIGHT,
            color=color,
            fontWeight="bold",
        )
        texts.append(mark.encode(x=alt.value("width"), y=alt.Y("at:Q", title=unit)))
    return alt.layer(*texts)
