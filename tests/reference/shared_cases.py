"""Reference cases whose data lie in a folder beside the repository, not in it.

``CASES`` is empty where that folder is absent; `care_study.chapters.reference.beside.BESIDE` says
how many cases each group has where it is there.
"""

from collections.abc import Callable
from functools import cache

import pandas as pd
import statsmodels.api as sm

from care_study import paths
from care_study.chapters.reference.case import Case
from care_study.statistics import trends
from care_study.statistics.forecasts import Forecast, forecast
from care_study.statistics.intervals import poisson_rate

SHARED = paths.ROOT.parent / "shared" / "reference_cases"
NIST = "NIST Statistical Reference Datasets, certified values"
PROP99 = "Arkhangelsky et al. 2021, AER 111; Abadie, Diamond & Hainmueller 2010, JASA 105"
HYNDMAN = "Hyndman & Athanasopoulos, Forecasting: Principles and Practice; R package forecast"

EXACT_RATES = "R package DescTools, PoissonCI, quoted in the tests of statsmodels"

RATE_METHODS = {"exact": "exact", "score": "score", "mid-P": "midp"}
ETS_MODELS = {"ANN": "ets_level", "AAN": "ets_trend"}


@cache
def _nist(name: str) -> trends.RegressionResult:
    data = pd.read_csv(SHARED / f"nist_{name}.csv")
    predictors = data.drop(columns="y").to_numpy(float)
    return trends.fit_linear(data["y"], sm.add_constant(predictors))


def _nist_value(quantity: str) -> float:
    name, field = quantity.split(".")
    fit = _nist(name)
    if field.startswith("b"):
        return fit.terms[int(field[1:])].estimate
    if field.startswith("se"):
        return fit.terms[int(field[2:])].se
    names = {"resid_sd": "residual_sd", "r2": "r_squared", "F": "f_statistic"}
    return float(getattr(fit, names[field]))


@cache
def _prop99() -> pd.DataFrame:
    names = {"State": "unit", "Year": "year", "PacksPerCapita": "value"}
    return pd.read_csv(SHARED / "california_prop99.csv").rename(columns=names)


PROP99_VALUES: dict[str, Callable[[], float]] = {
    "prop99.did": lambda: trends.did(_prop99(), "California", 1989).estimate,
    "prop99.sc": lambda: trends.synthetic_control(_prop99(), "California", 1989).estimate,
    "prop99.sdid": lambda: trends.sdid(_prop99(), "California", 1989).estimate,
    "prop99.sdid.placebo_se": lambda: trends.placebo_standard_error(_prop99(), "California", 1989),
}


@cache
def _oil(first_year: int, model: str, horizon: int) -> Forecast:
    data = pd.read_csv(SHARED / "oil_1965_2013.csv")
    series = data.loc[data["year"] >= first_year, "oil"]
    return forecast(series, model=model, log=False, horizon=horizon, last_year=2013)


def _oil_value(quantity: str) -> float:
    """Value named as in the shared table, such as ``ses.2014.lo80`` or ``oil49.ANN.forecast1``."""
    parts = quantity.split(".")
    if parts[0] == "oil49":
        step = int(parts[2].removeprefix("forecast"))
        return float(_oil(1965, ETS_MODELS[parts[1]], 4).table["forecast"].iloc[step - 1])
    fit = _oil(1996, "ets_level", 5)
    if parts[1] == "mean":
        return float(fit.table["forecast"].iloc[-1])
    if parts[1] == "rmse":
        return fit.parameters["rmse"]
    column = parts[2].replace("lo", "lower_").replace("hi", "upper_")
    return float(fit.table.set_index("year").loc[int(parts[1]), column])


def nist() -> list[Case]:
    return [
        Case(
            "NIST certified regression",
            item.quantity,
            item.expected,
            item.abs_tol,
            NIST,
            lambda quantity=item.quantity: _nist_value(quantity),
        )
        for item in pd.read_csv(SHARED / "nist_expected.csv").itertuples()
    ]


def proposition_99() -> list[Case]:
    cases = [
        Case(
            "California's Proposition 99",
            item.quantity.removeprefix("prop99."),
            item.expected,
            item.abs_tol,
            PROP99,
            PROP99_VALUES[item.quantity],
        )
        for item in pd.read_csv(SHARED / "prop99_expected.csv").itertuples()
        if item.quantity in PROP99_VALUES
    ]
    # The note beside the published covariate version gives these for outcomes only.
    return cases + [
        Case(
            "California's Proposition 99, synthetic control on outcomes",
            f"mean squared error {field}",
            value,
            tolerance,
            PROP99,
            lambda field=field: float(
                trends.rmspe_ratios(_prop99(), "California", 1989).loc["California", field]
            ),
        )
        for field, value, tolerance in (("ratio", 155.0, 1.0), ("rank", 3.0, 0.0))
    ]


def oil() -> list[Case]:
    return [
        Case(
            "exponential smoothing, Saudi oil production",
            item.quantity,
            item.expected,
            item.abs_tol,
            HYNDMAN,
            lambda quantity=item.quantity: _oil_value(quantity),
        )
        for item in pd.read_csv(SHARED / "ets_oil_expected.csv").itertuples()
    ]


def rates() -> list[Case]:
    return [
        Case(
            item.case,
            item.quantity,
            item.expected,
            max(item.abs_tol, 1e-13),
            EXACT_RATES,
            lambda item=item: _limit(item.count, item.exposure, *item.quantity.split()),
        )
        for item in pd.read_csv(SHARED / "poisson_expected.csv").itertuples()
    ]


def _limit(count: float, exposure: float, method: str, side: str) -> float:
    return float(getattr(poisson_rate(count, exposure, method=RATE_METHODS[method]), side))


CASES: dict[str, list[Case]] = (
    {
        "certified regressions": nist(),
        "California's Proposition 99": proposition_99(),
        "exponential smoothing of oil production": oil(),
        "intervals of a rate": rates(),
    }
    if SHARED.is_dir()
    else {}
)
