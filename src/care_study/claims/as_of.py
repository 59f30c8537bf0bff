"""As of the day: the figures as an earlier release gave them, and what the claims then give."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from care_study.claims.register import Claim
from care_study.claims.severity import ClaimTest, official_verdict
from care_study.claims.world import World

# The measures of the table of vintages are columns of these tables.
TABLES = ("children_looked_after", "referrals", "children_in_need")
KEY = ["area_id", "year"]


def tables_as_of(tables: Mapping[str, pd.DataFrame], release: int) -> dict[str, pd.DataFrame]:
    """Give the figure tables with the counts that a release gave.

    Parameters
    ----------
    tables
        The figure tables, ``vintages`` among them.
    release
        Year of a release, such as 2018. A count that it did not give is missing; so are all later
        years.
    """
    vintages = tables["vintages"]
    column = f"release_{release}"
    if column not in vintages:
        known = [str(name)[-4:] for name in vintages if str(name)[-4:].isdigit()]
        raise ValueError(f"There is no release {release}. The releases are {', '.join(known)}.")
    then = vintages.pivot(index=KEY, columns="measure", values=column)
    return {**dict(tables), **{name: _replaced(tables[name], then) for name in TABLES}}


def _replaced(frame: pd.DataFrame, then: pd.DataFrame) -> pd.DataFrame:
    places = pd.MultiIndex.from_frame(frame[KEY])
    replaced = frame.copy()
    for measure in [name for name in frame.columns if name in then.columns]:
        found = then[measure].reindex(places).to_numpy(dtype=float)
        replaced[measure] = found
        symbol = f"{measure}_symbol"
        if symbol in replaced:
            replaced[symbol] = np.where(np.isfinite(found), "", "x")
    return replaced


def outcomes_by_release(
    tables: Mapping[str, pd.DataFrame],
    claims: Mapping[str, Claim],
    tests: Mapping[str, ClaimTest],
    releases: Sequence[int],
) -> pd.DataFrame:
    """Judge claims on the figures as every release gave them.

    Returns
    -------
    DataFrame
        One row a claim and release: ``claim``, ``release``, ``outcome``, ``recomputed``. A release
        without the figures of the years that a claim may mean has no row.
    """
    rows = []
    for release in releases:
        world = World(tables_as_of(tables, release))
        for name, test in tests.items():
            verdict = official_verdict(world, claims[name], test)
            if verdict.readings:
                rows.append((name, release, verdict.outcome, verdict.recomputed))
    return pd.DataFrame(rows, columns=["claim", "release", "outcome", "recomputed"])
