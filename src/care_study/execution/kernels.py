"""The papermill engine: starts a kernel, runs the cells, and says exactly what went wrong."""

import logging
import os
import sys
import tempfile
import time
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import papermill
import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines

from care_study.environment import kernel_environment
from care_study.execution.forked_kernel import (
    SERVER_LOST,
    ForkProvisioner,
    ForkServer,
    ForkServerError,
    close_fork_server,
    fork_server,
)

ENGINE = "care-study"
KERNEL_NAME = "python3"
START_SECONDS = 60
RECONNECT_MILLISECONDS = 2
LONGEST_SOCKET_PATH = 100

KERNEL_ARGUMENTS = ["--HistoryManager.enabled=False"]

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


class ServerLostError(RuntimeError):
    """The fork server ended while a notebook ran: not the notebook's fault, so run it again."""


class KernelNotStartedError(DeadKernelError):
    """A kernel that did not answer."""


class PromptClient(AsyncKernelClient):
    """A kernel client that is ready as soon as the kernel is.

    Jupyter's own waits until the kernel has been silent for 0.2 seconds. Here a kernel is ready
    when it has answered a request, and has published something that reached us: both channels
    work then, and no output can be missed.
    """

    def _context_default(self) -> zmq.asyncio.Context:
        """Make connections that are tried again soon: the kernel does not listen at once."""
        self._created_context = True
        context = zmq.asyncio.Context()
        context.reconnect_ivl = RECONNECT_MILLISECONDS  # 100 by default
        return context

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait for the kernel; `DeadKernelError` if it dies or needs longer than `timeout`."""
        timeout = timeout or START_SECONDS
        deadline = time.monotonic() + timeout
        while not await self._answers(self.kernel_info()):
            if not await self.is_alive():
                raise DeadKernelError("the kernel died while starting")
            if time.monotonic() > deadline:
                raise KernelNotStartedError(f"no answer within {timeout:g} seconds")

    async def _answers(self, request: str) -> bool:
        try:
            while (await self.get_shell_msg(timeout=1))["parent_header"].get("msg_id") != request:
                pass
            await self.get_iopub_msg(timeout=0.1)  # the kernel's welcome, or its status
        except Empty:
            return False
        return True


class TimeLimit:
    """A limit for all cells together; the clock starts with the first cell, not the kernel."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.end: float | None = None

    def left(self, cell: nbformat.NotebookNode) -> float:
        """Return the seconds that a cell may take; never 0, which would mean no limit."""
        if self.end is None:
            self.end = time.monotonic() + self.seconds
        return max(self.end - time.monotonic(), 0.001)


class ThisPython(KernelSpecManager):
    """Knows one kernel: the Python that runs this. One that a user has installed is not taken."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the kernel that belongs to this environment, whatever the name."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")


class StudyEngine(Engine):
    """papermill's own way of running cells, with a limit for the whole notebook."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any
    ) -> None:
        """Run all cells in a new kernel; whatever stops it is a `NotebookStoppedError`."""
        server: ForkServer | None = options["server"]
        inside = None if server is None else server.folder
        with tempfile.TemporaryDirectory(
            prefix="care-study-", dir=inside, ignore_cleanup_errors=True
        ) as folder:
            _run_cells(nb_man, _manager(Path(folder), server), Path(folder), options)
        _raise_for_failed_cell(nb_man.nb)


papermill_engines.register(ENGINE, StudyEngine)


def run(
    document: nbformat.NotebookNode,
    parameters: dict[str, Any],
    *,
    timeout_seconds: float,
    cwd: Path,
    fast: bool,
) -> nbformat.NotebookNode:
    """Execute a notebook through papermill and return the executed document.

    With `fast`, the kernel is forked; where that fails, it is a new Python, as without.
    """
    options = {"timeout_seconds": timeout_seconds, "run_folder": cwd}
    # Twice, because the first server may be outdated: a file of this project has changed.
    for _ in range(2 if fast else 0):
        try:
            return _papermill(document, parameters, server=fork_server(), **options)
        except (ForkServerError, ServerLostError, OSError) as error:
            log.warning("no forked kernel: %s", error)
            close_fork_server()
    return _papermill(document, parameters, server=None, **options)


def _papermill(
    document: nbformat.NotebookNode, parameters: dict[str, Any], **options: Any
) -> nbformat.NotebookNode:
    return papermill.execute_notebook(
        document,  # papermill works on a copy
        None,  # written by the caller, in one piece
        parameters=parameters,
        engine_name=ENGINE,
        kernel_name=KERNEL_NAME,
        language="python",
        progress_bar=False,
        autosave_cell_every=0,
        **options,
    )


def _manager(folder: Path, server: ForkServer | None) -> AsyncKernelManager:
    """Prepare a kernel that talks through sockets in a private folder (mode 0700)."""
    connection_file = folder / "kernel.json"
    private = os.name == "posix" and len(os.fsencode(connection_file)) < LONGEST_SOCKET_PATH
    manager = AsyncKernelManager(
        log=log,
        kernel_name=KERNEL_NAME,
        kernel_spec_manager=ThisPython(),
        client_factory=PromptClient,
        connection_file=str(connection_file),
        transport="ipc" if private else "tcp",  # tcp means the loopback interface
    )
    manager.context.reconnect_ivl = RECONNECT_MILLISECONDS
    if server is not None:
        manager.provisioner = ForkProvisioner(
            parent=manager, kernel_id=folder.name, kernel_spec=manager.kernel_spec, server=server
        )
    return manager


def _run_cells(
    nb_man: NotebookExecutionManager,
    manager: AsyncKernelManager,
    folder: Path,
    options: dict[str, Any],
) -> None:
    limit = TimeLimit(options["timeout_seconds"])
    client = PapermillNotebookClient(
        nb_man,
        km=manager,
        log=log,
        startup_timeout=START_SECONDS,
        timeout_func=limit.left,
        coalesce_streams=True,  # else the pieces depend on when output was flushed
        record_timing=False,
        extra_arguments=list(KERNEL_ARGUMENTS),
    )
    environment = kernel_environment() | {"IPYTHONDIR": str(folder / "ipython")}
    try:
        client.execute(cleanup_kc=True, env=environment, cwd=str(options["run_folder"]))
    except CellTimeoutError:
        text = f"not finished after {limit.seconds:g} seconds, the limit for the notebook"
        raise _stopped(nb_man.nb, "TimeoutError", text) from None
    except KernelNotStartedError as error:
        raise _stopped(nb_man.nb, "KernelNotStarted", str(error)) from None
    except DeadKernelError:
        raise _stopped(nb_man.nb, "KernelDied", _cause_of_death(manager)) from None


def _raise_for_failed_cell(document: nbformat.NotebookNode) -> None:
    for index, cell in enumerate(document.cells):
        if cell.metadata.get("papermill", {}).get("exception"):
            errors = [out for out in cell.get("outputs", []) if out.output_type == "error"]
            ename, evalue = (errors[-1].ename, errors[-1].evalue) if errors else ("Error", "")
            raise NotebookStoppedError(document, index, ename, evalue)


def _stopped(document: nbformat.NotebookNode, ename: str, evalue: str) -> NotebookStoppedError:
    """Name the last cell that was started."""
    begun = [
        index
        for index, cell in enumerate(document.cells)
        if cell.metadata.get("papermill", {}).get("start_time")
    ]
    return NotebookStoppedError(document, begun[-1] if begun else None, ename, evalue)


def _cause_of_death(manager: AsyncKernelManager) -> str:
    """Say how the kernel ended; `ServerLostError` if it went down with the fork server."""
    process = getattr(manager.provisioner, "process", None)
    status = None if process is None else process.poll()
    if status == SERVER_LOST:
        raise ServerLostError("the fork server ended")
    if status == -9:
        return "the kernel was killed (signal 9), most often because memory ran out"
    if status is not None and status < 0:
        return f"the kernel was ended by signal {-status}"
    return f"the kernel ended by itself (exit status {status})"
