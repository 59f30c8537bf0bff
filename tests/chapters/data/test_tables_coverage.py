"""What the tables hold and what their columns mean, counted again from the files themselves."""

import csv

import pandas as pd
import pytest

from care_study import paths
from care_study.chapters.data import tables as coverage
from care_study.indicators.definitions import INDICATORS

SYMBOLS = {"c", "k", "u", "x", "z", "low"}


def rows_of(name):
    with (paths.PUBLISHED / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def held(published):
    return coverage.table_coverage(published).set_index("table")


@pytest.fixture(scope="module")
def missing(published):
    return coverage.missing_values(published).set_index(["table", "column"])


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
    found = coverage.table_coverage(one_year).set_index("table").loc["children_looked_after"]
    local = {row["area_code"] for row in rows_of("children_looked_after") if row["year"] == "2025"}
    local = {code for code in local if not code.startswith(("E92", "E12", "E13"))}
    assert found["authorities"] == str(len(local))
    assert found["first_year"] == found["last_year"] == 2025


def test_tables_without_figures_are_not_listed(held):
    assert "workforce" in held.index
    assert not {"sources", "authorities", "boundary_changes", "inspections"} & set(held.index)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("children_looked_after", "started"),
        ("started_by_age", "age_16_over"),
        ("workforce", "absence_rate"),
    ],
)
def test_missing_cells_are_counted_by_their_symbol(missing, name, column):
    cells = [row[column] for row in rows_of(name)]
    found = missing.loc[(name, column)]
    assert found["figures"] == sum(cell not in {"", *SYMBOLS} for cell in cells)
    for symbol in SYMBOLS:
        assert found[f"[{symbol}]"] == cells.count(symbol)
    assert found["not held"] == cells.count("")
    counted = [f"[{symbol}]" for symbol in SYMBOLS]
    assert found["figures"] + found[[*counted, "not held"]].sum() == len(cells)


def test_a_figure_that_goes_missing_is_counted(published, missing):
    frame = published["referrals"].copy()
    place = frame.index[frame["referrals"].notna()][0]
    frame.loc[place, ["referrals", "referrals_symbol"]] = [float("nan"), "c"]
    now = coverage.missing_values({**published, "referrals": frame}).set_index(["table", "column"])
    change = now.loc[("referrals", "referrals")] - missing.loc[("referrals", "referrals")]
    assert (change["figures"], change["[c]"], change["not held"]) == (-1, 1, 0)


def test_dictionary_has_the_columns_of_every_file_in_order():
    listed = coverage.dictionary()
    for name, group in listed.groupby("table"):
        with (paths.PUBLISHED / f"{name}.csv").open(encoding="utf-8") as file:
            assert list(group["column"]) == next(csv.reader(file))
    assert set(listed["table"]) == {path.stem for path in paths.PUBLISHED.glob("*.csv")}
    assert (listed["meaning"] != "").all()


def test_dictionary_says_what_a_year_means_and_what_is_key():
    listed = coverage.dictionary().set_index(["table", "column"])
    assert listed.loc[("workforce", "year"), "meaning"] == "Year: 30 September"
    assert listed.loc[("population_0_17", "year"), "meaning"] == "Year: mid-year, 30 June"
    keys = listed.index[listed["key"] == "key"]
    assert {column for table, column in keys if table == "workforce"} == {"area_code", "year"}
    for table, columns in (("workforce", ["area_code", "year"]), ("sources", ["source"])):
        seen = [tuple(row[column] for column in columns) for row in rows_of(table)]
        assert len(seen) == len(set(seen))


def test_every_indicator_has_its_formula_and_method_of_interval():
    listed = coverage.indicator_definitions().set_index("indicator")
    assert len(listed) == len(INDICATORS)
    assert listed.loc["Children looked after", "interval"] == "exact Poisson, 95%"
    assert listed.loc["Re-referrals", "interval"] == "Wilson, 95%"
    assert listed.loc["Vacancies", "interval"] == "none"
    assert listed.loc["Cases per social worker", "interval"] == "none"
    assert (listed[["formula", "unit", "period"]] != "").all(axis=None)


def test_symbols_are_those_of_the_files_and_the_empty_cell():
    listed = coverage.symbols()
    assert set(listed["symbol"]) == {f"[{symbol}]" for symbol in SYMBOLS} | {"an empty cell"}
    assert listed["meaning"].is_unique


def test_sources_are_listed_as_they_stand(published):
    listed = coverage.sources(published)
    rows = rows_of("sources")
    assert list(listed["source"]) == [row["source"] for row in rows]
    assert list(listed["public_page"]) == [row["public_page"] for row in rows]
    assert "licence" not in listed


def test_releases_span_the_first_to_the_last_year_named():
    releases = ["April 2021", "2025", "SFR of 2013"]
    tables = {"sources": pd.DataFrame({"release": releases})}
    assert coverage.releases(tables) == "releases of 2013 to 2025"
