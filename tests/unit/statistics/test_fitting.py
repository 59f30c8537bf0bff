"""Likelihoods in plain arithmetic: as high as a library's, and the same from every processor."""

import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from care_study.statistics.forecasts import MODELS, fitting, forecast


def series(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(7, 16))
    y = 4 + rng.normal(0, 0.05, n).cumsum() + rng.choice([0, 0.03]) * np.arange(n)
    return y + rng.choice([0, 0.05]) * rng.normal(0, 1, n)


@pytest.mark.parametrize("seed", range(12))
def test_the_likelihood_is_no_lower_than_that_of_a_library(seed):
    y = series(seed)
    y = (y - y[-1]) / np.std(np.diff(y))
    for name, fit in (
        ("local level", fitting.local_level),
        ("local linear trend", fitting.local_linear_trend),
    ):
        found = fit(y.tolist())
        shares = (found.irregular, found.level_variance, found.slope_variance)
        assert sum(shares) == pytest.approx(1) and min(shares) >= 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = sm.tsa.UnobservedComponents(y, name)
            best = model.fit(disp=0, maxiter=200, cov_type="none")
            ours = np.array(shares[: len(model.param_names)]) * found.scale
            same = model.smooth(ours).get_forecast(3)
        assert model.loglike(ours) >= best.llf - 1e-4
        # With these variances the library's own filter gives the same forecast.
        mean, variance = np.array(list(found.ahead(3))).T
        assert mean == pytest.approx(same.predicted_mean, abs=1e-3)
        assert np.sqrt(variance) == pytest.approx(same.se_mean, rel=1e-3)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("trend", [False, True])
def test_the_squares_are_no_larger_than_those_of_a_library(seed, trend):
    y = series(seed)
    found = fitting.smoothing(y.tolist(), trend=trend)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ETSModel(
            y, error="add", trend="add" if trend else None, initialization_method="estimated"
        )
        best = model.fit(disp=0, maxiter=1000)
    # Its limit for beta is a little lower than that of R's `forecast`, which is kept here.
    assert found.squares <= best.sse * (1.002 if trend else 1 + 1e-9)
    assert np.sum((y - predicted(y, *found_of(found))) ** 2) == pytest.approx(found.squares)
    assert fitting.LEAST <= found.alpha <= 1 - fitting.LEAST
    assert found.beta <= found.alpha


def found_of(found):
    return found.alpha, found.beta, found.first_level, found.first_trend


def predicted(y, alpha, beta, level, trend):
    """The forecasts one step ahead, by the recursion as it stands in textbooks."""
    out = []
    for value in y:
        out.append(level + trend)
        error = value - out[-1]
        level, trend = out[-1] + alpha * error, trend + beta * error
    return np.array(out)


def test_the_best_of_two_valleys_is_found():
    def two(point):
        return min((point[0] - 0.1) ** 2 + 0.01, 4 * (point[0] - 0.83) ** 2)

    assert fitting.lowest(two, 1)[0] == pytest.approx(0.83, abs=1e-6)
    assert fitting.lowest(lambda at: -at[0] - at[1], 2) == (1, 1)
    assert fitting.lowest(lambda at: (at[0] - at[1]) ** 2 + (at[0] - 0.37) ** 2, 2) == (
        pytest.approx((0.37, 0.37), abs=1e-6)
    )


@pytest.mark.parametrize("model", MODELS)
def test_the_last_digit_of_a_series_changes_nothing(model):
    """What differs between processors is the last digit; a logarithm's is rounded away."""
    for seed in range(8):
        y = np.exp(series(seed))
        one = forecast(y, model=model).table
        nudged = np.nextafter(y, np.where(np.arange(len(y)) % 2, np.inf, -np.inf))
        other = forecast(nudged, model=model).table
        assert one.equals(other)
