"""Writes a small study that runs on this package as it is installed."""

import shutil
from pathlib import Path

from care_study.data.schemas import TABLES

STARTER = Path(__file__).resolve().parents[1] / "starter"
# A package's own file of this name would have git ignore parts of the package.
RENAMED = {"gitignore": ".gitignore"}


class StarterError(ValueError):
    """A folder in which a study cannot be written."""


def write_project(folder: Path, tables: Path | None) -> int:
    """Write a study's files, and copy the figure tables that a folder holds.

    Parameters
    ----------
    folder
        Where; it must not exist, or be empty.
    tables
        A folder with figure tables, or None.

    Returns
    -------
    int
        How many tables were copied.

    Raises
    ------
    StarterError
        If the folder holds anything, or ``tables`` holds no table.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StarterError(
            f"{folder}: found files there. Expected a folder that does not exist or is empty; "
            "choose another name."
        )
    found = [] if tables is None else [tables / f"{name}.csv" for name in TABLES]
    found = [path for path in found if path.is_file()]
    if tables is not None and not found:
        raise StarterError(
            f"{tables}: found no figure table, such as referrals.csv. Name a folder with tables."
        )
    for source in sorted(path for path in STARTER.rglob("*") if path.is_file()):
        target = folder / source.relative_to(STARTER)
        target = target.with_name(RENAMED.get(target.name, target.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    published = folder / "data" / "published"
    published.mkdir(parents=True, exist_ok=True)
    for path in found:
        shutil.copyfile(path, published / path.name)
    return len(found)
