"""The comparators' values, cleaned once: which are there, which are missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Neighbours:
    """Values of the comparators that have one.

    Attributes
    ----------
    values : numpy.ndarray
    names : tuple of str
        Names of the comparators with a value, in the order given.
    missing : tuple of str
        Names of those without.
    """

    values: FloatArray
    names: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def n(self) -> int:
        """Number of comparators with a value."""
        return len(self.values)

    @property
    def all_alike(self) -> bool:
        """Whether every comparator has the same value."""
        return bool((self.values == self.values[0]).all())

    @property
    def missing_note(self) -> tuple[str, ...]:
        """One sentence naming the missing comparators; nothing where none is missing."""
        if not self.missing:
            return ()
        total = self.n + len(self.missing)
        return (f"{self.n} of {total} neighbours used; no value for {', '.join(self.missing)}.",)


def neighbours(values: Any) -> Neighbours:
    """Sort comparators into those with a value and those without.

    Parameters
    ----------
    values : pandas.Series, mapping or array_like
        Numbers; the index or the keys are the names. Without names they are numbered from 1.

    Raises
    ------
    ValueError
        If there are no comparators, if all are missing, or if a value is no finite number.
    """
    names, numbers = _named_numbers(values)
    if not names:
        raise ValueError("There are no neighbours: pass at least one value.")
    known = ~np.isnan(numbers)
    if not known.any():
        raise ValueError(
            f"All {len(names)} neighbours are missing ({', '.join(names)}). "
            "Choose a year or a list in which at least one has a published value."
        )
    if np.isinf(numbers).any():
        raise ValueError(f"Neighbour {names[int(np.isinf(numbers).argmax())]} is infinite.")
    return Neighbours(
        values=numbers[known],
        names=tuple(compress(names, known)),
        missing=tuple(compress(names, ~known)),
    )


def _named_numbers(values: Any) -> tuple[tuple[str, ...], FloatArray]:
    """Names and values of the comparators; missing ones of any kind become NaN."""
    if isinstance(values, pd.Series | Mapping):
        pairs = list(values.items())
    else:
        pairs = list(enumerate(np.ravel(np.asarray(values, dtype=object)), start=1))
    try:
        numbers = np.array([np.nan if pd.isna(cell) else float(cell) for _, cell in pairs])
    except (TypeError, ValueError) as error:
        raise ValueError(f"A neighbour's value is not a number ({error}).") from error
    return tuple(str(name) for name, _ in pairs), numbers


def own_value(area: float) -> float:
    """Return the area's own value as a float; ValueError where it is missing or no number."""
    try:
        value = float(area)
    except (TypeError, ValueError) as error:
        raise ValueError(f"The area's own value is {area!r}; expected a number.") from error
    if not np.isfinite(value):
        found = "missing" if np.isnan(value) else "infinite"
        raise ValueError(f"The area's own value is {found}, so it cannot be compared.")
    return value
