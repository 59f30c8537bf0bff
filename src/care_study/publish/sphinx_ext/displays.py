"""Figures and tables in the book: directives, what they become in HTML, and their downloads."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from care_study.publish.downloads import csv_bytes, xlsx_bytes
from care_study.publish.sphinx_ext.facts import source_titles
from care_study.show import svg
from care_study.show.html import render
from care_study.show.table import table_html

DOWNLOADS = "downloads"


class care_figure(nodes.General, nodes.Element):  # noqa: N801
    """A chart with its words, data and downloads."""


class care_table(nodes.General, nodes.Element):  # noqa: N801
    """A table with its downloads."""


class _Display(SphinxDirective):
    required_arguments = 1
    node: type[nodes.Element]

    def run(self) -> list[nodes.Node]:
        """Find what the notebook showed under the name and put it here."""
        content = self.env.temp_data.get("care_outputs", {}).get(f"{self.name}:{self.arguments[0]}")
        if content is None:
            raise self.error(f"the notebook shows no {self.arguments[0]!r}")
        notebook = self.env.docname.rpartition("/")[2]
        made = self.node(content=content, notebook=notebook)
        words = " ".join(content.get(key, "") for key in ("title", "subtitle", "caption"))
        # Text that search indexes; the writer does not show it again.
        made += nodes.Text(words.strip())
        return [made]


class FigureDirective(_Display):
    """Shows a figure of this notebook by name."""

    node = care_figure


class TableDirective(_Display):
    """Shows a table of this notebook by name."""

    node = care_table


def visit_figure(translator: Any, node: care_figure) -> None:
    """Write the figure and the files that it offers."""
    builder, content = translator.builder, node["content"]
    name, identity = content["name"], f"figure-{content['name']}"
    save = Saver(builder, node["notebook"])
    table = content["table"]
    links = [
        ("CSV", save(f"{name}.csv", csv_bytes(table))),
        ("SVG", save(f"{name}.svg", svg.standalone(content["wide"]).encode())),
        ("PNG", save(f"{name}.png", base64.b64decode(content["png"]))),
    ]
    translator.body.append(
        render(
            "figure.html",
            figure=content,
            identity=identity,
            wide=svg.inline(content["wide"], f"{identity}-w", content["alt"], "wide"),
            narrow=svg.inline(content["narrow"], f"{identity}-n", content["alt"], "narrow"),
            table=table_html(table, identity=f"{identity}-data"),
            sources=source_titles(builder.app, content["sources"]),
            links=links,
            live=_save_spec(save, identity, content),
        )
    )
    raise nodes.SkipNode


def _save_spec(save: Saver, identity: str, content: dict[str, Any]) -> str:
    """Write the specification as a script, which a page may load even from a folder of files."""
    if content["spec"] is None:
        return ""
    spec = json.dumps(svg.themed_spec(content["spec"]), ensure_ascii=True, sort_keys=True)
    script = f"careStudyFigure({json.dumps(identity)}, {spec});\n"
    return save(f"{content['name']}.js", script.encode())


def visit_table(translator: Any, node: care_table) -> None:
    """Write the table and the files that it offers."""
    builder, content = translator.builder, node["content"]
    save = Saver(builder, node["notebook"])
    sources = source_titles(builder.app, content["sources"])
    workbook = xlsx_bytes(content, book=builder.config.html_title, source_lines=sources)
    links = [
        ("CSV", save(f"{content['name']}.csv", csv_bytes(content))),
        ("XLSX", save(f"{content['name']}.xlsx", workbook)),
    ]
    if sources:
        content = {**content, "notes": [*content["notes"], "Source: " + "; ".join(sources) + "."]}
    translator.body.append(table_html(content, links=links))
    raise nodes.SkipNode


class Saver:
    """Writes a download beside the book and gives its address as seen from the page."""

    def __init__(self, builder: Any, notebook: str) -> None:
        self.folder = Path(builder.outdir) / DOWNLOADS / notebook
        depth = builder.get_target_uri(builder.current_docname).count("/")
        self.address = "../" * depth + f"{DOWNLOADS}/{notebook}"

    def __call__(self, name: str, content: bytes) -> str:
        """Write one file and give its address."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(content)
        return f"{self.address}/{name}"


def visit_plain(translator: Any, node: nodes.Element) -> None:
    """Other writers show the words alone."""


def setup(app: Sphinx) -> None:
    """Register the directives and their nodes."""
    plain = (visit_plain, visit_plain)
    app.add_directive("care-figure", FigureDirective)
    app.add_directive("care-table", TableDirective)
    app.add_node(care_figure, html=(visit_figure, None), text=plain, latex=plain)
    app.add_node(care_table, html=(visit_table, None), text=plain, latex=plain)
