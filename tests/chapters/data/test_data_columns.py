"""The dictionary against the files."""

import csv

from care_study import paths
from care_study.chapters.data.columns import dictionary


def rows_of(name):
    with (paths.PUBLISHED / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_dictionary_has_the_columns_of_every_file_in_order():
    listed = dictionary()
    for name, group in listed.groupby("table"):
        with (paths.PUBLISHED / f"{name}.csv").open(encoding="utf-8") as file:
            assert list(group["column"]) == next(csv.reader(file))
    assert set(listed["table"]) == {path.stem for path in paths.PUBLISHED.glob("*.csv")}
    assert (listed["meaning"] != "").all()


def test_dictionary_says_what_a_year_means_and_what_is_key():
    listed = dictionary().set_index(["table", "column"])
    assert listed.loc[("workforce", "year"), "meaning"] == "Year: 30 September"
    assert listed.loc[("population_0_17", "year"), "meaning"] == "Year: mid-year, 30 June"
    keys = listed.index[listed["key"] == "key"]
    assert {column for table, column in keys if table == "workforce"} == {"area_code", "year"}
    for table, columns in (("workforce", ["area_code", "year"]), ("sources", ["source"])):
        seen = [tuple(row[column] for column in columns) for row in rows_of(table)]
        assert len(seen) == len(set(seen))
