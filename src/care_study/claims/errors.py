"""Error rates of the verdict rule: simulated claims whose truth is known.

A true claim states an authority's own figure in one of the admissible years, in the first reading,
rounded as the document rounds; a false one states that of another authority, if the authority had
it in none of those years. A limit or a direction is true on the side where the figure lies. The
rule then judges it with every reading and year, as it judges the real one.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from care_study.claims.kinds import Case
from care_study.claims.register import Claim
from care_study.claims.severity import OUTCOMES, ClaimTest, best_codes
from care_study.claims.verdicts import NEAR, SAME
from care_study.claims.world import World

DRAWS = 4  # claims a test, authority and truth


def simulate(
    world: World,
    claims: Mapping[str, Claim],
    tests: Mapping[str, ClaimTest],
    *,
    draws: int = DRAWS,
) -> pd.DataFrame:
    """Judge simulated claims, as many true as can be made and as many false.

    Returns
    -------
    DataFrame
        One row a test, truth and outcome: ``claim``, ``form`` (a number, or a direction),
        ``held_against``, ``is_true``, ``outcome`` and ``claims``, how many.
    """
    generator = np.random.default_rng(2018)
    parts = [
        _one(claims[name], test, cases, generator)
        for name, test in tests.items()
        for cases in [test.kind(world)]
        for _ in range(draws)
    ]
    found = pd.concat(parts, ignore_index=True)
    keys = ["claim", "form", "held_against", "is_true", "outcome"]
    return found.groupby(keys, sort=False)["claims"].sum().reset_index()


def _one(
    claim: Claim, test: ClaimTest, cases: Sequence[Case], generator: np.random.Generator
) -> pd.DataFrame:
    first = cases[0]
    middle = np.where(np.isfinite(first.value), first.value, (first.lower + first.upper) / 2)
    columns = [place for place, year in enumerate(first.years) if year in test.years]
    values = pd.DataFrame(middle[:, columns], index=list(first.area_ids)).dropna(how="all")
    own = _drawn(values, generator)
    low, high = test.claimed or claim.range
    if np.isfinite(low) and np.isfinite(high):
        form, judged = "a number", _of_numbers(claim, test, cases, values, own, generator)
    else:
        pivot = low if np.isfinite(low) else high
        form, judged = "a direction or limit", _of_sides(test, cases, values, own, pivot)
    same = any(case.same_measure for case in cases)
    said = {"claim": claim.id, "form": form, "held_against": SAME if same else NEAR}
    return pd.DataFrame(
        [
            {**said, "is_true": is_true, "outcome": OUTCOMES[int(str(code))], "claims": number}
            for is_true, found in judged.items()
            for code, number in found.astype(int).value_counts().to_dict().items()
        ]
    )


def _drawn(values: pd.DataFrame, generator: np.random.Generator) -> pd.Series:
    """Draw one known value of every authority."""
    array = values.to_numpy()
    order = np.where(np.isfinite(array), generator.random(array.shape), -1.0)
    return pd.Series(array[np.arange(len(array)), order.argmax(axis=1)], index=values.index)


def _of_numbers(
    claim: Claim,
    test: ClaimTest,
    cases: Sequence[Case],
    values: pd.DataFrame,
    own: pd.Series,
    generator: np.random.Generator,
) -> dict[bool, pd.Series]:
    """Judge true and false numbers, in ranges as wide as the claim's, rounded as it is."""
    step, half = 2 * (claim.precision or 0) or 1.0, (claim.range[1] - claim.range[0]) / 2
    other = pd.Series(generator.permutation(own.to_numpy()), index=own.index)
    judged = {}
    for is_true, said in ((True, own), (False, other)):
        middle = (said / step).round() * step
        low, high = middle - half, middle + half
        held = values.ge(low, axis=0) & values.le(high, axis=0)
        found = best_codes(cases, test.years, low, high).reindex(own.index).dropna()
        judged[is_true] = found if is_true else found[~held.any(axis=1).reindex(found.index)]
    return judged


def _of_sides(
    test: ClaimTest, cases: Sequence[Case], values: pd.DataFrame, own: pd.Series, pivot: float
) -> dict[bool, pd.Series]:
    """Judge the side of a number on which the figure lies, and the other where it never lies."""
    up, down = (
        best_codes(cases, test.years, *ends).reindex(own.index)
        for ends in ((pivot, np.inf), (-np.inf, pivot))
    )
    above = own >= pivot
    crosses = ((values >= pivot).ne(above, axis=0) & values.notna()).any(axis=1)
    return {
        True: up.where(above, down).dropna(),
        False: down.where(above, up)[~crosses].dropna(),
    }
