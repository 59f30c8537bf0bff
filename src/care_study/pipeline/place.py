"""Whether a project can be built where it lies, on the day that it is to say."""

import glob
import os
from pathlib import Path

from care_study import paths
from care_study.publish import book

PROGRAM = Path(__file__).resolve().parent
LONGEST = 1000


def check_place(root: Path = paths.ROOT, program: Path = PROGRAM) -> None:
    """Check that project and program lie where tools can name them, and the day of the book.

    Raises
    ------
    ValueError
        For a folder whose name is not UTF-8, too long or a pattern, or a day that is none.
    """
    name = os.fsencode(root)
    said = name.decode("utf-8", "replace")
    if said.encode() != name:
        raise ValueError(
            f"{name!r}: the project's folder has a name that is not UTF-8. Rename it, or move the "
            "project to another folder."
        )
    if str(root) != said:
        raise ValueError(
            f"{said}: the project's folder has a name with letters that this environment cannot "
            "read. Set LC_ALL=C.UTF-8, or PYTHONUTF8=1, and start again."
        )
    if len(name) > LONGEST:
        raise ValueError(
            f"The project's folder has a name of {len(name):,} bytes, with all folders above it. "
            f"Expected at most {LONGEST}: move it to a shorter place."
        )
    for place in (root, program):
        if glob.has_magic(str(place)):
            raise ValueError(
                f"{place}: found * ? or [ in the name of the folder, or of one above it. The tools "
                "that build the book take them for patterns: rename that folder."
            )
    book.source_date_epoch()
