"""The forecast: where it starts, what its record says, and who has none."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from care_study.chapters.national import outlook
from care_study.show.figure import FIGURE_MIME
from care_study.show.results import Absent, facts_of
from care_study.statistics.trends import read_panel
from care_study.words import ten_digits

MODELS = ("random_walk", "random_walk_drift")


def only(country, units):
    """The country with few series, so that the back-test is quick."""
    values = country.panel.values[[country.panel.row(unit) for unit in units]]
    frame = pd.DataFrame(values, index=list(units), columns=country.panel.years)
    return replace(country, panel=read_panel(frame))


@pytest.fixture(scope="module")
def ahead(country):
    return outlook.outlook(only(country, country.focus), 3, MODELS)


def test_the_forecast_starts_from_the_last_figure(ahead, country):
    table = outlook.all_forecasts(ahead)
    assert table["year"].tolist() == [2026, 2027, 2028] * 3
    if ahead.model.startswith("random walk on"):
        last = country.panel.values[country.panel.row("873"), -1]
        assert outlook.fan(ahead.made["873"])["value"].tolist() == pytest.approx([last] * 3)
    ratio = np.log(table["upper_95"] / table["lower_95"])
    assert (ratio.groupby(table["area"]).diff().dropna() > 0).all()


def test_the_record_of_the_model_stands_beside_its_forecast(ahead):
    note = outlook.record_of(ahead)
    for row in ahead.by_step.to_dict("records"):
        assert f"{row['step']} ahead, {100 * row['coverage_95']:.0f}%" in note
        assert f"an error of {row['mase']:.2f}" in note
    assert ahead.model in note


def test_facts_of_the_forecast(ahead):
    facts = {fact.name: fact for fact in facts_of(ahead)}
    assert facts["models_compared"].value == len(MODELS)
    assert facts["coverage_first"].value == ten_digits(ahead.by_step["coverage_95"].iloc[0])
    # Eight years come before the first forecast of a series that begins in 2013.
    assert facts["first_origin"].text == "2020"
    assert facts["forecasts"].text.count("in 2028, 95% interval") == 3


def test_series_and_forecast_are_told_apart(ahead, country):
    shown = outlook.forecast_figures(ahead)
    assert [one.bundle[FIGURE_MIME]["name"] for one in shown] == [
        "forecast_figure_1",
        "forecast_figure_2",
        "forecast_figure_3",
    ]
    made = outlook.fan(ahead.made["331"]).assign(area="Coventry")
    table = outlook.together(outlook.history(country, "331"), made)
    assert set(table["kind"]) == {"published", "forecast"}
    assert table.loc[table["kind"] == "forecast", "year"].min() == 2026
    assert table.loc[table["kind"] == "published", "year"].max() == 2025


def test_title_gives_the_range_of_the_last_year(ahead):
    last = ahead.made["331"].table.iloc[-1]
    assert outlook.title(ahead, "331") == (
        f"Coventry in 2028: anything from {last['lower_95']:.0f} to {last['upper_95']:.0f} "
        "per 10,000"
    )


def test_an_area_without_a_whole_series_has_no_forecast_and_does_not_stop_the_others(opened):
    asked = opened("looked_after_rate", ["City of London", "Leeds", "Kent"])
    found = outlook.outlook(only(asked, asked.whole), 2, MODELS)
    assert [asked.focus[unit] for unit in found.made] == ["Leeds", "Kent"]
    assert found.forecasts.startswith("City of London: no forecast")
    nobody = replace(asked, focus={"201": "City of London"})
    none = outlook.outlook(replace(nobody, panel=only(asked, asked.whole).panel), 2, MODELS)
    assert outlook.forecast_figures(none) == []
    assert isinstance(outlook.forecast_table(none), Absent)


def test_too_few_years_for_a_back_test_give_the_reason(opened):
    short = opened("looked_after_rate", ["Leeds"], first_year=2016, last_year=2020)
    absent = outlook.outlook(short, 3, MODELS)
    assert isinstance(absent, Absent)
    assert absent.reason.startswith("There is no forecast of children looked after: Found 5 years")
    assert outlook.forecast_figures(absent) is absent
