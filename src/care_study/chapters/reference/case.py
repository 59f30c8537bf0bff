"""One published number that the package must reproduce, and the table of all of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Case:
    """A published number and how this package computes it.

    Attributes
    ----------
    case, quantity : str
        The data and the method, and what of their result.
    expected : float
        As published.
    tolerance : float
        Absolute; follows the digits that the source prints.
    source : str
        Publication, or the software whose output it is.
    compute : function
        Takes nothing and returns what the package finds.
    """

    case: str
    quantity: str
    expected: float
    tolerance: float
    source: str
    compute: Callable[..., Any]


def limits(
    case: str,
    expected: tuple[float, float],
    tolerance: float,
    source: str,
    compute: Callable[..., Any],
) -> list[Case]:
    """Two cases, lower and upper limit, of one interval."""
    return [
        Case(case, side, float(value), tolerance, source, _side(compute, side))
        for side, value in zip(("lower", "upper"), expected, strict=True)
    ]


def _side(compute: Callable[..., Any], side: str) -> Callable[[], float]:
    return lambda: float(getattr(compute(), side))


def check(cases: Iterable[Case]) -> pd.DataFrame:
    """Compute every case and set it beside what was published.

    Returns
    -------
    DataFrame
        ``case, quantity, expected, got, tolerance, agrees, source``, in the order given.
    """
    rows = [
        {
            "case": item.case,
            "quantity": item.quantity,
            "expected": float(item.expected),
            "got": float(item.compute()),
            "tolerance": float(item.tolerance),
            "source": item.source,
        }
        for item in cases
    ]
    table = pd.DataFrame(rows)
    agrees = (table["got"] - table["expected"]).abs() <= table["tolerance"]
    table.insert(5, "agrees", agrees.map({True: "yes", False: "no"}))
    return table
