"""Gap to neighbours before and after, and the pre-trend test with its power."""

import numpy as np
import pandas as pd
import pytest

from care_study.statistics import trends
from care_study.statistics.trends import TrendError

YEARS = np.arange(2013, 2026)


def panel(rng, step=0.0, slope=0.0, noise=1.0):
    common = rng.normal(0, 4, 13).cumsum()
    values = 60 + common + rng.normal(0, noise, (11, 13))
    time = YEARS - 2019
    values[0] += (time >= 0) * (step + slope * time)
    return pd.DataFrame(values, index=[f"u{i}" for i in range(11)], columns=YEARS)


def test_gap_removes_what_is_common_and_recovers_the_change():
    rng = np.random.default_rng(1)
    fits = [trends.gap_change(panel(rng, 8, -2), "u0", 2019) for _ in range(60)]
    assert np.mean([fit.level_change.estimate for fit in fits]) == pytest.approx(8, abs=0.5)
    assert np.mean([fit.slope_change.estimate for fit in fits]) == pytest.approx(-2, abs=0.15)


def test_gap_intervals_cover():
    rng = np.random.default_rng(2)
    hits = []
    for _ in range(500):
        fit = trends.gap_change(panel(rng, 5), "u0", 2019)
        hits.append(fit.level_change.lower <= 5 <= fit.level_change.upper)
    assert 0.93 <= np.mean(hits) <= 0.97


def test_named_neighbours_only():
    frame = panel(np.random.default_rng(3))
    frame.loc["u9"] += 1000
    with_outlier = trends.gap_change(frame, "u0", 2019, neighbours=["u1", "u2"])
    frame.loc["u9"] += 1000
    assert trends.gap_change(frame, "u0", 2019, neighbours=["u1", "u2"]).terms == with_outlier.terms


def test_missing_neighbours_are_said_and_none_left_is_refused():
    frame = panel(np.random.default_rng(4))
    frame.loc["u2", 2015] = np.nan
    fit = trends.gap_change(frame, "u0", 2019, neighbours=["u1", "u2", "u99"])
    assert any("u2, u99" in note for note in fit.warnings)
    with pytest.raises(TrendError, match="All neighbours of 'u0' are missing"):
        trends.gap_change(frame, "u0", 2019, neighbours=["u2", "u99"])
    same = pd.DataFrame(np.tile(np.arange(60.0, 73), (3, 1)), columns=YEARS)
    with pytest.raises(TrendError, match="zero in every year"):
        trends.gap_change(same, 0, 2019)


def test_pre_trend_power_is_what_simulation_finds():
    rng = np.random.default_rng(5)
    time = YEARS - 2019
    stated = trends.pre_trend(YEARS, rng.normal(0, 1, 13), 2019)
    # Known noise: the detectable slope must be found about 80% of the time.
    true_se = 1 / np.sqrt(((time[:6] - time[:6].mean()) ** 2).sum())
    slope = stated.detectable_slope / stated.slope.se * true_se
    found = [
        trends.pre_trend(YEARS, slope * time + rng.normal(0, 1, 13), 2019).slope.p_value < 0.05
        for _ in range(400)
    ]
    assert np.mean(found) == pytest.approx(0.8, abs=0.07)


def test_pre_trend_states_power_for_a_slope_and_its_weakness():
    gap = np.array([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9])
    result = trends.pre_trend(YEARS, gap, 2019, slope_of_interest=0.1)
    assert 0.05 <= result.power_for < 0.2
    assert result.points == 6
    assert "weak evidence" in result.warnings[0]
    same = trends.pre_trend(YEARS, gap, 2019, slope_of_interest=result.detectable_slope)
    assert same.power_for == pytest.approx(0.8, abs=1e-3)


def test_pre_trend_needs_three_points():
    with pytest.raises(TrendError, match="2 points before 2015"):
        trends.pre_trend(YEARS, np.arange(13.0) ** 2, 2015)
