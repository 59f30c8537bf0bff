"""Published numbers that the forecast functions must reproduce."""

from functools import cache

import statsmodels.api as sm

from care_study.chapters.reference.case import Case
from care_study.statistics.forecasts import Forecast, forecast

DURBIN = "Durbin & Koopman 2012, Time Series Analysis by State Space Methods, section 2.10"


@cache
def _nile(model: str) -> Forecast:
    volume = sm.datasets.nile.load_pandas().data["volume"].to_numpy()
    return forecast(volume, model=model, log=False, horizon=3)


def _local_level() -> list[Case]:
    """Maximum-likelihood variances that the textbook prints for the flow of the Nile."""
    return [
        Case(
            "local level, annual flow of the Nile",
            f"variance, {name}",
            expected,
            tolerance,
            DURBIN,
            lambda name=name: _nile("local_level").parameters[name],
        )
        for name, expected, tolerance in (
            ("sigma2.irregular", 15099.0, 15.0),
            ("sigma2.level", 1469.1, 7.0),
        )
    ]


CASES: list[Case] = _local_level()
