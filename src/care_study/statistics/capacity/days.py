"""Working days and calendar days."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from care_study.statistics.checks import amount

WORKING_DAYS_PER_YEAR = 365.25 * 5 / 7 - 8  # England: five-day weeks less eight bank holidays


def working_days_between(start: Any, end: Any, *, holidays: Iterable[Any] = ()) -> int:
    """Count Mondays to Fridays from `start` up to, not including, `end`, less the holidays.

    Parameters
    ----------
    start, end : date-like
        Anything that numpy reads as a day, such as ``"2018-10-01"``.
    holidays : iterable of date-like
        Days not worked.

    Raises
    ------
    ValueError
        If a date cannot be read or `end` is before `start`.
    """
    try:
        first, last = np.datetime64(start, "D"), np.datetime64(end, "D")
        closed = np.array(list(holidays), dtype="datetime64[D]")
    except (TypeError, ValueError) as error:
        raise ValueError(f"A date cannot be read ({error}); expected YYYY-MM-DD.") from error
    if last < first:
        raise ValueError(f"end {last} is before start {first}.")
    return int(np.busday_count(first, last, holidays=closed))


def to_calendar_days(
    working_days: float, *, working_days_per_year: float = WORKING_DAYS_PER_YEAR
) -> float:
    """Convert working days to the calendar days they take on average.

    Default: five days a week less England's eight bank holidays, about 252.9 days a year.

    Raises
    ------
    ValueError
        For a missing or negative number of days, or none or more than 366 working days a year.
    """
    yearly = amount("working_days_per_year", working_days_per_year, positive=True)
    if yearly > 366:
        raise ValueError(f"working_days_per_year is {yearly:g}; a year has no more than 366.")
    return amount("working_days", working_days) * 365.25 / yearly


def to_working_days(
    calendar_days: float, *, working_days_per_year: float = WORKING_DAYS_PER_YEAR
) -> float:
    """Convert calendar days to the working days they hold on average.

    The inverse of `to_calendar_days`, with the same errors.
    """
    return amount("calendar_days", calendar_days) / to_calendar_days(
        1, working_days_per_year=working_days_per_year
    )
