"""How often the rule errs: simulated claims whose truth is known, and what near measures decide."""

from collections.abc import Mapping

import pandas as pd

from care_study.claims import Claim
from care_study.claims.errors import simulate
from care_study.claims.severity import CONTRADICTED, NOT_CONTRADICTED, UNDECIDED, judged
from care_study.claims.tests import TESTS
from care_study.claims.verdicts import OUTCOMES
from care_study.claims.world import World
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.show.table import table

SOURCES = ["claims", "authorities", "statistical_neighbours"]
TRUE, FALSE = "true", "false"


@finding
class Errors:
    """What the rule gives for simulated claims, true and false."""

    sources = SOURCES
    table: pd.DataFrame
    simulated: int = fact("claims simulated, true and false", unit="claims")
    true_contradicted: float = fact(
        "true claims called contradicted / true claims", unit="share", decimals=1
    )
    false_reproduced: float = fact(
        "false claims called reproduced / false claims", unit="share", decimals=1
    )
    false_passed: float = fact(
        "false claims called reproduced or not contradicted / false claims",
        unit="share",
        decimals=0,
    )
    false_passed_near: float = fact(
        "the same, of claims held against a near measure", unit="share", decimals=0
    )
    false_passed_same: float = fact(
        "the same, of claims held against the same measure", unit="share", decimals=0
    )
    near: int = fact("claims on which the figures hold a near measure only")
    near_missed: int = fact(
        "of these, claims that every reading and year of the near measure misses"
    )


def errors(world: World, claims: Mapping[str, Claim]) -> Errors:
    """Simulate claims of every kind that is tested, and count what the rule calls them.

    The table has a row a form, a measure and a truth: ``form``, ``held_against``, ``truth``,
    ``simulated`` (how many) and the share of each outcome.
    """
    found = simulate(world, claims, TESTS)
    found["truth"] = found["is_true"].map({True: TRUE, False: FALSE})
    keys = ["form", "held_against", "truth"]
    counts = found.pivot_table(
        index=keys, columns="outcome", values="claims", aggfunc="sum", fill_value=0
    ).reindex(columns=list(OUTCOMES), fill_value=0)
    total = counts.sum(axis=1)
    shares = counts.div(total, axis=0)
    frame = shares.add_prefix("called ").reset_index().rename_axis(columns=None)
    frame.insert(3, "simulated", total.to_numpy())
    near = {
        name: judged(world, claims[name], test).get(world.area_id(claims[name].authority), 0)
        for name, test in TESTS.items()
        if not any(case.same_measure for case in test.kind(world))
    }
    return Errors(
        table=frame,
        simulated=int(total.sum()),
        true_contradicted=_share(found, TRUE, ["contradicted"]),
        false_reproduced=_share(found, FALSE, ["reproduced"]),
        false_passed=_share(found, FALSE, PASSED),
        false_passed_near=_share(found[found["held_against"] == "a near measure"], FALSE, PASSED),
        false_passed_same=_share(found[found["held_against"] == "the same measure"], FALSE, PASSED),
        near=sum(code in (UNDECIDED, NOT_CONTRADICTED, CONTRADICTED) for code in near.values()),
        near_missed=sum(code == UNDECIDED for code in near.values()),
    )


PASSED = ["reproduced", "not contradicted"]


def _share(found: pd.DataFrame, truth: str, outcomes: list[str]) -> float:
    rows = found[found["truth"] == truth]
    return float(rows.loc[rows["outcome"].isin(outcomes), "claims"].sum() / rows["claims"].sum())


def error_table(found: Errors) -> Shown:
    """List what the rule calls true and false claims."""
    return table(
        found.table,
        name="errors",
        caption="What the rule calls simulated claims whose truth is known",
        decimals={"simulated": 0},
        sources=SOURCES,
        row_header="form",
        notes=[
            "True: the authority's own figure of an admissible year. False: another authority's, "
            "which it had in none of these years. The rule knows neither the year nor the reading."
        ],
    )
