"""Verdicts on what the Cambridgeshire report says about Family Safeguarding."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_study.chapters.hertfordshire.change import UNIT, Change
from care_study.claims import Claim, Reading, Verdict, judge, not_testable
from care_study.statistics.intervals import Interval


def _readings(found: Change, case: str, words: str) -> list[Reading]:
    # The document speaks of what a model brought about; a change is close to that, not the same.
    summary = found.placebo.summary.loc["gap_did"]
    shared = {"unit": UNIT, "decimals": 1, "same_measure": False}
    ends = {
        "own-change": ("own change", found.own),
        "against-neighbours": ("against the neighbours", found.against.gap),
    }
    made = [
        Reading(
            id=f"{name}/{case}",
            label=f"{words}, {label}",
            value=float(interval.estimate),
            lower=float(interval.lower),
            upper=float(interval.upper),
            method=interval.method,
            **shared,  # type: ignore[arg-type]
        )
        for name, (label, interval) in ends.items()
    ]
    placed = Reading(
        id=f"against-placebo/{case}",
        label=f"{words}, rank {found.rank} of {len(found.placebos)} authorities",
        value=float(np.asarray(summary["estimate"])),
        lower=float(np.asarray(summary["lower"])),
        upper=float(np.asarray(summary["upper"])),
        method="placebo ranks inverted",
        **shared,  # type: ignore[arg-type]
    )
    return [*made, placed]


def verdicts(
    claims: Mapping[str, Claim],
    care: Change,
    plans: Change,
    starting: Interval,
    pilot: pd.DataFrame,
) -> list[Verdict]:
    """Give the verdict on every claim about Family Safeguarding.

    Parameters
    ----------
    claims
        The register.
    care, plans
        Change of children looked after and of plans started, to the document's year.
    starting
        Change of children starting to be looked after, between the years that are published.
    pilot
        From `pilot_changes`.
    """
    entering = Reading(
        id="own-change/starting",
        label="children starting, own change since the first year published",
        value=float(starting.estimate),
        lower=float(starting.lower),
        upper=float(starting.upper),
        unit=UNIT,
        decimals=1,
        method=starting.method,
        same_measure=False,
    )
    testable = {
        "cam-hertfordshire-plans": (
            _readings(plans, "plans", "plans started"),
            "plans started stand in for plans open; a change is measured, not what it is due to",
        ),
        "cam-hertfordshire-care": (
            [*_readings(care, "looked-after", "looked after"), entering],
            "a change is measured, not what it is due to; starts have no figure from before",
        ),
        "cam-peterborough-plans": (
            _pilot_readings(pilot, "plans_started_rate", numbered=True),
            "plans started stand in for plans open",
        ),
        "cam-peterborough-care": (
            _pilot_readings(pilot, "looked_after_rate", numbered=False),
            "no fall that its interval tells from none",
        ),
    }
    return [
        judge(claim, testable[claim.id][0], comment=testable[claim.id][1])
        if claim.id in testable
        else not_testable(claim)
        for claim in claims.values()
        if claim.notebook == "hertfordshire"
    ]


def _pilot_readings(pilot: pd.DataFrame, indicator: str, *, numbered: bool) -> list[Reading]:
    rows = pilot[pilot["indicator"] == indicator].to_dict("records")
    return [
        Reading(
            id=f"from-{row['from']}-to-{row['to']}",
            label=f"{row['from']} to {row['to']}",
            value=row["change"],
            lower=row["lower"],
            upper=row["upper"],
            unit=UNIT,
            decimals=1,
            method="score, 95%",
            same_measure=False,
            # "Not yet by much" has no number: it survives where a fall cannot be told from none.
            survives=None if numbered else bool(row["upper"] >= 0),
        )
        for row in rows
    ]
