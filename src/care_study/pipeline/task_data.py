"""Check the figure tables before anything is computed from them."""

import json
from pathlib import Path

from care_study import paths
from care_study.data.schemas import TABLES
from care_study.pipeline.dependencies import PACKAGE, closure, data_folder, table_files
from care_study.study import read_study

CHECKED = paths.BUILD / "checked.json"
STUDY = read_study(paths.STUDY)
_FOLDER = data_folder(STUDY.data_folder)


def task_check_data(
    folder: str = str(_FOLDER),
    depends_on: dict[str, list[Path]] = {
        "tables": table_files(tuple(TABLES), _FOLDER),
        "code": closure(frozenset({PACKAGE / "data" / "tables.py"})),
    },
    produces: Path = CHECKED,
) -> None:
    """Check every table and every link between them; write how many rows each has."""
    from care_study.data import tables  # noqa: PLC0415 - see `check_inputs`

    checked = tables.load(folder)
    rows = {name: len(frame) for name, frame in checked.items()}
    produces.parent.mkdir(parents=True, exist_ok=True)
    produces.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
