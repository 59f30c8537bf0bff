"""What there is: the tables of yearly figures, their years and their authorities."""

from collections.abc import Mapping

import pandas as pd

from care_study.data.schemas import TABLES
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.words import listed

LOCAL = ("local authority", "joint return")


@finding
class Held:
    """What the figure tables cover."""

    table: pd.DataFrame
    sources: list[str]
    tables: int = fact("number of figure tables with yearly figures", unit="tables")
    first_year: int = fact("first year of any table", unit="year")
    last_year: int = fact("last year of any table", unit="year")


def held(tables: Mapping[str, pd.DataFrame]) -> Held:
    """Find which figure tables are held, and the years that they span."""
    found = table_coverage(tables)
    return Held(
        table=found,
        sources=list(found["table"]),
        tables=len(found),
        first_year=int(found["first_year"].min()),
        last_year=int(found["last_year"].max()),
    )


def table_coverage(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Say which years and how many authorities each figure table has.

    Returns
    -------
    DataFrame
        ``table``, ``title``, ``year_means``, ``first_year``, ``last_year``, ``authorities`` (fewest
        and most in a year, as text), ``rows``, ``sources``. A table that is not held, or has no
        figures by year, is left out.
    """
    kinds = tables["authorities"].set_index("area_code")["area_type"]
    return pd.DataFrame(
        [
            {
                "table": name,
                "title": table.title,
                "year_means": table.year_means,
                "first_year": int(tables[name]["year"].min()),
                "last_year": int(tables[name]["year"].max()),
                "authorities": _authorities(tables[name], kinds),
                "rows": len(tables[name]),
                "sources": tables[name]["source"].nunique(),
            }
            for name, table in TABLES.items()
            if table.figures and name in tables and "year" in tables[name]
        ]
    )


def _authorities(frame: pd.DataFrame, kinds: "pd.Series[str]") -> str:
    local = frame[frame["area_code"].map(kinds).isin(LOCAL)]
    if local.empty:
        names = sorted(set(frame["area_name"]))
        return f"none: {listed(names)} only" if len(names) < 3 else "none"
    each_year = local.groupby("year")["area_id"].nunique()
    fewest, most = int(each_year.min()), int(each_year.max())
    return f"{fewest}" if fewest == most else f"{fewest} to {most}"


def coverage_table(found: Held) -> Shown:
    """List the tables with their years and authorities."""
    return table(
        found.table,
        name="coverage",
        caption="Years and authorities that each table covers",
        row_header="table",
        sources=found.sources,
    )
