"""The published book, where it has been built: every page, for everyone.

The book is copied before it is read, so that a build at the same time does not matter. Checks by
axe-core take most of the time, and of these colours: every page is checked in every setting, the
colours of one that is not a chapter in two of them, and of many pages of one kind (the atlas)
each in one setting.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from reading import SETTINGS, Reader, visit

from care_study import paths

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SCREENSHOTS = paths.BUILD / "screenshots"
PICTURED = ("index", "audit", "glossary", "notebooks/northamptonshire", "notebooks/cambridgeshire")
TABBED = ("index", "notebooks/coventry", "audit")
TALLEST = 4_000
# The colours of a page that is not a chapter are looked at once in each scheme and each width.
COLOURS = (SETTINGS[0], SETTINGS[3])


def is_alike(page: str) -> bool:
    """One of many pages made by one notebook."""
    return page.startswith("atlas/profile-")


def is_wanted(page: str, number: int, setting: tuple[int, str]) -> bool:
    """Whether the page is looked at in this setting; `number` is the page's place."""
    return not is_alike(page) or SETTINGS[number % len(SETTINGS)] == setting


def wants_colours(page: str, setting: tuple[int, str]) -> bool:
    """Whether the colours of a page that is looked at are checked in this setting."""
    return is_alike(page) or page.startswith("notebooks/") or setting in COLOURS


@pytest.fixture(scope="module")
def reader(browser: Any) -> Iterator[Reader]:
    """One page with scripts, moved from file to file."""
    with Reader(browser) as made:
        yield made


@pytest.fixture(scope="module")
def plain_reader(browser: Any) -> Iterator[Reader]:
    """One page without scripts."""
    with Reader(browser, scripts=False) as made:
        yield made


@pytest.mark.parametrize(("width", "scheme"), SETTINGS)
def test_every_page_for_everyone(
    reader: Reader, book: Path, pages: list[str], width: int, scheme: str
) -> None:
    """No violation, no error, no request to elsewhere, no sideways scrolling."""
    wrong = {}
    for number, page in enumerate(pages):
        if is_wanted(page, number, (width, scheme)):
            colours = wants_colours(page, (width, scheme))
            found = reader.problems(book / f"{page}.html", width, scheme, colours=colours)
            if found:
                wrong[page] = found
    assert wrong == {}


def test_both_widths_and_both_schemes_are_looked_at(pages: list[str]) -> None:
    """Which checks are left out is decided above: only colours, or pages that are alike."""
    assert {width for width, _ in COLOURS} == {width for width, _ in SETTINGS}
    assert {scheme for _, scheme in COLOURS} == {scheme for _, scheme in SETTINGS}
    for number, page in enumerate(pages):
        looked = sum(is_wanted(page, number, setting) for setting in SETTINGS)
        assert looked == (1 if is_alike(page) else len(SETTINGS))
        coloured = sum(wants_colours(page, setting) for setting in SETTINGS)
        assert coloured == (
            len(SETTINGS) if page.startswith(("notebooks/", "atlas/profile-")) else 2
        )


def test_everything_is_there_without_javascript(
    plain_reader: Reader, book: Path, pages: list[str]
) -> None:
    shown = 0
    for page in pages:
        seen = plain_reader.open(book / f"{page}.html", 320, "light")
        charts = seen.locator("figure.cs-figure")
        assert seen.locator("figure.cs-figure svg.cs-narrow:visible").count() == charts.count()
        assert not plain_reader.scrolls_sideways(), page
        shown += charts.count()
    assert shown >= 10


def test_tables_open_and_words_are_explained_without_javascript(
    plain_reader: Reader, book: Path
) -> None:
    seen = plain_reader.open(book / "notebooks/coventry.html", 1280, "light")
    figure = seen.locator("figure.cs-figure").first
    assert not figure.locator("table").is_visible()
    figure.get_by_text("Show the data as a table").click()
    assert figure.locator("table").is_visible()
    word = seen.locator(".cs-term").first
    assert not word.locator(".fact-note").is_visible()
    word.locator(".fact-number").focus()
    assert len(word.locator(".fact-note").inner_text()) > 40


@pytest.mark.parametrize("page", TABBED)
def test_every_stop_of_the_tab_order_shows_its_focus(reader: Reader, book: Path, page: str) -> None:
    seen = reader.open(book / f"{page}.html", 1280, "light")
    stops = []
    for _ in range(70):
        seen.keyboard.press("Tab")
        stop = seen.evaluate(
            """() => {
              const at = document.activeElement, style = getComputedStyle(at);
              const box = at.getBoundingClientRect();
              return at === document.body ? null : {
                tag: at.outerHTML.slice(0, 90),
                shown: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
                  && box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
              };
            }"""
        )
        if stop is None:
            break
        stops.append(stop)
    assert len(stops) > 20
    assert "cs-skip" in stops[0]["tag"]
    assert [stop["tag"] for stop in stops if not stop["shown"]] == []


def test_print_has_figures_and_tables_and_leaves_the_data_of_charts_out(
    reader: Reader, book: Path, pages: list[str]
) -> None:
    try:
        for page in [page for page in pages if page.startswith("notebooks/")]:
            seen = reader.open(book / f"{page}.html", 794, "light")
            seen.emulate_media(media="print")
            charts = seen.locator("figure.cs-figure")
            assert charts.locator("svg:visible").count() == charts.count(), page
            tables = seen.locator("table:not(.cs-data table, .cs-explorer table)")
            assert seen.locator("table:visible").count() == tables.count(), page
            for gone in (".cs-header", ".cs-contents", ".cs-sections", ".cs-code", ".cs-data"):
                assert not seen.locator(f"{gone}:visible").count(), (page, gone)
    finally:
        reader.page.emulate_media(media="screen")


def test_links_within_the_book_arrive(plain_reader: Reader, book: Path, pages: list[str]) -> None:
    texts: dict[Path, str] = {}
    lost = []
    states: set[str] = set()
    for page in pages:
        seen = plain_reader.open(book / f"{page}.html", 1280, "light")
        addresses = seen.eval_on_selector_all(
            "a[href]", "all => [...new Set(all.map((a) => a.href))].map((one) => decodeURI(one))"
        )
        for address in addresses:
            if not address.startswith("file:"):
                continue
            place, _, mark = address.removeprefix("file://").partition("#")
            target = Path(place.partition("?")[0])
            if not target.is_file():
                lost.append(f"{page}: {address}")
            elif "=" in mark and target.name == "explore.html":  # what the page shows
                states.add(unquote(mark.partition("=")[2]))
            elif mark and target.suffix == ".html":
                if target not in texts:
                    texts[target] = target.read_text(encoding="utf-8")
                if f'id="{mark}"' not in texts[target]:
                    lost.append(f"{page}: no {mark} in {target.name}")
    assert lost == []
    known = (book / "downloads/explore/explorer-data.js").read_text(encoding="utf-8")
    assert states and not {name for name in states if f'"{name}"' not in known}


def test_what_a_newcomer_looks_for_is_a_few_links_away(plain_reader: Reader, book: Path) -> None:
    """The verdict on Coventry's re-referrals, a definition, and the data of a chart."""
    seen = plain_reader.open(book / "index.html", 1280, "light")
    seen.get_by_role("main").get_by_role("link", name="The audit").first.click()
    row = seen.locator("#audit-table tr").filter(has_text="re-referral").first
    assert row.locator(".cs-verdict").inner_text().strip()
    seen.get_by_role("navigation", name="Contents").get_by_role("link", name="Glossary").click()
    assert seen.locator("dt", has_text="statistical neighbours").is_visible()
    contents = seen.get_by_role("navigation", name="Contents")
    contents.get_by_role("link", name="Cambridgeshire").first.click()
    link = seen.locator("figure.cs-figure").first.get_by_role("link", name="CSV")
    address = str(link.evaluate("a => a.href"))
    data = Path(address.removeprefix("file://")).read_text(encoding="utf-8")
    assert "Cambridgeshire" in data


def test_search_finds_authorities_terms_and_facts(browser: Any, book: Path) -> None:
    with visit(browser, book / "facts.html") as seen:
        fact = seen.page.locator(".cs-facts dt code").first.inner_text().partition(".")[2]
    for words, page in (
        ("Hertfordshire", "hertfordshire.html"),
        ("Hertfordshre", "hertfordshire.html"),
        ("statistical neighbours", "glossary.html"),
        ("5.4%", "coventry.html"),
        (fact, "facts.html"),
    ):
        with visit(browser, book / "index.html") as seen:
            seen.page.fill("#cs-query", words)
            seen.page.keyboard.press("Enter")
            links = seen.page.locator("#search-results a")
            links.first.wait_for(timeout=20_000)
            found = links.evaluate_all("all => all.map((a) => a.href)")
            assert any(page in address for address in found), words
            assert seen.complaints == []
            assert seen.foreign == []


def test_screenshots(reader: Reader, book: Path) -> None:
    """Five pages in four settings, kept as build artefacts for a person to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for page in PICTURED:
        for width, scheme in SETTINGS:
            seen = reader.open(book / f"{page}.html", width, scheme)
            tall = seen.evaluate("document.documentElement.scrollHeight")
            target = SCREENSHOTS / f"{Path(page).name}-{width}-{scheme}.png"
            part = {"x": 0, "y": 0, "width": width, "height": min(tall, TALLEST)}
            seen.screenshot(path=target, full_page=True, clip=part)
            assert target.stat().st_size > 5_000
