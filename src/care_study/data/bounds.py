"""What a published cell allows: the least and the greatest figure behind it.

Authorities' counts are published as they are. Those of regions and England are rounded to 10 (to
100 in the first releases of the children-in-need census), which leaves half a step either way. A
suppressed cell (``c``) hides a small number, or a larger one where a total would give the small one
away: nothing above the whole that it is part of can be ruled out. ``k`` and ``low`` hide a figure
that would round to zero.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from care_study.data.schemas import Table

SUPPRESSED = "c"
ROUNDS_TO_ZERO = ("k", "low")
STEP = 10
FIRST_STEP = 100
FIRST_STEP_TO = 2012
EXACT_TABLES = frozenset({"population_0_17", "population_by_age"})
"""Tables whose regions and England are not rounded."""


@dataclass(frozen=True)
class Bounds:
    """The least and the greatest figure that each cell allows (arrays; missing: NaN, infinite)."""

    lower: np.ndarray
    upper: np.ndarray


def step(frame: pd.DataFrame, table: Table) -> np.ndarray:
    """Say to which step the counts of every row were rounded: 1 where they were not.

    Found in the data: every count of a region or of England is a multiple of 10, and of 100 in the
    children-in-need tables of 2010 to 2012, which have England alone.
    """
    if table.name in EXACT_TABLES:
        return np.ones(len(frame))
    larger = frame["area_id"].str.fullmatch(r"E[0-9]{8}").to_numpy()
    early = (frame["year"] <= FIRST_STEP_TO).to_numpy()
    return np.where(larger, np.where(early, FIRST_STEP, STEP), 1)


def bounds(frame: pd.DataFrame, table: Table, column: str) -> Bounds:
    """Bound every cell of a column of counts.

    Parameters
    ----------
    frame
        Rows of the table, as `tables.read_table` returns them.
    table, column
        Which table, and which of its columns of counts.

    Returns
    -------
    Bounds
        Lower and upper figure a row. A figure of an authority is its own bounds; a suppressed cell
        lies between 0 and what its whole leaves (infinite where no whole is published); a cell that
        is missing for another reason has no lower bound (NaN) and no upper one (infinite).
    """
    values = frame[column].to_numpy(dtype=float)
    symbols = frame[f"{column}_symbol"]
    half = np.where(step(frame, table) > 1, step(frame, table) / 2, 0.0)
    lower = np.maximum(values - half, 0.0)
    upper = values + half
    hidden = (symbols == SUPPRESSED).to_numpy()
    small = symbols.isin(ROUNDS_TO_ZERO).to_numpy()
    whole = dict(table.parts).get(column)
    most = bounds(frame, table, whole).upper if whole else np.full(len(frame), np.inf)
    lower = np.where(hidden | small, 0.0, lower)
    upper = np.where(hidden, most, upper)
    # What rounds to zero to a step of 10 is below 5; a percentage below one half.
    upper = np.where(small, np.maximum(half, 5.0), upper)
    return Bounds(lower, np.where(np.isnan(upper), np.inf, upper))
