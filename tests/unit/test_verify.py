"""What `care-study test` runs."""

import os
import subprocess

import pytest

from care_study import paths
from care_study.pipeline import verify


@pytest.fixture
def commands(monkeypatch):
    """What would be run, instead of running it."""
    asked = []

    def run(command, **options):
        asked.append((command, options))
        return subprocess.CompletedProcess(command, 3)

    monkeypatch.setattr(verify.subprocess, "run", run)
    return asked


def test_every_test_is_in_a_folder_that_is_run_the_longest_first():
    folders = verify.folders()
    names = [folder.name for folder in folders]
    assert set(names[:2]) == {"publish", "robustness"}
    for file in (paths.ROOT / "tests").rglob("test_*.py"):
        assert file.parent in folders


def test_every_executed_notebook_is_run_again_by_nbval(commands, monkeypatch, tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.ipynb").touch()
    monkeypatch.setattr(verify.paths, "EXECUTED", tmp_path)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert verify.verify([], workers=3) == 3  # the exit code of the tests
    ((command, options),) = commands
    assert command[command.index("-n") + 1] == "3"
    assert "--nbval" in command and str(verify.NBVAL_SANITIZE) in command
    assert {str(tmp_path / "one.ipynb"), str(tmp_path / "two.ipynb")} <= set(command)
    assert {str(folder) for folder in verify.folders()} <= set(command)
    assert options["cwd"] == paths.ROOT
    assert options["env"]["OPENBLAS_NUM_THREADS"] == "1"
    assert "PYTHONDONTWRITEBYTECODE" not in options["env"]


def test_without_a_number_there_is_a_worker_more_than_cores(commands):
    assert verify.verify(["tests/unit"]) == 3
    ((command, _),) = commands
    assert command[command.index("-n") + 1] == str(os.cpu_count() + 1)
    assert command[-1] == "tests/unit" and "--nbval" not in command


def test_without_a_book_it_says_what_to_do_first(commands, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(verify.paths, "EXECUTED", tmp_path)
    assert verify.verify([]) == 1
    assert "Run `care-study book` first" in capsys.readouterr().out
    assert commands == []
