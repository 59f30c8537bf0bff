"""Facts in prose: a role that shows one, an index of all, and which pages to read again."""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Iterable
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective, SphinxRole

from care_study.publish.sources import Source
from care_study.publish.sphinx_ext.notebooks import Study, study_of
from care_study.show.facts import Fact
from care_study.show.html import render

LONGEST_UNBROKEN = 14
FORMS = ("number", "range", "interval")


class fact_reference(nodes.Inline, nodes.TextElement):  # noqa: N801  docutils names nodes so
    """A fact in prose: its text, with its provenance at hand."""


class FactRole(SphinxRole):
    """Shows a fact: ``{fact}`coventry.rate_2018` ``, or as ``{fact}`rate_2018:interval` ``."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Show the fact; an unknown one is a warning, which fails the build of the book."""
        asked, _, form = self.text.strip().partition(":")
        name = full_name(self.env, asked)
        fact = study_of(self.env).facts.get(name)
        if fact is None or (form and form not in FORMS):
            why = f"form {form!r}, expected one of {FORMS}" if fact else _not_found(self.env, name)
            message = self.inliner.reporter.warning(f"fact {self.text!r}: {why}", line=self.lineno)
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        uses(self.env)[name] = digest(fact)
        text = getattr(fact, form) if form else fact.text
        node = fact_reference(self.rawtext, text, fact=name)
        return [node], []


def full_name(env: BuildEnvironment, name: str) -> str:
    """Write a fact's full name; on a notebook's own page the notebook may be left out."""
    if "." in name:
        return name
    return f"{env.docname.rpartition('/')[2]}.{name}"


def _not_found(env: BuildEnvironment, name: str) -> str:
    notebook = name.rpartition(".")[0]
    same = [known for known in study_of(env).facts if known.rpartition(".")[0] == notebook]
    if not same:
        return f"no notebook {notebook!r} with facts in the book; was it run?"
    close = [known.rpartition(".")[2] for known in same][:40]
    return f"no such fact in {notebook}; it records {', '.join(close)}"


def digest(fact: Fact) -> str:
    """Take a fingerprint of everything that a page shows about a fact."""
    return hashlib.sha256(repr(fact).encode()).hexdigest()


def uses(env: BuildEnvironment) -> dict[str, str]:
    """Facts that the page being read shows, with their fingerprints."""
    return _all_uses(env).setdefault(env.docname, {})


def _all_uses(env: BuildEnvironment) -> dict[str, dict[str, str]]:
    if not hasattr(env, "care_fact_uses"):
        env.care_fact_uses = {}
    found: dict[str, dict[str, str]] = env.care_fact_uses
    return found


def _outdated(app: Sphinx, env: BuildEnvironment, *_: Any) -> list[str]:
    """Pages to read again: a fact that they show has changed, or they list all facts."""
    now = {name: digest(fact) for name, fact in study_of(env).facts.items()}
    return [
        page
        for page, shown in _all_uses(env).items()
        if page in env.found_docs
        and ("*" in shown or any(now.get(name) != mark for name, mark in shown.items()))
    ]


def _purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    _all_uses(env).pop(docname, None)


def _merge(app: Sphinx, env: BuildEnvironment, docnames: list[str], other: Any) -> None:
    _all_uses(env).update({k: v for k, v in _all_uses(other).items() if k in docnames})


def visit_fact(translator: Any, node: fact_reference) -> None:
    """Write the fact as a link to the place where it is computed, with a note beside it."""
    name = node["fact"]
    env = translator.builder.env
    study = study_of(env)
    translator.care_tips = getattr(translator, "care_tips", 0) + 1
    translator.body.append(
        render(
            "fact.html",
            identity=f"fact-note-{translator.care_tips}",
            text=_unbroken(node.astext()),
            address=address(translator.builder, study, name),
            fact=study.facts[name],
            page=env.titles[study.document_of(name)].astext(),
            sources=source_titles(translator.builder.app, study.facts[name].sources),
        )
    )
    raise nodes.SkipNode


def _unbroken(text: str) -> str:
    """Keep a short fact, such as a number and its unit, on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}") if len(text) <= LONGEST_UNBROKEN else text


def visit_plain(translator: Any, node: fact_reference) -> None:
    """Other writers show the text alone."""


def address(builder: Any, study: Study, name: str) -> str:
    """Find the address, from the page being written, of the place where a fact is computed."""
    target = study.document_of(name)
    here = getattr(builder, "current_docname", "")
    anchor = f"#fact-{name.rpartition('.')[2]}"
    return anchor if target == here else builder.get_relative_uri(here, target) + anchor


def source_titles(app: Sphinx, names: tuple[str, ...] | list[str]) -> list[str]:
    """Say sources in words."""
    return [source.line for source in sources_of(app, names)]


def sources_of(app: Sphinx, names: Iterable[str]) -> list[Source]:
    """Describe sources, with their public pages."""
    known: dict[str, Source] = app.env.care_sources
    return [known.get(name) or Source(name.replace("_", " ").capitalize()) for name in names]


class Anchors(SphinxDirective):
    """Places to link to, for the facts of the code cell above."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Make one place a fact.

        Inside a container, because Sphinx would hand a bare target's id to whatever follows, and a
        figure or table does not show it.
        """
        places = nodes.container(classes=["cs-anchors"])
        for name in self.arguments[0].split():
            place = nodes.inline(ids=[f"fact-{name}"])
            self.state.document.note_explicit_target(place)
            places += place
        return [places]


class FactsIndex(SphinxDirective):
    """Lists every fact by notebook; ``:only:`` and ``:except:`` take patterns of notebooks."""

    option_spec: ClassVar = {"only": directives.unchanged, "except": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Make one section a notebook and one entry a fact."""
        study = study_of(self.env)
        uses(self.env)["*"] = ""
        made: list[nodes.Node] = []
        for notebook, document in study.documents.items():
            names = [name for name in study.facts if name.rpartition(".")[0] == notebook]
            if names and self._wanted(notebook):
                section = nodes.section(ids=[nodes.make_id(f"facts-{notebook}")])
                section += nodes.title("", "", _link(document, self.env.docname))
                section += self._list(study, names, document)
                made.append(section)
        return made

    def _wanted(self, notebook: str) -> bool:
        only = self.options.get("only", "*").split()
        less = self.options.get("except", "").split()
        return any(fnmatch.fnmatch(notebook, one) for one in only) and not any(
            fnmatch.fnmatch(notebook, one) for one in less
        )

    def _list(self, study: Study, names: list[str], document: str) -> nodes.definition_list:
        made = nodes.definition_list(classes=["cs-facts"])
        for name in names:
            fact = study.facts[name]
            lines = [fact.formula, fact.note, fact.method and f"Interval: {fact.method}"]
            lines.append("From: " + "; ".join(source_titles(self.env.app, fact.sources)))
            term = nodes.term("", "", nodes.strong("", fact.interval), nodes.Text(" "))
            term += nodes.literal("", name)
            term["ids"] = [nodes.make_id(f"fact-{name}")]
            body = nodes.definition()
            body += [nodes.paragraph("", line) for line in lines if line]
            made += nodes.definition_list_item("", term, body)
        return made


def _link(document: str, here: str) -> addnodes.pending_xref:
    return addnodes.pending_xref(
        "",
        nodes.inline("", document.rpartition("/")[2]),
        refdomain="std",
        reftype="doc",
        reftarget=f"/{document}",
        refdoc=here,
        refexplicit=False,
        refwarn=True,
    )


def setup(app: Sphinx) -> None:
    """Register the role, the directives, and the bookkeeping for partial builds."""
    app.add_role("fact", FactRole())
    app.add_directive("care-anchors", Anchors)
    app.add_directive("facts-index", FactsIndex)
    plain = (visit_plain, visit_plain)
    app.add_node(fact_reference, html=(visit_fact, None), text=plain, latex=plain)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
