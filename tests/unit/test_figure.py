"""Figures and charts: drawn without a browser, small, the same every time, safe in a page."""

from __future__ import annotations

import re
import zlib
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import altair as alt
import numpy as np
import pandas as pd
import pytest

from care_study.charts import theme
from care_study.charts.dots import bars, dot_intervals
from care_study.charts.drawing import ChartError, Drawing, dodge
from care_study.charts.series import focus_series, trend_lines
from care_study.charts.spread import funnel, placebo_strip
from care_study.show import svg
from care_study.show.figure import FIGURE_MIME, figure
from care_study.words import FactError

YEARS = list(range(2013, 2026))
SERIES = pd.DataFrame(
    [
        (year, name, 50 + 4 * place + year % 3, 45 + 4 * place, 55 + 4 * place)
        for place, name in enumerate(["Coventry", "England", "<i>N1</i>", "N2"])
        for year in YEARS
    ],
    columns=["year", "area", "rate", "lower", "upper"],
)
ESTIMATES = pd.DataFrame(
    {
        "name": ["Coventry", "Northamptonshire, spliced"],
        "value": [3.2, -1.5],
        "lower": [1.0, -4.0],
        "upper": [5.0, 1.0],
    }
)
MANY = pd.DataFrame(
    {
        "area": [f"A{i}" for i in range(60)],
        "value": np.linspace(-3, 5, 60),
        "size": np.linspace(400, 9000, 60),
    }
)
LIMITS = pd.DataFrame(
    {
        "size": [400.0, 9000.0],
        "centre": 1.0,
        "lower_95": [-2.0, 0.5],
        "upper_95": [4.0, 1.5],
        "lower_998": [-4.0, 0.0],
        "upper_998": [6.0, 2.0],
    }
)


def drawings() -> dict[str, Drawing]:
    return {
        "series": focus_series(
            SERIES,
            focus="Coventry",
            value="rate",
            lower="lower",
            upper="upper",
            unit="per 10,000",
            references=["England"],
            others_label="each neighbour",
            breaks=[(2016, "New definition"), (2021, "Covid-19")],
        ),
        "lines": trend_lines(SERIES, value="rate", series="area"),
        "dots": dot_intervals(
            ESTIMATES,
            label="name",
            value="value",
            lower="lower",
            upper="upper",
            focus=["Coventry"],
            reference=0,
            reference_label="no change",
        ),
        "bars": bars(ESTIMATES, label="name", value="value", lower="lower", upper="upper"),
        "strip": placebo_strip(MANY, area="area", value="value", focus=["A3"]),
        "funnel": funnel(MANY, LIMITS, area="area", value="value", size="size", focus=["A3"]),
    }


def texts(drawn: str) -> list[str]:
    return [
        "".join(one.itertext()) for one in ET.fromstring(drawn).iter() if one.tag.endswith("}text")
    ]


@pytest.mark.parametrize("width", [theme.WIDE, theme.NARROW])
@pytest.mark.parametrize("kind", list(drawings()))
def test_a_chart_fits_its_width_with_readable_text(kind: str, width: int) -> None:
    drawn = svg.draw(svg.spec_at(drawings()[kind], width))
    root = ET.fromstring(drawn)
    assert float(root.attrib["width"]) == width
    sizes = [float(found) for found in re.findall(r'font-size="(\d+(?:\.\d+)?)px"', drawn)]
    assert min(sizes) >= 12
    assert "rotate(-" not in drawn, "text is horizontal"
    assert len(drawn) < 40_000


@pytest.mark.parametrize("kind", list(drawings()))
def test_every_colour_of_a_chart_has_a_dark_twin(kind: str) -> None:
    drawn = svg.draw(svg.spec_at(drawings()[kind], theme.WIDE))
    used = {found.upper() for found in re.findall(r'(?:fill|stroke)="(#[0-9a-fA-F]{3,6})"', drawn)}
    assert used <= {colour.upper() for colour in theme.DARK} | {"#000", "#FFF"}
    assert used


def test_the_area_in_focus_and_the_breaks_are_named() -> None:
    words = texts(svg.draw(svg.spec_at(drawings()["series"], theme.WIDE)))
    for expected in ("England", "New definition", "Covid-19", "each neighbour", "per 10,000"):
        assert expected in words
    assert any("Coventry" in word for word in words)


def test_bars_start_at_zero() -> None:
    spec = svg.spec_at(drawings()["bars"], theme.WIDE)
    low, high = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low <= 0 <= high


def test_a_forecast_joins_the_last_observation() -> None:
    ahead = pd.DataFrame(
        {"year": [2025, 2026, 2027], "rate": [9.0, 52.0, 53.0], "lower": 40.0, "upper": 60.0}
    )
    made = focus_series(SERIES, focus="Coventry", value="rate", forecast=ahead).at(theme.WIDE)
    rows = next(
        rows
        for rows in made.to_dict()["datasets"].values()
        if len(rows) == 3 and "lower" in rows[0]
    )
    last = float(SERIES.query("area == 'Coventry' and year == 2025")["rate"].iloc[0])
    assert [row["year"] for row in rows] == [2025, 2026, 2027]
    assert rows[0]["rate"] == rows[0]["lower"] == rows[0]["upper"] == last


def test_a_series_of_one_year_and_one_without_its_last_year_can_be_drawn() -> None:
    one = SERIES[SERIES["year"] == 2025]
    assert texts(svg.draw(svg.spec_at(focus_series(one, focus="Coventry", value="rate"), 680)))
    gap = SERIES.copy()
    gap.loc[(gap["area"] == "Coventry") & (gap["year"] == 2025), "rate"] = np.nan
    words = texts(svg.draw(svg.spec_at(focus_series(gap, focus="Coventry", value="rate"), 680)))
    assert "Coventry" in words


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: focus_series(SERIES, focus="Atlantis", value="rate"), "no rows for Atlantis"),
        (lambda: focus_series(SERIES, focus="Coventry", value="x"), "no column x"),
        (lambda: focus_series(SERIES.iloc[:0], focus="Coventry", value="rate"), "no rows"),
        (
            lambda: focus_series(
                SERIES, focus="Coventry", value="rate", references=["England"] * 4
            ),
            "at most 3 references",
        ),
        (lambda: trend_lines(MANY.assign(year=1), value="value", series="area"), "at most 4"),
        (
            lambda: bars(pd.concat([ESTIMATES] * 2), label="name", value="value"),
            "labels must differ",
        ),
        (
            lambda: placebo_strip(MANY.assign(value=np.nan), area="area", value="value", focus=[]),
            "no rows",
        ),
    ],
)
def test_a_frame_that_cannot_be_drawn_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ChartError, match=message):
        make()


def test_labels_move_apart_and_no_further() -> None:
    assert dodge([1.0, 5.0], [1.0, 1.0]) == [1.0, 5.0]
    assert dodge([5.0, 5.0], [1.0, 1.0]) == [4.5, 5.5]
    moved = dodge([3.0, 1.0, 3.2, 3.1], [1.0, 1.0, 1.0, 1.0])
    ordered = [moved[i] for i in (1, 0, 3, 2)]
    assert all(b - a >= 1 - 1e-9 for a, b in pairwise(ordered))


WORDS = {
    "name": "rates",
    "title": "Coventry's rate fell",
    "subtitle": "Rate, Coventry, 2013 to 2025",
    "alt": "Line chart: the rate falls.",
    "sources": ["referrals"],
}


def test_a_figure_carries_both_drawings_its_data_and_an_image() -> None:
    bundle = figure(drawings()["series"], data=SERIES, **WORDS).bundle
    content = bundle[FIGURE_MIME]
    assert 'width="680"' in content["wide"]
    assert 'width="312"' in content["narrow"]
    assert len(content["table"]["rows"]) == len(SERIES)
    assert content["spec"] is None, "nothing to bring to life"
    assert bundle["image/png"].startswith("iVBOR")
    assert bundle["text/plain"] == "Figure rates: Coventry's rate fell"


def test_a_figure_is_the_same_every_time() -> None:
    one, other = (figure(drawings()["funnel"], data=MANY, **WORDS) for _ in range(2))
    assert one == other


def test_the_image_is_whole_and_small() -> None:
    image = svg.png(svg.draw(svg.spec_at(drawings()["series"], theme.WIDE)))
    assert len(image) < 60_000
    at, kinds = 8, []
    while at < len(image):
        length = int.from_bytes(image[at : at + 4])
        kind, body = image[at + 4 : at + 8], image[at + 8 : at + 8 + length]
        assert int.from_bytes(image[at + 8 + length : at + 12 + length]) == zlib.crc32(kind + body)
        kinds.append(kind)
        at += 12 + length
    assert kinds[0] == b"IHDR"
    assert kinds[-2:] == [b"IDAT", b"IEND"]
    assert image[16:20] == (1020).to_bytes(4), "one and a half times 680 pixels wide"


def test_a_chart_with_a_slider_can_be_brought_to_life() -> None:
    slider = alt.param(name="days", value=3, bind=alt.binding_range(min=1, max=9))
    chart = alt.Chart(ESTIMATES).mark_bar().encode(x="name:N", y="value:Q").add_params(slider)
    content = figure(chart, data=ESTIMATES, **WORDS).bundle[FIGURE_MIME]
    assert content["spec"]["params"][0]["name"] == "days"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": " "}, "title is empty"),
        ({"subtitle": ""}, "subtitle is empty"),
        ({"alt": ""}, "alt is empty"),
        ({"alt": "x" * 400}, "expected at most 320"),
        ({"alt": WORDS["title"]}, "repeats the title"),
        ({"sources": ["nowhere"]}, "unknown source"),
        ({"name": "A B"}, "snake case"),
    ],
)
def test_a_figure_without_its_words_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(FactError, match=message):
        figure(drawings()["bars"], data=ESTIMATES, **{**WORDS, **change})


def test_text_from_data_cannot_leave_the_drawing() -> None:
    hostile = SERIES.replace("England", '"/><script>alert(1)</script>')
    made = focus_series(
        hostile, focus="Coventry", value="rate", references=['"/><script>alert(1)</script>']
    )
    inside = svg.inline(svg.draw(svg.spec_at(made, 680)), "f", '"><script>', "wide")
    tags = {one.tag.rpartition("}")[2] for one in ET.fromstring(inside).iter()}
    assert "script" not in tags
    assert "<script" not in inside


def test_an_inline_drawing_has_identifiers_of_its_own_and_follows_the_theme() -> None:
    clipped = alt.Chart(SERIES).mark_line(clip=True).encode(x="year:Q", y="rate:Q")
    drawn = svg.draw(svg.spec_at(clipped, 680))
    inside = svg.inline(drawn, "figure-a", "words", "wide")
    marks = set(re.findall(r'id="([^"]+)"', inside))
    assert marks
    assert all(mark.startswith("figure-a-") for mark in marks)
    assert all(f"url(#{mark})" in inside for mark in marks)
    assert 'role="img"' in inside
    assert 'aria-label="words"' in inside
    assert f"var(--c0,{theme.BLUE})" in inside


def test_a_live_specification_follows_the_theme_but_keeps_its_data() -> None:
    spec = {"mark": {"color": theme.BLUE}, "datasets": {"d": [{"name": theme.BLUE}]}}
    made = svg.themed_spec(spec)
    assert made["mark"]["color"] == f"var(--c0,{theme.BLUE})"
    assert made["datasets"] == spec["datasets"]


def _contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    "colour", [theme.FOCUS, theme.MUTED, theme.FAINT, theme.DARK_GREY, *theme.CATEGORIES]
)
def test_colours_stand_out_on_light_and_dark_paper(colour: str) -> None:
    """Web Content Accessibility Guidelines 2.2, 1.4.11: 3 to 1 for meaningful parts."""
    orange_on_white = 2.9  # the Analysis Function's own palette allows its orange on white
    least = orange_on_white if colour == theme.ORANGE else 3
    assert _contrast(colour, theme.PAPER) >= least
    assert _contrast(theme.DARK[colour], theme.DARK[theme.PAPER]) >= 3
