"""Executes for one area the notebooks that can be about any, and makes a small book of them."""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from care_study import paths
from care_study.data import geography
from care_study.data.schemas import ALLOWED_READS
from care_study.data.tables import Tables
from care_study.execution import execution
from care_study.execution.parameters import declared_parameters
from care_study.pipeline.atlas import escaped, titled
from care_study.pipeline.dependencies import data_folder
from care_study.pipeline.slices import slug
from care_study.publish import book
from care_study.study import NEIGHBOUR_LISTS, Study

RUNS = paths.BUILD / "runs"
PROFILE = "profile"
EXECUTED, NOT_APPLICABLE, FAILED = "executed", "does not apply", "failed"


@dataclass(frozen=True)
class Job:
    """One notebook to execute for an area."""

    notebook: Path
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What became of a notebook: its status, its page, or why there is none."""

    notebook: str
    status: str
    page: str = ""
    reason: str = ""

    def as_json(self) -> dict[str, str]:
        """Give the outcome as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class AreaRun:
    """The outcome of a run: the area, its folder, its book's first page and each notebook."""

    area: str
    folder: Path
    index: Path | None
    outcomes: tuple[Outcome, ...]

    @property
    def is_complete(self) -> bool:
        """Whether something was executed, and nothing failed."""
        states = {outcome.status for outcome in self.outcomes}
        return EXECUTED in states and FAILED not in states


def find_name(study: Study, area: str, folder: Path | None = None) -> str:
    """Find an area's name in the data; raises `geography.UnknownAreaError` with the nearest."""
    held = Tables(folder or data_folder(study.data_folder), ["authorities", "boundary_changes"])
    listed = geography.areas(held["authorities"], held["boundary_changes"])
    return str(listed.at[geography.find_area(listed, area), "area_name"])


def list_with(study: Study, area: str, folder: Path | None = None) -> str:
    """Choose the list of neighbours: the one of ``study.yml``, or another if only that has it."""
    names = ["authorities", "boundary_changes", "statistical_neighbours"]
    held = Tables(folder or data_folder(study.data_folder), names)
    authorities = held["authorities"]
    listed = geography.areas(authorities, held["boundary_changes"])
    area_id, wanted = geography.find_area(listed, area), str(study.general["neighbours"])
    models = sorted(NEIGHBOUR_LISTS, key=lambda model: model != wanted)
    holding = (
        model
        for model in models
        if area_id in geography.neighbour_lists(held["statistical_neighbours"], authorities, model)
    )
    return next(holding, wanted)


def jobs(study: Study, options: Mapping[str, Any], names: Sequence[str] = ()) -> list[Job]:
    """List the notebooks to execute, with their parameters.

    Parameters
    ----------
    study
        The settings; a notebook's own parameters come from there.
    options
        Parameters that take the place of those in ``study.yml``, each only where a notebook
        declares it.
    names
        Notebooks; by default the profile and every other that declares ``area``.

    Raises
    ------
    ValueError
        If a name is not that of a notebook.
    """
    own = {run.notebook: run.parameters for run in study.runs}
    unknown = [name for name in names if not (paths.NOTEBOOKS / f"{name}.ipynb").is_file()]
    if unknown:
        held = ", ".join(sorted(path.stem for path in paths.NOTEBOOKS.glob("*.ipynb")))
        raise ValueError(f"There is no notebook {unknown[0]!r}. Expected one of {held}.")
    found = []
    for name in names or dict.fromkeys((PROFILE, *own)):
        notebook = paths.NOTEBOOKS / f"{name}.ipynb"
        if not notebook.is_file():
            continue
        declared = declared_parameters(notebook)
        if names or "area" in declared:
            given = {**study.general, **own.get(name, {}), **options}
            found.append(Job(notebook, {k: v for k, v in given.items() if k in declared}))
    return found


def run_area(
    area: str, todo: Sequence[Job], timeout_seconds: float, step: Callable[[str], None]
) -> AreaRun:
    """Execute the notebooks for an area, then build a small book aside and put it in place.

    Parameters
    ----------
    area
        The area's name, for titles and the folder.
    todo
        From `jobs`.
    timeout_seconds
        How long one notebook may run.
    step
        Called with a few words before each step, to show progress.
    """
    folder = RUNS / slug(area)
    executed = folder / "executed"
    shutil.rmtree(executed, ignore_errors=True)
    os.environ.pop(ALLOWED_READS, None)
    outcomes = []
    for job in todo:
        step(job.notebook.stem)
        outcomes.append(_execute(job, executed, timeout_seconds))
    pages = [outcome.notebook for outcome in outcomes if outcome.status == EXECUTED]
    if not pages:
        return AreaRun(area, folder, None, tuple(outcomes))
    step("book")
    stage(area, executed, pages, folder / "source")
    book.build(folder / "source", folder / "html", strict=False)
    placed = [
        outcome
        if outcome.status != EXECUTED
        else Outcome(
            outcome.notebook,
            EXECUTED,
            str(folder / "html" / "notebooks" / f"{outcome.notebook}.html"),
        )
        for outcome in outcomes
    ]
    return AreaRun(area, folder, folder / "html" / "index.html", tuple(placed))


def _execute(job: Job, folder: Path, timeout_seconds: float) -> Outcome:
    """Execute one notebook; a message of our own that it cannot be about the area is no failure."""
    name = job.notebook.stem
    try:
        execution.execute(
            job.notebook, folder / f"{name}.ipynb", job.parameters, timeout_seconds=timeout_seconds
        )
    except execution.NotebookError as error:
        status = NOT_APPLICABLE if error.ename in _own_errors() else FAILED
        reason = error.evalue if status == NOT_APPLICABLE else str(error)
        return Outcome(name, status, reason=reason)
    return Outcome(name, EXECUTED)


def _own_errors() -> set[str]:
    """Name the errors that say in words what an area, a year or a list lacks.

    Data that break their contract and facts that cannot be recorded are failures.
    """
    from care_study import claims  # noqa: F401, PLC0415  they define some
    from care_study.statistics import forecasts, trends  # noqa: F401, PLC0415  they define some

    found, waiting = {"ValueError"}, [ValueError]
    while waiting:
        for error in waiting.pop().__subclasses__():
            waiting.append(error)
            if error.__module__.startswith("care_study."):
                found.add(error.__name__)
    return found - {"DataError", "FactError"}


def stage(area: str, executed: Path, pages: Sequence[str], source: Path) -> None:
    """Lay out a small book: a first page with links, and the executed notebooks."""
    shutil.rmtree(source, ignore_errors=True)
    (source / "notebooks").mkdir(parents=True)
    for name in pages:
        text = (executed / f"{name}.ipynb").read_text(encoding="utf-8")
        text = titled(text, area) if name == PROFILE else text
        (source / "notebooks" / f"{name}.ipynb").write_text(text, encoding="utf-8", newline="\n")
    links = "\n".join(f"- [](notebooks/{name}.ipynb)" for name in pages)
    first = f"# {escaped(area)}\n\nThe study's notebooks, run for this area.\n\n{links}\n"
    (source / "index.md").write_text(first, encoding="utf-8", newline="\n")
    toc = {
        "format": "jb-book",
        "root": "index",
        "parts": [
            {"caption": "Pages", "chapters": [{"file": f"notebooks/{name}"} for name in pages]}
        ],
    }
    (source / paths.BOOK_TOC.name).write_text(yaml.safe_dump(toc, sort_keys=False), "utf-8")
    settings = yaml.safe_load(paths.BOOK_CONFIG.read_text(encoding="utf-8"))
    settings["title"] = f"{settings['title']}: {area}"
    text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
    (source / paths.BOOK_CONFIG.name).write_text(text, encoding="utf-8", newline="\n")
