"""The pandera contracts of the figure tables, made from the schemas.

A module of its own because pandera takes long to import: only what reads data pays for it.
"""

from functools import cache

import pandera.pandas as pa

from care_study.data.schemas import Table


@cache
def contract(table: Table) -> pa.DataFrameSchema:
    """Make the contract that a table's text cells must meet: cell patterns and a unique key."""
    return pa.DataFrameSchema(
        {
            column.name: pa.Column(
                checks=pa.Check.str_matches(rf"^(?:{column.cell_pattern})\Z", name="cell"),
                nullable=False,
            )
            for column in table.columns
        },
        unique=list(table.key),
        strict=True,
        name=table.name,
    )
