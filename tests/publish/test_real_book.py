"""The published book, where it has been built: every page, for everyone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from reading import SETTINGS, problems, visit

from care_study import paths

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HTML = paths.HTML
SCREENSHOTS = paths.BUILD / "screenshots"
MANY = 12


def pages() -> list[Path]:
    return sorted(path for path in HTML.rglob("*.html") if "_static" not in path.parts)


def settings() -> list[tuple[Path, int, str]]:
    """Every page in every setting; of a folder with many pages of one kind, each in one setting."""
    chosen = []
    for page in pages():
        alike = len(list(page.parent.glob("*.html")))
        if alike > MANY and page.parent != HTML and "profile" in page.as_posix():
            chosen.append((page, *SETTINGS[len(chosen) % len(SETTINGS)]))
        else:
            chosen += [(page, *setting) for setting in SETTINGS]
    return chosen


@pytest.fixture(autouse=True)
def built() -> None:
    if not (HTML / "index.html").is_file():
        reason = f"the book is not built ({HTML}); run make book"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def test_every_page_for_everyone(browser: Any) -> None:
    wrong = {
        f"{page.relative_to(HTML)} at {width} px, {scheme}": found
        for page, width, scheme in settings()
        if (found := problems(browser, page, width, scheme))
    }
    assert wrong == {}


def test_every_chart_is_there_without_javascript(browser: Any) -> None:
    for page in pages():
        with visit(browser, page, width=320, scripts=False) as seen:
            figures = seen.page.locator("figure.cs-figure")
            assert figures.locator("svg.cs-narrow:visible").count() == figures.count(), page


def test_links_within_the_book_arrive(browser: Any) -> None:
    lost = []
    for page in pages():
        with visit(browser, page, scripts=False) as seen:
            addresses = seen.page.eval_on_selector_all(
                "a[href]", "all => all.map((a) => [a.href, a.hash])"
            )
        for address, mark in addresses:
            if not address.startswith("file:"):
                continue
            target = Path(address.removeprefix("file://").partition("#")[0].partition("?")[0])
            if not target.is_file():
                lost.append(f"{page.name}: {address}")
            elif mark and target.suffix == ".html":
                name = mark.removeprefix("#")
                if f'id="{name}"' not in target.read_text(encoding="utf-8"):
                    lost.append(f"{page.name}: no {mark} in {target.name}")
    assert lost == []


def test_screenshots(browser: Any) -> None:
    """Five pages, kept as build artefacts for a person to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    first = [page for page in pages() if page.parent == HTML or "notebooks" in page.parts][:5]
    for page in first:
        for width, scheme in SETTINGS:
            with visit(browser, page, width=width, scheme=scheme) as seen:
                target = SCREENSHOTS / f"{page.stem}-{width}-{scheme}.png"
                seen.page.screenshot(path=target, full_page=True)
                assert target.stat().st_size > 5_000
