"""Published numbers that this package's statistics must reproduce, and what it gets for them.

The tests hold every case to its tolerance; the book shows them all, a group a section.
"""

from collections.abc import Mapping

import pandas as pd

from care_study.chapters.reference import comparison, forecasts, intervals, trends
from care_study.chapters.reference.case import Case, check
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.words import number

GROUPS: dict[str, list[Case]] = {
    "intervals": intervals.CASES,
    "comparison": comparison.CASES,
    "trends": trends.CASES,
    "forecasts": forecasts.CASES,
}
CAPTIONS = {
    "intervals": "Published values of intervals and funnels",
    "comparison": "Published values of comparisons and flow",
    "trends": "Published values of trends",
    "forecasts": "Published values of forecasts",
}


@finding
class Checked:
    """Every case that needs nothing outside the package, by group."""

    sources = ("published_reference_values",)
    tables: Mapping[str, pd.DataFrame]
    cases: int = fact("cases computed on this page", decimals=0)
    agree: str = fact("cases whose value lies within the tolerance")
    cases_of: Mapping[str, int] = fact("cases of this group", decimals=0)


def check_all() -> Checked:
    """Compute every case that needs nothing outside the package (see `check`), by group."""
    tables = {name: check(cases) for name, cases in GROUPS.items()}
    return Checked(
        tables=tables,
        cases=sum(map(len, tables.values())),
        agree=agreement(tables),
        cases_of={name: len(table) for name, table in tables.items()},
    )


def agreement(checked: Mapping[str, pd.DataFrame]) -> str:
    """Say how many cases agree with what was published, and name those that do not."""
    found = pd.concat(checked.values(), ignore_index=True)
    apart = found[found["agrees"] != "yes"]
    if apart.empty:
        return "all agree within the tolerance of their source"
    names = "; ".join(apart["case"] + ", " + apart["quantity"])
    agree = number(len(found) - len(apart), 0)
    return f"{agree} agree within the tolerance of their source, not: {names}"


def values_table(found: Checked, group: str, digits: int) -> Shown:
    """Set the published values of a group beside what this study finds."""
    checked = found.tables[group]
    return table(
        narrow(checked),
        name=group,
        caption=CAPTIONS[group],
        places=digits,
        row_header="case",
        sources=Checked.sources,
        notes=source_notes(checked),
    )


def narrow(checked: pd.DataFrame) -> pd.DataFrame:
    """Make a table narrow enough for a page.

    Case, quantity and the number of the source stand in one column; tolerances are short.
    """
    places = {source: place for place, source in enumerate(_sources(checked), start=1)}
    numbered = [f" ({places[source]})" for source in checked["source"]]
    return checked.drop(columns=["quantity", "source"]).assign(
        case=checked["case"] + ", " + checked["quantity"] + numbered,
        tolerance=[f"{value:.1g}" for value in checked["tolerance"]],
    )


def source_notes(checked: pd.DataFrame) -> list[str]:
    """List what the numbers of `narrow` stand for."""
    return [f"({place}) {source}." for place, source in enumerate(_sources(checked), start=1)]


def _sources(checked: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(checked["source"]))
