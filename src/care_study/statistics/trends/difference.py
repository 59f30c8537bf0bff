"""Difference in trends: one authority's gap to its neighbours before and after a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from scipy.optimize import brentq

from care_study.statistics.trends.checks import TrendError, as_number, check_level, clean_series
from care_study.statistics.trends.estimates import Estimate
from care_study.statistics.trends.panel import Panel, PanelLike, gap_to_neighbours, read_panel
from care_study.statistics.trends.regression import fit_linear
from care_study.statistics.trends.segmented import Change, SegmentedResult, segmented


@dataclass(frozen=True)
class PreTrend:
    """Whether a gap was already moving before the event, and how little the test can see.

    Attributes
    ----------
    slope : Estimate
        Yearly slope of the gap before the event (least squares, t).
    points : int
        Years before the event.
    detectable_slope : float
        Yearly slope that the test would find with the stated power; smaller ones stay unseen.
    power : float
        That power.
    power_for : float or None
        Power to find the ``slope_of_interest``, where one was given.
    warnings : tuple of str
    """

    slope: Estimate
    points: int
    detectable_slope: float
    power: float
    power_for: float | None
    warnings: tuple[str, ...]


def gap_change(
    data: PanelLike | Panel,
    treated: Any,
    first_after: float,
    *,
    neighbours: Sequence[Any] | None = None,
    change: Change = "level_and_slope",
    lag: int | None = None,
    level: float = 0.95,
) -> SegmentedResult:
    """Level and slope change of an authority's gap to the mean of its neighbours.

    A segmented least-squares regression of the authority's series minus the mean of its
    neighbours'; with ``read_panel(data, log=True)`` the gap is a log ratio.

    Parameters
    ----------
    data : long or wide frame, array or Panel
    treated : label
    first_after : float
        First year after the event.
    neighbours : sequence of labels, optional
        By default every other unit.
    change, lag, level
        As in :func:`~care_study.statistics.trends.segmented.segmented`.

    Raises
    ------
    TrendError
        All neighbours missing, or as in ``segmented``.
    """
    panel = read_panel(data)
    own = panel.values[panel.row(treated)]
    gaps = gap_to_neighbours(_only(panel, treated, neighbours))
    notes = panel.warnings
    if neighbours is not None:
        absent = [str(name) for name in neighbours if name not in panel.units]
        if absent:
            notes += (f"Neighbours without complete data left out: {', '.join(absent)}.",)
    gap = gaps.values[gaps.row(treated)]
    if np.abs(gap).max() <= 1e-9 * np.abs(own).max():
        raise TrendError(f"The gap of {treated!r} to its neighbours is zero in every year.")
    result = segmented(
        gaps.years, gap, first_after, model="ols", change=change, lag=lag, level=level
    )
    return SegmentedResult(**{**vars(result), "warnings": notes + result.warnings})


def _only(panel: Panel, treated: Any, neighbours: Sequence[Any] | None) -> Panel:
    """Cut the panel to one authority and its neighbours."""
    if neighbours is None:
        return panel
    wanted = [unit for unit in panel.units if unit == treated or unit in set(neighbours)]
    if wanted == [treated]:
        raise TrendError(
            f"All neighbours of {treated!r} are missing from the panel or incomplete; "
            "check the neighbour list or choose another comparator."
        )
    rows = [panel.row(unit) for unit in wanted]
    return Panel(tuple(wanted), panel.years, panel.values[rows])


def pre_trend(
    years: ArrayLike,
    gap: ArrayLike,
    first_after: float,
    *,
    power: float = 0.8,
    slope_of_interest: float | None = None,
    level: float = 0.95,
) -> PreTrend:
    """Slope of a gap before the event, with the power of its test.

    A pre-trend that the test does not find is not shown to be absent: with half a dozen points
    the power is low, which the result states (Roth 2022, *AER: Insights* 4).

    Parameters
    ----------
    years, gap : array-like (n,)
        The whole series; only years before ``first_after`` are used (at least three).
    first_after : float
    power : float
        Power at which ``detectable_slope`` is stated.
    slope_of_interest : float, optional
        A yearly slope for which to state the power, for example the estimated slope change.
    level : float
        Confidence level; the test has size ``1 - level``.
    """
    check_level(level)
    first_after = as_number(first_after, "first_after")
    series = clean_series(years, gap)
    before = series.years < first_after
    time = series.years[before] - first_after
    if len(time) < 3:
        raise TrendError(
            f"Found {len(time)} points before {first_after:g}; a pre-trend test needs three."
        )
    design = np.column_stack([np.ones_like(time), time])
    fit = fit_linear(series.values[before], design, ("intercept", "slope"), level=level)
    slope = fit.terms[1]
    detectable = _detectable(slope.se, slope.df, power, level)
    power_for = None
    if slope_of_interest is not None:
        power_for = _t_power(abs(slope_of_interest) / slope.se, slope.df, level)
    note = (
        f"With {len(time)} points before the event, a slope below {detectable:.3g} a year would "
        f"be missed more often than {1 - power:.0%} of the time: no evidence of a pre-trend is "
        "weak evidence of none."
    )
    return PreTrend(slope, len(time), detectable, power, power_for, (note, *series.warnings))


def _t_power(shift: float, df: float, level: float) -> float:
    """Power of a two-sided t test against a standardised shift (noncentral t)."""
    critical = stats.t.ppf(0.5 + level / 2, df)
    above = stats.nct.sf(critical, df, shift)
    below = stats.nct.cdf(-critical, df, shift)
    return float(above + np.nan_to_num(below))


def _detectable(se: float, df: float, power: float, level: float) -> float:
    """Smallest slope found with the given power, by root finding on the standardised shift."""
    if not 1 - level < power < 1:
        raise TrendError(f"Found a power of {power}; expected between {1 - level:.2f} and 1.")
    far = 4.0
    while _t_power(far, df, level) < power:
        far *= 2
    return float(se * brentq(lambda shift: _t_power(shift, df, level) - power, 0.0, far))
