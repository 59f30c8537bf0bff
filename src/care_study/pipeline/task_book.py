"""Build the book from the prose pages and the executed notebooks."""

import os
import shutil
from pathlib import Path
from typing import Annotated

from pytask import PythonNode

from care_study import paths
from care_study.pipeline import atlas
from care_study.pipeline.dependencies import closure, data_folder
from care_study.pipeline.state import BOOK_FILES, write_book_files
from care_study.pipeline.task_data import STUDY
from care_study.pipeline.workers import end_with_build
from care_study.publish import book

_PUBLISH = Path(book.__file__).parent


_NOTEBOOKS = [paths.EXECUTED / f"{run.notebook}.ipynb" for run in STUDY.runs]
_PAGES = book.pages()
_AREAS = atlas.areas_of(data_folder(STUDY.data_folder)) if atlas.is_wanted() else []
# A book that was printed once is printed whenever it is built again, so that its PDF is never old.
_PRINTED_BEFORE = (paths.HTML / book.PDF).is_file() and shutil.which("chromium") is not None
_PDF = book.PDF if os.environ.get("CARE_STUDY_PDF") == "1" or _PRINTED_BEFORE else ""
_DOCUMENTS = sorted(paths.DOCUMENTS.glob("*.csv"))
_CODE = closure(
    frozenset(
        {
            Path(book.__file__),
            Path(atlas.__file__),
            *book.files_in(_PUBLISH / "sphinx_ext"),
            *book.files_in(_PUBLISH / "assets"),
            *book.files_in(_PUBLISH.parent / "show" / "templates"),
        }
    )
)


def task_build_book(
    pdf: Annotated[str, PythonNode(value=_PDF, hash=True)],
    notebooks: list[Path] = _NOTEBOOKS,
    pages: list[Path] = _PAGES,
    documents: list[Path] = _DOCUMENTS,
    atlas_pages: list[Path] = atlas.executed_pages(_AREAS) if _AREAS else [],
    code: list[Path] = _CODE,
    produces: dict[str, Path] = {"book": paths.HTML / "index.html", "files": BOOK_FILES},
) -> None:
    """Stage the book's sources, build it aside, then put it in place."""
    end_with_build()
    book.stage(pages, notebooks, paths.BOOK_SOURCE, pdf=pdf)
    if atlas_pages:
        atlas.stage(_AREAS, paths.BOOK_SOURCE)
    book.build(paths.BOOK_SOURCE, produces["book"].parent, pdf=pdf)
    write_book_files(produces["book"].parent)
