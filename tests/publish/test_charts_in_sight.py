"""Every chart of the published book, as a browser shows it: its words are whole and readable.

The machine that runs this has DejaVu alone, which is wider than what most readers have: were a
chart shown in it, its words would leave the picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from reading import Reader

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# One of the pages that are made alike stands for all of them.
ALIKE = "atlas/profile-"
WIDTHS = (1280, 390)
TABLES_THAT_MAY_SCROLL = 3

CHARTS = """(paper) => {
  const linear = (one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
  const channel = (one) => linear(one / 255);
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  };
  const page = getComputedStyle(document.documentElement).backgroundColor;
  const contrast = (colour) => {
    const [low, high] = [light(colour), light(page)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const found = { charts: 0, cut: [], upon: [], pale: [] };
  for (const svg of document.querySelectorAll("main svg")) {
    const all = svg.getBoundingClientRect();
    if (!all.width) continue;
    found.charts += 1;
    const name = svg.closest("figure")?.id || "a picture";
    const texts = [...svg.querySelectorAll("text")].filter((one) => one.textContent.trim());
    const seen = texts.map((one) => (
      { words: one.textContent, box: one.getBoundingClientRect(), one }));
    for (const { words, box, one } of seen) {
      if (box.left < all.left - 1 || box.right > all.right + 1 || box.top < all.top - 2
        || box.bottom > all.bottom + 2) found.cut.push(`${name}: ${words}`);
      const fill = getComputedStyle(one).fill;
      if (fill !== page && contrast(fill) < 4.5) found.pale.push(`${name}: ${words} (${fill})`);
    }
    seen.forEach((one, at) => seen.slice(at + 1).forEach((other) => {
      // The same words twice in one place are a halo and what stands on it.
      if (one.words === other.words) return;
      const [a, b] = [one.box, other.box];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1 && down > 0.3 * Math.min(a.height, b.height))
        found.upon.push(`${name}: ${one.words} | ${other.words}`);
    }));
  }
  return found;
}"""


def looked_at(pages: list[str]) -> list[str]:
    alike = [page for page in pages if page.startswith(ALIKE)]
    return [page for page in pages if page not in alike[1:]]


@pytest.fixture(scope="module")
def reader(browser: Any) -> Iterator[Reader]:
    with Reader(browser) as made:
        yield made


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_words_are_cut_upon_others_or_pale(
    reader: Reader, book: Path, pages: list[str], width: int, scheme: str
) -> None:
    wrong, charts = {}, 0
    for page in looked_at(pages):
        found = reader.open(book / f"{page}.html", width, scheme).evaluate(CHARTS)
        charts += found.pop("charts")
        if any(found.values()):
            wrong[page] = found
    assert charts >= 10
    assert wrong == {}


def test_words_that_leave_a_chart_are_seen(reader: Reader, book: Path, tmp_path: Path) -> None:
    """The check can fail: in a typeface that is much wider, words leave their charts."""
    seen = reader.open(book / "notebooks/cambridgeshire.html", 1280, "light")
    seen.eval_on_selector_all(
        "main svg text",
        "all => all.forEach((one) => {"
        " one.style = 'font: 700 1.6em \"DejaVu Sans\"; fill: rgb(187, 187, 187)' })",
    )
    found = seen.evaluate(CHARTS)
    assert found["cut"] and found["upon"] and found["pale"]


def test_a_phones_charts_are_as_wide_as_its_page(
    reader: Reader, book: Path, pages: list[str]
) -> None:
    narrow = {}
    for page in looked_at(pages):
        seen = reader.open(book / f"{page}.html", 390, "light")
        widths = seen.eval_on_selector_all(
            "figure.cs-figure:not(.has-explorer #figure-explore) svg.cs-narrow",  # replaced
            "all => all.map((one) => one.clientWidth)",
        )
        if any(width < 358 for width in widths):
            narrow[page] = widths
    assert narrow == {}


def test_tables_show_their_conclusions_on_a_wide_page(
    reader: Reader, book: Path, pages: list[str]
) -> None:
    """At 1280 pixels few tables are wider than the page, which the contents share."""
    scrolling = []
    for page in [page for page in looked_at(pages) if page.startswith("notebooks/")]:
        seen = reader.open(book / f"{page}.html", 1280, "light")
        scrolling += [
            f"{page}: {name}"
            for name in seen.eval_on_selector_all(
                ".cs-table:not(.cs-data .cs-table) .cs-scroll",
                "all => all.filter((one) => one.scrollWidth > one.clientWidth + 1)"
                ".map((one) => one.parentElement.id)",
            )
        ]
    assert len(scrolling) <= TABLES_THAT_MAY_SCROLL, scrolling


def test_words_in_tables_never_scroll_sideways_on_a_phone(
    reader: Reader, book: Path, pages: list[str]
) -> None:
    for page in looked_at(pages):
        seen = reader.open(book / f"{page}.html", 390, "light")
        scrolling = seen.eval_on_selector_all(
            ".cs-cards:not(.cs-data .cs-table) .cs-scroll",
            "all => all.filter((one) => one.scrollWidth > one.clientWidth + 1)"
            ".map((one) => one.parentElement.id)",
        )
        assert scrolling == [], page
