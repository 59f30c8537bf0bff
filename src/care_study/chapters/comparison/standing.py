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
from care_study.charts import dots
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.unavailable import Unavailable
from care_study.words import count, extent, listed, year

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
def standing_drawn(settings: Sequence[Setting], found: Standing) -> Shown:
    """Draw the latest figure of each area against its neighbours' mean, all on one scale."""
    rows = found.table.assign(measure=found.table["measure"] + ", " + found.table["unit"])
    chart = dots.dot_intervals(
        in_percent(found.table),
        label="row",
        value="gap",
        lower="gap_lower",
        upper="gap_upper",
        unit="percent above or below the neighbours' mean, with 95% interval",
        focus=[row for row, clear in _clear(found.table) if clear],
        reference=0.0,
        reference_label="as the neighbours",
        zero=True,
    )
    clear = count(found.clear, "comparison")
    return figure(
        chart,
        name="standing",
        title=(
            f"{clear} of {found.comparisons} {'lies' if found.clear == 1 else 'lie'} further from "
            "the neighbours than their spread explains"
        ),
        subtitle=(
            "Latest figure of each authority against the mean of its statistical neighbours "
            f"({lists(settings)})"
        ),
        alt=(
            "Dots with intervals, one a measure and authority, in percent of the neighbours' mean; "
            f"in colour the {found.clear} whose interval leaves out zero."
        ),
        data=rows.drop(columns="unit"),
        places=1,
        sources=Standing.sources,
        notes=[
            "Interval of the gap: t on the number of neighbours less one, 95%; it carries the "
            "uncertainty of the neighbours' mean alone. Years end on 31 March; for the workforce "
            "they are the year of 30 September."
        ],
    )


def in_percent(rows: pd.DataFrame) -> pd.DataFrame:
    """Write each gap and its limits in percent of the neighbours' mean: ``row`` and the three."""
    ends = ["gap", "gap_lower", "gap_upper"]
    scaled = rows[ends].div(rows["mean"], axis=0) * 100
    return scaled.assign(row=[row for row, _ in _clear(rows)])


def _clear(rows: pd.DataFrame) -> list[tuple[str, bool]]:
    """Name each row by measure, area and year, and say whether its interval leaves out zero."""
    return [
        (f"{row['measure']}: {row['area']}, {year(row['year'])}", row["conclusion"] in CLEAR)
        for row in rows.to_dict("records")
    ]
