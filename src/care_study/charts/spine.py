"""A spine chart: every measure of one area on one scale, England in the middle."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from care_study.charts import theme
from care_study.charts.drawing import LINE_HEIGHT, drawing, is_narrow, need, say, wrap

ROW, KEY = 32, 19
ENDS = 1.12
WORDS = ("middle half of all authorities", "nine in ten of all authorities")


@drawing
def spine(width: int, frame: pd.DataFrame, *, area: str, region: str) -> alt.LayerChart:
    """Draw every measure on a scale of its own: England at 0, the authorities' spread at ±1.

    Parameters
    ----------
    width : int
        Given by the page; callers leave it out.
    frame : DataFrame
        One row a measure: ``measure``, ``written`` (the area's figure, in words), ``value``,
        ``neighbours`` (their mean), ``region``, ``england`` and, of all authorities, ``lowest``,
        ``lower``, ``upper``, ``highest`` (5th, 25th, 75th and 95th percentile).
    area, region : str
        Names, for whoever points at a mark.

    Raises
    ------
    ChartError
        On missing columns, or no row.
    """
    points = ["value", "neighbours", "region"]
    ends = ["lowest", "lower", "upper", "highest"]
    frame = need(frame, ["measure", "written", "england", *points, *ends], "spine")
    reach = frame[ends].sub(frame["england"], axis=0).abs().max(axis=1).replace(0, 1)
    scaled = frame[points + ends].sub(frame["england"], axis=0).div(reach, axis=0)
    characters = 16 if is_narrow(width) else 30
    rows = ["\n".join(wrap(f"{one}", characters)) for one in frame["measure"]]
    drawn = scaled.clip(-ENDS, ENDS).assign(row=rows, written=frame["written"])
    names = {"value": area, "neighbours": "its neighbours' mean", "region": region}
    for column, name in names.items():
        drawn[f"{column}_said"] = [say(name, "", one) for one in frame[column]]
    lines = max(row.count("\n") + 1 for row in rows)
    height = len(frame) * max(ROW, lines * LINE_HEIGHT + 2)
    base = alt.Chart(drawn)
    y = alt.Y(
        "row:N",
        sort=rows,
        axis=alt.Axis(
            title=None,
            labelExpr="split(datum.label, '\\n')",
            labelLimit=250,
            labelLineHeight=LINE_HEIGHT,
        ),
    )
    layers: list[alt.Chart] = [
        base.mark_bar(height=20, color=theme.RANGE).encode(_x("lowest"), alt.X2("highest"), y),
        base.mark_bar(height=20, color=theme.BAND).encode(_x("lower"), alt.X2("upper"), y),
        alt.Chart(pd.DataFrame([{"at": 0}])).mark_rule(color=theme.INK).encode(_x("at")),
        _mark(base, "tick", "neighbours", theme.DARK_GREY, y, size=22, thickness=3),
        _mark(base, "point", "region", theme.PINK, y, shape="diamond", size=70, filled=False),
        _mark(base, "point", "value", theme.FOCUS, y, shape="circle", size=110),
        base.mark_text(align="left", dx=8).encode(y, alt.Text("written:N"), x=alt.value("width")),
        *_key(area, region, width),
    ]
    right = 44 if is_narrow(width) else 60
    padding = {"left": 2, "right": right, "top": 2, "bottom": 2}
    return alt.layer(*layers).properties(height=height, padding=padding)


def _x(column: str) -> alt.X:
    scale = alt.Scale(domain=[-ENDS, ENDS], nice=False, zero=False)
    return alt.X(f"{column}:Q", title=None, scale=scale, axis=None)


def _mark(
    base: alt.Chart, kind: str, column: str, color: str, y: alt.Y, **options: object
) -> alt.Chart:
    mark = base.transform_filter(f"isValid(datum.{column})")
    made: alt.Chart = getattr(mark, f"mark_{kind}")(color=color, aria=True, **options)
    return made.encode(_x(column), y, alt.Description(f"{column}_said:N"))


def _key(area: str, region: str, width: int) -> list[alt.Chart]:
    """Explain the marks above the plot, one a line."""
    one = alt.Chart(pd.DataFrame([{"at": 1}]))
    entries: list[tuple[str, str, dict[str, Any], str]] = [
        ("point", theme.FOCUS, {"shape": "circle", "size": 110}, area),
        ("rule", theme.DARK_GREY, {"strokeWidth": 3}, "its neighbours' mean"),
        ("point", theme.PINK, {"shape": "diamond", "size": 70, "filled": False}, region),
        ("rule", theme.INK, {"strokeWidth": 1}, "England"),
        ("square", theme.BAND, {"size": 200, "opacity": 1}, WORDS[0]),
        ("square", theme.RANGE, {"size": 200, "opacity": 1}, WORDS[1]),
    ]
    across = 1 if is_narrow(width) else 3
    lines = -(-len(entries) // across)
    made = []
    for place, (kind, color, options, words) in enumerate(entries):
        left = alt.value(-80 if across == 1 else -190 + place // lines * 235)
        middle = -KEY * (lines - place % lines) - 2
        mark: alt.Chart = getattr(one, f"mark_{kind}")(color=color, **options)
        is_rule = kind == "rule"
        made.append(
            mark.encode(x=left, y=alt.value(middle - 8), y2=alt.value(middle + 8))
            if is_rule
            else mark.encode(x=left, y=alt.value(middle))
        )
        text = one.mark_text(text=words, align="left", baseline="middle", dx=12)
        made.append(text.encode(x=left, y=alt.value(middle)))
    return made
