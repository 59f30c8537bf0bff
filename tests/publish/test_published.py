"""What others read of the book: shared links, robots, machines; and its place on a server."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup
from small_book import build

from care_study.publish import book, pdf
from care_study.publish.sphinx_ext.card import robots, social_card

BASE = "https://example.org/study/"


def soup_of(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def described(path: Path) -> dict[str, Any]:
    script = soup_of(path).select_one('script[type="application/ld+json"]')
    assert script is not None
    found: dict[str, Any] = json.loads(script.string or "")
    return found


@pytest.fixture(scope="module")
def based(book_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small book, built for an address and with the name of a PDF."""
    source = tmp_path_factory.mktemp("based") / "source"
    shutil.copytree(book_source, source, ignore=shutil.ignore_patterns("_build"))
    settings = yaml.safe_load((source / "_config.yml").read_text(encoding="utf-8"))
    settings["sphinx"]["config"] |= {"html_baseurl": BASE, "care_pdf": "care-study.pdf"}
    (source / "_config.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    done = build(source, source.parent / "out")
    assert done.code == 0, done.output[-5000:]
    return source.parent / "out" / "_build" / "html"


def test_the_card_has_the_size_that_networks_ask_for_and_is_the_same_every_time() -> None:
    card = social_card("Claims & evidence", "What <five> documents say")
    assert struct.unpack(">II", card[16:24]) == (1200, 630)
    assert card == social_card("Claims & evidence", "What <five> documents say")
    assert card != social_card("Other", "What <five> documents say")


def test_robots_learn_of_the_site_map_where_there_is_one() -> None:
    assert robots("") == "User-agent: *\nAllow: /\n"
    assert robots(BASE).endswith("Sitemap: https://example.org/study/sitemap.xml\n")


def test_notebooks_that_readers_download_hold_values(html: Path) -> None:
    notebooks = sorted((html / "_sources").rglob("*.ipynb"))
    assert notebooks
    for path in notebooks:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        prose = "".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        assert prose and "{fact}" not in prose and "```{chapter-box}" not in prose, path


def test_without_an_address_everything_is_relative(html: Path) -> None:
    assert not (html / "sitemap.xml").exists()
    assert (html / "robots.txt").is_file()
    for page in ("index", "notebooks/coventry", "404"):
        path = html / f"{page}.html"
        soup = soup_of(path)
        image = soup.select_one('meta[property="og:image"]')
        assert image is not None and (path.parent / str(image["content"])).is_file()
        assert len(soup.select('meta[name="viewport"]')) == 1
        assert len(soup.select('meta[name="description"]')) == 1
        icon = soup.select_one('link[rel="icon"]')
        assert icon is not None and (path.parent / str(icon["href"]).partition("?")[0]).is_file()


def test_with_an_address_pages_say_where_they_are(based: Path) -> None:
    soup = soup_of(based / "notebooks/coventry.html")
    wanted = f"{BASE}notebooks/coventry.html"
    assert soup.select_one(f'link[rel="canonical"][href="{wanted}"]')
    assert soup.select_one(f'meta[property="og:url"][content="{wanted}"]')
    card = f"{BASE}_static/social-card.png"
    assert soup.select_one(f'meta[property="og:image"][content="{card}"]')
    assert f"<loc>{wanted}</loc>" in (based / "sitemap.xml").read_text(encoding="utf-8")


def test_a_page_that_is_not_found_works_at_any_depth(based: Path) -> None:
    soup = soup_of(based / "404.html")
    used = [str(tag.get("href") or tag.get("src")) for tag in soup.select("link, script[src]")]
    assert used and all(address.startswith(BASE) for address in used)
    assert soup.select_one(f'.cs-text a[href="{BASE}index.html"]')


def test_machines_find_the_report_its_chapters_and_its_data(html: Path, based: Path) -> None:
    report = described(html / "index.html")
    assert report["@type"] == "Report"
    assert report["datePublished"] and report["license"] and report["description"]
    chapter = described(html / "notebooks/coventry.html")
    assert chapter["@type"] == "Chapter"
    assert chapter["isPartOf"]["name"] == report["name"]
    table, _ = chapter["hasPart"]
    assert table["@type"] == "Dataset" and table["name"] == "Referrals by authority, 2021"
    for download in table["distribution"]:
        assert (html / "notebooks" / download["contentUrl"]).is_file()
    table, _ = described(based / "notebooks/coventry.html")["hasPart"]
    assert table["distribution"][0]["contentUrl"] == f"{BASE}downloads/coventry/referrals.csv"


def test_the_first_page_alone_links_to_a_pdf_and_only_where_there_is_one(
    html: Path, based: Path
) -> None:
    link = 'a[href$="care-study.pdf"]'
    assert soup_of(based / "index.html").select(link)
    assert not soup_of(based / "facts.html").select(link)
    assert not soup_of(html / "index.html").select(link)


@pytest.mark.browser
def test_a_printed_book_has_its_pdf_and_describes_it(
    browser: Any, book_source: Path, tmp_path: Path
) -> None:
    source, place = tmp_path / "source", tmp_path / "html"
    shutil.copytree(book_source, source, ignore=shutil.ignore_patterns("_build"))
    (source / "_config.yml").write_bytes(
        book.configured((source / "_config.yml").read_bytes(), "releases of 2025", book.PDF)
    )
    book.build(source, place, pdf=book.PDF)
    assert (place / book.PDF).read_bytes().startswith(b"%PDF")
    assert soup_of(place / "index.html").select(f'a[href="{book.PDF}"]')
    crate = json.loads((place / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert book.PDF in {one["@id"] for one in crate["@graph"]}


@pytest.mark.parametrize(
    ("address", "there"),
    [
        ("coventry.html#rate", "#notebooks-coventry--rate"),
        ("../index.html", "#index"),
        ("#rate", "#notebooks-data--rate"),
        ("https://example.org/", "https://example.org/"),
        ("../downloads/data/rates.csv", ""),
        ("../atlas/index.html", ""),
    ],
)
def test_links_in_print_stay_within_it_or_lead_to_the_web(address: str, there: str) -> None:
    pages = {"index.html", "notebooks/coventry.html", "notebooks/data.html"}
    assert pdf._within(address, "notebooks/data.html", pages) == there
