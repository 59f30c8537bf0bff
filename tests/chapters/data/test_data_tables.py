"""What there is, counted again from the files themselves."""

import csv

import pytest

from care_study import paths
from care_study.chapters.data import tables


def rows_of(name):
    with (paths.PUBLISHED / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def held(published):
    return tables.table_coverage(published).set_index("table")


@pytest.mark.parametrize("name", ["children_looked_after", "started_by_age", "workforce"])
def test_years_and_rows_are_those_of_the_file(held, name):
    rows = rows_of(name)
    years = [int(row["year"]) for row in rows]
    found = held.loc[name]
    assert (found["first_year"], found["last_year"]) == (min(years), max(years))
    assert (found["rows"], found["sources"]) == (len(rows), len({row["source"] for row in rows}))


def test_fewest_and_most_authorities_of_a_year_without_regions_and_england(held):
    by_year = {}
    for row in rows_of("children_looked_after"):
        if not row["area_code"].startswith(("E92", "E12", "E13")):
            by_year.setdefault(row["year"], set()).add(row["area_code"])
    counts = [len(areas) for areas in by_year.values()]
    assert min(counts) < max(counts)
    expected = f"{min(counts)} to {max(counts)}"
    assert held.loc["children_looked_after", "authorities"] == expected


def test_same_number_every_year_is_given_once(published):
    frame = published["children_looked_after"]
    one_year = {**published, "children_looked_after": frame[frame["year"] == 2025]}
    found = tables.table_coverage(one_year).set_index("table").loc["children_looked_after"]
    local = {row["area_code"] for row in rows_of("children_looked_after") if row["year"] == "2025"}
    local = {code for code in local if not code.startswith(("E92", "E12", "E13"))}
    assert found["authorities"] == str(len(local))
    assert found["first_year"] == found["last_year"] == 2025


def test_tables_without_figures_are_not_listed(held):
    assert "workforce" in held.index
    assert not {"sources", "authorities", "boundary_changes", "inspections"} & set(held.index)


def test_a_table_of_england_alone_has_no_authorities(published):
    frame = published["children_looked_after"]
    alone = {**published, "children_looked_after": frame[frame["area_name"] == "England"]}
    found = tables.table_coverage(alone).set_index("table").loc["children_looked_after"]
    assert found["authorities"] == "none: England only"


def test_a_table_that_is_not_held_is_left_out(published):
    fewer = {name: published[name] for name in published if name != "workforce"}
    found, whole = tables.held(fewer), tables.held(published)
    assert "workforce" not in found.sources and found.tables == whole.tables - 1
    assert found.sources == list(found.table["table"])
    years = [int(row["year"]) for name in whole.sources for row in rows_of(name)]
    assert (whole.first_year, whole.last_year) == (min(years), max(years))
