"""Odd environments: the right book or one clear sentence, and an exit code about the book."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import small_project

from care_study.cli import terminal
from care_study.environment import kernel_environment
from care_study.pipeline import run as pipeline
from care_study.pipeline.place import check_place
from care_study.publish import book


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The small project built in an ordinary place, and its bytes."""
    root = tmp_path_factory.mktemp("plain") / "project"
    small_project.write(root)
    done = small_project.run(root)
    assert done.code == 0, done.output
    return small_project.book_of(root)


@pytest.mark.fault("an odd folder, encoding or interpreter", "the same book, and its exit code")
@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "environment", "shell"),
    [
        ("a%20b%s", {"PYTHONOPTIMIZE": "2"}, "{} | head -1; exit ${{PIPESTATUS[0]}}"),
        (
            "a b",
            {
                "LC_ALL": "C",
                "PYTHONUTF8": "0",
                "PYTHONCOERCECLOCALE": "0",
                "PYTHONIOENCODING": "latin-1",
                "PYTHONWARNINGS": "error",
                "CARE_STUDY_FORK": "1",
            },
            "{} > /dev/full",
        ),
    ],
)
def test_the_book_is_the_same_and_the_exit_code_says_so(
    plain, tmp_path, folder, environment, shell
):
    root = small_project.write(tmp_path / folder)
    command = f"'{sys.executable}' -m care_study book --workers 1"
    done = subprocess.run(
        ["bash", "-c", shell.format(command)],
        cwd=root,
        env={**small_project.environment(root), **environment},
        capture_output=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert done.stderr == b""
    assert small_project.book_of(root) == plain


@pytest.mark.fault("SOURCE_DATE_EPOCH is no day", "one sentence, nothing built")
@pytest.mark.parametrize("said", ["abc", "-1", "1e9", "0", "99999999999", "4354819200"])
def test_a_day_that_is_none_is_said_in_a_sentence(monkeypatch, said):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", said)
    with pytest.raises(ValueError, match=r"SOURCE_DATE_EPOCH is .*Expected seconds since 1970"):
        check_place()


def test_days_that_archives_can_write_are_taken(monkeypatch):
    for said in ("315532800", "1735689600", "4354819199"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", said)
        assert book.source_date_epoch() == said
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "")
    assert book.source_date_epoch().isdigit()


@pytest.mark.fault("a folder that tools cannot name", "one sentence with what was found")
@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("/srv/[x]*{y}/study", r"found \* \? or \["),
        ("/srv/a?", r"found \* \? or \["),
        (os.fsdecode(b"/srv/\xff/study"), "not UTF-8"),
        ("/srv/" + "long/" * 300, "1,504 bytes"),
    ],
)
def test_a_place_that_tools_cannot_name_is_said_in_a_sentence(folder, words):
    with pytest.raises(ValueError, match=words):
        check_place(Path(folder))
    if "*" in folder or "?" in folder:
        with pytest.raises(ValueError, match=words):
            check_place(program=Path(folder))


@pytest.mark.fault("a folder that this encoding cannot read", "one sentence that says so")
def test_a_place_that_only_this_environment_cannot_read_is_said_so():
    with pytest.raises(ValueError, match=r"Set LC_ALL=C\.UTF-8"):
        check_place(Path("/srv/" + "grün".encode().decode("ascii", "surrogateescape")))


def test_other_places_are_fine():
    for folder in ("/srv/a%20b%s", "/srv/$x;`y`", "/srv/grün {y} ]"):
        check_place(Path(folder), Path(folder))


@pytest.mark.fault("a build that leaves no book", "it is said, and the exit code is 1")
def test_a_build_that_leaves_no_book_is_no_success(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(pipeline.paths, "HTML", tmp_path)
    assert pipeline._checked("", pipeline.EXIT_OK) == pipeline.EXIT_FAILED
    assert "Nothing was built" in " ".join(capsys.readouterr().out.split())
    assert pipeline._checked("check_data", pipeline.EXIT_OK) == pipeline.EXIT_OK
    (tmp_path / "index.html").write_text("")
    assert pipeline._checked("", pipeline.EXIT_OK) == pipeline.EXIT_OK


@pytest.mark.fault("no shared memory for semaphores", "one notebook after the other")
def test_without_semaphores_one_notebook_follows_the_other(monkeypatch, capsys):
    assert pipeline._processes_possible()

    def none(*_):
        raise FileNotFoundError("/dev/shm")

    monkeypatch.setattr(pipeline.multiprocessing.get_context("spawn"), "Semaphore", none)
    assert not pipeline._processes_possible()
    assert "one notebook" in capsys.readouterr().out


def test_kernels_and_the_book_do_without_what_is_set_for_another_python(monkeypatch):
    for name in ("PYTHONOPTIMIZE", "PYTHONWARNINGS", "PYTHONIOENCODING"):
        monkeypatch.setenv(name, "2")
    made = {**kernel_environment(), **book.build_environment()}
    assert not {"PYTHONOPTIMIZE", "PYTHONWARNINGS", "PYTHONIOENCODING"} & made.keys()


PRINT = """
import sys
from care_study.cli import terminal
terminal.spell_out()
{}
    print("grün" * 5000, flush=True)
    print("later", file=sys.stderr)
sys.exit(7)
"""


@pytest.mark.fault(
    "the output cannot be written", "the build goes on; its exit code speaks of the book"
)
@pytest.mark.parametrize("target", ["/dev/full", "closed pipe"])
@pytest.mark.parametrize("careful", [True, False])
def test_what_is_printed_in_a_build_may_be_lost(tmp_path, target, careful):
    code = PRINT.format("with terminal.unheard():" if careful else "if True:")
    if target == "closed pipe":
        reader, writer = os.pipe()
        os.close(reader)
    else:
        writer = os.open(target, os.O_WRONLY)
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=writer, stderr=subprocess.PIPE, check=False, text=True
    )
    os.close(writer)
    assert (done.returncode == 7) is careful
    assert (done.stderr == "later\n") is careful


@pytest.mark.fault("letters that the terminal lacks", "they are spelt out")
def test_letters_that_the_terminal_lacks_are_spelt_out():
    done = subprocess.run(
        [sys.executable, "-c", PRINT.format("with terminal.unheard():")],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 7
    assert done.stdout.startswith("gr\\xfcngr")


def test_streams_that_are_none_or_of_a_test_are_left_alone(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    with terminal.unheard():
        assert sys.stdout is None
    assert terminal._forgiving(None) is None
