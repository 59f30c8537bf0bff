"""Executes one notebook of the pipeline, on this machine or on the cluster that was named."""

import json
import os
from pathlib import Path

from care_study.data.schemas import ALLOWED_READS
from care_study.execution import execution
from care_study.pipeline import cluster
from care_study.pipeline.workers import end_with_build


def execute_notebook(
    notebook: Path,
    output: Path,
    settings: str,
    reads: str,
    timeout_seconds: float,
    inputs: list[Path],
) -> None:
    """Execute a notebook.

    Parameters
    ----------
    notebook, output
        The notebook, and where the executed one goes.
    settings
        Parameters as JSON.
    reads
        Names of the tables that it may read, with commas; any other is refused.
    timeout_seconds
        How long it may run.
    inputs
        The files that it may read, which a cluster's worker is sent.
    """
    end_with_build()
    address = os.environ.get(cluster.ADDRESS)
    if address:
        job = cluster.make_job(notebook, settings, reads, timeout_seconds, inputs)
        cluster.execute_on_cluster(address, job, output)
        return
    # The kernel inherits the environment: reading any other table is an error.
    os.environ[ALLOWED_READS] = reads
    execution.execute(notebook, output, json.loads(settings), timeout_seconds=timeout_seconds)
