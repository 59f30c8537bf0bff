"""The claims register and the verdict rule.

A notebook reads the register, recomputes a claim under each of its readings, records a verdict::

    claims = read_claims(paths.DOCUMENTS)
    verdict = judge(claims["cov-caseload-reduction"], [Reading(...), Reading(...)])
    record_verdict(verdict)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from care_study.claims.accounts import read_accounting, read_themes
from care_study.claims.reading import Reading
from care_study.claims.register import (
    LETTER_THEMES,
    Claim,
    ClaimError,
    Register,
    read_claims,
    read_documents,
    read_register,
)
from care_study.claims.report import (
    SHOWN,
    check_verdicts,
    from_json,
    record_verdict,
    shown_outcome,
    summary,
    verdicts_frame,
)
from care_study.claims.verdicts import (
    HELD_AGAINST,
    NO_TEST,
    NOTHING,
    OUTCOMES,
    RANGE_RULE,
    READINGS_RULE,
    ROUNDING_RULE,
    RULE,
    Verdict,
    judge,
    judge_value,
    not_testable,
)

if TYPE_CHECKING:
    from care_study.claims.judging import Judge, judge_all

__all__ = [
    "HELD_AGAINST",
    "LETTER_THEMES",
    "NOTHING",
    "NO_TEST",
    "OUTCOMES",
    "RANGE_RULE",
    "READINGS_RULE",
    "ROUNDING_RULE",
    "RULE",
    "SHOWN",
    "Claim",
    "ClaimError",
    "Judge",
    "Reading",
    "Register",
    "Verdict",
    "check_verdicts",
    "from_json",
    "judge",
    "judge_all",
    "judge_value",
    "not_testable",
    "read_accounting",
    "read_claims",
    "read_documents",
    "read_register",
    "read_themes",
    "record_verdict",
    "shown_outcome",
    "summary",
    "verdicts_frame",
]


def __getattr__(name: str) -> Any:
    """Import what judges claims when it is asked for: reading them takes no statistics."""
    if name in {"Judge", "judge_all"}:
        from care_study.claims import judging  # noqa: PLC0415

        return getattr(judging, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
