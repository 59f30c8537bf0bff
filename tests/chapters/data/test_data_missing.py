"""Missing figures by their reason, counted again from the files themselves."""

import csv

import pytest

from care_study import paths
from care_study.chapters.data import missing as chapter
from care_study.chapters.data.missing import missing_values, symbols

SYMBOLS = {"c", "k", "u", "x", "z", "low"}


def rows_of(name):
    with (paths.PUBLISHED / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def missing(published):
    return missing_values(published).set_index(["table", "column"])


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
    now = missing_values({**published, "referrals": frame}).set_index(["table", "column"])
    change = now.loc[("referrals", "referrals")] - missing.loc[("referrals", "referrals")]
    assert (change["figures"], change["[c]"], change["not held"]) == (-1, 1, 0)


def test_symbols_are_those_of_the_files_and_the_empty_cell():
    listed = symbols()
    assert set(listed["symbol"]) == {f"[{symbol}]" for symbol in SYMBOLS} | {"an empty cell"}
    assert listed["meaning"].is_unique


def test_the_totals_are_those_of_all_columns(published, missing):
    found = chapter.missing(published)
    assert found.figures == missing["figures"].sum() and found.suppressed == missing["[c]"].sum()
    assert set(found.sources) == set(missing.index.get_level_values("table"))
