"""What every interval shares: the result, and the checks on what comes in."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """An estimate with its confidence interval.

    Attributes
    ----------
    estimate, lower, upper : float or numpy.ndarray
        All three have the same shape: floats when every input was a scalar, else arrays.
        NaN where an input was missing.
    level : float
        Nominal confidence, between 0 and 1.
    method : str
        Name of the method, with the author and year where it has one.
    warnings : tuple of str
        Plain sentences about results that need care.
    """

    estimate: Any
    lower: Any
    upper: Any
    level: float
    method: str
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Turn scalars of any library into plain floats, so that they print as numbers."""
        for name in ("estimate", "lower", "upper"):
            value = getattr(self, name)
            if np.ndim(value) == 0:
                object.__setattr__(self, name, float(value))

    def scaled(self, multiplier: float) -> "Interval":
        """Give the same interval in another unit, for instance times 10,000.

        Raises
        ------
        ValueError
            If `multiplier` is not a positive number.
        """
        if not (np.isfinite(multiplier) and multiplier > 0):
            raise ValueError(f"multiplier is {multiplier}; expected a positive number.")
        return replace(
            self,
            estimate=self.estimate * multiplier,
            lower=self.lower * multiplier,
            upper=self.upper * multiplier,
        )


def check_level(level: float) -> float:
    """Return the confidence level, or raise ValueError unless it lies between 0 and 1."""
    if not (isinstance(level, int | float | np.floating) and 0 < level < 1):
        raise ValueError(
            f"level is {level!r}; expected a number between 0 and 1. For 95%, pass 0.95."
        )
    return float(level)


def check_method(method: str, known: tuple[str, ...]) -> str:
    """Return the method's name, or raise ValueError that lists the known ones."""
    if method not in known:
        raise ValueError(f"method is {method!r}; expected one of {', '.join(known)}.")
    return method


def as_floats(values: Any, name: str) -> FloatArray:
    """Turn numbers, lists, arrays or series into a float array; missing becomes NaN.

    Raises
    ------
    ValueError
        If a value is text or is infinite.
    """
    try:
        if isinstance(values, pd.Series | pd.Index):
            array = values.to_numpy(dtype=float, na_value=np.nan)
        else:
            cleaned = np.asarray(values, dtype=object)
            array = np.where(pd.isna(cleaned), np.nan, cleaned).astype(float)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{name} holds something that is not a number ({error}). "
            "Turn symbols such as 'c' or 'x' into missing values first."
        ) from error
    reject(np.isinf(array), array, name, "a finite number")
    return array


def reject(wrong: Any, values: FloatArray, name: str, expected: str) -> None:
    """Raise ValueError that names the first position where `wrong` is true."""
    flags = np.atleast_1d(wrong)
    if not flags.any():
        return
    first = np.argwhere(flags)[0]
    found = np.broadcast_to(np.atleast_1d(values), flags.shape)[tuple(first)]
    place = ", ".join(str(int(i)) for i in first)
    others = int(flags.sum()) - 1
    more = f" (and {others} more)" if others else ""
    raise ValueError(f"{name} at position {place} is {found:g}{more}; expected {expected}.")


def broadcast(**arrays: FloatArray) -> list[FloatArray]:
    """Bring arrays to one shape, or raise ValueError that says which shapes do not fit."""
    try:
        return [array.copy() for array in np.broadcast_arrays(*arrays.values())]
    except ValueError as error:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(
            f"The inputs have shapes that do not fit together: {shapes}. "
            "Pass arrays of one length, or single numbers."
        ) from error


def counts_and_exposures(
    count: Any, exposure: Any, names: tuple[str, str] = ("count", "exposure")
) -> tuple[FloatArray, FloatArray]:
    """Check counts (zero or more) and exposures (positive); both come back in one shape.

    A pair with either part missing comes back as two NaN.

    Raises
    ------
    ValueError
        Names the first negative count or non-positive exposure.
    """
    counts, exposures = broadcast(
        **{names[0]: as_floats(count, names[0]), names[1]: as_floats(exposure, names[1])}
    )
    reject(counts < 0, counts, names[0], "zero or more")
    known = ~np.isnan(counts)
    reject((exposures < 0) | (known & (exposures == 0)), exposures, names[1], "more than zero")
    missing = np.isnan(counts) | np.isnan(exposures)
    counts[missing] = exposures[missing] = np.nan
    return counts, exposures
