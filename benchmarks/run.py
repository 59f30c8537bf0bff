"""Measure everything in one run, and write the table that the book shows.

    python benchmarks/run.py [--runs 40] [--parts notebooks,rebuild,pages,functions,weight]

Writes every number to build/bench/results.json, and book/benchmarks.md with the machine and the
day. The page is a snapshot: it changes when this is run, not when the book is built.
"""

import argparse
import datetime as dt
import functools
import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import book_pages
import functions
import nbformat
import notebook_execution as notebooks
import page_weight
import rebuild
from measure import Measure, workshop

from care_study import paths

RESULTS = paths.BUILD / "bench" / "results.json"
PAGE = paths.BOOK / "benchmarks.md"
HEAD = """\
# How fast it is

Measured by `make bench`, all in one run on one machine. The numbers depend on the machine, so this
page is a snapshot: it changes when somebody measures again, not when the book is built.

Machine: {machine}. Measured on {day}.

| Part | What | Measured | Goal | Met |
|---|---|---:|---|---|
"""


def main() -> None:
    """Run the parts and write the results."""
    options = parse_arguments()
    # As Python comes: without compiled modules, every process would first compile what it imports.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    parts: dict[str, Callable[[], list[Measure]]] = {
        "notebooks": lambda: notebook_ways(options.runs, options.workers),
        "rebuild": lambda: rebuild.measure(options.repeat),
        "pages": lambda: book_pages.measure(options.sizes),
        "functions": lambda: functions.measure(options.factors, options.repeat),
        "weight": page_weight.measure,
    }
    measured = []
    for name in options.parts:
        print(f"{name} ...", file=sys.stderr, flush=True)
        measured += parts[name]()
    write_results(measured)
    text = page(measured)
    print(text)
    if set(options.parts) == set(parts):
        PAGE.write_text(text, encoding="utf-8", newline="\n")


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="All benchmarks.")
    parser.add_argument(
        "--runs", type=int, default=40, help="authorities to execute a notebook for"
    )
    parser.add_argument("--workers", type=int, default=2, help="worker processes of this project")
    parser.add_argument("--repeat", type=int, default=3, help="runs, of which the best counts")
    parser.add_argument("--sizes", type=numbers, default=(10, 50, 150), help="pages of a book")
    parser.add_argument("--factors", type=numbers, default=(10, 100, 1000), help="times the data")
    every = ["notebooks", "rebuild", "pages", "functions", "weight"]
    parser.add_argument("--parts", type=lambda text: text.split(","), default=every)
    return parser.parse_args()


def numbers(text: str) -> tuple[int, ...]:
    """Read numbers with commas between them."""
    return tuple(int(number) for number in text.split(","))


def notebook_ways(runs: int, workers: int) -> list[Measure]:
    """Measure the three ways to run one notebook for many authorities."""
    ways: dict[str, notebooks.Way] = {
        "papermill, one after another": notebooks.with_papermill,
        "jupyter-book build": notebooks.with_jupyter_book,
        f"this project, {workers} workers": functools.partial(
            notebooks.with_this_project, workers=workers
        ),
    }
    areas = [f"{300 + number}" for number in range(runs)]
    found = {}
    with workshop() as folder:
        template = folder / "profile.ipynb"
        nbformat.write(notebooks.notebook(), template)
        for number, (label, way) in enumerate(ways.items()):
            found[label] = notebooks.measure(way, template, areas, folder / str(number))
    (first, shown), *_, (ours, _) = found.values()
    if any(outputs != shown for _, outputs in found.values()):
        sys.exit("The three ways to run a notebook do not compute the same.")
    part = f"{runs} notebooks"
    made = [Measure(part, label, seconds, "s", 1) for label, (seconds, _) in found.items()]
    return [
        *made,
        Measure(part, "this project against papermill", first / ours, "times", 1, least=8),
    ]


def write_results(measured: list[Measure]) -> None:
    """Write every number as JSON."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    everything = {
        "machine": machine(),
        "day": dt.date.today().isoformat(),
        "measured": [asdict(one) | {"met": one.met} for one in measured],
    }
    RESULTS.write_text(json.dumps(everything, indent=2) + "\n", encoding="utf-8")


def machine() -> str:
    """Describe the machine."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(
            line.partition(":")[2].strip() for line in lines if line.startswith("model name")
        )
    except (OSError, StopIteration):
        pass
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    return f"{os.cpu_count()} cores ({model}), {system}, Python {platform.python_version()}"


def page(measured: list[Measure]) -> str:
    """Write the page of the book."""
    day = f"{dt.date.today():%-d %B %Y}"
    rows = [
        f"| {one.part} | {one.what} | {one.value:,.{one.decimals}f} {one.unit} | {one.goal} "
        f"| {one.met} |\n"
        for one in measured
    ]
    return HEAD.format(machine=machine(), day=day) + "".join(rows)


if __name__ == "__main__":
    main()
