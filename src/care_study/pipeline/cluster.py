"""Notebooks executed by the workers of a Dask cluster, which share no folder with this machine.

A job carries everything as bytes: the notebook, its parameters, and the files that it may read. The
worker has the package installed, writes the files into a project folder of its own, executes the
notebook there as this machine would, and sends the executed notebook back as bytes. A worker that
is lost takes nothing with it: Dask gives its jobs to another.

pytask-parallel's own Dask backend sends whole tasks, whose inputs and products are paths, and so
needs a folder that all workers share. Here the tasks stay on this machine, in threads that wait,
and only the execution of a notebook goes out.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from care_study import paths
from care_study.data.schemas import ALLOWED_READS
from care_study.execution import execution

ADDRESS = "CARE_STUDY_CLUSTER"
RETRIES = 3
CONNECT_SECONDS = 20


class ClusterError(RuntimeError):
    """A cluster that cannot be reached, or a job that no worker could do."""


@dataclass(frozen=True)
class Job:
    """One notebook to execute: its place in the project, parameters, tables and files as bytes."""

    notebook: str
    parameters: str
    reads: str
    timeout_seconds: float
    files: Mapping[str, bytes]


def make_job(
    notebook: Path, settings: str, reads: str, timeout_seconds: float, inputs: list[Path]
) -> Job:
    """Pack a notebook and its inputs, named by their places in the project's folder.

    Raises
    ------
    ClusterError
        For an input outside the project's folder, which would have no place on a worker.
    """
    files: dict[str, bytes] = {}
    for path in [notebook, *inputs]:
        if not path.resolve().is_relative_to(paths.ROOT):
            raise ClusterError(
                f"{path}: found a file outside the project's folder {paths.ROOT}. A worker could "
                "not place it; put the data into the project's folder."
            )
        files[path.resolve().relative_to(paths.ROOT).as_posix()] = path.read_bytes()
    return Job(
        notebook.resolve().relative_to(paths.ROOT).as_posix(),
        settings,
        reads,
        timeout_seconds,
        files,
    )


def execute_on_cluster(address: str, job: Job, output: Path) -> None:
    """Have a worker execute a notebook, and write what comes back, all of it or nothing.

    Raises
    ------
    NotebookError
        As on this machine, with the notebook up to the failure kept beside the output.
    ClusterError
        If the cluster cannot be reached, or lost its workers again and again.
    """
    from distributed import KilledWorker  # noqa: PLC0415  a second to import

    future = client(address).submit(execute_job, job, retries=RETRIES, pure=False)
    try:
        result = future.result()
    except KilledWorker as error:
        raise ClusterError(
            f"{job.notebook}: the cluster at {address} lost every worker that tried it ({error}). "
            "See the workers' own logs; they may lack memory."
        ) from None
    output.parent.mkdir(parents=True, exist_ok=True)
    failure = result.pop("failure", None)
    place = execution.partial_path(output) if failure else output
    if result["notebook"]:
        aside = place.with_name(f".{place.name}.{os.getpid()}.tmp")
        aside.write_bytes(result["notebook"])
        aside.replace(place)
    if failure:
        partial = place if result["notebook"] else None
        raise execution.NotebookError(
            paths.ROOT / job.notebook,
            **failure,
            parameters=json.loads(job.parameters),
            partial=partial,
        )
    execution.partial_path(output).unlink(missing_ok=True)


@cache
def client(address: str) -> Any:
    """Connect to a cluster, once a process.

    Raises
    ------
    ClusterError
        If nothing answers, or there is no worker.
    """
    from distributed import Client  # noqa: PLC0415

    try:
        connected = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"{address}: no Dask scheduler answers ({error}). Expected an address such as "
            "tcp://10.0.0.5:8786; start one with `dask scheduler`."
        ) from None
    if not connected.scheduler_info()["workers"]:
        connected.close()
        raise ClusterError(
            f"{address}: the scheduler has no worker. Start some with "
            f"`dask worker {address} --nthreads 1`."
        )
    return connected


def cores(address: str) -> int:
    """Count the notebooks that the cluster can execute at once: one a thread of its workers."""
    return sum(client(address).nthreads().values())


# ---- on the worker


def execute_job(job: Job) -> dict[str, Any]:
    """Execute a job in this worker: ``notebook`` (bytes), and ``failure`` where it stopped."""
    root = worker_folder()
    for name, content in job.files.items():
        _place(root / name, content)
    os.environ[ALLOWED_READS] = job.reads
    out = root / "executed" / f"{hashlib.sha256(repr(job).encode()).hexdigest()}.ipynb"
    try:
        execution.execute(
            root / job.notebook,
            out,
            json.loads(job.parameters),
            timeout_seconds=job.timeout_seconds,
        )
    except execution.NotebookError as error:
        kept = error.partial.read_bytes() if error.partial else b""
        details = ("ename", "evalue", "cell_index", "cell_source")
        return {
            "notebook": kept,
            "failure": {name: getattr(error, name) for name in details},
        }
    content = out.read_bytes()
    out.unlink()
    return {"notebook": content}


@cache
def worker_folder() -> Path:
    """Make the project folder of this worker process; kernels take it for the project."""
    folder = Path(tempfile.mkdtemp(prefix="care-study-worker-")).resolve()
    (folder / "study.yml").touch()
    os.environ["CARE_STUDY_ROOT"] = str(folder)
    return folder


def _place(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    aside.write_bytes(content)
    aside.replace(path)
