"""Verdicts on the report's claims about units, staff, the front door and rules."""

from care_study.area.setting import ENGLAND
from care_study.chapters.cambridgeshire.evidence import Evidence
from care_study.chapters.cambridgeshire.rate import UNIT_WORKERS
from care_study.claims import Claim, Reading, Verdict, judge, not_testable
from care_study.statistics.capacity import to_calendar_days

MONTHS = 12
REVIEWS = ("cam-peer-review-date", "cam-focused-visit-date", "cam-care-review-dates")
HUB_PARTNER = "874"  # Peterborough, with which the county runs the front door


def cases_per_unit(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: how many cases a unit held."""
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


def enquiries(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: how many enquiries the front door had."""
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


def enquiries_not_needed(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: whether most enquiries needed no service."""
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


def vacancies(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: whether vacancies were many."""
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


def recruitment(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: whether recruiting is hard everywhere."""
    september = evidence.year - 1
    own = float(evidence.own("vacancy_rate", september)["value"])
    england = float(evidence.at("vacancy_rate", ENGLAND, september)["value"])
    label = (
        f"30 September {september}: {own:.1f}% of posts vacant in the county, {england:.1f}% in "
        "England"
    )
    return judge(claim, [Reading("as-stated", label, survives=own > 0 and england > 0)])


def days(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: which days the limit for assessments counts."""
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


def alternative_effects(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: whether other roles lower vacancies and caseloads."""
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


def age_limit(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: up to which age units look after children in care."""
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


def service_ages(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: which ages the next service covers."""
    joins = claim.low == evidence.claims["cam-unit-age-limit"].high
    label = "the service begins at the age at which the units end"
    return judge(claim, [Reading("as-stated", label, survives=joins)])


def three_reviews(evidence: Evidence, claim: Claim) -> Verdict:
    """Judge: how many reviews there were."""
    listed = sum(review in evidence.claims for review in REVIEWS)
    reading = Reading(
        "as-stated", "reviews that the report lists", value=listed, unit="reviews", decimals=0
    )
    return judge(claim, [reading])
