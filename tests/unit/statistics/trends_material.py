"""What the tests of the trend functions share: complete messages, and a yearly series."""

import re
from contextlib import AbstractContextManager

import numpy as np
import pytest

from care_study.statistics.trends import TrendError

YEARS = np.arange(2013, 2026)
# Two of thirteen years stand out, so that no statistic below is zero or one by accident.
SERIES = np.array([52.0, 55, 51, 58, 60, 57, 66, 71, 64, 75, 70, 79, 74])


def refused(message: str) -> AbstractContextManager:
    """Expect a TrendError that says exactly this."""
    return pytest.raises(TrendError, match=f"^{re.escape(message)}$")


def least_squares(y, x):
    """Coefficients, standard errors and residuals from the normal equations."""
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    residuals = y - x @ beta
    scale = residuals @ residuals / (len(y) - x.shape[1])
    return beta, np.sqrt(scale * np.diag(inverse)), residuals


def cooks_by_formula(residuals, leverage, variance, parameters):
    """Cook's distance: squared residual over variance, weighted by the leverage."""
    return residuals**2 / (parameters * variance) * leverage / (1 - leverage) ** 2
