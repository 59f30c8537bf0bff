"""National scan: scores, p-values and adjustments worked separately, every message in full."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from trends_material import YEARS, least_squares, refused

from care_study.statistics import trends
from care_study.statistics.trends import TrendError
from care_study.statistics.trends.placebo import METHODS

RNG = np.random.default_rng(21)
UNITS = [f"u{i:02d}" for i in range(15)]
FRAME = pd.DataFrame(
    60 + RNG.normal(0, 4, (15, 1)) + RNG.normal(0, 3, (15, 13)).cumsum(axis=1),
    index=UNITS,
    columns=YEARS,
)
FRAME.loc["u03", 2019:] += 60
AFTER = YEARS >= 2019
DESIGN = np.column_stack([np.ones(13), YEARS - 2019.0, AFTER, AFTER * (YEARS - 2019.0)])
NEAR = {unit: [name for name in UNITS[:6] if name != unit] for unit in UNITS}


def gap(unit, neighbours):
    others = [name for name in UNITS if name != unit] if neighbours is None else neighbours[unit]
    return (FRAME.loc[unit] - FRAME.loc[others].mean()).to_numpy()


def deviation(series):
    _, _, residuals = least_squares(series, DESIGN)
    return np.sqrt(residuals @ residuals / 9)


@pytest.mark.parametrize("neighbours", [None, NEAR])
@pytest.mark.parametrize("method", ["gap_level_change", "slope_change", "level_change"])
@pytest.mark.parametrize("standardise", [True, False])
def test_each_change_is_scored_against_the_bulk_of_the_others(method, neighbours, standardise):
    result = trends.national_scan(
        FRAME, 2019, method=method, neighbours=neighbours, standardise=standardise
    )
    own = method.startswith(("level", "slope"))
    series = {u: FRAME.loc[u].to_numpy() if own else gap(u, neighbours) for u in UNITS}
    column = 3 if method == "slope_change" else 2
    change = pd.Series({u: least_squares(y, DESIGN)[0][column] for u, y in series.items()})
    score = change / pd.Series({u: deviation(y) for u, y in series.items()})
    if not standardise:
        score = change
    centre = np.median(score)
    # 1.4826: the median absolute deviation of a normal variable is 0.6745 of its deviation.
    spread = 1.4826 * np.median(np.abs(score - centre))
    z = (score - centre) / spread
    p_value = pd.Series(2 * stats.t.sf(z.abs(), 9), index=UNITS)
    table = result.table.loc[UNITS]
    np.testing.assert_allclose(table["change"], change)
    np.testing.assert_allclose(table["score"], score)
    np.testing.assert_allclose(table["z"], z, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(table["p_value"], p_value, rtol=1e-6)
    assert result.centre == pytest.approx(centre)
    assert result.spread == pytest.approx(spread)
    assert result.method == method


def test_the_table_has_its_columns_ranks_and_adjustments_sorted_by_p_value():
    result = trends.national_scan(FRAME, 2019, method="gap_did")
    table = result.table
    assert list(table.columns) == [
        "change",
        "score",
        "z",
        "p_rank",
        "holm_rank",
        "q_rank",
        "p_value",
        "holm",
        "q_value",
        "flagged",
    ]
    assert table.index[0] == "u03"
    assert table["p_value"].is_monotonic_increasing
    np.testing.assert_allclose(table["p_rank"], np.arange(1, 16) / 15)
    for p_values, holm, q_value in (
        ("p_value", "holm", "q_value"),
        ("p_rank", "holm_rank", "q_rank"),
    ):
        for name, theirs in ((holm, "holm"), (q_value, "fdr_bh")):
            expected = multipletests(table[p_values], method=theirs)[1]
            np.testing.assert_allclose(table[name], expected)
    assert result.smallest_possible_p == pytest.approx(1 / 15)
    assert result.first_after == 2019
    assert isinstance(result.first_after, float)


@pytest.mark.parametrize(
    ("method", "neighbours"), [("sc", None), ("gap_did", NEAR), ("sdid", None)]
)
def test_the_change_is_what_the_named_method_estimates(method, neighbours):
    result = trends.national_scan(FRAME, 2019, method=method, neighbours=neighbours)
    expected = trends.estimate_all(FRAME, 2019, methods=(method,), neighbours=neighbours)
    np.testing.assert_allclose(result.table.loc[UNITS, "change"], expected[method])
    scale = pd.Series({u: deviation(gap(u, neighbours)) for u in UNITS})
    np.testing.assert_allclose(result.table.loc[UNITS, "score"], expected[method] / scale)


def test_a_method_of_ones_own_is_named_in_the_result():
    result = trends.national_scan(
        FRAME, 2019, method={"last": lambda panel, first: panel.values[:, -1]}
    )
    assert result.method == "last"
    assert result.table.loc[UNITS, "change"].tolist() == FRAME[2025].tolist()


def test_by_default_standardised_sdid_with_five_percent_false_discoveries():
    result = trends.national_scan(FRAME, 2019)
    spelt = trends.national_scan(
        FRAME, 2019, method="sdid", neighbours=None, standardise=True, false_discovery_rate=0.05
    )
    pd.testing.assert_frame_equal(result.table, spelt.table)
    assert result.method == "sdid"
    assert result.false_discovery_rate == 0.05


def test_units_at_or_below_the_false_discovery_rate_are_flagged():
    table = trends.national_scan(FRAME, 2019, method="gap_did").table
    assert table["flagged"].tolist() == (table["q_value"] <= 0.05).tolist()
    bound = float(table["q_value"].iloc[4])
    at_bound = trends.national_scan(FRAME, 2019, method="gap_did", false_discovery_rate=bound)
    assert at_bound.false_discovery_rate == bound
    assert at_bound.table["flagged"].tolist() == (table["q_value"] <= bound).tolist()
    assert at_bound.table["flagged"].iloc[4]
    assert not at_bound.table["flagged"].all()


def test_the_warnings_say_the_floor_and_that_units_are_related():
    missing = FRAME.copy()
    missing.loc["u05", 2020] = np.nan
    result = trends.national_scan(missing, 2019, method="level_change")
    assert result.warnings == (
        "1 unit left out because a year is missing: u05.",
        f"The smallest possible rank p-value among 14 units is {1 / 14:.4f}.",
        "Series of neighbouring authorities are related, so the tests are not independent.",
    )
    assert result.smallest_possible_p == pytest.approx(1 / 14)


def test_units_without_neighbours_take_no_part():
    near = {unit: NEAR[unit] for unit in UNITS[:12]}
    result = trends.national_scan(FRAME, 2019, method="gap_did", neighbours=near)
    assert sorted(result.table.index) == UNITS[:12]
    assert result.smallest_possible_p == pytest.approx(1 / 12)


def test_equal_scores_share_the_larger_rank_p_value():
    values = np.r_[np.arange(10.0), 9.0]
    result = trends.national_scan(
        np.random.default_rng(1).normal(size=(11, 13)),
        6,
        method={"own": lambda panel, first: values},
        standardise=False,
    )
    # Median 5, median distance 3: furthest is 0, then equally far 1 and the two nines.
    assert result.centre == 5
    assert result.spread == pytest.approx(1.4826 * 3)
    ranks = result.table["p_rank"].sort_index() * 11
    np.testing.assert_allclose(ranks[[0, 9, 10, 1, 5]], [1, 4, 4, 4, 11])
    # Among equals the order is that of the panel.
    assert result.table.index.tolist() == [0, 1, 9, 10, 2, 8, 3, 7, 4, 6, 5]


@pytest.mark.parametrize("years", [4, 5, 6])
def test_the_tail_has_as_many_degrees_of_freedom_as_a_fit_leaves_and_at_least_one(years):
    panel = np.random.default_rng(2).normal(size=(12, years))
    result = trends.national_scan(
        panel, 2, method={"last": lambda p, first: p.values[:, -1]}, standardise=False
    )
    expected = 2 * stats.t.sf(result.table["z"].abs(), max(1, years - 4))
    np.testing.assert_allclose(result.table["p_value"], expected)


def test_ten_units_are_enough_and_nine_are_not():
    assert len(trends.national_scan(FRAME.iloc[:10], 2019, method="gap_did").table) == 10
    with refused("Found 9 complete units; a scan needs at least ten to judge one by."):
        trends.national_scan(FRAME.iloc[:9], 2019, method="gap_did")


def test_changes_that_are_mostly_equal_are_refused():
    flat = np.random.default_rng(3).normal(size=(15, 13))
    with refused("More than half of the changes are equal; a scan needs them to differ."):
        trends.national_scan(
            flat,
            6,
            method={"own": lambda panel, first: np.r_[np.zeros(8), np.arange(1, 8)]},
            standardise=False,
        )
    small = trends.national_scan(FRAME * 1e-6, 2019, method="gap_did", standardise=False)
    assert 0 < small.spread < 1e-3
    with refused(f"Found method 'magic'; expected one of {', '.join(METHODS)}."):
        trends.national_scan(FRAME, 2019, method="magic")


def test_bad_p_values_and_methods_of_adjustment_end_in_one_message():
    for bad in ([], [0.1, 1.1], [-0.1, 0.5], [np.nan]):
        with refused("Expected at least one p-value, all between 0 and 1 and none missing."):
            trends.adjust(bad, "holm")
    with refused("Found method 'none'; expected holm or bh."):
        trends.adjust([0.5], "none")
    with pytest.raises(TrendError):
        trends.adjust([0.5], "HOLM")


@pytest.mark.parametrize("method", ["holm", "bh"])
def test_zero_and_one_are_p_values_and_the_order_is_kept(method):
    p_values = [1.0, 0.0, 0.04, 0.03, 0.9]
    theirs = {"holm": "holm", "bh": "fdr_bh"}[method]
    adjusted = trends.adjust(p_values, method)
    np.testing.assert_allclose(adjusted, multipletests(p_values, method=theirs)[1])
    assert adjusted[1] == 0
    assert adjusted.max() == 1
    np.testing.assert_allclose(trends.adjust(["0.2", 0.5], "holm"), [0.4, 0.5])
