"""Verdicts on the report's claims about children in care."""

import pandas as pd

from care_study.area.by_year import by_year, values_in
from care_study.area.excess import COUNTED
from care_study.area.setting import ENGLAND
from care_study.chapters.cambridgeshire.evidence import Evidence
from care_study.chapters.cambridgeshire.rate import FACTORS, beside_comparators, in_year
from care_study.claims import Claim, Reading, Verdict, judge, not_testable
from care_study.statistics.comparison import gap
from care_study.statistics.intervals import rate_difference


def care_number(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: how many children were in care."""
    return judge(
        claim,
        [
            Reading(
                f"march-{year}",
                f"31 March {year}",
                value=float(evidence.own("looked_after_rate", year)["numerator"]),
                unit="children",
                decimals=0,
            )
            for year in (evidence.year - 1, evidence.year)
        ],
    )


def care_expected(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: how many would be in care at the neighbours' rate."""
    return judge(
        claim,
        [
            Reading(
                f"neighbours-{row['list']}-{row['statistic']}/{row['counted'].replace(' ', '-')}",
                f"{row['statistic']} of the {row['list']} list, {row['counted']}",
                value=row["implied"],
                lower=row["implied_lower"],
                upper=row["implied_upper"],
                unit="children",
                method=row["method"],
                same_measure=row["counted"] == COUNTED["looked_after_rate"],
                decimals=0,
            )
            for row in evidence.excess.to_dict("records")
        ],
    )


def care_above(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: how far the rate lies above the neighbours'."""
    readings = []
    for model, rows in evidence.setting.neighbours.items():
        compared = by_year(
            evidence.computed["looked_after_rate"],
            evidence.setting.area_id,
            list(rows["area_id"]),
        )
        row = in_year(compared, evidence.year)
        readings += [
            Reading(
                f"neighbours-{model}-{statistic}",
                f"{statistic} of the {model} list",
                value=float(row[f"{statistic}_gap"]),
                lower=float(row[f"{statistic}_gap_lower"]),
                upper=float(row[f"{statistic}_gap_upper"]),
                unit="per 10,000",
                decimals=1,
            )
            for statistic in ("mean", "median")
        ]
    return judge(claim, readings)


def care_rise(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: whether the number in care had risen."""
    rows = evidence.computed["looked_after_rate"]
    own = rows[(rows["area_id"] == evidence.setting.area_id) & rows["value"].notna()]
    first, then = own.iloc[0], in_year(own, evidence.year)
    change = rate_difference(
        then["numerator"], then["denominator"], first["numerator"], first["denominator"]
    )
    years = f"{first['year']} to {evidence.year}"
    return judge(
        claim,
        [
            Reading(
                "count",
                f"count, {years}",
                value=float(then["numerator"] - first["numerator"]),
                unit="children",
                decimals=0,
            ),
            Reading(
                "rate",
                f"rate, {years}",
                value=float(change.estimate) * 10_000,
                lower=float(change.lower) * 10_000,
                upper=float(change.upper) * 10_000,
                unit="per 10,000",
                method=change.method,
                decimals=1,
            ),
        ],
    )


def stay_longer(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: whether children stay in care for longer."""
    ceased = evidence.computed["looked_after_ceased_rate"]
    held = evidence.computed["looked_after_rate"]
    leaving = _leaving(ceased, held, evidence.year)
    own = float(leaving[evidence.setting.area_id])
    mean = float(leaving.reindex(evidence.setting.neighbour_ids).mean())
    return not_testable(
        claim,
        "The length of stay of this group is not published. In the year to 31 March "
        f"{evidence.year} {own:.0f} children ceased to be looked after for every hundred in care a "
        f"year before, against {mean:.0f} among the neighbours.",
        section=claim.id,
    )


def _leaving(ceased: pd.DataFrame, held: pd.DataFrame, year: int) -> pd.Series:
    out = ceased[ceased["year"] == year].set_index("area_id")["numerator"]
    before = held[held["year"] == year - 1].set_index("area_id")["numerator"]
    return out / before * 100


def reduction_slow(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: whether numbers took long to fall."""
    rows = evidence.computed["looked_after_rate"]
    own = rows[(rows["area_id"] == evidence.setting.area_id) & (rows["year"] >= evidence.year)]
    counts = pd.Series(own["numerator"].to_numpy(), index=[int(year) for year in own["year"]])
    counts = counts.dropna()
    below = counts.index[counts < counts.iloc[0]]
    when = f"first below it in {below[0]}" if len(below) else "not below it since"
    peak = max(counts.index, key=lambda year: counts[year])
    label = (
        f"{counts.iloc[0]:,.0f} children in {evidence.year}, highest in {peak} "
        f"({counts.max():,.0f}), {when}"
    )
    return judge(
        claim,
        [Reading("as-stated", label, survives=peak > evidence.year)],
        comment="the report states no pace to compare with",
    )


def late_teenagers(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: whether more late teenagers came into care than expected."""
    frame = evidence.computed["started_at_16_over"]
    beside = beside_comparators(frame, evidence.setting, evidence.year)
    return judge(
        claim,
        [
            Reading(
                row["reading"],
                row["comparator"],
                value=row["difference"],
                lower=row["lower"],
                upper=row["upper"],
                unit="percentage points",
                method=row["method"],
                decimals=1,
            )
            for row in beside.to_dict("records")
        ],
        comment="every estimate points the other way" if (beside["difference"] < 0).all() else "",
    )


def factors_high(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: whether parental factors are found more often."""
    readings = []
    for name, (indicator, words) in FACTORS.items():
        own = float(evidence.own(indicator, evidence.year)["value"])
        values = values_in(
            evidence.computed[indicator], evidence.setting.neighbour_ids, evidence.year
        )
        found = gap(own, values).gap
        readings.append(
            Reading(
                name,
                f"{words}, against the neighbours' mean",
                value=float(found.estimate),
                lower=float(found.lower),
                upper=float(found.upper),
                unit="percentage points",
                method=found.method,
                same_measure=False,
                decimals=1,
            )
        )
    return judge(claim, readings, comment="all assessments, not long-term cases")


def trio_any(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: how many children on plans live with a parental factor."""
    shares = {
        words: float(evidence.at(indicator, ENGLAND, evidence.year)["value"])
        for indicator, words in FACTORS.values()
    }
    most = max(shares, key=lambda words: shares[words])
    return not_testable(
        claim,
        "Children on plans are not published apart, and the report gives no share. In England "
        f"{most} alone was recorded in {shares[most]:.0f}% of assessments with any factor in the "
        f"year to 31 March {evidence.year}; the share with at least one of the three is no less.",
        section=claim.id,
    )
