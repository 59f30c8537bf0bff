"""Each standard tool works on a project as its own documentation says, from both folders.

They share one small project: what is executed first is checked again and then made a book.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from care_study import paths
from care_study.pipeline.starter import write_project
from care_study.show.facts import read_facts

TOOLS = Path(sys.executable).parent


def call(folder: Path, tool: str, *arguments: str) -> SimpleNamespace:
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("CARE_STUDY", "PYTEST"))
    }
    done = subprocess.run(
        [str(TOOLS / tool), *arguments],
        cwd=folder,
        env={**environment, "NO_COLOR": "1", "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return SimpleNamespace(code=done.returncode, output=done.stdout)


@pytest.fixture(scope="module")
def unexecuted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tools") / "study"
    write_project(folder, paths.PUBLISHED)
    return folder


@pytest.fixture(scope="module")
def project(unexecuted: Path) -> Path:
    """The project, its notebook executed from the root by nbconvert."""
    folder = unexecuted.with_name("executed")
    shutil.copytree(unexecuted, folder)
    done = call(
        folder,
        "jupyter",
        *("nbconvert", "--to", "notebook", "--execute", "--output-dir", "build/executed"),
        "notebooks/first.ipynb",
    )
    assert done.code == 0, done.output
    return folder


def test_a_book_of_notebooks_that_were_not_executed_says_how_in_one_line(unexecuted: Path) -> None:
    done = call(unexecuted, "jupyter-book", "build", ".")
    assert done.code == 1
    assert "Traceback" not in done.output
    last = done.output.strip().splitlines()[-1]
    assert "found no executed first" in last
    assert "care-study book" in last
    assert "jupyter nbconvert --to notebook --execute --output-dir build/executed" in last


def test_a_book_is_built_from_its_root(project: Path) -> None:
    done = call(project, "jupyter-book", "build", ".")
    assert done.code == 0, done.output
    assert "WARNING" not in done.output
    page = project / "_build" / "html" / "notebooks" / "first.html"
    facts = read_facts(project / "build" / "executed" / "first.ipynb")
    assert str(facts["rate"].text) in page.read_text(encoding="utf-8")


def test_a_book_named_from_another_folder_says_where_to_stand(project: Path) -> None:
    done = call(project.parent, "jupyter-book", "build", str(project))
    assert done.code == 1
    assert f"cd {project}" in done.output.strip().splitlines()[-1]


def test_papermill_runs_in_the_notebooks_folder_with_another_area(
    project: Path, tmp_path: Path
) -> None:
    output = tmp_path / "kent.ipynb"
    done = call(
        project / "notebooks", "papermill", "first.ipynb", str(output), "-p", "area", "Kent"
    )
    assert done.code == 0, done.output
    assert read_facts(output)["area"].text == "Kent"


def test_nbconvert_runs_in_the_notebooks_folder(project: Path, tmp_path: Path) -> None:
    done = call(
        project / "notebooks",
        "jupyter",
        *("nbconvert", "--to", "notebook", "--execute", "--output-dir", str(tmp_path)),
        "first.ipynb",
    )
    assert done.code == 0, done.output
    here = read_facts(tmp_path / "first.ipynb")
    assert here == read_facts(project / "build" / "executed" / "first.ipynb")


def test_nbval_finds_the_same_outputs_again(project: Path) -> None:
    done = call(project, "pytest", "--nbval", "-q", "build/executed/first.ipynb")
    assert done.code == 0, done.output
    assert "passed" in done.output
