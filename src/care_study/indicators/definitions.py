"""What each indicator is: numerator, denominator, unit, period, interval method and caveats."""

from dataclasses import dataclass, field
from typing import Literal

WEEKS = "weeks"
_MARCH = "year ending 31 March"
_ON_MARCH = "on 31 March"
_SEPTEMBER = "on 30 September"


@dataclass(frozen=True)
class Term:
    """One figure in a numerator or denominator: a column of a table, added or taken away."""

    table: str
    column: str
    sign: int = 1


@dataclass(frozen=True)
class Indicator:
    """The definition of one indicator.

    ``per`` scales numerator / denominator into the unit. ``interval`` names the method of the 95%
    interval, or is empty where none applies (published percentages without counts; ratios that are
    not a sample or a random process). ``breaks`` maps a year to what changed from then on.
    """

    id: str
    title: str
    numerator: tuple[Term, ...]
    denominator: tuple[Term, ...]
    unit: str
    period: str
    formula: str
    per: float = 1.0
    interval: Literal["", "exact Poisson", "Wilson"] = ""
    decimals: int = 1
    note: str = ""
    breaks: dict[int, str] = field(default_factory=dict, hash=False)

    @property
    def is_published(self) -> bool:
        """Whether the value is published as it is, without numerator and denominator."""
        return not self.denominator


_CLA, _IN_NEED, _REFERRALS = "children_looked_after", "children_in_need", "referrals"
_CHILDREN = (Term("population_0_17", "children_0_17"),)
_PER_10_000 = "per 10,000 children aged 0 to 17"
_REVISED = {2016: "first-release counts to 2015, revised counts from 2016"}
_OVERDISPERSED = (
    "The interval covers random variation only; families come in groups and recording changes, so "
    "the true variation from year to year is larger."
)


def _rate(
    id_: str,
    title: str,
    *terms: Term,
    period: str,
    what: str,
    note: str = "",
    breaks: dict[int, str] | None = None,
) -> Indicator:
    return Indicator(
        id_,
        title,
        terms,
        _CHILDREN,
        _PER_10_000,
        period,
        f"{what} / children aged 0 to 17 at the mid-year before x 10,000",
        per=10_000,
        interval="exact Poisson",
        note=note,
        breaks=breaks or {},
    )


def _percentage(
    id_: str, title: str, table: str, numerator: str, denominator: str, unit: str, formula: str
) -> Indicator:
    return Indicator(
        id_,
        title,
        (Term(table, numerator),),
        (Term(table, denominator),),
        unit,
        _MARCH,
        f"{formula} x 100",
        per=100,
        interval="Wilson",
        note=_OVERDISPERSED if table == _REFERRALS else "",
    )


def _published(
    id_: str, title: str, table: str, column: str, unit: str, period: str, note: str = ""
) -> Indicator:
    return Indicator(
        id_,
        title,
        (Term(table, column),),
        (),
        unit,
        period,
        "as published; no counts are published from which an interval could be computed",
        note=note,
    )


_ALL = [
    _rate(
        "looked_after_rate",
        "Children looked after",
        Term(_CLA, "looked_after_31_march"),
        period=_ON_MARCH,
        what="children looked after on 31 March",
        breaks=_REVISED,
    ),
    _rate(
        "looked_after_started_rate",
        "Children starting to be looked after",
        Term(_CLA, "started"),
        period=_MARCH,
        what="children who started to be looked after in the year",
    ),
    _rate(
        "looked_after_ceased_rate",
        "Children ceasing to be looked after",
        Term(_CLA, "ceased"),
        period=_MARCH,
        what="children who ceased to be looked after in the year",
    ),
    _rate(
        "unaccompanied_rate",
        "Unaccompanied asylum-seeking children looked after",
        Term(_CLA, "unaccompanied_31_march"),
        period=_ON_MARCH,
        what="unaccompanied asylum-seeking children looked after on 31 March",
        breaks=_REVISED,
    ),
    _rate(
        "looked_after_rate_without_unaccompanied",
        "Children looked after, without unaccompanied asylum-seeking children",
        Term(_CLA, "looked_after_31_march"),
        Term(_CLA, "unaccompanied_31_march", -1),
        period=_ON_MARCH,
        what="(children looked after on 31 March - unaccompanied asylum-seeking children)",
        breaks=_REVISED,
    ),
    _rate(
        "referral_rate",
        "Referrals",
        Term(_REFERRALS, "referrals"),
        period=_MARCH,
        what="referrals in the year",
        note=_OVERDISPERSED,
    ),
    Indicator(
        "referrals_per_week",
        "Referrals a week",
        (Term(_REFERRALS, "referrals"),),
        (Term(WEEKS, "weeks"),),
        "referrals a week",
        _MARCH,
        "referrals in the year / weeks in the year (days / 7)",
        interval="exact Poisson",
        decimals=0,
        note=_OVERDISPERSED,
    ),
    _percentage(
        "rereferral_percentage",
        "Re-referrals",
        _REFERRALS,
        "rereferrals_within_12_months",
        "referrals",
        "% of referrals",
        "referrals within 12 months of an earlier one / referrals",
    ),
    _percentage(
        "nfa_percentage",
        "Referrals with no further action",
        _REFERRALS,
        "no_further_action",
        "referrals",
        "% of referrals",
        "referrals with no further action / referrals",
    ),
    _published(
        "assessments_in_45_days",
        "Assessments completed within 45 working days",
        "assessments",
        "within_45_days_percent",
        "% of assessments",
        _MARCH,
    ),
    _percentage(
        "second_plan_percentage",
        "Second or subsequent child protection plans",
        "child_protection_plans",
        "second_or_subsequent",
        "plans_started",
        "% of plans started",
        "plans that were a second or subsequent one / plans started",
    ),
    Indicator(
        "cases_per_worker",
        "Cases per social worker",
        (Term("workforce", "cases"),),
        (Term("workforce", "case_holders_fte"),),
        "cases per FTE",
        _SEPTEMBER,
        "cases held / full-time-equivalent social workers who hold at least one case, agency "
        "included",
        note="An average over everyone who holds a case, part-time and senior workers included, on "
        "one day. It is a count of all cases, not a sample, so no interval is given.",
    ),
    _published("agency_rate", "Agency workers", "workforce", "agency_rate", "%", _SEPTEMBER),
    _published("vacancy_rate", "Vacancies", "workforce", "vacancy_rate", "%", _SEPTEMBER),
    _published(
        "turnover_rate", "Turnover", "workforce", "turnover_rate", "%", "year to 30 September"
    ),
    _rate(
        "in_need_rate",
        "Children in need",
        Term(_IN_NEED, "in_need_31_march"),
        period=_ON_MARCH,
        what="episodes of need open on 31 March",
        note=_OVERDISPERSED,
    ),
    _rate(
        "plans_started_rate",
        "Child protection plans started",
        Term("child_protection_plans", "plans_started"),
        period=_MARCH,
        what="child protection plans started in the year",
        note=_OVERDISPERSED,
    ),
    _percentage(
        "started_at_16_over",
        "Starting to be looked after at 16 or over",
        "started_by_age",
        "age_16_over",
        "total",
        "% of children starting",
        "children starting to be looked after aged 16 or over / all children starting",
    ),
    *(
        _percentage(
            f"factor_{short}",
            f"Assessments that record {words} of a parent",
            "assessment_factors",
            column,
            "assessments_with_factors",
            "% of assessments with any factor",
            f"assessments that record {words} of a parent / assessments with any factor",
        )
        for short, words, column in (
            ("domestic_abuse", "domestic abuse", "domestic_abuse_parent"),
            ("mental_health", "mental health", "mental_health_parent"),
            ("alcohol", "alcohol misuse", "alcohol_misuse_parent"),
            ("drugs", "drug misuse", "drug_misuse_parent"),
        )
    ),
]
INDICATORS: dict[str, Indicator] = {indicator.id: indicator for indicator in _ALL}
