"""Fixed-b critical values for t statistics with a Bartlett (Newey-West) long-run variance.

With a dozen yearly points the bandwidth is a large share ``b`` of the sample, and the usual
normal or t quantiles reject far too often. Kiefer & Vogelsang (2005, *Econometric Theory* 21,
1130-1164) derive the limit of the t statistic when ``b`` stays fixed:

    t*(b) = W(1) / sqrt( (2/b) [ int B(r)^2 dr - int_0^{1-b} B(r) B(r+b) dr ] ),

where ``W`` is a Wiener process and ``B(r) = W(r) - r W(1)``. Its quantiles are in
``fixed_b_quantiles.csv`` beside this module, made once by :func:`simulate_quantiles` with the
seed below (to remake it, run
``python -m care_study.statistics.trends.fixed_b > fixed_b_quantiles.csv``).

That limit is for stationary regressors. For trends and steps the limit depends on the design
(Bunzel & Vogelsang 2005), so :func:`design_t_distribution` simulates the statistic for the
design at hand with independent normal errors: exact at this sample size under independence.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib import resources

import numpy as np
import pandas as pd

from care_study.statistics.trends.checks import Floats, TrendError

SEED = 20050501
DRAWS = 200_000
STEPS = 1_000
SHARES = np.round(np.arange(0.02, 1.0001, 0.02), 2)
PROBABILITIES = np.array(
    [0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.975, 0.98, 0.985, 0.99, 0.995, 0.9975, 0.999, 0.9995]
)
TABLE = "fixed_b_quantiles.csv"


def default_lag(n: int) -> int:
    """Newey-West lag by the usual rule, ``floor(4 (n/100)^(2/9))`` and at least 1."""
    return max(1, int(4 * (n / 100) ** (2 / 9)))


def bandwidth_share(lag: int, n: int) -> float:
    """Share ``b = (lag + 1) / n`` of the sample that the Bartlett kernel spans."""
    if not 0 <= lag < n:
        raise TrendError(f"Found a lag of {lag} with {n} points; expected 0 to {n - 1}.")
    return (lag + 1) / n


def critical_value(b: float, level: float = 0.95) -> float:
    """Two-sided critical value of t*(b) for stationary regressors.

    Parameters
    ----------
    b : float
        Bandwidth share ``(lag + 1) / n``, above 0 and up to 1.
    level : float
        Confidence level, 0.2 to 0.999.

    Raises
    ------
    TrendError
        For ``b`` or ``level`` outside the table.
    """
    probability = 0.5 + level / 2
    if not PROBABILITIES[0] <= probability <= PROBABILITIES[-1]:
        raise TrendError(f"Found a confidence level of {level}; expected 0.2 to 0.999.")
    tail = np.log(1 - PROBABILITIES)[::-1]
    return float(np.interp(np.log(1 - probability), tail, _quantiles_at(b)[::-1]))


def p_value(statistic: float, b: float) -> float:
    """Two-sided p-value of t*(b), interpolated in the log of the tail probability.

    Values beyond the table are reported as its last entry, 0.001 (an upper bound).
    """
    quantiles = np.concatenate([[0.0], _quantiles_at(b)])
    tails = np.log(np.concatenate([[0.5], 1 - PROBABILITIES]))
    return float(2 * np.exp(np.interp(abs(statistic), quantiles, tails)))


def _quantiles_at(b: float) -> Floats:
    """Quantiles at one bandwidth share, linear between the stored shares."""
    if not 0 < b <= 1:
        raise TrendError(f"Found a bandwidth share of {b}; expected above 0 and up to 1.")
    shares, table = _stored_quantiles()
    return np.array([np.interp(b, shares, column) for column in table.T])


@lru_cache(maxsize=1)
def _stored_quantiles() -> tuple[Floats, Floats]:
    """Bandwidth shares (m,) and quantiles (m, p) from the stored table."""
    with resources.files("care_study.statistics.trends").joinpath(TABLE).open() as file:
        frame = pd.read_csv(file, index_col="b")
    return frame.index.to_numpy(float), frame.to_numpy(float)


def simulate_quantiles(
    shares: Floats = SHARES, draws: int = DRAWS, steps: int = STEPS, seed: int = SEED
) -> pd.DataFrame:
    """Quantiles of t*(b) by simulating Wiener processes as scaled normal random walks.

    Returns
    -------
    DataFrame
        Index ``b``; one column a probability in ``PROBABILITIES``.
    """
    generator = np.random.default_rng(seed)
    statistics = np.empty((draws, len(shares)))
    batch = 500
    for start in range(0, draws, batch):
        size = min(batch, draws - start)
        walk = np.cumsum(generator.standard_normal((size, steps)), axis=1) / np.sqrt(steps)
        end = walk[:, -1].copy()
        bridge = walk - end[:, None] * np.arange(1, steps + 1) / steps
        for column, b in enumerate(shares):
            variance = _bartlett_functional(bridge, b)
            statistics[start : start + size, column] = end / np.sqrt(variance)
    # The distribution is symmetric, so quantiles of |t| use every draw twice.
    quantiles = np.quantile(np.abs(statistics), 2 * PROBABILITIES - 1, axis=0).T
    return pd.DataFrame(quantiles.round(4), index=pd.Index(shares, name="b"), columns=PROBABILITIES)


def _bartlett_functional(bridge: Floats, b: float) -> Floats:
    """Limit of the long-run variance estimate for each simulated bridge (one a row)."""
    steps = bridge.shape[1]
    shift = round(b * steps)
    own = np.einsum("ij,ij->i", bridge, bridge)
    lagged = np.einsum("ij,ij->i", bridge[:, : steps - shift], bridge[:, shift:])
    return 2 / b * (own - lagged) / steps


def design_t_distribution(
    design: Floats, column: int, lag: int, draws: int = 20_000, seed: int = SEED
) -> Floats:
    """Simulate ``|t|`` of one coefficient under independent normal errors, sorted.

    Parameters
    ----------
    design : array (n, k)
        Regressors, with the intercept.
    column : int
        Which coefficient.
    lag : int
        Newey-West lag (Bartlett weights ``1 - j / (lag + 1)``, scaled by ``n / (n - k)``).
    draws, seed : int
        Size and seed of the simulation.

    Returns
    -------
    array (draws,)
        Sorted absolute t statistics; compare an observed one with their quantiles.
    """
    array = np.ascontiguousarray(design, dtype=float)
    return _design_t(array.tobytes(), array.shape, column, lag, draws, seed)


@lru_cache(maxsize=64)
def _design_t(
    content: bytes, shape: tuple[int, int], column: int, lag: int, draws: int, seed: int
) -> Floats:
    design = np.frombuffer(content).reshape(shape)
    n, k = shape
    errors = np.random.default_rng(seed).standard_normal((draws, n))
    weights = np.linalg.pinv(design)[column]
    residuals = errors - errors @ np.linalg.pinv(design).T @ design.T
    scores = residuals * weights
    variance = np.einsum("ij,ij->i", scores, scores)
    for j in range(1, lag + 1):
        cross = np.einsum("ij,ij->i", scores[:, j:], scores[:, :-j])
        variance += 2 * (1 - j / (lag + 1)) * cross
    statistic = np.abs(errors @ weights) / np.sqrt(variance * n / (n - k))
    return np.sort(statistic)


if __name__ == "__main__":
    simulate_quantiles().to_csv(sys.stdout, lineterminator="\n")
