"""Forecasts: known truth, coverage, back-test arithmetic, the choice of a model, bad input."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_study.statistics import forecasts
from care_study.statistics.forecasts import MODELS, ForecastError, backtest, choose_model, forecast

SERIES = np.array([52, 55, 54, 58, 61, 63, 60, 66, 70, 69, 73, 76, 75], dtype=float)


def random_walks(rng, units, years=13, sd=0.08):
    steps = rng.normal(0, sd, (units, years))
    return np.exp(4 + steps.cumsum(axis=1))


def test_random_walk_by_hand():
    table = forecast(SERIES, model="random_walk", last_year=2025).table
    changes = np.diff(np.log(SERIES))
    sigma = np.sqrt(np.mean(changes**2))
    margin = stats.t.ppf(0.975, 12) * sigma * np.sqrt([1, 2, 3])
    np.testing.assert_allclose(table["forecast"], 75)
    np.testing.assert_allclose(table["upper_95"], 75 * np.exp(margin))
    np.testing.assert_allclose(table["lower_95"], 75 * np.exp(-margin))
    assert list(table["year"]) == [2026, 2027, 2028]


def test_random_walk_with_drift_by_hand():
    table = forecast(SERIES, model="random_walk_drift", log=False).table
    drift = (75 - 52) / 12
    np.testing.assert_allclose(table["forecast"], 75 + drift * np.array([1, 2, 3]))
    sigma = np.diff(SERIES).std(ddof=1)
    sd = sigma * np.sqrt(np.array([1, 2, 3]) * (1 + np.array([1, 2, 3]) / 12))
    np.testing.assert_allclose(table["upper_80"] - table["forecast"], stats.t.ppf(0.9, 11) * sd)


def test_random_walk_intervals_cover_95_percent():
    rng = np.random.default_rng(1)
    walks = random_walks(rng, 1500, 16)
    for model in ("random_walk", "random_walk_drift"):
        inside = []
        for row in walks:
            table = forecast(row[:13], model=model).table
            inside.append((row[13:] >= table["lower_95"]) & (row[13:] <= table["upper_95"]))
        coverage = np.mean(inside, axis=0)
        assert ((coverage > 0.93) & (coverage < 0.97)).all(), (model, coverage)


def test_local_level_recovers_its_variances_on_a_long_series():
    rng = np.random.default_rng(2)
    level = rng.normal(0, 1.0, 600).cumsum()
    fit = forecast(50 + level + rng.normal(0, 2.0, 600), model="local_level", log=False)
    assert fit.parameters["sigma2.level"] == pytest.approx(1, rel=0.35)
    assert fit.parameters["sigma2.irregular"] == pytest.approx(4, rel=0.2)


def test_local_level_does_not_depend_on_the_unit():
    ones = forecast(SERIES, model="local_level", log=False)
    thousands = forecast(1000 * SERIES, model="local_level", log=False)
    np.testing.assert_allclose(
        thousands.table["upper_95"], 1000 * ones.table["upper_95"], rtol=1e-3
    )


def test_local_linear_trend_and_holt_follow_a_trend():
    rng = np.random.default_rng(3)
    line = 20 + 3 * np.arange(30) + rng.normal(0, 0.5, 30)
    for model in ("local_linear_trend", "ets_trend"):
        ahead = forecast(line, model=model, log=False).table["forecast"].to_numpy()
        np.testing.assert_allclose(ahead, 20 + 3 * np.arange(30, 33), atol=1.5)


def test_combination_averages_its_parts():
    parts = [
        forecast(SERIES, model=name).table for name in ("random_walk", "local_level", "ets_level")
    ]
    both = forecast(SERIES, model="combination").table
    for column in ("forecast", "lower_95", "upper_80"):
        expected = np.exp(np.mean([np.log(part[column]) for part in parts], axis=0))
        np.testing.assert_allclose(both[column], expected)


@pytest.mark.parametrize("model", MODELS)
def test_every_model_gives_ordered_positive_widening_intervals(model):
    table = forecast(SERIES, model=model).table
    columns = ["lower_95", "lower_80", "forecast", "upper_80", "upper_95"]
    assert (np.diff(table[columns].to_numpy(), axis=1) > 0).all()
    assert (table["lower_95"] > 0).all()
    assert np.log(table["upper_95"] / table["lower_95"]).is_monotonic_increasing


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.full(13, 60.0), "constant"),
        (np.arange(1.0, 14), "same amount"),
        (np.r_[SERIES[:5], np.nan, SERIES[6:]], "1 missing"),
        (np.r_[0.0, SERIES], "log=False"),
        (SERIES[:2], "needs at least"),
        (SERIES.reshape(1, -1), "single series"),
        (["c", 1, 2], "not numbers"),
    ],
)
def test_bad_series(model, values, message):
    with pytest.raises(ForecastError, match=message):
        forecast(values, model=model)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": "oracle"}, "expected one of"),
        ({"horizon": 0}, "horizon of 0"),
        ({"levels": (95,)}, "between 0 and 1"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ForecastError, match=message):
        forecast(SERIES, **arguments)


def test_interval_score_and_scale_by_hand():
    scores = forecasts.interval_score([5, 0, 12], [2, 2, 2], [10, 10, 10], 0.95)
    np.testing.assert_allclose(scores, [8, 8 + 40 * 2, 8 + 40 * 2])
    assert forecasts.mase_scale([1, 3, 2]) == pytest.approx(1.5)
    with pytest.raises(ForecastError, match="non-zero change"):
        forecasts.mase_scale([2, 2, 2])


def test_backtest_uses_only_the_past_and_counts_every_origin():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(random_walks(rng, 6), columns=range(2013, 2026))
    models = ("random_walk", "random_walk_drift")
    result = backtest(frame, models=models)
    changed = frame.copy()
    changed[2025] *= 3
    again = backtest(changed, models=models)
    keep = result.forecasts["origin"] + result.forecasts["step"] < 2025
    pd.testing.assert_frame_equal(result.forecasts[keep], again.forecasts[keep])
    counts = result.summary.set_index(["model", "step"])["forecasts"]
    assert list(counts["random_walk"]) == [6 * 5, 6 * 4, 6 * 3]
    row = result.forecasts.iloc[0]
    direct = forecast(frame.loc[row["unit"], :2020], model="random_walk").table.iloc[0]
    assert row["upper_95"] == pytest.approx(direct["upper_95"])
    assert row["actual"] == frame.loc[row["unit"], 2021]


def test_the_backtest_supports_the_model_that_made_the_data():
    rng = np.random.default_rng(5)
    walks = pd.DataFrame(random_walks(rng, 60), columns=range(2013, 2026))
    choice = choose_model(backtest(walks, models=("random_walk", "random_walk_drift")))
    assert choice.model == "random_walk"
    assert 0.93 <= choice.table.loc["random_walk", "coverage_95"] <= 0.97
    growing = walks * np.exp(0.25 * np.arange(13))
    choice = choose_model(backtest(growing, models=("random_walk", "random_walk_drift")))
    assert choice.model == "random_walk_drift"
    assert "No acceptable model had a smaller interval score" in choice.reason


def test_long_panels_incomplete_units_and_failures_are_handled():
    rng = np.random.default_rng(6)
    frame = pd.DataFrame(random_walks(rng, 5), columns=range(2013, 2026), index=list("abcde"))
    frame.loc["b", 2016] = np.nan
    frame.loc["c", 2014] = 0.0
    long = frame.rename_axis("unit").rename_axis("year", axis=1).stack().rename("value")
    result = backtest(long.reset_index(), models=("random_walk",))
    assert set(result.forecasts["unit"]) == {"a", "d", "e"}
    assert any("b" in note for note in result.warnings)
    assert set(result.failures["unit"]) == {"c"}
    assert result.failures["reason"].str.contains("at or below zero").all()


def test_all_models_run_in_the_backtest():
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(random_walks(rng, 4), columns=range(2013, 2026))
    result = backtest(frame, fewest_years=11)
    assert list(result.summary["model"].unique()) == list(MODELS)
    assert len(result.failures) == 0
    assert choose_model(result).model in MODELS


def test_too_narrow_intervals_everywhere_are_said():
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(random_walks(rng, 10), columns=range(2013, 2026))
    result = backtest(frame, models=("random_walk",))
    narrow = result.forecasts.assign(covered_95=False)
    choice = choose_model(forecasts.Backtest(narrow, result.summary, result.failures, ()))
    assert "too narrow" in choice.warnings[0]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame(np.ones((3, 8)), columns=range(8)), "8 years"),
        (pd.DataFrame(np.full((3, 12), np.nan)), "No unit has a value"),
        (pd.DataFrame(np.ones((3, 4)), columns=[1, 2, 4, 5]), "no gap"),
        (pd.DataFrame(np.ones((3, 12))), "No forecast could be made|non-zero"),
        (pd.DataFrame({"unit": [1, 1], "year": [1, 1], "value": [1, 1]}), "twice"),
    ],
)
def test_bad_panels(frame, message):
    with pytest.raises(ForecastError, match=message):
        backtest(frame, models=("random_walk",))
