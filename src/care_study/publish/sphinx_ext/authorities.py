"""Find your authority: links to the pages of all authorities, where the book has them.

The directive ``{find-authority}`` lists them under a heading that unfolds; with a script a name can
be typed instead. Without these pages the links lead to the page on which any authority can be
picked, and a book without that says how they are made.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from care_study.publish.sphinx_ext.explorer import explored_areas
from care_study.show.html import render

FOLDER, PROFILE = "atlas/", "atlas/profile-"


class find_authority(nodes.General, nodes.Element):  # noqa: N801
    """A search for the page of an authority."""


class FindAuthority(SphinxDirective):
    """Shows the search, and the list of all authorities."""

    def run(self) -> list[nodes.Node]:
        """Leave a place; which pages there are is known when the page is written."""
        return [find_authority()]


def visit(translator: Any, node: find_authority) -> None:
    """Write the search with its list, or what to do instead."""
    builder = translator.builder
    env, here = builder.env, builder.current_docname
    pages = [
        {"name": env.titles[page].astext(), "address": builder.get_relative_uri(here, page)}
        for page in env.found_docs
        if page.startswith(PROFILE)
    ]
    document, areas = explored_areas(env)
    explore = builder.get_relative_uri(here, document) if document else ""
    if not pages:
        pages = [{"name": area, "address": f"{explore}#area={quote(area)}"} for area in areas]
    pages.sort(key=lambda page: page["name"])
    has_table = f"{FOLDER}league" in env.found_docs
    league = builder.get_relative_uri(here, f"{FOLDER}league") if has_table else ""
    translator.body.append(
        render(
            "find_authority.html",
            pages=pages,
            explore=explore,
            league=league,
            rerun=builder.get_relative_uri(here, "rerun"),
        )
    )
    raise nodes.SkipNode


def visit_plain(translator: Any, node: nodes.Element) -> None:
    """Other writers show nothing."""


def setup(app: Sphinx) -> None:
    """Register the directive and its node."""
    plain = (visit_plain, visit_plain)
    app.add_directive("find-authority", FindAuthority)
    app.add_node(find_authority, html=(visit, None), text=plain, latex=plain)
