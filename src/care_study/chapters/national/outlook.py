"""What may follow: forecasts of those asked about, by the model that the past supports."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from care_study.area.setting import ENGLAND
from care_study.chapters.national.country import Country, positive
from care_study.charts import series
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.forecasts import (
    Backtest,
    Choice,
    Forecast,
    ForecastError,
    backtest,
    choose_model,
    forecast,
)
from care_study.unavailable import Unavailable
from care_study.words import count, number, share, year

# The two models with a trend of their own never come near the best (see the methods appendix) and
# take most of the time.
COMPARED = ("random_walk", "random_walk_drift", "local_level", "ets_level", "combination")


@finding
class Outlook:
    """Forecasts of those asked about by the model that the back-test supports, and its record.

    ``made`` holds the forecasts by ``area_id``, ``by_step`` how the model did, by years ahead.
    """

    country: Country
    sources: list[str]
    made: dict[str, Forecast]
    by_step: pd.DataFrame
    model: str = fact("the simplest model that the back-test cannot tell from the best")
    reason: str = fact(
        "interval score at 95% over all authorities and origins (Gneiting and Raftery 2007)"
    )
    models_compared: int = fact("models in this back-test", decimals=0)
    horizon: int = fact("years ahead", decimals=0)
    first_origin: int = fact("first year that a forecast was made from", unit="year")
    coverage_first: float = fact(
        "outcomes inside the 95% interval one year ahead", unit="share", decimals=0
    )
    coverage_last: float = fact(
        "outcomes inside the 95% interval in the last year of the forecast",
        unit="share",
        decimals=0,
    )
    mase_first: float = fact(
        "mean absolute error over the mean absolute change of a year before the origin, one year "
        "ahead",
        decimals=2,
    )
    mase_last: float = fact(
        "mean absolute error over the mean absolute change of a year before the origin, in the "
        "last year of the forecast",
        decimals=2,
    )
    forecasts: str = fact("forecast of the chosen model with its 95% interval")


@section
def outlook(country: Country, horizon: int, models: Sequence[str] = COMPARED) -> Outlook:
    """Choose a model by back-test over all authorities and forecast those asked about."""
    tested = _tested(country, horizon, models)
    choice = choose_model(tested)
    made = _forecasts(country, choice, horizon)
    steps = _record(tested, choice)
    return Outlook(
        country=country,
        sources=country.sources,
        made=made,
        by_step=steps,
        model=f"{choice.model.replace('_', ' ')} on logarithms",
        reason=choice.reason,
        models_compared=len(models),
        horizon=horizon,
        first_origin=int(tested.forecasts["origin"].min()),
        coverage_first=steps["coverage_95"].iloc[0],
        coverage_last=steps["coverage_95"].iloc[-1],
        mase_first=steps["mase"].iloc[0],
        mase_last=steps["mase"].iloc[-1],
        forecasts=". ".join(sentence(country, made, unit) for unit in country.focus),
    )


def _tested(country: Country, horizon: int, models: Sequence[str]) -> Backtest:
    try:
        return backtest(positive(country.panel), models=models, horizon=horizon)
    except ForecastError as error:
        title = country.indicator.title.lower()
        raise Unavailable(f"There is no forecast of {title}: {error}") from error


def _forecasts(country: Country, choice: Choice, horizon: int) -> dict[str, Forecast]:
    known = positive(country.panel)
    return {
        unit: forecast(
            known.loc[unit], model=choice.model, horizon=horizon, last_year=int(known.columns[-1])
        )
        for unit in country.whole
        if unit in known.index
    }


def _record(tested: Backtest, choice: Choice) -> pd.DataFrame:
    summary = tested.summary
    return summary[summary["model"] == choice.model].reset_index(drop=True)


def sentence(country: Country, made: dict[str, Forecast], unit: str) -> str:
    """Give one authority's last forecast with its interval, or say that there is none."""
    area, places = country.focus[unit], country.indicator.decimals
    if unit not in made:
        return f"{area}: no forecast, for want of a whole series above zero"
    last = made[unit].table.iloc[-1]
    low, high = (number(last[end], places) for end in ("lower_95", "upper_95"))
    return (
        f"{area}: {number(last['forecast'], places)} in {year(last['year'])}, 95% interval {low} "
        f"to {high}"
    )


# ---- what is shown


@section
def forecast_figures(found: Outlook) -> list[Shown]:
    """Draw the series of each authority asked about with its forecast, beside England's."""
    return [_figure(found, unit, place) for place, unit in enumerate(found.made, start=1)]


def _figure(found: Outlook, unit: str, place: int) -> Shown:
    country, measure = found.country, found.country.indicator
    known = history(country, unit)
    made = fan(found.made[unit])
    chart = series.focus_series(
        known,
        area="area",
        value="value",
        focus=country.focus[unit],
        references=["England"],
        unit=measure.unit,
        forecast=made,
        zero=False,
    )
    return figure(
        chart,
        name=f"forecast_figure_{place}",
        title=title(found, unit),
        subtitle=(
            f"{country.measure}, with a forecast and its 95% interval (shaded); the axis does not "
            "start at zero"
        ),
        alt=alternative(found, unit),
        data=together(known, made.assign(area=country.focus[unit])),
        sources=found.sources,
        row_header="year",
        notes=[record_of(found)],
        unit=measure.unit,
        places=measure.decimals,
    )


@section
def forecast_table(found: Outlook) -> Shown:
    """List all forecasts with their intervals."""
    if not found.made:
        raise Unavailable("None of those asked about has a whole series above zero to forecast")
    return table(
        all_forecasts(found),
        name="forecast_table",
        caption=f"Forecasts with their intervals, {found.country.indicator.unit}",
        row_header="area",
        places=found.country.indicator.decimals,
        notes=[record_of(found)],
        sources=found.sources,
    )


def all_forecasts(found: Outlook) -> pd.DataFrame:
    """List all forecasts: ``area, year, forecast, lower_80, upper_80, lower_95, upper_95``."""
    rows = pd.concat(
        [made.table.assign(area=found.country.focus[unit]) for unit, made in found.made.items()],
        ignore_index=True,
    )
    return rows[["area", "year", "forecast", "lower_80", "upper_80", "lower_95", "upper_95"]]


def fan(made: Forecast, level: int = 95) -> pd.DataFrame:
    """Take a forecast for a chart: ``year, value, lower, upper``."""
    names = {"forecast": "value", f"lower_{level}": "lower", f"upper_{level}": "upper"}
    return made.table.rename(columns=names)[["year", "value", "lower", "upper"]]


def history(country: Country, unit: str) -> pd.DataFrame:
    """Take an authority's series with England's: ``area, year, value, lower, upper``."""
    rows = country.computed[country.computed["area_id"].isin([unit, ENGLAND])]
    rows = rows[rows["value"].notna()]
    return rows.rename(columns={"area_name": "area"})[["area", "year", "value", "lower", "upper"]]


def together(known: pd.DataFrame, made: pd.DataFrame) -> pd.DataFrame:
    """Put published series and a forecast together: ``kind`` tells them apart."""
    rows = [known.assign(kind="published"), made.assign(kind="forecast")]
    return pd.concat(rows, ignore_index=True).sort_values(["area", "year"], ignore_index=True)[
        ["year", "area", "kind", "value", "lower", "upper"]
    ]


def title(found: Outlook, unit: str) -> str:
    """Say what range the last year of the forecast has."""
    last = found.made[unit].table.iloc[-1]
    low, high = (number(last[end], 0) for end in ("lower_95", "upper_95"))
    short = found.country.indicator.unit.replace(" children aged 0 to 17", "")
    space = "" if short.startswith("%") else " "
    area = found.country.focus[unit]
    return f"{area} in {year(last['year'])}: anything from {low} to {high}{space}{short}"


def alternative(found: Outlook, unit: str) -> str:
    """Describe a fan chart."""
    rows = found.made[unit].table
    first, last = rows.iloc[0], rows.iloc[-1]
    return (
        f"Line chart of {found.country.focus[unit]} and England with a forecast from "
        f"{year(first['year'])} to {year(last['year'])}. The forecast ends at "
        f"{number(last['forecast'])}; its 95% interval widens from {number(first['lower_95'])} to "
        f"{number(first['upper_95'])} in the first year to {number(last['lower_95'])} to "
        f"{number(last['upper_95'])}."
    )


def record_of(found: Outlook) -> str:
    """Say beneath a forecast how the model did: coverage and MASE, by years ahead."""
    parts = [_step(row) for row in found.by_step.to_dict("records")]
    return (
        f"Model: {found.model}. Its record over all authorities, by years ahead: "
        f"{'; '.join(parts)}."
    )


def _step(row: dict[Any, Any]) -> str:
    return (
        f"{count(row['step'])} ahead, {share(row['coverage_95'])} of outcomes inside the 95% "
        f"interval and an error of {number(row['mase'], 2)} ordinary yearly changes (MASE)"
    )
