"""The book as one PDF, and its description for machines."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from care_study.publish import pdf
from care_study.publish.pdf import PdfError, put_together, reading_order, write_pdf


def test_pages_come_in_reading_order(html: Path) -> None:
    assert reading_order(html) == ["index.html", "notebooks/coventry.html", "facts.html"]


def test_links_and_identifiers_hold_within_the_whole(html: Path) -> None:
    soup = BeautifulSoup(put_together(html, reading_order(html)), "html.parser")
    marks = [str(one["id"]) for one in soup.find_all(id=True)]
    assert len(marks) == len(set(marks))
    within = [str(a["href"]) for a in soup.find_all("a") if str(a.get("href")).startswith("#")]
    assert len(within) > 4
    assert {link.removeprefix("#") for link in within} <= set(marks)
    for element in soup.find_all(attrs={"aria-labelledby": True}):
        assert element["aria-labelledby"] in marks
    assert soup.select("figure svg")
    assert not soup.select("script, .cs-narrow, .fact-note, details.cs-data, details.cs-cite")


@pytest.mark.browser
def test_the_pdf_is_tagged_and_the_same_every_time(
    browser: Any, html: Path, tmp_path: Path
) -> None:
    moment = datetime(2025, 11, 20, tzinfo=UTC)
    one, other = tmp_path / "one.pdf", tmp_path / "other.pdf"
    assert write_pdf(html, one, moment=moment) == 3
    write_pdf(html, other, moment=moment)
    content = one.read_bytes()
    assert content == other.read_bytes()
    for expected in (
        rb"/StructTreeRoot",
        rb"/Outlines",
        rb"/Lang \(en-GB\)",
        rb"/Alt \(Line chart",
    ):
        assert re.search(expected, content), expected
    assert b"D:20251120000000" in content


def test_a_book_that_is_not_built_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PdfError, match="build the book first"):
        write_pdf(tmp_path, tmp_path / "book.pdf")


def test_without_chromium_there_is_a_clear_message(
    html: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    with pytest.raises(PdfError, match="apt-get install chromium"):
        write_pdf(html, tmp_path / "book.pdf")


def test_a_chromium_that_fails_is_reported(
    html: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails = shutil.which("false")
    monkeypatch.setattr(pdf.shutil, "which", lambda name: fails)
    with pytest.raises(PdfError, match="could not print"):
        write_pdf(html, tmp_path / "book.pdf")
    assert not (tmp_path / "book.pdf").exists()


def test_the_crate_describes_files_that_are_there(html: Path) -> None:
    graph = json.loads((html / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    root = next(one for one in graph if one["@id"] == "./")
    known = {one["@id"] for one in graph}
    parts = [part["@id"] for part in root["hasPart"]]
    assert {"index.html", "downloads/coventry/rates.csv"} <= set(parts)
    for part in parts:
        assert part in known
        assert (html / part).is_file()
    assert root["license"]["@id"] in known
    assert root["datePublished"]
