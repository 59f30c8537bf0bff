"""Everything in data/published is described, sourced and written in one way."""

import csv

from care_study import paths
from care_study.data.schemas import TABLES

LIVING = paths.DATA / "published"

FILES = sorted(LIVING.glob("*"))


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SOURCES = {row["source"]: row for row in rows(LIVING / "sources.csv")}


def test_there_is_one_file_a_table_and_no_other():
    assert {file.name for file in FILES} == {f"{name}.csv" for name in TABLES}


def test_every_row_of_a_figure_table_has_a_known_source():
    names = [name for name, table in TABLES.items() if table.figures or name == "inspections"]
    tables = {name: rows(LIVING / f"{name}.csv") for name in names}
    assert all(tables.values())
    unknown = [
        f"{name}.csv, row {number}"
        for name, found in tables.items()
        for number, row in enumerate(found, start=2)
        if row["source"] not in SOURCES
    ]
    assert not unknown, unknown[:5]


def test_every_source_is_used():
    used = {row.get("source") for file in FILES if file.stem != "sources" for row in rows(file)}
    assert set(SOURCES) <= used


def test_every_source_says_where_it_comes_from_and_under_which_licence():
    for source, row in SOURCES.items():
        assert row["publisher"] and row["title"] and row["table"] and row["release"], source
        assert row["public_page"].startswith("https://"), source
        assert row["licence"] == "OGL-UK-3.0", source


def test_files_are_utf8_without_mark_and_with_plain_line_ends():
    for file in FILES:
        content = file.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf"), file
        assert b"\r" not in content, file
        assert content.endswith(b"\n") and not content.endswith(b"\n\n"), file
        content.decode("utf-8")
