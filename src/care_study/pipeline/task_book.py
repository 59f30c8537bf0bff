"""Build the book from the prose pages and the executed notebooks."""

from pathlib import Path

from care_study import paths
from care_study.pipeline.dependencies import closure
from care_study.pipeline.task_data import STUDY
from care_study.publish import book, sphinx_ext

_EXTENSION = Path(sphinx_ext.__file__).parent
_PUBLISH = _EXTENSION.parent


def _files(folder: Path) -> list[Path]:
    return sorted(
        file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts
    )


def task_build_book(
    notebooks: list[Path] = [  # noqa: B006  (pytask reads the default)
        paths.EXECUTED / f"{run.notebook}.ipynb" for run in STUDY.runs
    ],
    pages: list[Path] = [*_files(paths.BOOK), paths.BOOK_CONFIG, paths.BOOK_TOC],  # noqa: B006
    code: list[Path] = closure(  # noqa: B008  (pytask reads the default)
        frozenset({Path(book.__file__), *_files(_EXTENSION), *_files(_PUBLISH / "assets")})
    ),
    produces: Path = paths.HTML / "index.html",
) -> None:
    """Stage the book's sources, build it aside, then put it in place."""
    book.stage(pages, notebooks, paths.BOOK_SOURCE)
    book.build(paths.BOOK_SOURCE, produces.parent)
