"""What the published cells allow an indicator to be, where some are suppressed or rounded.

`compute` leaves a value missing when a cell is suppressed. Here such a value keeps the least and
the greatest that it can be, and the sum of a territory with a suppressed part does too.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_study.data.bounds import Bounds, bounds
from care_study.data.geography import territories
from care_study.data.schemas import TABLES
from care_study.indicators.compute import POPULATION, compute
from care_study.indicators.definitions import INDICATORS, WEEKS, Term

COLUMNS = ["least", "most", "possible"]


def compute_possible(tables: Mapping[str, pd.DataFrame], indicator: str) -> pd.DataFrame:
    """Compute an indicator with the least and greatest value that its cells allow.

    Parameters
    ----------
    tables
        The figure tables.
    indicator
        An id in ``INDICATORS`` that has a numerator and a denominator.

    Returns
    -------
    DataFrame
        The rows and columns of `compute`, and ``least`` and ``most`` (in the indicator's unit;
        missing where a cell is missing for another reason than suppression) and ``possible``:
        ``exact``, ``rounded`` (regions and England), ``suppressed`` or ``unknown``. These are not
        confidence intervals: they hold whatever the hidden figures are.

    Raises
    ------
    ValueError
        For a published percentage, of which no parts are known.
    """
    definition = INDICATORS[indicator]
    if definition.is_published:
        raise ValueError(f"{indicator} is published as it is: no cells stand behind it.")
    frame = compute(tables, indicator)
    keys = pd.MultiIndex.from_frame(frame[["area_id", "year"]])
    top = _side(tables, definition.numerator, keys)
    if definition.denominator[0].table == WEEKS:
        below = Bounds(*(frame["denominator"].to_numpy(dtype=float),) * 2)
    else:
        below = _side(tables, definition.denominator, keys)
    with np.errstate(divide="ignore", invalid="ignore"):
        least = np.where(below.upper > 0, top.lower / below.upper, np.nan) * definition.per
        most = np.where(below.lower > 0, top.upper / below.lower, np.nan) * definition.per
    if definition.interval == "Wilson":
        most = np.where(np.isnan(most), most, np.minimum(most, definition.per))
    unknown = ~(np.isfinite(least) & np.isfinite(most))
    frame["least"] = np.where(unknown, np.nan, least)
    frame["most"] = np.where(unknown, np.nan, most)
    frame["possible"] = "exact"
    frame.loc[frame["least"] < frame["most"], "possible"] = "rounded"
    frame.loc[frame["value"].isna(), "possible"] = "suppressed"
    frame.loc[unknown, "possible"] = "unknown"
    return frame


def _side(tables: Mapping[str, pd.DataFrame], terms: tuple[Term, ...], keys: pd.Index) -> Bounds:
    """Add up the bounds of the terms at the places of ``keys``; a part is never below zero."""
    lower, upper = np.zeros(len(keys)), np.zeros(len(keys))
    for term in terms:
        cells = _territories(_cells(tables, term), tables, term).reindex(keys)
        low, high = cells["lower"].to_numpy(), cells["upper"].to_numpy()
        lower = lower + (low if term.sign > 0 else -high)
        upper = upper + (high if term.sign > 0 else -low)
    return Bounds(np.where(np.isnan(lower), np.nan, np.maximum(lower, 0.0)), upper)


def _cells(tables: Mapping[str, pd.DataFrame], term: Term) -> pd.DataFrame:
    rows = tables[term.table]
    if TABLES[term.table].by_name[term.column].kind == "count":
        room = bounds(rows, TABLES[term.table], term.column)
    else:
        figures = rows[term.column].to_numpy(dtype=float)
        room = Bounds(figures, figures)
    lower, upper = room.lower, room.upper
    if term.if_published:
        spoken = ~np.isnan(lower)
        years = rows["year"].to_numpy()
        none = ~np.isin(years, years[spoken])
        lower, upper = np.where(none, 0.0, lower), np.where(none, 0.0, upper)
    shift = int(term.table == POPULATION)
    return pd.DataFrame(
        {"lower": lower, "upper": np.where(np.isnan(lower), np.nan, upper)},
        index=pd.MultiIndex.from_arrays(
            [rows["area_id"], rows["year"] + shift], names=["area_id", "year"]
        ),
    )


def _territories(
    cells: pd.DataFrame, tables: Mapping[str, pd.DataFrame], term: Term
) -> pd.DataFrame:
    """Add the territories: sums of the parts' bounds, where every part has them."""
    september = term.table in ("workforce", "workforce_flows")
    made = {}
    for territory in territories(tables["boundary_changes"]):
        change = territory.first_year("september" if september else "march")
        for year in sorted(set(cells.index.get_level_values("year"))):
            parts = territory.successors if year >= change else territory.predecessors
            joint = [key for key in ((" / ".join(parts), year),) if key in cells.index]
            found = cells.reindex(joint or [(part, year) for part in parts])
            if found["lower"].notna().any():
                made[territory.area_id, year] = found.sum(skipna=False)
    added = pd.DataFrame(made).T
    kept = cells[~cells.index.isin(added.index)] if len(added) else cells
    added.index = pd.MultiIndex.from_tuples(list(made), names=["area_id", "year"])
    return pd.concat([kept, added])
