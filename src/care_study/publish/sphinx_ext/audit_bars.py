"""The outcome of the audit as bars: one of all claims that carry a message, or one a document.

The directive ``{audit-bars}`` draws one bar; ``{audit-bars} documents`` one a document. The words
beneath say the same as the bars, which are therefore hidden from who reads with a screen reader.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from care_study.claims import NOTHING, Verdict, shown_outcome
from care_study.publish.sphinx_ext.audit import PAGE, Audit, audit_of
from care_study.publish.sphinx_ext.facts import uses
from care_study.show.html import render

NO_TEST = "no test"
# What is drawn, in order, and how a reader would say it.
PARTS = {
    "reproduced": "agree with public figures or the document’s own",
    "not contradicted": "could be right: the figures do not speak against them",
    "contradicted": "do not agree with public figures",
    NO_TEST: "would have come out as well nearly anywhere, and so say little",
    "undecided": "could be read either way",
    NOTHING: "rest on records that are not public",
}


class audit_bars(nodes.General, nodes.Element):  # noqa: N801
    """Bars of the outcomes."""


class AuditBars(SphinxDirective):
    """Shows what came out of the audit, as bars."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Leave a place; the verdicts of all notebooks are counted when the page is written."""
        uses(self.env)["*"] = ""
        return [audit_bars(by_document=self.arguments == ["documents"])]


def part_of(verdict: Verdict) -> str:
    """Name the part of the bar that a verdict belongs to: its outcome, or that it tests nothing."""
    outcome = shown_outcome(verdict)
    is_open = outcome in ("undecided", NOTHING)
    return outcome if is_open or verdict.is_test else NO_TEST


def counts(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """Count verdicts on claims that carry a message, by the part of the bar."""
    found = Counter(part_of(one) for one in verdicts if one.weight != "descriptive")
    return {part: found[part] for part in PARTS}


def bars(audit: Audit, *, by_document: bool) -> list[dict[str, Any]]:
    """Describe each bar: its name, its whole and its parts with their shares in percent."""
    groups = (
        [
            (name, [one for one in audit.verdicts if one.document == document])
            for document, name in audit.documents.items()
        ]
        if by_document
        else [("", audit.verdicts)]
    )
    made = []
    for name, verdicts in groups:
        found = counts(verdicts)
        whole = sum(found.values())
        parts = [
            {"order": order, "name": part, "count": found[part], "share": 100 * found[part] / whole}
            for order, part in enumerate(PARTS)
            if found[part]
        ]
        made.append({"name": name, "whole": whole, "parts": parts})
    return [one for one in made if one["whole"]]


def visit(translator: Any, node: audit_bars) -> None:
    """Write the bars and what their parts mean."""
    builder = translator.builder
    audit = audit_of(builder.env)
    key = [
        {"order": order, "name": part, "count": number, "words": PARTS[part]}
        for order, (part, number) in enumerate(counts(audit.verdicts).items())
        if number or part == "contradicted"
    ]
    here = builder.current_docname
    address = "" if here == PAGE else builder.get_relative_uri(here, PAGE)
    drawn = bars(audit, by_document=node["by_document"])
    translator.body.append(render("audit_bars.html", bars=drawn, key=key, address=address))
    raise nodes.SkipNode


def visit_plain(translator: Any, node: nodes.Element) -> None:
    """Other writers show nothing."""


def setup(app: Sphinx) -> None:
    """Register the directive and its node."""
    plain = (visit_plain, visit_plain)
    app.add_directive("audit-bars", AuditBars)
    app.add_node(audit_bars, html=(visit, None), text=plain, latex=plain)
