"""The chapters on paper, looked at page by page as they are rendered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from reading import Reader

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MOST_PAGES = 12
# Points; A4, and the share of rows with ink below which a page is nearly blank.
A4 = (595.0, 842.0)
NEARLY_BLANK = 0.08


@pytest.fixture(scope="module")
def printed(browser: Any, book: Path, pages: list[str]) -> dict[str, pypdfium2.PdfDocument]:
    """Each chapter as Chromium prints it, every data table unfolded beforehand."""
    made = {}
    with Reader(browser) as reader:
        for page in [page for page in pages if page.startswith("notebooks/")]:
            seen = reader.open(book / f"{page}.html", 1280, "light")
            # A halo behind a word is the same word once more; it is no overprint.
            seen.evaluate(
                "document.querySelectorAll('details').forEach((one) => { one.open = true });"
                "document.querySelectorAll('svg text[stroke]').forEach((one) => one.remove())"
            )
            seen.emulate_media(media="print")
            made[page] = pypdfium2.PdfDocument(seen.pdf(prefer_css_page_size=True, tagged=True))
    return made


def lines(page: pypdfium2.PdfPage) -> list[tuple[float, float, float, float]]:
    """Left, bottom, right and top of every run of text."""
    text = page.get_textpage()
    return [text.get_rect(at) for at in range(text.count_rects())]


def each_page(printed: dict[str, pypdfium2.PdfDocument]) -> Iterator[tuple[str, int, Any]]:
    for name, document in printed.items():
        for number in range(len(document)):
            yield name, number, document[number]


def upon(page: pypdfium2.PdfPage) -> list[Any]:
    """Pairs of runs that cover one another by more than a third of a line, and a letter."""
    boxes = sorted(box for box in lines(page) if box[3] - box[1] > 3)
    boxes.sort(key=lambda box: box[1])
    text, found = page.get_textpage(), []
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            if other[1] >= one[3]:
                break  # all that follow begin above this one
            across = min(one[2], other[2]) - max(one[0], other[0])
            down = min(one[3], other[3]) - other[1]
            if across > 3 and down > 0.35 * min(one[3] - one[1], other[3] - other[1]):
                found.append((text.get_text_bounded(*one), text.get_text_bounded(*other)))
    return found


def test_a_chapter_has_at_most_twelve_pages(printed: dict[str, Any]) -> None:
    counted = {name: len(document) for name, document in printed.items()}
    assert counted
    assert {name: pages for name, pages in counted.items() if pages > MOST_PAGES} == {}


def test_nothing_is_printed_upon_anything(printed: dict[str, Any]) -> None:
    found = {(name, number + 1): upon(page) for name, number, page in each_page(printed)}
    assert {place: pairs for place, pairs in found.items() if pairs} == {}


def test_text_stays_on_the_sheet(printed: dict[str, Any]) -> None:
    for name, number, page in each_page(printed):
        assert page.get_size() == pytest.approx(A4, abs=1)
        for left, _, right, _ in lines(page):
            assert left > 20 and right < A4[0] - 20, (name, number + 1)


def test_no_page_but_a_last_one_is_nearly_blank(printed: dict[str, Any]) -> None:
    for name, number, page in each_page(printed):
        if number < len(printed[name]) - 1:
            pixels = page.render(scale=0.5, grayscale=True).to_numpy()
            inked = float(np.mean(pixels.min(axis=1) < 160))
            assert inked > NEARLY_BLANK, (name, number + 1)


def test_every_page_has_its_number(printed: dict[str, Any]) -> None:
    for name, number, page in each_page(printed):
        below = page.get_textpage().get_text_bounded(0, 0, A4[0], 45)
        assert below.split()[-1:] == [str(number + 1)], (name, number + 1)


def test_a_chapter_is_tagged_and_shows_addresses(printed: dict[str, Any]) -> None:
    for name, document in printed.items():
        assert pypdfium2.raw.FPDFCatalog_IsTagged(document.raw), name
    words = "".join(
        page.get_textpage().get_text_bounded()
        for document in [printed["notebooks/coventry"]]
        for page in document
    ).replace("\r\n", "")
    assert "https://explore-education-statistics.service.gov.uk/find-statistics/" in words


def test_titles_stand_with_their_charts_and_captions_with_their_tables(
    browser: Any, book: Path, printed: dict[str, Any]
) -> None:
    """The page with a title has ink below it; the page with a caption has the table's first row."""
    with Reader(browser) as reader:
        for name, document in printed.items():
            seen = reader.open(book / f"{name}.html", 1280, "light")
            firsts = seen.eval_on_selector_all(
                ".cs-table:not(.cs-data .cs-table, .cs-many)",
                "all => all.map((one) => [one.querySelector('caption').innerText,"
                " one.querySelector('tbody tr > *').innerText])",
            )
            named = seen.locator(".cs-many:not(.cs-data .cs-many)").count()  # a sentence
            text_of = [page.get_textpage().get_text_bounded() for page in document]
            assert sum(text.count("rows are not printed") for text in text_of) == named, name
            texts = [_plain(page.get_textpage().get_text_bounded()) for page in document]
            for caption, first in firsts:
                there = [text for text in texts if _plain(caption) in text]
                assert there, (name, caption)
                after = there[0].partition(_plain(caption))[2]
                assert _plain(first) in after, (name, caption)


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
