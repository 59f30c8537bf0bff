"""Notebooks are executed here, and only here: by papermill, each in a process of its own."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from care_study.execution.parameters import (
    ParameterError,
    check_parameters,
    declared_parameters,
    read_notebook,
)
from care_study.execution.quick_import import import_jsonschema

if TYPE_CHECKING:  # nbformat and papermill take seconds to import: only to execute something
    import nbformat

__all__ = [
    "NotebookError",
    "ParameterError",
    "declared_parameters",
    "execute",
    "partial_path",
    "prepare",
]


class NotebookError(RuntimeError):
    """A notebook that did not run to its end.

    Attributes
    ----------
    notebook : Path
        The notebook as it was to be run.
    cell_index : int or None
        Position, from 0, of the cell in the partial notebook; None if no cell had started.
    cell_source : str
        The first lines of that cell.
    parameters : dict
        The parameters passed.
    partial : Path or None
        The notebook up to and including the failure.
    ename, evalue : str
        Name and message of the error.
    """

    def __init__(
        self,
        notebook: Path,
        *,
        ename: str,
        evalue: str,
        parameters: Mapping[str, Any],
        cell_index: int | None = None,
        cell_source: str = "",
        partial: Path | None = None,
    ) -> None:
        self.notebook = notebook
        self.cell_index = cell_index
        self.cell_source = excerpt(cell_source)
        self.parameters = dict(parameters)
        self.partial = partial
        self.ename = ename
        self.evalue = evalue
        super().__init__(self._message())

    def __reduce__(self) -> tuple[Any, ...]:
        """Let the error travel from a worker process to the one that reports it."""
        names = ("ename", "evalue", "parameters", "cell_index", "cell_source", "partial")
        details = {name: getattr(self, name) for name in names}
        return functools.partial(NotebookError, **details), (self.notebook,)

    def _message(self) -> str:
        if self.cell_index is None:
            place = "no cell had started"
        else:
            source = "\n".join(f"    | {line}" for line in self.cell_source.splitlines())
            place = f"cell {self.cell_index + 1}:\n{source}"
        passed = ", ".join(f"{k}={v!r}" for k, v in self.parameters.items()) or "none"
        lines = [
            f"{self.notebook} stopped with {self.ename}: {self.evalue}",
            f"  in {place}",
            f"  parameters: {passed}",
        ]
        if self.partial is not None:
            lines.append(f"  the notebook up to the failure: {self.partial}")
        return "\n".join(lines)


def excerpt(source: str, lines: int = 6, width: int = 100) -> str:
    """Cut a cell's source to its first lines."""
    rows = source.strip().splitlines()
    shown = [row if len(row) <= width else row[: width - 1] + "…" for row in rows[:lines]]
    return "\n".join([*shown, "…"] if len(rows) > lines else shown)


def partial_path(output: Path) -> Path:
    """Where the notebook of a failed run is kept; removed by the next run that succeeds."""
    return output.with_name(f"{output.stem}.partial.ipynb")


def execute(
    notebook: Path,
    output: Path,
    parameters: Mapping[str, Any],
    *,
    timeout_seconds: float = 600,
    cwd: Path | None = None,
    fast: bool | None = None,
) -> None:
    """Execute a notebook with papermill and write the result, all of it or nothing.

    Two runs with the same notebook, parameters and data write the same bytes.

    Parameters
    ----------
    notebook : Path
        The notebook to run; it is not changed.
    output : Path
        Where the executed notebook goes. Until the run has succeeded, what was there stays.
    parameters : Mapping
        Plain values for names in the cell tagged ``parameters``.
    timeout_seconds : float
        Limit for the whole notebook.
    cwd : Path, optional
        Folder to run in; the notebook's own by default, wherever the build was started.
    fast : bool, optional
        Fork the kernel from a preloaded process. By default where the system can.

    Raises
    ------
    ParameterError
        Before anything runs: an undeclared parameter, or a value that is not plain.
    NotebookError
        A cell failed, the time ran out, or the kernel died.
    ValueError
        The notebook is missing or malformed, or `cwd` is not a folder.
    OSError
        The output cannot be written.
    """
    notebook, output = Path(notebook).absolute(), Path(output).absolute()
    check_parameters(notebook, parameters)
    folder = Path(cwd or notebook.parent).absolute()
    if not folder.is_dir():
        raise ValueError(f"{folder}: there is no such folder to run {notebook.name} in.")
    output.parent.mkdir(parents=True, exist_ok=True)
    fast = prepare(fast)
    import_jsonschema()
    # papermill takes a second to import; the command line must not wait for it, and meanwhile
    # the fork server gets ready.
    from care_study.execution.kernels import NotebookStoppedError, run  # noqa: PLC0415
    from care_study.execution.stable_notebook import stabilise  # noqa: PLC0415

    try:
        document = run(
            read_notebook(notebook),
            dict(parameters),
            timeout_seconds=timeout_seconds,
            cwd=folder,
            fast=fast,
        )
    except NotebookStoppedError as stopped:
        partial = _keep_partial(stopped.document, output, parameters)
        raise NotebookError(
            notebook,
            ename=stopped.ename,
            evalue=stopped.evalue,
            parameters=parameters,
            cell_index=stopped.cell_index,
            cell_source=stopped.cell_source,
            partial=partial,
        ) from None
    stabilise(document, parameters)
    write_atomically(document, output)
    partial_path(output).unlink(missing_ok=True)


def _keep_partial(
    document: nbformat.NotebookNode, output: Path, parameters: Mapping[str, Any]
) -> Path | None:
    """Write the notebook up to the failure; None if even that is impossible."""
    from care_study.execution.stable_notebook import stabilise  # noqa: PLC0415

    partial = partial_path(output)
    stabilise(document, parameters)
    try:
        write_atomically(document, partial)
    except OSError:
        return None  # the notebook's own error is the one to report
    return partial


def prepare(fast: bool | None = None) -> bool:
    """Start the fork server if it is to be used; returns at once, while the server imports.

    `execute` does this by itself; a long task may call it early.
    """
    from care_study.execution.forked_kernel import fork_server, forking_available  # noqa: PLC0415

    fast = forking_available() if fast is None else fast
    if fast:
        try:
            fork_server()
        except OSError:
            return False  # no process or no socket to be had: try with a plain kernel
    return fast


def write_atomically(document: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook beside its place, then move it there: readers see the old or the new."""
    import nbformat  # noqa: PLC0415

    text = nbformat.writes(document, version=nbformat.NO_CONVERT)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        aside.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")
        aside.replace(path)
    except OSError as error:
        raise OSError(
            error.errno, f"the executed notebook could not be written ({error.strerror})", str(path)
        ) from error
    finally:
        aside.unlink(missing_ok=True)
