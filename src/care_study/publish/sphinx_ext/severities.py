"""A histogram of every verdict's severity, for the audit: ``{audit-severity}``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from care_study.claims import NO_TEST, Verdict
from care_study.publish.sphinx_ext.audit import audit_of
from care_study.publish.sphinx_ext.facts import uses
from care_study.show.html import render
from care_study.words import count, share

WIDTH, HEIGHT, TOP, BASE = 640.0, 170.0, 18.0, 150.0
BINS = 10


class severity_histogram(nodes.General, nodes.Element):  # noqa: N801
    """The histogram."""


class AuditSeverity(SphinxDirective):
    """Shows how many verdicts say how much."""

    def run(self) -> list[nodes.Node]:
        """Make the histogram; it is drawn anew in every build."""
        uses(self.env)["*"] = ""
        return [severity_histogram()]


def histogram(verdicts: Sequence[Verdict]) -> str:
    """Draw the number of verdicts by severity, in tenths; those that are no test in another tone.

    A number stands above each bar; a caption says the same in words, with how many verdicts have
    no severity.
    """
    known = [one.severity for one in verdicts if one.severity is not None]
    counts = [0] * BINS
    for value in known:
        counts[min(int(value * BINS + 1e-9), BINS - 1)] += 1
    wide, tall = WIDTH / BINS, (BASE - TOP) / max([*counts, 1])
    bars, numbers = [], []
    for place, number in enumerate(counts):
        height, x = round(number * tall, 1), place * wide
        kind = "empty" if place / BINS >= NO_TEST else "full"
        top = round(BASE - height, 1)
        bars.append({"x": x + 2, "y": top, "width": wide - 4, "height": height, "kind": kind})
        numbers.append({"x": x + wide / 2, "y": top - 4, "words": str(number)})
    ticks = [
        {"x": place * wide + wide / 2, "words": f"{place * 10} to {place * 10 + 10}%"}
        for place in range(BINS)
    ]
    no_test = sum(value >= NO_TEST for value in known)
    words = (
        f"Share of others for whom the claim would have come out as well, {count(len(known))} "
        f"verdicts. {count(no_test)} lie at {share(NO_TEST)} or more: no test. "
        f"{count(len(verdicts) - len(known))} verdicts have none, for the reason beside each."
    )
    return render(
        "severities.svg",
        width=WIDTH,
        height=HEIGHT,
        bars=bars,
        ticks=ticks,
        counts=numbers,
        words=words,
    )


def visit(translator: Any, node: severity_histogram) -> None:
    """Write the histogram."""
    translator.body.append(histogram(audit_of(translator.builder.env).verdicts))
    raise nodes.SkipNode


def visit_plain(translator: Any, node: severity_histogram) -> None:
    """Other writers leave it out."""
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the directive and its node."""
    app.add_directive("audit-severity", AuditSeverity)
    plain = (visit_plain, None)
    app.add_node(severity_histogram, html=(visit, None), text=plain, latex=plain)
