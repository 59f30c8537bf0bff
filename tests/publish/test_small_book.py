"""The small book as files: what is written, what fails a build, what is read again."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from small_book import build

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Page(HTMLParser):
    """A page's elements, and whether they are nested as they should be."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for found, attrs in self.elements if found == tag]


def pages(html: Path) -> list[Path]:
    return [p for p in sorted(html.rglob("*.html")) if "_static" not in p.parts]


def test_pages_are_well_formed_and_say_what_they_are(html: Path) -> None:
    for path in pages(html):
        page = Page(path)
        assert page.wrong == [], path
        assert page.open == [], path
        assert page.all("html")[0]["lang"] == "en-GB"
        names = {meta.get("name"): meta.get("content") for meta in page.all("meta")}
        assert names["description"]
        assert "width=device-width" in str(names["viewport"])
        ids = [attrs["id"] for _, attrs in page.elements if attrs.get("id")]
        assert len(ids) == len(set(ids)), path
        assert len(page.all("h1")) == 1


def test_nothing_runs_that_is_not_a_file_of_the_book(html: Path) -> None:
    for path in pages(html):
        page = Page(path)
        for _, attrs in page.elements:
            assert not [name for name in attrs if name.startswith("on")], attrs
        for script in page.all("script"):
            data = script.get("type") == "application/ld+json"
            assert data or not str(script["src"]).startswith(("http", "//"))
        policies = [m for m in page.all("meta") if m.get("http-equiv")]
        assert "script-src 'self'" in str(policies[0]["content"])
        assert "unsafe-eval" not in str(policies[0]["content"])


def test_what_comes_from_data_is_text(html: Path) -> None:
    for path in pages(html):
        text = path.read_text(encoding="utf-8")
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b>Bold" not in text


def test_linked_data_is_valid_and_closed(html: Path) -> None:
    for path in pages(html):
        text = path.read_text(encoding="utf-8")
        found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)
        data = json.loads(found[0])
        assert data["@type"] in {"Report", "Chapter"}
        assert data["inLanguage"] == "en-GB"


TABLE_FILES = ("csv", "xlsx", "csv-metadata.json")


def test_downloads_are_there(html: Path) -> None:
    folder = html / "downloads" / "coventry"
    assert {path.name for path in folder.iterdir()} == {
        *(f"rates.{kind}" for kind in (*TABLE_FILES, "svg", "png")),
        *(f"what_if.{kind}" for kind in (*TABLE_FILES, "svg", "png", "js")),
        *(f"{name}.{kind}" for name in ("referrals", "checks") for kind in TABLE_FILES),
    }
    assert (folder / "rates.csv").read_text(encoding="utf-8").startswith('Year,Area,"Rate (per')
    workbook = openpyxl.load_workbook(folder / "referrals.xlsx")
    assert "Source: Referrals" in str(list(workbook["Cover"].values))
    page = Page(html / "notebooks" / "coventry.html")
    for link in page.all("a"):
        if "download" in link:
            assert (html / "notebooks" / str(link["href"])).resolve().is_file()


def test_the_footer_says_where_a_page_comes_from(html: Path) -> None:
    text = (html / "notebooks" / "coventry.html").read_text(encoding="utf-8")
    for expected in ("abc1234", "releases to November 2025", "area = Coventry", "year = 2018"):
        assert expected in text
    assert "care-study run coventry" in text


def test_the_chapter_box_counts_the_minutes(html: Path) -> None:
    text = (html / "notebooks" / "coventry.html").read_text(encoding="utf-8")
    assert "1 minute to read" in text


def test_no_trace_of_the_default_theme_is_loaded(html: Path) -> None:
    for path in pages(html):
        text = path.read_text(encoding="utf-8")
        for heavy in ("fontawesome", "bootstrap", "mathjax", "require.js", "vega.js?", "thebe"):
            assert heavy not in text.lower()


def _copy(book_source: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(book_source, tmp_path / "source"))


@pytest.mark.slow
def test_an_unknown_fact_fails_the_build(book_source: Path, tmp_path: Path) -> None:
    source = _copy(book_source, tmp_path)
    wrong = {
        "{fact}`coventry.rate_2019`": "no such fact in coventry; it records rate_2018",
        "{fact}`leeds.rate_2018`": "no notebook 'leeds'",
        "{fact}`coventry.rate_2018:colour`": "expected one of",
    }
    page = source / "index.md"
    page.write_text("\n\n".join([page.read_text(encoding="utf-8"), *wrong]), encoding="utf-8")
    done = build(source, tmp_path / "out")
    assert done.code != 0
    for message in wrong.values():
        assert message in done.output


@pytest.mark.slow
def test_a_changed_fact_is_shown_after_a_partial_build(book_source: Path, tmp_path: Path) -> None:
    source, out = _copy(book_source, tmp_path), tmp_path / "out"
    assert build(source, out, partial=True).code == 0
    notebook = source / "notebooks" / "coventry.ipynb"
    text = notebook.read_text(encoding="utf-8")
    assert "53 per 10,000" in text
    notebook.write_text(text.replace("53 per 10,000", "64 per 10,000"), encoding="utf-8")
    assert build(source, out, partial=True).code == 0
    for name in ("index", "facts"):
        page = (out / "_build" / "html" / f"{name}.html").read_text(encoding="utf-8")
        assert "64 per 10,000" in page.replace("\N{NO-BREAK SPACE}", " ")
        assert "53 per 10,000 " not in page
