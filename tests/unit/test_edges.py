"""Limits, signs and guards outside the statistics where one step more or less matters."""

import zipfile
from types import SimpleNamespace

import pandas as pd
import pytest
from test_imports_revision import RELEASES, held, incoming

from care_study import paths
from care_study.charts import drawing, spread
from care_study.data.adding import mapping, reading, revision, store
from care_study.data.tables import DataError
from care_study.publish import book, downloads, pdf
from care_study.publish.sphinx_ext import pages
from care_study.show.facts import FactError, fact_of
from care_study.words import ten_digits

PLAIN = {"formula": "counted", "sources": ["referrals"]}


def test_an_interval_may_be_one_point_but_not_upside_down():
    fact = fact_of("one", 3.0, lower=3.0, upper=3.0, method="exact, 95%", **PLAIN)
    assert (fact.lower, fact.upper) == (3, 3)
    with pytest.raises(FactError, match="upside down"):
        fact_of("one", 3.0, lower=3.1, upper=3.0, method="exact, 95%", **PLAIN)


def test_facts_and_tables_hold_ten_digits():
    assert ten_digits(1234.56789012345) == 1234.567890
    assert ten_digits(-0.00123456789012345) == -0.001234567890
    assert ten_digits(12345678901.4) == 12345678900
    fact = fact_of("one", 2 / 3, lower=1 / 3, upper=1.0, method="exact, 95%", **PLAIN)
    assert (fact.value, fact.lower) == (0.6666666667, 0.3333333333)
    # What a processor adds in the last digit changes neither the number nor its words.
    odd = fact_of("one", 0.125 - 1e-17, decimals=2, **PLAIN)
    assert odd == fact_of("one", 0.125, decimals=2, **PLAIN) and odd.text == "0.13"


@pytest.mark.parametrize("text", ["=A1", "  =A1", " +1", "\N{NO-BREAK SPACE}@x", "\t-1", "\n=A1"])
def test_a_formula_after_white_space_is_text(text):
    assert downloads.safe_cell(text).startswith("'")


def test_a_word_with_a_sign_inside_is_left_alone():
    assert downloads.safe_cell("a = b - c") == "a = b - c"


def test_a_release_of_the_same_day_reports_the_rows_that_it_lacks():
    old = held(
        ("873", "Cambridgeshire", 2023, "356", "89", "another-2025"),
        ("881", "Essex", 2023, "772", "196", "another-2025"),
    )
    releases = {**RELEASES, "another-2025": RELEASES["dfe-cin-2025-d3"]}
    merged = revision.merge(old, incoming(("873", "C", 2023, "356", "89")), releases)
    assert [change["change"] for change in merged.changes] == ["dropped"]


@pytest.mark.parametrize(("lacking", "said"), [(1, False), (2, True)])
def test_a_file_that_lacks_more_than_a_tenth_may_be_incomplete(lacking, said):
    there = [(f"{n}", "A", 2023, "1", "1") for n in range(100, 110)]
    gone = [(f"{n}", "A", 2023, "1", "1") for n in range(110, 110 + lacking)]
    old = held(*((*row, "dfe-cin-2024-d3") for row in there + gone))
    merged = revision.merge(old, incoming(*there), RELEASES)
    assert any("may be incomplete" in note for note in merged.notes) is said


def test_a_code_is_in_force_in_its_last_year():
    codes = [{"last_year": "2020", "code": "a"}, {"last_year": "2025", "code": "b"}]
    found = [mapping._in_force(codes, year) for year in (2020, 2021, 2025, 2026)]
    assert [row and row["code"] for row in found] == ["a", "b", "b", None]


@pytest.mark.parametrize(("size", "refused"), [(1000, False), (1001, True)])
def test_an_archive_unpacks_to_ten_times_the_limit_at_most(size, refused):
    members = [zipfile.ZipInfo(f"{n}.csv") for n in range(11)]
    for member, each in zip(members, [*[91] * 10, size - 910], strict=True):
        member.file_size = member.compress_size = each
    if refused:
        with pytest.raises(DataError, match="MB together"):
            reading._safe_members("a.zip", members, 100)
    else:
        assert reading._safe_members("a.zip", members, 100) == members


def test_what_is_no_longer_wanted_leaves_the_staged_book(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "BOOK", tmp_path / "book")
    (tmp_path / "book").mkdir()
    page = tmp_path / "book" / "one.md"
    page.write_text("# One\n")
    left = tmp_path / "source" / "old" / "two.md"
    left.parent.mkdir(parents=True)
    left.write_text("# Two\n")
    book.stage([page], [], tmp_path / "source")
    files = [file.name for file in (tmp_path / "source").rglob("*") if file.is_file()]
    assert files == ["one.md"]


def test_a_link_out_of_the_printed_book_leads_nowhere():
    within = pdf._within
    held_pages = {"index.html", "notebooks/a.html"}
    assert within("https://example.org/x", "index.html", held_pages) == "https://example.org/x"
    assert within("data.zip", "index.html", held_pages) == ""
    assert within("../index.html", "notebooks/a.html", held_pages).startswith("#")
    assert within("notebooks/a.html#part", "index.html", held_pages).endswith("--part")


@pytest.mark.parametrize(("median", "side"), [(30.0, "right"), (10.0, "left")])
def test_the_label_of_a_line_stands_where_the_areas_in_focus_are_not(median, side):
    frame = pd.DataFrame({"area": list("abcd"), "value": [15.0, 25.0, 20.0, median]})
    chart = spread.placebo_strip(
        frame, area="area", value="value", focus=["d"], reference=20.0, reference_label="middle"
    )
    marks = [layer["mark"] for layer in chart.at(680).to_dict()["layer"]]
    (label,) = [mark for mark in marks if mark.get("text") == "middle"]
    assert label["align"] == side


def test_a_scale_has_six_hundredths_of_room():
    assert drawing.scale_bounds([10.0, 20.0], zero=False) == pytest.approx((9.4, 20.6))
    assert drawing.scale_bounds([10.0, 20.0], zero=True) == pytest.approx((0, 20.6))
    assert drawing.scale_bounds([-10.0, 20.0], zero=True) == pytest.approx((-11.8, 21.8))
    assert drawing.scale_bounds([5.0], zero=False) == pytest.approx((4.5, 5.5))
    assert drawing.scale_bounds([0.0], zero=False) == (-1, 1)


@pytest.mark.parametrize(("count", "listed"), [(24, 24), (25, 1)])
def test_a_long_list_of_pages_shows_only_the_one_that_is_read(count, listed):
    names = [f"p{n}" for n in range(count)]
    titles = {name: SimpleNamespace(astext=lambda n=name: n) for name in ("index", "all", *names)}
    env = SimpleNamespace(
        titles=titles, toctree_includes={"all": names}, care_parts=[("Part", ["all"])]
    )
    app = SimpleNamespace(
        env=env,
        config=SimpleNamespace(root_doc="index"),
        builder=SimpleNamespace(get_relative_uri=lambda here, there: there),
    )
    _, part = pages.navigation(app, "p3", {"all"})
    (entry,) = part["entries"]
    assert len(entry["children"]) == listed
    assert [child["title"] for child in entry["children"] if child["current"]] == ["p3"]


def test_a_row_that_says_nothing_does_not_end_the_reading_of_a_file():
    rows = (("999", "Nowhere", 2023, "z", "z"), ("998", "New", 2023, "5", "1"))
    merged = revision.merge(held(), incoming(*rows), RELEASES)
    assert merged.frame["dfe_code"].tolist() == ["998"]


def test_rows_before_the_first_that_changed_keep_their_bytes():
    before = 'area,name\n1,"Essex"\n2,"Kent"\n3,"Surrey"\n'
    frame = pd.DataFrame({"area": ["1", "2", "3"], "name": ["Essex", "KENT", "Surrey"]})
    assert store._csv(frame, before) == 'area,name\n1,"Essex"\n2,KENT\n3,Surrey\n'
