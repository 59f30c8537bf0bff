"""The only place that writes: builds the new state aside, checks it, swaps it in, can undo it.

A journal makes the swap whole or nothing. Files are first written beside the old ones, then
replaced one by one; if the process dies in between, the next run finds the journal and puts the
old files back (or, once all are replaced, finishes the tidying). ``data/.history`` keeps, for
every import, the files that it replaced; it is not part of the repository.
"""

import csv
import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from care_study.data import datapackage, tables
from care_study.data.tables import DataError

HISTORY = ".history"
PUBLISHED = "published"
DESCRIPTION = "datapackage.json"


def write(data: Path, changed: Mapping[str, pd.DataFrame]) -> None:
    """Replace tables of a data folder, keeping the previous state for `undo`.

    Parameters
    ----------
    data
        The folder with ``published/`` and ``datapackage.json``.
    changed
        The tables to replace, as text, by name.

    Raises
    ------
    DataError
        If the new state would break a contract or a link between tables, or another import is
        running. Nothing is changed then.
    """
    with _alone(data) as history:
        aside = history / "new"
        _build(data, aside, changed)
        files = [f"{PUBLISHED}/{name}.csv" for name in sorted(changed)] + [DESCRIPTION]
        entry = history / f"{max(_entries(history), default=0) + 1:04d}"
        _keep(data, history / "old", files)
        _swap(data, history, files, {"then": "keep", "entry": entry.name})


def undo(data: Path) -> list[str]:
    """Put back the state before the last import, byte by byte.

    Returns
    -------
    list of str
        The files that were put back.

    Raises
    ------
    DataError
        If there is nothing to undo, or a file was changed since the import.
    """
    with _alone(data) as history:
        entries = _entries(history)
        if not entries:
            raise DataError(["There is no import to undo: nothing was added to this data folder."])
        entry = history / f"{max(entries):04d}"
        manifest = json.loads((entry / "manifest.json").read_text("utf-8"))
        for name, digest in manifest["after"].items():
            if _digest(data / name) != digest:
                raise DataError(
                    [
                        f"{name}: the file was changed after the import, and undoing would lose "
                        "that change. Put the file back as the import left it, then undo again."
                    ]
                )
        files = list(manifest["after"])
        shutil.copytree(entry, history / "new", ignore=shutil.ignore_patterns("manifest.json"))
        _keep(data, history / "old", files)
        _swap(data, history, files, {"then": "forget", "entry": entry.name})
    return files


def recover(data: Path) -> None:
    """Put the old state back after an import that was interrupted."""
    with _alone(data):
        pass


@contextmanager
def _alone(data: Path) -> Iterator[Path]:
    """Hold the lock of the data folder, and clean up after a run that died."""
    history = data / HISTORY
    history.mkdir(exist_ok=True)
    (history / ".gitignore").write_text("*\n", encoding="utf-8")
    try:
        with FileLock(history / "lock", timeout=0):
            _recover(data, history)
            try:
                yield history
            finally:
                if not (history / "journal.json").exists():
                    _clear(history)
    except Timeout:
        raise DataError(
            [f"Another import into {data} is running. Wait until it is done, then try again."]
        ) from None


def _build(data: Path, aside: Path, changed: Mapping[str, pd.DataFrame]) -> None:
    """Write the whole new state aside and check it as every reader would."""
    shutil.copytree(data / PUBLISHED, aside / PUBLISHED)
    for name, frame in changed.items():
        path = aside / PUBLISHED / f"{name}.csv"
        before = path.read_text(encoding="utf-8")
        path.unlink()
        path.write_text(_csv(frame, before), encoding="utf-8", newline="")
        shutil.copymode(data / PUBLISHED / f"{name}.csv", path)
    tables.load(aside / PUBLISHED)
    (aside / DESCRIPTION).write_text(datapackage.text(aside / PUBLISHED), encoding="utf-8")


def _csv(frame: pd.DataFrame, before: str) -> str:
    """Write a frame as CSV; rows at the start that did not change keep their bytes."""
    lines = [_line(list(frame.columns)), *map(_line, frame.to_numpy().tolist())]
    old = before.splitlines(keepends=True)
    if next(csv.reader(old[:1])) == list(frame.columns):
        for number, line in enumerate(old):
            if number >= len(lines) or _cells(line) != _cells(lines[number]):
                break
            lines[number] = line if line.endswith("\n") else f"{line}\n"
    return "".join(lines)


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()


def _cells(line: str) -> list[str]:
    return next(csv.reader([line]))


def _keep(data: Path, old: Path, files: list[str]) -> None:
    """Copy the files as they are now; one that does not exist has no copy."""
    for name in files:
        (old / name).parent.mkdir(parents=True, exist_ok=True)
        if (data / name).exists():
            shutil.copy2(data / name, old / name)


def _swap(data: Path, history: Path, files: list[str], journal: dict[str, str]) -> None:
    after = {name: _digest(history / "new" / name) for name in files}
    _write_journal(history, {**journal, "phase": "swap", "files": files, "after": after})
    for name in files:
        _put(history / "new" / name, data / name)
    _write_journal(history, {**journal, "phase": "done", "files": files, "after": after})
    _finish(history)


def _put(source: Path, target: Path) -> None:
    """Move a file into place in one step; where there is none to move, remove the target."""
    if source.exists():
        source.replace(target)
    else:
        target.unlink(missing_ok=True)


def _write_journal(history: Path, journal: Mapping[str, object]) -> None:
    part = history / "journal.part"
    with part.open("w", encoding="utf-8") as file:
        json.dump(journal, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(history / "journal.json")


def _finish(history: Path) -> None:
    """After all files are replaced: file the old ones in the history, or drop the undone entry."""
    journal = json.loads((history / "journal.json").read_text("utf-8"))
    entry = history / journal["entry"]
    if journal["then"] == "keep" and not entry.exists():
        (history / "old" / "manifest.json").write_text(
            json.dumps({"after": journal["after"]}, indent=2), encoding="utf-8"
        )
        (history / "old").replace(entry)
    elif journal["then"] == "forget":
        shutil.rmtree(entry, ignore_errors=True)
    (history / "journal.json").unlink()


def _recover(data: Path, history: Path) -> None:
    path = history / "journal.json"
    if path.exists():
        journal = json.loads(path.read_text("utf-8"))
        if journal["phase"] == "done":
            _finish(history)
        else:
            for name in journal["files"]:
                kept = history / "old" / name
                if kept.exists():
                    shutil.copy2(kept, history / "back")
                    (history / "back").replace(data / name)
                else:
                    (data / name).unlink(missing_ok=True)
            path.unlink()
    _clear(history)


def _clear(history: Path) -> None:
    for name in ("new", "old"):
        shutil.rmtree(history / name, ignore_errors=True)
    for name in ("journal.part", "back"):
        (history / name).unlink(missing_ok=True)


def _entries(history: Path) -> list[int]:
    return [int(path.name) for path in history.iterdir() if path.name.isdigit()]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "absent"


def save_report(folder: Path, changes: pd.DataFrame) -> Path:
    """Save a revision report as ``<n>.csv``, one higher than the highest there is."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [int(path.stem) for path in folder.glob("*.csv") if path.stem.isdigit()]
    path = folder / f"{max(numbers, default=0) + 1}.csv"
    changes.to_csv(path, index=False, lineterminator="\n")
    return path
