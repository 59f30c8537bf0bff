"""Checks shared by the trend functions: one clear message instead of a silent NaN."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class TrendError(ValueError):
    """A trend cannot be computed from this input; the message says what was found."""


@dataclass(frozen=True)
class Series:
    """A yearly series in time order without missing values, and what was left out."""

    years: Floats
    values: Floats
    exposure: Floats | None
    warnings: tuple[str, ...]


def clean_series(years: ArrayLike, values: ArrayLike, exposure: ArrayLike | None = None) -> Series:
    """Sort a series by time, drop missing values with a warning, and reject the impossible.

    Parameters
    ----------
    years, values : array-like of the same length
        Time points (one value each) and the outcome.
    exposure : array-like, optional
        Population or other denominator of each value; must be above zero.

    Raises
    ------
    TrendError
        For unequal lengths, repeated years, infinite values, a zero or negative exposure.
    """
    time = as_floats(years, "years")
    outcome = as_floats(values, "values")
    weight = None if exposure is None else as_floats(exposure, "exposure")
    if len(time) != len(outcome) or (weight is not None and len(weight) != len(time)):
        lengths = f"{len(time)} years, {len(outcome)} values"
        if weight is not None:
            lengths += f", {len(weight)} exposures"
        raise TrendError(f"Found {lengths}; expected one value (and exposure) for each year.")
    check_years(time)
    missing = np.isnan(outcome) if weight is None else np.isnan(outcome) | np.isnan(weight)
    if np.isinf(outcome).any() or (weight is not None and np.isinf(weight).any()):
        raise TrendError("Found an infinite value; expected finite numbers. Correct the input.")
    keep = ~missing
    dropped, time, outcome = time[missing], time[keep], outcome[keep]
    weight = None if weight is None else weight[keep]
    if weight is not None and (weight <= 0).any():
        raise TrendError(
            f"Found a population of zero or below in {name_years(time[weight <= 0])}; "
            "expected a positive denominator in every year."
        )
    order = np.argsort(time)
    notes = series_warnings(dropped, time[order])
    return Series(time[order], outcome[order], None if weight is None else weight[order], notes)


def as_floats(values: ArrayLike, name: str) -> Floats:
    """One-dimensional float array, or one clear message."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise TrendError(
            f"Found {name} that are not numbers ({error}); expected numbers. "
            "Read suppressed symbols as missing first."
        ) from None
    if array.ndim != 1:
        raise TrendError(f"Found {name} with {array.ndim} dimensions; expected a single series.")
    return array


def as_number(value: object, name: str) -> float:
    """Return a finite number as a float, or one clear message; text is not read as a number."""
    if isinstance(value, int | float | np.integer | np.floating) and np.isfinite(value):
        return float(value)
    raise TrendError(f"Found {name}={value!r}; expected a number.")


def check_whole(value: object, name: str, least: int) -> int:
    """Return a whole number of at least ``least``, or one clear message."""
    number = as_number(value, name)
    if number != int(number) or number < least:
        raise TrendError(f"Found {name}={value!r}; expected a whole number, {least} or more.")
    return int(number)


def check_years(years: Floats) -> None:
    """Reject missing or repeated time points."""
    if np.isnan(years).any():
        raise TrendError("Found a missing year; expected a year for every value.")
    unique, counts = np.unique(years, return_counts=True)
    if (counts > 1).any():
        raise TrendError(
            f"Found {name_years(unique[counts > 1])} more than once; expected one value a year."
        )


def series_warnings(dropped: Floats, kept: Floats) -> tuple[str, ...]:
    """Say which years were left out and whether the series has gaps."""
    notes = []
    if len(dropped):
        notes.append(f"No value in {name_years(np.sort(dropped))}: left out of the fit.")
    steps = np.diff(kept)
    if not np.allclose(steps, steps[:1]):
        notes.append(
            "The years are not equally spaced: autocorrelation measures treat "
            "neighbouring points as one step apart."
        )
    return tuple(notes)


def check_break(years: Floats, first_after: float, points_each_side: int) -> None:
    """Reject a break outside the series or with too few points on one side."""
    before, after = int((years < first_after).sum()), int((years >= first_after).sum())
    if before == 0 or after == 0:
        span = f"{years.min():g} to {years.max():g}" if len(years) else "no years"
        raise TrendError(
            f"Found a break at {first_after:g} outside the series ({span}); "
            "expected points before it and from it on. Choose another break."
        )
    if min(before, after) < points_each_side:
        raise TrendError(
            f"Found {before} points before {first_after:g} and {after} from it on; expected at "
            f"least {points_each_side} on each side. Use a level change only or a longer series."
        )


def check_degrees(points: int, parameters: int) -> None:
    """Reject fewer points than parameters plus one."""
    if points <= parameters:
        raise TrendError(
            f"Found {points} points for {parameters} parameters; expected at least "
            f"{parameters + 1}. Use a longer series or a smaller model."
        )


def check_level(level: float) -> None:
    """Reject a confidence level outside 0 to 1, such as 95 for 95%."""
    if not (isinstance(level, int | float | np.floating) and 0 < level < 1):
        raise TrendError(f"Found a confidence level of {level!r}; expected a share such as 0.95.")


def check_varies(values: Floats, what: str) -> None:
    """Reject a constant series, for which no uncertainty can be estimated."""
    if np.ptp(values) <= 1e-12 * max(1.0, float(np.abs(values).max())):
        raise TrendError(
            f"Found a constant {what} ({values[0]:g} in all {len(values)} points); expected some "
            "variation, without which no change or uncertainty can be estimated."
        )


def name_years(years: Sequence[float] | Floats) -> str:
    """Years as a short phrase: ``2019, 2020``."""
    return ", ".join(f"{year:g}" for year in years)
