"""What a placebo distribution excludes, how much bias a result bears, and related placebos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist

from care_study.statistics.trends.checks import (
    TrendError,
    as_floats,
    as_number,
    check_level,
    clean_series,
)
from care_study.statistics.trends.panel import Neighbours
from care_study.statistics.trends.placebo import placebo_interval
from care_study.statistics.trends.scan import adjust


@dataclass(frozen=True)
class Excluded:
    """What an estimate and its placebos rule out, and what they could have seen.

    Attributes
    ----------
    estimate : float
    lower, upper : float
        Interval at ``level``.
    smallest_significant : float
        Size of an estimate from which on the test would reject no change.
    detectable : float
        Smallest true change that the test would find with ``power``; silence about smaller ones
        proves little.
    equivalence_bound : float
        Smallest bound B such that a change of B or more in either direction is excluded: the
        larger end of the interval at ``2 level - 1`` (two one-sided tests, Schuirmann 1987).
    level, power : float
    """

    estimate: float
    lower: float
    upper: float
    smallest_significant: float
    detectable: float
    equivalence_bound: float
    level: float
    power: float


@dataclass(frozen=True)
class Breakdown:
    """How large a bias after the event must be to explain a change away.

    Attributes
    ----------
    estimate : float
        Mean of the gap after the event minus its last value before.
    largest_earlier : float
        Largest change of the gap from one year to the next before the event.
    reach : float
        Bias of the estimate when every later year moves as much as that, in one direction.
    breakdown : float
        Times the largest earlier movement by which the later ones must exceed what they would
        have been for the estimate to be all bias.
    breakdown_interval : float
        The same for the end of the interval nearest zero; 0 where it holds zero already.
    interval : tuple of float
        The one that was given.
    """

    estimate: float
    largest_earlier: float
    reach: float
    breakdown: float
    breakdown_interval: float
    interval: tuple[float, float]

    def bounds(self, multiple: float) -> tuple[float, float]:
        """Give the interval widened for a bias of ``multiple`` times the largest movement."""
        widen = as_number(multiple, "multiple") * self.reach
        return self.interval[0] - widen, self.interval[1] + widen


def excluded(
    estimate: float,
    placebos: ArrayLike,
    *,
    scale: float = 1.0,
    level: float = 0.95,
    power: float = 0.8,
) -> Excluded:
    """Equivalence bound and smallest detectable change from placebo estimates.

    The placebos, with both signs, are taken as the errors that an estimate of a true change would
    have; the test is the two-sided rank test.

    Parameters
    ----------
    estimate : float
    placebos : array-like (n,)
        Of the other units; for studentised ranks over their scales.
    scale : float
        The treated unit's own scale, by which placebos are multiplied.
    level, power : float

    Raises
    ------
    TrendError
        Too few placebos for the level, a power that is no share, a scale not above zero.
    """
    check_level(level)
    if not 0 < power < 1:
        raise TrendError(f"Found a power of {power}; expected a share such as 0.8.")
    if not scale > 0:
        raise TrendError(f"Found a scale of {scale}; expected a number above zero.")
    errors = as_floats(placebos, "placebos") * scale
    lower, upper = placebo_interval(estimate, errors, level)
    margin = upper - estimate
    if not np.isfinite(margin):
        raise TrendError(
            f"Found {len(errors)} placebos, too few for a {level:.0%} interval; use more units."
        )
    both = np.sort(np.concatenate([errors, -errors]))
    # The change moves all errors; found are those pushed beyond the margin (or far below it).
    candidates = np.sort(margin - both)
    candidates = candidates[candidates >= 0]
    above = len(both) - np.searchsorted(both, margin - candidates - 1e-12 * margin)
    below = np.searchsorted(both, -margin - candidates, side="right")
    enough = np.flatnonzero((above + below) / len(both) >= power)
    nearer = placebo_interval(estimate, errors, 2 * level - 1) if level > 0.5 else (lower, upper)
    return Excluded(
        estimate=float(estimate),
        lower=lower,
        upper=upper,
        smallest_significant=float(margin),
        detectable=float(candidates[enough[0]]),
        equivalence_bound=float(max(abs(nearer[0]), abs(nearer[1]))),
        level=level,
        power=power,
    )


def breakdown_value(
    years: ArrayLike,
    gap: ArrayLike,
    first_after: float,
    interval: tuple[float, float] | None = None,
) -> Breakdown:
    """Relative-magnitudes breakdown value of the mean gap after the event.

    Had the gap gone its own way from the last year before the event, moving each year by at most
    ``multiple`` times the largest earlier movement, the mean of the K years after would be biased
    by at most ``multiple * largest * (K + 1) / 2``: the bound of Rambachan & Roth (2023, *Review
    of Economic Studies* 90, section 2.4.1) for a simple average, with years of equal length.

    Parameters
    ----------
    years, gap : array-like (n,)
        Whole series; three years before the event and one from it on.
    first_after : float
    interval : tuple of float, optional
        Interval for the estimate from sampling or placebos; by default the estimate alone.

    Raises
    ------
    TrendError
        Too few years, gaps between them, or a gap that never moved before the event.
    """
    series = clean_series(years, gap)
    first_after = as_number(first_after, "first_after")
    if not np.allclose(np.diff(series.years), 1):
        raise TrendError("The years have gaps; a movement from year to year needs every year.")
    before = series.values[series.years < first_after]
    after = series.values[series.years >= first_after]
    if len(before) < 3 or not len(after):
        raise TrendError(
            f"Found {len(before)} years before {first_after:g} and {len(after)} from it on; "
            "expected at least three and one."
        )
    largest = float(np.abs(np.diff(before)).max())
    if largest == 0:
        raise TrendError("The gap never moved before the event; no breakdown value exists.")
    estimate = float(after.mean() - before[-1])
    limits = (estimate, estimate) if interval is None else interval
    if not limits[0] <= limits[1]:
        raise TrendError(f"Found an interval {limits}; expected the lower limit first.")
    reach = largest * (len(after) + 1) / 2
    holds_zero = limits[0] <= 0 <= limits[1]
    nearest = 0.0 if holds_zero else min(abs(limits[0]), abs(limits[1]))
    return Breakdown(
        estimate=estimate,
        largest_earlier=largest,
        reach=reach,
        breakdown=abs(estimate) / reach,
        breakdown_interval=nearest / reach,
        interval=(float(limits[0]), float(limits[1])),
    )


def neighbour_blocks(neighbours: Neighbours, *, least_shared: float = 0.25) -> pd.Series:
    """Blocks of units whose neighbours are much the same.

    Average-linkage clusters of the lists (each unit counted among its own neighbours), cut where
    the mean overlap (shared over all named, Jaccard) falls below ``least_shared``.

    Returns
    -------
    Series of int, index unit
        Number of the block, from 1 in the order of the units.
    """
    units = list(neighbours)
    if len(units) < 2 or not 0 < least_shared < 1:
        raise TrendError("Expected neighbours of at least two units and an overlap from 0 to 1.")
    names = sorted({name for unit in units for name in (unit, *neighbours[unit])}, key=str)
    place = {name: i for i, name in enumerate(names)}
    listed = np.zeros((len(units), len(names)), dtype=bool)
    for row, unit in enumerate(units):
        listed[row, [place[name] for name in (unit, *neighbours[unit])]] = True
    found = fcluster(
        linkage(pdist(listed, "jaccard"), "average"), 1 - least_shared, criterion="distance"
    )
    order = {number: i + 1 for i, number in enumerate(dict.fromkeys(found))}
    return pd.Series([order[number] for number in found], index=units, name="block")


def block_p_value(
    estimate: float, placebos: pd.Series, blocks: Mapping[Any, Any] | pd.Series
) -> float:
    """Rank p-value in which related placebos count once.

    Units that share neighbours have related gaps, so 146 placebos are fewer independent ones. One
    unit is drawn from each block; the p-value is that of the rank among the drawn, averaged over
    all draws: ``(1 + sum over blocks of the share at least as large) / (1 + blocks)``. Every
    block weighs the same, whatever its size.

    Parameters
    ----------
    estimate : float
    placebos : Series, index unit
        Without the treated unit.
    blocks : mapping of unit to block

    Raises
    ------
    TrendError
        A placebo without a block, or none at all.
    """
    if placebos.empty or placebos.isna().any():
        raise TrendError("Expected at least one placebo and none missing.")
    block = placebos.index.to_series().map(dict(blocks))
    if block.isna().any():
        raise TrendError(f"Unit {block.index[block.isna()][0]!r} has no block.")
    larger = (placebos.abs() >= abs(estimate)).groupby(block.to_numpy()).mean()
    return float((1 + larger.sum()) / (1 + len(larger)))


def holm_over(p_values: Mapping[str, float] | pd.Series, primary: str) -> pd.DataFrame:
    """Primary p-value as it is, all others adjusted together by Holm.

    Returns
    -------
    DataFrame
        Index name: ``p_value``, ``adjusted``, ``role`` (``primary`` or ``secondary``).
    """
    given = pd.Series(dict(p_values), dtype=float)
    if primary not in given.index:
        raise TrendError(f"Found no analysis {primary!r}; expected one of {list(given.index)}.")
    others = given.drop(primary)
    table = pd.DataFrame({"p_value": given, "adjusted": given, "role": "secondary"})
    table.loc[primary, "role"] = "primary"
    if len(others):
        table.loc[others.index, "adjusted"] = adjust(others.to_numpy(), "holm")
    return table
