"""Severity: the share of authorities for which a claim would have come out as well or better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from care_study.area.cube import Floats
from care_study.claims.kinds import Case, Kind
from care_study.claims.reading import BEYOND, Reading
from care_study.claims.register import Claim
from care_study.claims.verdicts import LEFT_OPEN, NO_TEST, Verdict, judge, not_testable
from care_study.claims.world import World

UNKNOWN, UNDECIDED, CONTRADICTED, NOT_CONTRADICTED, REPRODUCED = range(5)
OUTCOMES = ("", "undecided", "contradicted", "not contradicted", "reproduced")
_TINY = 1e-9

Codes = NDArray[np.int8]


@dataclass(frozen=True)
class ClaimTest:
    """How a claim is put to the official statistics.

    ``years`` are those that the document may mean, in the years of the indicator. ``claimed`` is
    the range for a claim that says a direction in words.
    """

    kind: Kind
    years: tuple[int, ...]
    claimed: tuple[float, float] | None = None
    comment: str = ""


@dataclass(frozen=True)
class Severity:
    """What a claim's test gives for every authority.

    ``outcome`` is the area's own; ``share`` of the ``of`` other authorities do as well or better.
    ``by_outcome`` counts all authorities.
    """

    claim: str
    outcome: str
    share: float
    of: int
    by_outcome: Mapping[str, int]

    @property
    def is_test(self) -> bool:
        """Whether the verdict could have been another for enough authorities."""
        return self.share < NO_TEST


def codes(case: Case, low: float | Floats, high: float | Floats, *, is_open: bool) -> Codes:
    """Judge one reading for every authority and year by the rule.

    A reading of the same measure that misses the claimed range contradicts; one of a near measure
    leaves undecided.
    """
    value, lower, upper = case.value, case.lower, case.upper
    with np.errstate(invalid="ignore"):
        first, last = np.fmin(value, lower), np.fmax(value, upper)
        inside = (value >= low - _TINY) & (value <= high + _TINY)
        whole = (first >= low - _TINY) & (last <= high + _TINY)
        overlaps = (first <= high + _TINY) & (last >= low - _TINY)
    missed = CONTRADICTED if case.same_measure else UNDECIDED
    found = np.where(overlaps, NOT_CONTRADICTED, missed)
    if case.same_measure:
        found = np.where(inside & (whole if is_open else True), REPRODUCED, found)
    known = np.isfinite(value) | np.isfinite(lower)
    return np.where(known, found, UNKNOWN).astype(np.int8)


def judged(world: World, claim: Claim, test: ClaimTest) -> pd.Series:
    """Judge a claim for every authority: the best that any reading and admissible year supports.

    Returns
    -------
    Series
        Code of the outcome (``OUTCOMES``) by area id; authorities without a figure left out.
    """
    return best_codes(test.kind(world), test.years, *(test.claimed or claim.range))


def best_codes(
    cases: Sequence[Case], years: Sequence[int], low: float | pd.Series, high: float | pd.Series
) -> pd.Series:
    """Judge cases for every authority, each by its own claimed range or all by one.

    Parameters
    ----------
    cases
        The readings, with their cases.
    years
        Those that the document may mean.
    low, high
        The claimed range; by area id where each authority has its own.

    Returns
    -------
    Series
        As `judged`.
    """
    is_open = not (np.isfinite(low).all() and np.isfinite(high).all())
    tops = []
    for case in cases:
        ids = list(case.area_ids)
        ends = [
            end.reindex(ids).to_numpy()[:, None] if isinstance(end, pd.Series) else end
            for end in (low, high)
        ]
        columns = [place for place, year in enumerate(case.years) if year in years]
        found = codes(case, *ends, is_open=is_open)[:, columns]
        top = found.max(axis=1, initial=UNKNOWN)
        tops.append(pd.Series(top, index=ids, name=case.id.split("/")[0]))
    by_case = pd.concat(tops, axis=1).fillna(UNKNOWN)
    by_reading = by_case.T.groupby(level=0).max().T
    known = by_reading.where(by_reading != UNKNOWN)
    best, least = known.max(axis=1), known.min(axis=1)
    # What only some readings reproduce is not reproduced.
    partly = (best == REPRODUCED) & (least < REPRODUCED)
    return best.mask(partly, NOT_CONTRADICTED).dropna().astype(int)


def severity(world: World, claim: Claim, test: ClaimTest, area_id: str) -> Severity:
    """Compute the share of other authorities judged as the area is."""
    every = judged(world, claim, test)
    own = int(every.get(area_id, UNKNOWN))
    others = every.drop(area_id, errors="ignore")
    alike = others == own if own == CONTRADICTED else others >= own
    share = float(alike.mean()) if len(others) else float("nan")
    counts = {OUTCOMES[code]: int((every == code).sum()) for code in sorted(set(every))}
    return Severity(claim.id, OUTCOMES[own], share, len(others), counts)


def readings_at(world: World, test: ClaimTest, area_id: str) -> list[Reading]:
    """Take an area's readings of a claim, one a case and admissible year that has a figure."""
    return [
        _reading(case, place, case.area_ids.index(area_id))
        for case in test.kind(world)
        if area_id in case.area_ids
        for place, year in enumerate(case.years)
        if year in test.years and np.isfinite(case.lower[case.area_ids.index(area_id), place])
    ]


def _reading(case: Case, place: int, row: int) -> Reading:
    value, lower, upper = (float(part[row, place]) for part in (case.value, case.lower, case.upper))
    exact, year = lower == value == upper, case.years[place]
    return Reading(
        f"{case.id}/{year}",
        f"{case.label}, {year}",
        value=value if np.isfinite(value) else None,
        lower=None if exact else lower,
        upper=None if exact else min(upper, BEYOND),
        unit=case.unit,
        same_measure=case.same_measure,
        decimals=case.decimals,
    )


def official_verdict(world: World, claim: Claim, test: ClaimTest) -> Verdict:
    """Judge a claim by official statistics, with its severity among all other authorities.

    A claim for which the area has no figure in any admissible year has no public record.
    """
    area_id = world.area_id(claim.authority)
    readings = readings_at(world, test, area_id)
    if not readings:
        years = f"{test.years[0]} to {test.years[-1]}"
        return not_testable(claim, f"There is no official figure for the years {years}")
    found = severity(world, claim, test, area_id)
    verdict = judge(claim, readings, claimed=test.claimed, comment=test.comment)
    decided = verdict.outcome != "undecided"
    return replace(
        verdict,
        others=_others(test.kind(world), verdict.shown, area_id),
        severity=found.share if decided else None,
        among=f"{found.of} other authorities" if decided else "",
        unmeasured="" if decided else LEFT_OPEN,
    )


def _others(cases: Sequence[Case], shown: Reading | None, area_id: str) -> tuple[float, ...]:
    """Take the other authorities' values of a reading, to four figures; open ends left out."""
    if shown is None:
        return ()
    case = next(one for one in cases if shown.id.startswith(f"{one.id}/"))
    column = case.years.index(int(shown.id.rsplit("/", 1)[1]))
    values = np.where(np.isfinite(case.value), case.value, case.lower)[:, column]
    kept = np.isfinite(values) & (np.array(case.area_ids) != area_id)
    return tuple(sorted(float(f"{value:.4g}") for value in values[kept]))


def severities(
    world: World, claims: Mapping[str, Claim], tests: Mapping[str, ClaimTest]
) -> list[Severity]:
    """Compute the severity of every tested claim for the authority that it is about."""
    return [
        severity(world, claims[name], test, world.area_id(claims[name].authority))
        for name, test in tests.items()
    ]


def as_frame(found: Sequence[Severity]) -> pd.DataFrame:
    """List severities: ``claim``, ``outcome``, ``share``, ``authorities``."""
    rows = [(one.claim, one.outcome, one.share, one.of) for one in found]
    return pd.DataFrame(rows, columns=["claim", "outcome", "share", "authorities"])
