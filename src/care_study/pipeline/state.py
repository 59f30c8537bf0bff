"""What an earlier build may have left behind, put right before the next one starts.

A build can be killed at any moment, a disk can fill up, a file can be damaged or removed. The
state that pytask keeps is only a memory of what is up to date: it is never worth a failed build.
"""

import json
import shutil
import sqlite3
import tomllib
from collections.abc import Callable
from pathlib import Path

from care_study import paths
from care_study.publish import book

LOCK_FILE = paths.ROOT / "pytask.lock"
STATE = paths.ROOT / ".pytask"
ASIDE = paths.BUILD / "unreadable_state"
BOOK_FILES = paths.BUILD / "book_files.json"


def mend() -> list[str]:
    """Make the folder fit for a build; return a sentence on each thing that was not as it should.

    Call it only while holding the lock of the folder.
    """
    # pytask would trust a stored hash for as long as a file's time is the same, and so miss a
    # change when the clock was set back or an archive unpacked. Hashing everything takes 50 ms.
    (STATE / "file_hashes.json").unlink(missing_ok=True)
    said = [*_set_aside(), *book.recover(paths.HTML), *_check_book()]
    for left in paths.EXECUTED.rglob(".*.tmp"):
        left.unlink(missing_ok=True)
    return said


def write_book_files(html: Path) -> None:
    """Record the files of the book and their sizes, so that a missing one is noticed."""
    BOOK_FILES.write_text(json.dumps(_sizes(html), indent=0) + "\n", encoding="utf-8")


def _sizes(html: Path) -> dict[str, int]:
    files = sorted(file for file in html.rglob("*") if file.is_file())
    return {file.relative_to(html).as_posix(): file.stat().st_size for file in files}


def _check_book() -> list[str]:
    """Have the book built again if a file of it is missing or has another size."""
    if not (paths.HTML / "index.html").is_file() or not BOOK_FILES.is_file():
        return []
    try:
        wanted = json.loads(BOOK_FILES.read_text(encoding="utf-8"))
        found = _sizes(paths.HTML)
        wrong = sorted(name for name, size in wanted.items() if found.get(name) != size)
    except (ValueError, AttributeError):
        wrong = [BOOK_FILES.name]
    if not wrong:
        return []
    BOOK_FILES.unlink()
    more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
    return [f"{wrong[0]}{more} in {paths.HTML}: missing or damaged. The book is built again."]


def _set_aside() -> list[str]:
    """Move away pytask's memory if any part of it cannot be read: then everything is built."""
    parts: dict[Path, Callable[[Path], None]] = {
        LOCK_FILE: _read_lock_file,
        STATE / "pytask.sqlite3": _read_database,
    }
    for path, read in parts.items():
        if path.exists():
            try:
                read(path)
            except (OSError, ValueError, sqlite3.Error) as error:
                return [_move(path, error)]
    return []


def _read_lock_file(path: Path) -> None:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    fields = {"id": str, "state": str, "depends_on": dict, "produces": dict}
    tasks = content.get("task", [])
    if content.get("lock-version") != "1" or not isinstance(tasks, list):
        raise ValueError("it is not a list of tasks in the version that is known")
    for task in tasks:
        for name, kind in fields.items():
            if not isinstance(task, dict) or not isinstance(task.get(name, kind()), kind):
                raise ValueError(f"a task has no {name}")


def _read_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise ValueError("the database is damaged")
    finally:
        connection.close()


def _move(damaged: Path, error: Exception) -> str:
    shutil.rmtree(ASIDE, ignore_errors=True)
    ASIDE.mkdir(parents=True)
    for path in (STATE, LOCK_FILE, LOCK_FILE.with_suffix(".lock.journal"), BOOK_FILES):
        if path.exists():
            path.rename(ASIDE / path.name)
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return (
        f"{damaged.name}, the record of what is up to date, cannot be read ({reason}). It was "
        f"moved to {ASIDE}; everything is built again."
    )
