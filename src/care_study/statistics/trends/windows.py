"""The same estimate under other comparators and other years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from care_study.statistics.trends.checks import TrendError, check_whole
from care_study.statistics.trends.panel import Neighbours, Panel, PanelLike, read_panel
from care_study.statistics.trends.placebo import estimate_all, rank_p_value

MOST_SETS = 5_000


def leave_out_jointly(
    data: PanelLike | Panel,
    treated: Any,
    first_after: float,
    neighbours: Neighbours,
    *,
    method: str = "gap_did",
    most: int = 2,
    together: Mapping[str, Sequence[Any]] | None = None,
) -> pd.DataFrame:
    """Estimate again without several neighbours at once.

    Parameters
    ----------
    data, treated, first_after, neighbours
        As in :func:`~care_study.statistics.trends.placebo.placebo_inference`.
    method : a ``gap_`` method
    most : int
        Every set of up to so many of the treated unit's neighbours is left out.
    together : mapping of label to units, optional
        Further sets, such as all authorities with a similar programme; they are left out of every
        unit's comparators and of the placebos.

    Returns
    -------
    DataFrame
        One row a set: ``left_out`` (names, or the label), ``count`` (of the neighbours left
        out), ``estimate, p_value``; the first row leaves out nobody.

    Raises
    ------
    TrendError
        A method that has no neighbours, nobody left to compare with, or too many sets.
    """
    if not method.startswith("gap_"):
        raise TrendError(f"Found method {method!r}; expected one that compares: gap_did, ...")
    panel = read_panel(data)
    panel.row(treated)
    own = [name for name in dict.fromkeys(neighbours[treated]) if name in panel.units]
    most = check_whole(most, "most", 0)
    if most >= len(own):
        raise TrendError(f"Found most={most} of {len(own)} neighbours; leave at least one.")
    sets = [chosen for size in range(most + 1) for chosen in combinations(own, size)]
    if len(sets) > MOST_SETS:
        raise TrendError(f"Found {len(sets)} sets; expected {MOST_SETS} or fewer. Lower most.")
    placebos = _estimates(panel, treated, first_after, method, neighbours)
    others = placebos.drop(treated).dropna()
    row = panel.values[panel.row(treated)]
    rows = []
    for chosen in sets:
        kept = [panel.row(name) for name in own if name not in chosen]
        gap = row - panel.values[kept].mean(axis=0)
        alone = Panel((treated, "-"), panel.years, np.vstack([gap, np.zeros_like(gap)]))
        by = {treated: ["-"]}
        estimate = float(_estimates(alone, None, first_after, method, by)[treated])
        rows.append((", ".join(map(str, chosen)), len(chosen), estimate, others))
    for label, gone in (together or {}).items():
        panel.check_known(gone, "units")
        barred = [name for name in gone if name != treated]
        found = _estimates(panel, treated, first_after, method, neighbours, barred)
        if np.isnan(found[treated]):
            raise TrendError(f"Without {label} no neighbour of {treated!r} is left.")
        rest = found.drop([treated, *[n for n in barred if n in found.index]]).dropna()
        count = sum(name in set(barred) for name in own)
        rows.append((label, count, float(found[treated]), rest))
    return pd.DataFrame(
        [(name, count, value, rank_p_value(value, rest)) for name, count, value, rest in rows],
        columns=["left_out", "count", "estimate", "p_value"],
    )


def every_window(
    data: PanelLike | Panel,
    treated: Any,
    first_after: float,
    *,
    method: str = "gap_did",
    neighbours: Neighbours | None = None,
    first_years: Sequence[float] = (),
    last_years: Sequence[float] = (),
    anticipation: Sequence[int] = (0,),
    without: Sequence[Sequence[float]] = ((),),
) -> pd.DataFrame:
    """Estimate again over every choice of years.

    Parameters
    ----------
    data, treated, first_after, neighbours
        As in :func:`~care_study.statistics.trends.placebo.placebo_inference`.
    method : name from ``METHODS``
    first_years, last_years : sequence of float
        First and last years used; by default those of the panel.
    anticipation : sequence of int
        Years before the event left out, in which its effect may have begun.
    without : sequence of sequences of years
        Sets of years left out, such as those of the pandemic.

    Returns
    -------
    DataFrame
        One row a choice: ``first_year, last_year, anticipation, without, before, after``
        (numbers of years), ``estimate, p_value, note`` (why there is no estimate).
    """
    panel = read_panel(data)
    panel.row(treated)
    rows = []
    for first in first_years or (float(panel.years[0]),):
        for last in last_years or (float(panel.years[-1]),):
            for early in anticipation:
                for gone in without:
                    keep = (panel.years >= first) & (panel.years <= last)
                    keep &= ~((panel.years >= first_after - early) & (panel.years < first_after))
                    keep &= ~np.isin(panel.years, list(gone))
                    years = panel.years[keep]
                    before = int((years < first_after).sum())
                    row: dict[str, object] = {
                        "first_year": first,
                        "last_year": last,
                        "anticipation": early,
                        "without": ", ".join(f"{year:g}" for year in gone),
                        "before": before,
                        "after": len(years) - before,
                        "estimate": np.nan,
                        "p_value": np.nan,
                        "note": "",
                    }
                    try:
                        cut = Panel(panel.units, years, panel.values[:, keep])
                        found = _estimates(cut, treated, first_after, method, neighbours)
                        row["estimate"] = float(found[treated])
                        others = found.drop(treated).dropna()
                        row["p_value"] = rank_p_value(float(found[treated]), others)
                    except TrendError as error:
                        row["note"] = str(error)
                    rows.append(row)
    return pd.DataFrame(rows)


def _estimates(
    panel: Panel,
    treated: Any,
    first_after: float,
    method: str,
    neighbours: Neighbours | None,
    barred: Sequence[Any] = (),
) -> pd.Series:
    exclude = [name for name in (treated, *barred) if name is not None]
    table = estimate_all(
        panel, first_after, methods=(method,), neighbours=neighbours, exclude=exclude
    )
    return table[method]
