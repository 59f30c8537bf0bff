"""Reading and checking the data, the placebo analysis, and how the cost grows with the data."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from measure import Measure, seconds

from care_study import paths
from care_study.area.after_event import METHODS, authorities_panel
from care_study.area.by_year import by_year
from care_study.chapters.comparison import models, posts
from care_study.chapters.northamptonshire import combinations, outcomes
from care_study.claims import read_accounting, read_claims
from care_study.claims.others import with_severity
from care_study.claims.severity import severities
from care_study.claims.tests import TESTS
from care_study.claims.world import World
from care_study.data import tables
from care_study.data.geography import neighbour_lists
from care_study.indicators.compute import compute
from care_study.indicators.definitions import INDICATORS
from care_study.statistics.comparison import averages, rank
from care_study.statistics.trends import estimate_all, read_panel

INDICATOR = "looked_after_rate"
NEEDED = ("authorities", "population_0_17", "children_looked_after")
CODES = ("area_id", "area_code", "dfe_code")
ESSEX = "881"


def measure(factors: tuple[int, ...], repeat: int) -> list[Measure]:
    """Measure reading, the placebo analysis and the growth."""
    held = tables.load(paths.PUBLISHED)
    load = seconds(lambda: tables.load(paths.PUBLISHED), repeat)
    return [
        Measure("functions", "read and check all data", load, "s", most=1),
        Measure("functions", "severity of every verdict", severity(), "s", most=60),
        Measure("functions", f"placebo analysis, {INDICATOR}", placebo(held), "s", most=10),
        *growth(held, factors),
    ]


def severity() -> float:
    """Time the severity of every verdict, official and internal, tables read anew."""
    claims = read_claims(paths.DOCUMENTS)
    found = {
        outcomes: outcomes.outcomes(claims),
        combinations: combinations.combinations(claims),
        models: models.ways(claims, read_accounting(paths.DOCUMENTS)),
        posts: posts.posts(claims),
    }

    def every() -> None:
        severities(World(tables.Tables(paths.PUBLISHED)), claims, TESTS)
        for section, finding in found.items():
            for name, judge in section.JUDGES.items():
                with_severity(judge(finding, claims[name]), claims, finding, judge)

    return seconds(every, 1)


def placebo(held: tables.Tables) -> float:
    """Time every estimator for every authority."""
    neighbours = neighbour_lists(held["statistical_neighbours"], held["authorities"], "2021")
    panel = read_panel(authorities_panel(compute(held, INDICATOR)))
    return seconds(
        lambda: estimate_all(panel, 2019, methods=tuple(METHODS), neighbours=neighbours), 1
    )


def growth(held: tables.Tables, factors: tuple[int, ...]) -> list[Measure]:
    """Time an indicator and comparisons on more and more authorities."""
    made, found = [], []
    for factor in (1, *factors):
        rows, taken = on_many(held, factor)
        found.append((rows, taken))
        made += [
            Measure("data grow", f"{what}, {factor} times the data", time, "s", 3)
            for what, time in taken.items()
        ]
    (before, times_before), (rows, taken) = found[-2:]
    for what, time in taken.items():
        # Against the step before: at the smallest, a fixed cost would hide the growth.
        ratio = (time / times_before[what]) / (rows / before)
        name = f"{what}: cost a row at the largest, against the step before"
        made.append(Measure("data grow", name, ratio, "times", most=1.5))
    return made


def on_many(held: tables.Tables, factor: int) -> tuple[int, dict[str, float]]:
    """Time the functions on the authorities repeated; returns the rows and the seconds."""
    many = repeated(held, factor)
    rows = len(many["children_looked_after"])
    again = 3 if factor < 100 else 1
    taken = {f"indicator ({INDICATORS[INDICATOR].title})": seconds(
        lambda: compute(many, INDICATOR), again
    )}  # fmt: skip
    computed = compute(many, INDICATOR)
    latest = computed[(computed["year"] == 2025) & computed["value"].notna()].set_index("area_id")
    own = float(latest["value"].loc[ESSEX])
    counts = latest["numerator"].to_numpy(), latest["denominator"].to_numpy()
    others = [area for area in latest.index if area != ESSEX]
    rates = latest["value"].loc[others]
    taken |= {
        # So quick that the first time, which fetches memory, says little.
        "averages over authorities": seconds(lambda: averages(*counts), 9),
        "rank among authorities": seconds(lambda: rank(own, rates), 9),
        "comparison year by year": seconds(lambda: by_year(computed, ESSEX, others), 1),
    }
    return rows, taken


def repeated(held: Mapping[str, pd.DataFrame], factor: int) -> dict[str, pd.DataFrame]:
    """Repeat the authorities under other codes; the real ones come first."""
    made = {"boundary_changes": held["boundary_changes"]}
    for name in NEEDED:
        frame = held[name]
        copies = pd.concat([frame] * factor, ignore_index=True)
        number = np.repeat(np.arange(factor), len(frame))
        ending = pd.Series(number).astype(str).radd("-").mask(pd.Series(number) == 0, "")
        for column in CODES:
            if column in copies:
                copies[column] = copies[column].astype(str) + ending
        made[name] = copies
    return made
