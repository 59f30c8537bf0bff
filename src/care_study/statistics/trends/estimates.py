"""What an estimated coefficient looks like wherever the trend functions report one."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy import stats

from care_study.statistics.trends.checks import check_level


@dataclass(frozen=True)
class Estimate:
    """One coefficient with its uncertainty.

    Attributes
    ----------
    name : str
        Which coefficient.
    estimate, se : float
        On the scale of the model: log rate ratios for the log models.
    statistic, df : float
        ``estimate / se`` and the degrees of freedom of its t reference distribution.
    p_value, lower, upper : float
        Two-sided p-value and confidence limits.
    method : str
        How the standard error and its reference distribution were obtained.
    """

    name: str
    estimate: float
    se: float
    statistic: float
    df: float
    p_value: float
    lower: float
    upper: float
    method: str

    def ratio(self) -> tuple[float, float, float]:
        """Estimate and limits as a rate ratio (for models on the log scale)."""
        ratios = np.exp([self.estimate, self.lower, self.upper])
        return float(ratios[0]), float(ratios[1]), float(ratios[2])


def t_estimate(
    name: str, estimate: float, se: float, df: float, level: float, method: str
) -> Estimate:
    """Estimate with a t reference distribution on ``df`` degrees of freedom."""
    check_level(level)
    statistic = estimate / se
    margin = stats.t.ppf(0.5 + level / 2, df) * se
    return Estimate(
        name=name,
        estimate=float(estimate),
        se=float(se),
        statistic=float(statistic),
        df=float(df),
        p_value=float(2 * stats.t.sf(abs(statistic), df)),
        lower=float(estimate - margin),
        upper=float(estimate + margin),
        method=method,
    )


def estimates_frame(estimates: tuple[Estimate, ...]) -> pd.DataFrame:
    """Estimates as a table, one row each."""
    return pd.DataFrame([asdict(estimate) for estimate in estimates])
