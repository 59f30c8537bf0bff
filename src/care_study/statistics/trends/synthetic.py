"""Difference-in-differences, synthetic control and synthetic difference-in-differences.

One block of treated units, treated from one year on. Weights are exact solutions of the
published quadratic programmes (Abadie, Diamond & Hainmueller 2010; Arkhangelsky, Athey,
Hirshberg, Imbens & Wager 2021, *American Economic Review* 111, algorithm 1), found by
non-negative least squares instead of Frank-Wolfe steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from care_study.statistics.trends.checks import Floats, TrendError
from care_study.statistics.trends.panel import Panel, PanelLike, read_panel


@dataclass(frozen=True)
class SyntheticResult:
    """An estimate for treated units against a weighted comparison.

    Attributes
    ----------
    method : str
        ``did``, ``sc`` or ``sdid``.
    estimate : float
        Mean difference after the event, in the unit of the outcome.
    treated, controls : tuple
        Unit labels.
    unit_weights : Series
        Weight of each control; sums to 1.
    time_weights : Series
        Weight of each year before (equal for ``did``; zero for ``sc``, which compares levels).
    years, treated_mean, synthetic : array (t,)
        Mean of the treated units and of the weighted controls. For ``did`` and ``sdid`` the
        controls are shifted by the intercept so that both agree before the event.
    rmspe_before : float
        Root mean squared difference before the event; large means a poor match.
    warnings : tuple of str
    """

    method: str
    estimate: float
    treated: tuple[Any, ...]
    controls: tuple[Any, ...]
    unit_weights: pd.Series
    time_weights: pd.Series
    years: Floats
    treated_mean: Floats
    synthetic: Floats
    rmspe_before: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Blocks:
    """A panel cut into controls and the treated mean, before and after."""

    controls: Floats
    treated: Floats
    before: int
    n_treated: int


def did(
    data: PanelLike | Panel, treated: Any, first_after: float, *, controls: Sequence[Any] = ()
) -> SyntheticResult:
    """Plain two-by-two difference-in-differences of period means.

    Parameters
    ----------
    data : long or wide frame, array (units, years) or Panel
        See :mod:`care_study.statistics.trends.panel`. For an array the labels are row and column
        numbers.
    treated : label, sequence of labels, or mask of the rows
        Treated unit or units.
    first_after : float
        First treated year (a column number for an array).
    controls : sequence of labels, optional
        Units to compare with; by default all others.

    Raises
    ------
    TrendError
        Unknown units, no controls, or an event outside the panel.
    """
    panel, blocks, labels, names = prepare(data, treated, first_after, controls)
    n, before = len(names), blocks.before
    omega, lam = np.full(n, 1 / n), np.full(before, 1 / before)
    return _result("did", panel, blocks, labels, names, omega, lam)


def synthetic_control(
    data: PanelLike | Panel,
    treated: Any,
    first_after: float,
    *,
    controls: Sequence[Any] = (),
    zeta: float | None = None,
) -> SyntheticResult:
    """Synthetic control on the outcome before the event, weights on the simplex.

    Parameters
    ----------
    data, treated, first_after, controls
        As in :func:`did`.
    zeta : float, optional
        Ridge on the weights; by default 1e-6 times the noise level, which only makes the
        solution unique.
    """
    panel, blocks, labels, names = prepare(data, treated, first_after, controls)
    ridge = 1e-6 * _noise(blocks) if zeta is None else zeta
    omega = _sc_weights(blocks, ridge)
    return _result("sc", panel, blocks, labels, names, omega, np.zeros(blocks.before))


def sdid(
    data: PanelLike | Panel, treated: Any, first_after: float, *, controls: Sequence[Any] = ()
) -> SyntheticResult:
    """Synthetic difference-in-differences (Arkhangelsky et al. 2021).

    Unit weights with an intercept and the ridge ``zeta = (N_tr T_post)^(1/4) sigma``, where
    sigma is the standard deviation of the controls' first differences before the event; time
    weights with an intercept. Parameters as in :func:`did`; needs two years before the event.
    """
    panel, blocks, labels, names = prepare(data, treated, first_after, controls)
    if blocks.before < 2:
        raise TrendError(
            f"Found {blocks.before} year before the event; synthetic difference-in-differences "
            "needs at least two."
        )
    omega, lam = _sdid_weights(blocks)
    return _result("sdid", panel, blocks, labels, names, omega, lam)


def simplex_least_squares(
    matrix: Floats, target: Floats, *, ridge: float = 0.0, intercept: bool = False
) -> Floats:
    """Weights w >= 0 with sum 1 that minimise ``|matrix w (+ c) - target|^2 + ridge |w|^2``.

    Since the weights sum to one, the objective is ``|C w|^2`` with
    ``C = [matrix - target 1'; sqrt(ridge) I]``: the point of a convex hull nearest the origin.
    Appending a row of ones and solving non-negative least squares for ``(0, ..., 0, 1)`` gives
    that point exactly, up to scale.

    Raises
    ------
    TrendError
        For shapes that do not fit, no column or no row, missing values, or a negative ridge.
    """
    matrix, target = np.asarray(matrix, dtype=float), np.asarray(target, dtype=float)
    # An empty system makes the compiled solver end the whole process.
    if matrix.ndim != 2 or 0 in matrix.shape or target.shape != matrix.shape[:1]:
        raise TrendError(
            f"Found a matrix of shape {matrix.shape} and a target of shape {target.shape}; "
            "expected (rows, columns) with at least one of each, and one target a row."
        )
    if not (np.isfinite(matrix).all() and np.isfinite(target).all() and ridge >= 0):
        raise TrendError("Found missing values or a negative ridge; expected finite numbers.")
    if intercept:
        matrix, target = matrix - matrix.mean(axis=0), target - target.mean()
    shifted = matrix - target[:, None]
    n = matrix.shape[1]
    stacked = np.vstack([shifted, np.sqrt(ridge) * np.eye(n)]) if ridge > 0 else shifted
    scale = float(np.sqrt(np.mean(stacked**2) * len(stacked)))
    if scale == 0:
        return np.full(n, 1 / n)
    system = np.vstack([stacked / scale, np.ones(n)])
    solution, _ = nnls(system, np.append(np.zeros(len(stacked)), 1.0), maxiter=50 * n)
    weights: Floats = solution / solution.sum()
    return weights


def prepare(
    data: PanelLike | Panel, treated: Any, first_after: float, controls: Sequence[Any]
) -> tuple[Panel, _Blocks, tuple[Any, ...], tuple[Any, ...]]:
    """Check units and cut the panel into controls and the treated mean."""
    panel = read_panel(data)
    labels = _treated_labels(panel, treated)
    rows = [panel.row(label) for label in labels]
    before = panel.columns_before(first_after)
    panel.check_known(controls, "controls")
    wanted = list(dict.fromkeys(controls)) or [unit for unit in panel.units if unit not in labels]
    names = tuple(unit for unit in wanted if unit in panel.units and unit not in labels)
    if not names:
        raise TrendError("No control unit has a value in every year; expected at least one.")
    blocks = _Blocks(
        controls=panel.values[[panel.row(unit) for unit in names]],
        treated=panel.values[rows].mean(axis=0),
        before=before,
        n_treated=len(rows),
    )
    return panel, blocks, labels, names


def _treated_labels(panel: Panel, treated: Any) -> tuple[Any, ...]:
    """Labels of the treated units from a label, a sequence of labels or a mask of the rows."""
    if not isinstance(treated, list | tuple | np.ndarray | pd.Index | pd.Series):
        return (treated,)
    values = list(treated)
    is_mask = bool(values) and all(isinstance(value, bool | np.bool_) for value in values)
    if not is_mask:
        labels = tuple(values)
    elif len(values) == len(panel.units):
        labels = tuple(unit for unit, chosen in zip(panel.units, values, strict=True) if chosen)
    else:
        raise TrendError(f"Found a mask of {len(values)} for {len(panel.units)} complete units.")
    if not labels:
        raise TrendError("No treated unit is named; expected at least one.")
    return labels


def _noise(blocks: _Blocks) -> float:
    """Compute the standard deviation of the controls' first differences before the event."""
    changes = np.diff(blocks.controls[:, : blocks.before], axis=1)
    if changes.size < 2:
        return 0.0
    return float(np.std(changes, ddof=1))


def _sc_weights(blocks: _Blocks, zeta: float) -> Floats:
    history = blocks.controls[:, : blocks.before].T
    return simplex_least_squares(
        history, blocks.treated[: blocks.before], ridge=blocks.before * zeta**2
    )


def _sdid_weights(blocks: _Blocks) -> tuple[Floats, Floats]:
    """Solve for unit and time weights with the regularisation of the paper."""
    before, noise = blocks.before, _noise(blocks)
    after = blocks.controls.shape[1] - before
    history, later = blocks.controls[:, :before], blocks.controls[:, before:].mean(axis=1)
    zeta = (blocks.n_treated * after) ** 0.25 * noise
    omega = simplex_least_squares(
        history.T, blocks.treated[:before], ridge=before * zeta**2, intercept=True
    )
    small = len(history) * (1e-6 * noise) ** 2
    lam = simplex_least_squares(history, later, ridge=small, intercept=True)
    return omega, lam


def _estimate(blocks: _Blocks, omega: Floats, lam: Floats) -> float:
    """Weighted double difference; time weights of zero leave a difference of levels."""
    gap = blocks.treated - omega @ blocks.controls
    return float(gap[blocks.before :].mean() - lam @ gap[: blocks.before])


def _result(
    method: str,
    panel: Panel,
    blocks: _Blocks,
    labels: tuple[Any, ...],
    names: tuple[Any, ...],
    omega: Floats,
    lam: Floats,
) -> SyntheticResult:
    before = blocks.before
    synthetic = omega @ blocks.controls
    gap = blocks.treated - synthetic
    synthetic = synthetic + lam @ gap[:before]
    remaining = blocks.treated[:before] - synthetic[:before]
    notes = panel.warnings
    if method == "sc" and omega.max() > 0.999:
        notes += ("One control carries all the weight: the match rests on a single unit.",)
    return SyntheticResult(
        method=method,
        estimate=_estimate(blocks, omega, lam),
        treated=labels,
        controls=names,
        unit_weights=pd.Series(omega, index=pd.Index(names, name="unit"), name="weight"),
        time_weights=pd.Series(
            lam, index=pd.Index(panel.years[:before], name="year"), name="weight"
        ),
        years=panel.years,
        treated_mean=blocks.treated,
        synthetic=synthetic,
        rmspe_before=float(np.sqrt(np.mean(remaining**2))),
        warnings=notes,
    )


def estimate_each(panel: Panel, first_after: float, method: str, exclude: Sequence[Any]) -> Floats:
    """Estimate with each unit in turn as the treated one.

    Parameters
    ----------
    panel : Panel
    first_after : float
    method : {"did", "sc", "sdid"}
    exclude : sequence of units
        Never used as a control (the unit that was treated).

    Returns
    -------
    array (n,)
        In the order of ``panel.units``.
    """
    before = panel.columns_before(first_after)
    donor = np.array([unit not in set(exclude) for unit in panel.units])
    estimates = np.empty(len(panel.units))
    for i in range(len(panel.units)):
        rows = donor.copy()
        rows[i] = False
        if not rows.any():
            raise TrendError("No control unit is left; expected at least one.")
        blocks = _Blocks(panel.values[rows], panel.values[i], before, 1)
        n = int(rows.sum())
        if method == "did":
            omega, lam = np.full(n, 1 / n), np.full(before, 1 / before)
        elif method == "sc":
            omega, lam = _sc_weights(blocks, 1e-6 * _noise(blocks)), np.zeros(before)
        elif method == "sdid":
            omega, lam = _sdid_weights(blocks)
        else:
            raise TrendError(f"Found method {method!r}; expected did, sc or sdid.")
        estimates[i] = _estimate(blocks, omega, lam)
    return estimates


def placebo_standard_error(
    data: PanelLike | Panel, treated: Any, first_after: float, method: str = "sdid"
) -> float:
    """Compute the deviation of the estimate over every control unit in turn as the treated one.

    For one treated unit this is the placebo variance of Arkhangelsky et al. (2021, algorithm 4)
    with every control used once instead of random draws; the truly treated unit takes no part.
    """
    panel, _, labels, _ = prepare(data, treated, first_after, ())
    if len(labels) > 1:
        raise TrendError(
            f"Found {len(labels)} treated units; the exhaustive placebo error is for one. "
            "Use placebo_inference on the mean of the treated units."
        )
    rows = [i for i, unit in enumerate(panel.units) if unit not in labels]
    others = Panel(tuple(panel.units[i] for i in rows), panel.years, panel.values[rows])
    estimates = estimate_each(others, first_after, method, ())
    return float(np.std(estimates, ddof=1))


def rmspe_ratios(data: PanelLike | Panel, treated: Any, first_after: float) -> pd.DataFrame:
    """Compare the synthetic-control misfit after the event with the one before, for every unit.

    The test statistic of Abadie, Diamond & Hainmueller (2010): every unit in turn gets a
    synthetic control made of all other units but the treated one, and the ratio of its mean
    squared prediction errors after and before the event is ranked.

    Returns
    -------
    DataFrame
        Index unit, sorted by ``ratio`` from the largest: ``mspe_before, mspe_after, ratio, rank,
        p_value``. ``rank`` is the number of units whose ratio is at least as large, so tied units
        share the lower place, and ``p_value`` is that over the number of units. A unit that its
        donors match exactly has an infinite ratio (``matched_exactly``), which says that there
        are too many donors for so few years, not that much has changed.

    Raises
    ------
    TrendError
        As in :func:`did`.
    """
    panel = read_panel(data)
    panel.row(treated)
    rows = []
    for unit in panel.units:
        others = [name for name in panel.units if name not in (unit, treated)]
        fit = synthetic_control(panel, unit, first_after, controls=others)
        gap = fit.treated_mean - fit.synthetic
        before = panel.years < first_after
        rows.append((unit, np.mean(gap[before] ** 2), np.mean(gap[~before] ** 2)))
    table = pd.DataFrame(rows, columns=["unit", "mspe_before", "mspe_after"]).set_index("unit")
    nothing = 1e-9 * max(1e-300, float(np.var(panel.values)))
    table["matched_exactly"] = table["mspe_before"] <= nothing
    table["ratio"] = np.where(
        table["matched_exactly"], np.inf, table["mspe_after"] / table["mspe_before"]
    )
    table["rank"] = table["ratio"].rank(ascending=False, method="max").astype(int)
    table["p_value"] = table["rank"] / len(table)
    return table.sort_values("ratio", ascending=False)
