"""Fixed-b critical values: the stored table, its code, and the size of the test."""

import numpy as np
import pytest

from care_study.statistics.trends import TrendError, fixed_b, segmented_design


def test_stored_table_comes_from_the_code_beside_it():
    small = fixed_b.simulate_quantiles(np.array([0.2, 1.0]), draws=20_000, steps=500, seed=1)
    _, stored = fixed_b._stored_quantiles()
    shares = list(fixed_b.SHARES)
    for row, b in enumerate((0.2, 1.0)):
        ours = small.iloc[row].to_numpy()[:10]
        np.testing.assert_allclose(ours, stored[shares.index(b)][:10], rtol=0.04)


def test_simulation_repeats_exactly():
    first = fixed_b.simulate_quantiles(np.array([0.3]), draws=500, steps=100, seed=3)
    second = fixed_b.simulate_quantiles(np.array([0.3]), draws=500, steps=100, seed=3)
    assert first.equals(second)


def test_critical_values_grow_with_the_bandwidth_and_the_level():
    values = [fixed_b.critical_value(b) for b in (0.02, 0.1, 0.3, 0.6, 1.0)]
    assert values == sorted(values)
    assert fixed_b.critical_value(0.2, 0.99) > fixed_b.critical_value(0.2, 0.95)


@pytest.mark.parametrize("b", [0.02, 0.23, 0.777, 1.0])
def test_p_value_inverts_the_critical_value(b):
    for level in (0.8, 0.95, 0.99):
        assert fixed_b.p_value(fixed_b.critical_value(b, level), b) == pytest.approx(1 - level)
    assert fixed_b.p_value(0.0, b) == pytest.approx(1.0)
    assert fixed_b.p_value(100.0, b) == pytest.approx(0.001)


def test_design_values_hold_the_size_where_the_normal_quantile_fails():
    design = segmented_design(np.arange(13), 6, "level_and_slope")
    reference = fixed_b.design_t_distribution(design, 2, 2)
    fresh = fixed_b.design_t_distribution(design, 2, 2, draws=20_000, seed=99)
    assert (fresh > np.quantile(reference, 0.95)).mean() == pytest.approx(0.05, abs=0.01)
    assert (fresh > 1.96).mean() > 0.2


@pytest.mark.parametrize("b", [0.0, -0.1, 1.1])
def test_bandwidth_outside_the_sample_is_refused(b):
    with pytest.raises(TrendError, match="bandwidth share"):
        fixed_b.critical_value(b)


def test_level_outside_the_table_is_refused():
    with pytest.raises(TrendError, match="confidence level"):
        fixed_b.critical_value(0.2, 0.9999)
    with pytest.raises(TrendError, match="lag of 13"):
        fixed_b.bandwidth_share(13, 13)
