"""Notebooks are thin: parameters, imports, calls and prose; no logic, no input or output."""

import ast
import json
import re

import pytest

from care_study import paths
from care_study.execution.parameters import declared_parameters

MOST_CODE = 1_000  # lines in all
NOTEBOOKS = sorted(paths.NOTEBOOKS.glob("*.ipynb"))
CHAPTERS = (
    *("northamptonshire", "coventry", "cambridgeshire", "inspections", "comparison"),
    *("hertfordshire", "national", "methods", "reference"),
)
LOGIC = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Global, ast.Nonlocal, ast.Delete),
)
INPUT_AND_OUTPUT = re.compile(
    r"open|print|input|exec|eval|display|read_(?:csv|excel|json|text|bytes|parquet)|"
    r"to_(?:csv|excel|json|html|parquet)|write_(?:text|bytes)|mkdir|unlink|rename|savefig|urlopen|"
    r"system|popen|run"
)
MACHINE_MODULES = {
    *("os", "sys", "io", "pathlib", "shutil", "subprocess", "socket", "tempfile"),
    *("urllib", "requests", "http", "pickle", "sqlite3", "builtins", "importlib"),
}
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:home|Users|root|tmp|mnt|work|opt|var)/|\b[A-Z]:\\")


@pytest.fixture(scope="module")
def documents():
    return {path: json.loads(path.read_text(encoding="utf-8")) for path in NOTEBOOKS}


def code_cells(document):
    return [cell for cell in document["cells"] if cell["cell_type"] == "code"]


def trees(document):
    return [ast.parse("".join(cell["source"])) for cell in code_cells(document)]


def nodes(document):
    return [node for tree in trees(document) for node in ast.walk(tree)]


def every_node(documents):
    return [(path.stem, node) for path, one in documents.items() for node in nodes(one)]


def test_there_are_notebooks_and_they_hold_little_code(documents):
    assert documents
    cells = [cell for document in documents.values() for cell in code_cells(document)]
    lines = [line for cell in cells for line in "".join(cell["source"]).splitlines()]
    assert len([line for line in lines if line.strip()]) <= MOST_CODE


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_says_at_its_top_what_it_shows_and_at_its_end_what_follows(name):
    cells = json.loads((paths.NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    before, box, _ = "\n".join(texts).partition("```{chapter-box}")
    assert box
    assert re.search("^## ", before, re.MULTILINE) is None
    headings = re.findall("^## (.+)$", "\n".join(texts), re.MULTILINE)
    assert headings[-1] == "So what"


def test_no_logic(documents):
    found = [
        f"{name}: {ast.unparse(node)[:80]}"
        for name, node in every_node(documents)
        if isinstance(node, LOGIC)
    ]
    assert not found, "move it to a module of care_study, with a test"


def is_path(node):
    """Whether an operation joins a path to the folder of the project: ``ROOT / data_folder``."""
    return isinstance(node.op, ast.Div) and ast.unparse(node.left).partition(" ")[0] == "ROOT"


def test_no_computation(documents):
    """Paths are joined, years of a range are counted; everything else is a function of a module."""
    found = [
        f"{name}: {ast.unparse(node)[:80]}"
        for name, node in every_node(documents)
        if (isinstance(node, ast.BinOp) and not is_path(node))
        or (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Compare))
    ]
    assert not found, "move it to a module of care_study, with a test"


def called(node):
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_no_input_and_no_output(documents):
    calls = [
        (name, called(node.func))
        for name, node in every_node(documents)
        if isinstance(node, ast.Call)
    ]
    assert not [one for one in calls if INPUT_AND_OUTPUT.fullmatch(one[1])]


def test_no_module_of_the_machine(documents):
    imported = set()
    for name, node in every_node(documents):
        if isinstance(node, ast.Import):
            imported |= {(name, alias.name.split(".")[0]) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((name, (node.module or "").split(".")[0]))
    assert not [one for one in imported if one[1] in MACHINE_MODULES]


def depth(node):
    """How deep loops stand within one another."""
    inner = max((depth(child) for child in ast.iter_child_nodes(node)), default=0)
    return inner + isinstance(node, ast.For)


def test_loops_are_short_and_plain(documents):
    # A loop may say the same of several names and years; anything more is a function of a module.
    assert all(depth(tree) <= 2 for document in documents.values() for tree in trees(document))
    leaving = [one for one in every_node(documents) if isinstance(one[1], ast.Break | ast.Continue)]
    assert not leaving


def test_the_first_code_cell_holds_the_parameters(documents):
    for notebook, document in documents.items():
        tagged = [
            place
            for place, cell in enumerate(code_cells(document))
            if "parameters" in cell["metadata"].get("tags", [])
        ]
        assert tagged == [0], notebook
        assert declared_parameters(notebook)  # raises where it is not a plain assignment
        cell = code_cells(document)[0]
        statements = ast.parse("".join(cell["source"])).body
        assert all(isinstance(statement, ast.Assign) for statement in statements), notebook


def test_every_parameter_is_explained(documents):
    # A comment at its assignment, or just before it at the one it belongs to (a pair of years).
    for notebook, document in documents.items():
        source = "".join(code_cells(document)[0]["source"])
        lines = source.splitlines()
        commented = [
            any("#" in line for line in lines[node.lineno - 1 : node.end_lineno])
            for node in ast.parse(source).body
        ]
        assert commented[0], notebook
        near = [any(commented[max(0, at - 2) : at + 1]) for at in range(len(commented))]
        assert all(near), notebook


def test_no_outputs_are_stored(documents):
    for notebook, document in documents.items():
        for cell in code_cells(document):
            assert cell["outputs"] == [] and cell["execution_count"] is None, notebook


def test_the_kernel_is_the_one_every_machine_has(documents):
    for notebook, document in documents.items():
        assert document["metadata"]["kernelspec"]["name"] == "python3", notebook
        assert document["metadata"]["kernelspec"]["display_name"] == "Python 3", notebook
        # No trace of the machine on which it was last saved.
        assert "version" not in document["metadata"].get("language_info", {}), notebook


def test_no_path_of_a_machine():
    found = [one.name for one in NOTEBOOKS if MACHINE_PATH.search(one.read_text(encoding="utf-8"))]
    assert not found


def test_cells_have_ids_that_do_not_change_at_random(documents):
    for notebook, document in documents.items():
        ids = [cell["id"] for cell in document["cells"]]
        assert len(set(ids)) == len(ids), notebook


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('x = "/home/ann/data"', True),
        ("C:\\Users\\ann", True),
        ("data/published", False),
        ("https://example.org/home/page", False),
    ],
)
def test_the_pattern_for_machine_paths(text, found):
    assert bool(MACHINE_PATH.search(text)) == found
