"""Forecasts that are frozen, fingerprinted and scored."""

import io

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_study.statistics.forecasts import (
    ForecastError,
    backtest,
    fingerprint,
    freeze_forecasts,
    score_forecasts,
)

YEARS = list(range(2013, 2026))


def walks(units=60, seed=1, sd=0.06):
    rng = np.random.default_rng(seed)
    values = 60 * np.exp(rng.normal(0, sd, (units, 13)).cumsum(axis=1))
    return pd.DataFrame(values, index=[f"u{i:03d}" for i in range(units)], columns=YEARS)


def test_pretending_that_2024_was_the_last_year():
    panel = walks(300)
    frozen = freeze_forecasts({"rate": panel}, models=("random_walk",), last_year=2024)
    assert (frozen.table["origin"] == 2024).all() and (frozen.table["year"] == 2025).all()
    scores = score_forecasts(frozen.table, {"rate": panel}, expected=frozen.fingerprint)
    row = scores.summary.iloc[0]
    assert row["forecasts"] == 300 and row["without_outcome"] == 0
    assert row["coverage_95"] == pytest.approx(0.95, abs=0.035)
    assert row["coverage_80"] == pytest.approx(0.80, abs=0.06)
    assert row["verdict"] == "covers as stated"
    # The median of a random walk is the naive forecast.
    assert row["mase"] == pytest.approx(row["naive_mase"], rel=1e-6)


def test_nothing_later_than_the_origin_is_used():
    panel = walks()
    later = panel.copy()
    later[2025] *= 3
    options = {"models": ("random_walk", "combination"), "last_year": 2024}
    one, two = (freeze_forecasts({"r": p}, **options) for p in (panel.head(4), later.head(4)))
    assert one.fingerprint == two.fingerprint


def test_the_crps_is_that_of_the_predictive_distribution():
    panel = walks(1, sd=0.05)
    frozen = freeze_forecasts({"rate": panel}, models=("random_walk",), log=False).table
    actual = pd.DataFrame({"unit": ["u000"], "year": [2026], "value": [frozen["last"].iloc[0] + 4]})
    score = score_forecasts(frozen, {"rate": actual}).rows.iloc[0]
    draws = stats.t.ppf((np.arange(20_000) + 0.5) / 20_000, 12)
    changes = np.diff(panel.to_numpy()[0])
    draws = score["last"] + draws * np.sqrt(np.mean(changes**2))
    expected = np.abs(draws - score["actual"]).mean() - (
        np.abs(np.subtract.outer(draws[::20], draws[::20])).mean() / 2
    )
    assert score["crps"] == pytest.approx(expected, rel=0.04)
    assert score["error"] == pytest.approx(4) and score["naive_error"] == pytest.approx(4)


def test_the_fingerprint_survives_a_file_and_another_order_but_no_change():
    frozen = freeze_forecasts({"b": walks(5), "a": walks(3)}, models=("random_walk",), horizon=2)
    text = frozen.table.sample(frac=1, random_state=1).to_csv(index=False)
    back = pd.read_csv(io.StringIO(text))
    assert fingerprint(back) == frozen.fingerprint
    back.loc[3, "upper_95"] *= 1.0001
    assert fingerprint(back) != frozen.fingerprint
    with pytest.raises(ForecastError, match="they were changed since"):
        score_forecasts(back, {"a": walks(3)}, expected=frozen.fingerprint)


def test_outcomes_that_are_not_there_are_counted_and_bad_coverage_is_named():
    panel = walks(40)
    frozen = freeze_forecasts({"rate": panel}, models=("random_walk",))
    actual = pd.DataFrame({"unit": panel.index[:30], "year": 2026, "value": panel[2025][:30] * 3})
    scores = score_forecasts(frozen.table, {"rate": actual})
    row = scores.summary.iloc[0]
    assert (row["forecasts"], row["without_outcome"], row["coverage_95"]) == (30, 10, 0)
    assert scores.warnings == ("rate, random_walk, step 1: too narrow: 95% intervals covered 0%",)
    with pytest.raises(ForecastError, match="No forecast has an outcome yet"):
        score_forecasts(frozen.table, {"rate": panel})


def test_a_backtest_names_the_models_that_cover_badly():
    result = backtest(walks(15), models=("random_walk", "ets_trend"), horizon=1, every=2)
    coverage = result.summary.set_index("model")["coverage_95"]
    named = [note for note in result.warnings if "too narrow" in note]
    assert coverage["ets_trend"] < 0.9 <= coverage["random_walk"]
    assert named == [
        f"Intervals of the ets trend model are too narrow: those of 95% covered "
        f"{coverage['ets_trend']:.0%} of the outcomes."
    ]


def test_a_unit_that_cannot_be_forecast_is_listed():
    panel = walks(3)
    panel.loc["u001"] = 5.0
    frozen = freeze_forecasts({"rate": panel}, models=("random_walk",))
    assert frozen.failures["unit"].tolist() == ["u001"]
    assert frozen.warnings == ("1 forecasts could not be made; see failures.",)
    for bad in ({"models": ("best",)}, {"models": ()}):
        with pytest.raises(ForecastError, match="Found models"):
            freeze_forecasts({"rate": panel}, **bad)
    with pytest.raises(ForecastError, match="0 panels"):
        freeze_forecasts({})
    with pytest.raises(ForecastError, match="lack the columns indicator"):
        fingerprint(panel)
