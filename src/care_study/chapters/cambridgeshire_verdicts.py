"""The verdicts on the claims of the report of 2018 that the Cambridgeshire chapter tests."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from care_study.against import by_year, values_in
from care_study.capacity import to_calendar_days
from care_study.chapters.cambridgeshire import FACTORS, UNIT_WORKERS, beside_comparators, in_year
from care_study.claims import Claim, Reading, Verdict, judge, not_testable
from care_study.comparison import gap
from care_study.excess import COUNTED
from care_study.intervals import rate_difference
from care_study.setting import ENGLAND, Setting

NOTEBOOK = "cambridgeshire"
INDICATORS_NEEDED = (
    "looked_after_rate",
    "looked_after_ceased_rate",
    "referral_rate",
    "started_at_16_over",
    "cases_per_worker",
    "vacancy_rate",
    *(indicator for indicator, _ in FACTORS.values()),
)
MONTHS = 12
REVIEWS = ("cam-peer-review-date", "cam-focused-visit-date", "cam-care-review-dates")
HUB_PARTNER = "874"  # Peterborough, with which the county runs the front door


@dataclass(frozen=True)
class Evidence:
    """What the verdicts are computed from: the chapter's setting, indicators and results."""

    claims: Mapping[str, Claim]
    setting: Setting
    computed: Mapping[str, pd.DataFrame]
    excess: pd.DataFrame
    year: int

    def own(self, indicator: str, year: int) -> pd.Series:
        """Take the area's row of an indicator in one year."""
        return self.at(indicator, self.setting.area_id, year)

    def at(self, indicator: str, area_id: str, year: int) -> pd.Series:
        """Take an area's row of an indicator in one year."""
        frame = self.computed[indicator]
        return in_year(frame[frame["area_id"] == area_id], year)

    def neighbours_mean(self, indicator: str, year: int) -> float:
        """Compute the mean of the chosen neighbours in one year."""
        values = values_in(self.computed[indicator], self.setting.neighbour_ids, year)
        return float(values.mean())


def verdicts(evidence: Evidence) -> list[Verdict]:
    """Judge every claim of this chapter, in the order of the register.

    Empty where the report does not speak of the setting's area. Claims that the register calls not
    testable get that verdict with the register's reason.
    """
    mine = [claim for claim in evidence.claims.values() if claim.notebook == NOTEBOOK]
    if evidence.setting.area_name not in {claim.authority for claim in mine}:
        return []
    return [
        not_testable(claim, section=FURTHER)
        if claim.check == "not testable"
        else _JUDGES[claim.id](evidence, claim)
        for claim in mine
    ]


FURTHER = "cam-not-testable"


def _care_number(evidence: Evidence, claim: Claim) -> Verdict:
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


def _care_expected(evidence: Evidence, claim: Claim) -> Verdict:
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


def _care_above(evidence: Evidence, claim: Claim) -> Verdict:
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


def _care_rise(evidence: Evidence, claim: Claim) -> Verdict:
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


def _cases_per_unit(evidence: Evidence, claim: Claim) -> Verdict:
    september = evidence.year - 1
    each = float(evidence.own("cases_per_worker", september)["value"])
    return judge(
        claim,
        [
            Reading(
                name,
                f"official cases per worker on 30 September {september}, {workers:.0f} a unit",
                value=each * workers,
                unit="cases per unit",
                same_measure=False,
                decimals=0,
            )
            for name, workers in UNIT_WORKERS.items()
        ],
        comment="the official average covers all teams, not units alone",
    )


def _referrals_a_month(evidence: Evidence) -> dict[str, float]:
    own = float(evidence.own("referral_rate", evidence.year)["numerator"]) / MONTHS
    partner = float(evidence.at("referral_rate", HUB_PARTNER, evidence.year)["numerator"])
    return {"cambridgeshire-only": own, "with-peterborough": own + partner / MONTHS}


def _enquiries(evidence: Evidence, claim: Claim) -> Verdict:
    return judge(
        claim,
        [
            Reading(
                name,
                f"{name.replace('-', ' ')}: {count:,.0f} referrals a month are fewer than the "
                "enquiries, as they must be",
                survives=claim.low is not None and count <= claim.low,
            )
            for name, count in _referrals_a_month(evidence).items()
        ],
        comment="enquiries themselves are not published",
    )


def _enquiries_not_needed(evidence: Evidence, claim: Claim) -> Verdict:
    stated = evidence.claims["cam-enquiries-month"]
    low, high = float(stated.low or 0), float(stated.high or 0)
    return judge(
        claim,
        [
            Reading(
                name,
                name.replace("-", " "),
                value=(1 - count * 2 / (low + high)) * 100,
                lower=(1 - count / low) * 100,
                upper=(1 - count / high) * 100,
                unit="%",
                method="range of the stated enquiries",
                same_measure=False,
                decimals=0,
            )
            for name, count in _referrals_a_month(evidence).items()
        ],
    )


def _vacancies(evidence: Evidence, claim: Claim) -> Verdict:
    september = evidence.year - 1
    own = float(evidence.own("vacancy_rate", september)["value"])
    mean = evidence.neighbours_mean("vacancy_rate", september)
    england = float(evidence.at("vacancy_rate", ENGLAND, september)["value"])
    return not_testable(
        claim,
        f"Vacancy rates are published for the county only: on 30 September {september} {own:.1f}% "
        f"of posts, against {mean:.1f}% among its neighbours and {england:.1f}% in England.",
        section=claim.id,
    )


def _recruitment(evidence: Evidence, claim: Claim) -> Verdict:
    september = evidence.year - 1
    own = float(evidence.own("vacancy_rate", september)["value"])
    england = float(evidence.at("vacancy_rate", ENGLAND, september)["value"])
    label = (
        f"30 September {september}: {own:.1f}% of posts vacant in the county, {england:.1f}% in "
        "England"
    )
    return judge(claim, [Reading("as-stated", label, survives=own > 0 and england > 0)])


def _stay_longer(evidence: Evidence, claim: Claim) -> Verdict:
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


def _reduction_slow(evidence: Evidence, claim: Claim) -> Verdict:
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


def _days(evidence: Evidence, claim: Claim) -> Verdict:
    days = float(claim.high or 0)
    calendar = float(to_calendar_days(days))
    return judge(
        claim,
        [
            Reading(
                "working-days",
                "working days, as guidance and the official indicator count",
                value=days,
                unit="days",
                decimals=0,
            ),
            Reading(
                "calendar-days",
                "the same limit in calendar days",
                value=calendar,
                unit="days",
                decimals=0,
            ),
        ],
    )


def _late_teenagers(evidence: Evidence, claim: Claim) -> Verdict:
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


def _factors_high(evidence: Evidence, claim: Claim) -> Verdict:
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


def _trio_any(evidence: Evidence, claim: Claim) -> Verdict:
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


def _alternative_effects(evidence: Evidence, claim: Claim) -> Verdict:
    parts = []
    for indicator, words in (("vacancy_rate", "vacancy rate"), ("cases_per_worker", "caseload")):
        rows = evidence.computed[indicator]
        own = rows[(rows["area_id"] == evidence.setting.area_id) & rows["value"].notna()]
        before = own.loc[own["year"] <= evidence.year, "value"].mean()
        after = own.loc[own["year"] > evidence.year, "value"].mean()
        parts.append(f"{words} {before:.1f} to September {evidence.year} and {after:.1f} since")
    return not_testable(
        claim,
        "Published figures cannot single out one change among several. The county's averages: "
        f"{', '.join(parts)}.",
        section=claim.id,
    )


def _age_limit(evidence: Evidence, claim: Claim) -> Verdict:
    start = evidence.claims["cam-service-ages"].low
    overlaps = start is not None and claim.high == start
    return judge(
        claim,
        [
            Reading(
                "up-to-and-including",
                "up to and including: overlaps with the service that begins at that age",
                survives=not overlaps,
            ),
            Reading("under", "under that age: no gap and no overlap", survives=overlaps),
        ],
    )


def _service_ages(evidence: Evidence, claim: Claim) -> Verdict:
    joins = claim.low == evidence.claims["cam-unit-age-limit"].high
    label = "the service begins at the age at which the units end"
    return judge(claim, [Reading("as-stated", label, survives=joins)])


def _three_reviews(evidence: Evidence, claim: Claim) -> Verdict:
    listed = sum(review in evidence.claims for review in REVIEWS)
    reading = Reading(
        "as-stated", "reviews that the report lists", value=listed, unit="reviews", decimals=0
    )
    return judge(claim, [reading])


_JUDGES: dict[str, Callable[[Evidence, Claim], Verdict]] = {
    "cam-unit-age-limit": _age_limit,
    "cam-service-ages": _service_ages,
    "cam-cases-per-unit": _cases_per_unit,
    "cam-care-above-neighbours": _care_above,
    "cam-care-expected": _care_expected,
    "cam-care-number": _care_number,
    "cam-three-reviews": _three_reviews,
    "cam-enquiries-month": _enquiries,
    "cam-enquiries-not-needed": _enquiries_not_needed,
    "cam-vacancies-areas": _vacancies,
    "cam-care-rise": _care_rise,
    "cam-stay-longer": _stay_longer,
    "cam-reduction-slow": _reduction_slow,
    "cam-assessment-limit": _days,
    "cam-assessment-plan": _days,
    "cam-late-teenagers": _late_teenagers,
    "cam-factors-high": _factors_high,
    "cam-recruitment-national": _recruitment,
    "cam-alternative-effects": _alternative_effects,
    "cam-trio-any": _trio_any,
}
