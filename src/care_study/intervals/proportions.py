"""Intervals for proportions."""

from typing import Any

import numpy as np
from statsmodels.stats.proportion import proportion_confint

from care_study.intervals.core import (
    FloatArray,
    Interval,
    check_level,
    check_method,
    counts_and_exposures,
    interval,
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
    return interval(success / trial, lower, upper, level=level, method=label)


def successes_and_trials(
    successes: Any, trials: Any, names: tuple[str, str] = ("successes", "trials")
) -> tuple[FloatArray, FloatArray]:
    """Check pairs of counts for a proportion; both come back in one shape."""
    success, trial = counts_and_exposures(successes, trials, names)
    reject(success > trial, success, names[0], f"no more than {names[1]}")
    return success, trial
