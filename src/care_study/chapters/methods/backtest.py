"""Titles and alternative texts of the methods appendix, computed from what it finds."""

import math

import pandas as pd

from care_study.chapters.methods.coverage import RATE_METHODS
from care_study.chapters.methods.false_alarms import (
    LARGEST_AUTOCORRELATION,
    LEAST_SQUARES,
    NORMAL,
    SIMULATED,
    detectable,
)
from care_study.indicators.definitions import Indicator
from care_study.statistics.forecasts import Choice
from care_study.statistics.forecasts.models import COMBINED
from care_study.words import format_number

MODELS = {
    "random_walk": "random walk",
    "random_walk_drift": "random walk with drift",
    "local_level": "local level",
    "local_linear_trend": "local linear trend",
    "ets_level": "exponential smoothing, level",
    "ets_trend": "exponential smoothing, trend",
    "combination": "combination",
}


def percent(share: float, decimals: int = 0) -> str:
    """Write a proportion from 0 to 1 as a percentage."""
    return format_number(float(share), unit="share", decimals=decimals)


def rejected(simulated: pd.DataFrame, term: str, error: str, autocorrelation: float) -> float:
    """Look up one rejection rate of the size simulation."""
    rows = simulated[(simulated["term"] == term) & (simulated["error"] == error)]
    at = rows.loc[(rows["autocorrelation"] - autocorrelation).abs() < 1e-9, "rejected"]
    return float(at.iloc[0])


def size_title(simulated: pd.DataFrame, term: str) -> str:
    """Say between which rates the usual error finds a change that is not there."""
    ends = [simulated["autocorrelation"].min(), simulated["autocorrelation"].max()]
    low, high = (percent(rejected(simulated, term, NORMAL, rho)) for rho in ends)
    return (
        f"Newey-West errors with a normal quantile see a {term} that is not there in {low} to "
        f"{high} of series"
    )


def size_alt(simulated: pd.DataFrame, term: str) -> str:
    """Describe the chart of rejection rates."""
    ends = [simulated["autocorrelation"].min(), simulated["autocorrelation"].max()]
    parts = []
    for error in (LEAST_SQUARES, NORMAL, SIMULATED):
        low, high = (percent(rejected(simulated, term, error, rho)) for rho in ends)
        parts.append(f"{error}: {low} to {high}")
    return (
        f"Line chart of false alarms by autocorrelation, from {ends[0]:g} to {ends[1]:g}, against "
        f"the nominal 5%. {'; '.join(parts)}."
    )


def coverage_title(rates: pd.DataFrame) -> str:
    """Say which interval never covers less than it promises."""
    lowest = rates.groupby("method")["coverage"].min()
    keep = [name for name in lowest.index if lowest[name] >= 0.95 - 1e-9]
    if "exact" in keep:
        return "The exact interval never covers less often than it promises"
    return "No interval covers at least as often as it promises everywhere"


def coverage_alt(rates: pd.DataFrame) -> str:
    """Describe the chart of coverage."""
    groups = rates.groupby("method", sort=False)["coverage"]
    parts = [
        f"{name} {percent(values.min(), 1)} to {percent(values.max(), 1)}"
        for name, values in groups
    ]
    return (
        "Line chart of the coverage of nominal 95% intervals by expected count: "
        f"{'; '.join(parts)}."
    )


def power_title(found: dict[str, float], unit: str) -> str:
    """Say what size of change would probably be noticed."""
    known = [value for value in found.values() if math.isfinite(value)]
    if not known:
        return "No change of the sizes tried would be noticed four times in five"
    low, high = (format_number(value, decimals=0) for value in (min(known), max(known)))
    span = low if low == high else f"{low} to {high}"
    return f"A change has to reach about {span} {unit} to be noticed four times in five"


def power_alt(power: pd.DataFrame) -> str:
    """Describe the chart of power."""
    ends = power[power["shift"] == power["shift"].max()]
    parts = [f"{row['method']} {percent(row['power'])}" for row in ends.to_dict("records")]
    return (
        "Line chart of the chance of being noticed by size of change, rising from "
        f"{percent(power['power'].min())}; at {format_number(power['shift'].max(), decimals=0)}: "
        f"{'; '.join(parts)}."
    )


def backtest_title(table: pd.DataFrame) -> str:
    """Say how far the models' coverage falls short."""
    low, high = table["coverage_95"].min(), table["coverage_95"].max()
    return (
        f"Nominal 95% intervals held between {percent(low)} and {percent(high)} of what happened, "
        "depending on the model"
    )


def backtest_alt(table: pd.DataFrame) -> str:
    """Describe the chart of coverage by model."""
    parts = [f"{row['label']} {percent(row['coverage_95'])}" for row in table.to_dict("records")]
    return "Dots, one a model: share of outcomes inside the 95% interval. " + "; ".join(parts) + "."


def models(choice: Choice) -> pd.DataFrame:
    """List the models of a back-test, best first, with plain names."""
    table = choice.table.reset_index()
    names = table["model"].map(MODELS)
    used = (table["model"] == choice.model).map({True: "yes", False: "no"})
    return table.assign(label=names, used=used)[
        ["label", "used", "coverage_95", "mase", "score_95", "worse_by", "worse_by_se"]
    ]


def plain(summary: pd.DataFrame) -> pd.DataFrame:
    """Give the models of a back-test's summary plain names."""
    return summary.assign(model=summary["model"].map(MODELS))


def by_method(power: pd.DataFrame) -> dict[str, float]:
    """Find for each method the size of change that is noticed four times in five."""
    return {
        str(method): detectable(rows, "shift")
        for method, rows in power.groupby("method", sort=False)
    }


def smallest(found: dict[str, float]) -> float:
    """Find the smallest of the sizes that are known."""
    known = [value for value in found.values() if math.isfinite(value)]
    return min(known) if known else float("nan")


def seen_sentence(found: dict[str, float], definition: Indicator) -> str:
    """Say for each method what size of change is noticed four times in five."""
    parts = [
        f"{format_number(size, decimals=definition.decimals)} by the {method}"
        if math.isfinite(size)
        else f"more than was tried by the {method}"
        for method, size in found.items()
    ]
    return f"to be noticed four times in five a change must be {', '.join(parts)}"


def behind(autocorrelation: float) -> str:
    """Write the autocorrelation behind that of residuals, which is looked for up to a bound."""
    found = format_number(autocorrelation, decimals=1)
    beyond = autocorrelation >= LARGEST_AUTOCORRELATION - 1e-9
    return f"{found} or more" if beyond else f"about {found}"


def combined() -> str:
    """Name the models that the combination averages."""
    names = [MODELS[name] for name in COMBINED]
    return f"{'; '.join(names[:-1])}; and {names[-1]}"


def drawn(rates: pd.DataFrame) -> pd.DataFrame:
    """Take the interval methods that a chart can tell apart, with plain names."""
    apart = rates[rates["method"] != "byar"]
    return apart.assign(method=apart["method"].map(RATE_METHODS))
