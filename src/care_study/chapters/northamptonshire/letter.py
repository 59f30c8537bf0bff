"""Verdicts on the claims of the inspectors' letter of 2018 about capacity, waits and backlogs."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from care_study.chapters.northamptonshire.backlog import fall_a_week, waiting
from care_study.chapters.northamptonshire.demand import in_year, most_holding, stated
from care_study.chapters.northamptonshire.evidence import Evidence
from care_study.claims import Claim, Reading, Verdict, judge, judge_value
from care_study.statistics.capacity import to_working_days
from care_study.words import format_number

MONTH = 365.25 / 12
# What the letter of 2018 says in words, and the indicators that come closest.
IN_WORDS = {
    "of18-unassessed-too-long": ("assessments_in_45_days",),
    "of18-capacity-shortfall": ("vacancy_rate", "agency_rate"),
    "of18-caseloads-unmanageable": ("cases_per_worker",),
    "of18-worker-changes": ("turnover_rate",),
    "of18-agency-reliance": ("agency_rate", "turnover_rate"),
}


def letter_verdicts(claims: Mapping[str, Claim], evidence: Evidence) -> list[Verdict]:
    """Give the verdicts on the testable claims of the letter of 2018."""
    september = evidence.compared["year"] == evidence.september
    return [
        *_backlog(claims, evidence),
        *_in_words(claims, evidence),
        caseload_verdict(claims["of18-caseload"], evidence.compared[september]),
    ]


def _backlog(claims: Mapping[str, Claim], evidence: Evidence) -> list[Verdict]:
    now, january = stated(claims, "of18-unallocated"), stated(claims, "of18-unallocated-january")
    said = claims["of18-unallocated-range"]
    shortest, longest = evidence.span
    slow, fast = fall_a_week(january, now, (shortest / 7, longest / 7))
    return [
        judge(claims["of18-unallocated"], _official_queue(claims, evidence)),
        judge(
            claims["of18-unallocated-january"],
            [
                Reading(
                    "fall-to-october",
                    f"falls to {now:.0f} if {slow:.1f} to {fast:.1f} more children are allocated "
                    "a week than arrive",
                    survives=True,
                    method="constant arrivals",
                )
            ],
            comment="a possible course, not a check of the count itself",
        ),
        judge(
            said,
            [
                Reading("since-the-fall", "the count in October", now, unit="children"),
                Reading("throughout", "the count in January", january, unit="children"),
            ],
        ),
        judge_value(
            claims["of18-longstanding-since"],
            longest / MONTH,
            shortest / MONTH,
            longest / MONTH,
            method="dates; January's count on its last or first day",
        ),
        *_waits(claims, evidence),
    ]


def caseload_verdict(claim: Claim, septembers: pd.DataFrame) -> Verdict:
    """Judge a stated caseload by the official means of some Septembers, and by what they allow.

    Parameters
    ----------
    claim
        A caseload.
    septembers
        Rows of `care_study.chapters.northamptonshire.demand.caseloads`.
    """
    means = [
        Reading(
            f"mean/{row['year']}",
            f"mean over all who hold cases, September {row['year']}",
            row["value"],
            unit="cases per FTE",
            same_measure=False,
        )
        for row in septembers.to_dict("records")
    ]
    low = claim.low or 0.0
    share = most_holding(float(septembers["value"].max()), low)
    upper = Reading(
        "upper-part",
        f"the busiest: up to {share:.0%} of workers could hold {low:.0f} or more",
        survives=share > 0,
        method="Markov's inequality",
    )
    return judge(
        claim,
        [*means, upper],
        comment="the official mean covers every team and everyone with at least one case",
    )


def _official_queue(claims: Mapping[str, Claim], evidence: Evidence) -> list[Reading]:
    said = claims["of18-unallocated-range"]
    years = (evidence.year - 1, evidence.year)
    ends = sorted(float(in_year(evidence.queue, year)["waiting"]) for year in years)
    return [
        Reading(
            "range-of-the-paragraph",
            "the range in the same paragraph",
            lower=said.low,
            upper=said.high,
            unit="children",
            method="range as stated",
        ),
        Reading(
            "awaiting-assessment",
            "children in need awaiting assessment, 31 March before and after",
            lower=ends[0],
            upper=ends[1],
            unit="children",
            method="official counts on two days",
            same_measure=False,
        ),
    ]


def _waits(claims: Mapping[str, Claim], evidence: Evidence) -> list[Verdict]:
    """Judge the waits by bounds that the official arrivals put on them."""
    now = stated(claims, "of18-unallocated")
    most, limit = claims["of18-wait-minority"], claims["of18-wait-majority"].low or 0.0
    longest = (most.high or 0.0) * MONTH
    arrivals = float(in_year(evidence.referrals, evidence.year)["net_week"])
    bound = waiting(now, arrivals, limit)
    readings = [
        Reading(
            f"{kind}-days",
            f"median in {kind} days",
            value,
            value,
            end,
            unit=f"{kind} days",
            method="least median that the week's arrivals allow, to the longest wait stated",
            same_measure=False,
        )
        for kind, value, end in (
            ("calendar", bound.median_days, longest),
            ("working", to_working_days(bound.median_days), to_working_days(longest)),
        )
    ]
    return [
        judge(claims["of18-wait-majority"], readings),
        judge(
            most,
            [
                Reading(
                    "possible-waits",
                    "from the wait if taken in turn to the time the backlog had stood",
                    lower=bound.mean_weeks * 7 / MONTH,
                    upper=evidence.span[1] / MONTH,
                    unit="months",
                    method="Little's law; dates",
                )
            ],
            comment="a wait of that length means that children were not taken in turn",
        ),
    ]


def _in_words(claims: Mapping[str, Claim], evidence: Evidence) -> list[Verdict]:
    """Judge words without numbers by which side of its comparators the area is on."""
    letter = {row["indicator"]: row for row in evidence.letter.to_dict("records")}
    given = []
    for name, indicators in IN_WORDS.items():
        rows = [letter[indicator] for indicator in indicators]
        readings = [
            Reading(
                f"{row['indicator'].replace('_', '-')}/{where}",
                f"{row['title'].lower()} {_one(row['own'])}, {words} {_one(row[other])}",
                survives=bool(row[f"harder_than_{where}"]),
                method="direction of the difference",
            )
            for row in rows
            for where, words, other in (
                ("england", "England", "england"),
                ("neighbours", "neighbours' mean", "mean"),
            )
        ]
        given.append(judge(claims[name], readings, comment=_beyond(rows)))
    return given


def _one(value: float) -> str:
    return format_number(value, decimals=1)


def _beyond(rows: Sequence[Mapping[Hashable, Any]]) -> str:
    outside = [
        str(row["title"]).lower() for row in rows if row["gap_lower"] > 0 or row["gap_upper"] < 0
    ]
    if not outside:
        return "no difference from the neighbours' mean is beyond its 95% interval"
    return f"beyond the 95% interval of the neighbours' mean: {', '.join(outside)}"
