"""Figures and tables in the book: directives, what they become in HTML, and their downloads."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from care_study.charts import theme
from care_study.publish.crate import day
from care_study.publish.csvw import ENDING, csvw_bytes
from care_study.publish.downloads import csv_bytes, xlsx_bytes
from care_study.publish.sources import Source
from care_study.publish.sphinx_ext.cite import CITATION, Cited, cite_chart, read_citation
from care_study.publish.sphinx_ext.facts import sources_of
from care_study.show import svg
from care_study.show.html import render
from care_study.show.table import table_html

DOWNLOADS = "downloads"
# Pixels by which a chart may be wider than drawn for, and still stands in the column of the text.
ROOM = 24


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
    sources = sources_of(builder.app, content["sources"])
    table = content["table"]
    links = [
        *_save_table(save, builder, {**table, "name": name}, sources),
        ("SVG", save(f"{name}.svg", svg.standalone(content["wide"]).encode())),
        ("PNG", save(f"{name}.png", base64.b64decode(content["png"]))),
    ]
    translator.body.append(
        render(
            "figure.html",
            figure=content,
            identity=identity,
            is_wide=svg.width_of(content["wide"]) > theme.WIDE + ROOM,
            wide=svg.inline(content["wide"], f"{identity}-w", content["alt"], "wide"),
            narrow=svg.inline(content["narrow"], f"{identity}-n", content["alt"], "narrow"),
            table=table_html(table, identity=f"{identity}-data"),
            source_line=_source_line(sources),
            cite=_cited(builder, node, identity),
            links=links,
            live=_save_spec(save, identity, content),
        )
    )
    raise nodes.SkipNode


def _source_line(sources: Sequence[Source]) -> Markup | str:
    return Markup(render("sources.html", sources=sources)) if sources else ""


def _cited(builder: Any, node: care_figure, identity: str) -> str:
    """Write how the chart may be cited; nothing in a study that does not say how to cite it."""
    if not CITATION.is_file():
        return ""
    content, page = node["content"], builder.current_docname
    chart = Cited(
        content["title"],
        content["subtitle"],
        builder.env.titles[page].astext(),
        f"care_study_{node['notebook']}_{content['name']}".replace("-", "_"),
        f"{builder.get_target_uri(page)}#{identity}",
    )
    base = builder.config.html_baseurl
    said = cite_chart(chart, read_citation(), base)
    return render("cite.html", address=chart.address(base) if base else f"#{identity}", **said)


def _save_table(
    save: Saver, builder: Any, content: Mapping[str, Any], sources: Sequence[Source]
) -> list[tuple[str, str]]:
    """Write a table as CSV, with its description, and as a workbook; give their links."""
    name, book = content["name"], builder.config.html_title
    lines = [source.line for source in sources]
    described = csvw_bytes(content, file=f"{name}.csv", book=book, sources=sources, made=day())
    return [
        ("CSV", save(f"{name}.csv", csv_bytes(content))),
        ("XLSX", save(f"{name}.xlsx", xlsx_bytes(content, book=book, source_lines=lines))),
        ("description of the columns", save(f"{name}{ENDING}", described)),
    ]


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
    sources = sources_of(builder.app, content["sources"])
    links = _save_table(Saver(builder, node["notebook"]), builder, content, sources)
    line = _source_line(sources)
    translator.body.append(table_html(content, links=links, source_line=line))
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
