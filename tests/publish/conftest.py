"""A small book built once, and a browser to read it and the real book with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import small_book
from filelock import FileLock

from care_study import paths

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def shared_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the small book's source and pages, made once for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "small_book"
    with FileLock(f"{folder}.lock"):
        if not folder.is_dir():
            made = tmp_path_factory.mktemp("making") / "small_book"
            source = small_book.write_source(made / "source")
            done = small_book.build(source, made / "built")
            assert done.code == 0, done.output[-5000:]
            made.rename(folder)
    return folder


@pytest.fixture(scope="session")
def book_source(shared_book: Path) -> Path:
    """The small book's source; a test that changes it copies it first."""
    return shared_book / "source"


@pytest.fixture(scope="session")
def html(shared_book: Path) -> Path:
    """The folder of the built small book; a test that changes it copies it first."""
    return shared_book / "built" / "_build" / "html"


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


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the published book; without one the tests are skipped, but in CI they fail."""
    if not (paths.HTML / "index.html").is_file():
        reason = f"the book is not built ({paths.HTML}); run make book"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return Path(shutil.copytree(paths.HTML, tmp_path_factory.mktemp("published") / "html"))


@pytest.fixture(scope="session")
def pages(book: Path) -> list[str]:
    """The pages of the published book, by their paths without an ending."""
    found = sorted(book.rglob("*.html"))
    names = [page.relative_to(book).with_suffix("").as_posix() for page in found]
    return [name for name in names if not name.startswith("_static/")]
