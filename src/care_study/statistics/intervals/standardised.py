"""Directly standardised rates: what an area's rate would be with a standard population."""

from typing import Any

import numpy as np

from care_study.statistics.intervals.core import (
    Interval,
    as_floats,
    check_level,
    counts_and_exposures,
    reject,
)
from care_study.statistics.intervals.rates import poisson_rate

FEWEST_EVENTS = 10  # public-health practice shows no standardised rate of fewer


def directly_standardised_rate(
    counts: Any, populations: Any, standard: Any, *, level: float = 0.95
) -> Interval:
    """Compute a directly standardised rate with the limits of Dobson and others.

    ``sum(w x / n) / sum(w)`` over the groups; the exact Poisson limits of the total count are
    moved and stretched to the rate and its standard error (Dobson, Kuulasmaa, Eberle & Scherer
    1991, Statistics in Medicine 10, 457-462), the practice of English public-health profiles.

    Parameters
    ----------
    counts, populations : array_like, shape (groups,) or (areas, groups)
        Events and people by age group.
    standard : array_like, shape (groups,)
        People of each group in the standard population.
    level : float

    Returns
    -------
    Interval
        In events per person; one for each area. A missing group makes its area missing.

    Raises
    ------
    ValueError
        For bad counts, a standard of other length, or one that is negative or all zero.
    """
    check_level(level)
    x, n = counts_and_exposures(counts, populations, ("counts", "populations"))
    weights = as_floats(standard, "standard")
    if weights.ndim != 1 or x.ndim not in (1, 2) or x.shape[-1] != len(weights):
        raise ValueError(
            f"counts has shape {x.shape} and standard {weights.shape}; expected one weight a group."
        )
    reject(~(weights >= 0), weights, "standard", "zero or more")
    if weights.sum() == 0:
        raise ValueError("standard is zero in every group; expected at least one person.")
    share = weights / weights.sum()
    rate = np.asarray((share * x / n).sum(axis=-1))
    variance = np.asarray((share**2 * x / n**2).sum(axis=-1))
    total = np.asarray(x.sum(axis=-1))
    limits = poisson_rate(total, level=level)
    with np.errstate(invalid="ignore", divide="ignore"):
        stretch = np.sqrt(variance / total)
    few = int((total < FEWEST_EVENTS).sum())
    notes: tuple[str, ...] = ()
    if few:
        notes = (f"{few} rate(s) of fewer than {FEWEST_EVENTS} events: limits are unreliable.",)
    nothing = total == 0
    reach = np.where(nothing, np.nan, stretch)
    return Interval(
        rate,
        np.where(nothing, 0.0, rate + reach * (np.asarray(limits.lower) - total)),
        rate + reach * (np.asarray(limits.upper) - total),
        level=level,
        method="directly standardised, Dobson and others 1991",
        warnings=notes,
    )
