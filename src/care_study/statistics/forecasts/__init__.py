"""Forecasts of short yearly series with intervals, judged by rolling-origin back-tests."""

from care_study.statistics.forecasts.backtest import (
    Backtest,
    Choice,
    backtest,
    choose_model,
    interval_score,
    mase_scale,
)
from care_study.statistics.forecasts.frozen import (
    Frozen,
    Scores,
    fingerprint,
    freeze_forecasts,
    score_forecasts,
)
from care_study.statistics.forecasts.models import MODELS, Forecast, ForecastError, forecast

__all__ = [
    "MODELS",
    "Backtest",
    "Choice",
    "Forecast",
    "ForecastError",
    "Frozen",
    "Scores",
    "backtest",
    "choose_model",
    "fingerprint",
    "forecast",
    "freeze_forecasts",
    "interval_score",
    "mase_scale",
    "score_forecasts",
]
