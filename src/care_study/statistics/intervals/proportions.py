"""Intervals for proportions."""

from typing import Any

import numpy as np
from statsmodels.stats.proportion import multinomial_proportions_confint, proportion_confint

from care_study.statistics.intervals.core import (
    FloatArray,
    Interval,
    as_floats,
    check_level,
    check_method,
    counts_and_exposures,
    reject,
)

_METHODS = {
    "wilson": ("wilson", "Wilson score (Wilson 1927)"),
    "exact": ("beta", "exact binomial (Clopper & Pearson 1934)"),
    "jeffreys": ("jeffreys", "Jeffreys (Brown, Cai & DasGupta 2001)"),
    "agresti-coull": ("agresti_coull", "Agresti & Coull 1998"),
}


def proportion(
    successes: Any, trials: Any, *, method: str = "wilson", level: float = 0.95
) -> Interval:
    """Compute proportions with confidence intervals, assuming binomial counts.

    Parameters
    ----------
    successes, trials : array_like
        Counts, ``0 <= successes <= trials`` and ``trials > 0``. Missing (NaN) gives a missing
        result.
    method : {"wilson", "exact", "jeffreys", "agresti-coull"}
        See Brown, Cai & DasGupta (2001), *Interval estimation for a binomial proportion*.
    level : float
        Nominal confidence.

    Returns
    -------
    Interval
        Proportions between 0 and 1, in the broadcast shape of the inputs.

    Raises
    ------
    ValueError
        Names the position of a negative count, of no trials, or of more successes than trials.
    """
    check_method(method, tuple(_METHODS))
    check_level(level)
    success, trial = successes_and_trials(successes, trials)
    lower = np.full(success.shape, np.nan)
    upper = np.full(success.shape, np.nan)
    known = ~np.isnan(success)
    name, label = _METHODS[method]
    if known.any():
        lower[known], upper[known] = proportion_confint(
            success[known], trial[known], alpha=1 - level, method=name
        )
    if method in ("wilson", "jeffreys"):
        # Wilson: exactly 0 and 1 by the formula; rounding would leave the estimate just outside.
        # Jeffreys: so changed by Brown, Cai & DasGupta (2001, section 4.1.2), else the interval
        # leaves out its own estimate.
        lower = np.where(success == 0, 0.0, lower)
        upper = np.where(success == trial, 1.0, upper)
    return Interval(success / trial, lower, upper, level=level, method=label)


def successes_and_trials(
    successes: Any, trials: Any, names: tuple[str, str] = ("successes", "trials")
) -> tuple[FloatArray, FloatArray]:
    """Check pairs of counts for a proportion; both come back in one shape."""
    success, trial = counts_and_exposures(successes, trials, names)
    reject(success > trial, success, names[0], f"no more than {names[1]}")
    return success, trial


def multinomial_shares(counts: Any, *, method: str = "goodman", level: float = 0.95) -> Interval:
    """Compute the shares of each category with simultaneous confidence intervals.

    All intervals of a row hold together with the stated confidence, so shares of one whole may
    be compared with each other.

    Parameters
    ----------
    counts : array_like, shape (categories,) or (rows, categories)
        Events by category, zero or more. A missing category makes its whole row missing.
    method : {"goodman", "sison-glaz"}
        ``goodman``: Goodman (1965), Technometrics 7, 247-254, best with five or more a category.
        ``sison-glaz``: Sison & Glaz (1995), JASA 90, 366-369, best with seven or more categories.
    level : float
        Joint confidence of each row.

    Returns
    -------
    Interval
        Shares between 0 and 1, in the shape of `counts`.

    Raises
    ------
    ValueError
        For a negative count, a row that sums to zero, or fewer than two categories.
    """
    check_method(method, ("goodman", "sison-glaz"))
    check_level(level)
    table = as_floats(counts, "counts")
    if table.ndim not in {1, 2} or table.shape[-1] < 2:
        raise ValueError(
            f"counts has shape {table.shape}; expected one or more rows of two or more categories."
        )
    reject(table < 0, table, "counts", "zero or more")
    totals = table.sum(axis=-1)
    reject(totals == 0, totals, "the sum of counts", "more than zero")
    limits = np.full((*table.shape, 2), np.nan)
    for row in np.argwhere(~np.isnan(totals)):
        where = tuple(row)
        limits[where] = multinomial_proportions_confint(
            table[where], alpha=1 - level, method=method
        )
    return Interval(
        table / totals[..., np.newaxis],
        limits[..., 0],
        limits[..., 1],
        level=level,
        method={"goodman": "Goodman 1965", "sison-glaz": "Sison & Glaz 1995"}[method],
        warnings=_share_warnings(table, method),
    )


def _share_warnings(table: FloatArray, method: str) -> tuple[str, ...]:
    small = int(np.nansum(table < 5))
    warnings = []
    if small:
        warnings.append(f"{small} categories have fewer than five events: limits are approximate.")
    if method == "sison-glaz" and table.shape[-1] < 7:
        warnings.append("Sison and Glaz advise seven or more categories; Goodman suits fewer.")
    return tuple(warnings)
