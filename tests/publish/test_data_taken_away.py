"""What a reader takes away explains itself: descriptions, one archive, sources, citations."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from care_study import paths
from care_study.data.schemas import TABLES
from care_study.publish.archive import DICTIONARY, NAME, SUMS, write_archive
from care_study.publish.csvw import csvw_bytes
from care_study.publish.sources import Place, Source, read_sources, span
from care_study.publish.sphinx_ext.cite import Cited, cite_chart
from care_study.show.html import render
from care_study.show.table import layout_classes, table_html
from care_study.show.table_data import table_content

SOURCE = Source(
    "Referrals",
    ("Department for Education",),
    ("2024", "2025"),
    (Place("releases 2024 to 2025", "https://example.org/referrals"),),
)


def content():
    frame = pd.DataFrame(
        {"area": ["A", "B"], "year": [2024, 2025], "portion": [0.25, "c"], "found": ["yes", "no"]}
    )
    return table_content(
        frame, name="shares", caption="Shares", units={"portion": "share"}, notes=["A note."]
    )


def described():
    made = csvw_bytes(
        content(), file="shares.csv", book="The book", sources=[SOURCE], made="2025-11-20"
    )
    return json.loads(made)


def test_a_description_names_file_title_sources_licence_and_day():
    found = described()
    assert found["@context"][0] == "http://www.w3.org/ns/csvw"
    assert found["url"] == "shares.csv"
    assert found["dc:title"] == "Shares"
    assert found["dc:description"] == ["A note."]
    assert found["dc:modified"]["@value"] == "2025-11-20"
    assert found["dc:license"]["@id"].startswith("https://www.nationalarchives.gov.uk/")
    assert found["dc:source"] == [
        {
            "dc:title": "Referrals (Department for Education, releases 2024 to 2025)",
            "dc:relation": ["https://example.org/referrals"],
        }
    ]


def test_a_description_tells_figures_from_words_and_symbols_from_both():
    columns = {one["name"]: one for one in described()["tableSchema"]["columns"]}
    assert [one["titles"] for one in columns.values()][2] == "Portion (%)"
    assert columns["year"]["datatype"] == "integer"
    assert columns["portion"]["datatype"] == "number"
    assert columns["portion"]["schema:unitText"] == "%"
    assert "[c]" in columns["portion"]["null"]
    assert columns["found"]["datatype"] == "string"
    assert "null" not in columns["found"]
    assert any(note.startswith("[c]:") for note in described()["notes"])


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "html" / "downloads"
    for notebook in ("coventry", "profile-301"):
        (folder / notebook).mkdir(parents=True)
        (folder / notebook / "shares.csv").write_text("a,b\n1,2\n", encoding="utf-8")
        text = json.dumps(described())
        (folder / notebook / "shares.csv-metadata.json").write_text(text, encoding="utf-8")

    def write():
        made = write_archive(
            tmp_path / "html",
            paths.DATA / "published",
            book="The book",
            vintage="releases of 2025",
            revision="abc",
            sources={"referrals": SOURCE},
        )
        return made.read_bytes()

    return write


def test_the_archive_holds_everything_with_checksums_and_the_same_bytes(archive):
    first = archive()
    assert first == archive()
    files = zipfile.ZipFile(io.BytesIO(first))
    names = {name.removeprefix("care-study-data/") for name in files.namelist()}
    assert {f"figure_tables/{name}.csv" for name in TABLES} <= names
    assert {"book/coventry/shares.csv", "book/coventry/shares.csv-metadata.json"} <= names
    assert {"README.txt", "LICENCE.txt", "sources.txt", "datapackage.json", DICTIONARY} <= names
    assert not any("profile-" in name for name in names)
    sums = files.read(f"care-study-data/{SUMS}").decode().splitlines()
    assert len(sums) == len(names) - 1
    for line in sums:
        checksum, name = line.split("  ")
        there = files.read(f"care-study-data/{name}")
        assert hashlib.sha256(there).hexdigest() == checksum


def test_the_dictionary_lists_every_column_of_every_file(archive):
    files = zipfile.ZipFile(io.BytesIO(archive()))
    text = files.read(f"care-study-data/{DICTIONARY}").decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    ours = [row["column"] for row in rows if row["file"] == "book/coventry/shares.csv"]
    assert ours == ["Area", "Year", "Portion (%)", "Found"]
    for name, table in TABLES.items():
        found = [row for row in rows if row["file"] == f"figure_tables/{name}.csv"]
        assert [row["column"] for row in found] == [one.name for one in table.columns]
        assert all(row["means"] for row in found)


def test_the_book_offers_its_archive_on_every_page(html):
    assert (html / "downloads" / NAME).is_file()
    for page in ("index.html", "notebooks/coventry.html"):
        assert f"downloads/{NAME}" in (html / page).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("years", "words"), [(["2025"], "release 2025"), (["2025", "2013"], "releases 2013 to 2025")]
)
def test_releases_in_words(years, words):
    assert span(years) == words


def test_every_table_of_figures_names_public_pages():
    found = read_sources(paths.DATA / "published", paths.DOCUMENTS)
    for name in set(TABLES) - {"authorities", "boundary_changes"}:
        assert found[name].places, name
        assert all(place.address.startswith("https://") for place in found[name].places)
    years = [place.words.split()[1] for place in found["children_looked_after"].places]
    assert len(years) >= 2 and years == sorted(years)
    documents = found["claims"].places
    assert len(documents) == 5
    assert sum(bool(place.address) for place in documents) >= 2


def test_sources_without_files_have_only_a_title(tmp_path):
    assert read_sources(tmp_path, tmp_path)["referrals"] == Source(TABLES["referrals"].title)


def test_a_source_line_links_to_the_publisher():
    text = render("sources.html", sources=[SOURCE, Source("Own")])
    assert '<a href="https://example.org/referrals">Referrals (Department' in text
    assert text.endswith("; Own.")
    two = Source(
        "Two", ("P",), ("2013",), (*SOURCE.places, Place("release 2013", "https://e.org/"))
    )
    assert render("sources.html", sources=[two]).count("<a href=") == 2


CHART = Cited("50% fell.", "Rate, 2013 to 2025", "Coventry", "key", "c.html#figure-rates")
PARTS = {"authors": "A & B", "year": "2026", "title": "The book", "version": "1.0"}


def test_a_chart_is_cited_with_its_place_on_the_web():
    said = cite_chart(CHART, PARTS, "https://example.org/")
    where = "https://example.org/c.html#figure-rates"
    assert said["apa"] == (
        f"A & B (2026). 50% fell [Chart]. In The book (Version 1.0), Coventry. {where}"
    )
    assert said["shown"] == where
    assert f"  url = {{{where}}}\n" in said["bibtex"]
    assert "  title = {50\\% fell}," in said["bibtex"]
    assert said["plain"].startswith("“50% fell” (Rate, 2013 to 2025), in: The book")


def test_a_chart_of_a_book_without_an_address_is_cited_by_its_place_in_it():
    said = cite_chart(CHART, PARTS, "")
    assert "url" not in said["bibtex"]
    assert "note = {c.html\\#figure-rates}" in said["bibtex"]


def column(text, numeric=False, least=0):
    return {"text": text, "numeric": numeric, "least": least}


def row(*texts):
    return [{"text": text, "is_address": text.startswith("https://")} for text in texts]


@pytest.mark.parametrize(
    ("columns", "cells", "classes"),
    [
        ([column("Area", least=8), column("Rate", True)], row("Coventry", "5"), "cs-short"),
        ([column("Rate", True)] * 12, row(*["1,000,000"] * 12), "cs-out cs-short"),
        (
            [column("Claim", least=34), column("Found", least=34), column("Rate", True)],
            row("a" * 40, "b" * 40, "5"),
            "cs-cards cs-short",
        ),
        ([column("A", least=9), column("B", least=34)], row("a", "b" * 100), "cs-out"),
    ],
)
def test_a_table_is_laid_out_by_its_words(columns, cells, classes):
    assert layout_classes(columns, [cells]) == classes


def test_a_long_table_may_be_parted_on_paper():
    assert layout_classes([column("Rate", True)], [row("1")] * 15) == ""


def test_only_an_address_alone_becomes_a_link():
    frame = pd.DataFrame(
        {"a": ["x"], "b": ["https://example.org/a?b=c"], "c": ["see https://e.org"]}
    )
    text = table_html(table_content(frame, name="t", caption="c"))
    assert '<a href="https://example.org/a?b=c">' in text
    assert text.count("<a ") == 1
    frame["b"] = 'https://e.org/"onclick="alert(1)'
    assert "<a " not in table_html(table_content(frame, name="t", caption="c"))


def test_the_description_of_every_table_of_the_small_book_fits_its_file(html):
    found = sorted((html / "downloads").rglob("*.csv-metadata.json"))
    assert len(found) >= 4
    for path in found:
        about = json.loads(path.read_text(encoding="utf-8"))
        with (path.parent / about["url"]).open(encoding="utf-8", newline="") as file:
            heading = next(csv.reader(file))
        assert [one["titles"] for one in about["tableSchema"]["columns"]] == heading


def test_an_unbuilt_folder_gets_an_archive_of_figure_tables_alone(tmp_path):
    shutil.copytree(paths.DATA / "published", tmp_path / "published")
    made = write_archive(
        tmp_path / "new",
        Path(tmp_path / "published"),
        book="b",
        vintage="",
        revision="",
        sources={},
    )
    assert zipfile.ZipFile(made).testzip() is None
