"""Ridge-augmented synthetic control with conformal intervals.

A synthetic control on few earlier years either misses them or, with very many donors, fits their
noise. The augmentation (Ben-Michael, Feller & Rothstein 2021, *Journal of the American
Statistical Association* 116) takes off the misfit that a ridge regression predicts from it: the
weights move off the simplex just as far as the earlier years are worth. Intervals invert the
permutation test of Chernozhukov, Wüthrich & Zhu (2021, same journal), which refits under each
supposed effect and asks whether the later residuals stand out among all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from care_study.statistics.trends.checks import Floats, TrendError, check_level
from care_study.statistics.trends.panel import Panel, PanelLike
from care_study.statistics.trends.synthetic import prepare, simplex_least_squares

PENALTIES = 20


@dataclass(frozen=True)
class Augmented:
    """A ridge-augmented synthetic control.

    Attributes
    ----------
    estimate : float
        Mean difference after the event.
    p_value, lower, upper : float
        Conformal, of the mean effect after the event.
    unit_weights : Series
        Sum to 1; may be negative.
    penalty : float
        Ridge penalty; infinite is the synthetic control itself.
    years, treated, synthetic : array (t,)
        With ``intercept``, the synthetic series is shifted to agree on average before the event.
    rmspe_before, rmspe_before_plain : float
        Root mean squared misfit before the event, and that of the synthetic control.
    level : float
        Of the interval: as asked for, or the highest that so few years bear, with a warning.
    warnings : tuple of str
    """

    estimate: float
    p_value: float
    lower: float
    upper: float
    unit_weights: pd.Series
    penalty: float
    years: Floats
    treated: Floats
    synthetic: Floats
    rmspe_before: float
    rmspe_before_plain: float
    level: float
    warnings: tuple[str, ...]


def augmented_synthetic_control(
    data: PanelLike | Panel,
    treated: Any,
    first_after: float,
    *,
    controls: Sequence[Any] = (),
    intercept: bool = True,
    penalty: float | None = None,
    level: float = 0.95,
) -> Augmented:
    """Ridge-augmented synthetic control of one unit, with a conformal interval.

    Parameters
    ----------
    data, treated, first_after, controls
        As in :func:`~care_study.statistics.trends.synthetic.did`, for one treated unit. Take its
        neighbours as controls where earlier years are few.
    intercept : bool
        Compare changes, not levels: every series is centred on its mean before the event.
    penalty : float, optional
        Of the ridge; by default the largest whose leave-one-year-out error lies within a standard
        error of the smallest. ``numpy.inf`` gives the plain synthetic control.
    level : float

    Raises
    ------
    TrendError
        More than one treated unit, fewer than three years before, a negative penalty.
    """
    check_level(level)
    panel, blocks, labels, names = prepare(data, treated, first_after, controls)
    if len(labels) > 1:
        raise TrendError(f"Found {len(labels)} treated units; expected one.")
    before = blocks.before
    if before < 3 or (penalty is not None and not penalty >= 0):
        raise TrendError(
            f"Found {before} years before the event and a penalty of {penalty}; expected three "
            "or more, and a penalty of zero or more."
        )
    donors, own = blocks.controls, blocks.treated
    if penalty is None:
        penalty = _choose_penalty(donors[:, :before], own[:before], intercept=intercept)
    history = np.arange(len(own)) < before
    weights, shift = _fit(donors, own, history, penalty, intercept=intercept)
    plain, plain_shift = _fit(donors, own, history, np.inf, intercept=intercept)
    synthetic = shift + weights @ donors
    estimate = float((own - synthetic)[before:].mean())
    p_value = _conformal(donors, own, before, penalty, intercept=intercept)
    highest, notes = before / (before + 1), panel.warnings
    if level > highest + 1e-12:
        notes += (
            f"{before} years before the event bear a conformal interval of {highest:.1%} at most; "
            "that one is given.",
        )
        level = highest
    width = max(_rms(own - synthetic), float(np.std(np.diff(own))), 1e-9 * _rms(own))
    lower, upper = (_limit(p_value, estimate, side * width, 1 - level) for side in (-1, 1))
    return Augmented(
        estimate=estimate,
        p_value=p_value(0.0),
        lower=lower,
        upper=upper,
        unit_weights=pd.Series(weights, index=pd.Index(names, name="unit"), name="weight"),
        penalty=float(penalty),
        years=panel.years,
        treated=own,
        synthetic=synthetic,
        rmspe_before=_rms((own - synthetic)[:before]),
        rmspe_before_plain=_rms((own - plain_shift - plain @ donors)[:before]),
        level=level,
        warnings=notes,
    )


def _rms(values: Floats) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _conformal(
    donors: Floats, own: Floats, before: int, penalty: float, *, intercept: bool
) -> Callable[[float], float]:
    """P-value of every supposed mean effect."""
    x = np.column_stack([donors[:, :before], donors[:, before:].mean(axis=1)])
    y = np.append(own[:before], own[before:].mean())
    everything = np.ones(before + 1, dtype=bool)

    def p_value(effect: float) -> float:
        supposed = y.copy()
        supposed[-1] -= effect
        weights, shift = _fit(x, supposed, everything, penalty, intercept=intercept)
        residual = np.abs(supposed - shift - weights @ x)
        return float((residual >= residual[-1] * (1 - 1e-9)).mean())

    return p_value


def _fit(
    donors: Floats, own: Floats, fitted: np.ndarray, penalty: float, *, intercept: bool
) -> tuple[Floats, float]:
    """Weights and shift from the years marked as fitted."""
    x, y = donors[:, fitted], own[fitted]
    middle_x = x.mean(axis=1) if intercept else np.zeros(len(x))
    middle_y = float(y.mean()) if intercept else 0.0
    x, y = x - middle_x[:, None], y - middle_y
    noise = float(np.std(np.diff(x, axis=1))) if x.shape[1] > 1 else 0.0
    weights = simplex_least_squares(x.T, y, ridge=x.shape[1] * (1e-6 * noise) ** 2)
    if np.isfinite(penalty):
        # Donors about their mean: the augmentation adds nothing to the sum of the weights.
        centred = x - x.mean(axis=0)
        misfit = y - weights @ x
        gram = centred.T @ centred + penalty * np.eye(x.shape[1])
        weights = weights + centred @ np.linalg.lstsq(gram, misfit, rcond=None)[0]
    return weights, middle_y - float(weights @ middle_x)


def _choose_penalty(donors: Floats, own: Floats, *, intercept: bool) -> float:
    """Largest penalty within a standard error of the smallest leave-one-year-out error."""
    centred = donors - donors.mean(axis=0)
    largest = float(np.linalg.svd(centred, compute_uv=False)[0] ** 2)
    if largest == 0:
        return np.inf
    grid = largest * np.logspace(1, -7, PENALTIES)
    years = len(own)
    errors = np.empty((PENALTIES, years))
    for left_out in range(years):
        fitted = np.arange(years) != left_out
        for row, penalty in enumerate(grid):
            weights, shift = _fit(donors, own, fitted, penalty, intercept=intercept)
            errors[row, left_out] = (own - shift - weights @ donors)[left_out] ** 2
    mean = errors.mean(axis=1)
    best = int(mean.argmin())
    allowed = mean[best] + errors[best].std(ddof=1) / np.sqrt(years)
    return float(grid[np.flatnonzero(mean <= allowed)[0]])


def _limit(p_value: Callable[[float], float], estimate: float, step: float, alpha: float) -> float:
    """Seek the end of the effects that the test does not reject, outwards from the estimate."""
    inside = estimate
    for _ in range(60):
        if p_value(inside + step) <= alpha + 1e-12:
            break
        inside, step = inside + step, 2 * step
    outside = inside + step
    for _ in range(30):
        middle = (inside + outside) / 2
        if p_value(middle) > alpha + 1e-12:
            inside = middle
        else:
            outside = middle
    return inside
