"""Ridge-augmented synthetic control: an independent formula, Proposition 99, simulated truth."""

import numpy as np
import pandas as pd
import pytest

from care_study.statistics import trends
from care_study.statistics.trends import TrendError, augmented_synthetic_control


def factor_panel(rng, units=24, years=20, effect=0.0, event=14):
    """Two factors with loadings; the first unit is treated from ``event`` on."""
    factors = rng.normal(0, 1, (2, years)).cumsum(axis=1)
    values = 50 + rng.uniform(0, 1, (units, 2)) @ factors + rng.normal(0, 0.5, (units, years))
    values[0, event:] += effect
    return values


def penalised(controls, own, gamma, penalty):
    """Minimise ``|own - controls' w|^2 + penalty |w - gamma|^2``, weights summing to 1."""
    n = len(controls)
    system = np.zeros((n + 1, n + 1))
    system[:n, :n] = controls @ controls.T + penalty * np.eye(n)
    system[:n, n] = system[n, :n] = 1
    return np.linalg.solve(system, np.append(controls @ own + penalty * gamma, 1))[:n]


@pytest.mark.parametrize("penalty", [0.5, 20.0])
def test_weights_are_those_of_the_penalised_problem(penalty):
    values = factor_panel(np.random.default_rng(1))
    got = augmented_synthetic_control(values, 0, 14, penalty=penalty, intercept=False)
    plain = trends.synthetic_control(values, 0, 14)
    expected = penalised(values[1:, :14], values[0, :14], plain.unit_weights.to_numpy(), penalty)
    np.testing.assert_allclose(got.unit_weights, expected, atol=1e-5)
    assert got.unit_weights.sum() == pytest.approx(1)
    assert got.rmspe_before < got.rmspe_before_plain == pytest.approx(plain.rmspe_before, rel=1e-6)


def test_an_infinite_penalty_is_the_synthetic_control():
    values = factor_panel(np.random.default_rng(2))
    got = augmented_synthetic_control(values, 0, 14, penalty=np.inf, intercept=False)
    assert got.estimate == pytest.approx(trends.synthetic_control(values, 0, 14).estimate)


def test_levels_far_off_do_not_matter_with_an_intercept():
    values = factor_panel(np.random.default_rng(3))
    low = augmented_synthetic_control(values, 0, 14)
    values[0] += 500
    high = augmented_synthetic_control(values, 0, 14)
    assert high.estimate == pytest.approx(low.estimate, abs=1e-6)
    assert (high.lower, high.upper) == pytest.approx((low.lower, low.upper), abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("intercept", [True, False])
def test_intervals_hold_the_true_effect_as_often_as_stated(intercept):
    rng = np.random.default_rng(4)
    held, errors = 0, []
    for _ in range(150):
        values = factor_panel(rng, effect=3.0, units=12)
        got = augmented_synthetic_control(values, 0, 14, level=0.9, intercept=intercept, penalty=20)
        held += got.lower <= 3 <= got.upper
        errors.append(got.estimate - 3)
    assert held / 150 >= 0.85
    assert abs(np.mean(errors)) < 0.15


def test_few_years_bear_no_high_level_and_say_so():
    values = factor_panel(np.random.default_rng(5), years=13, event=6)
    got = augmented_synthetic_control(values, 0, 6)
    assert got.level == 6 / 7
    assert got.warnings[-1] == (
        "6 years before the event bear a conformal interval of 85.7% at most; that one is given."
    )
    assert got.p_value >= 1 / 7
    assert got.lower < got.estimate < got.upper


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"treated": [0, 1]}, "Found 2 treated units"),
        ({"first_after": 2}, "three or more"),
        ({"penalty": -1}, "penalty of -1"),
        ({"controls": [99]}, "controls 99"),
        ({"level": 95}, "level of 95"),
    ],
)
def test_bad_options_are_refused(change, message):
    options = {"treated": 0, "first_after": 14} | change
    with pytest.raises(TrendError, match=message):
        augmented_synthetic_control(factor_panel(np.random.default_rng(6)), **options)


def test_the_same_input_gives_the_same_output():
    frame = pd.DataFrame(factor_panel(np.random.default_rng(7)))
    first, second = (augmented_synthetic_control(frame, 0, 14) for _ in range(2))
    assert first.estimate == second.estimate and first.upper == second.upper
