"""Small multiples: several areas side by side, each with its own comparators."""

from __future__ import annotations

import altair as alt
import pandas as pd

from care_study.charts import theme
from care_study.charts.drawing import drawing, is_narrow, need, scale_bounds, wrap_to

KEY_HEIGHT = 20
KEY_STARTS = (0, 150, 345)
AXIS_ROOM = 34


@drawing
def area_panels(
    width: int,
    frame: pd.DataFrame,
    *,
    area: str = "area",
    year: str = "year",
    value: str = "value",
    mean: str = "mean",
    lowest: str = "lowest",
    highest: str = "highest",
    unit: str = "",
    zero: bool = True,
    height: int = 170,
) -> alt.VConcatChart:
    """One panel an area: its line, its comparators' mean, and their range as a band.

    Panels share both axes; they stand side by side on a page and one below the other on a phone.

    Parameters
    ----------
    width : int
        Given by the page; callers leave it out.
    frame : DataFrame
        One row an area and year. A missing value breaks the line.
    area, year, value, mean, lowest, highest : str
        Columns.
    unit : str
        Written above the panels.
    zero : bool
        Whether the vertical axis includes zero.
    height : int
        Of a panel, in pixels.

    Raises
    ------
    ChartError
        On missing columns or an empty frame.
    """
    frame = need(frame, [area, year, value, mean, lowest, highest], "area_panels")
    bounds = scale_bounds([*frame[value], *frame[lowest], *frame[highest]], zero)
    names = list(dict.fromkeys(frame[area]))
    columns = 1 if is_narrow(width) else min(3, len(names))
    # The first panel of a row carries the labels of the axis, the others have none.
    inner = (width - AXIS_ROOM - 16 * (columns - 1) - 12) // columns
    first, last = int(frame[year].min()), int(frame[year].max())
    x = alt.X(
        f"{year}:Q",
        scale=alt.Scale(domain=[first, last], nice=False),
        axis=alt.Axis(values=[first, (first + last) // 2, last], format="d", title=None),
    )
    rows = [names[start : start + columns] for start in range(0, len(names), columns)]
    made = []
    for row in rows:
        panels = []
        for place, name in enumerate(row):
            y = _y(value, bounds, labelled=place == 0)
            part = frame[frame[area] == name]
            panels.append(
                _panel(name, part, x, y, mean, lowest, highest).properties(
                    width=inner, height=height
                )
            )
        made.append(alt.hconcat(*panels, spacing=16))
    return alt.vconcat(_key(width, unit), *made, spacing=14)


def _y(value: str, bounds: tuple[float, float], *, labelled: bool) -> alt.Y:
    return alt.Y(
        f"{value}:Q",
        title=None,
        scale=alt.Scale(domain=list(bounds), nice=False, zero=False),
        axis=alt.Axis(labels=labelled, tickCount=4, minExtent=AXIS_ROOM - 8 if labelled else 0),
    )


def _panel(
    name: str, part: pd.DataFrame, x: alt.X, y: alt.Y, mean: str, lowest: str, highest: str
) -> alt.LayerChart:
    base = alt.Chart(part)
    others = part[part[mean].notna()]
    known = part[part[str(y["shorthand"]).removesuffix(":Q")].notna()]
    band = alt.Chart(others).mark_area(color=theme.BAND, opacity=0.55)
    line = alt.Chart(others).mark_line(color=theme.DARK_GREY, strokeWidth=1.8, strokeDash=[5, 3])
    # Written as a mark: titles of panels with and without labels would stand at other heights.
    heading = alt.Chart(pd.DataFrame({"one": [1]})).mark_text(
        text=name, fontWeight="bold", align="left", baseline="bottom"
    )
    return alt.layer(
        heading.encode(x=alt.value(0), y=alt.value(-14)),
        band.encode(x, alt.Y(f"{lowest}:Q", title=None, axis=y["axis"]), alt.Y2(highest)),
        line.encode(x, alt.Y(f"{mean}:Q", title=None, axis=y["axis"])),
        base.mark_line(color=theme.FOCUS, strokeWidth=2.8).encode(x, y),
        alt.Chart(known.tail(1)).mark_point(color=theme.FOCUS, size=45).encode(x, y),
    )


def _key(width: int, unit: str) -> alt.LayerChart:
    """Explain line, dashes and band above the panels, one below the other on a phone; then unit."""
    narrow = is_narrow(width)
    entries = [
        ("the authority", theme.FOCUS, 2.8, [1, 0]),
        ("its neighbours' mean", theme.DARK_GREY, 1.8, [5, 3]),
        ("lowest to highest neighbour", theme.BAND, 10.0, [1, 0]),
    ]
    base = alt.Chart(pd.DataFrame({"one": [1]}))
    layers = []
    for number, (words, color, size, dash) in enumerate(entries):
        left = 0 if narrow else KEY_STARTS[number]
        top = KEY_HEIGHT * (number if narrow else 0) + KEY_HEIGHT / 2
        swatch = base.mark_rule(color=color, strokeWidth=size, strokeDash=dash)
        layers.append(swatch.encode(x=alt.value(left), x2=alt.value(left + 26), y=alt.value(top)))
        layers.append(_written(base, words, left + 34, top))
    lines = 3 if narrow else 1
    said = wrap_to(f"Vertical axes: {unit}", width - AXIS_ROOM, width) if unit else []
    for number, words in enumerate(said):
        layers.append(_written(base, words, 0, KEY_HEIGHT * (lines + number + 0.5)))
    height = KEY_HEIGHT * (lines + len(said))
    return alt.layer(*layers).properties(width=width - 20, height=height)


def _written(base: alt.Chart, words: str, left: float, top: float) -> alt.Chart:
    text = base.mark_text(text=words, align="left", baseline="middle")
    return text.encode(x=alt.value(left), y=alt.value(top))
