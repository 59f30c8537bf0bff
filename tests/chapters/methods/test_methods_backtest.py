"""The back-test: which origins, and plain names."""

import numpy as np
import pandas as pd
import pytest

from care_study.chapters.methods import backtest
from care_study.statistics import forecasts


def test_fewer_origins_are_counted_back_from_the_last():
    generator = np.random.default_rng(7)
    values = np.exp(np.cumsum(generator.normal(0, 0.1, (4, 13)), axis=1))
    panel = pd.DataFrame(values, index=list("abcd"), columns=range(2013, 2026))
    whole, half = (
        forecasts.backtest(panel, models=("random_walk",), every=every) for every in (1, 2)
    )
    assert sorted(whole.forecasts["origin"].unique()) == [2020, 2021, 2022, 2023, 2024]
    assert sorted(half.forecasts["origin"].unique()) == [2020, 2022, 2024]
    shared = whole.forecasts[whole.forecasts["origin"].isin([2020, 2022, 2024])]
    pd.testing.assert_frame_equal(half.forecasts, shared.reset_index(drop=True))
    with pytest.raises(forecasts.ForecastError, match="every=0"):
        forecasts.backtest(panel, models=("random_walk",), every=0)


def test_every_model_has_a_plain_name():
    assert set(backtest.MODELS) == set(forecasts.MODELS)


def test_the_models_of_the_combination_are_named():
    assert backtest.combined().count(";") == len(forecasts.models.COMBINED) - 1
