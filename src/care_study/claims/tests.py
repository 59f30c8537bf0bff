"""Which claim is put to which kind of test, and in which years: the same for every document."""

import math

from care_study.claims import kinds
from care_study.claims.severity import ClaimTest

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

TESTS: dict[str, ClaimTest] = {
    "nn-referrals-per-week": ClaimTest(kinds.weekly_referrals, NORTHAMPTONSHIRE),
    "nn-referrals-often-more": ClaimTest(kinds.weekly_referrals, NORTHAMPTONSHIRE),
    "nn-no-drift": ClaimTest(
        kinds.direction(["assessments_in_45_days", "assessed_in_10_days"]),
        NORTHAMPTONSHIRE,
        claimed=MORE,
        comment="of the county, not of the provider's part",
    ),
    "nn-within-timescale": ClaimTest(
        kinds.direction(["assessments_in_45_days", "conferences_in_15_days"]),
        NORTHAMPTONSHIRE,
        claimed=MORE,
        comment="of the county, not of the provider's part",
    ),
    "nn-caseload-before": ClaimTest(kinds.caseload, CASELOADS_BEFORE),
    "of10-referrals-rising": ClaimTest(
        kinds.change("early_referrals", "referrals", same=False),
        (2011,),
        comment="the census was new, and its first counts are uneven",
    ),
    "of10-assessment-delays": ClaimTest(
        kinds.direction(["core_in_35_days"], harder=-1), (2010, 2011), claimed=MORE
    ),
    "of10-enquiries-prompt": ClaimTest(
        kinds.direction(["early_conferences_in_15_days"]),
        (2010, 2011),
        claimed=MORE,
        comment="the conferences that follow, not the enquiries' start",
    ),
    "of10-timely-protection": ClaimTest(
        kinds.level("early_conferences_in_15_days", "%", same=False),
        (2010, 2011),
        comment="of all conferences of the county, not of the cases seen",
    ),
    "of18-enquiries-prompt": ClaimTest(
        kinds.level("conferences_in_15_days", "%", same=False),
        (2018, 2019),
        comment="the conferences that follow, not the enquiries seen",
    ),
    "of18-caseload": ClaimTest(kinds.caseload, SEPTEMBER_2018),
    "of18-caseloads-unmanageable": ClaimTest(
        kinds.direction(["cases_per_worker"]), SEPTEMBER_2018, claimed=MORE
    ),
    "of18-unassessed-too-long": ClaimTest(
        kinds.direction(["assessments_in_45_days"], harder=-1), (2018, 2019), claimed=MORE
    ),
    "of18-capacity-shortfall": ClaimTest(
        kinds.direction(["vacancy_rate", "agency_rate"]), SEPTEMBER_2018, claimed=MORE
    ),
    "of18-worker-changes": ClaimTest(
        kinds.direction(["turnover_rate"]), SEPTEMBER_2018, claimed=MORE
    ),
    "of18-agency-reliance": ClaimTest(
        kinds.direction(["agency_rate", "turnover_rate"]), SEPTEMBER_2018, claimed=MORE
    ),
    "cov-recruitment": ClaimTest(kinds.direction(STRAIN), COVENTRY, claimed=MORE),
    "cov-assessments-in-time": ClaimTest(
        kinds.level("assessments_in_45_days", "%", same=False), COVENTRY
    ),
    "cov-own-completion-rise": ClaimTest(
        kinds.change_of_the_rest("assessments_in_45_days", POINTS, done=20, with_share=95),
        COVENTRY,
    ),
    "cov-caseload-after": ClaimTest(kinds.caseload, COVENTRY),
    "cov-caseload-before": ClaimTest(kinds.caseload, COVENTRY),
    "cov-rereferral-fall": ClaimTest(
        kinds.change("rereferral_percentage", POINTS, sign=-1, same=False), COVENTRY
    ),
    "cov-demand-growing": ClaimTest(
        kinds.growth(["referral_rate"], ["value", "numerator"]), COVENTRY
    ),
    "cov-assessments-growing": ClaimTest(
        kinds.growth(["assessed_in_45_days"], ["denominator"]), tuple(range(2016, 2026))
    ),
    "cov-council-throughput": ClaimTest(
        kinds.change("assessments_rate", "per 10,000", same=False),
        COVENTRY,
        claimed=MORE,
        comment="assessments completed by the whole city",
    ),
    "cov-measures-to-improve": ClaimTest(
        kinds.direction(["cases_per_worker", "rereferral_percentage"]), COVENTRY, claimed=MORE
    ),
    "cam-cases-per-unit": ClaimTest(kinds.caseload_of_unit([4.0, 3.0]), (2017, 2018)),
    "cam-care-number": ClaimTest(kinds.level(CARE, "children", part="numerator"), (2017, 2018)),
    "cam-care-above-neighbours": ClaimTest(kinds.above_named(CARE, "per 10,000"), MARCH_2018),
    "cam-care-expected": ClaimTest(kinds.implied_count(COUNTED, "children"), MARCH_2018),
    "cam-care-excess": ClaimTest(kinds.excess_count(COUNTED, "children"), MARCH_2018),
    "cam-care-rise": ClaimTest(kinds.rise_since_first(CARE), MARCH_2018),
    "cam-late-teenagers": ClaimTest(
        kinds.more_than_expected(["started_at_16_over"], POINTS, same=True), REVIEW
    ),
    "cam-factors-high": ClaimTest(
        kinds.more_than_expected(FACTORS, POINTS, same=False), MARCH_2018
    ),
    "cam-assessment-plan": ClaimTest(
        kinds.level("assessments_in_45_days", "%", same=False),
        tuple(range(2019, 2026)),
        claimed=(50.0, math.inf),
        comment="the share completed in time since; how much sooner is not published",
    ),
    "cam-recruitment-national": ClaimTest(
        kinds.direction(["vacancy_rate", "agency_rate"]), (2017, 2018), claimed=MORE
    ),
    "cam-hertfordshire-care": ClaimTest(
        kinds.after_event("looked_after_started_rate", 2016, "per 10,000"), MARCH_2018
    ),
    "cam-hertfordshire-plans": ClaimTest(
        kinds.after_event("plans_rate", 2016, "per 10,000"), MARCH_2018
    ),
    "cam-hertfordshire-sustainable": ClaimTest(
        kinds.after_event("looked_after_spending_per_child", 2016, "pounds per child"),
        (2018,),
        claimed=FEWER,
        comment="spending on looked-after children, in the pounds of each year; the cost of the "
        "model itself is not published apart",
    ),
    "cam-many-years": ClaimTest(
        kinds.direction(["needs_two_years_percentage"]), MARCH_2018, claimed=MORE
    ),
    "cam-worker-changes": ClaimTest(
        kinds.direction(["worker_changes_percentage"]),
        (2019,),
        claimed=MORE,
        comment="the first year that is published is the one after the report",
    ),
    "cam-more-permanence": ClaimTest(
        kinds.direction(
            ["ceased_adopted_percentage", "ceased_special_guardianship_percentage"], harder=-1
        ),
        (2017, 2018),
        claimed=MORE,
        comment="whether fewer leave care that way than elsewhere, not what earlier action would "
        "have done",
    ),
    "cam-older-larger-groups": ClaimTest(
        kinds.direction(["started_10_over_percentage", "aged_10_over_percentage"]),
        (2017, 2018),
        claimed=MORE,
        comment="ages only; groups of siblings are not published",
    ),
    "cam-stay-longer": ClaimTest(
        kinds.direction(["stay_years"]),
        (2017, 2018),
        claimed=MORE,
        comment="number in care over the yearly flow, for all children in care",
    ),
    "cam-service-effective": ClaimTest(
        kinds.direction(["leavers_active_percentage", "leavers_suitable_homes_percentage"]),
        MARCH_2018,
        claimed=MORE,
        comment="care leavers only; the report names no measure",
    ),
    "cam-front-door-recruitment": ClaimTest(
        kinds.direction(["vacancy_rate", "workers_leaving"]),
        (2017, 2018),
        claimed=MORE,
        comment="all social workers of the county, not the hub's",
    ),
    "cam-hub-retention": ClaimTest(
        kinds.direction(["workers_leaving", "turnover_rate"]),
        (2017, 2018),
        claimed=MORE,
        comment="all social workers of the county, not the hub's",
    ),
    "cam-recruitment-eased": ClaimTest(
        kinds.after_event("vacancy_rate", 2019, "percentage points"),
        (2019, 2020, 2021),
        claimed=FEWER,
        comment="all social workers of the county; the first three years after the changes",
    ),
    "cam-peterborough-plans": ClaimTest(kinds.change("plans_rate", "per 10,000"), (2018,)),
    "cam-peterborough-care": ClaimTest(
        kinds.change(CARE, "per 10,000", same=False), (2018, 2019), claimed=MORE
    ),
}
