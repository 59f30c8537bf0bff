"""Input that once passed in silence, or ended in a traceback of a library, is refused in words."""

import re

import numpy as np
import pandas as pd
import pytest

from care_study.statistics import comparison, forecasts, intervals, trends
from care_study.statistics.capacity import borel_tanner
from care_study.statistics.trends.placebo import residual_scale

YEARS = np.arange(2013, 2026)
RNG = np.random.default_rng(3)
FRAME = pd.DataFrame(
    60 + RNG.normal(0, 3, (12, 13)).cumsum(axis=1), index=list("abcdefghijkl"), columns=YEARS
)


def value_error(message):
    return pytest.raises(ValueError, match=re.escape(message))


# ---- wrong answers


def test_a_neighbour_listed_twice_counts_once_and_is_named():
    twice = trends.gap_to_neighbours(FRAME, {"a": ["b", "b", "c"]})
    once = trends.gap_to_neighbours(FRAME, {"a": ["b", "c"]})
    np.testing.assert_allclose(twice.values, once.values)
    assert "Neighbours listed more than once were counted once, for a." in twice.warnings
    assert not any("more than once" in note for note in once.warnings)


def test_a_standardised_gap_is_scaled_by_the_gap_and_the_level_by_the_series():
    lists = {unit: [other for other in "abcd" if other != unit] for unit in FRAME.index}
    raw = trends.placebo_inference(
        FRAME, "l", 2019, methods=("gap_slope_change", "slope_change"), neighbours=lists
    ).placebos
    gaps = residual_scale(trends.gap_to_neighbours(FRAME, lists, ("l",)), 2019)
    own = residual_scale(trends.read_panel(FRAME), 2019)
    found = trends.placebo_inference(
        FRAME,
        "l",
        2019,
        methods=("gap_slope_change", "slope_change"),
        neighbours=lists,
        standardise=True,
    ).summary
    for method, scale in (("gap_slope_change", gaps), ("slope_change", own)):
        ratios = (raw[method] / scale).abs()
        assert found.loc[method, "p_value"] == (ratios >= ratios["l"]).mean()
    assert not np.allclose(gaps, own)


@pytest.mark.parametrize("model", forecasts.MODELS)
def test_a_steady_share_of_growth_has_no_interval_of_no_width(model):
    steady = 50 * np.exp(0.1 * np.arange(13))
    with pytest.raises(forecasts.ForecastError, match="grows by the same share every year"):
        forecasts.forecast(steady, model=model)


def test_a_model_that_fits_exactly_is_refused():
    line = np.arange(50.0, 63)
    line[0] += 1e-9
    with pytest.raises(forecasts.ForecastError, match="would have no width"):
        forecasts.forecast(line, model="ets_trend", log=False)


@pytest.mark.parametrize("successes", [0, 10])
def test_jeffreys_holds_its_own_estimate(successes):
    got = intervals.proportion(successes, 10, method="jeffreys")
    assert got.lower <= got.estimate <= got.upper
    assert 0 < (got.upper if successes == 0 else 1 - got.lower) < 0.3


def test_an_excess_never_implies_fewer_than_no_children():
    got = comparison.excess_over_neighbours(3, 1000, [1, 200, 3])
    assert got.implied.lower == 0
    assert got.excess.upper == 3
    assert "reaches below zero" in got.warnings[0]


def test_unit_and_year_twice_are_refused_in_a_wide_panel():
    with pytest.raises(trends.TrendError, match="Found unit a more than once"):
        trends.read_panel(pd.concat([FRAME, FRAME.loc[["a"]]]))
    doubled = pd.concat([FRAME, FRAME[[2019]]], axis=1)
    with pytest.raises(trends.TrendError, match="Found year 2019 more than once"):
        trends.read_panel(doubled)
    with pytest.raises(forecasts.ForecastError, match="Found unit a twice"):
        forecasts.backtest(pd.concat([FRAME, FRAME.loc[["a"]]]), models=("random_walk",))


# ---- names and values that once passed in silence

SILENT = {
    "interval score of 95": lambda: forecasts.interval_score([1], [0], [2], level=95),
    "false discovery rate of 5": lambda: trends.national_scan(
        FRAME, 2019, method="gap_did", false_discovery_rate=5
    ),
    "two functions for one scan": lambda: trends.national_scan(
        FRAME,
        2019,
        method={"one": lambda p, _: p.values[:, 0], "two": lambda p, _: p.values[:, 1]},
    ),
    "missing score": lambda: trends.trend_in_values(
        [1, 2, 3], [0, 1, 2], [2, 3, 4], scores=[1, np.nan, 3]
    ),
    "borel-tanner load": lambda: borel_tanner([5, 6], 5, -0.5),
    "borel-tanner start": lambda: borel_tanner([5, 6], 4.5, 0.5),
    "borel-tanner served": lambda: borel_tanner([3, 6], 5, 0.5),
    "typo in controls": lambda: trends.sdid(FRAME, "a", 2019, controls=["b", "cc"]),
    "typo in exclude": lambda: trends.placebo_inference(FRAME, "a", 2019, exclude=["bb"]),
    "typo in exclude, all": lambda: trends.estimate_all(
        FRAME, 2019, methods=("sdid",), exclude=["bb"]
    ),
    "typo in exclude, gap": lambda: trends.gap_to_neighbours(FRAME, None, ["bb"]),
}
TRACEBACKS = {
    "no method": lambda: trends.placebo_inference(FRAME, "a", 2019, methods=()),
    "one method as text": lambda: trends.estimate_all(FRAME, 2019, methods="sdid"),
    "year as text": lambda: trends.placebo_inference(FRAME, "a", "2019"),
    "horizon as text": lambda: forecasts.forecast(FRAME.loc["a"], horizon="3"),
    "half a horizon": lambda: forecasts.forecast(FRAME.loc["a"], horizon=1.5),
    "one level": lambda: forecasts.forecast(FRAME.loc["a"], levels=0.95),
    "level as text": lambda: forecasts.forecast(FRAME.loc["a"], levels=["0.95"]),
    "lists as a list": lambda: comparison.compare_lists(5, [1, 2]),
    "count as text": lambda: comparison.excess_over_neighbours("700 children", 1000, [1, 2]),
    "no scatter": lambda: intervals.dispersion([], []),
    "equal scores": lambda: trends.trend_in_values(
        [1, 2, 3], [0, 1, 2], [2, 3, 4], scores=[1, 1, 1]
    ),
    "p-values on two dimensions": lambda: trends.adjust([[0.1, 0.2], [0.3, 0.4]], "holm"),
    "five and a half points": lambda: trends.recent_trend(
        YEARS, np.arange(13), np.full(13, 99), points=5.5
    ),
    "no test lags": lambda: trends.fit_linear(
        FRAME.loc["a"], np.column_stack([np.ones(13), YEARS]), test_lags=0
    ),
    "linear level": lambda: trends.fit_linear(
        FRAME.loc["a"], np.column_stack([np.ones(13), YEARS]), level=95
    ),
    "pre-trend year": lambda: trends.pre_trend(YEARS, FRAME.loc["a"], "2019"),
}


@pytest.mark.parametrize("call", SILENT.values(), ids=SILENT)
def test_what_once_passed_in_silence_is_refused(call):
    with pytest.raises(ValueError, match=r"expected|Pass a single"):
        call()


@pytest.mark.parametrize("call", TRACEBACKS.values(), ids=TRACEBACKS)
def test_what_once_ended_in_a_traceback_is_refused_in_words(call):
    with pytest.raises(ValueError, match=r"expected|lack the columns"):
        call()
