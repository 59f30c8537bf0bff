"""`jupyter-book build .`: where Sphinx is given a project, it reads the staged sources instead.

The prose stands in ``book/`` and the executed notebooks in ``build/executed``, so that the pages
have short addresses; `care_study.publish.book.stage` lays both out beside each other.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx_external_toc.parsing import parse_toc_yaml

from care_study import paths
from care_study.publish import book

HOW = (
    "{folder}: found no executed {names}. Run `care-study book`, or for each: "
    "jupyter nbconvert --to notebook --execute --output-dir build/executed notebooks/NAME.ipynb"
)
ELSEWHERE = "A study is built in its own folder: cd {folder} && jupyter-book build ."


def setup(app: Sphinx) -> None:
    """Have Sphinx read the staged sources where its source folder is the project's own.

    Raises
    ------
    SystemExit
        In another folder, or where a notebook of the contents has not been executed; one line
        says what to do.
    """
    folder = Path(app.srcdir).resolve()
    if not (folder / paths.STUDY.name).is_file():
        return
    if folder != paths.ROOT:
        raise SystemExit(ELSEWHERE.format(folder=folder))
    pages = map(Path, parse_toc_yaml(paths.BOOK_TOC))
    executed = [
        paths.EXECUTED / f"{page.name}.ipynb" for page in pages if page.parent == Path("notebooks")
    ]
    missing = [path.stem for path in executed if not path.is_file()]
    if missing:
        raise SystemExit(HOW.format(names=", ".join(missing), folder=paths.EXECUTED))
    book.stage(book.pages(), executed, paths.BOOK_SOURCE)
    app.config.overrides.update(book.said_on_pages(book.vintage_of(executed)))
    app.srcdir = type(app.srcdir)(paths.BOOK_SOURCE)
