"""Which claim is put to which kind of test, and in which years: the same for every document."""

import math

from care_study.claims import kinds
from care_study.claims.severity import Test

MORE, FEWER = (0.0, math.inf), (-math.inf, 0.0)
MARCH_2018, SEPTEMBER_2018 = (2018,), (2018,)
# Single assessments began in 2013; the case studies bear no date. The visit and report of 2018 do.
NORTHAMPTONSHIRE = tuple(range(2014, 2020))
CASELOADS_BEFORE = tuple(range(2017, 2021))
COVENTRY = tuple(range(2014, 2026))
REVIEW = (2016, 2017, 2018)  # the reviews of early 2018 could see these years
STRAIN = ("vacancy_rate", "agency_rate", "turnover_rate")
FACTORS = tuple(
    f"factor_{name}" for name in ("domestic_abuse", "mental_health", "alcohol", "drugs")
)
CARE, POINTS = "looked_after_rate", "percentage points"
COUNTED = {CARE: True, "looked_after_rate_without_unaccompanied": False}

TESTS: dict[str, Test] = {
    "nn-referrals-per-week": Test(kinds.weekly_referrals, NORTHAMPTONSHIRE),
    "nn-referrals-often-more": Test(kinds.weekly_referrals, NORTHAMPTONSHIRE),
    "nn-caseload-before": Test(kinds.caseload, CASELOADS_BEFORE),
    "of18-caseload": Test(kinds.caseload, SEPTEMBER_2018),
    "of18-caseloads-unmanageable": Test(
        kinds.direction(["cases_per_worker"]), SEPTEMBER_2018, claimed=MORE
    ),
    "of18-unassessed-too-long": Test(
        kinds.direction(["assessments_in_45_days"], harder=-1), (2018, 2019), claimed=MORE
    ),
    "of18-capacity-shortfall": Test(
        kinds.direction(["vacancy_rate", "agency_rate"]), SEPTEMBER_2018, claimed=MORE
    ),
    "of18-worker-changes": Test(kinds.direction(["turnover_rate"]), SEPTEMBER_2018, claimed=MORE),
    "of18-agency-reliance": Test(
        kinds.direction(["agency_rate", "turnover_rate"]), SEPTEMBER_2018, claimed=MORE
    ),
    "cov-recruitment": Test(kinds.direction(STRAIN), COVENTRY, claimed=MORE),
    "cov-assessments-in-time": Test(
        kinds.level("assessments_in_45_days", "%", same=False), COVENTRY
    ),
    "cov-own-completion-rise": Test(
        kinds.change("assessments_in_45_days", POINTS, same=False), COVENTRY
    ),
    "cov-caseload-after": Test(kinds.caseload, COVENTRY),
    "cov-caseload-before": Test(kinds.caseload, COVENTRY),
    "cov-rereferral-fall": Test(
        kinds.change("rereferral_percentage", POINTS, sign=-1, same=False), COVENTRY
    ),
    "cov-demand-growing": Test(kinds.growth(["referral_rate"], ["value", "numerator"]), COVENTRY),
    "cov-measures-to-improve": Test(
        kinds.direction(["cases_per_worker", "rereferral_percentage"]), COVENTRY, claimed=MORE
    ),
    "cam-cases-per-unit": Test(kinds.caseload_of_unit([4.0, 3.0]), (2017, 2018)),
    "cam-care-number": Test(kinds.level(CARE, "children", part="numerator"), (2017, 2018)),
    "cam-care-above-neighbours": Test(kinds.above_named(CARE, "per 10,000"), MARCH_2018),
    "cam-care-expected": Test(kinds.implied_count(COUNTED, "children"), MARCH_2018),
    "cam-care-rise": Test(kinds.rise_since_first(CARE), MARCH_2018),
    "cam-late-teenagers": Test(
        kinds.more_than_expected(["started_at_16_over"], POINTS, same=True), REVIEW
    ),
    "cam-factors-high": Test(kinds.more_than_expected(FACTORS, POINTS, same=False), MARCH_2018),
    "cam-assessment-plan": Test(
        kinds.level("assessments_in_45_days", "%", same=False),
        tuple(range(2019, 2026)),
        claimed=(50.0, math.inf),
        comment="the share completed in time since; how much sooner is not published",
    ),
    "cam-recruitment-national": Test(
        kinds.direction(["vacancy_rate", "agency_rate"]), (2017, 2018), claimed=MORE
    ),
    "cam-hertfordshire-care": Test(kinds.after_event(CARE, 2016, "per 10,000"), MARCH_2018),
    "cam-hertfordshire-plans": Test(
        kinds.after_event("plans_started_rate", 2016, "per 10,000"), MARCH_2018
    ),
    "cam-peterborough-plans": Test(
        kinds.change("plans_started_rate", "per 10,000", same=False), (2018, 2019)
    ),
    "cam-peterborough-care": Test(
        kinds.change(CARE, "per 10,000", same=False), (2018, 2019), claimed=MORE
    ),
}
