"""`care-study run` and `care-study new`: what they run, what they say, where the project is."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from care_study import paths
from care_study.cli.main import main
from care_study.data.schemas import TABLES
from care_study.execution.execution import NotebookError
from care_study.paths import find_root
from care_study.pipeline import area_run, starter
from care_study.study import read_study

STUDY = read_study(paths.STUDY)


def command(*arguments):
    return CliRunner().invoke(main, list(arguments))


# ---- which notebooks, with which parameters


def test_the_profile_and_every_chapter_about_an_area_is_run():
    todo = area_run.jobs(STUDY, {"area": "Essex"})
    names = [job.notebook.stem for job in todo]
    assert names[0] == "profile" and {"cambridgeshire", "northamptonshire"} <= set(names)
    assert "data" not in names  # it is about no area
    assert {job.parameters["area"] for job in todo} == {"Essex"}


def test_what_is_given_takes_the_place_of_study_yml_where_it_is_declared():
    given = {"area": "Essex", "event": "2019-04", "neighbours": "2025", "first_year": 2015}
    todo = {job.notebook.stem: job.parameters for job in area_run.jobs(STUDY, given)}
    assert todo["cambridgeshire"]["event"] == "2019-04"
    assert todo["profile"]["neighbours"] == "2025" and todo["profile"]["first_year"] == 2015
    assert todo["profile"]["last_year"] == STUDY.general["last_year"]
    assert "event" not in todo["profile"]


def test_a_notebook_can_be_named():
    todo = area_run.jobs(STUDY, {}, ["data"])
    assert [job.notebook.stem for job in todo] == ["data"]
    with pytest.raises(ValueError, match=r"There is no notebook 'dat'\. Expected one of "):
        area_run.jobs(STUDY, {}, ["dat"])


def fails_with(ename):
    def execute(notebook, output, parameters, **_):
        raise NotebookError(notebook, ename=ename, evalue="too short", parameters=parameters)

    return execute


@pytest.mark.parametrize(
    ("ename", "status"),
    [
        ("ValueError", area_run.NOT_APPLICABLE),
        ("NeighbourError", area_run.NOT_APPLICABLE),
        ("KeyError", area_run.FAILED),
        ("DataError", area_run.FAILED),
        ("DeadKernelError", area_run.FAILED),
    ],
)
def test_only_a_message_of_our_own_means_that_a_chapter_does_not_apply(
    ename, status, tmp_path, monkeypatch
):
    monkeypatch.setattr(area_run, "RUNS", tmp_path)
    monkeypatch.setattr(area_run.execution, "execute", fails_with(ename))
    todo = [area_run.Job(Path("x.ipynb"), {"area": "Essex"})]
    done = area_run.run_area("Essex", todo, 10, lambda words: None)
    assert [outcome.status for outcome in done.outcomes] == [status]
    assert "too short" in done.outcomes[0].reason
    assert done.index is None and not done.is_complete


def test_a_book_that_does_not_build_leaves_the_one_before(tmp_path, monkeypatch):
    monkeypatch.setattr(area_run, "RUNS", tmp_path)
    notebook = {"cells": [{"cell_type": "markdown", "source": ["# One\n"]}]}

    def execute(path, output, parameters, **_):
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(json.dumps(notebook), encoding="utf-8")

    def broken(source, html, *, strict):
        assert (source / "notebooks" / "profile.ipynb").is_file() and not strict
        raise area_run.book.BookError("did not build")

    before = tmp_path / "up-down" / "html" / "index.html"
    before.parent.mkdir(parents=True)
    before.write_text("before", encoding="utf-8")
    monkeypatch.setattr(area_run.execution, "execute", execute)
    monkeypatch.setattr(area_run.book, "build", broken)
    with pytest.raises(area_run.book.BookError):
        area_run.run_area("Up/down", [area_run.Job(Path("profile.ipynb"), {})], 10, print)
    assert before.read_text(encoding="utf-8") == "before"
    staged = (tmp_path / "up-down" / "source" / "notebooks" / "profile.ipynb").read_text("utf-8")
    assert "# Up\\\\/down" in staged


# ---- the command


@pytest.fixture
def ran(monkeypatch):
    """The command without executing anything."""
    seen = SimpleNamespace(outcomes=(area_run.Outcome("profile", area_run.EXECUTED, "p.html"),))

    def run_area(area, todo, timeout_seconds, step):
        seen.area, seen.todo = area, todo
        return area_run.AreaRun(area, Path("f"), Path("/f/index.html"), tuple(seen.outcomes))

    monkeypatch.setattr(area_run, "run_area", run_area)
    return seen


def test_the_area_is_found_by_code_and_pages_are_printed(ran):
    done = command("run", "--area", "881", "--from", "2015")
    assert done.exit_code == 0 and "profile: p.html" in done.output
    assert ran.area == "Essex" and ran.todo[0].parameters["first_year"] == 2015


def test_an_area_on_one_list_only_is_run_with_that_list(ran):
    done = command("run", "--area", "Cumberland")
    assert ran.todo[0].parameters["neighbours"] == "2025"
    assert "on the list of 2025 only" in done.stderr
    command("run", "--area", "Essex")
    assert ran.todo[0].parameters["neighbours"] == STUDY.general["neighbours"]


def test_json_is_the_whole_output(ran):
    done = command("run", "--area", "Essex", "--json")
    found = json.loads(done.stdout)
    assert found["area"] == "Essex"
    assert found["notebooks"][0] == {
        "notebook": "profile", "status": "executed", "page": "p.html", "reason": "",
    }  # fmt: skip


def test_quiet_prints_nothing_and_a_failure_has_an_exit_code(ran):
    assert command("run", "--area", "Essex", "--quiet").output == ""
    ran.outcomes = (*ran.outcomes, area_run.Outcome("x", area_run.FAILED, reason="broke"))
    done = command("run", "--area", "Essex", "--quiet")
    assert done.exit_code == 1 and done.output == "x: failed: broke\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--area", "Esex"], "Did you mean Essex"),
        (["--area", "Essex", "--event", "April 2019"], "Expected a year and month"),
        (["--area", "Essex", "--data", "nowhere"], "does not exist"),
        ([], "Give --area, or the name of a notebook"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_message(arguments, message, ran):
    done = command("run", *arguments)
    assert done.exit_code == 2 and message in done.output and "Traceback" not in done.output


def test_help_teaches_with_examples():
    text = command("run", "--help").output
    assert "care-study run --area Essex\n" in text and "Exit codes:" in text


# ---- where the project is


def test_the_root_is_what_is_given_or_the_nearest_settings_or_the_repository(tmp_path):
    inner = tmp_path / "study" / "notebooks" / "deep"
    inner.mkdir(parents=True)
    (tmp_path / "study" / "study.yml").write_text("", encoding="utf-8")
    assert find_root(inner, None) == tmp_path / "study"
    assert find_root(inner, str(tmp_path)) == tmp_path
    repository = Path(paths.__file__).resolve().parents[2]
    assert find_root(tmp_path, None) == repository


def test_a_new_study_overwrites_nothing(tmp_path):
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(starter.StarterError, match="found files there"):
        starter.write_project(tmp_path, None)
    with pytest.raises(starter.StarterError, match="found no figure table"):
        starter.write_project(tmp_path / "new", tmp_path)


def test_the_settings_of_a_new_study_can_be_read(tmp_path):
    assert starter.write_project(tmp_path / "new", None) == 0
    study = read_study(tmp_path / "new" / "study.yml")
    assert [run.notebook for run in study.runs] == ["first"]
    assert (tmp_path / "new" / ".gitignore").is_file()


@pytest.mark.slow
def test_a_new_study_runs_on_an_installed_copy(tmp_path):
    """The package is copied away from the repository, as an installation would have it."""
    site = tmp_path / "site"
    package = Path(paths.__file__).resolve().parent
    shutil.copytree(package, site / "care_study")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CARE_STUDY")}
    environment["PYTHONPATH"] = str(site)

    def care_study(*arguments, cwd):
        done = subprocess.run(
            [sys.executable, "-m", "care_study", *arguments],
            cwd=cwd, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    study = tmp_path / "my study"
    said = care_study("new", str(study), "--data", str(paths.PUBLISHED), cwd=tmp_path)
    assert f"{len(TABLES)} figure tables copied" in said
    said = care_study("run", "first", "--area", "Kent", "--json", cwd=study / "notebooks")
    found = json.loads(said)
    assert found["notebooks"][0]["status"] == "executed", found
    page = Path(found["notebooks"][0]["page"])
    assert page.is_relative_to(study.resolve())
    assert "Kent" in page.read_text(encoding="utf-8")
    said = care_study("book", "--workers", "1", cwd=study)
    assert (study / "build" / "html" / "notebooks" / "first.html").is_file(), said
