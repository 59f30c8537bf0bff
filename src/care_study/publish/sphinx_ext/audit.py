"""The audit: every claim of the register with its verdict, collected from the executed notebooks.

Directives of the page ``audit``: ``{audit-rule}``, ``{audit-summary}``, ``{audit-table}``. The
counts are facts (``{fact}`audit.claims` ``). Each claim links to the section that judges it, and
each such section gets links back. A claim without exactly one verdict fails the build.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from care_study import paths
from care_study.claims import (
    NO_TEST,
    RANGE_RULE,
    READINGS_RULE,
    ROUNDING_RULE,
    RULE,
    SHOWN,
    Claim,
    ClaimError,
    Register,
    Verdict,
    check_verdicts,
    from_json,
    read_claims,
    read_documents,
    shown_outcome,
    summary,
    verdicts_frame,
)
from care_study.publish.downloads import xlsx_bytes
from care_study.publish.sphinx_ext.displays import Saver, care_table
from care_study.publish.sphinx_ext.facts import source_titles, uses
from care_study.publish.sphinx_ext.notebooks import study_of
from care_study.publish.sphinx_ext.picture import picture
from care_study.show.facts import Fact
from care_study.show.html import render
from care_study.show.table_data import table_content
from care_study.words import format_number, share

logger = logging.getLogger(__name__)

PAGE = "audit"
SOURCES = ("claims", "documents")
DECIDED = ("reproduced", "not contradicted", "contradicted")


@dataclass
class Audit:
    """The register with its verdicts, and the page on which each was given."""

    claims: Register
    documents: dict[str, str]
    verdicts: list[Verdict]
    pages: dict[str, str]

    def in_order(self) -> Iterator[tuple[Claim, Verdict]]:
        """Go through the claims that have a verdict, in the order of the register."""
        found = {verdict.claim: verdict for verdict in self.verdicts}
        for claim in self.claims.values():
            if claim.id in found:
                yield claim, found[claim.id]


class audit_table(nodes.General, nodes.Element):  # noqa: N801
    """The whole register as a table."""


def audit_of(env: BuildEnvironment) -> Audit:
    """Give the audit to directives; there is one where the book has the page ``audit``."""
    found: Audit = env.care_audit
    return found


def collect(app: Sphinx) -> None:
    """Read the register, take the verdicts of all notebooks, and make facts of the counts."""
    if not (Path(app.srcdir) / f"{PAGE}.md").is_file():
        return
    folder = Path(app.config.care_documents or paths.DOCUMENTS)
    study = study_of(app.env)
    recorded = [
        (from_json({key: value for key, value in found.items() if key != "page"}), found["page"])
        for found in study.verdicts
    ]
    app.env.care_audit = Audit(
        claims=read_claims(folder),
        documents=_short_names(read_documents(folder)),
        verdicts=[verdict for verdict, _ in recorded],
        pages={verdict.claim: page for verdict, page in recorded},
    )
    study.documents[PAGE] = PAGE
    for fact in audit_facts(app.env.care_audit):
        study.facts[f"{PAGE}.{fact.name}"] = fact


def _short_names(documents: pd.DataFrame) -> dict[str, str]:
    """Name each document by its author, with the year where it is known."""
    years = documents["date"].str.extract(r"^(\d{4})")[0]
    return {
        str(name): f"{author}, {year}" if isinstance(year, str) else str(author)
        for name, author, year in zip(
            documents["document"], documents["author"], years, strict=True
        )
    }


def audit_facts(audit: Audit) -> list[Fact]:
    """Count headline and supporting claims by what came out, in all and by document, as facts.

    Returns
    -------
    list of Fact
        ``claims`` and ``documents`` of the register; ``weighty`` (headline and supporting claims)
        and ``descriptive``; of the weighty ones ``decided``, ``severe`` (decided by a test that
        could have come out otherwise), ``no_test``, and each of ``SHOWN``, such as
        ``not_contradicted``; and those of each document, such as ``ics_coventry_contradicted``.
    """
    weighty = [one for one in audit.verdicts if one.weight != "descriptive"]
    decided = [one for one in weighty if shown_outcome(one) in DECIDED]
    made = [
        _fact("claims", len(audit.claims), "claims", "claims in the register"),
        _fact("documents", len(audit.documents), "documents", "documents of the study"),
        _fact("weighty", len(weighty), "claims", "headline and supporting claims"),
        _fact(
            "descriptive",
            len(audit.verdicts) - len(weighty),
            "claims",
            "claims that describe: the shape of a team, a date, a limit set by others",
        ),
        _fact("decided", len(decided), "claims", "weighty claims with an outcome"),
        _fact(
            "severe",
            sum(one.severity is not None and one.is_test for one in decided),
            "claims",
            f"decided claims of which fewer than {share(NO_TEST)} of others would come out as well",
        ),
        _fact(
            "no_test",
            sum(not one.is_test for one in decided),
            "claims",
            f"decided claims of which {share(NO_TEST)} or more of others would come out as well",
        ),
    ]
    for outcome in SHOWN:
        words = f"headline and supporting claims: {outcome}"
        members = [one for one in weighty if shown_outcome(one) == outcome]
        made.append(_fact(_snake(outcome), len(members), "claims", words))
        for document in audit.documents:
            number = sum(one.document == document for one in members)
            name = f"{_snake(document)}_{_snake(outcome)}"
            made.append(_fact(name, number, "claims", f"{words}, {audit.documents[document]}"))
    for document in audit.documents:
        number = sum(one.document == document for one in weighty)
        words = f"headline and supporting claims, {audit.documents[document]}"
        made.append(_fact(f"{_snake(document)}_claims", number, "claims", words))
    return made


def _snake(words: str) -> str:
    return words.replace(" ", "_").replace("-", "_")


def _fact(name: str, value: int, unit: str, formula: str) -> Fact:
    text = format_number(value, unit=unit, decimals=0)
    return Fact(name, value, unit, 0, None, None, "", formula, SOURCES, text)


class AuditRule(SphinxDirective):
    """Shows the rule of the verdicts, word for word as the code has it."""

    def run(self) -> list[nodes.Node]:
        """Make a paragraph, a list of the four outcomes, and two paragraphs."""
        listed = nodes.definition_list()
        for outcome, rule in RULE.items():
            item = nodes.definition_list_item()
            item += nodes.term("", outcome.capitalize())
            item += nodes.definition("", nodes.paragraph("", _sentence(rule)))
            listed += item
        after = [nodes.paragraph("", text) for text in (READINGS_RULE, ROUNDING_RULE)]
        return [nodes.paragraph("", RANGE_RULE), listed, *after]


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


class AuditSummary(SphinxDirective):
    """Shows how many claims of each document have which verdict, and places for the facts."""

    def run(self) -> list[nodes.Node]:
        """Make the table; it is read anew in every build, as verdicts come from elsewhere."""
        uses(self.env)["*"] = ""
        audit = audit_of(self.env)
        content = table_content(
            summary_frame(audit),
            name="verdicts",
            caption="Claims by document and verdict",
            sources=SOURCES,
        )
        # Facts link to where they are computed, which is here.
        anchors = nodes.container(ids=[f"fact-{fact.name}" for fact in audit_facts(audit)])
        made = care_table(content=content, notebook=PAGE)
        made += nodes.Text(str(content["caption"]))
        return [anchors, made]


def summary_frame(audit: Audit) -> pd.DataFrame:
    """Count headline and supporting claims by document and outcome, with a last row for all."""
    counts = summary(one for one in audit.verdicts if one.weight != "descriptive")
    counts = counts.drop(columns="weight").groupby("document").sum()
    counts = counts.reindex(list(audit.documents), fill_value=0)
    counts.index = pd.Index([audit.documents[str(name)] for name in counts.index], name="document")
    counts.loc["All"] = counts.sum()
    return counts.rename(columns={"no_test": "of these, no test"}).reset_index()


class AuditTable(SphinxDirective):
    """Shows every claim with its verdict and evidence."""

    def run(self) -> list[nodes.Node]:
        """Make the table; claims without exactly one verdict are a warning."""
        uses(self.env)["*"] = ""
        audit = audit_of(self.env)
        try:
            check_verdicts(audit.claims, audit.verdicts)
        except ClaimError as error:
            logger.warning("audit: %s", error, location=self.get_location())
        made = audit_table()
        # Text that search indexes; the writer shows the table instead.
        words = " ".join(claim.statement for claim in audit.claims.values())
        made += nodes.Text(words)
        return [made]


def table_frame(audit: Audit) -> pd.DataFrame:
    """Put the whole audit in one frame, for the downloads: one row a claim (`verdicts_frame`)."""
    frame = verdicts_frame(audit.claims, [verdict for _, verdict in audit.in_order()])
    return frame.assign(document=frame["document"].map(audit.documents))


def plain_csv(frame: pd.DataFrame) -> bytes:
    """Write a frame with its own column names, for programs; a byte order mark for spreadsheets."""
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def severity_words(verdict: Verdict) -> str:
    """Say how much a verdict says, or why that was not measured."""
    if verdict.severity is None:
        return verdict.unmeasured
    start = "no test: " if not verdict.is_test else ""
    would = "would fail too" if verdict.outcome == "contradicted" else "would do as well"
    return f"{start}{share(verdict.severity)} of {verdict.among} {would}"


def found_words(verdict: Verdict) -> str:
    """Say in few words what was found: the recomputed value, the readings that survive, or why not.

    A verdict without a recomputed number is carried by its readings' labels; one that is not
    testable, by the reason.
    """
    if not verdict.readings:
        return verdict.sentence
    if verdict.recomputed not in ("", "no number"):
        return verdict.recomputed
    survivors = [reading.label for reading in verdict.readings if reading.survives]
    return "; ".join(survivors) or "no reading survives"


def visit_table(translator: Any, node: audit_table) -> None:
    """Write the table, its downloads, and the script that filters and sorts it."""
    builder = translator.builder
    audit = audit_of(builder.env)
    rows = [
        {
            "claim": claim,
            "verdict": verdict,
            "order": SHOWN.index(shown_outcome(verdict)),
            "outcome": shown_outcome(verdict),
            "severity": severity_words(verdict),
            "document": audit.documents[claim.document],
            "found": found_words(verdict),
            "picture": picture(verdict),
            "address": address_of(builder, verdict),
        }
        for claim, verdict in audit.in_order()
    ]
    content = table_content(
        table_frame(audit), name="audit", caption="Every claim and its verdict", sources=SOURCES
    )
    save = Saver(builder, PAGE)
    lines = source_titles(builder.app, SOURCES)
    workbook = xlsx_bytes(content, book=builder.config.html_title, source_lines=lines)
    links = [
        ("CSV", save("audit.csv", plain_csv(table_frame(audit)))),
        ("XLSX", save("audit.xlsx", workbook)),
    ]
    depth = builder.get_target_uri(builder.current_docname).count("/")
    script = "../" * depth + "_static/audit.js"
    translator.body.append(render("audit.html", rows=rows, links=links, script=script))
    raise nodes.SkipNode


def address_of(builder: Any, verdict: Verdict) -> str:
    """Find the address of the section that judges a claim; empty where there is none."""
    labels = builder.env.get_domain("std").anonlabels
    if verdict.section not in labels:
        return ""
    page, anchor = labels[verdict.section]
    return f"{builder.get_relative_uri(builder.current_docname, page)}#{anchor}"


def check_sections(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of a verdict whose section is not in the book, or on another page than the verdict."""
    if not hasattr(env, "care_audit") or PAGE not in env.found_docs:
        return
    audit = audit_of(env)
    labels = env.get_domain("std").anonlabels
    for verdict in audit.verdicts:
        page = audit.pages[verdict.claim]
        if labels.get(verdict.section, ("", ""))[0] != page:
            logger.warning(
                "audit: the verdict on %s names the section %r, which %s does not have. Put "
                "(%s)= before the section that judges it.",
                verdict.claim,
                verdict.section,
                page,
                verdict.section,
                location=page,
            )


def link_back(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """End every section that judges claims with their verdicts, each linked to its audit row."""
    env = app.env
    if not hasattr(env, "care_audit") or PAGE not in env.found_docs:
        return
    audit = audit_of(env)
    address = app.builder.get_relative_uri(docname, PAGE)
    judged: dict[str, list[Verdict]] = {}
    for _, verdict in audit.in_order():
        if audit.pages[verdict.claim] == docname:
            judged.setdefault(nodes.make_id(verdict.section), []).append(verdict)
    for section in list(doctree.findall(nodes.section)):
        here = [verdict for name in section["ids"] for verdict in judged.get(name, ())]
        if here:
            deeper = section.first_child_matching_class(nodes.section)
            place = len(section) if deeper is None else deeper
            section.insert(place, _links(here, audit.claims, address))


def _links(verdicts: Sequence[Verdict], claims: Register, address: str) -> nodes.paragraph:
    made = nodes.paragraph(classes=["cs-judged"])
    made += nodes.Text("Judged here, in the audit: ")
    for number, verdict in enumerate(verdicts):
        made += nodes.Text(". " if number else "")
        statement = claims[verdict.claim].statement
        target = f"{address}#audit-{verdict.claim}"
        made += nodes.reference("", statement, refuri=target, internal=True)
        made += nodes.Text(f" {_sentence(shown_outcome(verdict))}")
    made += nodes.Text(".")
    return made


def visit_plain(translator: Any, node: audit_table) -> None:
    """Other writers show the statements alone."""


def setup(app: Sphinx) -> None:
    """Register the directives, the table, and the links in both directions."""
    app.add_config_value("care_documents", "", "env", str)
    app.add_directive("audit-rule", AuditRule)
    app.add_directive("audit-summary", AuditSummary)
    app.add_directive("audit-table", AuditTable)
    plain = (visit_plain, visit_plain)
    app.add_node(audit_table, html=(visit_table, None), text=plain, latex=plain)
    # After the notebooks have been read, which happens at the same event.
    app.connect("builder-inited", collect, priority=600)
    app.connect("env-check-consistency", check_sections)
    app.connect("doctree-resolved", link_back)
