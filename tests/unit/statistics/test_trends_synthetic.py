"""Difference-in-differences, synthetic control and SDID: known truth, optimality, bad input."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from care_study.statistics import trends
from care_study.statistics.trends import TrendError


def factor_panel(rng, units=40, years=16, before=9, effect=10.0, noise=0.5):
    loadings = rng.uniform(0, 2, (units, 2))
    factors = np.vstack([np.linspace(20, 50, years), rng.normal(0, 4, years).cumsum()])
    values = loadings @ factors + rng.normal(0, noise, (units, years))
    values[0] = values[1:4].mean(axis=0) + rng.normal(0, noise, years)
    values[0, before:] += effect
    return values


def test_plain_did_is_the_double_difference_of_means():
    y = np.array([[1.0, 2, 9, 10], [0, 0, 1, 1], [2, 2, 3, 3]])
    assert trends.did(y, 0, 2).estimate == pytest.approx((9.5 - 1.5) - 1)
    assert trends.did(y, 0, 2, controls=[1]).controls == (1,)
    assert trends.did(y, [0, 1], 2).estimate == pytest.approx((5.25 - 0.75) - 1)
    mask = np.array([True, True, False])
    assert trends.did(y, mask, 2).estimate == trends.did(y, [0, 1], 2).estimate


@pytest.mark.parametrize("method", [trends.synthetic_control, trends.sdid])
def test_recovers_an_effect_in_a_factor_model_where_did_is_biased(method):
    rng = np.random.default_rng(1)
    draws = [factor_panel(rng) for _ in range(30)]
    estimates = [method(y, 0, 9).estimate for y in draws]
    assert np.mean(estimates) == pytest.approx(10, abs=0.6)


def test_weights_are_a_simplex_and_a_copy_gets_all_the_weight():
    rng = np.random.default_rng(2)
    y = factor_panel(rng)
    result = trends.sdid(y, 0, 9)
    for weights in (result.unit_weights, result.time_weights):
        assert weights.min() >= 0
        assert weights.sum() == pytest.approx(1)
    y[5] = y[0]
    copy = trends.synthetic_control(y, 0, 9)
    assert copy.unit_weights[5] == pytest.approx(1, abs=1e-6)
    assert copy.rmspe_before == pytest.approx(0, abs=1e-6)
    assert any("single unit" in note for note in copy.warnings)


@pytest.mark.parametrize(("ridge", "intercept"), [(0.0, False), (0.5, False), (2.0, True)])
def test_simplex_least_squares_finds_the_optimum(ridge, intercept):
    rng = np.random.default_rng(3)
    matrix, target = rng.normal(size=(8, 5)), rng.normal(size=8)

    def objective(w):
        fitted = matrix @ w
        shift = (target - fitted).mean() if intercept else 0.0
        return ((fitted + shift - target) ** 2).sum() + ridge * (w**2).sum()

    ours = trends.simplex_least_squares(matrix, target, ridge=ridge, intercept=intercept)
    other = minimize(
        objective,
        np.full(5, 0.2),
        bounds=[(0, 1)] * 5,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    assert objective(ours) <= other.fun + 1e-7
    np.testing.assert_allclose(ours, other.x, atol=1e-4)


def test_did_and_sdid_ignore_levels_and_sc_does_not():
    rng = np.random.default_rng(4)
    y = factor_panel(rng)
    raised = y.copy()
    raised[0] += 500
    for method in (trends.did, trends.sdid):
        assert method(raised, 0, 9).estimate == pytest.approx(method(y, 0, 9).estimate, abs=1e-6)
    assert trends.synthetic_control(raised, 0, 9).rmspe_before > 100


def test_placebo_error_is_the_spread_over_controls():
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.normal(0, 1, (60, 12)))
    error = trends.placebo_standard_error(frame, 0, 6, "did")
    # Difference of two six-year means of unit noise: sqrt(1/6 + 1/6), plus the controls' share.
    assert error == pytest.approx(np.sqrt(2 / 6 * (1 + 1 / 58)), rel=0.2)
    with pytest.raises(TrendError, match="2 treated units"):
        trends.placebo_standard_error(frame, [0, 1], 6)


def test_identical_series_give_equal_weights_not_a_crash():
    y = np.tile(np.arange(6.0), (4, 1))
    y[0, 3:] += 2
    result = trends.sdid(y, 0, 3)
    assert result.estimate == pytest.approx(2)
    assert trends.synthetic_control(y, 0, 3).estimate == pytest.approx(2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda y: trends.sdid(y, 0, 1), "needs at least two"),
        (lambda y: trends.sdid(y, 0, 16), "outside the panel"),
        (lambda y: trends.sdid(y, [], 9), "No treated unit"),
        (lambda y: trends.sdid(y, [True, False], 9), "mask of 2 for 40"),
        (lambda y: trends.did(y, 77, 9), "not in the panel"),
        (lambda y: trends.did(y, list(range(40)), 9), "No control unit"),
        (lambda y: trends.synthetic_control(y, 0, 9, controls=[99]), "Found controls 99"),
    ],
)
def test_bad_input_ends_in_one_clear_message(call, message):
    y = factor_panel(np.random.default_rng(6))
    with pytest.raises(TrendError, match=message):
        call(y)


def test_error_ratios_rank_the_treated_unit_first_when_it_moved():
    y = factor_panel(np.random.default_rng(7), effect=30)
    table = trends.rmspe_ratios(y, 0, 9)
    assert table.index[0] == 0
    assert table.loc[0, "p_value"] == pytest.approx(1 / 40)
    assert (table["ratio"] == table["mspe_after"] / table["mspe_before"]).all()
    y[5] = y[6]
    twins = trends.rmspe_ratios(y, 0, 9)
    # The two are alike before and after: no misfit to divide by, and both share the lower place.
    assert twins.loc[[5, 6], "matched_exactly"].all() and twins["matched_exactly"].sum() == 2
    assert np.isinf(twins.loc[[5, 6], "ratio"]).all()
    assert twins.loc[[5, 6], "rank"].tolist() == [2, 2]
    assert twins.loc[0, "p_value"] == pytest.approx(3 / 40)


def test_error_ratios_that_tie_share_the_lower_place(monkeypatch):
    class Fit:
        treated_mean = np.array([1.0, -1, 2, -2])
        synthetic = np.zeros(4)

    monkeypatch.setattr(
        "care_study.statistics.trends.synthetic.synthetic_control", lambda *_, **__: Fit
    )
    table = trends.rmspe_ratios(np.arange(12.0).reshape(3, 4) ** 2, 0, 2)
    assert table["rank"].tolist() == [3, 3, 3] and (table["p_value"] == 1).all()


def test_weights_of_an_empty_system_are_refused_and_do_not_end_the_process():
    for matrix, target in [
        (np.empty((3, 0)), np.zeros(3)),
        (np.empty((0, 3)), np.zeros(0)),
        (np.ones((3, 2)), np.zeros(2)),
    ]:
        with pytest.raises(TrendError, match="expected \\(rows, columns\\)"):
            trends.simplex_least_squares(matrix, target)
    with pytest.raises(TrendError, match="missing values or a negative ridge"):
        trends.simplex_least_squares(np.full((3, 2), np.nan), np.zeros(3))
