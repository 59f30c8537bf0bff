"""All measures in the latest year, the workforce included: where each area stands."""

from collections.abc import Sequence

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.comparison.measures import (
    MEASURES,
    NEIGHBOURS,
    SOURCES,
    Measure,
    lists,
    names,
    stand,
)
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.unavailable import Unavailable
from care_study.words import extent, listed

CLEAR = ("above", "below")


@finding
class Standing:
    """Where each area stands on every measure."""

    sources = (*SOURCES, NEIGHBOURS)
    table: pd.DataFrame
    places: str = fact(
        "measures on which the gap to the neighbours' mean has an interval that excludes zero"
    )
    comparisons: int = fact(
        "measures x authorities with a figure", unit="comparisons", sources=SOURCES
    )
    clear: int = fact(
        "comparisons whose 95% interval excludes no gap, with the chosen list and the mean"
    )
    flipping: int = fact(
        "comparisons whose conclusion depends on the list (2021 or 2025) or on mean or median"
    )
    steady: int = fact("comparisons that are clear under both lists, by mean and by median")
    neighbours_used: str = fact("fewest and most neighbours with a figure in a comparison")


@section
def standing(settings: Sequence[Setting]) -> Standing:
    """Find where each area stands on every measure."""
    found = compare(settings)
    clear = found["conclusion"].isin(CLEAR)
    return Standing(
        table=found,
        places=". ".join(sentence(found, name) for name in names(settings)),
        comparisons=len(found),
        clear=int(clear.sum()),
        flipping=int((~found["every_choice"]).sum()),
        steady=int((clear & found["every_choice"]).sum()),
        neighbours_used=extent(found["n"], 0),
    )


def compare(settings: Sequence[Setting], measures: Sequence[Measure] = MEASURES) -> pd.DataFrame:
    """Compare each area's latest value with its neighbours under every list and average.

    Returns
    -------
    DataFrame
        One row a measure and area: ``measure``, ``unit``, ``area``, ``year`` (latest with a
        value), ``value``, ``mean`` of the ``n`` neighbours with a value (of the chosen list),
        ``gap`` with ``gap_lower`` and ``gap_upper`` (t interval of the neighbours' mean),
        ``conclusion``, and ``every_choice``: whether every list that holds the area and both
        averages lead to the same conclusion. Areas without any value of a measure, or without
        neighbours, have no row.

    Raises
    ------
    Unavailable
        If no area has a row.
    """
    found = pd.DataFrame([row for measure in measures for row in stand(settings, measure)])
    if found.empty:
        raise Unavailable(f"There is nothing to compare {listed(names(settings), 'or')} with")
    return found


def sentence(found: pd.DataFrame, area: str) -> str:
    """Say on which measures an area lies clearly above or below its neighbours' mean."""
    rows = found[found["area"] == area]
    if rows.empty:
        return f"{area} has no figure to compare"
    parts = []
    for side in CLEAR:
        words = [words.lower() for words in rows.loc[rows["conclusion"] == side, "measure"]]
        if words:
            parts.append(f"{side} on {listed(words)}")
    return f"{area} lies {'; '.join(parts)}" if parts else f"{area} lies clearly on no side"


@section
def standing_table(settings: Sequence[Setting], found: Standing) -> Shown:
    """List the latest figure of each area against its neighbours' mean."""
    rows = found.table.assign(measure=found.table["measure"] + ", " + found.table["unit"])
    return table(
        rows.drop(columns="unit"),
        name="standing",
        caption=(
            "Latest figure of each authority against the mean of its statistical neighbours "
            f"({lists(settings)})"
        ),
        places=1,
        sources=Standing.sources,
        notes=[
            "Interval of the gap: t on the number of neighbours less one, 95%; it carries the "
            "uncertainty of the neighbours' mean alone. Years end on 31 March; for the workforce "
            "they are the year of 30 September."
        ],
    )
