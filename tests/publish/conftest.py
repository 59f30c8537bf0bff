"""A small book built once, and a browser to read it and the real book with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import small_book

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def book_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_book.write_source(tmp_path_factory.mktemp("book") / "source")


@pytest.fixture(scope="session")
def html(book_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built small book."""
    out = tmp_path_factory.mktemp("built")
    done = small_book.build(book_source, out)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return out / "_build" / "html"


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Debian's Chromium; where there is none the test is skipped, but in CI it fails."""
    if CHROMIUM is None:
        reason = "no Chromium on this machine (apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}; in CI the browser tests must run")
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()
