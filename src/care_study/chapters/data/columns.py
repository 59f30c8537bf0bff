"""Columns: what each column of each table means."""

import pandas as pd

from care_study.data.schemas import TABLES, Column, Table
from care_study.show.shown import Shown
from care_study.show.table import table


def dictionary() -> pd.DataFrame:
    """List every column of every figure table: what it means, its unit, and whether it is key.

    Returns
    -------
    DataFrame
        ``table``, ``column``, ``meaning``, ``unit``, ``kind``, ``key``.
    """
    return pd.DataFrame(
        [
            {
                "table": name,
                "column": column.name,
                "meaning": _meaning(table, column),
                "unit": column.unit,
                "kind": column.kind,
                "key": "key" if column.name in table.key else "",
            }
            for name, table in TABLES.items()
            for column in table.columns
        ]
    )


def _meaning(table: Table, column: Column) -> str:
    is_year = column.name == "year" and table.year_means
    return f"Year: {table.year_means}" if is_year else column.description


def dictionary_table() -> Shown:
    """List the columns of all tables."""
    return table(
        dictionary(),
        name="dictionary",
        caption="Every column of every table",
        row_header="column",
    )
