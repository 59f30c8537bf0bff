"""Charts through time: one area in colour, its neighbours as a band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from care_study.charts import theme
from care_study.charts.breaks import break_layers, place_breaks, room_above
from care_study.charts.drawing import (
    AXIS_ROOM,
    LINE_HEIGHT,
    ChartError,
    dodge,
    drawing,
    is_narrow,
    need,
    need_names,
    plot_height,
    say,
    scale_bounds,
    text_width,
    wrap,
)

# Reference lines differ in their dashes as well as in grey, so that colour is never alone.
DASHES = ([1, 0], [6, 4], [2, 3])


@drawing
def focus_series(
    width: int,
    frame: pd.DataFrame,
    *,
    focus: str,
    value: str,
    unit: str = "",
    year: str = "year",
    area: str = "area",
    references: Sequence[str] = (),
    others_label: str = "",
    lower: str | None = None,
    upper: str | None = None,
    interval_label: str = "95% interval",
    breaks: Sequence[tuple[float, str]] = (),
    forecast: pd.DataFrame | None = None,
    zero: bool = True,
    height: int = 340,
) -> alt.LayerChart:
    """One area through time in colour, reference lines in dark grey, all other areas as a band.

    Each of the others can be pointed at: its line then shows, with its name.

    Parameters
    ----------
    width : int
        Given by the page; callers leave it out.
    frame : DataFrame
        One row an area and year: `area`, `year`, `value` and, for the area in focus, `lower` and
        `upper`. Missing years make gaps.
    focus : str
        The area in colour.
    value, year, area, lower, upper : str
        Columns.
    unit : str
        Written above the axis.
    references : sequence of str
        Up to three areas to draw with a label of their own, such as England and the neighbours'
        mean.
    others_label : str
        A label for the band from the lowest to the highest of the other areas.
    interval_label : str
        What the band around the area in focus is; written beside its name where there is room, so
        say it in the figure's subtitle too.
    breaks : sequence of (year, label)
        Where the series is not comparable with what went before; drawn as labelled vertical lines.
    forecast : DataFrame, optional
        Columns `year`, `value`, `lower` and `upper` of the area in focus after its last year; it is
        joined to the last observation.
    zero : bool
        Whether the axis starts at zero.
    height : int
        Pixels.

    Raises
    ------
    ChartError
        On missing columns, areas without rows, or more than three references.
    """
    frame = need(frame, [year, area, value, lower, upper], "focus_series")
    if len(references) > len(DASHES):
        raise ChartError(f"focus_series: at most {len(DASHES)} references, found {len(references)}")
    need_names(frame[area], [focus, *references], "focus_series")
    ahead = _joined(frame, forecast, focus, value, year, area)
    bounds = scale_bounds(
        [
            *frame[value],
            *(frame[upper] if upper else ()),
            *(frame[lower] if lower else ()),
            *(ahead["upper"] if ahead is not None else ()),
            *(ahead["lower"] if ahead is not None else ()),
        ],
        zero,
    )
    height = plot_height(height, width)
    labels = _labels(frame, ahead, focus, references, others_label, year, area, value)
    if lower and upper and interval_label and not is_narrow(width):
        labels.loc[labels["label"] == focus, "label"] += f" with {interval_label}"
    x, y, layers = _frame_of(frame, ahead, year, value, unit, bounds, width, labels, breaks)
    one = frame[frame[area] == focus]
    rest = frame[~frame[area].isin([focus, *references])]
    if not rest.empty:
        layers += _others(rest, year, value, area, x, y)
    if lower and upper:
        band = alt.Chart(one).mark_area(color=theme.BAND)
        layers.append(band.encode(x, alt.Y(f"{lower}:Q", title=unit or None), alt.Y2(upper)))
    if ahead is not None:
        fan = alt.Chart(ahead).mark_area(color=theme.BAND)
        layers.append(fan.encode(x, alt.Y("lower:Q"), alt.Y2("upper")))
    for name, dash in zip(references, DASHES, strict=False):
        line = alt.Chart(frame[frame[area] == name])
        layers.append(
            line.mark_line(color=theme.DARK_GREY, strokeWidth=2, strokeDash=dash).encode(x, y)
        )
    if ahead is not None:
        dashed = alt.Chart(ahead).mark_line(color=theme.FOCUS, strokeDash=[5, 4])
        layers.append(dashed.encode(x, y))
    layers.append(alt.Chart(one).mark_line(color=theme.FOCUS).encode(x, y))
    each = one.assign(
        said=[say(focus, at, of) for at, of in zip(one[year], one[value], strict=True)]
    )
    points = alt.Chart(each).mark_point(color=theme.FOCUS, size=28, aria=True)
    layers.append(points.encode(x, y, alt.Description("said:N")))
    layers.append(_written(labels, bounds, unit, width, height))
    return alt.layer(*layers).properties(height=height)


def _others(
    rest: pd.DataFrame, year: str, value: str, area: str, x: alt.X, y: alt.Y
) -> list[alt.Chart]:
    """Shade from the lowest to the highest, with a line of each that shows when pointed at."""
    ends = rest.groupby(year)[value].agg(["min", "max"]).dropna().reset_index()
    band = alt.Chart(ends).mark_area(color=theme.RANGE)
    hidden = alt.Chart(rest.dropna(subset=[value])).mark_line(
        color=theme.PINK, strokeWidth=9, opacity=0, aria=True
    )
    return [
        band.encode(x, alt.Y("min:Q", title=y["title"]), alt.Y2("max")),
        hidden.encode(x, y, alt.Detail(f"{area}:N"), alt.Description(f"{area}:N")),
    ]


def _frame_of(
    frame: pd.DataFrame,
    ahead: pd.DataFrame | None,
    year: str,
    value: str,
    unit: str,
    bounds: tuple[float, float],
    width: int,
    labels: pd.DataFrame,
    breaks: Sequence[tuple[float, str]],
) -> tuple[alt.X, alt.Y, list[alt.Chart]]:
    """Make the axes, and the layers of the breaks; the unit stands above the breaks' labels."""
    years = [int(found) for found in frame[year]]
    years += [int(found) for found in ahead[year]] if ahead is not None else []
    first, last = min(years), max(years)
    last = last if last > first else first + 1
    plot = width - AXIS_ROOM - _gutter(labels, width)
    placed = place_breaks(breaks, (first, last), plot, width)
    most = 3 if is_narrow(width) else 8
    step = max(1, -(-(max(years) - first) // most))
    x = alt.X(
        f"{year}:Q",
        scale=alt.Scale(domain=[first, last], nice=False),
        axis=alt.Axis(
            values=list(range(max(years), first - 1, -step))[::-1], format="d", title=None
        ),
    )
    y = alt.Y(
        f"{value}:Q",
        title=unit or None,
        scale=alt.Scale(domain=list(bounds), nice=False, zero=False),
        axis=alt.Axis(titleY=-8 - room_above(placed)),
    )
    return x, y, break_layers(placed, x)


def _wrapped(label: str, width: int) -> list[str]:
    return wrap(label, 10 if is_narrow(width) else 19)


def _gutter(labels: pd.DataFrame, width: int) -> float:
    """Width that the labels at the right take, in pixels."""
    lines = [line for label in labels["label"] for line in _wrapped(label, width)]
    return 8 + max((text_width(line, width) for line in lines), default=0.0)


def _joined(
    frame: pd.DataFrame,
    forecast: pd.DataFrame | None,
    focus: str,
    value: str,
    year: str,
    area: str,
) -> pd.DataFrame | None:
    """Put the last observation in front of a forecast, so that the two join."""
    if forecast is None:
        return None
    ahead = need(forecast, [year, value, "lower", "upper"], "focus_series forecast")
    known = frame[(frame[area] == focus) & frame[value].notna()].sort_values(year)
    last = known.iloc[-1]
    start = {year: last[year], value: last[value], "lower": last[value], "upper": last[value]}
    after = ahead[ahead[year] > last[year]]
    return pd.concat([pd.DataFrame([start]), after[list(start)]], ignore_index=True)


def _labels(
    frame: pd.DataFrame,
    ahead: pd.DataFrame | None,
    focus: str,
    references: Sequence[str],
    others_label: str,
    year: str,
    area: str,
    value: str,
) -> pd.DataFrame:
    """List direct labels with the value that each belongs to: the last that is known."""
    known = frame[frame[value].notna()].sort_values(year)
    last = known.groupby(area, sort=False)[value].last()
    rows = [(name, last.get(name), theme.DARK_GREY, "normal") for name in references]
    end = last.get(focus) if ahead is None else ahead[value].iloc[-1]
    rows.append((focus, end, theme.FOCUS, "bold"))
    others = last.drop([focus, *references], errors="ignore")
    if others_label and not others.empty:
        named = [row[1] for row in rows if pd.notna(row[1])]
        rows.append((others_label, _apart(others, named), theme.MUTED, "normal"))
    columns = ["label", "at", "color", "weight"]
    return pd.DataFrame([row for row in rows if pd.notna(row[1])], columns=columns)


def _apart(others: pd.Series, named: Sequence[float]) -> float:
    """Find the highest or lowest of the others: whichever is farther from the lines named."""
    ends = (float(others.max()), float(others.min()))
    return max(ends, key=lambda end: min((abs(end - at) for at in named), default=0.0))


def _written(
    labels: pd.DataFrame, bounds: tuple[float, float], unit: str, width: int, height: int
) -> alt.LayerChart:
    """Write the labels at the right, apart from each other."""
    lines = [_wrapped(label, width) for label in labels["label"]]
    pixel = (bounds[1] - bounds[0]) / height
    heights = [(len(part) * LINE_HEIGHT + 4) * pixel for part in lines]
    middles = dodge(list(labels["at"]), heights)
    texts = []
    for part, middle, color, weight in zip(
        lines, middles, labels["color"], labels["weight"], strict=True
    ):
        row = pd.DataFrame({"at": [middle]})
        mark = alt.Chart(row).mark_text(
            text=part,
            align="left",
            baseline="middle",
            dx=8,
            dy=-(len(part) - 1) * LINE_HEIGHT / 2,
            lineHeight=LINE_HEIGHT,
            color=theme.INK if color == theme.MUTED else color,
            fontWeight=weight,
        )
        texts.append(mark.encode(x=alt.value("width"), y=alt.Y("at:Q", title=unit or None)))
    return alt.layer(*texts)


@drawing
def trend_lines(
    width: int,
    frame: pd.DataFrame,
    *,
    value: str,
    series: str,
    unit: str = "",
    year: str = "year",
    colors: Mapping[str, str] | None = None,
    breaks: Sequence[tuple[float, str]] = (),
    zero: bool = True,
    height: int = 320,
) -> alt.LayerChart:
    """Draw up to four series of equal standing, each with its own colour and direct label.

    Parameters
    ----------
    width : int
        Given by the page; callers leave it out.
    frame : DataFrame
        One row a series and year.
    value, series, year : str
        Columns.
    unit : str
        Written above the axis.
    colors : mapping, optional
        Colour by series; by default the categorical palette in order.
    breaks, zero, height
        As in `focus_series`.

    Raises
    ------
    ChartError
        On missing columns, or more than four series.
    """
    frame = need(frame, [year, series, value], "trend_lines")
    names = list(dict.fromkeys(frame[series]))
    if len(names) > len(theme.CATEGORIES):
        raise ChartError(
            f"trend_lines: at most {len(theme.CATEGORIES)} series, found {len(names)}; "
            "highlight one with focus_series"
        )
    bounds = scale_bounds(frame[value], zero)
    height = plot_height(height, width)
    chosen = dict(zip(names, theme.CATEGORIES, strict=False)) | dict(colors or {})
    last = frame[frame[value].notna()].sort_values(year).groupby(series, sort=False)[value].last()
    labels = pd.DataFrame(
        [(name, last[name], chosen[name], "bold") for name in names if name in last.index],
        columns=["label", "at", "color", "weight"],
    )
    x, y, layers = _frame_of(frame, None, year, value, unit, bounds, width, labels, breaks)
    dashes = ([1, 0], [7, 3], [2, 3], [9, 3, 2, 3])
    for name, dash in zip(names, dashes, strict=False):
        one = alt.Chart(frame[frame[series] == name])
        layers.append(one.mark_line(color=chosen[name], strokeDash=dash).encode(x, y))
        layers.append(one.mark_point(color=chosen[name], size=24).encode(x, y))
    layers.append(_written(labels, bounds, unit, width, height))
    return alt.layer(*layers).properties(height=height)
