"""Joint readings: one date and one reading of each ambiguous word for a whole document.

Read alone, each claim of an undated text may choose the year and the meaning that suit it.
Contradictory choices may not each save a claim: here all claims of a document share them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from care_study.claims.kinds import Case
from care_study.claims.register import Claim
from care_study.claims.severity import NOT_CONTRADICTED, ClaimTest, codes
from care_study.claims.world import World


@dataclass(frozen=True)
class Joint:
    """The largest set of claims that can stand together, for the area and for all others.

    ``fits`` are the claims of that set, under ``year`` and ``reading``; ``share`` of the ``of``
    other authorities have a set at least as large. ``by_choice`` has a row a year and reading:
    ``year``, ``reading``, ``fits`` (how many).
    """

    claims: tuple[str, ...]
    fits: tuple[str, ...]
    year: int
    reading: str
    share: float
    of: int
    by_choice: pd.DataFrame


def joint(
    world: World,
    claims: Mapping[str, Claim],
    tests: Mapping[str, ClaimTest],
    names: Sequence[str],
    area_id: str,
    readings: Sequence[str],
) -> Joint:
    """Find the largest set of claims that stand in one year under one reading.

    Parameters
    ----------
    world, claims, tests
        As for `care_study.claims.severity.severity`.
    names
        The claims of the document that share a date.
    area_id
        The area that they are about.
    readings
        Meanings of an ambiguous word (the id of a case, before its slash), such as ``relative`` and
        ``percentage-points``: one is taken for all claims that have it. A claim whose cases have
        none of them may use any of its own.
    """
    years = sorted(set.intersection(*(set(tests[name].years) for name in names)))
    stands = {
        (name, reading): _stands(world, claims[name], tests[name], reading, readings, years)
        for name in names
        for reading in readings
    }
    areas = sorted(set.union(*(set(frame.index) for frame in stands.values())))
    aligned = {key: frame.reindex(areas, fill_value=False) for key, frame in stands.items()}
    # (readings, authorities, years): how many claims stand
    counts = np.array(
        [sum(aligned[name, reading].to_numpy(dtype=int) for name in names) for reading in readings]
    )
    best = pd.Series(counts.max(axis=(0, 2)), index=areas)
    own = counts[:, areas.index(area_id), :]
    by_choice = pd.DataFrame(
        [
            (year, reading, int(own[row, place]))
            for place, year in enumerate(years)
            for row, reading in enumerate(readings)
        ],
        columns=["year", "reading", "fits"],
    )
    row, place = np.unravel_index(int(own.argmax()), own.shape)
    year, reading = years[int(place)], readings[int(row)]
    fits = tuple(name for name in names if bool(aligned[name, reading][year][area_id]))
    others = best.drop(area_id)
    share = float((others >= best[area_id]).mean())
    return Joint(tuple(names), fits, year, reading, share, len(others), by_choice)


def _stands(
    world: World,
    claim: Claim,
    test: ClaimTest,
    reading: str,
    readings: Sequence[str],
    years: Sequence[int],
) -> pd.DataFrame:
    """Say where a claim is not contradicted under a reading: authorities by year."""
    low, high = test.claimed or claim.range
    is_open = not (np.isfinite(low) and np.isfinite(high))
    cases = test.kind(world)
    chosen = [case for case in cases if _root(case) == reading]
    free = chosen or [case for case in cases if _root(case) not in readings]
    frames = [
        pd.DataFrame(
            codes(case, low, high, is_open=is_open) >= NOT_CONTRADICTED,
            index=list(case.area_ids),
            columns=list(case.years),
        ).reindex(columns=list(years), fill_value=False)
        for case in free
    ]
    return pd.concat(frames).groupby(level=0).max()


def _root(case: Case) -> str:
    return case.id.split("/")[0]
