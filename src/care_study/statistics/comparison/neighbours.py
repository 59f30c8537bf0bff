"""The comparators' values, cleaned once: which are there, which are missing."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    labels : numpy.ndarray
        Names of the comparators with a value, in the order given, of any type.
    missing : tuple of str
        Names of those without.
    """

    values: FloatArray
    labels: NDArray[Any]
    missing: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the comparators with a value, in the order given."""
        return as_names(self.labels)

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
    labels, numbers = _labelled_numbers(values)
    if not len(labels):
        raise ValueError("There are no neighbours: pass at least one value.")
    known = ~np.isnan(numbers)
    if not known.any():
        raise ValueError(
            f"All {len(labels)} neighbours are missing ({', '.join(as_names(labels))}). "
            "Choose a year or a list in which at least one has a published value."
        )
    if np.isinf(numbers).any():
        raise ValueError(f"Neighbour {labels[int(np.isinf(numbers).argmax())]} is infinite.")
    return Neighbours(values=numbers[known], labels=labels[known], missing=as_names(labels[~known]))


def as_names(labels: NDArray[Any]) -> tuple[str, ...]:
    """Write labels of any type as text."""
    return tuple(map(str, labels))


def _labelled_numbers(values: Any) -> tuple[NDArray[Any], FloatArray]:
    """Names and values of the comparators; missing ones of any kind become NaN."""
    if isinstance(values, Mapping):
        values = pd.Series(values)
    elif not isinstance(values, pd.Series):
        values = pd.Series(np.ravel(np.asarray(values, dtype=object)))
        values.index += 1
    try:
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(f"A neighbour's value is not a number ({error}).") from error
    return values.index.to_numpy(), numbers


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
