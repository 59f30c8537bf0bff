"""Fixed-b values against the stored table, the definition, and another package's errors."""

import csv
from importlib import resources

import numpy as np
import pytest
import statsmodels.api as sm

from care_study.statistics.trends import TrendError, fixed_b, segmented_design


def stored():
    """The table as it stands in the file: the quantile at a share and a probability."""
    file = resources.files("care_study.statistics.trends") / "fixed_b_quantiles.csv"
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {float(row.pop("b")): {float(p): float(q) for p, q in row.items()} for row in rows}


# ---- lags and bandwidths


@pytest.mark.parametrize(
    ("points", "lag"),
    # 4 (n / 100)^(2/9) passes 2 at 100 / 2^4.5 = 4.4, 3 at 100 (3/4)^4.5 = 27.4, 4 at 100.
    [(0, 1), (1, 1), (4, 1), (5, 2), (13, 2), (27, 2), (28, 3), (99, 3), (100, 4), (273, 5)],
)
def test_lag_is_the_usual_rule_and_at_least_one(points, lag):
    assert fixed_b.default_lag(points) == lag


def test_bandwidth_is_the_lag_and_one_over_the_points():
    assert fixed_b.bandwidth_share(0, 10) == 0.1
    assert fixed_b.bandwidth_share(2, 12) == 0.25
    assert fixed_b.bandwidth_share(9, 10) == 1


@pytest.mark.parametrize("lag", [-1, 10])
def test_a_lag_outside_the_series_is_refused_in_full(lag):
    with pytest.raises(TrendError) as caught:
        fixed_b.bandwidth_share(lag, 10)
    assert str(caught.value) == f"Found a lag of {lag} with 10 points; expected 0 to 9."


# ---- values from the table


@pytest.mark.parametrize("b", [0.02, 0.5, 1.0])
def test_critical_values_at_the_stored_points_are_the_stored_ones(b):
    table = stored()[b]
    for probability, quantile in table.items():
        level = 2 * probability - 1
        assert fixed_b.critical_value(b, level) == pytest.approx(quantile)
        assert fixed_b.p_value(quantile, b) == pytest.approx(1 - level)
        assert fixed_b.p_value(-quantile, b) == pytest.approx(1 - level)
    assert fixed_b.critical_value(b) == pytest.approx(table[0.975])


def test_between_stored_shares_values_lie_on_the_line():
    table = stored()
    middle = (table[0.2][0.975] + table[0.22][0.975]) / 2
    assert fixed_b.critical_value(0.21) == pytest.approx(middle)
    assert fixed_b.p_value(middle, 0.21) == pytest.approx(0.05)


def test_below_the_smallest_share_its_values_hold():
    assert fixed_b.critical_value(0.001) == pytest.approx(stored()[0.02][0.975])


def test_between_stored_probabilities_the_log_of_the_tail_lies_on_the_line():
    table = stored()[0.2]
    middle = (table[0.95] + table[0.975]) / 2
    tail = np.sqrt(0.05 * 0.025)
    assert fixed_b.p_value(middle, 0.2) == pytest.approx(2 * tail)
    assert fixed_b.critical_value(0.2, 1 - 2 * tail) == pytest.approx(middle)
    # Below the first stored probability, towards a tail of one half at zero.
    assert fixed_b.p_value(table[0.6] / 2, 0.2) == pytest.approx(2 * np.sqrt(0.5 * 0.4))
    assert fixed_b.p_value(0, 0.2) == pytest.approx(1)
    assert fixed_b.p_value(1e6, 0.2) == pytest.approx(0.001)


@pytest.mark.parametrize("b", [0.0, -0.1, 1.001])
def test_a_share_outside_the_sample_is_refused_in_full(b):
    for call in (fixed_b.critical_value, lambda share: fixed_b.p_value(1, share)):
        with pytest.raises(TrendError) as caught:
            call(b)
        assert str(caught.value) == f"Found a bandwidth share of {b}; expected above 0 and up to 1."


def test_levels_of_the_table_are_0_2_to_0_999():
    table = stored()[0.2]
    assert fixed_b.critical_value(0.2, 0.2) == pytest.approx(table[0.6])
    assert fixed_b.critical_value(0.2, 0.999) == pytest.approx(table[0.9995])
    for level in (0.199, 0.9991):
        with pytest.raises(TrendError) as caught:
            fixed_b.critical_value(0.2, level)
        assert str(caught.value) == f"Found a confidence level of {level}; expected 0.2 to 0.999."


# ---- the simulation behind the table


def by_definition(path, b):
    """|t*(b)| of one path W(1/m), ..., W(1), its integrals as sums over the m steps."""
    steps = len(path)
    bridge = [w - path[-1] * (i + 1) / steps for i, w in enumerate(path)]
    shift = round(b * steps)
    squares = sum(x * x for x in bridge) / steps
    lagged = sum(bridge[i] * bridge[i + shift] for i in range(steps - shift)) / steps
    return abs(path[-1]) / np.sqrt(2 / b * (squares - lagged))


@pytest.mark.parametrize("draws", [7, 503])
def test_simulated_quantiles_follow_the_definition(draws):
    # More than 500 draws come in batches; a generator gives the same numbers either way.
    steps, shares = 12, np.array([0.25, 1.0])
    normal = np.random.default_rng(11).standard_normal((draws, steps))
    paths = normal.cumsum(axis=1) / np.sqrt(steps)
    got = fixed_b.simulate_quantiles(shares, draws=draws, steps=steps, seed=11)
    assert got.index.tolist() == shares.tolist() and got.index.name == "b"
    assert got.columns.tolist() == fixed_b.PROBABILITIES.tolist()
    for b in shares:
        # The distribution is symmetric: P(t < q) = p where P(|t| < q) = 2p - 1.
        found = [by_definition(path, b) for path in paths]
        expected = np.quantile(found, 2 * fixed_b.PROBABILITIES - 1)
        np.testing.assert_allclose(got.loc[b], expected, rtol=0, atol=0.00005001)
        assert (got.loc[b] == got.loc[b].round(4)).all()


def test_the_table_is_simulated_with_the_seed_that_the_module_names():
    share = np.array([0.3])
    named = fixed_b.simulate_quantiles(share, draws=20, steps=10, seed=fixed_b.SEED)
    assert fixed_b.simulate_quantiles(share, draws=20, steps=10).equals(named)


# ---- the distribution for a design


@pytest.mark.parametrize(("column", "lag"), [(0, 0), (1, 1), (2, 3), (3, 9)])
def test_design_values_are_newey_west_t_statistics_of_noise(column, lag):
    design = segmented_design(np.arange(10), 4, "level_and_slope")
    noise = np.random.default_rng(5).standard_normal((30, 10))
    fits = [
        sm.OLS(errors, design).fit(
            cov_type="HAC", cov_kwds={"maxlags": lag, "use_correction": True}
        )
        for errors in noise
    ]
    expected = np.sort([abs(fit.tvalues[column]) for fit in fits])
    got = fixed_b.design_t_distribution(design, column, lag, draws=30, seed=5)
    np.testing.assert_allclose(got, expected, rtol=1e-6)


def test_design_values_are_20_000_from_the_named_seed_unless_told():
    design = segmented_design(np.arange(6), 3, "level")
    got = fixed_b.design_t_distribution(design, 2, 1)
    assert got.shape == (20_000,)
    same = fixed_b.design_t_distribution(design, 2, 1, draws=20_000, seed=fixed_b.SEED)
    assert (got == same).all()


def test_a_design_of_whole_numbers_or_in_another_order_of_storage_is_the_same():
    design = segmented_design(np.arange(6), 3, "level")
    plain = fixed_b.design_t_distribution(design, 1, 1, draws=50)
    for same in (design.astype(int), np.asfortranarray(design), design.tolist()):
        assert (fixed_b.design_t_distribution(same, 1, 1, draws=50) == plain).all()
