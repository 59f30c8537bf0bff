"""Coventry: rules for the claims about caseloads, staffing, throughput and demand."""

from collections.abc import Mapping

from care_study.chapters.coventry.caseloads import stated
from care_study.chapters.coventry.evidence import Evidence
from care_study.claims import Claim, Reading, Verdict, judge


def caseload_reduction(claims: Mapping[str, Claim], found: Evidence) -> Verdict:
    """Judge the fall in caseloads: per worker, and of all cases together."""
    one = found.fall.iloc[0]
    return judge(
        claims["cov-caseload-reduction"],
        [
            Reading(
                "per-social-worker",
                "mean per social worker",
                value=one["fall"],
                lower=one["rounded_lower"],
                upper=one["rounded_upper"],
                unit="%",
                method="rounding of both means",
                decimals=1,
            ),
            Reading(
                "total-caseload",
                "all cases together",
                lower=found.total["lower"].min(),
                upper=found.total["upper"].max(),
                unit="%",
                method="range over workforce sizes and workers added, and rounding",
                decimals=1,
            ),
        ],
        comment="all cases together fell as much only if hardly any workers were added",
    )


def caseload_before(claims: Mapping[str, Claim], found: Evidence) -> Verdict:
    """Judge the mean caseload at the start against every official September."""
    readings = [
        Reading(
            f"september-{row['year']:.0f}",
            f"September {row['year']:.0f}",
            value=row["value"],
            unit="cases per FTE",
            same_measure=False,
            decimals=1,
        )
        for row in found.cases.to_dict("records")
    ]
    return judge(
        claims["cov-caseload-before"],
        readings,
        comment="the official mean covers all teams; one team may hold more, and there are no "
        "comparable figures before its first year",
    )


def caseload_after(claims: Mapping[str, Claim], found: Evidence) -> Verdict:
    """Judge the mean caseload with the project, with and without its practitioners."""
    most = stated(claims, "cov-practitioners")
    readings = []
    for row in found.cases.to_dict("records"):
        without = row["cases"] / (row["workers"] - most) if row["workers"] > most else row["value"]
        ends = {
            "council-workers": ("the council's own", row["value"], without),
            "with-provider": (
                "with the provider's",
                row["cases"] / (row["workers"] + most),
                row["value"],
            ),
        }
        readings += [
            Reading(
                f"{name}/{row['year']:.0f}",
                f"September {row['year']:.0f}, {words}",
                value=row["value"],
                lower=lower,
                upper=upper,
                unit="cases per FTE",
                method="range over the practitioners counted or not",
                same_measure=False,
                decimals=1,
            )
            for name, (words, lower, upper) in ends.items()
        ]
    return judge(
        claims["cov-caseload-after"],
        readings,
        comment="the official mean covers all teams; one team may hold more",
    )


def recruitment(claims: Mapping[str, Claim], found: Evidence) -> Verdict:
    """Judge the shortage of staff by the vacancy rate beside every comparator."""
    comparators = [name for name in found.staff if name == "england" or str(name)[:5] == "mean_"]
    readings = [
        Reading(
            f"september-{row['year']:.0f}",
            f"September {row['year']:.0f}",
            value=row["vacancy_rate"],
            unit="%",
            survives=all(row["vacancy_rate"] > row[name] for name in comparators),
            same_measure=False,
            decimals=1,
        )
        for row in found.staff.to_dict("records")
    ]
    return judge(
        claims["cov-recruitment"],
        readings,
        comment="a year survives if the vacancy rate was above England's and above the mean of "
        "the neighbours in every list",
    )


def practitioners(claims: Mapping[str, Claim], found: Evidence) -> Verdict:
    """Work out the practitioners that the stated throughput needs, at the stated caseload."""
    per_week, caseload = claims["cov-throughput"].range, claims["cov-caseload-after"].range
    middle = found.said.per_week * found.limit_weeks / stated(claims, "cov-caseload-after")
    return judge(
        claims["cov-practitioners"],
        [
            Reading(
                "needed-at-most",
                "practitioners that the stated throughput and caseload employ, each case open for "
                "the whole statutory limit",
                value=middle,
                lower=per_week[0] * found.limit_weeks / caseload[1],
                upper=per_week[1] * found.limit_weeks / caseload[0],
                unit="practitioners",
                method="Little's law, rounding of both numbers",
                same_measure=False,
                decimals=1,
            )
        ],
    )


def throughput(claims: Mapping[str, Claim], found: Evidence) -> Verdict:
    """Judge the cases completed a week as the provider's part, and as the whole."""
    flow = found.flow.dropna(subset=["ended"])
    readings = [
        Reading(
            "managed-service",
            "the managed service's cases, as a part of all that the authority completed",
            survives=bool((flow["of_ended"] < 1).any()),
        )
    ]
    readings += [
        Reading(
            f"whole-service/{row['year']:.0f}",
            f"the whole service's, {row['year']:.0f}",
            value=row["ended"],
            unit="episodes ended per week",
            same_measure=False,
            decimals=0,
        )
        for row in flow.to_dict("records")
    ]
    return judge(claims["cov-throughput"], readings)


def demand(claims: Mapping[str, Claim], found: Evidence) -> Verdict:
    """Judge the growth of referrals, as a count and as a rate, in every start year."""
    readings = [
        Reading(
            f"{name}/{row['year']:.0f}",
            f"{row['year']:.0f} by {name}",
            value=row[name],
            lower=row[f"{name}_lower"],
            upper=row[f"{name}_upper"],
            unit=unit,
            method="score interval of a difference of Poisson rates, 95%",
            same_measure=False,
            decimals=0,
        )
        for name, unit in (("rate", "per 10,000"), ("count", "referrals per year"))
        for row in found.demand.to_dict("records")
    ]
    return judge(claims["cov-demand-growing"], readings)
