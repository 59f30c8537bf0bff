"""Intervals added to a frame, column by column."""

import pandas as pd

from care_study.statistics.intervals.core import Interval
from care_study.statistics.intervals.proportions import proportion
from care_study.statistics.intervals.rates import poisson_rate


def add_intervals(
    frame: pd.DataFrame,
    numerator: str,
    denominator: str,
    *,
    kind: str = "rate",
    method: str | None = None,
    level: float = 0.95,
    multiplier: float = 1.0,
    name: str | None = None,
) -> pd.DataFrame:
    """Add a rate or proportion and its confidence interval to every row of a frame.

    Parameters
    ----------
    frame : pandas.DataFrame
        Not changed. Missing counts give missing results.
    numerator, denominator : str
        Columns with the counts.
    kind : {"rate", "proportion"}
        Poisson rate or binomial proportion.
    method : str, optional
        As in `poisson_rate` (default ``exact``) or `proportion` (default ``wilson``).
    level : float
        Nominal confidence.
    multiplier : float
        The unit, for instance 10,000 for a rate per 10,000.
    name : str, optional
        Name of the new column; default is `kind`.

    Returns
    -------
    pandas.DataFrame
        A copy with ``<name>``, ``<name>_lower`` and ``<name>_upper``.

    Raises
    ------
    ValueError
        Names a missing column, or the position of a bad count.
    """
    missing = [column for column in (numerator, denominator) if column not in frame.columns]
    if missing:
        raise ValueError(
            f"The frame has no column {', '.join(missing)}; it has {', '.join(frame.columns)}."
        )
    result = _interval(frame[numerator], frame[denominator], kind, method, level)
    result = result.scaled(multiplier)
    column = name or kind
    return frame.assign(
        **{
            column: result.estimate,
            f"{column}_lower": result.lower,
            f"{column}_upper": result.upper,
        }
    )


def _interval(
    top: pd.Series, bottom: pd.Series, kind: str, method: str | None, level: float
) -> Interval:
    if kind == "rate":
        return poisson_rate(top, bottom, method=method or "exact", level=level)
    if kind == "proportion":
        return proportion(top, bottom, method=method or "wilson", level=level)
    raise ValueError(f"kind is {kind!r}; expected rate or proportion.")
