"""The change of a gap after an event: every estimate by hand, on a panel made for the purpose."""

import csv

import numpy as np
import pandas as pd
import pytest

from care_study import paths
from care_study.area import after_event as module
from care_study.data import geography
from care_study.indicators.compute import compute
from care_study.statistics.trends import TrendError, read_panel

YEARS = np.arange(2013, 2026)
FIRST_AFTER = 2019
AREA, NEAR, EXCLUDED = "u0", ["u1", "u2", "u3"], "u3"
UNITS = [f"u{place}" for place in range(20)]
# Each has the next three as neighbours, in a ring.
NEIGHBOURS = {unit: [UNITS[(place + step) % 20] for step in (1, 2, 3)] for place, unit in
              enumerate(UNITS)}  # fmt: skip
STEP = 30.0


@pytest.fixture(scope="module")
def wide():
    """Rates that wander; from 2019 on the area lies ``STEP`` higher."""
    rng = np.random.default_rng(20)
    values = 60 + rng.normal(0, 6, (20, 1)) + rng.normal(0, 2, (20, 13))
    frame = pd.DataFrame(values, index=UNITS, columns=YEARS)
    frame.loc[AREA, frame.columns >= FIRST_AFTER] += STEP
    return frame


def long(wide):
    melted = wide.rename_axis("unit").reset_index().melt("unit", var_name="year")
    return melted.astype({"year": int}).dropna()


@pytest.fixture(scope="module")
def found(wide):
    return module.gap_after_event(long(wide), AREA, FIRST_AFTER, NEIGHBOURS)


@pytest.fixture(scope="module")
def without(wide):
    return module.gap_after_event(long(wide), AREA, FIRST_AFTER, NEIGHBOURS, exclude=[EXCLUDED])


@pytest.fixture(scope="module")
def own_gap(wide):
    return wide.loc[AREA] - wide.loc[NEAR].mean()


def fitted_steps(gap, first_after):
    """Step and change of slope by least squares: level, trend, step, change of trend."""
    time = YEARS - first_after
    after = (time >= 0).astype(float)
    design = np.column_stack([np.ones(13), time, after, after * time])
    return np.linalg.lstsq(design, gap, rcond=None)[0][2:]


def change_of_mean(gap):
    return gap[YEARS >= FIRST_AFTER].mean() - gap[YEARS < FIRST_AFTER].mean()


def test_gap_is_the_area_minus_its_neighbours_mean(found, own_gap):
    assert list(found.gap.index) == list(YEARS)
    np.testing.assert_allclose(found.gap, own_gap)


def test_change_of_the_mean_gap_by_hand(found, own_gap):
    estimate = found.placebo.summary.loc["gap_did", "estimate"]
    assert estimate == pytest.approx(change_of_mean(own_gap.to_numpy()))
    assert estimate == pytest.approx(STEP, abs=3)


def test_rank_and_p_value_by_hand(found, wide):
    changes = [
        change_of_mean((wide.loc[unit] - wide.loc[NEIGHBOURS[unit]].mean()).to_numpy())
        for unit in UNITS[1:]
    ]
    own = found.placebo.summary.loc["gap_did"]
    larger = int((np.abs(changes) >= abs(own["estimate"])).sum())
    assert (own["rank"], own["placebos"]) == (1 + larger, 19)
    assert own["p_value"] == pytest.approx((1 + larger) / 20)


def test_steps_of_the_regression_and_of_the_own_series_by_hand(found, own_gap, wide):
    step, slope = fitted_steps(own_gap.to_numpy(), FIRST_AFTER)
    assert found.regression.level_change.estimate == pytest.approx(step)
    assert found.regression.slope_change.estimate == pytest.approx(slope)
    summary = found.placebo.summary["estimate"]
    assert summary["gap_level_change"] == pytest.approx(step)
    own_step, own_slope = fitted_steps(wide.loc[AREA].to_numpy(), FIRST_AFTER)
    assert summary["level_change"] == pytest.approx(own_step)
    assert summary["slope_change"] == pytest.approx(own_slope)


@pytest.mark.parametrize("method", ["sc", "sdid"])
def test_synthetic_methods_find_the_step_that_was_added(found, method):
    assert found.placebo.summary.loc[method, "estimate"] == pytest.approx(STEP, abs=4)


def test_slope_before_the_event_by_hand(found, own_gap):
    before = YEARS < FIRST_AFTER
    slope = np.polyfit(YEARS[before], own_gap.to_numpy()[before], 1)[0]
    assert found.pre_trend.slope.estimate == pytest.approx(slope)
    assert found.pre_trend.points == 6
    assert 0 < found.pre_trend.power_for < 1


def test_step_at_every_year_that_leaves_three_before_and_three_after(found, own_gap):
    steps = found.breaks[found.breaks["term"] == "level_change"].set_index("first_after")
    assert list(steps.index) == list(range(2016, 2024))
    for year in (2016, 2019, 2023):
        expected = fitted_steps(own_gap.to_numpy(), year)[0]
        assert steps.loc[year, "estimate"] == pytest.approx(expected)


def test_excluded_unit_is_in_no_comparison(without, wide):
    expected = wide.loc[AREA] - wide.loc[["u1", "u2"]].mean()
    np.testing.assert_allclose(without.gap, expected)
    by_hand = change_of_mean(expected.to_numpy())
    assert without.placebo.summary.loc["gap_did", "estimate"] == pytest.approx(by_hand)
    step = fitted_steps(expected.to_numpy(), FIRST_AFTER)[0]
    assert without.regression.level_change.estimate == pytest.approx(step)
    assert EXCLUDED not in without.placebo.placebos.index


def test_table_names_every_method_in_words(found):
    table = found.table
    assert list(table["method"]) == list(module.METHODS.values())
    assert list(table.columns) == ["method", "estimate", "lower", "upper", "p_value", "rank",
                                   "placebos"]  # fmt: skip
    own = table.set_index("method").loc["synthetic control"]
    assert own["estimate"] == found.placebo.summary.loc["sc", "estimate"]
    assert ((table["lower"] <= table["estimate"]) & (table["estimate"] <= table["upper"])).all()


def test_placebos_are_named_and_in_order(found, wide):
    listed = module.placebo_frame(found, {AREA: "The area", "u1": "The next"}, "gap_did")
    assert list(listed["value"]) == sorted(listed["value"])
    assert listed["area"].iloc[-1] == "The area"  # the step added is the largest change
    assert {"The next", "u2", "u19"} < set(listed["area"])
    assert len(listed) == 20


def test_unit_without_neighbours_has_no_change_of_its_gap(wide):
    neighbours = {**NEIGHBOURS, "u9": []}
    result = module.gap_after_event(long(wide), AREA, FIRST_AFTER, neighbours)
    assert "u9" not in set(module.placebo_frame(result, {}, "gap_did")["area"])
    assert "u9" in set(module.placebo_frame(result, {}, "level_change")["area"])
    assert any("u9" in note for note in result.warnings)


def test_both_standard_errors_are_set_beside_each_other(found, own_gap):
    table = module.standard_errors(found)
    assert table["error"].tolist() == ["least squares, t", "Newey-West, fixed-b"] * 2
    step, slope = fitted_steps(own_gap.to_numpy(), FIRST_AFTER)
    assert table["estimate"].tolist() == pytest.approx([step, step, slope, slope])
    assert table["term"].tolist() == ["step"] * 2 + ["change of yearly trend"] * 2
    assert (table["upper"] - table["lower"] > 0).all()
    assert table["lower"].nunique() == 4


def test_warnings_are_said_once(found):
    assert len(found.warnings) == len(set(found.warnings))
    assert any("6 points before the event" in note for note in found.warnings)


def test_area_with_a_missing_year_is_refused(wide):
    panel = long(wide)
    panel = panel[(panel["unit"] != AREA) | (panel["year"] != 2020)]
    with pytest.raises(TrendError, match=r"u0.* missing years"):
        module.gap_after_event(panel, AREA, FIRST_AFTER, NEIGHBOURS)


@pytest.mark.parametrize("year", [2013, 2026])
def test_event_outside_the_series_is_refused(wide, year):
    with pytest.raises(TrendError, match="outside the panel"):
        module.gap_after_event(long(wide), AREA, year, NEIGHBOURS)


def test_area_whose_neighbours_have_no_data_is_refused(wide):
    with pytest.raises(TrendError):
        module.gap_after_event(long(wide), AREA, FIRST_AFTER, {**NEIGHBOURS, AREA: ["elsewhere"]})


# The panel of the published figures


@pytest.fixture(scope="module")
def panel(published):
    return module.authorities_panel(compute(published, "looked_after_rate"))


def test_panel_holds_authorities_only(panel):
    assert list(panel.columns) == ["unit", "year", "value"]
    assert panel["value"].notna().all()
    assert "873" in set(panel["unit"])
    assert not [unit for unit in panel["unit"].unique() if unit.startswith("E")]


def test_nobody_is_counted_twice_in_the_whole_series(panel):
    complete = set(read_panel(panel).units)
    with (paths.PUBLISHED / "boundary_changes.csv").open(encoding="utf-8") as file:
        changes = list(csv.DictReader(file))
    assert {"928", "909"} <= complete  # go on as territories
    assert not complete & {row["successor_dfe_code"] for row in changes}


@pytest.mark.parametrize("first_year", [2013, 2022])
def test_nobody_is_counted_twice_in_a_short_series_either(published, first_year):
    computed = compute(published, "looked_after_rate")
    twice = geography.counted_twice(published["boundary_changes"], "873")
    short = module.authorities_panel(computed[computed["year"] >= first_year], twice)
    units = set(read_panel(short).units)
    assert "928" in units and not units & {"940", "941"}


def test_an_authority_that_a_territory_covers_stands_for_itself(published):
    twice = geography.counted_twice(published["boundary_changes"], "941")
    assert "928" in twice and not twice & {"940", "941"}
    assert {"942", "943"} <= twice  # Cumberland, and Westmorland and Furness: Cumbria goes on
