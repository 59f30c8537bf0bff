"""One typeface: made for figures, carried by every page and drawing, and used to measure."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont

from care_study.charts import theme
from care_study.charts.dots import dot_intervals
from care_study.publish.sphinx_ext.assets import DARK_PAGE, LIGHT_PAGE, style_sheet
from care_study.show import svg

FRAME = pd.DataFrame(
    {"name": ["Cambridgeshire", "England"], "v": [1.0, 2.0], "lo": [0.5, 1.5], "hi": [1.5, 2.5]}
)


def drawn() -> str:
    chart = dot_intervals(FRAME, label="name", value="v", lower="lo", upper="hi")
    return svg.draw(svg.spec_at(chart, theme.WIDE))


def luminance(colour: str) -> float:
    """WCAG 2.2: relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", [*svg.SHOWN.values(), *svg.MEASURED])
def test_figures_are_equally_wide_and_signs_are_there(name: str) -> None:
    font = TTFont(svg.FONTS / name)
    assert font["name"].getDebugName(1) == theme.FAMILY
    known, widths = font.getBestCmap(), font["hmtx"]
    assert len({widths[known[ord(digit)]][0] for digit in "0123456789−"}) == 1
    assert [sign for sign in "£–—‘’“”−→←↑↓…×%" if ord(sign) not in known] == []


def test_the_files_that_measure_and_those_that_show_have_the_same_letters() -> None:
    for shown, measured in zip(svg.SHOWN.values(), svg.MEASURED, strict=True):
        one, other = TTFont(svg.FONTS / shown), TTFont(svg.FONTS / measured)
        for code, glyph in one.getBestCmap().items():
            assert one["hmtx"][glyph] == other["hmtx"][other.getBestCmap()[code]]


def test_the_licence_travels_with_the_typeface_and_the_reserved_name_does_not() -> None:
    assert "SIL OPEN FONT LICENSE" in (svg.FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert "Source" not in theme.FAMILY


def test_a_chart_is_measured_with_it() -> None:
    """The name of a row ends at its axis: its width in the font is the room that it was given."""
    font = TTFont(svg.FONTS / svg.MEASURED[0])
    known, widths = font.getBestCmap(), font["hmtx"]
    letters = sum(widths[known[ord(letter)]][0] for letter in "Cambridgeshire") / 1000
    (size,) = {
        float(found)
        for found in re.findall(r'font-size="([\d.]+)px"[^>]*>Cambridgeshire<', drawn())
    }
    spec = {
        "config": {"font": theme.FONT, "view": {"stroke": None}, "padding": 0},
        "data": {"values": [{"a": "Cambridgeshire"}]},
        "mark": {"type": "text", "fontSize": size, "align": "left", "x": 0},
        "encoding": {"text": {"field": "a"}},
        "width": 1,
    }
    assert svg.width_of(svg.draw(spec)) == pytest.approx(letters * size, abs=2.5)


def test_a_drawing_taken_away_carries_the_weights_it_uses_and_asks_for_nothing() -> None:
    alone = svg.standalone(drawn())
    assert alone.count("@font-face") == (2 if 'font-weight="bold"' in alone else 1)
    assert ET.fromstring(alone).attrib["font-family"].startswith(theme.FAMILY)
    assert "url(http" not in alone
    plain = svg.standalone('<svg xmlns="http://www.w3.org/2000/svg"><text>a</text></svg>')
    assert plain.count("@font-face") == 1


def test_pages_carry_it_and_drawings_on_them_leave_it_to_the_page() -> None:
    assert style_sheet().count("@font-face") == 2
    assert "font-family" not in svg.inline(drawn(), "a", "words", "wide")


def test_a_package_without_its_typeface_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(svg, "FONTS", tmp_path)
    svg.register_fonts.cache_clear()
    with pytest.raises(FileNotFoundError, match=r"CareStudySans-Regular\.ttf"):
        svg.register_fonts()
    svg.register_fonts.cache_clear()


@pytest.mark.parametrize("colour", [*theme.TEXT.values(), theme.INK, theme.FOCUS, theme.PINK])
def test_words_in_charts_can_be_read(colour: str) -> None:
    assert contrast(colour, LIGHT_PAGE["paper"]) >= 4.5
    assert contrast(theme.DARK[colour], DARK_PAGE["paper"]) >= 4.5


def test_pale_words_are_darkened_and_marks_are_not() -> None:
    given = (
        f'<svg xmlns="http://www.w3.org/2000/svg"><text fill="{theme.TURQUOISE}">a</text>'
        f'<path fill="{theme.TURQUOISE}" d="M0 0h9v9z"/></svg>'
    )
    made = ET.fromstring(svg.tidy(given))
    assert [one.attrib["fill"] for one in made] == [theme.TEXT[theme.TURQUOISE], theme.TURQUOISE]


def test_every_letter_of_the_small_book_is_in_it(html: Path) -> None:
    known = TTFont(svg.FONTS / svg.MEASURED[0]).getBestCmap()
    for page in html.rglob("*.html"):
        words = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").body
        assert words is not None
        letters = set(words.get_text()) - set("\n\t")
        assert {letter for letter in letters if ord(letter) not in known} == set(), page.name
