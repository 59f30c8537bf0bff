"""Builds the Jupyter Book: stages the sources, builds aside, and only then puts it in place."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import yaml

from care_study import paths
from care_study.environment import INTERPRETER

# Should the build be killed, jupyter-book must not go on writing while the next build runs.
_JUPYTER_BOOK = """
import sys
from care_study.execution.forkserver import die_with_parent
from care_study.execution.quick_import import import_jsonschema
die_with_parent(int(sys.argv.pop(1)))
import_jsonschema()
from jupyter_book.cli.main import main
main()
"""


PDF = "care-study.pdf"
_FIRST, _LAST = 315532800, 4354819199  # the days that an archive can write down


class BookError(RuntimeError):
    """The book did not build; the one that was published before is untouched."""


def files_in(folder: Path) -> list[Path]:
    """List the files in a folder and those below it, without compiled ones."""
    return sorted(
        file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts
    )


def pages() -> list[Path]:
    """List what the book is made of besides notebooks: prose, pictures, contents, settings."""
    others = (paths.ROOT / name for name in ("CHANGELOG.md", "CITATION.cff"))
    found = [*files_in(paths.BOOK), paths.BOOK_CONFIG, paths.BOOK_TOC, *others]
    return [page for page in found if page.is_file()]


def stage(pages: Iterable[Path], notebooks: Iterable[Path], source: Path, *, pdf: str = "") -> None:
    """Lay out what jupyter-book reads: prose pages at the top, executed notebooks in a folder.

    With the name of a PDF, the first page links to it; `build` must then be given the same name.

    What already stands there with the same content is left alone, and what is no longer wanted is
    removed, so that the next build re-reads only what changed.
    """
    wanted: dict[Path, Path] = {}
    for page in pages:
        inside = page.is_relative_to(paths.BOOK)
        wanted[source / (page.relative_to(paths.BOOK) if inside else page.name)] = page
    for notebook in notebooks:
        wanted[source / "notebooks" / notebook.relative_to(paths.EXECUTED)] = notebook
    config = source / paths.BOOK_CONFIG.name
    for target, origin in wanted.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        content = origin.read_bytes()
        if target == config:
            content = configured(content, vintage_of(wanted.values()), pdf)
        if not target.is_file() or target.read_bytes() != content:
            target.write_bytes(content)
    for file in [file for file in source.rglob("*") if file.is_file()]:
        if file not in wanted:
            file.unlink()


def configured(config: bytes, vintage: str, pdf: str = "") -> bytes:
    """Add to the book's configuration what its pages say: code revision, data vintage, PDF."""
    settings = yaml.safe_load(config)
    settings["sphinx"]["config"] |= said_on_pages(vintage, pdf)
    return yaml.safe_dump(settings, sort_keys=False, allow_unicode=True).encode()


def said_on_pages(vintage: str, pdf: str = "") -> dict[str, str]:
    """Give the settings that depend on what is built, not on the configuration."""
    return {"care_revision": revision(), "care_vintage": vintage, "care_pdf": pdf}


def vintage_of(staged: Iterable[Path]) -> str:
    """Say which releases the figures are from, as the fact of the data notebook has it."""
    from care_study.show.facts import read_facts  # noqa: PLC0415 - it imports IPython

    for file in staged:
        if file.name == "data.ipynb":
            return str(read_facts(file)["releases"].text)
    return ""


def build(source: Path, html: Path, *, strict: bool = True, pdf: str = "") -> None:
    """Build the staged sources with jupyter-book, warnings as errors, and swap the result in.

    Parameters
    ----------
    source, html
        The staged sources, and the place of the book.
    strict
        Whether a warning fails the build. A part of the book, whose links to other pages lead
        nowhere, is built with false.
    pdf
        Name of a file beside ``index.html`` that the whole book is printed to; none when empty.

    Raises
    ------
    BookError
        With the warnings; ``html`` is then as it was.
    PdfError
        When the book cannot be printed; ``html`` is then as it was, too.
    """
    for left in html.parent.glob("book_aside*"):
        shutil.rmtree(left, ignore_errors=True)
    aside = html.parent / f"book_aside_{os.getpid()}"
    log = html.parent / "book.log"
    command = [sys.executable, "-c", _JUPYTER_BOOK, str(os.getpid())]
    command += ["build", str(source)]
    command += ["--path-output", str(aside), "--keep-going"]
    command += ["--nitpick", "--warningiserror"] if strict else []
    with log.open("wb") as output:
        done = subprocess.run(
            [*command, "--all"],
            env=build_environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    text = log.read_text(encoding="utf-8", errors="replace")
    built = aside / "_build" / "html"
    if done.returncode or not (built / "index.html").is_file():
        raise BookError(
            f"The book did not build. What was published before is untouched. Whole log: {log}\n"
            + "\n".join(_complaints(text))
        )
    if pdf:
        _print(source, built, pdf)
    swap(built, html)
    shutil.rmtree(aside, ignore_errors=True)


def _print(source: Path, built: Path, pdf: str) -> None:
    """Print the whole book beside its first page, and describe the file with the others."""
    # Imported here: most builds print nothing, and reading HTML takes a library.
    from care_study.publish.crate import write_crate  # noqa: PLC0415
    from care_study.publish.pdf import write_pdf  # noqa: PLC0415

    settings = yaml.safe_load((source / paths.BOOK_CONFIG.name).read_bytes())
    moment = datetime.fromtimestamp(int(source_date_epoch()), UTC)
    write_pdf(built, built / pdf, moment=moment)
    write_crate(
        built,
        name=settings["title"],
        description=settings["sphinx"]["config"]["care_description"],
        author=settings["author"],
        moment=moment,
    )


def build_environment() -> dict[str, str]:
    """Make the environment that gives the same bytes on every machine and day."""
    kept = {name: text for name, text in os.environ.items() if name not in INTERPRETER}
    return {
        **kept,
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": source_date_epoch(),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "NO_COLOR": "1",
    }


def source_date_epoch() -> str:
    """Take the book's date from the environment, the last commit, or else a fixed day."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given and not (re.fullmatch("[0-9]{1,10}", given) and _FIRST <= int(given) <= _LAST):
        raise ValueError(
            f"SOURCE_DATE_EPOCH is {given!r}. Expected seconds since 1970 of a day from 1980 to "
            "2107, such as 1735689600. Correct it, or unset it to take the day of the last commit."
        )
    return given or _git("log", "-1", "--format=%ct") or "1735689600"


def revision() -> str:
    """Name the code revision (short commit id), or ``unknown`` outside a repository."""
    given = os.environ.get("CARE_STUDY_REVISION")
    return given or _git("rev-parse", "--short=10", "HEAD") or "unknown"


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(paths.ROOT), *arguments], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _before(place: Path) -> Path:
    return place.with_name(f"{place.name}_before")


def recover(place: Path) -> list[str]:
    """Put back the book that a swap killed between its two steps had moved; say so."""
    if place.exists() or not _before(place).exists():
        return []
    _before(place).rename(place)
    return ["The last build was ended while it put the book in place: the one before is back."]


def swap(new: Path, place: Path) -> None:
    """Put a finished folder in place of another; at no moment is the place half-written.

    Should the process be killed between the two steps, `recover` completes them.
    """
    old = _before(place)
    recover(place)
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _complaints(log: str) -> list[str]:
    log = re.sub(r"\x1b\[[0-9;]*m", "", log)
    lines = log.splitlines()
    warnings = [line for line in lines if "WARNING" in line or "ERROR" in line]
    errors = [line for line in lines if re.match(r"[\w.]*(Error|Exception): ", line)]
    return (warnings or errors or lines[-10:])[:30]
