"""Measure the placebo analysis: every estimator for every authority, one indicator.

    python benchmarks/placebo.py [--indicator looked_after_rate] [--event 2018-10] [--repeat 3]

Each estimator is timed alone, and the whole analysis of one authority (all estimators, ranks,
intervals by inversion, and the regression beside them) once more. Reading the figures is not
counted. The best of the repeats is shown; simulations are not part of it. Last come all estimators
under all rankings (raw, logs, nearest in size, studentised), which has the same goal, and what the
calibration by size costs on the real panel.
"""

import argparse
import os
import platform
import time
from collections.abc import Callable

import pandas as pd

from care_study import paths
from care_study.area.after_event import METHODS, authorities_panel, gap_after_event
from care_study.data.geography import neighbour_lists
from care_study.data.tables import Tables
from care_study.indicators.compute import compute
from care_study.indicators.definitions import INDICATORS
from care_study.statistics.trends import (
    estimate_all,
    national_scan,
    ranked_inference,
    read_panel,
    trials,
)
from care_study.study import event_year

EVERYTHING = "all estimators under all rankings"
GOAL = 10.0  # seconds on two cores


def main() -> None:
    """Time the estimators and print a table."""
    options = parse_arguments()
    tables = Tables(paths.PUBLISHED)
    neighbours = neighbour_lists(tables["statistical_neighbours"], tables["authorities"], "2021")
    first_after = event_year(options.event)
    computed = compute(tables, options.indicator)
    long = authorities_panel(computed)
    sizes = populations(compute(tables, "looked_after_rate"), first_after)
    panel = read_panel(long)
    area = options.area if options.area in panel.units else panel.units[0]

    def one(method: str) -> Callable[[], object]:
        return lambda: estimate_all(panel, first_after, methods=(method,), neighbours=neighbours)

    jobs = {METHODS[name]: one(name) for name in METHODS}
    every = tuple(METHODS)
    jobs["all estimators together"] = lambda: estimate_all(
        panel, first_after, methods=every, neighbours=neighbours
    )
    jobs["whole analysis of one authority"] = lambda: gap_after_event(
        long, area, first_after, neighbours
    )
    jobs["national scan"] = lambda: national_scan(panel, first_after, neighbours=neighbours)
    jobs[EVERYTHING] = lambda: ranked_inference(
        panel, area, first_after, sizes, neighbours=neighbours
    )
    jobs["calibration by size, three estimators, five event years"] = lambda: trials(
        panel,
        sizes,
        events=range(first_after - 2, first_after + 3),
        methods=("gap_did", "gap_level_change", "gap_slope_change"),
        neighbours=neighbours,
    )
    seconds = {label: best_of(job, options.repeat) for label, job in jobs.items()}
    report(seconds, INDICATORS[options.indicator].title, panel.values.shape)


def populations(computed: pd.DataFrame, first_after: int) -> pd.Series:
    """Children aged 0 to 17 of every area in the last year before the event."""
    return computed[computed["year"] == first_after - 1].set_index("area_id")["denominator"]


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="The placebo analysis over all authorities.")
    parser.add_argument("--indicator", default="looked_after_rate", choices=list(INDICATORS))
    parser.add_argument("--event", default="2018-10", help="year and month")
    parser.add_argument("--area", default="873", help="code of the authority analysed as a whole")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each job")
    return parser.parse_args()


def best_of(job: Callable[[], object], repeat: int) -> float:
    """Return the seconds of the fastest of several runs."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return min(times)


def report(seconds: dict[str, float], title: str, shape: tuple[int, ...]) -> None:
    """Print the table."""
    units, years = shape
    print(
        f"{title}: {units} authorities and territories, {years} years; {os.cpu_count()} cores, "
        f"Python {platform.python_version()}\n"
    )
    print("| what | seconds |")
    print("|---|---:|")
    for label, taken in seconds.items():
        print(f"| {label} | {taken:.3f} |")
    met = seconds[EVERYTHING] < GOAL
    print(f"\nGoal: under {GOAL:.0f} s for {EVERYTHING}: {'met' if met else 'MISSED'}.")


if __name__ == "__main__":
    main()
