"""What an earlier build left behind, put right: records, pages, folders."""

import json
import os
import sqlite3

import pytest

from care_study import paths
from care_study.pipeline import state, workers
from care_study.publish import book

LOCK = """lock-version = "1"

[[task]]
id = "src/task.py::task_one"
state = "abc"

[task.depends_on]
"a.csv" = "123"

[task.produces]
"b.csv" = "456"
"""


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A folder in which everything is as a build leaves it."""
    for owner, name, place in [
        (paths, "BUILD", "build"),
        (paths, "HTML", "build/html"),
        (paths, "EXECUTED", "build/executed"),
        (state, "STATE", ".pytask"),
        (state, "LOCK_FILE", "pytask.lock"),
        (state, "ASIDE", "build/unreadable_state"),
        (state, "BOOK_FILES", "build/book_files.json"),
    ]:
        monkeypatch.setattr(owner, name, tmp_path / place)
    for folder in ("build/html/notebooks", "build/executed", ".pytask"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("index.html", "notebooks/one.html"):
        (tmp_path / "build" / "html" / name).write_text(f"<p>{name}</p>", encoding="utf-8")
    (tmp_path / "pytask.lock").write_text(LOCK, encoding="utf-8")
    with sqlite3.connect(tmp_path / ".pytask" / "pytask.sqlite3") as database:
        database.execute("CREATE TABLE state (task, node, hash_)")
        database.executemany("INSERT INTO state VALUES (?, ?, ?)", [("a", "b", "c" * 999)] * 99)
    database.close()
    state.write_book_files(paths.HTML)
    return tmp_path


def test_where_all_is_well_nothing_is_said_and_nothing_changes(root):
    files = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert state.mend() == []
    assert files == {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_an_empty_folder_is_well(root):
    for path in sorted(root.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert state.mend() == []


DAMAGES = {
    "truncated": ("pytask.lock", lambda old: old[:-20]),
    "not text": ("pytask.lock", lambda old: bytes(range(256))),
    "empty": ("pytask.lock", lambda old: b""),
    "of another version": ("pytask.lock", lambda old: old.replace(b'"1"', b'"9"')),
    "of another shape": ("pytask.lock", lambda old: b'lock-version = "1"\ntask = [5]\n'),
    "with other fields": ("pytask.lock", lambda old: old.replace(b'"abc"', b"7")),
    "a database that is none": (".pytask/pytask.sqlite3", lambda old: b"not a database" * 999),
    "a truncated database": (".pytask/pytask.sqlite3", lambda old: old[:9000]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_record_that_cannot_be_read_is_set_aside_with_all_others(root, damage):
    name, change = DAMAGES[damage]
    path = root / name
    damaged = change(path.read_bytes())
    path.write_bytes(damaged)
    (said,) = state.mend()
    assert said.startswith(f"{path.name}, the record of what is up to date, cannot be read (")
    assert "everything is built again" in said
    assert not (root / "pytask.lock").exists()
    assert not (root / ".pytask").exists()
    kept = root / "build" / "unreadable_state"
    assert (kept / name).read_bytes() == damaged
    assert state.mend() == []


def test_the_next_damage_replaces_what_was_set_aside(root):
    for content in ("first", "second"):
        (root / "pytask.lock").write_text(content)
        assert len(state.mend()) == 1
    assert (root / "build" / "unreadable_state" / "pytask.lock").read_text() == "second"


@pytest.mark.parametrize("change", ["removed", "truncated", "emptied", "longer"])
def test_a_page_that_is_gone_or_damaged_has_the_book_built_again(root, change):
    page = paths.HTML / "notebooks" / "one.html"
    whole = page.read_bytes()
    if change == "removed":
        page.unlink()
    else:
        page.write_bytes({"truncated": whole[:5], "emptied": b"", "longer": whole * 2}[change])
    (said,) = state.mend()
    assert said.startswith("notebooks/one.html in ") and "built again" in said
    assert not state.BOOK_FILES.exists()  # a product of the task, which therefore runs


@pytest.mark.parametrize("content", ["", "[1]", "{", "5"])
def test_a_damaged_list_of_pages_has_the_book_built_again(root, content):
    state.BOOK_FILES.write_text(content)
    (said,) = state.mend()
    assert "built again" in said
    assert not state.BOOK_FILES.exists()


def test_stored_hashes_are_not_trusted(root):
    stored = root / ".pytask" / "file_hashes.json"
    stored.write_text(json.dumps({"a.csv": "an old hash"}))
    assert state.mend() == []
    assert not stored.exists()


def test_what_a_killed_worker_was_writing_is_removed(root):
    left = paths.EXECUTED / ".one.ipynb.1a2b3c4d.tmp"
    left.write_text("{")
    (paths.EXECUTED / "one.ipynb").write_text("whole")
    assert state.mend() == []
    assert [path.name for path in paths.EXECUTED.iterdir()] == ["one.ipynb"]


def test_a_book_moved_by_a_killed_swap_comes_back(root):
    before = {path.name: path.read_bytes() for path in paths.HTML.rglob("*.html")}
    paths.HTML.rename(root / "build" / "html_before")
    (said,) = state.mend()
    assert "the one before is back" in said
    assert before == {path.name: path.read_bytes() for path in paths.HTML.rglob("*.html")}


def test_a_swap_that_fails_leaves_the_book_as_it_was(root):
    with pytest.raises(OSError, match="no such folder"):
        book.swap(root / "no such folder", paths.HTML)
    assert (paths.HTML / "index.html").read_text() == "<p>index.html</p>"
    assert not (root / "build" / "html_before").exists()


def test_a_process_that_no_build_started_does_not_bind_itself(monkeypatch):
    bound = []
    monkeypatch.setattr(workers, "die_with_parent", bound.append)
    monkeypatch.delenv(workers.BUILD_PID, raising=False)
    workers.end_with_build()
    monkeypatch.setenv(workers.BUILD_PID, str(os.getpid()))
    workers.end_with_build()  # the build itself, with one worker
    assert bound == []
    monkeypatch.setenv(workers.BUILD_PID, str(os.getppid()))
    workers.end_with_build()
    assert bound == [os.getppid()]
