"""What a notebook depends on: the modules it imports, and theirs, found without running it.

A module depends too on the files of its folder that it names, such as a template or a table of
quantiles.
"""

import ast
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from care_study import paths

PACKAGE = Path(__file__).resolve().parents[1]


def notebook_modules(notebook: Path) -> list[Path]:
    """List the package's source files that a notebook's code imports, directly or not, sorted."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    lines = [line for line in code.splitlines() if not line.lstrip().startswith(("%", "!"))]
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError as error:
        raise ValueError(
            f"{notebook}: found a code cell that is not Python ({error.msg}): "
            f"{(error.text or '').strip()!r}. Correct the cell."
        ) from None
    return closure(_imported(tree))


def closure(files: frozenset[Path]) -> list[Path]:
    """List source files and everything of the package that they import, sorted."""
    found: set[Path] = set()
    waiting = set(files)
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting |= _imports_of(file)
    return sorted(found)


@cache
def _imports_of(file: Path) -> frozenset[Path]:
    if file.suffix != ".py":
        return frozenset()
    text = file.read_text(encoding="utf-8")
    named = {other for other in _beside(file.parent) if other.name in text}
    return _imported(ast.parse(text)) | named


@cache
def _beside(folder: Path) -> list[Path]:
    """List the files in a folder, or below, that are not modules."""
    files = (file for file in folder.rglob("*") if file.suffix not in (".py", ".pyc"))
    return [file for file in files if file.is_file()]


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield every statement, those within others too; expressions, most of a tree, are left out."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, name, None)
            if isinstance(inner, list):  # in an expression, `body` is one node
                waiting += inner


def _imported(tree: ast.AST) -> frozenset[Path]:
    names: set[str] = set()
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(file for name in names for file in _files(name))


@cache
def _files(name: str) -> set[Path]:
    """Files that importing a dotted name runs: the module, and the packages it lies in."""
    parts = name.split(".")
    if parts[0] != "care_study":
        return set()
    files = set()
    for depth in range(1, len(parts) + 1):
        place = PACKAGE.joinpath(*parts[1:depth])
        files |= {
            file for file in (place / "__init__.py", place.with_suffix(".py")) if file.is_file()
        }
    return files


def table_files(names: tuple[str, ...], folder: Path) -> list[Path]:
    """List the CSV files of the tables that a run may read."""
    return [folder / f"{name}.csv" for name in names]


def document_files(modules: list[Path]) -> list[Path]:
    """List the files of the claims register, if any of the modules reads it."""
    reads_claims = any(PACKAGE / "claims" in module.parents for module in modules)
    return sorted(paths.DOCUMENTS.glob("*.csv")) if reads_claims else []


def forecast_files(modules: list[Path]) -> list[Path]:
    """List the files of fixed forecasts, if any of the modules reads them."""
    reads_them = PACKAGE / "data" / "forecasts.py" in modules
    return sorted((paths.DATA / "forecasts").glob("*")) if reads_them else []


def data_folder(setting: str) -> Path:
    """Resolve the data folder of ``study.yml``, which is relative to the repository."""
    return paths.ROOT / setting
