"""What a comparator's rate implies for an area's own population: the count and the excess."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from care_study.statistics.checks import amount
from care_study.statistics.comparison.gaps import STATISTICS, mean_interval, median_interval
from care_study.statistics.intervals import Interval, mover, poisson_rate
from care_study.statistics.intervals.core import check_method


@dataclass(frozen=True)
class Excess:
    """An area's count against the count that its neighbours' rate implies.

    Attributes
    ----------
    observed : float
        The area's count.
    implied : Interval
        Children the area would have at its neighbours' rate, given its own population.
    excess : Interval
        Observed minus implied. Estimand: how many more children there *were* than at the
        neighbours' rate. The count is a fact; only the neighbours' rate is uncertain.
    underlying : Interval
        The same difference for the area's *underlying* level: how many more there would be on
        average in years like this one. Adds Poisson variation of the area's own count, so it is
        wider; the count's variation is no less than Poisson, so it may still be too narrow.
    warnings : tuple of str
    """

    observed: float
    implied: Interval
    excess: Interval
    underlying: Interval
    warnings: tuple[str, ...] = ()


def implied_count(rate: Interval | float, population: float, *, per: float = 10_000) -> Interval:
    """Compute the count that a comparator's rate implies for a population.

    Parameters
    ----------
    rate : Interval or float
        Rate per `per` people; an interval's limits are carried through.
    population : float
        The area's own population.
    per : float
        Unit of the rate.

    Returns
    -------
    Interval
        In people, the lower limit never below zero. From a plain number, without limits and with
        a warning.

    Raises
    ------
    ValueError
        If the population or `per` is not a positive number, or the rate is missing or negative.
    """
    population = amount("population", population, positive=True)
    per = amount("per", per, positive=True)
    if not isinstance(rate, Interval):
        note = "The rate came without an interval, so the implied count has none."
        rate = Interval(float(rate), np.nan, np.nan, np.nan, "none", (note,))
    if not np.all(np.asarray(rate.estimate) >= 0):
        raise ValueError(f"rate is {rate.estimate}; expected zero or more.")
    count = rate.scaled(population / per)
    if not np.any(np.asarray(count.lower) < 0):
        return count
    note = "The t interval of the rate reaches below zero; its lower limit is shown as zero."
    lower = np.maximum(count.lower, 0.0)
    return replace(count, lower=lower, warnings=(*count.warnings, note))


def excess_over_neighbours(
    count: float,
    population: float,
    neighbour_rates: Any,
    *,
    statistic: str = "mean",
    per: float = 10_000,
    level: float = 0.95,
) -> Excess:
    """Compute how far an area's count lies above what its neighbours' rate implies.

    Parameters
    ----------
    count, population : float
        The area's own count and population.
    neighbour_rates : pandas.Series, mapping or array_like
        The neighbours' rates per `per` people; missing ones are left out and named.
    statistic : {"mean", "median"}
        Comparator: the neighbours' mean (t interval) or median (order statistics).
    per : float
        Unit of the rates.
    level : float
        Nominal confidence.

    Returns
    -------
    Excess
        Both estimands; negative where the area lies below its neighbours. `underlying` combines
        the two independent intervals by MOVER (Zou & Donner 2008) from the exact Poisson limits
        of the count.

    Raises
    ------
    ValueError
        If the count is missing or negative, the population is not positive, or every neighbour
        is missing.
    """
    check_method(statistic, STATISTICS)
    count = amount("count", count)
    population = amount("population", population, positive=True)
    centre = mean_interval if statistic == "mean" else median_interval
    comparator = centre(neighbour_rates, level=level)
    implied = implied_count(comparator, population, per=per)
    return Excess(
        observed=float(count),
        implied=implied,
        excess=Interval(
            count - implied.estimate,
            count - implied.upper,
            count - implied.lower,
            level,
            f"observed minus implied by the neighbours' {statistic}: {comparator.method}",
            implied.warnings,
        ),
        underlying=mover(poisson_rate(count, level=level), implied),
        warnings=implied.warnings,
    )
