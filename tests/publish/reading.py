"""How the browser tests look at a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe

ABOUT_COLOURS = ("color-contrast", "link-in-text-block")
SETTINGS = [(1280, "light"), (1280, "dark"), (320, "light"), (320, "dark")]


@dataclass
class Visit:
    """A page being read, with what it complained about and asked for."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


class Reader:
    """One page of a browser that is moved from file to file, and what it complained about.

    Opening a context for every page and setting would take as long as the checks themselves.
    """

    def __init__(self, browser: Any, *, scripts: bool = True) -> None:
        # Without motion, what takes the focus is in view at once.
        self.context = browser.new_context(java_script_enabled=scripts, reduced_motion="reduce")
        self.page = self.context.new_page()
        self.seen = Visit(self.page)
        _listen(self.seen)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def open(self, path: Path, width: int, scheme: str) -> Any:
        """Show a file at a width and in a colour scheme; give the page."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme, media="screen")
        self.page.goto(path.as_uri())
        return self.page

    def problems(self, path: Path, width: int, scheme: str, *, colours: bool = True) -> list[str]:
        """List everything that is wrong with a page at one width and colour scheme."""
        self.seen.complaints.clear()
        self.seen.foreign.clear()
        page = self.open(path, width, scheme)
        found = violations(page, colours=colours)
        if self.scrolls_sideways():
            found.append("the page scrolls sideways")
        return [*found, *self.seen.complaints, *(f"asks {one}" for one in self.seen.foreign)]

    def scrolls_sideways(self) -> bool:
        """Whether the whole page is wider than the window."""
        return scrolls_sideways(self.page)


@contextmanager
def visit(
    browser: Any, path: Path, *, width: int = 1280, scheme: str = "light", scripts: bool = True
) -> Iterator[Visit]:
    """Open a page from its file, and write down errors and requests that leave the book."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
    )
    seen = Visit(context.new_page())
    _listen(seen)
    seen.page.goto(path.as_uri())
    try:
        yield seen
    finally:
        context.close()


def _listen(seen: Visit) -> None:
    seen.page.on("console", lambda m: m.type == "error" and seen.complaints.append(m.text))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.on("requestfailed", lambda r: _note_failure(seen, r))
    seen.page.on("request", lambda r: _note(seen, r.url))


def _note_failure(seen: Visit, request: Any) -> None:
    # Moving on to the next page cuts short what the last one still asked for: not a fault of it.
    if request.failure != "net::ERR_ABORTED":
        seen.complaints.append(f"failed: {request.url} ({request.failure})")


def _note(seen: Visit, address: str) -> None:
    if not address.startswith(("file:", "data:", "blob:")):
        seen.foreign.append(address)


def violations(page: Any, *, colours: bool = True) -> list[str]:
    """What axe-core finds wrong, one line each; colours take most of its time."""
    # Without `preload`, axe would fetch style sheets, which the book's own policy forbids.
    options: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
    if not colours:
        options["rules"] = {rule: {"enabled": False} for rule in ABOUT_COLOURS}
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
