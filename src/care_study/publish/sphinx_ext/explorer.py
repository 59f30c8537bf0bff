"""The page on which a reader picks areas and a measure: its data as a script, and its script.

Without scripts the place stays empty, and the chart and the table beneath it remain.
"""

from __future__ import annotations

import json
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from care_study.publish.sphinx_ext.displays import Saver
from care_study.publish.sphinx_ext.facts import source_titles
from care_study.publish.sphinx_ext.notebooks import outputs_of
from care_study.show.explorer import EXPLORER_MIME
from care_study.show.html import render

NOTEBOOK = "explore"


class care_explorer(nodes.General, nodes.Element):  # noqa: N801
    """The place of the explorer."""


class ExplorerDirective(SphinxDirective):
    """Shows the explorer of this notebook."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Take what the notebook handed over."""
        content = self.env.temp_data["care_outputs"][f"{self.name}:{self.arguments[0]}"]
        return [care_explorer(content=content)]


def visit(translator: Any, node: care_explorer) -> None:
    """Write the place, and the data beside it."""
    builder, content = translator.builder, node["content"]
    said = {key: value for key, value in content.items() if key not in ("png", "sources")}
    said["source"] = "; ".join(source_titles(builder.app, content["sources"]))
    script = f"careStudyExplorer({json.dumps(said, ensure_ascii=True, separators=(',', ':'))});\n"
    save = Saver(builder, NOTEBOOK)
    depth = builder.get_target_uri(builder.current_docname).count("/")
    translator.body.append(
        render(
            "explorer.html",
            script="../" * depth + "_static/explorer.js",
            data=save("explorer-data.js", script.encode()),
        )
    )
    raise nodes.SkipNode


def explored_areas(env: BuildEnvironment) -> tuple[str, list[str]]:
    """Name the page of the explorer and the authorities on it; empty where the book has none."""
    document, found = outputs_of(env, NOTEBOOK, EXPLORER_MIME)
    areas = [area for one in found for area, region in one["areas"] if region]
    return document, areas


def visit_plain(translator: Any, node: nodes.Element) -> None:
    """Other writers show nothing."""


def setup(app: Sphinx) -> None:
    """Register the directive and its node."""
    plain = (visit_plain, visit_plain)
    app.add_directive("care-explorer", ExplorerDirective)
    app.add_node(care_explorer, html=(visit, None), text=plain, latex=plain)
