"""What the figure tables hold (years, areas, missing values) and what their columns mean."""

from collections.abc import Mapping

import pandas as pd

from care_study.data.schemas import NOT_HELD, SYMBOLS, TABLES
from care_study.indicators.definitions import INDICATORS


def table_coverage(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Say which years and how many authorities each figure table has.

    Returns
    -------
    DataFrame
        ``table``, ``title``, ``year_means``, ``first_year``, ``last_year``, ``authorities`` (fewest
        and most in a year, as text), ``rows``, ``sources``.
    """
    kinds = tables["authorities"].set_index("area_code")["area_type"]
    rows = []
    for name, table in TABLES.items():
        if not table.figures:
            continue
        frame = tables[name]
        local = frame[frame["area_code"].map(kinds).isin(["local authority", "joint return"])]
        each_year = local.groupby("year")["area_id"].nunique()
        # One table is about England alone.
        fewest, most = (int(each_year.min()), int(each_year.max())) if len(local) else (0, 0)
        rows.append(
            {
                "table": name,
                "title": table.title,
                "year_means": table.year_means,
                "first_year": int(frame["year"].min()),
                "last_year": int(frame["year"].max()),
                "authorities": f"{fewest}" if fewest == most else f"{fewest} to {most}",
                "rows": len(frame),
                "sources": frame["source"].nunique(),
            }
        )
    return pd.DataFrame(rows)


def missing_values(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Count the missing figures of every column, by the reason given.

    Returns
    -------
    DataFrame
        ``table``, ``column``, ``figures`` (cells that hold a figure), one column a symbol that
        occurs, and ``not held``.
    """
    rows = []
    for name, table in TABLES.items():
        for column in table.figures:
            symbols = tables[name][f"{column.name}_symbol"]
            missing = tables[name][column.name].isna()
            counts = {f"[{symbol}]": int((symbols == symbol).sum()) for symbol in SYMBOLS}
            rows.append(
                {
                    "table": name,
                    "column": column.name,
                    "figures": int((~missing).sum()),
                    **counts,
                    "not held": int((missing & (symbols == "")).sum()),
                }
            )
    return pd.DataFrame(rows)


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
                "meaning": f"Year: {table.year_means}"
                if column.name == "year" and table.year_means
                else column.description,
                "unit": column.unit,
                "kind": column.kind,
                "key": "key" if column.name in table.key else "",
            }
            for name, table in TABLES.items()
            for column in table.columns
        ]
    )


def indicator_definitions() -> pd.DataFrame:
    """List every indicator: formula, unit, period, interval method and caveat."""
    return pd.DataFrame(
        [
            {
                "indicator": indicator.title,
                "formula": indicator.formula,
                "unit": indicator.unit,
                "period": indicator.period,
                "interval": f"{indicator.interval}, 95%" if indicator.interval else "none",
                "note": indicator.note,
            }
            for indicator in INDICATORS.values()
        ]
    )


def symbols() -> pd.DataFrame:
    """List the symbols for missing figures and what they mean."""
    meanings = [*((f"[{name}]", words) for name, words in SYMBOLS.items())]
    meanings.append(("an empty cell", NOT_HELD))
    return pd.DataFrame(meanings, columns=["symbol", "meaning"])


def sources(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """List the publications that the figures come from."""
    columns = ["source", "publisher", "title", "table", "release", "public_page", "note"]
    return tables["sources"][columns]


def releases(tables: Mapping[str, pd.DataFrame]) -> str:
    """Say in which years the publications were released: ``releases of 2013 to 2026``."""
    years = sorted(tables["sources"]["release"].str.extract(r"((?:19|20)\d\d)", expand=False))
    return f"releases of {years[0]} to {years[-1]}"
