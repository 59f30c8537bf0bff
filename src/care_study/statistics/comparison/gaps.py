"""An area's gap to its neighbours' mean or median, and how it hangs on each of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from care_study.statistics.comparison.neighbours import (
    FloatArray,
    Neighbours,
    neighbours,
    own_value,
)
from care_study.statistics.intervals import Interval
from care_study.statistics.intervals.core import check_level, check_method

ABOVE, BELOW, UNCLEAR = "above", "below", "not distinguishable"
NO_INTERVAL = "no interval"
STATISTICS = ("mean", "median")


@dataclass(frozen=True)
class Gap:
    """An area's value minus its neighbours' mean or median.

    Attributes
    ----------
    area : float
        The area's own value, taken as it is: the interval does not cover its own variation.
    statistic : str
        ``mean`` or ``median``.
    comparator : Interval
        The neighbours' mean or median.
    gap : Interval
        Area minus comparator, in the unit of the values.
    conclusion : str
        ``above`` or ``below`` where the gap's interval leaves out zero, else
        ``not distinguishable``; ``no interval`` where there are too few neighbours for one.
    n : int
        Neighbours used.
    missing : tuple of str
        Neighbours without a value.
    warnings : tuple of str
    """

    area: float
    statistic: str
    comparator: Interval
    gap: Interval
    conclusion: str
    n: int
    missing: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def mean_interval(values: Any, *, level: float = 0.95) -> Interval:
    """Compute the mean of the neighbours with its t interval on ``n - 1`` degrees of freedom.

    Parameters
    ----------
    values : pandas.Series, mapping or array_like
        One value a neighbour; missing ones are left out and named in a warning.
    level : float
        Nominal confidence.

    Returns
    -------
    Interval
        With one neighbour only, the mean has no limits (NaN) and a warning says so.

    Raises
    ------
    ValueError
        If every neighbour is missing.
    """
    check_level(level)
    return _mean(neighbours(values), level)


def median_interval(values: Any, *, level: float = 0.95) -> Interval:
    """Compute the median of the neighbours with the exact order-statistic interval.

    The limits are the narrowest symmetric pair of ordered values that covers the median with at
    least the stated confidence whatever the distribution, by the binomial distribution with
    one half (David & Nagaraja 2003, *Order Statistics*, section 7.1). A bootstrap of the median
    of ten values is unstable and needs a seed; this needs neither. It is conservative: among
    ten neighbours, second lowest to second highest covers 97.9%. The actual coverage stands in
    the method.

    Parameters
    ----------
    values : pandas.Series, mapping or array_like
        One value a neighbour; missing ones are left out and named in a warning.
    level : float
        Least confidence.

    Returns
    -------
    Interval
        Fewer than six neighbours have no 95% interval: the limits are NaN and a warning says so.

    Raises
    ------
    ValueError
        If every neighbour is missing.
    """
    check_level(level)
    return _median(neighbours(values), level)


def gap(area: float, values: Any, *, statistic: str = "mean", level: float = 0.95) -> Gap:
    """Compute an area's gap to its neighbours' mean or median with its interval.

    The estimand: the area's value as published, minus the mean (median) of areas like these
    neighbours. Uncertainty is that of the neighbours' mean (median) alone; whether the area is
    unusual among them is the question of `prediction_test`.

    Parameters
    ----------
    area : float
        The area's own value.
    values : pandas.Series, mapping or array_like
        The neighbours' values, without the area's.
    statistic : {"mean", "median"}
    level : float
        Nominal confidence.

    Raises
    ------
    ValueError
        If the area's value or every neighbour's is missing.
    """
    check_method(statistic, STATISTICS)
    check_level(level)
    own, others = own_value(area), neighbours(values)
    centre = (_mean if statistic == "mean" else _median)(others, level)
    difference = Interval(
        own - centre.estimate,
        own - centre.upper,
        own - centre.lower,
        level,
        f"area minus {statistic}: {centre.method}",
        centre.warnings,
    )
    return Gap(
        area=own,
        statistic=statistic,
        comparator=centre,
        gap=difference,
        conclusion=conclusion(difference),
        n=others.n,
        missing=others.missing,
        warnings=centre.warnings,
    )


def conclusion(difference: Interval) -> str:
    """Name the side of zero on which a scalar interval lies; unclear where it holds zero."""
    if np.isnan(difference.lower):
        return NO_INTERVAL
    if difference.lower > 0:
        return ABOVE
    if difference.upper < 0:
        return BELOW
    return UNCLEAR


def leave_one_out(
    area: float, values: Any, *, statistic: str = "mean", level: float = 0.95
) -> pd.DataFrame:
    """Compute the gap again with each neighbour left out in turn.

    Returns
    -------
    pandas.DataFrame
        First row with nobody left out (``left_out`` is empty), then one for each neighbour with
        a value. Columns: ``left_out, n, comparator, gap, gap_lower, gap_upper, conclusion,
        flips`` (true where the conclusion differs from that of the first row).

    Raises
    ------
    ValueError
        If fewer than two neighbours have a value.
    """
    others = neighbours(values)
    if others.n < 2:
        raise ValueError(f"Only {others.names[0]} has a value: leaving it out leaves nobody.")
    rows = [_row(area, others.values, "", statistic, level)]
    for position, name in enumerate(others.names):
        rows.append(_row(area, np.delete(others.values, position), name, statistic, level))
    table = pd.DataFrame(rows)
    table["flips"] = table["conclusion"] != table.loc[0, "conclusion"]
    return table


def _row(
    area: float, values: FloatArray, left_out: str, statistic: str, level: float
) -> dict[str, Any]:
    result = gap(area, values, statistic=statistic, level=level)
    return {
        "left_out": left_out,
        "n": result.n,
        "comparator": result.comparator.estimate,
        "gap": result.gap.estimate,
        "gap_lower": result.gap.lower,
        "gap_upper": result.gap.upper,
        "conclusion": result.conclusion,
    }


def _mean(others: Neighbours, level: float) -> Interval:
    mean, n = float(others.values.mean()), others.n
    if n == 1:
        note = "One neighbour only: its value is shown without an interval."
        return Interval(mean, np.nan, np.nan, level, "one value", (*others.missing_note, note))
    half = stats.t.isf((1 - level) / 2, n - 1) * others.values.std(ddof=1) / np.sqrt(n)
    notes = others.missing_note
    if others.all_alike:
        half, note = 0.0, "The neighbours all have the same value: the interval has no width."
        notes += (note,)
    return Interval(
        mean,
        mean - half,
        mean + half,
        level,
        f"t on {n - 1} degrees of freedom",
        notes,
    )


def _median(others: Neighbours, level: float) -> Interval:
    ordered: FloatArray = np.sort(others.values)
    n = others.n
    # The largest k with P(Binomial(n, 1/2) < k) within the tail; limits are k-th from each end.
    tail = (1 - level) / 2
    k = int(stats.binom.ppf(tail, n, 0.5))
    if stats.binom.cdf(k, n, 0.5) <= tail:
        k += 1
    median = float(np.median(ordered))
    if k == 0:
        note = f"{n} neighbours are too few for a {100 * level:g}% interval of their median."
        notes = (*others.missing_note, note)
        return Interval(median, np.nan, np.nan, level, "order statistics: too few", notes)
    coverage = 1 - 2 * stats.binom.cdf(k - 1, n, 0.5)
    return Interval(
        median,
        ordered[k - 1],
        ordered[n - k],
        level,
        f"order statistics {k} and {n - k + 1} of {n}, covers {100 * coverage:.1f}%",
        others.missing_note,
    )
