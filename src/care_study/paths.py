"""Every location in the repository, once."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

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
