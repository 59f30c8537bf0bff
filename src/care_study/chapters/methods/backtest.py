"""Which forecast can be believed: models back-tested on every authority's series."""

from collections.abc import Mapping, Sequence

import pandas as pd

from care_study.chapters.methods.series import Series
from care_study.chapters.national.country import positive
from care_study.charts import dots
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.forecasts import Backtest, Choice, backtest, choose_model
from care_study.statistics.forecasts.models import COMBINED
from care_study.words import count, share, small

HORIZON = 3
PROMISED = 0.95
MODELS = {
    "random_walk": "random walk",
    "random_walk_drift": "random walk with drift",
    "local_level": "local level",
    "local_linear_trend": "local linear trend",
    "ets_level": "exponential smoothing, level",
    "ets_trend": "exponential smoothing, trend",
    "combination": "combination",
}


@finding
class Tested:
    """How the models did for one indicator, and which is chosen."""

    tried: Series
    sources: list[str]
    result: Backtest
    best: pd.DataFrame
    chosen: str = fact("the simplest model that the back-test cannot tell from the best")
    reason: str = fact("interval score at 95% (Gneiting and Raftery 2007)")
    worst: float = fact(
        "lowest share of outcomes inside a model's 95% intervals", unit="share", decimals=0
    )


@finding
class Tests:
    """How the models did for each indicator."""

    sources: list[str]
    of: Mapping[str, Tested]
    origin_step: int = fact("years between the origins of the back-test", decimals=0)
    horizon: int = fact("years that are forecast", text=lambda found: small(found.horizon))
    models: int = fact("models in the back-test", decimals=0)
    combined: str = fact(
        "models whose forecasts and limits the combination averages", sources=["simulation"]
    )


@section
def back_tests(tried: Sequence[Series], origin_step: int) -> Tests:
    """Back-test every model on every authority's series of each indicator."""
    of = {str(place): _tested(one, origin_step) for place, one in enumerate(tried, start=1)}
    return Tests(
        sources=tried[0].sources,
        of=of,
        origin_step=origin_step,
        horizon=HORIZON,
        models=len(of["1"].best),
        combined=combined(),
    )


def _tested(tried: Series, origin_step: int) -> Tested:
    result = backtest(positive(tried.country.panel), horizon=HORIZON, every=origin_step)
    choice = choose_model(result)
    return Tested(
        tried=tried,
        sources=tried.sources,
        result=result,
        best=models(choice),
        chosen=choice.model.replace("_", " "),
        reason=choice.reason,
        worst=float(choice.table["coverage_95"].min()),
    )


@section
def coverage_by_model(found: Tests) -> Shown:
    """Draw how often each model's intervals held the outcome, for the first indicator."""
    tested = found.of["1"]
    best, units = tested.best, tested.result.forecasts["unit"].nunique()
    chart = dots.dot_intervals(
        best.assign(lower=best["coverage_95"], upper=best["coverage_95"]),
        label="label",
        value="coverage_95",
        lower="lower",
        upper="upper",
        unit="share of outcomes inside the 95% interval (0 to 1)",
        focus=list(best.loc[best["used"] == "yes", "label"]),
        reference=PROMISED,
        reference_label="promised",
    )
    return figure(
        chart,
        name="backtest",
        title=backtest_title(best),
        subtitle=(
            f"{tested.tried.indicator.title}: forecasts one to {small(found.horizon)} years ahead "
            f"for {count(units)} authorities and territories; the model chosen in colour"
        ),
        alt=backtest_alt(best),
        data=best,
        sources=tested.sources,
    )


@section
def by_years_ahead(found: Tests) -> list[Shown]:
    """List how each model did by years ahead, for each indicator."""
    return [
        table(
            plain(tested.result.summary),
            name=f"backtest_{place}",
            caption=f"{tested.tried.indicator.title}: back-test by model and years ahead",
            row_header="model",
            sources=tested.sources,
        )
        for place, tested in found.of.items()
    ]


def models(choice: Choice) -> pd.DataFrame:
    """List the models of a back-test, best first, with plain names."""
    listed = choice.table.reset_index()
    names = listed["model"].map(MODELS)
    used = (listed["model"] == choice.model).map({True: "yes", False: "no"})
    return listed.assign(label=names, used=used)[
        ["label", "used", "coverage_95", "mase", "score_95", "worse_by", "worse_by_se"]
    ]


def plain(summary: pd.DataFrame) -> pd.DataFrame:
    """Give the models of a back-test's summary plain names."""
    return summary.assign(model=summary["model"].map(MODELS))


def backtest_title(best: pd.DataFrame) -> str:
    """Say how far the models' coverage falls short."""
    low, high = best["coverage_95"].min(), best["coverage_95"].max()
    return (
        f"Nominal 95% intervals held between {share(low)} and {share(high)} of what happened, "
        "depending on the model"
    )


def backtest_alt(best: pd.DataFrame) -> str:
    """Describe the chart of coverage by model."""
    parts = [f"{row['label']} {share(row['coverage_95'])}" for row in best.to_dict("records")]
    return "Dots, one a model: share of outcomes inside the 95% interval. " + "; ".join(parts) + "."


def combined() -> str:
    """Name the models that the combination averages."""
    names = [MODELS[name] for name in COMBINED]
    return f"{'; '.join(names[:-1])}; and {names[-1]}"
