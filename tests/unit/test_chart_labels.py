"""Labels in charts keep apart: breaks, units, references and names."""

import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from care_study.charts import breaks, dots, series, spread
from care_study.charts.drawing import plot_height, text_width
from care_study.show import svg

LONG = "first-release counts to 2015, revised counts from 2016"
BREAKS = [(2015.5, LONG), (2018.5, "reform"), (2020.5, "Covid-19")]
FRAME = pd.DataFrame(
    [
        (year, area, 40.0 + 8 * place + year % 3)
        for place, area in enumerate(("Coventry", "England", "one", "another"))
        for year in range(2013, 2026)
    ],
    columns=["year", "area", "rate"],
)


def written(drawing, width):
    """Where each line of text stands in the picture: text to its absolute (x, y)."""
    found = {}

    def walk(element, x, y):
        for move in re.findall(
            r"translate\(([-\d.]+),\s*([-\d.]+)\)", element.get("transform", "")
        ):
            x, y = x + float(move[0]), y + float(move[1])
        if element.tag.endswith("text"):
            for number, line in enumerate(element):
                found[line.text] = (x, y + 15 * number)
            if element.text and element.text.strip():
                found[element.text] = (x, y)
        for child in element:
            walk(child, x, y)

    walk(ET.fromstring(svg.draw(svg.spec_at(drawing, width))), 0.0, 0.0)
    return found


years = st.floats(2013, 2025, allow_nan=False).map(lambda year: round(year * 2) / 2)
labels = st.text("abc de", min_size=1, max_size=40).map(lambda text: text.strip() or "a")


@given(st.lists(st.tuples(years, labels), max_size=5, unique_by=lambda one: one[0]))
@pytest.mark.parametrize(("width", "plot"), [(680, 500.0), (288, 150.0)])
def test_no_line_of_a_break_runs_through_a_label(width, plot, given_breaks):
    placed = breaks.place_breaks(given_breaks, (2013, 2025), plot, width)
    assert sorted(label.year for label in placed) == sorted(year for year, _ in given_breaks)
    at = {label.year: (label.year - 2013) / 12 * plot for label in placed}
    for label in placed:
        end = at[label.year] + max(text_width(line, width) for line in label.lines)
        for other in placed:
            if label.year < other.year and at[other.year] < end:
                assert label.above >= other.top


@pytest.mark.parametrize("width", [680, 288])
def test_the_unit_stands_above_the_labels_of_breaks(width):
    lines = series.trend_lines(
        FRAME, value="rate", series="area", unit="children per 10,000", breaks=BREAKS
    )
    places = written(lines, width)
    others = [places[name][1] for name in ("reform", "Covid-19")]
    others += [y for name, (_, y) in places.items() if name in LONG]
    assert len(others) >= 3
    assert places["children per 10,000"][1] < min(others) - 10


def test_a_long_label_of_a_break_is_broken_into_lines_that_stay_in_a_phone_chart():
    lines = series.trend_lines(FRAME, value="rate", series="area", breaks=BREAKS)
    parts = {text: at for text, at in written(lines, 288).items() if text in LONG and " " in text}
    assert len(parts) >= 2
    assert all(x + text_width(text, 288) <= 290 for text, (x, _) in parts.items())


def test_the_others_are_named_at_the_end_that_is_free():
    low = FRAME.assign(rate=FRAME["rate"].where(FRAME["area"] != "another", 5.0))
    chart = series.focus_series(
        low, focus="Coventry", value="rate", references=["England"], others_label="neighbours"
    )
    places = written(chart, 680)
    assert places["neighbours"][1] > places["Coventry"][1] > places["England"][1]


@pytest.mark.parametrize("value", [-2.0, 2.0])
def test_the_reference_of_a_strip_and_the_name_in_focus_stand_on_lines_of_their_own(value):
    frame = pd.DataFrame({"area": ["a", "b", "Coventry"], "change": [-9.0, 9.0, value]})
    strip = spread.placebo_strip(frame, area="area", value="change", focus=["Coventry"])
    places = written(strip, 288)
    assert places["Coventry"][1] < places["no change"][1] - 10
    # On the other side than the area in focus, whose line would run through it.
    assert (places["no change"][0] > places["Coventry"][0]) == (value < 0)


@pytest.mark.parametrize("reference", [0.0, 240.0])
def test_the_label_of_a_reference_stays_in_the_picture(reference):
    frame = pd.DataFrame(
        {"name": ["mean", "median"], "v": [50.0, 70.0], "lo": [-90.0, 0.0], "hi": [90.0, 250.0]}
    )
    chart = dots.dot_intervals(
        frame, label="name", value="v", lower="lo", upper="hi",
        reference=reference, reference_label="neighbours' rate",
    )  # fmt: skip
    x, _ = written(chart, 288)["neighbours' rate"]
    width = text_width("neighbours' rate", 288)
    assert (x + width <= 290) if reference == 0 else (x - width >= -2)


def test_rows_with_long_names_have_room_on_a_phone():
    names = [f"teams at once, held by each, weeks a cycle, days {n}" for n in range(12)]
    frame = pd.DataFrame({"name": names, "v": range(12), "lo": range(12), "hi": range(12)})
    chart = dots.dot_intervals(frame, label="name", value="v", lower="lo", upper="hi")
    spec = svg.spec_at(chart, 288)
    assert spec["height"] >= 12 * 3 * 15


def test_a_phone_chart_is_a_little_lower():
    assert plot_height(340, 680) == 340
    assert plot_height(340, 288) == 289
    assert plot_height(200, 288) == 200
