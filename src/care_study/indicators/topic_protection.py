"""Indicators of assessments, section 47 enquiries, conferences and child protection plans."""

from care_study.indicators.terms import (
    MARCH,
    ON_MARCH,
    OVERDISPERSED,
    Term,
    percentage,
    published,
    rate,
)

_S47, _PLANS, _ASSESSED = "section_47_enquiries", "plans_by_duration", "assessment_durations"
_OF_ASSESSMENTS = "% of assessments"
_WITHIN_10 = "same_day days_1_to_10"
_WITHIN_45 = f"{_WITHIN_10} days_11_to_20 days_21_to_30 days_31_to_40 days_41_to_45"
_SUPPRESSED = "Small counts are suppressed, and the share is then missing."
_BEGUN = {2015: "in 2014 only authorities, or months, in which the single assessment had begun"}

ENQUIRIES = [
    rate(
        "section_47_rate",
        "Section 47 enquiries",
        Term(_S47, "section_47_enquiries"),
        period=MARCH,
        what="section 47 enquiries that started in the year",
        note=OVERDISPERSED,
    ),
    rate(
        "conference_rate",
        "Initial child protection conferences",
        Term(_S47, "conferences"),
        period=MARCH,
        what="initial child protection conferences in the year",
        note=OVERDISPERSED,
    ),
    percentage(
        "conferences_in_15_days",
        "Conferences within 15 working days",
        _S47,
        "conference_days_0_to_10 conference_days_11_to_15",
        "conferences",
        "% of conferences",
        "conferences within 15 working days of the strategy discussion / all initial conferences",
        note="From 2012. Conferences of which the days are not known stay in the denominator. "
        + _SUPPRESSED,
    ),
]
PLANS = [
    rate(
        "plans_rate",
        "Child protection plans",
        Term(_PLANS, "plans_31_march"),
        period=ON_MARCH,
        what="child protection plans on 31 March",
        note=OVERDISPERSED,
    ),
    percentage(
        "plans_two_years_percentage",
        "Child protection plans of two years or more",
        _PLANS,
        "years_2_over",
        "plans_31_march",
        "% of plans on 31 March",
        "plans on 31 March that had lasted two years or more / all plans on 31 March",
        period=ON_MARCH,
        note=_SUPPRESSED,
    ),
]
ASSESSMENTS = [
    published(
        "assessment_median_days",
        "Median length of an assessment",
        _ASSESSED,
        "days_median",
        "working days",
        MARCH,
        breaks=_BEGUN,
        of="assessments_completed",
    ),
    percentage(
        "assessed_in_10_days",
        "Assessments within 10 working days",
        _ASSESSED,
        _WITHIN_10,
        "assessments_completed",
        _OF_ASSESSMENTS,
        "assessments completed within 10 working days / all assessments completed",
        note=OVERDISPERSED,
        breaks=_BEGUN,
    ),
    percentage(
        "assessed_in_45_days",
        "Assessments within 45 working days, from counts",
        _ASSESSED,
        _WITHIN_45,
        "assessments_completed",
        _OF_ASSESSMENTS,
        "assessments completed within 45 working days / all assessments completed",
        note=OVERDISPERSED,
        breaks=_BEGUN,
    ),
]
PROTECTION = [*ENQUIRIES, *PLANS, *ASSESSMENTS]
