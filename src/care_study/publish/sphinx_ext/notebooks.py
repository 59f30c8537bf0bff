"""Executed notebooks: collect what they recorded, and turn their outputs into directives.

A notebook's figures, tables and facts travel as JSON in its outputs. While Sphinx reads the
notebook, each such output is taken out of its code cell and a directive that shows it is put after
the cell.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging

from care_study.show.explorer import EXPLORER_MIME
from care_study.show.facts import FACT_MIME, VERDICT_MIME, Fact, bundles, facts_in, read_notebook
from care_study.show.figure import FIGURE_MIME
from care_study.show.table import TABLE_MIME
from care_study.words import FactError

logger = logging.getLogger(__name__)

DIRECTIVES = {
    FIGURE_MIME: "care-figure",
    TABLE_MIME: "care-table",
    EXPLORER_MIME: "care-explorer",
}
OPENING = "Show the settings and the setup code"
_FENCE = re.compile(r"(`{3,}|:{3,})")
_LABEL = re.compile(r"\([\w.-]+\)=\s*$")
OURS = {*DIRECTIVES, FACT_MIME, VERDICT_MIME}


@dataclass
class Study:
    """What the executed notebooks of the book recorded."""

    documents: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)

    def document_of(self, fact: str) -> str:
        """Find the page that a fact, given by its full name, is computed on."""
        return self.documents[fact.rpartition(".")[0]]


def study_of(env: BuildEnvironment) -> Study:
    """Give what the notebooks recorded, for directives and roles."""
    found: Study = env.care_study
    return found


def collect(app: Sphinx) -> None:
    """Read the facts and verdicts of every notebook in the source folder."""
    study = Study()
    root = Path(app.srcdir)
    for path in sorted(root.rglob("*.ipynb")):
        document = path.relative_to(root).with_suffix("").as_posix()
        if any(part.startswith((".", "_")) for part in path.relative_to(root).parts):
            continue
        if path.stem in study.documents:
            raise ExtensionError(
                f"two notebooks are named {path.stem}: "
                f"{study.documents[path.stem]} and {document}; "
                "rename one, because facts are called by the notebook's name"
            )
        study.documents[path.stem] = document
        _add(study, path, document)
    app.env.care_study = study


def _add(study: Study, path: Path, document: str) -> None:
    try:
        notebook = read_notebook(path)
        for name, fact in facts_in(notebook).items():
            study.facts[f"{path.stem}.{name}"] = fact
    except FactError as error:
        logger.warning("%s", error, location=document, type="care", subtype="notebook")
        return
    for verdict in bundles(notebook, VERDICT_MIME):
        study.verdicts.append({**verdict, "page": document})
    ours = notebook.get("metadata", {}).get("care_study", {})
    study.parameters[document] = dict(ours.get("parameters", {}))


def figure_of(env: BuildEnvironment, name: str) -> dict[str, Any] | None:
    """Take a figure, given by notebook and name, out of the executed notebook, if it is there."""
    notebook, _, figure = name.partition(".")
    found = outputs_of(env, notebook, FIGURE_MIME)[1]
    return next((one for one in found if one["name"] == figure), None)


def outputs_of(env: BuildEnvironment, notebook: str, mime: str) -> tuple[str, list[dict[str, Any]]]:
    """Name the page of an executed notebook and list its outputs of one kind, if it is there."""
    document = study_of(env).documents.get(notebook, "")
    path = Path(env.srcdir) / f"{document}.ipynb"
    if not document or not path.is_file():
        return "", []
    return document, list(bundles(read_notebook(path), mime))


def transform(app: Sphinx, docname: str, source: list[str]) -> None:
    """Replace our outputs in a notebook's source by directives that show them."""
    if not str(app.env.doc2path(docname)).endswith(".ipynb"):
        return
    notebook = json.loads(source[0])
    outputs: dict[str, Any] = {}
    cells: list[dict[str, Any]] = []
    for cell in notebook.get("cells", []):
        if "injected-parameters" in cell.get("metadata", {}).get("tags", []):
            continue
        cells.extend(_replaced(cell, outputs) if cell["cell_type"] == "code" else [cell])
    notebook["cells"] = opening_after_introduction(cells)
    app.env.temp_data["care_outputs"] = outputs
    source[0] = json.dumps(notebook)


def opening_after_introduction(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let a page begin with words: its opening code goes, as one cell, before the first section.

    Opening code is what stands between the title and the next words and shows nothing itself:
    parameters and imports.
    """
    words = [place for place, cell in enumerate(cells) if _is_words(cell)]
    if not words:
        return cells
    title, after = words[0], words[1] if len(words) > 1 else len(cells)
    opening = [cell for cell in cells[title:after] if _is_silent(cell)]
    if not opening:
        return cells
    merged = {
        **opening[0],
        "source": "\n\n".join("".join(cell["source"]).strip() for cell in opening),
        "metadata": {"tags": ["hide-input"], "mystnb": {"code_prompt_show": OPENING}},
    }
    kept = [cell for cell in cells[title:after] if not any(cell is one for one in opening)]
    introduction, sections = _split(cells[after]) if after < len(cells) else ([], [])
    return [*cells[:title], *kept, *introduction, merged, *sections, *cells[after + 1 :]]


def _is_words(cell: dict[str, Any]) -> bool:
    return cell["cell_type"] == "markdown" and not cell.get("id", "").startswith("after-")


def _is_silent(cell: dict[str, Any]) -> bool:
    tags = set(cell.get("metadata", {}).get("tags", []))
    hidden = {"remove-cell", "remove-input"} & tags
    return cell["cell_type"] == "code" and not cell.get("outputs") and not hidden


def _split(cell: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Part a cell of words before its first heading, whose labels stay with it."""
    lines = "".join(cell["source"]).splitlines(keepends=True)
    fence, at = "", len(lines)
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark.group()
        elif mark and mark.group().startswith(fence):
            fence = ""
        elif not fence and line.startswith("## "):
            at = number
            break
    while at and at < len(lines) and (_LABEL.match(lines[at - 1]) or not lines[at - 1].strip()):
        at -= 1
    parts = ("".join(lines[:at]), "".join(lines[at:]))
    made = [
        {**cell, "source": text, "id": f"{cell.get('id', '')}-{place}"}
        for place, text in enumerate(parts)
    ]
    return [one for one in made[:1] if parts[0].strip()], [one for one in made[1:] if parts[1]]


def _replaced(cell: dict[str, Any], outputs: dict[str, Any]) -> list[dict[str, Any]]:
    kept, lines = [], []
    anchors: list[str] = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if FACT_MIME in data:
            anchors.append(data[FACT_MIME]["name"])
        for mime, directive in DIRECTIVES.items():
            if mime in data:
                key = f"{directive}:{data[mime]['name']}"
                if key in outputs:
                    raise ExtensionError(f"{key.partition(':')[2]} is shown twice; rename one")
                outputs[key] = {**data[mime], "png": data.get("image/png", "")}
                lines.append(f"```{{{directive}}} {data[mime]['name']}\n```\n")
        if not OURS & set(data):
            kept.append(output)
    if anchors:
        lines.insert(0, f"```{{care-anchors}} {' '.join(anchors)}\n```\n")
    tags = cell["metadata"].setdefault("tags", [])
    if not {"hide-input", "remove-input", "remove-cell", "show-input"} & set(tags):
        tags.append("hide-input")
    cell["outputs"] = kept
    after = {
        "cell_type": "markdown",
        "id": f"after-{cell.get('id', '')}"[:64],
        "metadata": {},
        "source": "\n".join(lines),
    }
    return [cell, after] if lines else [cell]


def setup(app: Sphinx) -> None:
    """Connect to Sphinx."""
    app.connect("builder-inited", collect)
    app.connect("source-read", transform)
