"""The ledger's identities that hold for every table: sums of areas, releases, and filled columns.

They need no list: every count of an authority is part of its region's and of England's, a release
between two that agree must agree with them, and a column that nearly everyone fills has no gaps.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from care_study.data.bounds import EXACT_TABLES, bounds
from care_study.data.ledger import judged, together
from care_study.data.schemas import TABLES, Column, Table

LONDON = ("Inner London", "Outer London")
ENGLAND = "E92000001"


def added_tables() -> tuple[Table, ...]:
    """List the tables of counts whose authorities add up to regions and England."""
    left_out = ("vintages", "adoption_times_england", "social_worker_changes")
    return tuple(
        table
        for table in TABLES.values()
        if table.name not in left_out
        and (table.year_means.startswith("year ending") or table.name in EXACT_TABLES)
        and _counts(table)
    )


def _counts(table: Table) -> list[Column]:
    return [column for column in table.figures if column.kind == "count"]


def sums(
    tables: Mapping[str, pd.DataFrame],
    only: Iterable[tuple[str, str]] | None = None,
    years: Iterable[int] | None = None,
) -> pd.DataFrame:
    """Set what the authorities add up to against regions, and these against England.

    Parameters
    ----------
    tables
        The figure tables.
    only
        Pairs of table and column (default: all counts of `added_tables`).
    years
        The years (default: all).

    Returns
    -------
    DataFrame
        As `ledger.residuals`, without explanations. An area where a part is not published is left
        out, unless that part never was (the Isles of Scilly).
    """
    wanted = None if only is None else list(only)
    frames = []
    for table in added_tables():
        columns = [
            column.name
            for column in _counts(table)
            if wanted is None or (table.name, column.name) in wanted
        ]
        if columns:
            rows = tables[table.name]
            rows = rows if years is None else rows[rows["year"].isin(list(years))]
            frames += _table_sums(rows, table, columns, tables)
    return judged(together(frames))


def _table_sums(
    rows: pd.DataFrame, table: Table, columns: list[str], tables: Mapping[str, pd.DataFrame]
) -> list[pd.DataFrame]:
    places = tables["authorities"].set_index("area_code")
    kind = rows["area_code"].map(places["area_type"])
    region = rows["area_code"].map(places["region"])
    local, regional = (kind == "local authority").to_numpy(), (kind == "region").to_numpy()
    inner = rows["area_name"].isin(LONDON).to_numpy()
    year = rows["year"].to_numpy()
    cells = _cells(rows, table, columns)
    shift = int(table.year_means.startswith("mid-year"))
    expected = _expected(tables, sorted(set(year + shift)))
    no_regions = ~np.isin(year, year[regional])
    names = rows["area_name"].to_numpy(dtype=object)
    steps = (
        (local, region.to_numpy(dtype=object), regional, names),
        (regional & ~inner, np.full(len(rows), ENGLAND, dtype=object), kind == "country", None),
        (local & no_regions, np.full(len(rows), ENGLAND, dtype=object), kind == "country", None),
    )
    frames = []
    for inside, part, whole, called in steps:
        groups = pd.MultiIndex.from_arrays([part[inside], year[inside]])
        codes, keys = pd.factorize(groups)
        added = {name: _add(matrix[inside], codes, len(keys)) for name, matrix in cells.items()}
        if inside is not steps[1][0]:
            counted = np.bincount(codes, minlength=len(keys))
            wanted = [expected.get((area, when + shift), 0) for area, when in keys]
            for matrix in added.values():
                matrix[counted < np.array(wanted)] = np.nan
        there = rows[np.asarray(whole)]
        own_name = there["area_id"] if called is None else there["area_name"]
        own = pd.MultiIndex.from_arrays([own_name, there["year"]])
        at = (
            pd.MultiIndex.from_tuples(keys).get_indexer(own)
            if len(keys)
            else -np.ones(len(own), int)
        )
        frames += [
            _frame(there, table, column, number, added, cells, at, np.asarray(whole))
            for number, column in enumerate(columns)
        ]
    return [frame for frame in frames if len(frame)]


def _cells(rows: pd.DataFrame, table: Table, columns: list[str]) -> dict[str, np.ndarray]:
    """Put the cells of several columns side by side: ``value``, ``lower`` and ``upper``.

    What is not applicable, and what an area never had a figure of, counts as zero.
    """
    cells = {}
    rooms = [bounds(rows, table, column) for column in columns]
    cells["value"] = rows[columns].to_numpy(dtype=float, copy=True)
    cells["lower"] = np.column_stack([room.lower for room in rooms])
    cells["upper"] = np.column_stack([room.upper for room in rooms])
    silent = pd.DataFrame(np.isnan(cells["lower"])).groupby(rows["area_id"].to_numpy())
    never = silent.transform("all").to_numpy()
    symbols = rows[[f"{column}_symbol" for column in columns]].to_numpy(dtype=object)
    for matrix in cells.values():
        matrix[never | (symbols == "z")] = 0.0
    cells["upper"][np.isnan(cells["lower"])] = np.nan
    return cells


def _expected(tables: Mapping[str, pd.DataFrame], years: list[int]) -> dict[tuple[str, int], int]:
    """Count the authorities of every region, and of England, in every year.

    The first year of a code says when an authority began only where it succeeded another, or where
    its code was issued anew: of others, earlier figures may just not be held.
    """
    authorities = tables["authorities"]
    local = authorities[authorities["area_type"] == "local authority"]
    newer = local["area_id"].isin(tables["boundary_changes"]["successor_dfe_code"])
    newer |= local.sort_values("first_year").duplicated("area_id").reindex(local.index)
    begins = local["first_year"].where(newer, 0)
    ends = local["last_year"].where(local["last_year"] < local["last_year"].max(), max(years))
    found: dict[tuple[str, int], int] = {}
    for year in years:
        there = local[(begins <= year) & (ends >= year)]
        counts = there["region"].value_counts().to_dict()
        counts["London"] = sum(counts.get(name, 0) for name in LONDON)
        found |= {(str(region), year): int(count) for region, count in counts.items()}
        found[ENGLAND, year] = len(there)
    return found


def _add(matrix: np.ndarray, codes: np.ndarray, groups: int) -> np.ndarray:
    total = np.zeros((groups, matrix.shape[1]))
    np.add.at(total, codes, matrix)
    return total


def _frame(
    there: pd.DataFrame,
    table: Table,
    column: str,
    number: int,
    added: Mapping[str, np.ndarray],
    cells: Mapping[str, np.ndarray],
    at: np.ndarray,
    whole: np.ndarray,
) -> pd.DataFrame:
    parts = {
        name: np.where(at >= 0, matrix[at, number], np.nan)
        if len(matrix)
        else np.full(len(at), np.nan)
        for name, matrix in added.items()
    }
    own = {name: matrix[whole, number] for name, matrix in cells.items()}
    return pd.DataFrame(
        {
            "identity": f"sum {table.name}.{column}",
            "kind": "sum",
            "area_id": there["area_id"].to_numpy(),
            "area_name": there["area_name"].to_numpy(),
            "year": there["year"].to_numpy(),
            "left": parts["value"],
            "right": own["value"],
            "residual": parts["value"] - own["value"],
            "low": parts["lower"] - own["upper"],
            "high": parts["upper"] - own["lower"],
            "scale": own["value"],
            "tolerance": 0.0,
        }
    )
