"""How much each verdict says: the same claim put to every authority."""

from collections.abc import Mapping

import pandas as pd

from care_study.charts import dots
from care_study.claims import NO_TEST, Claim
from care_study.claims.severity import as_frame, severities
from care_study.claims.tests import TESTS
from care_study.claims.world import World
from care_study.show.figure import figure
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.words import count, share

SOURCES = ["claims", "authorities", "statistical_neighbours"]


@finding
class Severe:
    """The severity of every verdict on official statistics."""

    sources = SOURCES
    table: pd.DataFrame
    tested: int = fact("claims put to every authority", unit="claims")
    severe: int = fact(
        f"of these, how many fewer than {share(NO_TEST)} of the others would pass as well",
        unit="claims",
    )
    no_test: int = fact(
        f"of these, how many {share(NO_TEST)} or more of the others would pass as well",
        unit="claims",
    )
    undecided: int = fact("of these, how many the figures leave undecided", unit="claims")
    limit: float = fact("from this share on, a verdict is called no test", unit="share", decimals=0)


def severe(world: World, claims: Mapping[str, Claim]) -> Severe:
    """Put every official claim to every authority.

    The table has a row a claim: ``statement``, ``outcome``, ``severity``: share of the other
    ``authorities`` that would have come out as well or better.
    """
    found = as_frame(severities(world, claims, TESTS))
    found.insert(0, "statement", [claims[name].statement for name in found["claim"]])
    undecided = found["outcome"].isin(["undecided", ""])
    found = found.rename(columns={"share": "severity"})
    decided = found[~undecided].sort_values("severity", kind="stable", ignore_index=True)
    no_test = int((decided["severity"] >= NO_TEST).sum())
    return Severe(
        table=decided,
        tested=len(found),
        severe=len(decided) - no_test,
        no_test=no_test,
        undecided=int(undecided.sum()),
        limit=NO_TEST,
    )


def how_much_each_says(found: Severe) -> Shown:
    """Draw the share of other authorities that would have come out as well, a dot a claim."""
    frame = found.table.assign(percent=found.table["severity"] * 100)
    chart = dots.dot_intervals(
        frame,
        label="statement",
        value="percent",
        lower="percent",
        upper="percent",
        unit="% of other authorities that would come out as well",
        reference=NO_TEST * 100,
        reference_label="no test from here on",
        zero=True,
    )
    least = frame.iloc[0]
    return figure(
        chart,
        name="severity",
        title=(
            f"{count(found.no_test)} of {count(len(frame), 'verdict')} would have come out as "
            "well nearly anywhere"
        ),
        subtitle=(
            "Share of the other authorities in England for which the same claim, in the same "
            "years, would have come out as well or better"
        ),
        alt=(
            f"Dots, one a claim. The lowest is at {share(least['severity'])}; "
            f"{count(found.no_test)} lie at {share(NO_TEST)} or more."
        ),
        data=frame[["statement", "outcome", "percent", "authorities"]],
        units={"percent": "%"},
        sources=SOURCES,
        row_header="statement",
    )
