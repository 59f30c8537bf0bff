"""Verdicts on the case study's claims, under every reading that the register lists.

The verdicts on the letter of 2018 are in ``northamptonshire_letter``; `verdicts` gives them all.
"""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from care_study.chapters.northamptonshire.demand import ALL, stated, weeks_like
from care_study.chapters.northamptonshire.evidence import Evidence
from care_study.chapters.northamptonshire.letter import caseload_verdict, letter_verdicts
from care_study.chapters.northamptonshire.outcomes import (
    OUTCOMES,
    UNLISTED,
    combinations,
    outcomes,
    total_allowed,
)
from care_study.claims import Claim, Reading, Verdict, judge, judge_value, not_testable

NOTEBOOK = "northamptonshire"
# The reading of each claim that a combination of `combinations` carries, by its column.
COMBINED = {
    "nn-teams": "teams",
    "nn-team-social-workers": "teams",
    "nn-children-held": "children",
    "nn-duty-cycles": "cycles",
    "nn-cycle-weeks": "cycles",
    "nn-case-duration": "days",
    "nn-assessment-duration": "days",
}
# The same column, where the register names the readings otherwise.
OTHER_NAMES = {
    "nn-team-social-workers": {
        "at-the-same-time": "all-teams-together",
        "in-turn": "one-team-at-a-time",
    }
}


def verdicts(claims: Mapping[str, Claim], evidence: Evidence) -> list[Verdict]:
    """Give the verdict on every claim of this notebook, in the order of the register.

    Parameters
    ----------
    claims
        The register.
    evidence
        From `gather`.
    """
    given = [
        *_demand(claims, evidence),
        *_caseload(claims, evidence),
        *_flow(claims),
        *_outcomes(claims),
        *letter_verdicts(claims, evidence),
        *(
            not_testable(claim)
            for claim in claims.values()
            if claim.notebook == NOTEBOOK and claim.check == "not testable"
        ),
    ]
    order = list(claims)
    return sorted(given, key=lambda verdict: order.index(verdict.claim))


def _demand(claims: Mapping[str, Claim], evidence: Evidence) -> list[Verdict]:
    said = claims["nn-referrals-per-week"]
    weekly = weeks_like(evidence.referrals, said, evidence.years)
    readings = [_weekly(row) for row in weekly.to_dict("records")]
    mean_weeks = [replace(one, same_measure=False) for one in readings]
    received = weekly[weekly["reading"] == ALL]
    above = int((received["place"] == "above").sum())
    return [
        judge(
            said,
            readings,
            comment=f"all referrals are above the range in {above} of {len(received)} years that "
            "are possible",
        ),
        judge(
            claims["nn-referrals-often-more"],
            mean_weeks,
            comment="a yearly mean cannot show how often single weeks were higher",
        ),
    ]


def _weekly(row: Mapping[Hashable, Any]) -> Reading:
    received = row["reading"] == ALL
    return Reading(
        f"{'all-referrals' if received else 'net-of-no-further-action'}/{row['year']}",
        f"{row['year']} {'all' if received else 'net'}",
        row["value"],
        row["lower"],
        row["upper"],
        unit="referrals per week",
        method="exact Poisson, 95%",
        # Those left after no further action are close to what the text calls referrals, not that.
        same_measure=received,
        decimals=0,
    )


def _caseload(claims: Mapping[str, Claim], evidence: Evidence) -> list[Verdict]:
    compared = evidence.compared
    possible = compared["year"].between(min(evidence.years), max(evidence.years) - 1)
    return [caseload_verdict(claims["nn-caseload-before"], compared[possible])]


def _flow(claims: Mapping[str, Claim]) -> list[Verdict]:
    table = combinations(claims)
    reached = table["result"] != "cannot reach"
    fits = table["result"] == "matches"
    comment = (
        f"of {len(table)} combinations of the readings {int(reached.sum())} can give the stated "
        f"total and {int(fits.sum())} gives it at a full load"
    )
    given = []
    for name, column in COMBINED.items():
        names = OTHER_NAMES.get(name, {})
        readings = []
        for value in table[column].unique():
            mine = table[column] == value
            words = names.get(value, value)
            low, high = _needed(claims[name], table[mine & reached])
            readings.append(
                Reading(
                    words,
                    f"{words.replace('-', ' ')}: {int((mine & reached).sum())} of "
                    f"{int(mine.sum())} combinations can",
                    lower=low,
                    upper=high,
                    unit=claims[name].unit,
                    decimals=1,
                    survives=bool((mine & reached).any()),
                    method="Little's law: what a full load would need to give the stated total",
                )
            )
        given.append(judge(claims[name], readings, comment=comment))
    return [*given, _total(claims, table, comment)]


def _needed(claim: Claim, table: pd.DataFrame) -> tuple[float | None, float | None]:
    """Range of what a full load needs for the stated total, over combinations that can reach it.

    Assessments are proportional to children held, to cycles and to weeks, and inversely to days.
    Teams and workers count in some combinations only, so no number is given for them.
    """
    if claim.id in ("nn-teams", "nn-team-social-workers") or table.empty or claim.low is None:
        return None, None
    if COMBINED[claim.id] == "days":
        return float(table["days_implied"].min()), float(table["days_implied"].max())
    return claim.low * float(table["used"].min()), claim.low * float(table["used"].max())


def _total(claims: Mapping[str, Claim], table: pd.DataFrame, comment: str) -> Verdict:
    """Judge the total: what each combination yields, from nothing to a full load."""
    low, high = total_allowed(claims)
    readings = [
        Reading(
            f"{row['teams']}/{row['children']}-{row['cycles']}-{row['days']}",
            "/".join(str(row[part]) for part in ("teams", "children", "cycles", "days")),
            lower=0.0,
            upper=row["upper"],
            unit="assessments",
            method="Little's law, up to a full load",
            decimals=0,
        )
        for row in table.to_dict("records")
    ]
    readings += [_allowed(name, low, high) for name in ("children", "assessments")]
    return judge(claims["nn-total-assessments"], readings, comment=comment)


def _allowed(name: str, low: float, high: float) -> Reading:
    if low > high:
        return Reading(
            name,
            f"no total of {name} fits the listed outcomes and the rounded shares",
            survives=False,
            method="arithmetic with rounding",
        )
    return Reading(
        name,
        f"the total of {name} that the listed outcomes and rounded shares allow",
        lower=low,
        upper=high,
        unit=name,
        method="arithmetic with rounding",
        decimals=0,
    )


def _outcomes(claims: Mapping[str, Claim]) -> list[Verdict]:
    table = outcomes(claims)
    count = dict(zip(table["outcome"], table["count"], strict=True))
    part = dict(zip(table["outcome"], table["share"], strict=True))
    total = stated(claims, "nn-total-assessments")
    unlisted = count[UNLISTED]
    low, high = total_allowed(claims)
    given = [
        judge(
            claims["nn-total-children"],
            [_allowed(name, low, high) for name in ("children", "assessments")],
            comment=f"the four listed outcomes add up to {total - unlisted:,.0f}",
        ),
        judge_value(
            claims["nn-looked-after-unstated"],
            unlisted,
            0.0,
            unlisted,
            method="total less the listed outcomes: the most it can be",
        ),
    ]
    for share, outcome in (
        ("nn-closed-share", "closed to social care"),
        ("nn-stepped-down-share", "stepped down to early help"),
    ):
        given.append(judge_value(claims[share], part[outcome] * 100))
        ends = [total * end / 100 for end in claims[share].range]
        given.append(
            judge_value(
                claims[OUTCOMES[outcome]],
                total * stated(claims, share) / 100,
                *ends,
                method="stated share, with its rounding, of the stated total",
                decimals=0,
            )
        )
    for outcome in ("transferred as child in need", "on to a child protection conference"):
        claim = claims[OUTCOMES[outcome]]
        reading = Reading(
            "remainder",
            "what the total and the other outcomes leave",
            lower=count[outcome],
            upper=count[outcome] + unlisted,
            unit=claim.unit,
            method="total less the other outcomes, less none or all of those not listed",
        )
        given.append(judge(claim, [reading]))
    return given
