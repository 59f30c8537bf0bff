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


@pytest.mark.parametrize("name", FIXED)
def test_the_fixed_top_level(name):
    assert (paths.ROOT / name).exists()


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


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_can_be_read_in_one_sitting(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_MODULE, "split it by topic"


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


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_public_thing_says_what_it_is(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) or not tree.body, "the module has no docstring"
    without = [node.name for node in public_definitions(tree) if not ast.get_docstring(node)]
    assert not without


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_are_absolute(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level]


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
