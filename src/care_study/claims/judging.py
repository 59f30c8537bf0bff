"""Judging a chapter's claims: by official statistics, or by the section that works them out."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import pandas as pd

from care_study.claims.others import with_severity
from care_study.claims.register import Claim, ClaimError
from care_study.claims.severity import official_verdict
from care_study.claims.tests import TESTS
from care_study.claims.verdicts import Verdict, not_testable
from care_study.claims.world import World
from care_study.show.results import Absent
from care_study.unavailable import Unavailable
from care_study.words import sentence

Judge = Callable[[Any, Claim], Verdict]  # a section's finding, and the claim


def judge_all(
    notebook: str,
    claims: Mapping[str, Claim],
    found: Mapping[ModuleType, Any],
    tables: Mapping[str, pd.DataFrame] | None = None,
    further: str = "",
) -> list[Verdict]:
    """Judge every claim of a notebook, in the order of the register.

    Parameters
    ----------
    notebook
        Its name: the claims that the register gives to it are judged.
    claims
        The register.
    found
        Each section of the chapter that judges, and what it found. Its ``JUDGES`` map a claim to
        a function of that finding and the claim.
    tables
        The figure tables, for the claims that official statistics decide: those are put to every
        authority (`care_study.claims.tests`).
    further
        Anchor of the section about all claims that the register calls not testable; by default
        each has one of its own.

    Returns
    -------
    list of Verdict
        Claims that the register calls not testable get that verdict with its reason, and so does a
        claim whose section could not be computed, or whose judge lacks a figure.

    Raises
    ------
    ClaimError
        When a claim has no judge, or two.
    """
    judges = _judges(found)
    world = World(tables if tables is not None else {})
    mine = [claim for claim in claims.values() if claim.notebook == notebook]
    return [
        official_verdict(world, claim, TESTS[claim.id])
        if claim.id in TESTS and tables is not None
        else _verdict(claims, claim, *judges.get(claim.id, (None, None)), further=further)
        for claim in mine
    ]


def _judges(found: Mapping[ModuleType, Any]) -> dict[str, tuple[Judge, Any]]:
    judges: dict[str, tuple[Judge, Any]] = {}
    for section, finding in found.items():
        own = getattr(section, "JUDGES", {})
        twice = sorted(judges.keys() & own.keys())
        if twice:
            raise ClaimError(f"{section.__name__}: {', '.join(twice)} has another judge. Drop one.")
        judges |= {claim: (judge, finding) for claim, judge in own.items()}
    return judges


def _verdict(
    claims: Mapping[str, Claim], claim: Claim, judge: Judge | None, finding: Any, *, further: str
) -> Verdict:
    if isinstance(finding, Absent):
        return not_testable(claim, finding.reason)
    if judge is not None:
        try:
            return with_severity(judge(finding, claim), claims, finding, judge)
        except Unavailable as lacking:
            return not_testable(claim, sentence(str(lacking)))
    if claim.check == "not testable":
        return not_testable(claim, section=further)
    raise ClaimError(f"{claim.id}: no section of {claim.notebook} judges it. Add it to JUDGES.")
