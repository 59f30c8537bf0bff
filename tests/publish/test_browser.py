"""The small book in a real browser: everyone can read it, with and without JavaScript."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from reading import SETTINGS, Reader, problems, scrolls_sideways, violations, visit

pytestmark = pytest.mark.browser
PAGES = ["index", "notebooks/coventry", "facts", "search", "404"]


@pytest.fixture(scope="module")
def reader(browser: Any) -> Iterator[Reader]:
    """One page with scripts, moved from file to file."""
    with Reader(browser) as made:
        yield made


@pytest.mark.parametrize(("width", "scheme"), SETTINGS)
@pytest.mark.parametrize("name", PAGES)
def test_no_violation_no_error_no_foreign_request(
    reader: Reader, html: Path, name: str, width: int, scheme: str
) -> None:
    assert reader.problems(html / f"{name}.html", width, scheme) == []


def test_axe_sees_a_page_made_worse(browser: Any, html: Path, tmp_path: Path) -> None:
    """The check can fail: without a language and with an unnamed picture it does."""
    worse = Path(shutil.copytree(html, tmp_path / "html")) / "worse.html"
    text = (html / "index.html").read_text(encoding="utf-8")
    text = text.replace('lang="en-GB"', "").replace("<main", '<img src="x.png"><main')
    worse.write_text(text, encoding="utf-8")
    found = " ".join(problems(browser, worse, 1280, "light"))
    assert "html-has-lang" in found
    assert "image-alt" in found


@pytest.mark.parametrize("width", [1280, 320])
def test_charts_are_there_without_javascript(browser: Any, html: Path, width: int) -> None:
    with visit(browser, html / "notebooks/coventry.html", width=width, scripts=False) as seen:
        shown = seen.page.locator("figure svg:visible")
        assert shown.count() == 2
        assert shown.first.bounding_box()["width"] > 250
        assert not scrolls_sideways(seen.page)


def test_text_in_the_narrow_chart_is_at_least_12_pixels(browser: Any, html: Path) -> None:
    with visit(browser, html / "notebooks/coventry.html", width=320) as seen:
        sizes = seen.page.evaluate(
            """() => [...document.querySelectorAll("figure svg.cs-narrow")].flatMap((svg) => {
              const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
              return [...svg.querySelectorAll("text")]
                .map((text) => parseFloat(text.getAttribute("font-size")) * scale);
            })"""
        )
    assert sizes
    assert min(sizes) >= 11.99


def test_a_fact_tells_where_it_comes_from(browser: Any, html: Path) -> None:
    with visit(browser, html / "index.html", scripts=False) as seen:
        note = seen.page.locator(".fact-note").first
        assert not note.is_visible()
        seen.page.locator(".fact-number").first.hover()
        assert note.is_visible()
        words = note.inner_text()
        for part in ("53 per 10,000 (49 to 57)", "exact Poisson", "/ children aged", "Department"):
            assert part in words
        note.hover()
        assert note.is_visible(), "the pointer can move onto the note"


def test_a_fact_opens_on_focus_and_closes_on_escape(browser: Any, html: Path) -> None:
    with visit(browser, html / "index.html") as seen:
        note = seen.page.locator(".fact-note").first
        seen.page.locator(".fact-number").first.focus()
        assert note.is_visible()
        seen.page.keyboard.press("Escape")
        assert not note.is_visible()
        seen.page.locator(".fact-number").nth(1).focus()
        seen.page.locator(".fact-number").first.focus()
        assert note.is_visible(), "it opens again later"


def test_open_notes_stay_within_the_page(browser: Any, html: Path) -> None:
    for name in ("index", "notebooks/coventry"):
        with visit(browser, html / f"{name}.html", width=320) as seen:
            numbers = seen.page.locator(".fact-number")
            for place in range(numbers.count()):
                numbers.nth(place).focus()
                assert not scrolls_sideways(seen.page)


def test_every_stop_of_the_tab_order_shows_its_focus(browser: Any, html: Path) -> None:
    with visit(browser, html / "notebooks/coventry.html") as seen:
        stops = []
        for _ in range(60):
            seen.page.keyboard.press("Tab")
            stop = seen.page.evaluate(
                """() => {
                  const at = document.activeElement, style = getComputedStyle(at);
                  return at === document.body ? null
                    : [at.outerHTML.slice(0, 80), style.outlineStyle, style.outlineWidth];
                }"""
            )
            if stop is None:
                break
            stops.append(stop)
    assert len(stops) > 20
    assert "cs-skip" in stops[0][0]
    hidden = [stop for stop in stops if stop[1] == "none" or stop[2] == "0px"]
    assert hidden == []


@pytest.mark.parametrize(("width", "scheme"), SETTINGS)
def test_a_chart_comes_to_life_on_demand(browser: Any, html: Path, width: int, scheme: str) -> None:
    page = html / "notebooks/coventry.html"
    with visit(browser, page, width=width, scheme=scheme) as seen:
        figure = seen.page.locator("#figure-what_if")
        figure.get_by_role("button", name="Make this chart interactive").click()
        slider = figure.locator("input[type=range]")
        slider.wait_for(timeout=20_000)
        box = figure.locator(".cs-live svg").bounding_box()
        assert min(width - 60, 600) < box["width"] <= width
        assert not scrolls_sideways(seen.page)
        before = figure.locator(".cs-live svg").inner_html()
        slider.fill("40")
        seen.page.wait_for_timeout(400)
        assert figure.locator(".cs-live svg").inner_html() != before
        assert seen.complaints == []
        assert seen.foreign == []


def test_the_theme_button_turns_the_page_dark(browser: Any, html: Path) -> None:
    with visit(browser, html / "index.html") as seen:
        paper = "() => getComputedStyle(document.documentElement).backgroundColor"
        light = seen.page.evaluate(paper)
        seen.page.get_by_role("button", name="Dark page").click()
        assert seen.page.evaluate(paper) != light
        assert seen.page.get_by_role("button", name="Light page").is_visible()


def test_contents_open_on_a_phone_without_javascript(browser: Any, html: Path) -> None:
    with visit(browser, html / "index.html", width=320, scripts=False) as seen:
        contents = seen.page.locator("#contents")
        assert not contents.is_visible()
        seen.page.get_by_role("button", name="Contents").click()
        assert contents.get_by_role("link", name="Coventry").is_visible()
        seen.page.keyboard.press("Escape")
        assert not contents.is_visible()


@pytest.mark.parametrize("words", ["Coventry", "definition", "rate_2018"])
def test_search_works_from_a_folder(browser: Any, html: Path, words: str) -> None:
    with visit(browser, html / "index.html") as seen:
        seen.page.fill("#cs-query", words)
        seen.page.keyboard.press("Enter")
        first = seen.page.locator("#search-results a").first
        first.wait_for(timeout=10_000)
        first.click()
        assert seen.page.url.startswith(html.as_uri())
        assert seen.complaints == []


def test_search_says_when_nothing_is_found(browser: Any, html: Path) -> None:
    with visit(browser, html / "search.html") as seen:
        seen.page.fill("#cs-query", "xylophone")
        seen.page.keyboard.press("Enter")
        seen.page.get_by_text("Nothing was found for “xylophone”").wait_for(timeout=10_000)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("covnetry", "Coventry"),  # two letters changed places
        ("49", "49 to 57"),  # a number
        ("assesments", "Longer assessments mean more open cases"),
    ],
)
def test_search_forgives_mistakes_and_shows_where(
    browser: Any, html: Path, asked: str, found: str
) -> None:
    with visit(browser, html / "search.html") as seen:
        seen.page.fill("#search-query", asked)
        seen.page.keyboard.press("Enter")
        first = seen.page.locator("#search-results li").first
        first.wait_for(timeout=10_000)
        assert found in seen.page.locator("#search-results").inner_text()
        assert seen.page.locator("#search-results mark").count()
        assert "place" in seen.page.locator("[role=status]#search-progress").inner_text()
        assert violations(seen.page) == []


def test_search_says_what_to_do_without_javascript(browser: Any, html: Path) -> None:
    with visit(browser, html / "search.html", scripts=False) as seen:
        assert "needs JavaScript" in seen.page.get_by_role("main").inner_text()


def test_one_switch_shows_the_code_of_a_page(browser: Any, html: Path) -> None:
    with visit(browser, html / "notebooks/coventry.html") as seen:
        code = seen.page.locator("details.cs-code")
        assert code.count() >= 3
        assert seen.page.locator("details.cs-code:visible").count() == 0
        button = seen.page.get_by_role("button", name="Show the code on this page")
        button.click()
        assert button.get_attribute("aria-pressed") == "true"
        assert seen.page.locator("details.cs-code pre:visible").count() == code.count()
        button.click()
        assert seen.page.locator("details.cs-code:visible").count() == 0


def test_each_piece_of_code_unfolds_without_javascript(browser: Any, html: Path) -> None:
    with visit(browser, html / "notebooks/coventry.html", scripts=False) as seen:
        piece = seen.page.locator("details.cs-code").first
        piece.locator("summary").click()
        assert piece.locator("pre").is_visible()
        assert not seen.page.locator(".cs-code-switch").is_visible()


def test_a_chart_can_be_cited(browser: Any, html: Path) -> None:
    with visit(browser, html / "notebooks/coventry.html", scripts=False) as seen:
        cite = seen.page.locator("#figure-rates details.cs-cite")
        cite.locator("summary").click()
        words = cite.inner_text()
        assert "@misc{care_study_coventry_rates," in words
        assert "Coventry's rate stayed below its neighbours' [Chart]" in words
        cite.get_by_role("link").click()
        assert seen.page.url.endswith("coventry.html#figure-rates")


def test_words_in_a_table_become_cards_on_a_phone(browser: Any, html: Path) -> None:
    with visit(browser, html / "notebooks/coventry.html", width=390) as seen:
        table = seen.page.locator("#table-checks")
        scroll = table.locator(".cs-scroll")
        assert scroll.evaluate("e => e.scrollWidth <= e.clientWidth + 1")
        label = table.locator("td").first.evaluate("e => getComputedStyle(e, '::before').content")
        assert label == '"What was done"'
        assert violations(seen.page) == []
        seen.page.set_viewport_size({"width": 1280, "height": 900})
        assert table.locator("thead").bounding_box()["height"] > 10


def test_the_typeface_is_the_books_own(browser: Any, html: Path) -> None:
    with visit(browser, html / "notebooks/coventry.html") as seen:
        loaded = seen.page.evaluate(
            "document.fonts.ready.then(() => [...document.fonts].filter((f) => f.status === "
            "'loaded').map((f) => f.family.replaceAll('\"', '') + ' ' + f.weight))"
        )
        assert sorted(loaded) == ["Care Study Sans 400", "Care Study Sans 700"]
        used = seen.page.locator("figure svg text").first.evaluate(
            "e => getComputedStyle(e).fontFamily"
        )
        assert used.startswith('"Care Study Sans"')


def test_print_keeps_figures_and_drops_the_machinery(browser: Any, html: Path) -> None:
    with visit(browser, html / "notebooks/coventry.html") as seen:
        seen.page.emulate_media(media="print")
        assert seen.page.locator("figure svg:visible").count() == 2
        for gone in (".cs-header", ".cs-contents", ".cs-links", ".cs-code", ".cs-data", ".cs-cite"):
            assert not seen.page.locator(gone).first.is_visible()


def test_a_page_is_light(html: Path) -> None:
    """Everything that a chapter asks for on a first visit, compressed."""
    page = html / "notebooks/coventry.html"
    text = page.read_text(encoding="utf-8")
    wanted = re.findall(r'<(?:script|link)[^>]+(?:src|href)="([^"]+\.(?:js|css|svg))[^"]*"', text)
    files = [page, *(page.parent / address for address in wanted)]
    assert len(files) >= 4
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < 70_000
