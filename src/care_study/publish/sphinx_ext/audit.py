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
    RANGE_RULE,
    READINGS_RULE,
    RULE,
    VERDICTS,
    Claim,
    ClaimError,
    Register,
    Verdict,
    check_verdicts,
    from_json,
    read_claims,
    read_documents,
    summary,
)
from care_study.publish.downloads import csv_bytes, xlsx_bytes
from care_study.publish.sphinx_ext.displays import Saver, care_table
from care_study.publish.sphinx_ext.facts import source_titles, uses
from care_study.publish.sphinx_ext.notebooks import study_of
from care_study.show.facts import Fact
from care_study.show.html import render
from care_study.show.table_data import table_content
from care_study.words import format_number

logger = logging.getLogger(__name__)

PAGE = "audit"
SOURCES = ("claims", "documents")


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
    """Count the claims by verdict, in all and by document, as facts.

    Returns
    -------
    list of Fact
        ``claims``, ``documents``, ``testable``, ``reproduced``, ``consistent``,
        ``not_reproduced``, ``not_testable``; and the claims and verdicts of each document, such as
        ``ics_coventry_claims`` and ``ics_coventry_not_testable``.
    """
    counts = summary(audit.verdicts)
    made = [
        _fact("claims", len(audit.claims), "claims", "claims in the register"),
        _fact("documents", len(audit.documents), "documents", "documents of the study"),
        _fact(
            "testable",
            sum(claim.check != "not testable" for claim in audit.claims.values()),
            "claims",
            "claims that public figures or arithmetic can be held against",
        ),
    ]
    for verdict in VERDICTS:
        total = int(counts[verdict].sum()) if len(counts) else 0
        made.append(_fact(_snake(verdict), total, "claims", f"claims with the verdict {verdict}"))
    for document, row in counts.iterrows():
        for column in ("claims", *VERDICTS):
            words = "claims" if column == "claims" else f"claims with the verdict {column}"
            name = f"{_snake(str(document))}_{_snake(column)}"
            made.append(_fact(name, int(row[column]), "claims", f"{words}, {document}"))
    return made


def _snake(words: str) -> str:
    return words.replace(" ", "_").replace("-", "_")


def _fact(name: str, value: int, unit: str, formula: str) -> Fact:
    text = format_number(value, unit=unit, decimals=0)
    return Fact(name, value, unit, 0, None, None, "", formula, SOURCES, text)


class AuditRule(SphinxDirective):
    """Shows the rule of the verdicts, word for word as the code has it."""

    def run(self) -> list[nodes.Node]:
        """Make a paragraph, a list of the four verdicts, and a paragraph."""
        listed = nodes.definition_list()
        for verdict, rule in RULE.items():
            item = nodes.definition_list_item()
            item += nodes.term("", verdict.capitalize())
            item += nodes.definition("", nodes.paragraph("", _sentence(rule)))
            listed += item
        return [nodes.paragraph("", RANGE_RULE), listed, nodes.paragraph("", READINGS_RULE)]


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
    """Count verdicts by document, the documents by their short names, with a last row for all."""
    counts = summary(audit.verdicts).reindex(list(audit.documents), fill_value=0)
    counts.index = pd.Index([audit.documents[str(name)] for name in counts.index], name="document")
    counts.loc["All"] = counts.sum()
    return counts.rename(columns=str.capitalize).reset_index()


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
        words = " ".join(claim.paraphrase for claim in audit.claims.values())
        made += nodes.Text(words)
        return [made]


def table_frame(audit: Audit) -> pd.DataFrame:
    """Put the whole audit in one frame, for the downloads: one row a claim."""
    return pd.DataFrame(
        [
            {
                "claim": claim.id,
                "document": audit.documents[claim.document],
                "place": claim.locator,
                "authority": claim.authority,
                "theme": claim.theme,
                "statement": claim.paraphrase,
                "claimed": claim.text,
                "found": found_words(verdict),
                "verdict": verdict.verdict,
                "sentence": verdict.sentence,
            }
            for claim, verdict in audit.in_order()
        ]
    )


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
            "order": VERDICTS.index(verdict.verdict),
            "document": audit.documents[claim.document],
            "found": found_words(verdict),
            "address": _address(builder, verdict),
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
        ("CSV", save("audit.csv", csv_bytes(content))),
        ("XLSX", save("audit.xlsx", workbook)),
    ]
    depth = builder.get_target_uri(builder.current_docname).count("/")
    script = "../" * depth + "_static/audit.js"
    translator.body.append(render("audit.html", rows=rows, links=links, script=script))
    raise nodes.SkipNode


def _address(builder: Any, verdict: Verdict) -> str:
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
            section.insert(place, _links(here, address))


def _links(verdicts: Sequence[Verdict], address: str) -> nodes.paragraph:
    made = nodes.paragraph(classes=["cs-judged"])
    made += nodes.Text("Judged here, in the audit: ")
    for number, verdict in enumerate(verdicts):
        made += nodes.Text("; " if number else "")
        link = nodes.reference(
            "", verdict.claim, refuri=f"{address}#audit-{verdict.claim}", internal=True
        )
        made += link
        made += nodes.Text(f" {verdict.verdict}")
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
