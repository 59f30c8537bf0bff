"""The one look of every chart: colours, type and marks of the Government Analysis Function.

Colours: Government Analysis Function, "Data visualisation: colours" (2022); the focus style shows
one series in colour and the others in grey.
"""

from __future__ import annotations

from typing import Any

BLUE = "#12436D"
TURQUOISE = "#28A197"
PINK = "#801650"
ORANGE = "#F46A25"
DARK_GREY = "#3D3D3D"
PURPLE = "#A285D1"
CATEGORIES = (BLUE, TURQUOISE, PINK, ORANGE)

FOCUS = BLUE
MUTED = "#8C8C8C"
FAINT = "#949494"
INK = "#0B0C0C"
GRID = "#E3E5E8"
BAND = "#B7C9DB"
RANGE = "#E9E9EC"
PAPER = "#FFFFFF"

# What each colour becomes on a dark page. The keys are every colour a chart may use.
DARK = {
    BLUE: "#7FB8EE",
    TURQUOISE: "#4FCFC3",
    PINK: "#F08FC4",
    ORANGE: "#FF9A66",
    DARK_GREY: "#C9CCD1",
    PURPLE: "#C3AEEA",
    MUTED: "#8D949E",
    FAINT: "#6B727C",
    INK: "#E8EAED",
    GRID: "#30353D",
    BAND: "#2F4A66",
    RANGE: "#2A2E35",
    PAPER: "#14171C",
}

# Colours that are strong enough for marks (3:1) but not for words (4.5:1): what words get instead.
TEXT = {
    TURQUOISE: "#187168",
    ORANGE: "#B5450B",
    PURPLE: "#7A52B3",
    MUTED: "#5F6670",
    FAINT: "#636A74",
}
_TEXT_DARK = ("#5ED6CB", "#FFA273", "#C8B5EC", "#9EA5AF", "#A2A9B3")
DARK |= dict(zip(TEXT.values(), _TEXT_DARK, strict=True))

# The book's own typeface (`care_study.show.fonts`), with which charts are measured and shown.
FAMILY = "Care Study Sans"
FONT = f"{FAMILY}, Arial, Helvetica, sans-serif"
# A phone's chart is shown as wide as the page; on the narrowest, 288 pixels, its text has 12.
WIDE, NARROW = 680, 312
TEXT_SIZE = {WIDE: 14, NARROW: 13}


def config(width: int = WIDE) -> dict[str, Any]:
    """Vega-Lite configuration for a chart of the given total width in pixels."""
    size = TEXT_SIZE[NARROW] if width <= NARROW else TEXT_SIZE[WIDE]
    return {
        "background": None,
        "font": FONT,
        "aria": False,
        "padding": 2,
        "view": {"stroke": None},
        "axis": {
            "labelColor": INK,
            "labelFontSize": size,
            "titleColor": INK,
            "titleFontSize": size,
            "titleFontWeight": "normal",
            "gridColor": GRID,
            "domainColor": MUTED,
            "tickColor": MUTED,
            "labelPadding": 6,
            "labelAngle": 0,
        },
        "axisX": {"grid": False, "titlePadding": 10},
        "axisY": {
            "domain": False,
            "ticks": False,
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "start",
            "titleBaseline": "bottom",
            "titleX": 0,
            "titleY": -8,
            "tickCount": 5,
        },
        "header": {
            "labelColor": INK,
            "labelFontSize": size,
            "labelFontWeight": "bold",
            "titleColor": INK,
            "titleFontSize": size,
        },
        "legend": {
            "labelColor": INK,
            "labelFontSize": size,
            "titleColor": INK,
            "titleFontSize": size,
            "orient": "top",
            "symbolStrokeWidth": 3,
        },
        "title": {
            "color": INK,
            "fontSize": size + 1,
            "subtitleColor": INK,
            "subtitleFontSize": size,
            "anchor": "start",
        },
        "text": {"color": INK, "fontSize": size, "font": FONT},
        "line": {"strokeWidth": 3, "color": FOCUS, "strokeCap": "round"},
        "area": {"color": BAND, "opacity": 1},
        "bar": {"color": FOCUS},
        "point": {"color": FOCUS, "filled": True, "size": 60, "opacity": 1},
        "circle": {"color": FOCUS, "opacity": 1},
        "tick": {"color": MUTED, "thickness": 2},
        "rule": {"color": MUTED},
        "range": {"category": list(CATEGORIES)},
    }
