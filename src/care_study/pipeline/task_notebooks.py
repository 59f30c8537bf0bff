"""Execute the notebooks that ``study.yml`` lists, each when something it depends on changed."""

import json
from pathlib import Path
from typing import Annotated, Any

from pytask import PythonNode, task

from care_study import paths
from care_study.execution.parameters import declared_parameters
from care_study.pipeline.dependencies import (
    data_folder,
    document_files,
    forecast_files,
    notebook_modules,
    table_files,
)
from care_study.pipeline.execute import execute_notebook
from care_study.pipeline.task_data import CHECKED, STUDY

_FOLDER = data_folder(STUDY.data_folder)


for _run in STUDY.runs:
    _notebook = paths.NOTEBOOKS / f"{_run.notebook}.ipynb"
    _modules = notebook_modules(_notebook)
    _settings: dict[str, Any] = STUDY.parameters(_run, declared_parameters(_notebook))

    @task(id=_run.notebook)
    def task_execute_notebook(
        settings: Annotated[
            str, PythonNode(value=json.dumps(_settings, sort_keys=True), hash=True)
        ],
        reads: Annotated[str, PythonNode(value=",".join(_run.reads), hash=True)],
        notebook: Path = _notebook,
        checked: Path = CHECKED,
        tables: list[Path] = table_files(_run.reads, _FOLDER),
        modules: list[Path] = _modules,
        documents: list[Path] = [*document_files(_modules), *forecast_files(_modules)],
        produces: Path = paths.EXECUTED / f"{_run.notebook}.ipynb",
    ) -> None:
        """Execute one notebook with its parameters."""
        execute_notebook(
            notebook, produces, settings, reads, STUDY.timeout_seconds, [*tables, *documents]
        )
