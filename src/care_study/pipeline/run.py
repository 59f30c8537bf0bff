"""Runs the pipeline: one build at a time, parallel over the cores, with clear failures."""

import multiprocessing
import os
import shutil
from pathlib import Path
from typing import Any

import pytask
from filelock import FileLock, Timeout
from sqlalchemy import URL

from care_study import paths
from care_study.data.schemas import TABLES
from care_study.execution.parameters import check_parameters, declared_parameters
from care_study.pipeline import cluster, state
from care_study.pipeline.dependencies import data_folder, table_files
from care_study.pipeline.place import check_place
from care_study.pipeline.workers import say_which_build
from care_study.study import read_study

EXIT_OK, EXIT_FAILED = 0, 1
_TASKS = Path(__file__).parent


class BusyError(RuntimeError):
    """Another build runs in this folder."""


def run(expression: str = "", workers: int | None = None, *, quiet: bool = False) -> int:
    """Run the tasks that are out of date; return an exit code (0: all is up to date).

    Parameters
    ----------
    expression
        pytask's ``-k``: only the tasks whose names match.
    workers
        Processes; by default one a core.
    quiet
        Print nothing but failures.

    Raises
    ------
    BusyError
        If another build holds the folder.
    """
    paths.BUILD.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(paths.BUILD / ".lock", timeout=0):
            for sentence in state.mend():
                pytask.console.print(sentence, style="yellow", markup=False, soft_wrap=True)
            check_inputs()
            return _checked(expression, _build(expression, workers or os.cpu_count() or 1, quiet))
    except ValueError as error:
        _explain([str(error)])
        return EXIT_FAILED
    except Timeout:
        raise BusyError(
            f"Another build is running in {paths.BUILD}. Wait for it to end, then try again."
        ) from None


def _checked(expression: str, code: int) -> int:
    """Take no build for a success that left no book."""
    if code == EXIT_OK and not expression and not (paths.HTML / "index.html").is_file():
        _explain([f"Nothing was built: {paths.HTML / 'index.html'} is not there."])
        return EXIT_FAILED
    return code


def check_inputs() -> None:
    """Check what the tasks are made from, so that one message says what is wrong with it.

    Raises
    ------
    ValueError
        For settings that cannot be used, a table without a file, a notebook that is missing or
        broken, or a parameter that it does not declare.
    """
    check_place()
    study = read_study(paths.STUDY)
    folder = data_folder(study.data_folder)
    if not all(file.is_file() for file in table_files(tuple(TABLES), folder)):
        # It imports pandas, which a build with nothing to do need not wait for.
        from care_study.data import tables  # noqa: PLC0415

        tables.check_files(folder)
    for entry in study.runs:
        notebook = paths.NOTEBOOKS / f"{entry.notebook}.ipynb"
        check_parameters(notebook, study.parameters(entry, declared_parameters(notebook)))


def _build(expression: str, workers: int, quiet: bool) -> int:
    settings: dict[str, Any] = {
        "paths": _TASKS,
        # As it stands: an address as text would have its per cent signs decoded.
        "database_url": URL.create("sqlite", database=str(state.STATE / "pytask.sqlite3")),
        "config": paths.ROOT / "pyproject.toml",
        "expression": expression,
        "verbose": 1,
        "show_traceback": False,
    }
    address = os.environ.get(cluster.ADDRESS)
    if address:  # the tasks wait here, in threads, while the cluster executes the notebooks
        settings |= {"n_workers": cluster.cores(address) + 1, "parallel_backend": "threads"}
    elif workers > 1 and _processes_possible():
        settings |= {"n_workers": workers, "parallel_backend": "loky"}
    say_which_build()
    pytask.console.quiet = quiet
    try:
        session = pytask.build(**settings)
    finally:
        pytask.console.quiet = False
    if session.exit_code == pytask.ExitCode.OK:
        return EXIT_OK
    _explain(_messages(session))
    return EXIT_FAILED


def _processes_possible() -> bool:
    """Whether workers can be had: they need semaphores, which some containers do not give."""
    try:
        multiprocessing.get_context("spawn").Semaphore()
    except (OSError, ImportError):
        pytask.console.print(
            "This system gives no semaphores (is /dev/shm there?), so one notebook is executed "
            "after the other.",
            style="yellow",
        )
        return False
    return True


def _messages(session: pytask.Session) -> list[str]:
    """Take one message from each failure, without a traceback of our own code."""
    messages = []
    reports = [*session.collection_reports, *session.execution_reports]
    for report in reports:
        if report.exc_info is not None and report.outcome.name == "FAIL":
            error = report.exc_info[1]
            # pytask's own errors say less than what caused them; ours say more.
            while error.__cause__ is not None and type(error).__module__.startswith("_pytask"):
                error = error.__cause__
            messages.append(str(error))
    return list(dict.fromkeys(messages))


def _explain(messages: list[str]) -> None:
    console = pytask.console
    for message in messages:
        console.print(f"\n{message}", style="red", markup=False, soft_wrap=True)
    if (paths.HTML / "index.html").is_file():
        console.print("\nThe book that was built before is untouched.")


def clean() -> None:
    """Remove everything that the pipeline made."""
    for folder in (paths.BUILD, paths.ROOT / ".pytask"):
        shutil.rmtree(folder, ignore_errors=True)
    (paths.ROOT / "pytask.lock").unlink(missing_ok=True)
