"""How the repository is laid out."""

import ast
import re
import subprocess
import sys

import pytest

from care_study import paths

SOURCE = paths.ROOT / "src" / "care_study"
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST_MODULE = 400
MEDIAN_FUNCTION, LONG_FUNCTION = 10, 28  # lines in the middle, and of nine in ten
FIXED = ["book", "_config.yml", "_toc.yml", "notebooks", "data", "src", "tests", "environment.yml"]


def tracked():
    """Files under version control; without git, none can be told."""
    try:
        done = subprocess.run(
            ["git", "ls-files", "-z"], cwd=paths.ROOT, capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git repository")
    names = [name for name in done.stdout.decode().split("\0") if name]
    return [paths.ROOT / name for name in names if (paths.ROOT / name).is_file()]


def name_of(path):
    return path.relative_to(SOURCE).as_posix()


# ---- layout


def test_the_fixed_top_level():
    assert [name for name in FIXED if not (paths.ROOT / name).exists()] == []


def test_what_is_built_is_not_under_version_control():
    ignored = (paths.ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {"build/", ".venv/", ".pytask/"} <= set(ignored)
    built = {"build", ".venv", ".pytask", ".hypothesis", "__pycache__", ".ipynb_checkpoints"}
    assert not [path for path in tracked() if built & set(path.relative_to(paths.ROOT).parts)]


def test_every_location_is_named_once_in_paths():
    known = {value for name, value in vars(paths).items() if name.isupper()}
    for path in known - {paths.BUILD, paths.EXECUTED, paths.BOOK_SOURCE, paths.HTML}:
        assert path.exists(), path


# ---- modules


@pytest.fixture(scope="module")
def sources():
    return {name_of(path): path.read_text(encoding="utf-8") for path in MODULES}


@pytest.fixture(scope="module")
def trees(sources):
    return {name: ast.parse(source) for name, source in sources.items()}


def test_a_module_can_be_read_in_one_sitting(sources):
    lines = {name: len(source.splitlines()) for name, source in sources.items()}
    long = {name: number for name, number in lines.items() if number > LONGEST_MODULE}
    assert not long, "split them by topic"


def lines_of(function):
    """Lines of a function below its docstring."""
    body = function.body[ast.get_docstring(function) is not None :]
    return function.end_lineno - body[0].lineno + 1 if body else 0


def test_functions_are_short(trees):
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]
    lengths = sorted(lines_of(node) for node in nodes if isinstance(node, kinds))
    assert lengths[len(lengths) // 2] <= MEDIAN_FUNCTION
    assert lengths[len(lengths) * 9 // 10] <= LONG_FUNCTION


def public_definitions(tree):
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (
                    inner
                    for inner in node.body
                    if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("_")
                )


def test_every_public_thing_says_what_it_is(trees):
    modules = [name for name, tree in trees.items() if tree.body and not ast.get_docstring(tree)]
    without = [
        f"{name}: {node.name}"
        for name, tree in trees.items()
        for node in public_definitions(tree)
        if not ast.get_docstring(node)
    ]
    assert modules + without == []


def test_imports_are_absolute(trees):
    relative = {
        name
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
    }
    assert not relative


# ---- storeys


def test_storeys_and_circles():
    """The storeys are declared in pyproject.toml; import-linter holds them."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


# ---- nothing of a machine in what is published

MACHINE = re.compile(r"(?<![\w.:/$])/(?:home|Users|root|tmp|mnt|work|opt)/\w|\b[A-Z]:\\Users")
HOSTS = re.compile(
    r"pypi\.org|pythonhosted\.org|conda\.anaconda\.org|registry\.npmjs\.org|proxy\.golang\.org|"
    r"jsdelivr|unpkg\.com|cdnjs|googleapis\.com|cdn\.\w+\.\w+|esm\.sh|skypack",
    re.IGNORECASE,
)
# Tests name what they look for.
ABOUT_HOSTS = {"tests/conventions/test_tree.py", "tests/conventions/test_notebooks_thin.py"}


def texts():
    for path in tracked():
        name = path.relative_to(paths.ROOT).as_posix()
        try:
            yield name, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_path_of_a_machine_stands_in_a_file():
    found = [name for name, text in texts() if MACHINE.search(text) and name not in ABOUT_HOSTS]
    assert not found


def test_no_package_registry_and_no_cdn_is_named():
    # The tests of the book look for such hosts in the pages, and so must name them.
    found = [
        name
        for name, text in texts()
        if HOSTS.search(text) and name not in ABOUT_HOSTS and not name.startswith("tests/publish/")
    ]
    assert not found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see /home/ann/x", True),
        ("'/tmp/x'", True),
        ("C:\\Users\\ann", True),
        ("https://example.org/tmp/x", False),
        ("data/tmp/x", False),
        ("JOB /tmp", False),
    ],
)
def test_the_pattern_for_machine_paths(text, found):
    assert bool(MACHINE.search(text)) == found
