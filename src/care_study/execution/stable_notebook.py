"""Executed notebooks with the same bytes on every run and every machine."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

import care_study

KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}
INJECTED_TAG = "injected-parameters"
HIDDEN_TAG = "remove-cell"

# What only tells when, how fast or by which program a cell was run.
VOLATILE_CELL_METADATA = ("papermill", "execution", "ExecuteTime", "collapsed", "scrolled")
PAPERMILL_MARK = "papermill-error-cell-tag"

_CELL_FILE = re.compile(r"[^\s\"']*ipykernel_\d+[/\\]\d+\.py")


def stabilise(document: nbformat.NotebookNode, parameters: Mapping[str, Any]) -> None:
    """Remove from an executed notebook, in place, whatever differs between two equal runs.

    Goes: papermill's and Jupyter's times and durations, versions of Python and of the kernel,
    random cell identifiers, and this machine's folders in printed warnings. Stays: sources,
    outputs, execution counts, tags, and the parameters, under ``metadata.care_study``.
    The cell that papermill injected is tagged so that the book hides it.
    """
    kept = {k: v for k, v in document.metadata.items() if k not in ("papermill", "widgets")}
    kept["kernelspec"] = dict(KERNELSPEC)
    kept["language_info"] = {"name": "python"}
    kept["care_study"] = {"parameters": dict(parameters)}
    document.metadata = nbformat.from_dict(kept)
    document.cells = [c for c in document.cells if PAPERMILL_MARK not in c.metadata.get("tags", [])]
    document.nbformat, document.nbformat_minor = 4, 5
    for number, cell in enumerate(document.cells, start=1):
        _stabilise_cell(cell, number)


def _stabilise_cell(cell: nbformat.NotebookNode, number: int) -> None:
    cell.id = f"cell-{number}"
    for key in VOLATILE_CELL_METADATA:
        cell.metadata.pop(key, None)
    tags = cell.metadata.get("tags", [])
    if INJECTED_TAG in tags and HIDDEN_TAG not in tags:
        cell.metadata.tags = [*tags, HIDDEN_TAG]
    if not tags:
        cell.metadata.pop("tags", None)  # papermill gives every cell a list
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            output.text = without_machine_paths(output.text)


def without_machine_paths(text: str) -> str:
    """Replace folders of this machine in printed text by names that are the same everywhere."""
    text = _CELL_FILE.sub("<cell>", text)
    for folder, name in _machine_folders():
        text = text.replace(folder, name)
    return text


def _machine_folders() -> list[tuple[str, str]]:
    """List folders that differ between machines, the longest (most specific) first."""
    folders = [
        (str(Path(care_study.__file__).parents[1]), "<src>"),
        (sys.prefix, "<python>"),
        (sys.base_prefix, "<python>"),
    ]
    usable = [(folder, name) for folder, name in folders if len(folder) > 1]
    return sorted(usable, key=lambda pair: -len(pair[0]))
