"""The further record: timeliness, enquiries, plans and the workforce, then and now."""

RECORD = (
    "assessment_median_days",
    "assessed_in_10_days",
    "assessed_in_45_days",
    "assessments_rate",
    "section_47_rate",
    "conferences_in_15_days",
    "second_plan_percentage",
    "workers_starting",
    "workers_leaving",
    "workers_holding_cases",
)
