"""Parameters of a notebook: what it declares, and whether what was passed can be passed."""

from __future__ import annotations

import ast
import difflib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from care_study.execution.quick_import import import_jsonschema

if TYPE_CHECKING:  # importing it takes a second, which a build with nothing to do need not wait
    import nbformat

PARAMETERS_TAG = "parameters"
PLAIN_TYPES = "str, int, float, bool, None, and lists and dicts of these"


class ParameterError(ValueError):
    """A parameter that the notebook does not declare, or a value that is not a plain one."""


def declared_parameters(notebook: Path) -> dict[str, Any]:
    """Read the parameters that a notebook declares, with their default values.

    The cell is parsed, never run: whatever it contains, reading it has no effect.

    Parameters
    ----------
    notebook : Path
        A notebook; its first cell tagged ``parameters`` holds nothing but assignments of
        plain values.

    Returns
    -------
    dict
        Names and default values in the order of the cell; empty without such a cell.

    Raises
    ------
    ParameterError
        The cell holds something else than assignments of plain values.
    ValueError
        The file is missing or is not a notebook.
    """
    return _assignments(_parameters_source(notebook), notebook)


def check_parameters(notebook: Path, parameters: Mapping[str, Any]) -> None:
    """Refuse parameters that the notebook does not declare and values that are not plain.

    papermill itself only warns about an unknown name, and writes whatever it is given into a
    code cell; so everything is checked here, before anything runs.

    Raises
    ------
    ParameterError
        With the nearest declared name and the list of all, or with the place of the bad value.
    """
    declared = declared_parameters(notebook)
    for name, value in parameters.items():
        if name not in declared:
            raise ParameterError(_unknown(name, list(declared), notebook))
        problem = _not_plain(value)
        if problem:
            raise ParameterError(
                f"{notebook}: parameter {name!r} cannot be passed: {problem}. "
                f"Pass plain values only ({PLAIN_TYPES})."
            )


def read_notebook(notebook: Path) -> nbformat.NotebookNode:
    """Read a notebook as format 4; a missing or malformed file is a `ValueError`."""
    import_jsonschema()
    import nbformat  # noqa: PLC0415 - see above

    try:
        return nbformat.read(notebook, as_version=4)
    except FileNotFoundError:
        raise ValueError(f"{notebook}: there is no such notebook. Check the path.") from None
    except OSError as error:
        raise ValueError(f"{notebook}: the notebook cannot be read ({error.strerror}).") from error
    except Exception as error:
        # nbformat raises its own error, JSON's, or Unicode's, depending on what is broken.
        detail = str(error).strip().splitlines()[0][:200] if str(error).strip() else ""
        raise ValueError(
            f"{notebook}: this is not a Jupyter notebook ({type(error).__name__}: {detail}). "
            "Open it in JupyterLab and save it again, or restore it from version control."
        ) from error


def _parameters_source(notebook: Path) -> str:
    for cell in _cells(notebook):
        if cell["cell_type"] == "code" and PARAMETERS_TAG in cell["metadata"].get("tags", []):
            return "".join(cell["source"])
    return ""


def _cells(notebook: Path) -> list[Any]:
    """Read the cells; of a file in any other format than the usual one, with nbformat's help."""
    try:
        document = json.loads(notebook.read_text(encoding="utf-8"))
        cells = document["cells"] if document["nbformat"] == 4 else None
        if isinstance(cells, list) and all(map(_is_cell, cells)):
            return cells
    except (OSError, ValueError, TypeError, LookupError):
        pass  # the message is read_notebook's
    return list(read_notebook(notebook).cells)


def _is_cell(cell: Any) -> bool:
    kinds = {"cell_type": str, "metadata": dict, "source": str | list}
    return isinstance(cell, dict) and all(isinstance(cell.get(k), t) for k, t in kinds.items())


def _assignments(source: str, notebook: Path) -> dict[str, Any]:
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise ParameterError(
            f"{notebook}: line {error.lineno} of the parameters cell is not Python ({error.msg})."
        ) from None
    values: dict[str, Any] = {}
    for statement in statements:
        values.update(_assignment(statement, notebook))
    return values


def _assignment(statement: ast.stmt, notebook: Path) -> dict[str, Any]:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return {}  # a bare string, used as a comment
    if isinstance(statement, ast.Assign):
        targets, value = statement.targets, statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets, value = [statement.target], statement.value
    else:
        targets, value = [], ast.Constant(None)
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    try:
        if not names or len(names) != len(targets):
            raise ValueError
        return dict.fromkeys(names, ast.literal_eval(value))
    except (ValueError, TypeError, SyntaxError):
        raise ParameterError(
            f"{notebook}: line {statement.lineno} of the parameters cell, "
            f"{ast.unparse(statement)!r}, is not the assignment of a plain value. "
            f"Only assignments such as 'area = \"873\"' may stand there ({PLAIN_TYPES})."
        ) from None


def _unknown(name: str, declared: list[str], notebook: Path) -> str:
    if not declared:
        return (
            f"{notebook}: unknown parameter {name!r}: the notebook declares none. "
            f"Tag its first code cell '{PARAMETERS_TAG}' and assign the default there."
        )
    near = difflib.get_close_matches(str(name), declared, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return f"{notebook}: unknown parameter {name!r}.{hint} It declares: {', '.join(declared)}."


def _not_plain(value: Any) -> str:
    """Say what is wrong with a value; empty if it is plain. Subclasses are not plain."""
    kind, items = type(value), []
    if kind is list:
        items = value
    elif kind is dict:
        items = list(value.values())
        wrong = next((key for key in value if type(key) is not str), None)
        if wrong is not None:
            return f"the key {wrong!r} is not text"
    elif kind is str and not _is_text(value):
        return f"{value!a} is not valid Unicode text"
    elif kind is float and not math.isfinite(value):
        return f"{value} is not a finite number"
    elif kind not in (str, float, int, bool, type(None)):
        return f"{value!r:.80} is of type {kind.__module__}.{kind.__qualname__}"
    return next((problem for item in items if (problem := _not_plain(item))), "")


def _is_text(value: str) -> bool:
    try:
        value.encode("utf-8")  # half of a surrogate pair cannot be written to any file
    except UnicodeEncodeError:
        return False
    return True
