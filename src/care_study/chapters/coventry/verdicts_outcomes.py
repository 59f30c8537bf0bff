"""Coventry: rules for the claims about timeliness, re-referrals and what needed to improve."""

from collections.abc import Mapping

from care_study.chapters.coventry.caseloads import expected_return, share_of_others, stated
from care_study.chapters.coventry.evidence import Evidence
from care_study.chapters.coventry.lists import MEASURES, years_called_worse
from care_study.chapters.coventry.rereferrals import NEWCOMBE, with_intervals
from care_study.claims import Claim, Reading, Verdict, judge

PROVIDER_RANGE = "range over the provider's share of assessments, and rounding"


def in_time(claims: Mapping[str, Claim], found: Evidence) -> Verdict:
    """Judge the share of assessments in time: the whole authority, and what is left of it."""
    claim = claims["cov-assessments-in-time"]
    rows = found.lists["assessments_in_45_days"]
    share = (found.said.per_week / found.flow.set_index("year")["referrals"]).reindex(rows["year"])
    rest = [
        share_of_others(whole, found.said.in_time, part)
        for whole, part in zip(rows["value"], share, strict=True)
        if 0 <= part < 1
    ]
    possible = any(0 <= percent <= 100 for percent in rest)
    readings = [
        Reading("provider-team", "the provider's own (not published)", survives=possible),
        *(
            Reading(
                f"whole-authority/{row['year']:.0f}",
                f"the whole authority, {row['year']:.0f}",
                value=row["value"],
                lower=row["value"] - 0.05,
                upper=row["value"] + 0.05,
                unit="%",
                method="rounding",
                same_measure=False,
                decimals=1,
            )
            for row in rows.to_dict("records")
        ),
    ]
    return judge(
        claim,
        readings,
        comment="the provider's own share cannot be checked; the official figures only leave room "
        "for it",
    )


def own_rise(claims: Mapping[str, Claim], found: Evidence) -> Verdict:
    """Judge the rise of the council's own share in time, in every start year."""
    readings = []
    for row in found.start.dropna(subset=["time_change"]).to_dict("records"):
        readings += [
            Reading(
                f"{name}/{row['year']:.0f}",
                f"{row['year']:.0f} {words}",
                value=row[value],
                lower=row[f"{own}_lower"],
                upper=row[f"{own}_upper"],
                unit=unit,
                method=PROVIDER_RANGE,
                same_measure=False,
                decimals=1,
            )
            for name, words, value, own, unit in (
                ("relative", "in percent", "time_relative", "own_relative", "%"),
                ("percentage-points", "in points", "time_change", "own", "percentage points"),
            )
        ]
    return judge(claims["cov-own-completion-rise"], readings)


def rereferral_fall(claims: Mapping[str, Claim], found: Evidence) -> Verdict:
    """Judge the fall of the re-referral rate, both readings, in every start year."""
    readings = []
    for row in found.start.dropna(subset=["change"]).to_dict("records"):
        readings += [
            Reading(
                f"{name}/{row['year']:.0f}",
                f"{row['year']:.0f} {words}",
                value=-row[value],
                lower=-row[f"{ends}upper"],
                upper=-row[f"{ends}lower"],
                unit=unit,
                method=method,
                same_measure=False,
                decimals=1,
            )
            for name, words, value, ends, unit, method in (
                (
                    "relative",
                    "in percent",
                    "relative",
                    "relative_",
                    "%",
                    "score interval of a ratio of proportions, 95%",
                ),
                ("percentage-points", "in points", "change", "", "percentage points", NEWCOMBE),
            )
        ]
    return judge(
        claims["cov-rereferral-fall"],
        readings,
        comment="official figures are yearly and cover the whole authority",
    )


def rereferral_months(claims: Mapping[str, Claim], found: Evidence) -> Verdict:
    """Look for the traces that a fall within half a year leaves in yearly figures.

    Half years compared: a fall that lasts shows in full after two years at the latest. A
    twelve-month rate that falls as much within six months shows in full within one year.
    """
    low, high = found.said.rereferral_fall
    two = with_intervals(found.two_years)
    fits = two[(-two["upper"] <= high) & (-two["lower"] >= low)]
    return judge(
        claims["cov-rereferral-months"],
        [
            Reading(
                "six-months-against-six-months",
                "two half years compared, seen over two official years",
                survives=not fits.empty,
            ),
            Reading(
                "yearly-rate-after-six-months",
                "a twelve-month rate read six months apart, seen over one official year",
                survives=bool(found.start["points_fit"].fillna(False).any()),
            ),
        ],
        comment="yearly figures cannot show six months; a reading survives if they show the trace "
        "that such a fall would leave",
    )


def rereferral_project(claims: Mapping[str, Claim], found: Evidence) -> Verdict:
    """Judge the re-referral rate among cases that the provider handled."""
    claim = claims["cov-rereferral-project"]
    own = found.own.dropna(subset=["value"])
    pace = float(own["value"].min())
    expected = expected_return(pace, found.project_months)
    readings = [
        Reading(
            "within-project",
            "before the project ended",
            survives=stated(claims, claim.id) <= expected,
        )
    ]
    readings += [
        Reading(
            f"within-12-months/{row['year']:.0f}",
            f"within twelve months, {row['year']:.0f}",
            value=row["value"],
            lower=row["lower"],
            upper=row["upper"],
            unit="%",
            method="Wilson, 95%",
            same_measure=False,
            decimals=1,
        )
        for row in own.to_dict("records")
    ]
    return judge(
        claim,
        readings,
        comment="a shorter window must give a lower share, and only cases that were closed can be "
        "referred again",
    )


def measures(claims: Mapping[str, Claim], found: Evidence) -> Verdict:
    """Judge whether three measures lay on the less favourable side of the neighbours."""
    readings = []
    for indicator, words in MEASURES.items():
        years = years_called_worse(found.lists[indicator], indicator)
        readings.append(
            Reading(
                indicator.replace("_", "-"),
                f"{words} ({', '.join(map(str, years)) or 'no year'})",
                survives=bool(years),
            )
        )
    return judge(
        claims["cov-measures-to-improve"],
        readings,
        comment="a measure survives in the years in which at least one comparison with the "
        "neighbours puts the area clearly on the less favourable side",
    )
