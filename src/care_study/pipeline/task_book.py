"""Build the book from the prose pages and the executed notebooks."""

from pathlib import Path

from care_study import paths
from care_study.pipeline.dependencies import closure
from care_study.pipeline.task_data import STUDY
from care_study.publish import book

_PUBLISH = Path(book.__file__).parent


def _files(folder: Path) -> list[Path]:
    return sorted(
        file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts
    )


_NOTEBOOKS = [paths.EXECUTED / f"{run.notebook}.ipynb" for run in STUDY.runs]
_PAGES = [
    *_files(paths.BOOK),
    paths.BOOK_CONFIG,
    paths.BOOK_TOC,
    paths.ROOT / "CHANGELOG.md",
    paths.ROOT / "CITATION.cff",
]
_DOCUMENTS = sorted(paths.DOCUMENTS.glob("*.csv"))
_CODE = closure(
    frozenset(
        {
            Path(book.__file__),
            *_files(_PUBLISH / "sphinx_ext"),
            *_files(_PUBLISH / "assets"),
            *_files(_PUBLISH / "templates"),
        }
    )
)


def task_build_book(
    notebooks: list[Path] = _NOTEBOOKS,
    pages: list[Path] = _PAGES,
    documents: list[Path] = _DOCUMENTS,
    code: list[Path] = _CODE,
    produces: Path = paths.HTML / "index.html",
) -> None:
    """Stage the book's sources, build it aside, then put it in place."""
    book.stage(pages, notebooks, paths.BOOK_SOURCE)
    book.build(paths.BOOK_SOURCE, produces.parent)
