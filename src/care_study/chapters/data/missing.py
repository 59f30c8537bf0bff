"""What is missing, and why: figures by the reason that stands in their place."""

from collections.abc import Mapping

import pandas as pd

from care_study.data.schemas import NOT_HELD, SYMBOLS, TABLES
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.show.table import table


@finding
class Missing:
    """How many figures are held, and how many are missing for each reason."""

    table: pd.DataFrame
    sources: list[str]
    figures: int = fact("number of cells that hold a figure", unit="figures")
    suppressed: int = fact(
        "number of cells with the symbol c, suppressed to protect confidentiality", unit="figures"
    )


def missing(tables: Mapping[str, pd.DataFrame]) -> Missing:
    """Count the figures that are held and that are missing."""
    found = missing_values(tables)
    return Missing(
        table=found,
        sources=list(dict.fromkeys(found["table"])),
        figures=int(found["figures"].sum()),
        suppressed=int(found["[c]"].sum()),
    )


def missing_values(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the missing figures of every column, by the reason given.

    Returns
    -------
    DataFrame
        ``table``, ``column``, ``figures`` (cells that hold a figure), one column a symbol, and
        ``not held``.
    """
    return pd.DataFrame(
        [
            {"table": name, "column": column.name, **_reasons(tables[name], column.name)}
            for name, table in TABLES.items()
            if name in tables
            for column in table.figures
        ]
    )


def _reasons(frame: pd.DataFrame, column: str) -> dict[str, int]:
    symbols, gone = frame[f"{column}_symbol"], frame[column].isna()
    counts = {f"[{symbol}]": int((symbols == symbol).sum()) for symbol in SYMBOLS}
    return {
        "figures": int((~gone).sum()),
        **counts,
        "not held": int((gone & (symbols == "")).sum()),
    }


def symbols() -> pd.DataFrame:
    """List the symbols for missing figures and what they mean."""
    meanings = [*((f"[{name}]", words) for name, words in SYMBOLS.items())]
    meanings.append(("an empty cell", NOT_HELD))
    return pd.DataFrame(meanings, columns=["symbol", "meaning"])


def symbols_table() -> Shown:
    """Explain the symbols."""
    return table(
        symbols(), name="symbols", caption="Symbols for missing figures", row_header="symbol"
    )


def missing_table(found: Missing) -> Shown:
    """List the columns with their missing figures."""
    return table(
        found.table,
        name="missing_values",
        caption="Cells with a figure, and missing cells by reason",
        row_header="column",
        sources=found.sources,
    )
