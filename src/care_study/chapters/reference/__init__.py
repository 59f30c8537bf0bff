"""Published numbers that this package's statistics must reproduce, and what it gets for them.

The tests hold every case to its tolerance; the book shows them all.
"""

import pandas as pd

from care_study.chapters.reference import (
    cases_comparison,
    cases_forecasts,
    cases_intervals,
    cases_trends,
)
from care_study.chapters.reference.case import Case, check, limits

GROUPS: dict[str, list[Case]] = {
    "intervals": cases_intervals.CASES,
    "comparison": cases_comparison.CASES,
    "trends": cases_trends.CASES,
    "forecasts": cases_forecasts.CASES,
}

# Cases that need data files which are not in the repository: the tests compute them where the
# files lie beside it, and hold these numbers against what they find there.
BESIDE = {
    "certified regressions": 24,
    "California's Proposition 99": 6,
    "exponential smoothing of oil production": 30,
    "intervals of a rate": 5,
}


def check_all() -> dict[str, pd.DataFrame]:
    """Compute every case that needs nothing outside the package (see `check`), by group."""
    return {name: check(cases) for name, cases in GROUPS.items()}


def narrow(table: pd.DataFrame) -> pd.DataFrame:
    """Make a table narrow enough for a page.

    Case, quantity and the number of the source stand in one column; tolerances are short.
    """
    places = {source: place for place, source in enumerate(_sources(table), start=1)}
    numbered = [f" ({places[source]})" for source in table["source"]]
    return table.drop(columns=["quantity", "source"]).assign(
        case=table["case"] + ", " + table["quantity"] + numbered,
        tolerance=[f"{value:.1g}" for value in table["tolerance"]],
    )


def source_notes(table: pd.DataFrame) -> list[str]:
    """List what the numbers of `narrow` stand for."""
    return [f"({place}) {source}." for place, source in enumerate(_sources(table), start=1)]


def _sources(table: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(table["source"]))


def total(checked: dict[str, pd.DataFrame]) -> int:
    """Count the cases of all groups."""
    return sum(len(table) for table in checked.values())


def agreement(checked: dict[str, pd.DataFrame]) -> str:
    """Say how many cases agree with what was published, and name those that do not."""
    table = pd.concat(checked.values(), ignore_index=True)
    apart = table[table["agrees"] != "yes"]
    if apart.empty:
        return "all agree within the tolerance of their source"
    names = "; ".join(apart["case"] + ", " + apart["quantity"])
    return f"{len(table) - len(apart)} agree within the tolerance of their source, not: {names}"


def beside() -> pd.DataFrame:
    """List the groups of cases that need files outside the repository: ``group, cases``."""
    return pd.DataFrame({"group": list(BESIDE), "cases": list(BESIDE.values())})


__all__ = [
    "BESIDE",
    "GROUPS",
    "Case",
    "agreement",
    "beside",
    "check",
    "check_all",
    "limits",
    "narrow",
    "source_notes",
    "total",
]
