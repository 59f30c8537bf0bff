"""Indicators that decide single claims: early referrals and assessments, long needs, changes."""

from care_study.indicators.terms import MARCH, ON_MARCH, Term, percentage, published, rate

_EARLY = (
    "The census of children in need was new: data quality varies between authorities and years."
)
_S47 = "section_47_enquiries"

OF_CLAIMS = [
    published(
        "early_referrals",
        "Referrals, 2010 to 2012",
        "referrals_2010_2012",
        "referrals",
        "referrals",
        MARCH,
        note=_EARLY,
    ),
    percentage(
        "core_in_35_days",
        "Core assessments within 35 working days",
        "initial_core_assessments",
        "core_within_35_days",
        "core_assessments",
        "% of core assessments",
        "core assessments completed within 35 working days / all core assessments",
        note=_EARLY,
    ),
    percentage(
        "early_conferences_in_15_days",
        "Conferences within 15 working days, 2010 and 2011",
        _S47,
        "conferences_within_15_days",
        "conferences",
        "% of conferences",
        "conferences within 15 working days of the strategy discussion / all initial conferences",
        note=_EARLY,
    ),
    percentage(
        "needs_two_years_percentage",
        "Children in need for two years or more",
        "need_durations",
        "march_years_2_over",
        "march",
        "% of episodes of need on 31 March",
        "episodes of need open for two years or more / all open on 31 March",
        period=ON_MARCH,
    ),
    percentage(
        "worker_changes_percentage",
        "Two or more changes of social worker in a year",
        "social_worker_changes",
        "months_12_two_or_more_changes",
        "months_12_total",
        "% of children looked after",
        "children with two or more changes of social worker in twelve months / all with a record",
        note="Published for 2019 and 2020 by the Children's Commissioner.",
    ),
    rate(
        "assessments_rate",
        "Assessments completed",
        Term("assessment_durations", "assessments_completed"),
        period=MARCH,
        what="single assessments completed in the year",
    ),
]
