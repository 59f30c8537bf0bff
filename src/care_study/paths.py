"""Every location in the project, once.

The project is the folder with ``study.yml``: the one that CARE_STUDY_ROOT names, else the nearest
at or above the current folder, else the repository that this package lies in.
"""

import os
from pathlib import Path


def find_root(start: Path, given: str | None) -> Path:
    """Find the project's folder from a folder to start at and what CARE_STUDY_ROOT says."""
    if given:
        return Path(given).resolve()
    folders = (start, *start.parents)
    nearest = next((folder for folder in folders if (folder / "study.yml").is_file()), None)
    return nearest or Path(__file__).resolve().parents[2]


ROOT = find_root(Path.cwd().resolve(), os.environ.get("CARE_STUDY_ROOT"))

DATA = ROOT / "data"
PUBLISHED = DATA / "published"
DOCUMENTS = DATA / "documents"
DATAPACKAGE = DATA / "datapackage.json"

STUDY = ROOT / "study.yml"
NOTEBOOKS = ROOT / "notebooks"
BOOK = ROOT / "book"
BOOK_CONFIG = ROOT / "_config.yml"
BOOK_TOC = ROOT / "_toc.yml"

BUILD = ROOT / "build"
EXECUTED = BUILD / "executed"
BOOK_SOURCE = BUILD / "book_source"
HTML = BUILD / "html"
