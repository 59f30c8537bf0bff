"""What search reads: every section, claim, term, fact, chart and table of the built pages.

It is written as a script, which a page may load even from a folder of files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, NavigableString, Tag

NAME = "search-data.js"
# Of many pages made by one notebook only the first words are searched; each has its own figures.
ALIKE = "profile-"
LONGEST = 1_500
# What is no text of the page, or has an entry of its own.
_NOT_READ = {"script", "style", "svg", "noscript", "pre", "button", "summary", "form", "select"}
_NOT_READ_CLASSES = {"headerlink", "cs-code", "cs-links", "cs-cite", "cs-data", "cs-box-head"}
_NOT_READ_CLASSES |= {"fact-note", "cs-sources"}
_OWN = ("tr", "dt", "article", "li")
_KINDS = {"tr": "row", "dt": "entry", "article": "entry", "li": "entry"}


def entries(html: Path) -> list[list[str]]:
    """List what can be found: title, page, address, kind and text.

    Parameters
    ----------
    html : Path
        The folder of the built book.
    """
    found = []
    for path in sorted(html.rglob("*.html")):
        page = path.relative_to(html).as_posix()
        if page not in ("search.html", "404.html", "genindex.html") and "_static" not in page:
            found += list(_of_page(path.read_text(encoding="utf-8"), page))
    return found


def write_index(html: Path) -> None:
    """Write the script ``search-data.js`` into the folder of a built book."""
    text = json.dumps(entries(html), ensure_ascii=False, separators=(",", ":"))
    # Two characters that JSON allows in a text and older scripts do not.
    text = text.replace("\u2028", " ").replace("\u2029", " ")
    (html / NAME).write_text(f"careStudySearch({text});\n", encoding="utf-8", newline="\n")


def _of_page(html: str, page: str) -> Iterator[list[str]]:
    body = BeautifulSoup(html, "html.parser").select_one(".cs-text")
    if body is None:
        return
    heading = body.find("h1")
    name = _words(heading) if isinstance(heading, Tag) else page
    if page.rpartition("/")[2].startswith(ALIKE):
        yield [name, name, page, "authority", _words(body)[:LONGEST]]
        return
    for section in [body, *body.find_all("section")]:
        if section.get("id") == "page-sources":
            continue
        yield from _of_section(section, name, page)
    for part in body.find_all(_own_entry):
        yield _entry(part, name, page)
    for link in body.select(".cs-find li a"):
        yield [_words(link), name, str(link["href"]), "authority", "figures of this authority"]
    for part in body.select("figure.cs-figure, .cs-table:not(.cs-data .cs-table)"):
        yield from _of_display(part, name, page)


def _own_entry(tag: Tag) -> bool:
    return tag.name in _OWN and bool(tag.get("id"))


def _of_section(section: Tag, name: str, page: str) -> Iterator[list[str]]:
    heading = section.find(["h1", "h2", "h3", "h4"], recursive=False)
    if not isinstance(heading, Tag):
        return
    text = " ".join(_words(child) for child in section.children if not _is_apart(child, heading))
    title = _words(heading)
    kind = "chapter" if heading.name == "h1" else "section"
    address = page if kind == "chapter" else f"{page}#{section.get('id')}"
    yield [title, name, address, kind, " ".join(text.split())]


def _is_apart(child: Any, heading: Tag) -> bool:
    """Whether a part of a section has entries of its own, or is the section's heading."""
    if not isinstance(child, Tag):
        return False
    if child is heading or child.name in ("section", "figure", "nav"):
        return True
    return "cs-table" in _classes(child) or child.find(_own_entry) is not None


def _classes(tag: Tag) -> list[str]:
    return tag.get_attribute_list("class")


def _entry(part: Tag, name: str, page: str) -> list[str]:
    body = part.find_next_sibling("dd") if part.name == "dt" else part
    head = part if part.name == "dt" else part.find(["th", "h2", "h3", "h4", "a"]) or part
    # What stands as code beside a name, such as a fact's, is searched and not shown as a title.
    codes = " ".join(one.get_text() for one in head.find_all("code"))
    title = _words(head).removesuffix(codes).strip()
    text = f"{_words(body) if isinstance(body, Tag) else ''} {codes if body is not part else ''}"
    return [title, name, f"{page}#{part['id']}", _KINDS[part.name], text.strip()[:LONGEST]]


def _of_display(part: Tag, name: str, page: str) -> Iterator[list[str]]:
    """Give a chart its words, and a table its caption and cells."""
    if part.name == "figure":
        title, under = part.select_one(".cs-title"), part.select(".cs-subtitle, .cs-under")
        cells = part.select("table th")
    else:
        title, under = part.select_one("caption"), part.select(".cs-under")
        # The rows of some tables have entries of their own.
        cells = part.select("table:not(:has(tr[id])) :is(th, td)")
    if title is None or not part.get("id"):
        return
    text = " ".join(_words(one) for one in [*under, *cells])
    kind = "chart" if part.name == "figure" else "table"
    yield [_words(title), name, f"{page}#{part['id']}", kind, text[: LONGEST * 4]]


def _words(part: Any) -> str:
    return " ".join("".join(_texts(part)).split())


def _texts(part: Any) -> Iterator[str]:
    if isinstance(part, NavigableString):
        yield str(part) if type(part) is NavigableString else ""
    elif part.name not in _NOT_READ and _NOT_READ_CLASSES.isdisjoint(_classes(part)):
        for child in part.children:
            yield from _texts(child)
        if part.name not in ("a", "span", "b", "i", "em", "strong", "code", "sup", "sub"):
            yield " "
