"""Elements of a page that Sphinx and MyST-NB write in a way that not everyone can use, mended."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from care_study.publish.sphinx_ext.notebooks import OPENING, figure_of
from care_study.show import svg
from care_study.show.html import render

WORDS_PER_MINUTE = 220


class chapter_box(nodes.General, nodes.Element):  # noqa: N801
    """What a chapter shows, and how long it takes to read."""


class chapter_picture(nodes.General, nodes.Element):  # noqa: N801
    """The picture of a chapter, small, on another page."""


class scroll_region(nodes.General, nodes.Element):  # noqa: N801
    """A region that scrolls by itself and can be reached by keyboard."""


class ChapterBox(SphinxDirective):
    """The box at the top of a chapter; its content says what the chapter shows."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Parse the content; the reading time is filled in when the page is complete."""
        box = chapter_box(minutes=1)
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


class Findings(SphinxDirective):
    """Findings side by side, as cards; those named ``pictures`` take the page's width."""

    has_content = True
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Parse the findings."""
        wide = ["cs-out", "cs-pictures"] if self.arguments == ["pictures"] else []
        cards = nodes.container(classes=["cs-findings", *wide])
        self.state.nested_parse(self.content, self.content_offset, cards)
        return [cards]


class Finding(SphinxDirective):
    """One finding: its sentence links to the chapter; the content says how sure it is."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {
        "link": directives.unchanged_required,
        "picture": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Parse the sentence and the content."""
        card = nodes.container(classes=["cs-finding"])
        words, messages = self.state.inline_text(self.arguments[0], self.lineno)
        title = nodes.paragraph(classes=["cs-finding-title"])
        title += self._linked(nodes.inline("", "", *words)) if "link" in self.options else words
        card += title
        if "picture" in self.options:
            card += self._picture(self.options["picture"])
        self.state.nested_parse(self.content, self.content_offset, card)
        return [card, *messages]

    def _picture(self, name: str) -> nodes.Node:
        """Take the picture of a chapter, as it is drawn for a phone."""
        found = figure_of(self.env, name)
        if found is None:
            raise self.error(f"no notebook of the book shows a figure {name!r}")
        return chapter_picture(svg=found["narrow"], alt=found["alt"], name=name.replace(".", "-"))

    def _linked(self, words: nodes.inline) -> addnodes.pending_xref:
        return addnodes.pending_xref(
            "",
            words,
            refdomain="std",
            reftype="doc",
            reftarget=self.options["link"],
            refdoc=self.env.docname,
            refexplicit=True,
            refwarn=True,
        )


def fill_reading_times(app: Sphinx, doctree: nodes.document) -> None:
    """Count a page's words, without code, and give each chapter box the minutes to read them."""
    for box in doctree.findall(chapter_box):
        words = sum(len(part.astext().split()) for part in doctree.findall(nodes.paragraph))
        box["minutes"] = max(1, math.ceil(words / WORDS_PER_MINUTE))


def wrap_tables(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put every table of a prose page in a region that scrolls by itself."""
    for number, table in enumerate(list(doctree.findall(nodes.table)), start=1):
        if isinstance(table.parent, scroll_region):
            continue
        title = table.next_node(nodes.title)
        region = scroll_region(label=title.astext() if title else f"Table {number} of this page")
        table.replace_self(region)
        region += table


def visit_box(translator: Any, node: chapter_box) -> None:
    """Open the box."""
    minutes = node["minutes"]
    unit = "minute" if minutes == 1 else "minutes"
    translator.body.append(
        '<aside class="cs-box" aria-label="What this chapter shows">'
        f'<p class="cs-box-head"><b>What this chapter shows</b> <span>{minutes} {unit} to read'
        "</span></p>\n"
    )


def depart_box(translator: Any, node: chapter_box) -> None:
    """Close the box."""
    translator.body.append("</aside>\n")


def visit_picture(translator: Any, node: chapter_picture) -> None:
    """Write the drawing."""
    translator.body.append(svg.inline(node["svg"], node["name"], node["alt"], "small"))
    raise nodes.SkipNode


def visit_region(translator: Any, node: scroll_region) -> None:
    """Open the region."""
    translator.body.append(
        translator.starttag(
            {},
            "div",
            CLASS="cs-scroll",
            role="region",
            tabindex="0",
            **{"aria-label": node["label"]},
        )
    )


def depart_region(translator: Any, node: scroll_region) -> None:
    """Close the region."""
    translator.body.append("</div>\n")


def visit_code(translator: Any, node: HideCodeCellNode) -> None:
    """Open a disclosure for code, labelled by the words that one sees."""
    words = node["prompt_show"] if node.get("prompt_show") == OPENING else "Show the code"
    translator.body.append(f'<details class="cs-code"><summary>{words}</summary>\n')


def depart_code(translator: Any, node: HideCodeCellNode) -> None:
    """Close the disclosure."""
    translator.body.append("</details>\n")


def visit_citation(translator: Any, node: nodes.citation) -> None:
    """Write an entry of a bibliography as a plain block that can be linked to."""
    translator.body.append(translator.starttag(node, "div", CLASS="citation"))


def depart_citation(translator: Any, node: nodes.citation) -> None:
    """Close the entry."""
    translator.body.append("</div>\n")


def visit_citation_label(translator: Any, node: nodes.label) -> None:
    """Write the label of an entry or footnote without a role."""
    translator.body.append(render("label.html", text=node.astext(), backrefs=_backrefs(node)))
    raise nodes.SkipNode


def _backrefs(node: nodes.label) -> list[str]:
    parent = node.parent
    return list(parent["backrefs"]) if isinstance(parent, nodes.Element) else []


def _pass(translator: Any, node: nodes.Element) -> None:
    """Other writers show the content alone."""


def setup(app: Sphinx) -> None:
    """Register the elements and what replaces them."""
    plain = (_pass, _pass)
    app.add_directive("chapter-box", ChapterBox)
    app.add_directive("findings", Findings)
    app.add_directive("finding", Finding)
    app.add_node(chapter_box, html=(visit_box, depart_box), text=plain, latex=plain)
    app.add_node(chapter_picture, html=(visit_picture, None), text=plain, latex=plain)
    app.add_node(scroll_region, html=(visit_region, depart_region), text=plain, latex=plain)
    app.add_node(HideCodeCellNode, override=True, html=(visit_code, depart_code))
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    app.add_node(nodes.label, override=True, html=(visit_citation_label, None))
    app.connect("doctree-read", fill_reading_times)
    app.connect("doctree-resolved", wrap_tables)
