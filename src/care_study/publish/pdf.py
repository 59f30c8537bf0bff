"""The whole book as one PDF: tagged, with bookmarks, page numbers and alternative text.

The pages are put one after another, in the order in which a reader turns them, and printed by
Chromium without a window.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import urldefrag

from bs4 import BeautifulSoup, Tag

# What a printed page has no use for.
_LEFT_OUT = (
    ".fact-note, .cs-narrow, .cs-links, details.cs-code, details.cs-data, details.cs-cite, "
    ".headerlink, form, script, noscript"
)
# A page for every authority would make hundreds of sheets; the atlas is for the screen.
LEFT_OUT_FOLDER = "atlas/"
_POINTERS = ("aria-labelledby", "aria-describedby", "for")
_PRINTED = "%Y%m%d%H%M%S"


class PdfError(RuntimeError):
    """The book cannot be printed."""


def write_pdf(html: Path, pdf: Path, *, moment: datetime | None = None) -> int:
    """Print a built book to one PDF.

    Parameters
    ----------
    html : Path
        The folder of the built book.
    pdf : Path
        Where to write.
    moment : datetime, optional
        The date that the file says it was made on, so that equal books give equal files; by
        default ``SOURCE_DATE_EPOCH``, or the beginning of 2000.

    Returns
    -------
    int
        Number of pages of the book that were put together.

    Raises
    ------
    PdfError
        When the book is not built, or Chromium is missing or fails.
    """
    if not (html / "index.html").is_file():
        raise PdfError(f"no book in {html}: index.html is missing; build the book first")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise PdfError("Chromium is not installed; it prints the book (apt-get install chromium)")
    pages = [page for page in reading_order(html) if not page.startswith(LEFT_OUT_FOLDER)]
    with tempfile.TemporaryDirectory() as folder:
        together = Path(folder) / "book.html"
        together.write_text(put_together(html, pages), encoding="utf-8")
        printed = Path(folder) / "book.pdf"
        _print(chromium, together, printed, Path(folder) / "profile")
        pdf.parent.mkdir(parents=True, exist_ok=True)
        pdf.write_bytes(_dated(printed.read_bytes(), moment or _moment()))
    return len(pages)


def reading_order(html: Path) -> list[str]:
    """List the pages from the first to the last, by the links to the next page."""
    order = ["index.html"]
    while True:
        soup = _soup(html / order[-1])
        link = soup.select_one('a[rel="next"]')
        if link is None:
            return order
        following = _resolve(order[-1], str(link["href"]))
        if following in order:
            return order
        order.append(following)


def put_together(html: Path, pages: list[str]) -> str:
    """Put the texts of the pages into one page whose links point within it."""
    first = _soup(html / pages[0])
    title = first.title.get_text() if first.title else ""
    book = BeautifulSoup(
        "<!doctype html><html lang='en-GB' data-theme='light'></html>", "html.parser"
    )
    head, body = book.new_tag("head"), book.new_tag("body")
    head.append(book.new_tag("meta", charset="utf-8"))
    head.append(book.new_tag("title", string=title))
    style = (html / "_static" / "care-study.css").as_uri()
    head.append(book.new_tag("link", rel="stylesheet", href=style))
    for page in pages:
        text = _soup(html / page).select_one(".cs-text")
        if text is not None:
            body.append(_as_part(text, page, set(pages)))
    if book.html is not None:
        book.html.extend([head, body])
    return str(book)


def _soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def _resolve(page: str, address: str) -> str:
    """Find the page of the book that a relative address leads to."""
    parts: list[str] = []
    for part in (PurePosixPath(page).parent / urldefrag(address).url).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


def _mark(page: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", page.removesuffix(".html").lower())


def _as_part(text: Tag, page: str, pages: set[str]) -> Tag:
    """Make one page's text a part of the book, with identifiers and links of its own."""
    for part in text.select(_LEFT_OUT):
        part.decompose()
    mark = _mark(page)
    for element in text.find_all(True):
        if element.get("id"):
            element["id"] = f"{mark}--{element['id']}"
        for name in _POINTERS:
            if element.get(name):
                element[name] = " ".join(f"{mark}--{one}" for one in str(element[name]).split())
        for name in ("clip-path", "fill", "stroke"):
            if "url(#" in str(element.get(name, "")):
                element[name] = str(element[name]).replace("url(#", f"url(#{mark}--")
        if element.name == "a" and element.get("href"):
            address = _within(str(element["href"]), page, pages)
            element["href"] = address
            if not address:
                del element["href"]
        if element.name == "a" and "aria-describedby" in element.attrs:
            del element["aria-describedby"]
        if element.name == "details":
            element["open"] = ""
    text["id"] = mark
    text["class"] = "cs-text cs-part"
    return text


def _within(address: str, page: str, pages: set[str]) -> str:
    """Find where a link leads in the whole; nowhere, if it leads to a file beside the book."""
    if re.match(r"[a-z]+:", address):
        return address
    place, anchor = urldefrag(address)
    target = _resolve(page, place) if place else page
    if target not in pages:
        return ""
    return f"#{_mark(target)}--{anchor}" if anchor else f"#{_mark(target)}"


def _print(chromium: str, page: Path, pdf: Path, profile: Path) -> None:
    command = [
        chromium,
        "--headless",
        "--disable-gpu",
        "--no-first-run",
        f"--user-data-dir={profile}",
        "--no-pdf-header-footer",
        "--generate-pdf-document-outline",
        f"--print-to-pdf={pdf}",
        page.as_uri(),
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Chromium refuses to run as root with its sandbox; it only reads our own pages here.
        command.insert(1, "--no-sandbox")
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode != 0 or not pdf.is_file():
        raise PdfError(f"Chromium could not print the book: {done.stderr.strip()[-500:]}")


def _moment() -> datetime:
    said = os.environ.get("SOURCE_DATE_EPOCH", "")
    return (
        datetime.fromtimestamp(int(said), UTC)
        if said.isdigit()
        else datetime(2000, 1, 1, tzinfo=UTC)
    )


def _dated(content: bytes, moment: datetime) -> bytes:
    """Replace the times in a PDF's own description; their length stays, so the file stays whole."""
    stamp = moment.strftime(_PRINTED).encode()
    return re.sub(rb"(?<=Date \(D:)\d{14}", stamp, content)
