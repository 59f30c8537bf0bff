"""The verdicts on the claims of the report of 2018 that the Cambridgeshire chapter tests."""

from collections.abc import Callable

from care_study.chapters.cambridgeshire import verdicts_care as care
from care_study.chapters.cambridgeshire import verdicts_service as service
from care_study.chapters.cambridgeshire.evidence import Evidence
from care_study.claims import Claim, Verdict, not_testable

NOTEBOOK = "cambridgeshire"
AUTHORITY = "Cambridgeshire"  # whose report it is; it names Peterborough and England in passing
FURTHER = "cam-not-testable"


def verdicts(evidence: Evidence) -> list[Verdict]:
    """Judge every claim of this chapter, in the order of the register.

    Empty where the report is not that of the setting's area. Claims that the register calls not
    testable get that verdict with the register's reason.
    """
    if evidence.setting.area_name != AUTHORITY:
        return []
    mine = [claim for claim in evidence.claims.values() if claim.notebook == NOTEBOOK]
    return [
        not_testable(claim, section=FURTHER)
        if claim.check == "not testable"
        else _JUDGES[claim.id](evidence, claim)
        for claim in mine
    ]


_JUDGES: dict[str, Callable[[Evidence, Claim], Verdict]] = {
    "cam-unit-age-limit": service.age_limit,
    "cam-service-ages": service.service_ages,
    "cam-cases-per-unit": service.cases_per_unit,
    "cam-care-above-neighbours": care.care_above,
    "cam-care-expected": care.care_expected,
    "cam-care-number": care.care_number,
    "cam-three-reviews": service.three_reviews,
    "cam-enquiries-month": service.enquiries,
    "cam-enquiries-not-needed": service.enquiries_not_needed,
    "cam-vacancies-areas": service.vacancies,
    "cam-care-rise": care.care_rise,
    "cam-stay-longer": care.stay_longer,
    "cam-reduction-slow": care.reduction_slow,
    "cam-assessment-limit": service.days,
    "cam-assessment-plan": service.days,
    "cam-late-teenagers": care.late_teenagers,
    "cam-factors-high": care.factors_high,
    "cam-recruitment-national": service.recruitment,
    "cam-alternative-effects": service.alternative_effects,
    "cam-trio-any": care.trio_any,
}
