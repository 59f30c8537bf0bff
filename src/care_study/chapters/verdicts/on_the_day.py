"""What a reader could have known: the verdicts on the figures as each release gave them."""

from collections.abc import Mapping

import pandas as pd

from care_study.claims import Claim
from care_study.claims.as_of import outcomes_by_release
from care_study.claims.tests import TESTS
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.words import listed, runs

# Claims that rest on counts which every release gives; the workforce has one release held.
COUNTED = (
    "cam-care-number",
    "cam-care-above-neighbours",
    "cam-care-expected",
    "nn-referrals-per-week",
)
RELEASES = tuple(range(2018, 2026))
SOURCES = ["claims", "vintages", "population_0_17", "statistical_neighbours"]


@finding
class OnTheDay:
    """The verdicts on counts, by release."""

    sources = SOURCES
    table: pd.DataFrame
    claims: int = fact("claims that rest on counts which every release gives", unit="claims")
    flipped: int = fact("of these, claims whose outcome differs between releases")
    flipping: str = fact("the claims whose outcome differs, by their statements")
    first_count: str = fact("children looked after in Cambridgeshire, as first released")


def on_the_day(tables: Mapping[str, pd.DataFrame], claims: Mapping[str, Claim]) -> OnTheDay:
    """Judge claims on the figures of each release: ``statement``, ``outcome``, ``course``."""
    tests = {name: TESTS[name] for name in COUNTED}
    found = outcomes_by_release(tables, claims, tests, RELEASES)
    several = found.groupby("claim")["outcome"].nunique()
    changed = [name for name in COUNTED if several.get(name, 0) > 1]
    first = found[found["claim"] == "cam-care-number"].iloc[0]
    grouped = {str(name): rows for name, rows in found.groupby("claim")}
    rows = [
        (claims[name].statement, grouped[name]["outcome"].iloc[-1], course(grouped[name]))
        for name in COUNTED
        if name in grouped
    ]
    return OnTheDay(
        table=pd.DataFrame(rows, columns=["statement", "outcome", "course"]),
        claims=len(COUNTED),
        flipped=len(changed),
        flipping=listed([claims[name].statement.rstrip(".") for name in changed], none="none"),
        first_count=str(first["recomputed"]),
    )


def course(found: pd.DataFrame) -> str:
    """Say what came out of which releases: "contradicted in 2018; reproduced in 2019 to 2025"."""
    of = {name: rows["release"] for name, rows in found.groupby("outcome", sort=False)}
    return "; ".join(f"{name} in {runs(releases)}" for name, releases in of.items())


def by_release(found: OnTheDay) -> Shown:
    """List the outcome of each claim by release."""
    return table(
        found.table,
        name="by_release",
        caption="What came out, on the figures as each year's release gave them",
        sources=SOURCES,
        row_header="statement",
    )
