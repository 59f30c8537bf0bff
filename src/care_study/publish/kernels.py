"""The papermill engine: starts a kernel, runs the cells, and says exactly what went wrong."""

import logging
import time
from pathlib import Path
from typing import Any

import nbformat
import papermill
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines

ENGINE = "care-study"
KERNEL_NAME = "python3"
START_TIMEOUT_SECONDS = 60

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())


class NotebookStoppedError(Exception):
    """A run that ended early: the document as far as it got, the cell, the error."""

    def __init__(
        self, document: nbformat.NotebookNode, cell_index: int | None, ename: str, evalue: str
    ) -> None:
        super().__init__(f"{ename}: {evalue}")
        self.document = document
        self.cell_index = cell_index
        self.ename = ename
        self.evalue = evalue

    @property
    def cell_source(self) -> str:
        """Source of the cell in which the run ended."""
        return "" if self.cell_index is None else str(self.document.cells[self.cell_index].source)


class StudyEngine(Engine):
    """papermill's own way of running cells, with a limit for the whole notebook."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any
    ) -> None:
        """Run all cells in a new kernel; whatever stops it is a `NotebookStoppedError`."""
        deadline = time.monotonic() + options["timeout_seconds"]
        manager = AsyncKernelManager(kernel_name=kernel_name)
        client = PapermillNotebookClient(
            nb_man,
            km=manager,
            log=log,
            startup_timeout=START_TIMEOUT_SECONDS,
            timeout_func=lambda cell: max(deadline - time.monotonic(), 0.001),
            coalesce_streams=True,  # else the pieces depend on when output was flushed
            record_timing=False,
            resources={"metadata": {"path": str(options["run_folder"])}},
        )
        try:
            client.execute(cleanup_kc=True)
        except CellTimeoutError:
            limit = f"not finished after {options['timeout_seconds']:g} seconds, the limit"
            raise _stopped(nb_man.nb, "TimeoutError", limit) from None
        except DeadKernelError:
            raise _stopped(nb_man.nb, "KernelDied", _cause_of_death(manager)) from None
        _raise_for_failed_cell(nb_man.nb)


papermill_engines.register(ENGINE, StudyEngine)


def run(
    document: nbformat.NotebookNode,
    parameters: dict[str, Any],
    *,
    timeout_seconds: float,
    cwd: Path,
    fast: bool | None = None,
) -> nbformat.NotebookNode:
    """Execute a notebook through papermill and return the executed document."""
    return papermill.execute_notebook(
        document,
        None,  # written by the caller, in one piece
        parameters=parameters,
        engine_name=ENGINE,
        kernel_name=KERNEL_NAME,
        language="python",
        progress_bar=False,
        autosave_cell_every=0,
        timeout_seconds=timeout_seconds,
        run_folder=cwd,
    )


def _raise_for_failed_cell(document: nbformat.NotebookNode) -> None:
    for index, cell in enumerate(document.cells):
        if cell.metadata.get("papermill", {}).get("exception"):
            errors = [out for out in cell.get("outputs", []) if out.output_type == "error"]
            ename, evalue = (errors[-1].ename, errors[-1].evalue) if errors else ("Error", "")
            raise NotebookStoppedError(document, index, ename, evalue)


def _stopped(document: nbformat.NotebookNode, ename: str, evalue: str) -> NotebookStoppedError:
    """Name the last cell that was started."""
    begun = [
        i
        for i, cell in enumerate(document.cells)
        if cell.metadata.get("papermill", {}).get("start_time")
    ]
    return NotebookStoppedError(document, begun[-1] if begun else None, ename, evalue)


def _cause_of_death(manager: AsyncKernelManager) -> str:
    process = getattr(manager.provisioner, "process", None)
    status = None if process is None else process.poll()
    if status == -9:
        return "the kernel was killed (signal 9), most often because memory ran out"
    if status is not None and status < 0:
        return f"the kernel was ended by signal {-status}"
    return f"the kernel ended by itself (exit status {status})"
