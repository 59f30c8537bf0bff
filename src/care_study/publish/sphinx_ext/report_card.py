"""One page a document: its headline claims drawn beside everyone else, then the rest as rows.

``{report-card} <document>`` on a page shows the card; ``reviews`` gives the page's ClaimReviews.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from care_study.claims import NOTHING, SHOWN, Claim, Verdict, shown_outcome
from care_study.publish.crate import day
from care_study.publish.sphinx_ext.audit import (
    PAGE,
    Audit,
    address_of,
    audit_of,
    found_words,
    severity_words,
)
from care_study.publish.sphinx_ext.facts import uses
from care_study.publish.sphinx_ext.picture import picture
from care_study.show.html import render

REVIEWED = ("reproduced", "contradicted")


class report_card(nodes.General, nodes.Element):  # noqa: N801
    """The card of one document."""


class ReportCard(SphinxDirective):
    """Shows the card of a document of the register."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the card; an unknown document is an error."""
        uses(self.env)["*"] = ""
        audit = audit_of(self.env)
        name = self.arguments[0]
        if name not in audit.documents:
            raise self.error(
                f"There is no document {name!r}; expected one of {', '.join(audit.documents)}."
            )
        made = report_card(document=name)
        made += nodes.Text(
            " ".join(claim.statement for claim, _ in _of(audit, name) if claim.weight == "headline")
        )
        return [made]


def _of(audit: Audit, document: str) -> list[tuple[Claim, Verdict]]:
    return [(claim, one) for claim, one in audit.in_order() if claim.document == document]


def _row(builder: Any, claim: Claim, verdict: Verdict) -> dict[str, Any]:
    decided = shown_outcome(verdict) != NOTHING
    return {
        "statement": claim.statement,
        "address": address_of(builder, verdict),
        "picture": picture(verdict),
        "found": found_words(verdict) if decided and verdict.recomputed != "no number" else "",
        "outcome": shown_outcome(verdict),
        "order": SHOWN.index(shown_outcome(verdict)),
        "held_against": verdict.held_against if decided else "",
        "severity": severity_words(verdict),
    }


def visit_card(translator: Any, node: report_card) -> None:
    """Write the card."""
    builder = translator.builder
    mine = _of(audit_of(builder.env), node["document"])
    known = [(claim, one) for claim, one in mine if shown_outcome(one) != NOTHING]
    headline = [_row(builder, *one) for one in mine if one[0].weight == "headline"]
    rest = [_row(builder, *one) for one in known if one[0].weight == "supporting"]
    left = sum(claim.weight == "supporting" for claim, _ in mine) - len(rest)
    here = builder.current_docname
    audit = builder.get_relative_uri(here, PAGE)
    html = render(
        "report_card.html",
        headline=headline,
        rest=rest,
        left=left,
        audit=f"{audit}#audit-table",
        rules=audit,
    )
    translator.body.append(html)
    raise nodes.SkipNode


def visit_plain(translator: Any, node: report_card) -> None:
    """Other writers show the statements alone."""


def reviews(app: Sphinx, document: str, terms: dict[str, Any]) -> list[dict[str, Any]]:
    """Describe headline claims that passed or failed a severe test, as ClaimReview.

    Only claims that are reproduced or contradicted, and for which too few others would have come
    out alike to call it no test. The wording says what the figures show, nothing about its author.
    """
    audit = audit_of(app.env)
    return [
        {
            "@type": "ClaimReview",
            "claimReviewed": claim.statement,
            "datePublished": day(),
            **terms,
            "itemReviewed": {
                "@type": "Claim",
                "name": claim.statement,
                "appearance": {"@type": "CreativeWork", "name": audit.documents[document]},
            },
            "reviewRating": {
                "@type": "Rating",
                "alternateName": f"{verdict.outcome.capitalize()} in public figures",
                "ratingExplanation": f"{verdict.sentence} {severity_words(verdict)}.",
            },
        }
        for claim, verdict in _of(audit, document)
        if claim.weight == "headline"
        and verdict.outcome in REVIEWED
        and verdict.severity is not None
        and verdict.is_test
    ]


def setup(app: Sphinx) -> None:
    """Register the directive and its node."""
    app.add_directive("report-card", ReportCard)
    plain = (visit_plain, visit_plain)
    app.add_node(report_card, html=(visit_card, None), text=plain, latex=plain)
