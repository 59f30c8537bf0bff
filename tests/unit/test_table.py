"""Tables: one description, written as HTML, CSV and XLSX."""

from __future__ import annotations

import io
import time
from html.parser import HTMLParser

import numpy as np
import openpyxl
import pandas as pd
import pytest

from care_study.publish.downloads import csv_bytes, xlsx_bytes
from care_study.show.table import TABLE_MIME, table, table_html
from care_study.show.table_data import SHORTHAND, table_content
from care_study.words import FactError

FRAME = pd.DataFrame(
    {
        "authority": ["Coventry", "=1+1", "</td><script>alert(1)</script>"],
        "year": [2021, 2021, 2021],
        "referrals": ["5754", "c", None],
        "share": [0.29412, 0.05, -0.0312],
    }
)


@pytest.fixture
def content() -> dict:
    return table_content(
        FRAME,
        name="referrals",
        caption="Referrals <by> authority",
        units={"share": "share", "referrals": "count"},
        decimals={"share": 1, "referrals": 0},
        labels={"share": "Re-referred"},
        sources=["referrals"],
        notes=["A & B"],
    )


class Elements(HTMLParser):
    """Every element with its attributes and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.found.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.found:
            tag, attrs, text = self.found[-1]
            self.found[-1] = (tag, attrs, (text + data).rstrip("\n"))


def test_html_has_caption_scoped_headers_and_a_region_to_scroll(content: dict) -> None:
    found = Elements(table_html(content)).found
    tags = [tag for tag, _, _ in found]
    assert tags.count("caption") == 1
    heads = [(attrs, text) for tag, attrs, text in found if tag == "th"]
    assert [text for attrs, text in heads if attrs["scope"] == "col"] == [
        "Authority",
        "Year",
        "Referrals (count)",
        "Re-referred (%)",
    ]
    assert sum(attrs["scope"] == "row" for attrs, _ in heads) == 3
    region = next(attrs for _, attrs, _ in found if attrs.get("role") == "region")
    assert region["tabindex"] == "0"
    assert any(attrs.get("id") == region["aria-labelledby"] for _, attrs, _ in found)


def test_numbers_stand_right_with_the_same_decimals(content: dict) -> None:
    cells = [
        (attrs.get("class"), text)
        for tag, attrs, text in Elements(table_html(content)).found
        if tag == "td"
    ]
    assert cells == [
        ("num", text)
        for text in ("2021", "5,754", "29.4", "2021", "[c]", "5.0", "2021", "[x]", "−3.1")
    ]


def test_shorthand_is_explained_where_it_is_used(content: dict) -> None:
    assert set(content["shorthand"]) == {"c", "x"}
    text = table_html(content)
    assert "confidentiality" in text
    assert "not available" in text
    assert "forecast" not in text
    assert set(SHORTHAND) >= {"c", "x", "z", "u", "low", "k", "r", "b", "f"}


def test_html_from_data_stays_text(content: dict) -> None:
    found = Elements(table_html(content, links=[("CSV", '"><script>')])).found
    assert "script" not in [tag for tag, _, _ in found]
    assert any(text == "</td><script>alert(1)</script>" for _, _, text in found)


def test_csv_keeps_precision_and_disarms_formulas(content: dict) -> None:
    lines = csv_bytes(content).decode().splitlines()
    assert lines[0] == "Authority,Year,Referrals (count),Re-referred (%)"
    assert lines[1] == "Coventry,2021,5754,29.412"
    assert lines[2] == "'=1+1,2021,[c],5.0"
    assert lines[3].endswith(",2021,[x],-3.12")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_looks_like_a_formula_is_disarmed(start: str) -> None:
    frame = pd.DataFrame({"a": [f"{start}cmd"], "b": [-1.5]})
    made = table_content(frame, name="t", caption="T")
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(made, book="B", source_lines=[])))["Table"]
    assert sheet["A4"].value.startswith("'")
    assert sheet["A4"].data_type == "s"
    assert sheet["B4"].value == -1.5


def test_workbook_has_cover_notes_and_table(content: dict) -> None:
    made = xlsx_bytes(content, book="The book", source_lines=["Referrals (DfE)"])
    workbook = openpyxl.load_workbook(io.BytesIO(made))
    assert workbook.sheetnames == ["Cover", "Notes", "Table"]
    sheet = workbook["Table"]
    assert [cell.value for cell in sheet[3]][2:] == ["Referrals (count)", "Re-referred (%)"]
    assert [cell.value for cell in sheet[4]] == ["Coventry", 2021, 5754, 29.412]
    assert sheet["D4"].number_format == "#,##0.0"
    notes = [row[0] for row in workbook["Notes"].values]
    assert notes[1] == "A & B"
    assert notes[2].startswith("[c]: suppressed")
    assert "Source: Referrals (DfE)" in [row[0] for row in workbook["Cover"].values]


def test_workbooks_made_at_different_times_are_the_same_bytes(content: dict) -> None:
    first = xlsx_bytes(content, book="B", source_lines=[])
    time.sleep(2.1)  # the clock of a ZIP archive has steps of two seconds
    assert xlsx_bytes(content, book="B", source_lines=[]) == first


def test_a_named_index_becomes_columns() -> None:
    frame = FRAME.set_index("authority")[["share"]]
    made = table_content(frame, name="t", caption="T")
    assert [column["key"] for column in made["columns"]] == ["authority", "share"]


def test_every_kind_of_missing_is_shorthand_in_a_column_of_numbers() -> None:
    frame = pd.DataFrame({"a": list("uvwxy"), "n": [1.0, np.nan, None, pd.NA, "[z]"]})
    made = table_content(frame, name="t", caption="T")
    assert [row[1] for row in made["rows"]] == [1.0, "[x]", "[x]", "[x]", "[z]"]


def test_a_row_always_has_a_header() -> None:
    frame = pd.DataFrame({"left out": ["", "Leeds"], "n": [1, 2]})
    made = table_content(frame, name="t", caption="T")
    assert [row[0] for row in made["rows"]] == ["[z]", "Leeds"]
    assert made["shorthand"] == {"z": "not applicable"}


def test_an_empty_table_still_has_its_headings() -> None:
    made = table_content(FRAME.iloc[:0], name="t", caption="T")
    assert "Authority" in table_html(made)
    assert csv_bytes(made).decode().count("\n") == 1
    assert xlsx_bytes(made, book="B", source_lines=[])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "A b"}, "snake case"),
        ({"units": {"rate": "x"}}, "units names columns that are not there"),
        ({"decimals": {"rate": 1}}, "decimals names columns"),
        ({"labels": {"rate": "x"}}, "labels names columns"),
        ({"row_header": "rate"}, "row_header names columns"),
        ({"sources": ["nowhere"]}, "unknown source nowhere"),
    ],
)
def test_wrong_options_are_refused(change: dict, message: str) -> None:
    with pytest.raises(FactError, match=message):
        table_content(FRAME, **{"name": "t", "caption": "T", **change})


def test_columns_with_one_name_are_refused() -> None:
    with pytest.raises(FactError, match="different names"):
        table_content(pd.DataFrame([[1, 2]], columns=["a", "a"]), name="t", caption="T")


def test_a_table_is_html_and_a_plain_line(capsys: pytest.CaptureFixture[str]) -> None:
    bundle = table(FRAME, name="t", caption="T").bundle
    assert set(bundle) == {TABLE_MIME, "text/html", "text/plain"}
    assert bundle["text/plain"] == "Table t: T (3 rows)"
    assert capsys.readouterr().out == "", "making a table displays nothing"
