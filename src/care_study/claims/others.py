"""Severity without official figures: other numbers of the same form, in the claim's place.

A claim that is held against its document's own numbers is put again with another number, as if the
document had said that, and judged in the same way. The share of such numbers that come out as well
says how much the document's other numbers decide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from care_study.claims.register import Claim, ClaimError, Register
from care_study.claims.verdicts import LEFT_OPEN, OUTCOMES, Verdict
from care_study.show.results import Absent, again
from care_study.unavailable import Unavailable

MOST = 40  # other numbers tried for a claim, evenly among all
NO_NUMBER = "the claim states no number that could be another"
NOTHING_ELSE = "it states a direction, which has no other number"


def same_form(claim: Claim) -> list[Claim]:
    """List claims that differ from one in their number only, and have its form.

    As many digits, rounded alike; a percentage anywhere from 0 to 100; a range as wide; a limit on
    the same side. At most ``MOST``, evenly spaced. Empty for a claim without a number, and for a
    direction (more or less than before), which has no other number.
    """
    ends = [end for end in (claim.low, claim.high) if end is not None]
    if not ends or (claim.is_open and ends == [0]):
        return []
    width, top = max(ends) - min(ends), max(ends)
    step = 2 * (claim.precision or 0) or (1.0 if top == int(top) else 0.5)
    first, last = (0.0, 100.0) if claim.unit == "%" else _digits(top, step)
    starts = np.arange(round(first / step), round((last - width) / step) + 1) * step
    made = [_moved(claim, float(start) - min(ends)) for start in starts]
    others = [one for one in made if (one.low, one.high) != (claim.low, claim.high)]
    places = np.linspace(0, max(len(others) - 1, 0), min(MOST, len(others))).round().astype(int)
    return [others[place] for place in places]


def _digits(number: float, step: float) -> tuple[float, float]:
    """Give the lowest and highest number above zero with as many digits before the point."""
    digits = len(str(int(abs(number))))
    return max(step, 10.0 ** (digits - 1) if digits > 1 else step), 10.0**digits - step


def _moved(claim: Claim, by: float) -> Claim:
    low, high = (None if end is None else round(end + by, 6) for end in (claim.low, claim.high))
    return replace(claim, low=low, high=high)


def with_severity(
    verdict: Verdict,
    claims: Mapping[str, Claim],
    finding: Any,
    judge: Callable[[Any, Claim], Verdict],
) -> Verdict:
    """Add to a verdict the share of other numbers that would have come out as well.

    Parameters
    ----------
    verdict
        Of a claim that a section judges.
    claims
        The register, which the section was given.
    finding
        What the section found; it is computed again for every other number.
    judge
        The section's judge.
    """
    if verdict.outcome == "undecided":
        return replace(verdict, unmeasured=verdict.unmeasured or LEFT_OPEN)
    claim = claims[verdict.claim]
    others = same_form(claim)
    if not others:
        return replace(verdict, unmeasured=NOTHING_ELSE if claim.has_number else NO_NUMBER)
    found = [_outcome(other, finding, judge) for other in others]
    if verdict.outcome == "contradicted":
        alike = [one == verdict.outcome for one in found]
    else:
        alike = [OUTCOMES.index(one) <= OUTCOMES.index(verdict.outcome) for one in found]
    share = math.fsum(alike) / len(alike)
    return replace(verdict, severity=share, among=f"{len(others)} other numbers of its form")


def _outcome(other: Claim, finding: Any, judge: Callable[[Any, Claim], Verdict]) -> str:
    """Judge as if the document had stated the other number.

    What cannot be computed is contradicted: a number that the document's others make impossible,
    such as a negative remainder, is refused where it is computed.
    """

    def swap(argument: Any) -> Any:
        if isinstance(argument, Register):
            return Register({**argument, other.id: other})
        return argument

    try:
        computed = again(finding, swap)
        if isinstance(computed, Absent):
            return "contradicted"
        return judge(computed, other).outcome
    except (Unavailable, ClaimError, ValueError, ZeroDivisionError):
        return "contradicted"
