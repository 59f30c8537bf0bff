"""Placebo ranks of five kinds: raw, in logs, studentised, and among those nearest in size.

Raw ranks set one yardstick for all authorities, but small ones vary more: their estimates fill
the tails, so that a raw test finds too much in small authorities and hardly anything in large
ones. Studentised ranks divide each estimate by the scale of its own earlier changes, shrunk by
size. Which of them is right how often, is measured by
:mod:`care_study.statistics.trends.calibration`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from care_study.statistics.trends.checks import Floats, TrendError, check_level, check_whole
from care_study.statistics.trends.panel import (
    Neighbours,
    Panel,
    PanelLike,
    gap_to_neighbours,
    read_panel,
)
from care_study.statistics.trends.placebo import (
    METHODS,
    Estimator,
    estimate_all,
    placebo_interval,
    rank_p_value,
    without,
)
from care_study.statistics.trends.shrinkage import Shrunk, shrink_variances

RANKINGS = ("raw", "log", "nearest", "studentised", "studentised_nearest")
# Of 59 placebos and the unit itself, the three largest are exactly 5%.
NEAREST = 59
OWN_SERIES = ("level_change", "slope_change")


@dataclass(frozen=True)
class Rankings:
    """One authority's estimates judged by every kind of placebo rank.

    Attributes
    ----------
    treated : label
    first_after : float
    table : DataFrame
        One row a method and ranking: ``method, ranking, estimate, p_value, lower, upper,
        placebos``. Estimates of ``log`` and their intervals are log ratios; all others are in
        the unit of the outcome.
    estimates, scales : DataFrame
        One row a unit, one column a method: the estimates, and the shrunk standard deviations of
        the earlier yearly changes that studentise them.
    prior_df : dict of str to float
        For each method, how many earlier years the size of an authority is worth.
    level : float
    warnings : tuple of str
    """

    treated: Any
    first_after: float
    table: pd.DataFrame
    estimates: pd.DataFrame
    scales: pd.DataFrame
    prior_df: dict[str, float]
    level: float
    warnings: tuple[str, ...]


def earlier_scale(
    panel: Panel, first_after: float, sizes: Mapping[Any, float] | pd.Series
) -> tuple[pd.Series, Shrunk]:
    """Compute the deviation of each row's yearly changes before the event, shrunk by size.

    Changes common to all rows in a year are taken out first. The scale uses no year from the
    event on, so that an effect cannot widen its own yardstick.

    Parameters
    ----------
    panel : Panel
        Of gaps or of series.
    first_after : float
    sizes : mapping of unit to population

    Returns
    -------
    Series (index unit), Shrunk

    Raises
    ------
    TrendError
        Fewer than three years before the event, a unit without a size, a gap without changes.
    """
    before = panel.columns_before(first_after)
    if before < 3:
        raise TrendError(f"Found {before} years before the event; studentising needs three.")
    changes = np.diff(panel.values[:, :before], axis=1)
    changes = changes - changes.mean(axis=0)
    variances = (changes**2).mean(axis=1) * len(changes) / max(1, len(changes) - 1)
    still = variances <= 1e-18 * max(1.0, float((panel.values**2).max()))
    if still.any():
        names = ", ".join(str(panel.units[i]) for i in np.flatnonzero(still)[:5])
        raise TrendError(f"A series that never changed before the event has no scale: {names}.")
    shrunk = shrink_variances(variances, before - 1, sizes_of(panel.units, sizes))
    return pd.Series(np.sqrt(shrunk.variance), index=list(panel.units)), shrunk


def sizes_of(units: Sequence[Any], sizes: Mapping[Any, float] | pd.Series) -> Floats:
    """Sizes in the order of the units; each must have one above zero."""
    given = dict(sizes)
    found = np.array([float(given.get(unit, np.nan)) for unit in units])
    lacking = [str(unit) for unit, size in zip(units, found, strict=True) if not size > 0]
    if lacking:
        raise TrendError(
            f"Found no size above zero for {', '.join(lacking[:5])}; expected the population of "
            "every unit of the panel."
        )
    return found


def nearest_in_size(sizes: Floats, count: int) -> np.ndarray:
    """Rows of the ``count`` others nearest in log size to each row, nearest first.

    Returns
    -------
    array of int (n, count)
        Equal distances keep the order of the rows.
    """
    if not 1 <= count < len(sizes):
        raise TrendError(
            f"Found {count} nearest of {len(sizes)} units; expected 1 to {len(sizes) - 1}."
        )
    distance = np.abs(np.subtract.outer(np.log(sizes), np.log(sizes)))
    np.fill_diagonal(distance, np.inf)
    return np.argsort(distance, axis=1, kind="stable")[:, :count]


def ranked_inference(
    data: PanelLike | Panel,
    treated: Any,
    first_after: float,
    sizes: Mapping[Any, float] | pd.Series,
    *,
    methods: Sequence[str] | Mapping[str, Estimator] = METHODS,
    rankings: Sequence[str] = RANKINGS,
    neighbours: Neighbours | None = None,
    exclude: Sequence[Any] = (),
    nearest: int = NEAREST,
    level: float = 0.95,
) -> Rankings:
    """Judge one authority's change by every kind of placebo rank.

    Parameters
    ----------
    data, treated, first_after, methods, neighbours, exclude, level
        As in :func:`~care_study.statistics.trends.placebo.placebo_inference`.
    sizes : mapping of unit to population
    rankings : some of ``RANKINGS``
        ``raw``: among all. ``log``: the same on logarithms (left out, with a warning, where a
        value is zero or below). ``nearest``: among the ``nearest`` others in size.
        ``studentised``: over the own earlier scale, among all. ``studentised_nearest``: both.
    nearest : int
        How many others count as near in size.

    Raises
    ------
    TrendError
        As ``placebo_inference`` and :func:`earlier_scale`; an unknown ranking.
    """
    check_level(level)
    unknown = [name for name in rankings if name not in RANKINGS]
    if unknown or not len(rankings):
        raise TrendError(f"Found rankings {unknown}; expected some of {', '.join(RANKINGS)}.")
    panel = read_panel(data)
    panel.row(treated)
    panel.check_known(exclude, "excluded units")
    panel = without(panel, [unit for unit in exclude if unit != treated])
    nearest = check_whole(nearest, "nearest", 1)
    options: dict[str, Any] = {"methods": methods, "neighbours": neighbours, "exclude": (treated,)}
    estimates = estimate_all(panel, first_after, **options)
    notes = panel.warnings
    logs = None
    if "log" in rankings:
        logs, notes = _in_logs(panel, first_after, options, notes)
    scales, prior_df = _scales(
        panel, first_after, sizes, list(estimates.columns), neighbours, treated
    )
    rows = []
    for name in estimates:
        for ranking in rankings:
            source = logs if ranking == "log" else estimates
            if source is None:
                continue
            found = source[name].dropna()
            scale = scales[name] if ranking.startswith("studentised") else None
            near = nearest if ranking.endswith("nearest") else None
            rows.append(
                {"method": name, "ranking": ranking}
                | judge(found, treated, scale, sizes, near, level)
            )
    return Rankings(
        treated, float(first_after), pd.DataFrame(rows), estimates, scales, prior_df, level, notes
    )


def _in_logs(
    panel: Panel, first_after: float, options: dict[str, Any], notes: tuple[str, ...]
) -> tuple[pd.DataFrame | None, tuple[str, ...]]:
    """Estimates on logarithms, or none with a note where values are zero or below."""
    try:
        return estimate_all(read_panel(panel, log=True), first_after, **options), notes
    except TrendError as error:
        return None, (*notes, f"No ranks in logs: {error}")


def _scales(
    panel: Panel,
    first_after: float,
    sizes: Mapping[Any, float] | pd.Series,
    methods: Sequence[str],
    neighbours: Neighbours | None,
    treated: Any,
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Scale of every unit for every method, of its own series or of its gap to neighbours."""
    found: dict[bool, tuple[pd.Series, Shrunk]] = {}
    columns, prior_df = {}, {}
    for name in methods:
        own = name in OWN_SERIES
        if own not in found:
            series = panel if own else gap_to_neighbours(panel, neighbours, (treated,))
            found[own] = earlier_scale(series, first_after, sizes)
        columns[name], prior_df[name] = found[own][0], found[own][1].prior_df
    return pd.DataFrame(columns).reindex(list(panel.units)).rename_axis("unit"), prior_df


def judge(
    estimates: pd.Series,
    treated: Any,
    scale: pd.Series | None,
    sizes: Mapping[Any, float] | pd.Series,
    nearest: int | None,
    level: float,
) -> dict[str, float]:
    """Rank, interval and number of placebos of one unit among the estimates of the others.

    Parameters
    ----------
    estimates : Series
        Index unit, with the treated one.
    treated : label
    scale : Series, optional
        Divides the estimates before ranking.
    sizes : mapping of unit to population
    nearest : int, optional
        Rank among this many others, nearest in size; all others where there are fewer.
    level : float
    """
    if treated not in estimates.index:
        raise TrendError(f"Unit {treated!r} has no estimate: all its neighbours are missing.")
    own = 1.0 if scale is None else float(scale[treated])
    ratios = estimates if scale is None else estimates / scale[estimates.index]
    others = ratios.drop(treated)
    if nearest is not None and nearest < len(others):
        units = [treated, *others.index]
        chosen = nearest_in_size(sizes_of(units, sizes), nearest)[0]
        others = others.loc[[units[row] for row in chosen]]
    lower, upper = placebo_interval(float(ratios[treated]), others, level)
    return {
        "estimate": float(estimates[treated]),
        "p_value": rank_p_value(float(ratios[treated]), others),
        "lower": lower * own,
        "upper": upper * own,
        "placebos": len(others),
    }
