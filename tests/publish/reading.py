"""How the browser tests look at a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe

SETTINGS = [(1280, "light"), (1280, "dark"), (320, "light"), (320, "dark")]


@dataclass
class Visit:
    """A page being read, with what it complained about and asked for."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


@contextmanager
def visit(
    browser: Any, path: Path, *, width: int = 1280, scheme: str = "light", scripts: bool = True
) -> Iterator[Visit]:
    """Open a page from its file, and write down errors and requests that leave the book."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
    )
    page = context.new_page()
    seen = Visit(page)
    page.on("console", lambda m: m.type == "error" and seen.complaints.append(m.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("requestfailed", lambda r: seen.complaints.append(f"failed: {r.url}"))
    page.on("request", lambda r: _note(seen, r.url))
    page.goto(path.as_uri())
    try:
        yield seen
    finally:
        context.close()


def _note(seen: Visit, address: str) -> None:
    if not address.startswith(("file:", "data:", "blob:")):
        seen.foreign.append(address)


def violations(page: Any) -> list[str]:
    """What axe-core finds wrong, one line each."""
    # Without `preload`, axe would fetch style sheets, which the book's own policy forbids.
    options = {"resultTypes": ["violations"], "preload": False}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{rule['id']}: {rule['help']} at {[node['target'] for node in rule['nodes'][:3]]}"
        for rule in found
    ]


def scrolls_sideways(page: Any) -> bool:
    """Whether the whole page is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def problems(browser: Any, path: Path, width: int, scheme: str) -> list[str]:
    """Everything that is wrong with a page at one width and colour scheme."""
    with visit(browser, path, width=width, scheme=scheme) as seen:
        found = violations(seen.page)
        if scrolls_sideways(seen.page):
            found.append("the page scrolls sideways")
        return [*found, *seen.complaints, *(f"asks {address}" for address in seen.foreign)]
