"""What the page template shows around the text: paths, contents, description, provenance."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from markupsafe import Markup
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from care_study.publish.archive import NAME as ARCHIVE
from care_study.publish.sphinx_ext.card import NAME as CARD
from care_study.publish.sphinx_ext.displays import DOWNLOADS, care_figure, care_table
from care_study.publish.sphinx_ext.elements import chapter_box
from care_study.publish.sphinx_ext.facts import fact_reference, sources_of
from care_study.publish.sphinx_ext.linked_data import linked_data
from care_study.publish.sphinx_ext.notebooks import study_of
from care_study.show.html import render

MOST_CHILDREN = 24
LONGEST_DESCRIPTION = 155

# Scripts and styles come from files of the book only; nothing comes from elsewhere. `file:` is
# there because a browser that opens the book from a folder may not count its files as its own.
# The typeface travels in the style sheet. `connect-src` is for tools that check a page and fetch
# its style sheets and robots.txt to do so.
POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; "
    "style-src-attr 'unsafe-inline'; img-src 'self' file: data:; font-src data:; "
    "connect-src 'self'; "
    "base-uri 'none'; form-action 'self' file:"
)


def read_parts(app: Sphinx, builder: Any) -> None:
    """Read the parts and chapters of the book once, before pages are written."""
    env = app.env
    if not isinstance(builder, StandaloneHTMLBuilder):
        return
    root = env.get_doctree(app.config.root_doc)
    env.care_parts = [
        (tree.get("caption") or "", [name for _, name in tree["entries"] if name in env.titles])
        for tree in root.findall(addnodes.toctree)
    ]


def navigation(app: Sphinx, pagename: str, above: set[str]) -> list[dict[str, Any]]:
    """List the contents of the book as seen from a page: parts, chapters, pages of this chapter."""
    uri = app.builder.get_relative_uri

    def entry(name: str, deep: bool) -> dict[str, Any]:
        title = app.env.titles[name].astext()
        children = app.env.toctree_includes.get(name, []) if deep else []
        if len(children) > MOST_CHILDREN:
            children = [child for child in children if child == pagename]
        is_open = name == pagename or name in above
        return {
            "title": title,
            "address": uri(pagename, name),
            "current": name == pagename,
            "children": [entry(child, True) for child in children] if is_open else [],
        }

    home = entry(app.config.root_doc, False)
    home["title"] = "Summary"
    parts = [
        {"caption": caption, "entries": [entry(name, True) for name in names]}
        for caption, names in app.env.care_parts
    ]
    return [{"caption": "", "entries": [home]}, *parts]


def sections(app: Sphinx, pagename: str) -> list[dict[str, str]]:
    """List the second-level headings of a page, for "On this page"."""
    tree = app.env.tocs.get(pagename)
    if tree is None or not tree.children:
        return []
    first = tree.children[0]
    lists = [child for child in first.children if isinstance(child, nodes.bullet_list)]
    found = []
    for item in lists[0].children if lists else []:
        link = item.next_node(nodes.reference)
        if link is not None and link.get("anchorname"):
            found.append({"title": link.astext(), "address": link["anchorname"]})
    return found


def description(doctree: nodes.document | None, fallback: str) -> str:
    """Take the first paragraph of a page, cut at a word."""
    for paragraph in doctree.findall(nodes.paragraph) if doctree is not None else ():
        if not isinstance(paragraph.parent, nodes.section | nodes.document | chapter_box):
            continue
        text = " ".join(paragraph.astext().split())
        if len(text) <= LONGEST_DESCRIPTION:
            return text
        return text[: LONGEST_DESCRIPTION - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
    return fallback


def source_notebook(pagename: str) -> str:
    """Name the notebook in ``notebooks/`` that a page was executed from."""
    folder, _, name = pagename.rpartition("/")
    if name.startswith("profile-"):
        return "profile"
    return f"atlas_{name}" if folder == "atlas" else name


def provenance(app: Sphinx, pagename: str) -> dict[str, Any]:
    """Where a page comes from: data, code, parameters, and how to run it."""
    config = app.config
    study = study_of(app.env)
    notebook = pagename.rpartition("/")[2] if pagename in study.parameters else ""
    parameters = study.parameters.get(pagename, {})
    named = source_notebook(pagename)
    command = config.care_run_command.replace("{notebook}", named) if notebook else ""
    if named != notebook and "area" in parameters:
        command += f" --area {shlex.quote(str(parameters['area']))}"
    return {
        "vintage": config.care_vintage,
        "revision": config.care_revision,
        "notebook": notebook,
        "parameters": parameters,
        "command": command,
    }


def fill(app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Give the page template what it shows."""
    if not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    base = app.config.html_baseurl
    if pagename == "404" and base:
        # A server shows this page at any depth, where relative addresses would lead astray.
        root = base.rstrip("/") + "/"
        context["pathto"] = lambda name, resource=False: (
            root + (name if resource else app.builder.get_target_uri(name))
        )
    above = set(_ancestors(app, pagename))
    about = description(doctree, app.config.care_description)
    known = pagename in app.env.titles
    card = f"_static/{CARD}"
    context.update(
        care_card=f"{base.rstrip('/')}/{card}" if base else context["pathto"](card, resource=True),
        care_policy=POLICY,
        care_navigation=navigation(app, pagename, above),
        care_sections=sections(app, pagename) if known else [],
        care_description=about,
        care_origin=provenance(app, pagename),
        care_linked_data=linked_data(app, pagename, context.get("title") or "", about, doctree),
        care_book=app.config.html_title,
        care_pdf=app.config.care_pdf,
        care_archive=f"{DOWNLOADS}/{ARCHIVE}",
        care_has_code=doctree is not None and any(doctree.findall(HideCodeCellNode)),
        care_sources=page_sources(app, doctree) if doctree is not None else "",
        care_is_home=pagename == app.config.root_doc,
        care_vega=context["pathto"]("vega/vega.js", resource=True),
    )


def page_sources(app: Sphinx, doctree: nodes.document) -> Markup | str:
    """Write the list of all sources of a page's figures, tables and facts, with their addresses."""
    names: dict[str, None] = {}
    for shown in doctree.findall(_is_display):
        names |= dict.fromkeys(shown["content"]["sources"])
    facts = study_of(app.env).facts
    for shown in doctree.findall(fact_reference):
        names |= dict.fromkeys(facts[shown["fact"]].sources)
    found = [source for source in sources_of(app, names) if source.places]
    return Markup(render("page_sources.html", sources=found)) if found else ""


def _is_display(node: nodes.Node) -> bool:
    return isinstance(node, care_figure | care_table)


def _ancestors(app: Sphinx, pagename: str) -> Iterator[str]:
    """Pages above a page in the table of contents."""
    parents = {
        child: parent
        for parent, children in app.env.toctree_includes.items()
        for child in children
        if parent != app.config.root_doc
    }
    while pagename in parents:
        pagename = parents[pagename]
        yield pagename


def extra_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Pages that no source file makes."""
    yield "404", {"title": "Page not found", "body": ""}, "404.html"
    yield "search", {"title": "Search", "body": ""}, "search.html"


def search_ourselves(app: Sphinx) -> None:
    """Let Sphinx write no index: ours finds numbers and forgives mistakes in typing."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        app.builder.search = False


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("builder-inited", search_ourselves)
    app.connect("write-started", read_parts)
    app.connect("html-page-context", fill, priority=900)
    app.connect("html-collect-pages", extra_pages)
