"""Measure three ways to run one parameterised notebook for many authorities.

    python benchmarks/notebook_execution.py [--runs 40] [--workers 2]

(a) the ``papermill`` command, one run after another; (b) ``jupyter-book build`` with
``execute_notebooks: force``, one page a run; (c) this project's `execute`, with worker processes.
All outputs are compared: a way that computes something else is not faster.
"""

import argparse
import functools
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from loky import ProcessPoolExecutor
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PARAMETERS = 'area = "000"  # the authority\nyears = 13  # points of the series'
CELLS = [
    "import altair as alt\nimport numpy as np\nimport pandas as pd\n"
    "import statsmodels.api as sm\nimport vl_convert",
    "rng = np.random.default_rng(int(area))\n"
    "series = pd.DataFrame({'year': range(2013, 2013 + years)})\n"
    "series['rate'] = 60 + series['year'] - 2013 + rng.normal(0, 2, years)\nseries",
    "model = sm.OLS(series['rate'], sm.add_constant(series['year'] - 2013)).fit()\n"
    "model.params.round(6)",
    "chart = alt.Chart(series).mark_line().encode(x='year:O', y='rate:Q')\n"
    "chart.to_dict()['encoding']",
]
# A way takes the template, the areas and a folder; it returns the executed notebooks.
Way = Callable[[Path, list[str], Path], list[Path]]
BOOK_CONFIG = "title: Benchmark\nexecute:\n  execute_notebooks: force\n  timeout: 120\n"


def main() -> None:
    """Run the three ways and print a table."""
    options = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="care-study-benchmark-") as name:
        folder = Path(name)
        areas = [f"{300 + number}" for number in range(options.runs)]
        template = folder / "profile.ipynb"
        nbformat.write(notebook(), template)
        ways: dict[str, Way] = {
            "a  papermill, one after another": with_papermill,
            "b  jupyter-book build": with_jupyter_book,
            f"c  this project, {options.workers} workers": functools.partial(
                with_this_project, workers=options.workers
            ),
        }
        results = {}
        for label, way in ways.items():
            if label[0] in options.ways:
                results[label] = measure(way, template, areas, folder / label[0])
                print(f"{label}: {results[label][0]:.1f} s", file=sys.stderr, flush=True)
    report(results, options.runs)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Three ways to run notebooks.")
    parser.add_argument("--runs", type=int, default=40, help="number of authorities")
    parser.add_argument("--workers", type=int, default=2, help="worker processes of this project")
    parser.add_argument("--ways", default="abc", help="which of a, b and c to measure")
    return parser.parse_args()


def notebook(area: str | None = None) -> nbformat.NotebookNode:
    """Make the notebook: the template, or the page of one area as (b) needs it."""
    cells = [new_markdown_cell("# Profile")]
    cells.append(new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}))
    if area is not None:
        cells.append(new_code_cell(f"# Parameters\narea = {json.dumps(area)}\n"))
    cells += [new_code_cell(source) for source in CELLS]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def measure(way: Way, template: Path, areas: list[str], folder: Path) -> tuple[float, list[Any]]:
    """Time one way; returns seconds, and the outputs of every area."""
    folder.mkdir()
    start = time.perf_counter()
    executed = way(template, areas, folder)
    seconds = time.perf_counter() - start
    return seconds, [outputs(path) for path in executed]


def with_papermill(template: Path, areas: list[str], folder: Path) -> list[Path]:
    """Run the command that papermill's documentation shows, once an area (a)."""
    executed = [folder / f"{area}.ipynb" for area in areas]
    for area, output in zip(areas, executed, strict=True):
        command = ["papermill", "--no-progress-bar", "-r", "area", area]
        run([*command, str(template), str(output)], folder)
    return executed


def with_jupyter_book(template: Path, areas: list[str], folder: Path) -> list[Path]:
    """Build a book that executes its own pages; the time includes making the pages (b)."""
    for area in areas:
        nbformat.write(notebook(area), folder / f"{area}.ipynb")
    pages = "".join(f"- file: '{area}'\n" for area in areas[1:])
    toc = f"format: jb-book\nroot: '{areas[0]}'\nchapters:\n{pages}"
    (folder / "_toc.yml").write_text(toc, encoding="utf-8")
    (folder / "_config.yml").write_text(BOOK_CONFIG, encoding="utf-8")
    run(["jupyter-book", "build", "-q", str(folder)], folder)
    return [folder / "_build" / "jupyter_execute" / f"{area}.ipynb" for area in areas]


def with_this_project(
    template: Path, areas: list[str], folder: Path, workers: int = 2
) -> list[Path]:
    """Run `care_study.execution.execution.execute` in worker processes (c)."""
    executed = [folder / f"{area}.ipynb" for area in areas]
    with ProcessPoolExecutor(max_workers=workers) as pool:
        jobs = [
            pool.submit(run_one, template, output, area)
            for area, output in zip(areas, executed, strict=True)
        ]
        for job in jobs:
            job.result()
    return executed


def run_one(template: Path, output: Path, area: str) -> None:
    """Execute one notebook; imported by the workers."""
    from care_study.execution.execution import execute  # noqa: PLC0415 - part of what is measured

    execute(template, output, {"area": area})


def run(command: list[str], folder: Path) -> None:
    """Run a command of this environment; its output is shown only if it fails."""
    program = shutil.which(command[0], path=str(Path(sys.executable).parent)) or command[0]
    done = subprocess.run(
        [program, *command[1:]], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")


def outputs(executed: Path) -> list[Any]:
    """Return the results shown by the cells of the template, the same in all three ways."""
    document = nbformat.read(executed, as_version=4)
    cells = [cell for cell in document.cells if cell.cell_type == "code"][-len(CELLS) :]
    shown = [[dict(out.get("data", {})) for out in cell.outputs] for cell in cells]
    if not any(shown):
        sys.exit(f"{executed} has no outputs: it was not executed")
    return shown


def report(results: dict[str, tuple[float, list[Any]]], runs: int) -> None:
    """Print the table; ends with an error if the outputs differ."""
    first = next(iter(results.values()))
    print(f"{runs} runs, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| way | seconds | per notebook | faster than the first | same outputs |")
    print("|---|---:|---:|---:|---|")
    for label, (seconds, shown) in results.items():
        same = "yes" if shown == first[1] else "NO"
        ratio = f"{first[0] / seconds:.1f} times"
        print(f"| {label} | {seconds:.1f} | {seconds / runs:.2f} | {ratio} | {same} |")
    if any(shown != first[1] for _, shown in results.values()):
        sys.exit("the ways do not compute the same")


if __name__ == "__main__":
    main()
