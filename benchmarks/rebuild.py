"""How long the next build takes: with nothing changed, and after a change to one figure."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from measure import Measure, run, workshop

from care_study import paths

PART = "rebuild"
CHANGED = "coventry"
BOOK = ("-m", "care_study", "book", "--quiet")


def measure(repeat: int) -> list[Measure]:
    """Measure in a copy of the repository, with all that was built."""
    with workshop() as folder:
        root = folder / "study"
        copy(root)
        environment = {**os.environ, "CARE_STUDY_ROOT": str(root), "PYTHONPATH": str(root / "src")}
        environment |= {"CARE_STUDY_REVISION": "bench", "SOURCE_DATE_EPOCH": "1735689600"}
        run(*BOOK, cwd=root, environment=environment)  # whatever is out of date here
        unchanged = [taken(root, environment) for _ in range(max(repeat, 2))]
        change(root / "notebooks" / f"{CHANGED}.ipynb")
        one_figure = taken(root, environment)
        help_screen = [taken_by(("-m", "care_study", "--help"), root, environment) for _ in "12345"]
    return [
        Measure(PART, "care-study --help", min(help_screen), "s", most=0.3),
        Measure(PART, "nothing changed", min(unchanged), "s", most=2),
        Measure(PART, "one figure changed: its notebook and the book", one_figure, "s"),
    ]


def copy(root: Path) -> None:
    """Copy what is under version control, what was built, and what is known of it."""
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=paths.ROOT, capture_output=True, check=True
    ).stdout.decode()
    for name in filter(None, names.split("\0")):
        if (paths.ROOT / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(paths.ROOT / name, root / name)
    for name in ("build", ".pytask"):
        shutil.copytree(paths.ROOT / name, root / name)
    shutil.copyfile(paths.ROOT / "pytask.lock", root / "pytask.lock")


def change(notebook: Path) -> None:
    """Change the code of the first cell that shows a figure."""
    document = json.loads(notebook.read_text(encoding="utf-8"))
    code = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    shows = [cell for cell in code if "figure(" in "".join(cell["source"])]
    shows[0]["source"] = [*shows[0]["source"], "\n# changed"]
    notebook.write_text(json.dumps(document), encoding="utf-8")


def taken(root: Path, environment: dict[str, str]) -> float:
    """Time one build."""
    return taken_by(BOOK, root, environment)


def taken_by(command: tuple[str, ...], root: Path, environment: dict[str, str]) -> float:
    """Time one command."""
    start = time.perf_counter()
    run(*command, cwd=root, environment=environment)
    return time.perf_counter() - start
