"""Placebo inference: exact ranks, inverted intervals, size, bad input."""

import numpy as np
import pandas as pd
import pytest

from care_study.statistics import trends
from care_study.statistics.trends import TrendError
from care_study.statistics.trends.placebo import METHODS

YEARS = np.arange(2013, 2026)


def panel(rng, units=60, effect=0.0, noise=3.0):
    names = [f"{i:03d}" for i in range(units)]
    base = rng.normal(60, 10, units)[:, None] + rng.normal(0, 1, units)[:, None] * (YEARS - 2013)
    values = base + rng.normal(0, 5, 13).cumsum() + rng.normal(0, noise, (units, 13))
    values[0, 6:] += effect
    return pd.DataFrame(values, index=names, columns=YEARS)


def test_rank_p_value_counts_placebos_at_least_as_large():
    assert trends.rank_p_value(3.0, [-4, 1, 2, 3]) == pytest.approx(3 / 5)
    assert trends.rank_p_value(-9.0, [-4, 1, 2, 3]) == pytest.approx(1 / 5)


def test_interval_inverts_the_rank_test():
    rng = np.random.default_rng(1)
    placebos = rng.normal(0, 2, 99)
    lower, upper = trends.placebo_interval(5.0, placebos)
    for shift, inside in (
        (lower + 1e-6, True),
        (upper - 1e-6, True),
        (lower - 1e-6, False),
        (upper + 1e-6, False),
    ):
        assert (trends.rank_p_value(5.0 - shift, placebos) > 0.05) is inside


def test_interval_with_nineteen_placebos_is_their_range():
    placebos = np.arange(1, 20)
    assert trends.placebo_interval(0.0, placebos) == (-19, 19)
    assert trends.placebo_interval(0.0, placebos[:18]) == (-np.inf, np.inf)


def test_every_method_recovers_a_known_effect():
    rng = np.random.default_rng(2)
    results = [
        trends.placebo_inference(panel(rng, effect=12), "000", 2019).summary["estimate"]
        for _ in range(25)
    ]
    means = pd.concat(results, axis=1).mean(axis=1)
    for method in ("gap_level_change", "sdid", "sc"):
        assert means[method] == pytest.approx(12, abs=2.5), method
    assert means["gap_slope_change"] == pytest.approx(0, abs=0.6)


def test_a_clear_effect_ranks_first_and_none_does_not():
    rng = np.random.default_rng(3)
    clear = trends.placebo_inference(panel(rng, effect=40, noise=1), "000", 2019)
    assert clear.summary.loc["gap_level_change", "p_value"] == pytest.approx(1 / 60)
    assert clear.summary.loc["sdid", "rank"] == 1
    assert clear.summary.loc["sdid", "lower"] > 0
    assert tuple(clear.summary.index) == METHODS


def test_p_values_hold_their_size_under_exchangeability():
    rng = np.random.default_rng(4)
    methods = ("level_change", "gap_did", "gap_slope_change")
    draws = 400
    rejected = pd.Series(0.0, index=list(methods))
    for _ in range(draws):
        result = trends.placebo_inference(panel(rng, units=40), "000", 2019, methods=methods)
        rejected += result.summary["p_value"] <= 0.05
    # With 39 placebos the attainable size is 2/40; three standard errors either side.
    assert (rejected / draws).between(0.017, 0.083).all()


def test_the_treated_unit_is_nobodys_comparator():
    rng = np.random.default_rng(5)
    frame = panel(rng, units=8)
    moved = frame.copy()
    moved.loc["000", 2019:] += 1000
    first = trends.placebo_inference(frame, "000", 2019).placebos.drop("000")
    second = trends.placebo_inference(moved, "000", 2019).placebos.drop("000")
    pd.testing.assert_frame_equal(first, second)


def test_neighbours_are_used_and_standardising_protects_from_a_volatile_unit():
    rng = np.random.default_rng(6)
    frame = panel(rng, units=30, effect=20, noise=1)
    frame.loc["029"] += rng.normal(0, 80, 13)
    neighbours = {
        unit: [n for n in frame.index if n not in (unit, "029")][:6] for unit in frame.index
    }
    kwargs = {"neighbours": neighbours, "methods": ("gap_level_change",)}
    plain = trends.placebo_inference(frame, "000", 2019, **kwargs)
    scaled = trends.placebo_inference(frame, "000", 2019, standardise=True, **kwargs)
    mean = frame.loc[neighbours["000"]].mean()
    gap = trends.segmented(YEARS, (frame.loc["000"] - mean).to_numpy(), 2019, model="ols")
    assert plain.summary.loc["gap_level_change", "estimate"] == pytest.approx(
        gap.level_change.estimate
    )
    assert scaled.summary.loc["gap_level_change", "upper"] < np.inf
    assert (
        scaled.summary.loc["gap_level_change", "p_value"]
        <= plain.summary.loc["gap_level_change", "p_value"]
    )


def test_own_estimator_can_be_passed():
    rng = np.random.default_rng(7)
    frame = panel(rng, units=10)
    result = trends.placebo_inference(
        frame, "000", 2019, methods={"last": lambda p, first: p.values[:, -1]}
    )
    assert result.summary.loc["last", "estimate"] == frame.loc["000", 2025]
    with pytest.raises(TrendError, match="2 values for 10 units"):
        trends.placebo_inference(frame, "000", 2019, methods={"bad": lambda p, first: [1, 2]})


def test_long_wide_and_array_panels_agree():
    frame = panel(np.random.default_rng(8), units=12)
    long = frame.rename_axis("unit").rename_axis("year", axis=1).stack().rename("value")
    long = long.reset_index()
    counts = long.assign(numerator=long["value"] * 7, denominator=7.0).drop(columns="value")
    expected = trends.sdid(frame, "000", 2019).estimate
    assert trends.sdid(long, "000", 2019).estimate == pytest.approx(expected)
    assert trends.sdid(counts, "000", 2019).estimate == pytest.approx(expected)
    assert trends.sdid(frame.to_numpy(), 0, 6).estimate == pytest.approx(expected)


def test_incomplete_units_are_left_out_with_a_warning():
    frame = panel(np.random.default_rng(9), units=12)
    frame.loc["004", 2020] = np.nan
    result = trends.placebo_inference(frame, "000", 2019, methods=("sdid",))
    assert "004" not in result.placebos.index
    assert any("004" in note for note in result.warnings)
    with pytest.raises(TrendError, match="missing years"):
        trends.placebo_inference(frame, "004", 2019)


def test_excluded_units_take_no_part():
    frame = panel(np.random.default_rng(10), units=12)
    result = trends.placebo_inference(frame, "000", 2019, exclude=["001", "002"])
    assert result.summary["placebos"].eq(9).all()
    assert not {"001", "002"} & set(result.placebos.index)


def test_too_few_placebos_are_said():
    result = trends.placebo_inference(panel(np.random.default_rng(11), units=10), "000", 2019)
    assert any("at least 19 are needed" in note for note in result.warnings)


def test_all_neighbours_missing():
    frame = panel(np.random.default_rng(12), units=10)
    neighbours = {unit: ["001", "002"] for unit in frame.index} | {"000": ["999"]}
    with pytest.raises(TrendError, match="All neighbours of '000' are missing"):
        trends.placebo_inference(frame, "000", 2019, neighbours=neighbours)
    with pytest.raises(TrendError, match="No unit has a neighbour"):
        trends.gap_to_neighbours(frame, {"000": ["999"]})


@pytest.mark.parametrize(
    ("data", "treated", "first", "message"),
    [
        (np.ones((3, 4)), 9, 2, "not in the panel"),
        (np.ones((3, 4)), 0, 4, "outside the panel"),
        (np.ones((3, 4)), 0, 0, "outside the panel"),
        (np.ones(4), 0, 2, "1 dimensions"),
        (np.full((3, 4), np.nan), 0, 2, "0 units with a value in every year"),
        (np.ones((3, 4)), 0, 1, "two on each side"),
    ],
)
def test_bad_panels(data, treated, first, message):
    with pytest.raises(TrendError, match=message):
        trends.placebo_inference(data, treated, first)


def test_bad_long_panels():
    base = pd.DataFrame({"unit": ["a", "a"], "year": [1, 1], "value": [1.0, 2.0]})
    with pytest.raises(TrendError, match="twice"):
        trends.read_panel(base)
    with pytest.raises(TrendError, match="missing: numerator, denominator"):
        trends.read_panel(base.drop(columns="value"))
    zero = base.assign(numerator=1.0, denominator=[1.0, 0.0]).drop(columns="value")
    with pytest.raises(TrendError, match="denominator of zero or below for a"):
        trends.read_panel(zero)
    text = base.assign(numerator="c", denominator=1.0, year=[1, 2]).drop(columns="value")
    for data in (text, base.assign(value="x", year=[1, 2]), [["a", "b"], ["c", "d"]]):
        with pytest.raises(TrendError, match=r"not numbers|not a table"):
            trends.read_panel(data)
    with pytest.raises(TrendError, match="share such as"):
        trends.placebo_interval(1.0, [1, 2, 3], level=95)
    with pytest.raises(TrendError, match="log scale"):
        trends.read_panel(np.zeros((3, 4)), log=True)
    with pytest.raises(TrendError, match="1 of them missing or infinite"):
        trends.rank_p_value(1.0, [np.nan])


def test_constant_panel_cannot_be_standardised():
    with pytest.raises(TrendError, match="cannot be standardised"):
        trends.placebo_inference(np.ones((25, 13)), 0, 6, standardise=True)
