"""A sample of small changes outside the statistics, each made alone: do the nearest tests notice?

Run ``python tests/mutation/sample.py`` (``make mutation-sample``). Each change is made while a
module is imported, in a fork of a Python that has loaded the libraries, so no file is touched and
a change costs its tests alone. Texts are left as they are. What was found is kept in
``build/mutants.json``: another run goes on where this one ended. Then ``SAMPLED.md`` is written.

The nearest tests of a module are those that import it, its namesakes first; where none does, those
of its chapter or package. Tests marked as slow, which build a book or start a browser, are left
out.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.abc
import importlib.util
import json
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "care_study"
KEPT = ROOT / "build" / "mutants.json"
TABLE = Path(__file__).with_name("SAMPLED.md")
PACKAGES = ("claims", "show", "publish", "data/adding", "area", "chapters")
LIBRARIES = ("numpy", "pandas", "scipy.stats", "statsmodels.api", "altair", "vl_convert", "pytest")
LIBRARIES += ("pandera.pandas", "hypothesis", "IPython", "bs4", "openpyxl", "sphinx.application")
LONGEST = 300  # seconds, after which a change is taken for one that never ends: noticed

SWAPS: dict[type, type] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq},
    **{ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot},
    **{ast.IsNot: ast.Is, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div},
    **{ast.Div: ast.Mult, ast.FloorDiv: ast.Div, ast.Mod: ast.Mult, ast.And: ast.Or},
    **{ast.Or: ast.And, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd},
    **{ast.Continue: ast.Break, ast.Break: ast.Continue},
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "first": "last", "last": "first"}


def changed(node: ast.AST) -> ast.AST | None:
    """Make the small change of a node; None where there is none to make."""
    new = copy.deepcopy(node)
    if isinstance(new, ast.Compare) and type(new.ops[0]) in SWAPS:
        new.ops[0] = SWAPS[type(new.ops[0])]()
    elif isinstance(new, ast.BinOp | ast.BoolOp | ast.AugAssign) and type(new.op) in SWAPS:
        if any(isinstance(part, ast.JoinedStr) for part in ast.walk(node)) or _is_text(node):
            return None
        new.op = SWAPS[type(new.op)]()
    elif isinstance(new, ast.UnaryOp) and isinstance(new.op, ast.Not | ast.USub | ast.Invert):
        return new.operand
    elif isinstance(new, ast.Constant) and isinstance(new.value, bool):
        new.value = not new.value
    elif isinstance(new, ast.Constant) and isinstance(new.value, int | float):
        new.value += 1
    elif isinstance(new, ast.Continue | ast.Break):
        return SWAPS[type(new)]()
    elif isinstance(new, ast.Name) and new.id in NAMES and isinstance(new.ctx, ast.Load):
        new.id = NAMES[new.id]
    elif isinstance(new, ast.IfExp):
        new.body, new.orelse = new.orelse, new.body
    elif isinstance(new, ast.Expr) and isinstance(new.value, ast.Call):
        return ast.Pass()
    else:
        return None
    return new


def _is_text(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Constant) and isinstance(n.value, str) for n in ast.walk(node))


def places(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Yield each place inside a function that can be changed: its parent, the field, the index."""

    def inside(node: ast.AST, within: bool) -> Iterator[tuple[ast.AST, str, int | None]]:
        for field, value in ast.iter_fields(node):
            if field in {"annotation", "returns", "decorator_list", "format_spec"}:
                continue
            for index, child in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(child, ast.Assert | ast.AnnAssign) and not within:
                    continue
                if isinstance(child, ast.AST):
                    if within and changed(child) is not None:
                        yield node, field, index if isinstance(value, list) else None
                    yield from inside(child, within or isinstance(child, ast.FunctionDef))

    yield from inside(tree, False)


def mutated(source: str, number: int) -> tuple[ast.Module, int, str, str]:
    """Make one change of a module; returns its tree, the line, and what stood and stands there."""
    tree = ast.parse(source)
    parent, field, index = list(places(tree))[number]
    old = getattr(parent, field) if index is None else getattr(parent, field)[index]
    new = ast.copy_location(changed(old), old)  # type: ignore[type-var]
    if index is None:
        setattr(parent, field, new)
    else:
        getattr(parent, field)[index] = new
    ast.fix_missing_locations(tree)
    return tree, old.lineno, ast.unparse(old), ast.unparse(new)


def sample(count: int, seed: int) -> list[tuple[str, int]]:
    """Choose changes: from each package by the number of its places, at random."""
    files = sorted(file for name in PACKAGES for file in (SOURCE / name).rglob("*.py"))
    every = []
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        name = file.relative_to(SOURCE).as_posix()
        every += [(name, number) for number in range(sum(1 for _ in places(tree)))]
    return random.Random(seed).sample(every, min(count, len(every)))


def nearest(name: str) -> list[str]:
    """List the tests that import a module: namesakes first."""
    dotted = f"care_study.{name[:-3].replace('/', '.')}".removesuffix(".__init__")
    package, _, module = dotted.rpartition(".")
    imports = re.compile(
        rf"from {re.escape(dotted)} import|import {re.escape(dotted)}\b"
        rf"|from {re.escape(package)} import (\([^)]*|[^\n(]*)\b{module}\b"
    )
    texts = {f: f.read_text(encoding="utf-8") for f in sorted((ROOT / "tests").rglob("test_*.py"))}
    found = [file for file, text in texts.items() if imports.search(text)]
    if not found and name.startswith("chapters/"):
        found = [file for file in texts if file.parent.name == name.split("/")[1]]
    elif not found:
        found = [file for file, text in texts.items() if package in text]
    return [str(f) for f in sorted(found, key=lambda f: (module not in f.stem, f))]


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a changed tree."""

    def __init__(self, name: str, tree: ast.Module) -> None:
        self.file = SOURCE / name
        self.dotted = f"care_study.{name[:-3].replace('/', '.')}".removesuffix(".__init__")
        self.tree = tree

    def find_spec(self, fullname, path, target=None):
        """Find the module that is changed, and no other."""
        if fullname != self.dotted:
            return None
        inside = [str(self.file.parent)] if self.file.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(
            fullname, self.file, loader=self, submodule_search_locations=inside
        )

    def exec_module(self, module) -> None:
        """Run the changed tree as the module."""
        exec(compile(self.tree, str(self.file), "exec"), module.__dict__)


def noticed(name: str, number: int) -> dict[str, object]:
    """Make a change in a fork of this process and run its nearest tests."""
    tree, line, old, new = mutated((SOURCE / name).read_text(encoding="utf-8"), number)
    tests = nearest(name)
    found = {"line": line, "old": old, "new": new, "tests": len(tests)}
    if not tests:
        return found | {"outcome": "no test imports it"}
    child = os.fork()
    if not child:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        sys.meta_path.insert(0, Changed(name, tree))
        import pytest

        options = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not slow", "--no-header"]
        code = 1
        try:
            code = int(pytest.main([*options, *tests]))
        finally:
            os._exit(code)
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            names = {0: "not noticed", 5: "no test imports it"}
            return found | {"outcome": names.get(code, "noticed")}
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return found | {"outcome": "noticed"}


def write_table(results: dict[str, dict[str, object]]) -> None:
    """Write how many were noticed in each package, and each that was not."""
    count: dict[str, Counter[str]] = {}
    for key, found in results.items():
        package = next(name for name in PACKAGES if key.startswith(f"{name}/"))
        count.setdefault(package, Counter())[str(found["outcome"])] += 1
    lines = [
        "# Small changes outside the statistics, sampled",
        "",
        "Written by `make mutation-sample`; see `sample.py` for what is changed and what is near.",
        "",
        "| package | changes | noticed | share |",
        "|---|---:|---:|---:|",
    ]
    for package, found in [*sorted(count.items()), ("all", sum(count.values(), Counter()))]:
        total, seen = sum(found.values()), found["noticed"]
        lines.append(f"| {package} | {total} | {seen} | {100 * seen / total:.0f}% |")
    lines += ["", "| where | change | outcome |", "|---|---|---|"]
    for key, found in sorted(results.items()):
        if found["outcome"] != "noticed":
            change = f"`{found['old']}` to `{found['new']}`".replace("|", "\\|").replace("\n", " ")
            lines.append(
                f"| {key.partition('#')[0]}:{found['line']} | {change} | {found['outcome']} |"
            )
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Make the changes that were not made before, then write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    given = parser.parse_args()
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "CARE_STUDY_ROOT": str(ROOT)}
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT / "src"))
    for library in LIBRARIES:
        importlib.import_module(library)
    assert not [name for name in sys.modules if name.startswith("care_study")]
    results = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
    end = time.monotonic() + 60 * given.minutes
    for name, number in sample(given.count, given.seed):
        key = f"{name}#{number}"
        if key not in results and time.monotonic() < end:
            results[key] = noticed(name, number)
            KEPT.parent.mkdir(exist_ok=True)
            KEPT.write_text(json.dumps(results, indent=0), encoding="utf-8")
    write_table(results)


if __name__ == "__main__":
    main()
