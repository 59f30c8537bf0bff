"""Executes one notebook of the pipeline with its parameters and the tables that it may read."""

import json
import os
from pathlib import Path

from care_study.pipeline.workers import end_with_build
from care_study.publish import execution
from care_study.tables import ALLOWED_READS


def execute_notebook(
    notebook: Path, output: Path, settings: str, reads: str, timeout_seconds: float
) -> None:
    """Execute a notebook here.

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
    """
    end_with_build()
    # The kernel inherits the environment: reading any other table is an error.
    os.environ[ALLOWED_READS] = reads
    execution.execute(notebook, output, json.loads(settings), timeout_seconds=timeout_seconds)
