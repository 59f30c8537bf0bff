"""Notebooks are thin: parameters, imports, calls and prose; no logic, no input or output."""

import ast
import json
import re

import pytest

from care_study import paths
from care_study.execution.parameters import declared_parameters

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


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return request.param


@pytest.fixture
def document(notebook):
    return json.loads(notebook.read_text(encoding="utf-8"))


def code_cells(document):
    return [cell for cell in document["cells"] if cell["cell_type"] == "code"]


def trees(document):
    return [ast.parse("".join(cell["source"])) for cell in code_cells(document)]


def nodes(document):
    return [node for tree in trees(document) for node in ast.walk(tree)]


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_says_at_its_top_what_it_shows_and_at_its_end_what_follows(name):
    cells = json.loads((paths.NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    before, box, _ = "\n".join(texts).partition("```{chapter-box}")
    assert box
    assert re.search("^## ", before, re.MULTILINE) is None
    headings = re.findall("^## (.+)$", "\n".join(texts), re.MULTILINE)
    assert headings[-1] == "So what"


def test_no_logic(document):
    found = [ast.unparse(node)[:80] for node in nodes(document) if isinstance(node, LOGIC)]
    assert not found, "move it to a module of care_study, with a test"


def called(node):
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_no_input_and_no_output(document):
    calls = [called(node.func) for node in nodes(document) if isinstance(node, ast.Call)]
    assert not [name for name in calls if INPUT_AND_OUTPUT.fullmatch(name)]


def test_no_module_of_the_machine(document):
    imported = set()
    for node in nodes(document):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert not imported & MACHINE_MODULES


def depth(node):
    """How deep loops stand within one another."""
    inner = max((depth(child) for child in ast.iter_child_nodes(node)), default=0)
    return inner + isinstance(node, ast.For)


def test_loops_are_short_and_plain(document):
    # A loop may say the same of several names and years; anything more is a function of a module.
    assert all(depth(tree) <= 2 for tree in trees(document))
    assert not any(isinstance(node, ast.Break | ast.Continue) for node in nodes(document))


def test_the_first_code_cell_holds_the_parameters(notebook, document):
    tagged = [
        place
        for place, cell in enumerate(code_cells(document))
        if "parameters" in cell["metadata"].get("tags", [])
    ]
    assert tagged == [0]
    assert declared_parameters(notebook)  # raises where it is not a plain assignment
    cell = code_cells(document)[0]
    statements = ast.parse("".join(cell["source"])).body
    assert all(isinstance(statement, ast.Assign) for statement in statements)


def test_every_parameter_is_explained(document):
    # A comment at its assignment, or just before it at the one it belongs to (a pair of years).
    source = "".join(code_cells(document)[0]["source"])
    lines = source.splitlines()
    commented = [
        any("#" in line for line in lines[node.lineno - 1 : node.end_lineno])
        for node in ast.parse(source).body
    ]
    assert commented[0]
    assert all(any(commented[max(0, place - 2) : place + 1]) for place in range(len(commented)))


def test_no_outputs_are_stored(document):
    for cell in code_cells(document):
        assert cell["outputs"] == [] and cell["execution_count"] is None


def test_the_kernel_is_the_one_every_machine_has(document):
    assert document["metadata"]["kernelspec"]["name"] == "python3"
    assert document["metadata"]["kernelspec"]["display_name"] == "Python 3"
    # No trace of the machine on which it was last saved.
    assert "version" not in document["metadata"].get("language_info", {})


def test_no_path_of_a_machine(notebook):
    assert not MACHINE_PATH.search(notebook.read_text(encoding="utf-8"))


def test_cells_have_ids_that_do_not_change_at_random(document):
    ids = [cell["id"] for cell in document["cells"]]
    assert len(set(ids)) == len(ids)


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
