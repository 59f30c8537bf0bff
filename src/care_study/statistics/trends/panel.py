"""Panels: one row a unit, one column a year, and the gap to neighbours.

Every panel function takes either a long frame with columns ``unit, year, value`` (or
``numerator, denominator`` in place of ``value``), a wide frame (index units, columns years),
or a two-dimensional array (rows units, columns times, labelled 0, 1, ...).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from care_study.statistics.trends.checks import Floats, TrendError, as_number, name_years

PanelLike = pd.DataFrame | ArrayLike
Neighbours = Mapping[Any, Sequence[Any]]


@dataclass(frozen=True)
class Panel:
    """A complete panel.

    Attributes
    ----------
    units : tuple
        Row labels.
    years : array (t,)
    values : array (n, t)
        No missing values.
    dropped : tuple
        Units left out because a year was missing.
    warnings : tuple of str
    """

    units: tuple[Any, ...]
    years: Floats
    values: Floats
    dropped: tuple[Any, ...] = ()
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Reject a unit or a year that stands there twice."""
        _check_once(self.units, "unit")
        _check_once(self.years.tolist(), "year")

    def row(self, unit: Any) -> int:
        """Row number of a unit, or a message that says why it is not there."""
        if unit in self.units:
            return self.units.index(unit)
        reason = "it has missing years" if unit in self.dropped else "it is not in the panel"
        raise TrendError(f"Unit {unit!r} cannot be used: {reason}. Choose a unit with every year.")

    def check_known(self, units: Sequence[Any], role: str) -> None:
        """Reject units that the panel never held: a mistyped code would change nothing."""
        known = {*self.units, *self.dropped}
        absent = [repr(unit) for unit in units if unit not in known]
        if absent:
            raise TrendError(
                f"Found {role} {', '.join(absent[:5])}, not in the panel; expected codes as the "
                f"panel has them, such as {self.units[0]!r}. Correct or leave out those names."
            )

    def columns_before(self, first_after: float) -> int:
        """Count the years before ``first_after``; both sides must have at least one."""
        first_after = as_number(first_after, "first_after")
        before = int((self.years < first_after).sum())
        if before in (0, len(self.years)):
            raise TrendError(
                f"Found a first year after of {first_after:g} outside the panel "
                f"({self.years.min():g} to {self.years.max():g}); expected years on both sides."
            )
        return before


def read_panel(data: PanelLike | Panel, *, log: bool = False) -> Panel:
    """Complete panel from a long frame, a wide frame or an array.

    Parameters
    ----------
    data : DataFrame, array-like (n, t) or Panel
    log : bool
        Take logarithms; values must be above zero.

    Raises
    ------
    TrendError
        Missing columns, repeated unit-years, fewer than two complete units, zero denominators,
        or values at or below zero with ``log``.
    """
    panel = data if isinstance(data, Panel) else _complete(_wide(data))
    if not log:
        return panel
    bad = (panel.values <= 0).any(axis=1)
    if bad.any():
        names = ", ".join(str(panel.units[i]) for i in np.flatnonzero(bad)[:5])
        raise TrendError(
            f"Found values at or below zero for {names}; a log scale needs values above zero. "
            "Leave those units out or use log=False."
        )
    return Panel(panel.units, panel.years, np.log(panel.values), panel.dropped, panel.warnings)


def _wide(data: PanelLike) -> pd.DataFrame:
    if not isinstance(data, pd.DataFrame):
        try:
            array = np.asarray(data, dtype=float)
        except (TypeError, ValueError) as error:
            raise TrendError(f"Found a panel that is not a table of numbers ({error}).") from None
        if array.ndim != 2:
            raise TrendError(
                f"Found an array with {array.ndim} dimensions; expected units x years."
            )
        return pd.DataFrame(array)
    if "unit" not in data.columns or "year" not in data.columns:
        return data
    long = data
    if "value" not in long.columns:
        absent = [name for name in ("numerator", "denominator") if name not in long.columns]
        if absent:
            raise TrendError(
                "A long panel needs the columns unit, year and value (or numerator and "
                f"denominator); missing: {', '.join(absent)}."
            )
        try:
            long = long.astype({"numerator": float, "denominator": float})
        except (TypeError, ValueError) as error:
            raise TrendError(
                f"Found numerators or denominators that are not numbers ({error})."
            ) from None
        if (long["denominator"] <= 0).any():
            units = long.loc[long["denominator"] <= 0, "unit"].astype(str).unique()[:5]
            raise TrendError(f"Found a denominator of zero or below for {', '.join(units)}.")
        long = long.assign(value=long["numerator"] / long["denominator"])
    twice = long.duplicated(["unit", "year"])
    if twice.any():
        row = long[twice].iloc[0]
        raise TrendError(
            f"Found unit {row['unit']} twice in {row['year']}; expected one value a unit and year."
        )
    return long.pivot(index="unit", columns="year", values="value")


def _check_once(labels: Sequence[Any], what: str) -> None:
    counts = pd.Series(labels, dtype=object).value_counts()
    twice = counts.index[counts.to_numpy() > 1]
    if len(twice):
        names = ", ".join(map(str, twice[:5]))
        raise TrendError(f"Found {what} {names} more than once; expected each {what} once.")


def _complete(wide: pd.DataFrame) -> Panel:
    """Keep the units with a value in every year; say which were left out."""
    _check_once(wide.index.tolist(), "unit")
    _check_once(wide.columns.tolist(), "year")
    try:
        wide = wide.sort_index(axis=1).astype(float)
        years = wide.columns.to_numpy(float)
    except (TypeError, ValueError) as error:
        raise TrendError(f"Found values or years that are not numbers ({error}).") from None
    keep = np.isfinite(wide.to_numpy()).all(axis=1)
    if keep.sum() < 2:
        raise TrendError(
            f"Found {int(keep.sum())} units with a value in every year ({name_years(years)}); "
            "expected at least two. Shorten the period or fill the gaps from the source."
        )
    dropped = tuple(wide.index[~keep])
    notes: tuple[str, ...] = ()
    if dropped:
        notes = (_left_out(dropped, "a year is missing"),)
    if len(years) > 2 and not np.allclose(np.diff(years), np.diff(years)[0]):
        notes += ("The panel's years are not equally spaced.",)
    return Panel(tuple(wide.index[keep]), years, wide.to_numpy()[keep], dropped, notes)


def neighbour_weights(
    panel: Panel, neighbours: Neighbours | None = None, exclude: Sequence[Any] = ()
) -> tuple[Floats, tuple[str, ...]]:
    """Weights that average each unit's comparators, and warnings.

    Parameters
    ----------
    panel : Panel
    neighbours : mapping of unit to its neighbours, optional
        Without it every other unit is a comparator.
    exclude : sequence of units
        Never used as a comparator of another unit (for example the treated unit, whose change
        would otherwise leak into the placebos).

    Returns
    -------
    array (n, n), tuple of str
        Row i holds equal weights on unit i's comparators; a row of zeros where a unit has none.
        A neighbour listed twice counts once, with a warning.

    Raises
    ------
    TrendError
        ``exclude`` names a unit that the panel never held.
    """
    panel.check_known(exclude, "excluded units")
    barred = set(exclude)
    allowed = np.array([unit not in barred for unit in panel.units], dtype=float)
    n = len(panel.units)
    if neighbours is None:
        others = np.tile(allowed, (n, 1)) * (1 - np.eye(n))
        return others / np.maximum(others.sum(axis=1, keepdims=True), 1), ()
    position = {unit: i for i, unit in enumerate(panel.units)}
    weights = np.zeros((n, n))
    fewer, repeated = 0, []
    for i, unit in enumerate(panel.units):
        once = dict.fromkeys(neighbours.get(unit, ()))
        if len(once) < len(neighbours.get(unit, ())):
            repeated.append(str(unit))
        listed = [name for name in once if name != unit and name not in barred]
        chosen = [position[name] for name in listed if name in position]
        if len(chosen) < len(listed):
            fewer += 1
        if chosen:
            weights[i, chosen] = 1 / len(chosen)
    notes: tuple[str, ...] = ()
    if fewer:
        notes = (
            f"{fewer} units are compared with fewer neighbours than listed, because some "
            "neighbours have missing years.",
        )
    if repeated:
        names = ", ".join(repeated[:5]) + (" and others" if len(repeated) > 5 else "")
        notes += (f"Neighbours listed more than once were counted once, for {names}.",)
    return weights, notes


def _left_out(units: Sequence[Any], why: str) -> str:
    names = ", ".join(map(str, units[:10])) + (" and others" if len(units) > 10 else "")
    noun = "unit" if len(units) == 1 else "units"
    return f"{len(units)} {noun} left out because {why}: {names}."


def gap_to_neighbours(
    data: PanelLike | Panel, neighbours: Neighbours | None = None, exclude: Sequence[Any] = ()
) -> Panel:
    """Each unit's series minus the mean of its comparators.

    Parameters and comparators as in :func:`neighbour_weights`. Units without any comparator
    are left out with a warning.

    Raises
    ------
    TrendError
        When no unit has a comparator with complete data.
    """
    panel = read_panel(data)
    weights, notes = neighbour_weights(panel, neighbours, exclude)
    keep = weights.sum(axis=1) > 0
    if not keep.any():
        raise TrendError(
            "No unit has a neighbour with complete data; check that the neighbour list uses the "
            "same unit codes as the panel."
        )
    gaps = panel.values - weights @ panel.values
    lost = tuple(unit for unit, kept in zip(panel.units, keep, strict=True) if not kept)
    if lost:
        notes += (_left_out(lost, "all their neighbours are missing"),)
    units = tuple(unit for unit, kept in zip(panel.units, keep, strict=True) if kept)
    return Panel(units, panel.years, gaps[keep], panel.dropped + lost, panel.warnings + notes)
