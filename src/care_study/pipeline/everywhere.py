"""Asks the chapters of every authority: what each section leaves out, and why.

The cells of a notebook run in this process, one authority after another, with its tables read and
each indicator computed once for all; charts are made but not drawn. So a chapter takes about a
second, where executing it takes many, and the reasons are the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd

from care_study import paths
from care_study.area import setting as settings
from care_study.execution.parameters import PARAMETERS_TAG, declared_parameters
from care_study.pipeline.area_run import PROFILE
from care_study.pipeline.atlas import escaped
from care_study.show import results, svg
from care_study.show.shown import Showable
from care_study.study import read_study
from care_study.words import count

NOT_DRAWN = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1" viewBox="0 0 1 1"/>'


@dataclass(frozen=True)
class LeftOut:
    """A section that says for an authority why it is not there; ``stops`` if its page stopped."""

    area: str
    notebook: str
    section: str
    reason: str
    stops: bool = False


@dataclass(frozen=True)
class Cell:
    """A code cell, with the heading that it stands under."""

    heading: str
    source: str
    is_parameters: bool


def cells(notebook: Path) -> list[Cell]:
    """List the code cells of a notebook, each with the last heading before it."""
    heading, found = "", []
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            lines = [line.lstrip("# ") for line in source.splitlines() if line.startswith("#")]
            heading = lines[-1] if lines else heading
        elif cell["cell_type"] == "code":
            tagged = PARAMETERS_TAG in cell["metadata"].get("tags", [])
            found.append(Cell(heading, source, tagged))
    return found


def left_out(
    notebooks: Iterable[Path], areas: Iterable[str], parameters: Mapping[str, Any] | None = None
) -> Iterator[LeftOut]:
    """Run notebooks for areas, and give what their sections left out, in order.

    Parameters
    ----------
    notebooks
        Notebooks with a parameter ``area``.
    areas
        Names of areas.
    parameters
        Other parameters, for every notebook that declares them.

    Yields
    ------
    LeftOut
        One for each reason in a section; one with ``stops`` where a cell raises any error.
    """
    read = [(notebook.stem, cells(notebook)) for notebook in notebooks]
    with _shared():
        for area in areas:
            for name, parts in read:
                yield from _one(name, parts, {**(parameters or {}), "area": area})


def _one(name: str, parts: list[Cell], parameters: Mapping[str, Any]) -> Iterator[LeftOut]:
    said: dict[tuple[str, str], LeftOut] = {}
    scope: dict[str, Any] = {"__name__": name}
    area = str(parameters["area"])
    for cell in parts:

        def show(*things: Any, heading: str = cell.heading) -> None:
            for thing in things:
                if isinstance(thing, results.Absent):
                    said[heading, thing.reason] = LeftOut(area, name, heading, thing.reason)
                elif not isinstance(thing, Showable):
                    show(*thing, heading=heading)

        if "show" in scope:
            scope["show"] = show
        with patch.object(results, "show", show):
            try:
                exec(compile(cell.source, f"{name}: {cell.heading}", "exec"), scope)
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"
                yield LeftOut(area, name, cell.heading, reason, stops=True)
                break
        if cell.is_parameters:
            scope |= {key: value for key, value in parameters.items() if key in scope}
    # What the first cells find is shown again under the heading of its own section.
    later = {reason for heading, reason in said if heading != parts[0].heading}
    for (heading, reason), one in said.items():
        if heading != parts[0].heading or reason not in later:
            yield one


@contextmanager
def _shared() -> Iterator[None]:
    """Let all settings share tables and computed indicators, and draw no chart."""
    tables: dict[str, Any] = {}
    computed: dict[str, pd.DataFrame] = {}
    open_one = settings.open_setting

    def opened(data_folder: Path | str, area: str, **choices: Any) -> settings.Setting:
        found = open_one(data_folder, area, **choices)
        shared = tables.setdefault(str(data_folder), found.tables)
        return replace(found, tables=shared, computed=computed)

    with (
        patch.object(settings, "open_setting", opened),
        patch.object(svg, "draw", lambda spec: NOT_DRAWN),
        patch.object(svg, "png", lambda drawn, scale=1.5: b""),
    ):
        yield


def chapters() -> list[Path]:
    """List the notebooks that can be about any area: those of the study with such a parameter."""
    runs = [paths.NOTEBOOKS / f"{run.notebook}.ipynb" for run in read_study(paths.STUDY).runs]
    profile = paths.NOTEBOOKS / f"{PROFILE}.ipynb"
    found = [*runs, *([profile] if profile.is_file() else [])]
    return [notebook for notebook in found if "area" in declared_parameters(notebook)]


def page(found: Iterable[LeftOut], asked: int) -> str:
    """Write the page of the atlas that lists what was left out, by authority and section."""
    rows = sorted(found, key=lambda one: one.area)
    names = {one.area for one in rows}
    lines = [
        "# What was left out",
        "",
        f"Each chapter that can be about any authority was run for {count(asked)} of them,",
        f"abolished ones included. For {count(asked - len(names))} nothing was left out. For the",
        "others this page lists what a section said instead, with the years and dates of the",
        "chapter as it is published. The rest of each chapter stands.",
        "",
        "Most of it has one of three reasons: the authority is newer than the years that are asked "
        "about, its return was joint with another's, or a number is too small to be published.",
        "",
        "| Authority | Chapter | Section | Why |",
        "|---|---|---|---|",
        *(
            f"| {escaped(one.area)} | [](../notebooks/{one.notebook}.ipynb) "
            f"| {escaped(one.section)} | {escaped(one.reason)} |"
            for one in rows
        ),
    ]
    return "\n".join(lines) + "\n"
