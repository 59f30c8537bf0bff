"""Coventry: the verdict on every claim of this chapter, under every reading.

The project is undated, so a reading that needs official figures is computed for every start year;
such a figure is close to what the document speaks of, never surely the same, and so at best
*consistent*.
"""

from collections.abc import Callable, Mapping

from care_study.chapters.coventry import verdicts_outcomes as outcomes
from care_study.chapters.coventry import verdicts_work as work
from care_study.chapters.coventry.evidence import Evidence
from care_study.claims import Claim, Verdict, not_testable

NOTEBOOK = "coventry"


def verdicts(claims: Mapping[str, Claim], found: Evidence) -> list[Verdict]:
    """Give one verdict on each claim that the register assigns to this chapter.

    Raises
    ------
    ValueError
        If the register assigns a claim that this chapter has no computation for.
    """
    rules: dict[str, Callable[[Mapping[str, Claim], Evidence], Verdict]] = {
        "cov-caseload-reduction": work.caseload_reduction,
        "cov-caseload-before": work.caseload_before,
        "cov-caseload-after": work.caseload_after,
        "cov-recruitment": work.recruitment,
        "cov-practitioners": work.practitioners,
        "cov-throughput": work.throughput,
        "cov-assessments-in-time": outcomes.in_time,
        "cov-own-completion-rise": outcomes.own_rise,
        "cov-rereferral-fall": outcomes.rereferral_fall,
        "cov-rereferral-months": outcomes.rereferral_months,
        "cov-rereferral-project": outcomes.rereferral_project,
        "cov-demand-growing": work.demand,
        "cov-measures-to-improve": outcomes.measures,
    }
    given = []
    for name, claim in claims.items():
        if claim.notebook != NOTEBOOK:
            continue
        if claim.check == "not testable":
            given.append(not_testable(claim))
        elif name in rules:
            given.append(rules[name](claims, found))
        else:
            raise ValueError(
                f"{name}: this chapter has no computation for the claim. Add one to "
                "coventry_verdicts.py, or give the claim to another notebook."
            )
    return given
