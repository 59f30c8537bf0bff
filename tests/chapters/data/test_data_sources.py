"""The publications."""

import csv

import pandas as pd

from care_study import paths
from care_study.chapters.data.sources import publications


def rows_of(name):
    with (paths.PUBLISHED / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_sources_are_listed_as_they_stand(published):
    listed = publications(published).table
    rows = rows_of("sources")
    assert list(listed["source"]) == [row["source"] for row in rows]
    assert list(listed["public_page"]) == [row["public_page"] for row in rows]
    assert "licence" not in listed


def test_releases_span_the_first_to_the_last_year_named():
    releases = ["April 2021", "2025", "SFR of 2013", "undated"]
    columns = ["source", "publisher", "title", "table", "public_page", "note"]
    frame = pd.DataFrame({"release": releases}).assign(**dict.fromkeys(columns, ""))
    assert publications({"sources": frame}).releases == "releases of 2013 to 2025"
