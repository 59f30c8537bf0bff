"""The page on which a reader picks areas: by keyboard, with axe after each step, from a folder."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

import pytest
from reading import Reader, violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAGE = "notebooks/explore.html"
MOST_BYTES = {"explore": 400_000, "": 120_000}


@pytest.fixture(scope="module")
def reader(browser: Any) -> Iterator[Reader]:
    with Reader(browser) as made:
        yield made


def opened(reader: Reader, book: Path, width: int = 1280, scheme: str = "light") -> Any:
    page = reader.open(book / PAGE, width, scheme)
    page.wait_for_selector(".cs-views svg")
    return page


def state(page: Any) -> dict[str, str]:
    return {key: one[0] for key, one in parse_qs(urlparse(page.url).fragment).items()}


def test_a_choice_changes_title_pictures_address_and_keeps_the_focus(
    reader: Reader, book: Path
) -> None:
    page = opened(reader, book)
    for key, label in (("area", "Norfolk"), ("beside", "Coventry")):
        page.focus(f"#explore-{key}")
        page.select_option(f"#explore-{key}", label)
        assert page.evaluate("document.activeElement.id") == f"explore-{key}"
        assert label in page.inner_text(".cs-explorer-title")
        assert state(page)[key] == label
        assert violations(page) == []
    # By keyboard alone: the next measure, the year before.
    for key, press in (("measure", "ArrowDown"), ("year", "ArrowUp")):
        before = state(page)[key]
        page.focus(f"#explore-{key}")
        page.keyboard.press(press)
        assert state(page)[key] != before
        assert page.evaluate("document.activeElement.id") == f"explore-{key}"
        assert violations(page) == []
    assert page.get_attribute(".cs-explorer-title", "aria-live") == "polite"
    assert state(page)["year"] in page.inner_text(".cs-explorer-title")


def test_an_address_brings_back_what_was_picked(reader: Reader, book: Path) -> None:
    opened(reader, book)
    page = reader.page
    page.goto((book / PAGE).as_uri() + "#area=Norfolk&beside=Kent&measure=referral_rate&year=2019")
    page.reload()
    page.wait_for_selector(".cs-views svg")
    title = page.inner_text(".cs-explorer-title")
    assert "Norfolk" in title and "Kent" in title and "2019" in title and "Referrals" in title


def test_what_is_not_there_is_ignored(reader: Reader, book: Path) -> None:
    page = reader.page
    page.goto((book / PAGE).as_uri() + "#area=Nowhere&measure=none&year=1066")
    page.reload()
    page.wait_for_selector(".cs-views svg")
    assert "Northamptonshire" in page.inner_text(".cs-explorer-title")


def test_what_is_shown_can_be_taken_away(reader: Reader, book: Path) -> None:
    page = opened(reader, book)
    page.select_option("#explore-area", "Norfolk")
    text = unquote(page.get_attribute("a[download='explore.csv'], a[download^='looked']", "href"))
    assert text.startswith("data:text/csv")
    assert "Source: " in text and '"Norfolk"' in text
    assert page.locator(".cs-explorer tbody tr").count() == text.count("\r\n") - 1


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark"), (390, "dark")])
def test_a_phone_and_a_dark_page_are_served(
    reader: Reader, book: Path, width: int, scheme: str
) -> None:
    page = opened(reader, book, width, scheme)
    assert violations(page) == []
    assert not reader.scrolls_sideways()


def test_a_part_of_a_chart_is_named_by_pointer_and_by_keys(reader: Reader, book: Path) -> None:
    page = reader.open(book / "notebooks/cambridgeshire.html", 1280, "light")
    picture = page.locator("#figure-at_a_glance .cs-picture")
    picture.focus()
    page.keyboard.press("ArrowRight")
    first = page.inner_text(".cs-tip")
    page.keyboard.press("ArrowRight")
    assert first and page.inner_text(".cs-tip") != first
    assert page.inner_text("#figure-at_a_glance [role=status]") == page.inner_text(".cs-tip")
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert page.locator(".cs-tip").is_hidden()
    picture.locator("svg.cs-wide path:has(> title)").first.hover()
    assert page.inner_text(".cs-tip") == first


def test_a_first_visit_is_light(book: Path, pages: list[str]) -> None:
    shared = ["care-study.css", "care-study.js", "theme.js"]
    common = sum(packed(book / "_static" / name) for name in shared)
    heavy = {}
    for name in [page for page in pages if page.startswith("notebooks/")]:
        size = common + packed(book / f"{name}.html")
        limit = MOST_BYTES["explore" if name.endswith("explore") else ""]
        if name.endswith("explore"):
            data = book / "downloads" / "explore" / "explorer-data.js"
            size += packed(data) + packed(book / "_static" / "explorer.js")
        if size > limit:
            heavy[name] = size
    assert heavy == {}


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))
