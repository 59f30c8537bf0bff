"""Two more identities of the ledger: releases that agree, and columns that are filled."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_study.data.ledger import judged, together
from care_study.data.schemas import TABLES, Table

FILLED_SHARE = 0.1
"""A column counts as filled in a year if no more than this share of authorities have no cell."""


def released(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Compare each release with its neighbours: between two that agree, it must agree with them.

    Returns
    -------
    DataFrame
        As `ledger.residuals`, without explanations: one row an area, year, measure and release
        between two that give the same figure. The identity is named
        ``release <year> of <measure>``.
    """
    rows = tables["vintages"]
    names = [column.name for column in TABLES["vintages"].figures]
    figures = rows[names].to_numpy(dtype=float)
    frames = []
    for number, name in enumerate(names):
        before, after = _nearest(figures, number, -1), _nearest(figures, number, 1)
        between = (before == after) & ~np.isnan(figures[:, number])
        there, found, expected = rows[between], figures[between, number], before[between]
        frames.append(
            pd.DataFrame(
                {
                    "identity": f"release {name.removeprefix('release_')} of " + there["measure"],
                    "kind": "release",
                    "area_id": there["area_id"],
                    "area_name": there["area_name"],
                    "year": there["year"],
                    "left": found,
                    "right": expected,
                    "residual": found - expected,
                    "low": found - expected,
                    "high": found - expected,
                    "scale": expected,
                    "tolerance": 0.0,
                }
            )
        )
    return judged(together(frames))


def _nearest(figures: np.ndarray, number: int, step: int) -> np.ndarray:
    """Find the figure of the nearest release before (-1) or after (1) that has one."""
    columns = range(number - 1, -1, -1) if step < 0 else range(number + 1, figures.shape[1])
    found = np.full(len(figures), np.nan)
    for column in columns:
        found = np.where(np.isnan(found), figures[:, column], found)
    return found


def filled(tables: Mapping[str, pd.DataFrame], names: list[str] | None = None) -> pd.DataFrame:
    """Find empty cells in columns that nearly every authority fills in that year.

    A figure that is missing has a symbol that says why; an empty cell among filled ones was lost.

    Returns
    -------
    DataFrame
        As `ledger.residuals`, without explanations: one row a lost cell.
    """
    chosen = [
        table
        for table in TABLES.values()
        if table.figures
        and "area_code" in table.key
        and table.name not in ("vintages", "adoption_times_england")
        and (names is None or table.name in names)
    ]
    frames = [frame for table in chosen for frame in _lost(tables[table.name], table)]
    return judged(together(frames))


def empty_share(local: pd.DataFrame, column: str) -> pd.DataFrame:
    """Say of every row of authorities whether its cell is ``empty``, and what ``share`` is."""
    empty = local[column].isna() & (local[f"{column}_symbol"] == "")
    return pd.DataFrame({"empty": empty, "share": empty.groupby(local["year"]).transform("mean")})


def authorities_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out regions and England."""
    return rows[~rows["area_id"].str.fullmatch(r"E[0-9]{8}")]


def _lost(rows: pd.DataFrame, table: Table) -> list[pd.DataFrame]:
    local = authorities_of(rows)
    frames = []
    for column in table.figures:
        found = empty_share(local, column.name)
        lost = local[found["empty"] & (found["share"] <= FILLED_SHARE)]
        if len(lost):
            frames.append(
                lost[["area_id", "area_name", "year"]].assign(
                    identity=f"filled {table.name}.{column.name}",
                    kind="filled",
                    left=0.0,
                    right=1.0,
                    residual=-1.0,
                    low=-1.0,
                    high=-1.0,
                    scale=1.0,
                    tolerance=0.0,
                )
            )
    return frames
