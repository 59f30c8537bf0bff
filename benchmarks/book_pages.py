"""How long a book takes to build as its pages grow, and how much memory.

    python benchmarks/book_pages.py 50

builds a book with 50 pages like those of the atlas: the profile of one authority, executed once
and then copied under other names. Prints seconds and megabytes as JSON.
"""

import json
import os
import sys
import time
from pathlib import Path

from measure import Measure, apart, peak_megabytes, workshop

from care_study import paths
from care_study.execution.execution import execute
from care_study.execution.parameters import declared_parameters
from care_study.publish import book
from care_study.study import read_study

PART = "book as pages grow"
AREA = "Coventry"


def measure(sizes: tuple[int, ...]) -> list[Measure]:
    """Measure each size in a process of its own."""
    found = {size: apart("book_pages.py", str(size)) for size in sizes}
    made = []
    for size, one in found.items():
        made.append(Measure(PART, f"{size} profiles", one["seconds"], "s", 1))
        made.append(Measure(PART, f"{size} profiles, most memory", one["megabytes"], "MB", 0))
    few, many = min(sizes), max(sizes)
    if many > few:
        more = (found[many]["seconds"] - found[few]["seconds"]) / (many - few)
        made.append(Measure(PART, "each further page", more, "s", most=0.25))
    return made


def main() -> None:
    """Build one book."""
    size = int(sys.argv[1])
    with workshop() as folder:
        source = folder / "source"
        write_source(source, size)
        before = os.environ.get("CARE_STUDY_REVISION", "bench")
        os.environ["CARE_STUDY_REVISION"] = before
        start = time.perf_counter()
        book.build(source, folder / "html")
        taken = time.perf_counter() - start
    print(json.dumps({"seconds": taken, "megabytes": peak_megabytes()}))


def write_source(source: Path, size: int) -> None:
    """Write a book of so many pages."""
    pages = source / "notebooks"
    pages.mkdir(parents=True)
    executed = profile().read_bytes()
    names = [f"profile-{number:03}" for number in range(size)]
    for name in names:
        (pages / f"{name}.ipynb").write_bytes(executed)
    chapters = "".join(f"  - file: notebooks/{name}\n" for name in names)
    toc = f"format: jb-book\nroot: index\nchapters:\n{chapters}"
    (source / "_toc.yml").write_text(toc, encoding="utf-8")
    (source / "index.md").write_text("# Profiles\n\nPages of one kind.\n", encoding="utf-8")
    config = book.configured(paths.BOOK_CONFIG.read_bytes(), "of the benchmark")
    (source / "_config.yml").write_bytes(config)


def profile() -> Path:
    """Execute the profile of one authority, unless it was executed since the notebook changed."""
    notebook = paths.NOTEBOOKS / "profile.ipynb"
    target = paths.BUILD / "bench" / "profile.ipynb"
    if not target.is_file() or target.stat().st_mtime < notebook.stat().st_mtime:
        general = read_study(paths.STUDY).general
        declared = declared_parameters(notebook)
        settings = {name: value for name, value in general.items() if name in declared}
        folder = executable_slice()
        execute(notebook, target, {**settings, "area": AREA, "data_folder": folder})
    return target


def executable_slice() -> str:
    """Cut the slice of the authority, as the atlas does."""
    from care_study.data.tables import Tables  # noqa: PLC0415
    from care_study.pipeline import slices  # noqa: PLC0415 - it imports the statistics

    study = read_study(paths.STUDY)
    place = paths.BUILD / "bench" / "slices"
    slices.write_slices(
        paths.ROOT / study.data_folder,
        Tables(paths.ROOT / study.data_folder),
        place,
        model=declared_parameters(paths.NOTEBOOKS / "profile.ipynb")["forecast_model"],
        first_year=study.general["first_year"],
        last_year=study.general["last_year"],
    )
    return str((place / slices.slug(AREA)).relative_to(paths.ROOT))


if __name__ == "__main__":
    main()
