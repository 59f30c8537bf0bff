"""Checks that the parts of statistics share."""

import numpy as np


def amount(name: str, value: float, *, positive: bool = False) -> float:
    """Return a finite number of zero or more, or raise ValueError that names the argument."""
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is {value!r}; expected a number.") from error
    if not np.isfinite(number) or number < 0 or (positive and number == 0):
        wanted = "a number above zero" if positive else "zero or more"
        raise ValueError(f"{name} is {value}; expected {wanted}.")
    return number
