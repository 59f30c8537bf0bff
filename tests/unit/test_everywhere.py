"""Every chapter about any authority: what cannot be computed says why, and the rest stands."""

import json
import re
from pathlib import Path

import pytest

from care_study import paths
from care_study.data import geography
from care_study.data.tables import Tables
from care_study.pipeline import everywhere
from care_study.pipeline.everywhere import LeftOut, cells, chapters, left_out, page

# Awkward in different ways: no children in care, suppressed, joint returns, new, abolished.
SAMPLE = ("Isles of Scilly", "City of London", "North Northamptonshire", "Cumbria", "Cumberland")
CODE = re.compile(r"\b([0-9]{3}|E[0-9]{8})\b")


@pytest.fixture(scope="module")
def found() -> list[LeftOut]:
    return list(left_out(chapters(), SAMPLE))


def test_the_chapters_about_any_authority_are_found() -> None:
    names = {notebook.stem for notebook in chapters()}
    assert {"cambridgeshire", "coventry", "northamptonshire", "hertfordshire", "profile"} <= names


def test_no_chapter_stops_whole(found: list[LeftOut]) -> None:
    assert [one for one in found if one.stops] == []


def test_reasons_are_sentences_with_names_and_without_codes(found: list[LeftOut]) -> None:
    held = Tables(paths.PUBLISHED, ["authorities", "boundary_changes"])
    names = set(geography.areas(held["authorities"], held["boundary_changes"])["area_name"])
    assert {one.area for one in found} <= names
    for one in found:
        assert one.reason[0].isupper() and one.reason.endswith("."), one
        assert not CODE.search(one.reason), one
        assert one.section, one


def test_an_abolished_authority_with_every_year_keeps_its_chapters(found: list[LeftOut]) -> None:
    assert "coventry" not in {one.notebook for one in found if one.area == "Cumbria"}


def notebook(folder: Path, *sources: str) -> Path:
    parts = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n"]},
        {
            "cell_type": "code",
            "metadata": {"tags": ["parameters"]},
            "source": ["area = 'Kent'\nyear = 2018"],
        },
        *({"cell_type": "code", "metadata": {}, "source": [source]} for source in sources),
    ]
    parts.insert(3, {"cell_type": "markdown", "metadata": {}, "source": ["words\n\n## Part"]})
    file = folder / "one.ipynb"
    file.write_text(json.dumps({"cells": parts}), encoding="utf-8")
    return file


SETUP = """\
from care_study.show.results import Absent, record
from care_study.show.shown import show
gone = Absent("rate", f"{area} has no figure in {year}.")
record(gone)"""


def test_a_reason_stands_under_the_heading_of_its_section(tmp_path: Path) -> None:
    file = notebook(tmp_path, SETUP, "show([gone.of_it])")
    assert [cell.heading for cell in cells(file)] == ["Title", "Title", "Part"]
    assert list(left_out([file], ["Essex"], {"year": 2019, "unknown": 1})) == [
        LeftOut("Essex", "one", "Part", "Essex has no figure in 2019.")
    ]


def test_an_error_is_told_and_the_next_area_asked(tmp_path: Path) -> None:
    file = notebook(tmp_path, "if area == 'Kent': raise KeyError('share')", "area")
    told = list(left_out([file], ["Kent", "Essex"]))
    assert told == [LeftOut("Kent", "one", "Title", "KeyError: 'share'", stops=True)]


def test_the_page_lists_by_authority_with_everything_escaped() -> None:
    rows = [LeftOut("Kent", "coventry", "A | b", "No."), LeftOut("Essex", "coventry", "C", "No.")]
    text = page(rows, 3)
    assert "run for 3 of them" in text and "For 1 nothing" in text
    assert text.index("Essex") < text.index("Kent")
    assert "| Kent | [](../notebooks/coventry.ipynb) | A \\| b | No\\. |" in text


def test_settings_are_as_before_afterwards(tmp_path: Path) -> None:
    before = everywhere.settings.open_setting
    list(left_out([notebook(tmp_path, "1")], ["Kent"]))
    assert everywhere.settings.open_setting is before
