"""Forecasts of short yearly series with intervals, judged by rolling-origin back-tests."""

from care_study.statistics.forecasts.backtest import (
    Backtest,
    Choice,
    backtest,
    choose_model,
    interval_score,
    mase_scale,
)
from care_study.statistics.forecasts.models import MODELS, Forecast, ForecastError, forecast

__all__ = [
    "MODELS",
    "Backtest",
    "Choice",
    "Forecast",
    "ForecastError",
    "backtest",
    "choose_model",
    "forecast",
    "interval_score",
    "mase_scale",
]
