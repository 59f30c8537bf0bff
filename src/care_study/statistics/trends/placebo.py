"""Placebo inference: the same estimator applied to every other authority.

With one treated authority and a dozen years, the honest reference distribution is what the
estimator finds where nothing is known to have happened (Abadie, Diamond & Hainmueller 2010;
Fisher's rank argument). The p-value says how unusual the treated authority's estimate is among
all of them; it is exact only if the treated authority could as well have been any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from care_study.statistics.trends.checks import Floats, TrendError, as_floats, check_level
from care_study.statistics.trends.panel import (
    Neighbours,
    Panel,
    PanelLike,
    gap_to_neighbours,
    read_panel,
)
from care_study.statistics.trends.segmented import segmented_design
from care_study.statistics.trends.synthetic import estimate_each

Estimator = Callable[[Panel, float], ArrayLike]
METHODS = (
    "level_change",
    "slope_change",
    "gap_level_change",
    "gap_slope_change",
    "gap_did",
    "sc",
    "sdid",
)


@dataclass(frozen=True)
class PlaceboResult:
    """Estimates for one authority against the same estimates for every other.

    Attributes
    ----------
    treated : label
    first_after : float
    summary : DataFrame
        One row a method: ``estimate, p_value, rank, placebos, lower, upper,
        smallest_possible_p``. Rank 1 is the largest in absolute size; the interval inverts the
        rank test for a constant shift.
    placebos : DataFrame
        One row a unit (with the treated one), one column a method.
    level : float
        Confidence level of the interval.
    warnings : tuple of str
    """

    treated: Any
    first_after: float
    summary: pd.DataFrame
    placebos: pd.DataFrame
    level: float
    warnings: tuple[str, ...]


def rank_p_value(estimate: float, placebos: ArrayLike) -> float:
    """Two-sided rank p-value ``(1 + number of placebos at least as large) / (1 + N)``.

    Raises
    ------
    TrendError
        Without placebos, or with missing values among them.
    """
    sizes = _placebo_sizes(estimate, placebos)
    return float((1 + (sizes >= abs(estimate)).sum()) / (1 + len(sizes)))


def placebo_interval(
    estimate: float, placebos: ArrayLike, level: float = 0.95
) -> tuple[float, float]:
    """Interval of all constant shifts that the rank test does not reject.

    Subtracting a shift from the treated series shifts its estimate by as much and leaves the
    placebos alone, so the interval is the estimate plus and minus the m-th largest placebo,
    ``m = floor((1 - level)(1 + N))``. With too few placebos for the level it is unbounded
    (minus and plus infinity).
    """
    check_level(level)
    sizes = np.sort(_placebo_sizes(estimate, placebos))[::-1]
    # Guard the floor against (1 - 0.95) * 20 = 0.99999...
    m = int(np.floor((1 - level) * (1 + len(sizes)) + 1e-9))
    margin = np.inf if m == 0 else float(sizes[m - 1])
    return estimate - margin, estimate + margin


def _placebo_sizes(estimate: float, placebos: ArrayLike) -> Floats:
    values = as_floats(placebos, "placebo estimates")
    if len(values) == 0 or not np.isfinite(values).all() or not np.isfinite(estimate):
        raise TrendError(
            f"Found {len(values)} placebo estimates, {int((~np.isfinite(values)).sum())} of them "
            "missing or infinite; expected at least one and all finite."
        )
    return np.abs(values)


def estimate_all(
    data: PanelLike | Panel,
    first_after: float,
    *,
    methods: Sequence[str] | Mapping[str, Estimator] = METHODS,
    neighbours: Neighbours | None = None,
    exclude: Sequence[Any] = (),
) -> pd.DataFrame:
    """Every estimator for every unit, each unit in turn as the treated one.

    Parameters
    ----------
    data : long or wide frame, array or Panel
    first_after : float
        First year after the event.
    methods : sequence of names from ``METHODS``, or mapping of name to function
        A function receives the panel and ``first_after`` and returns one estimate a unit.
    neighbours : mapping of unit to its neighbours, optional
        For the ``gap_`` methods; by default all other units.
    exclude : sequence of units
        Never used as a comparator of other units.

    Returns
    -------
    DataFrame
        Index unit, one column a method. Level and slope changes are least-squares segmented
        regression; ``gap_did`` is the change of the mean gap.
    """
    panel = read_panel(data)
    panel.columns_before(first_after)
    panel.check_known(exclude, "excluded units")
    if isinstance(methods, str) or not len(methods):
        raise TrendError(f"Found methods={methods!r}; expected a list of one or more methods.")
    gaps: Panel | None = None
    columns = {}
    for name in methods:
        if isinstance(methods, Mapping):
            columns[name] = _custom(methods[name], panel, first_after, name)
            continue
        if name not in METHODS:
            raise TrendError(f"Found method {name!r}; expected one of {', '.join(METHODS)}.")
        if name in ("sc", "sdid"):
            values = estimate_each(panel, first_after, name, exclude)
            columns[name] = pd.Series(values, index=list(panel.units))
        elif name.startswith("gap_"):
            gaps = gaps or gap_to_neighbours(panel, neighbours, exclude)
            columns[name] = _changes(gaps, first_after, name.removeprefix("gap_"))
        else:
            columns[name] = _changes(panel, first_after, name)
    frame = pd.DataFrame(columns).reindex(list(panel.units))
    return frame.rename_axis("unit")


def _custom(function: Estimator, panel: Panel, first_after: float, name: str) -> pd.Series:
    values = as_floats(function(panel, first_after), name)
    if len(values) != len(panel.units):
        raise TrendError(
            f"Estimator {name!r} returned {len(values)} values for {len(panel.units)} units."
        )
    return pd.Series(values, index=list(panel.units))


def _changes(panel: Panel, first_after: float, name: str) -> pd.Series:
    """Segmented coefficients or the change of means, for all rows at once."""
    before = panel.columns_before(first_after)
    if name == "did":
        values = panel.values[:, before:].mean(axis=1) - panel.values[:, :before].mean(axis=1)
    else:
        design = segmented_design(panel.years, first_after, "level_and_slope")
        if min(before, len(panel.years) - before) < 2:
            raise TrendError(
                f"Found {before} years before the event and {len(panel.years) - before} from it "
                "on; level and slope changes need two on each side."
            )
        column = 2 if name == "level_change" else 3
        values = panel.values @ np.linalg.pinv(design)[column]
    return pd.Series(values, index=list(panel.units))


def residual_scale(panel: Panel, first_after: float) -> pd.Series:
    """Residual standard deviation of each unit around its own segmented fit."""
    design = segmented_design(panel.years, first_after, "level_and_slope")
    if len(panel.years) <= design.shape[1]:
        raise TrendError(
            f"Found {len(panel.years)} years; standardising needs more than {design.shape[1]}."
        )
    residuals = panel.values - panel.values @ np.linalg.pinv(design).T @ design.T
    scale = np.sqrt((residuals**2).sum(axis=1) / (len(panel.years) - design.shape[1]))
    straight = scale <= 1e-12 * max(1.0, float(np.abs(panel.values).max()))
    if straight.any():
        names = ", ".join(str(panel.units[i]) for i in np.flatnonzero(straight)[:5])
        raise TrendError(f"A constant or straight series cannot be standardised: {names}.")
    return pd.Series(scale, index=list(panel.units))


def own_scale(
    panel: Panel,
    first_after: float,
    method: str,
    neighbours: Neighbours | None = None,
    exclude: Sequence[Any] = (),
) -> pd.Series:
    """Residual deviation of the series that a method looks at.

    The unit's own series for ``level_change`` and ``slope_change``; for every other method, which
    compares, the unit's gap to its neighbours. As :func:`residual_scale`, indexed by unit.
    """
    if method in ("level_change", "slope_change"):
        return residual_scale(panel, first_after)
    return residual_scale(gap_to_neighbours(panel, neighbours, exclude), first_after)


def placebo_inference(
    data: PanelLike | Panel,
    treated: Any,
    first_after: float,
    *,
    methods: Sequence[str] | Mapping[str, Estimator] = METHODS,
    neighbours: Neighbours | None = None,
    exclude: Sequence[Any] = (),
    standardise: bool = False,
    level: float = 0.95,
) -> PlaceboResult:
    """Rank one authority's estimates among those of every other authority.

    Parameters
    ----------
    data : long or wide frame, array or Panel
        Use ``read_panel(data, log=True)`` for log rates.
    treated : label
        The authority of interest. It is never a comparator in the placebos.
    first_after, methods, neighbours
        As in :func:`estimate_all`.
    exclude : sequence of units
        Left out altogether (for example authorities with a similar programme).
    standardise : bool
        Divide each estimate by the residual standard deviation of the series it comes from (see
        :func:`own_scale`) before ranking, so that small, volatile authorities do not set the
        yardstick for large ones.
    level : float
        Confidence level of the interval.

    Raises
    ------
    TrendError
        The treated unit is missing or incomplete, has no neighbours with data, or the event
        lies outside the panel.
    """
    panel = read_panel(data)
    panel.row(treated)
    panel.check_known(exclude, "excluded units")
    panel = without(panel, [unit for unit in exclude if unit != treated])
    table = estimate_all(
        panel, first_after, methods=methods, neighbours=neighbours, exclude=(treated,)
    )
    lost = [name for name in table.columns if np.isnan(table.loc[treated, name])]
    if lost:
        raise TrendError(
            f"All neighbours of {treated!r} are missing from the panel, so {', '.join(lost)} "
            "cannot be estimated. Check the neighbour list or choose another comparator."
        )
    scales = {name: pd.Series(1.0, index=list(panel.units)) for name in table}
    if standardise:
        scales = {
            name: own_scale(panel, first_after, str(name), neighbours, (treated,)) for name in table
        }
    rows = [
        _summary_row(table[name].dropna(), str(name), treated, scales[name], level)
        for name in table
    ]
    notes = panel.warnings + _placebo_warnings(rows, level)
    if neighbours is not None:
        notes += gap_to_neighbours(panel, neighbours, (treated,)).warnings[len(panel.warnings) :]
    return PlaceboResult(
        treated=treated,
        first_after=float(first_after),
        summary=pd.DataFrame(rows).set_index("method"),
        placebos=table,
        level=level,
        warnings=notes,
    )


def without(panel: Panel, exclude: Sequence[Any]) -> Panel:
    """Panel without some units."""
    keep = [i for i, unit in enumerate(panel.units) if unit not in set(exclude)]
    units = tuple(panel.units[i] for i in keep)
    return Panel(units, panel.years, panel.values[keep], panel.dropped, panel.warnings)


def _summary_row(
    estimates: pd.Series, name: str, treated: Any, scale: pd.Series, level: float
) -> dict[str, object]:
    own = float(scale[treated])
    ratios = estimates / scale[estimates.index]
    others = ratios.drop(treated).to_numpy()
    lower, upper = placebo_interval(float(ratios[treated]), others, level)
    p = rank_p_value(float(ratios[treated]), others)
    return {
        "method": name,
        "estimate": float(estimates[treated]),
        "p_value": p,
        "rank": round(p * (1 + len(others))),
        "placebos": len(others),
        "lower": lower * own,
        "upper": upper * own,
        "smallest_possible_p": 1 / (1 + len(others)),
    }


def _placebo_warnings(rows: list[dict[str, object]], level: float) -> tuple[str, ...]:
    if any(np.isinf(float(str(row["lower"]))) for row in rows):
        fewest = min(int(str(row["placebos"])) for row in rows)
        return (
            f"With {fewest} placebos no {level:.0%} interval is bounded; at least "
            f"{int(np.ceil(1 / (1 - level) - 1e-9)) - 1} are needed.",
        )
    return ()
