"""Segmented regression: what is modelled, on which scale it is reported, every message in full."""

import numpy as np
import pandas as pd
import pytest
from trends_material import SERIES, YEARS, least_squares, refused

from care_study.statistics import trends
from care_study.statistics.trends import segmented, segmented_design
from care_study.statistics.trends.segmented import MODELS

POPULATION = 1000.0 + 10 * np.arange(13)
TIME = YEARS - 2019.0
AFTER = (YEARS >= 2019) * 1.0
BOTH = ("intercept", "slope", "level_change", "slope_change")
DESIGNS = {
    "level": np.column_stack([np.ones(13), TIME, AFTER]),
    "slope": np.column_stack([np.ones(13), TIME, AFTER * TIME]),
    "level_and_slope": np.column_stack([np.ones(13), TIME, AFTER, AFTER * TIME]),
}
NAMES = {"level": BOTH[:3], "slope": (*BOTH[:2], BOTH[3]), "level_and_slope": BOTH}


@pytest.mark.parametrize("change", list(DESIGNS))
def test_the_design_counts_time_from_the_first_year_after(change):
    assert segmented_design(list(YEARS), 2019, change).tolist() == DESIGNS[change].tolist()
    assert segmented_design([*map(str, YEARS)], 2019, change).tolist() == DESIGNS[change].tolist()
    between = segmented_design([2018, 2019], 2018.5, change)
    assert between[:, 1].tolist() == [-0.5, 0.5]


def test_an_unknown_change_names_those_there_are():
    with refused("Found change 'quadratic'; expected one of level, slope, level_and_slope."):
        segmented_design(YEARS, 2019, "quadratic")


@pytest.mark.parametrize("change", list(DESIGNS))
@pytest.mark.parametrize("exposure", [None, POPULATION])
@pytest.mark.parametrize("model", ["ols", "log_ols"])
def test_least_squares_models_the_rate_or_its_log(model, change, exposure):
    fit = segmented(
        YEARS, SERIES, 2019, exposure=exposure, model=model, change=change, lag=1, level=0.8
    )
    rate = SERIES if exposure is None else SERIES / exposure
    outcome = np.log(rate) if model == "log_ols" else rate
    back = np.exp if model == "log_ols" else np.asarray
    design = DESIGNS[change]
    beta, errors, residuals = least_squares(outcome, design)
    assert (fit.model, fit.change) == (model, change)
    assert fit.log_scale is (model == "log_ols")
    assert tuple(term.name for term in fit.terms) == NAMES[change]
    np.testing.assert_allclose([term.estimate for term in fit.terms], beta)
    np.testing.assert_allclose([term.se for term in fit.terms], errors)
    np.testing.assert_allclose(fit.observed, rate)
    np.testing.assert_allclose(fit.fitted, back(design @ beta))
    np.testing.assert_allclose(fit.without_change, back(design[:, :2] @ beta[:2]))
    np.testing.assert_allclose(fit.residuals, residuals, atol=1e-12)
    direct = trends.fit_linear(outcome, design, NAMES[change], lag=1, level=0.8)
    assert fit.terms == direct.terms
    assert fit.newey_west == direct.newey_west
    assert fit.diagnostics == direct.diagnostics
    assert fit.cooks_distance.tolist() == direct.cooks_distance.tolist()
    assert fit.dispersion is fit.rho is None
    assert fit.warnings == ()


@pytest.mark.parametrize("exposure", [None, POPULATION])
@pytest.mark.parametrize("model", ["glsar", "log_glsar"])
def test_autoregressive_models_take_the_same_outcome(model, exposure):
    fit = segmented(YEARS, SERIES, 2019, exposure=exposure, model=model, change="slope", level=0.8)
    rate = SERIES if exposure is None else SERIES / exposure
    outcome = np.log(rate) if model == "log_glsar" else rate
    direct = trends.fit_autoregressive(outcome, DESIGNS["slope"], NAMES["slope"], level=0.8)
    assert fit.model == model
    assert fit.log_scale is (model == "log_glsar")
    assert fit.terms == direct.terms
    assert fit.rho == direct.rho
    assert fit.diagnostics == direct.diagnostics
    assert fit.residuals.tolist() == direct.residuals.tolist()
    assert fit.cooks_distance is None
    assert fit.newey_west == ()
    back = np.exp if model == "log_glsar" else np.asarray
    np.testing.assert_allclose(fit.fitted, back(direct.fitted))


ROUGH = np.array([12, 55, 23, 70, 18, 35, 90, 21, 66, 30, 80, 44, 15])


@pytest.mark.parametrize("exposure", [None, POPULATION])
@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_count_models_report_rates_per_head(family, exposure):
    fit = segmented(YEARS, ROUGH, 2019, exposure=exposure, model=family, change="level", level=0.8)
    direct = trends.fit_counts(
        ROUGH, DESIGNS["level"], exposure, NAMES["level"], family=family, level=0.8
    )
    heads = 1.0 if exposure is None else exposure
    assert fit.model == family
    assert fit.log_scale
    assert fit.terms == direct.terms
    assert fit.dispersion == direct.dispersion
    assert fit.residuals.tolist() == direct.residuals.tolist()
    np.testing.assert_allclose(fit.observed, ROUGH / heads)
    np.testing.assert_allclose(fit.fitted * heads, direct.fitted, rtol=1e-4)
    line = [term.estimate for term in fit.terms[:2]]
    np.testing.assert_allclose(fit.without_change, np.exp(DESIGNS["level"][:, :2] @ line))


def test_a_negative_binomial_that_falls_back_is_called_poisson():
    steady = np.array([41, 40, 44, 43, 47, 45, 49, 48, 52, 51, 55, 54, 58])
    fit = segmented(YEARS, steady, 2019, model="negative_binomial")
    assert fit.model == "poisson"
    assert "lower limit of zero" in fit.warnings[0]


def test_by_default_least_squares_of_level_and_slope_at_95_percent():
    fit = segmented(YEARS, ROUGH, 2019)
    spelt = segmented(
        YEARS, ROUGH, 2019, exposure=None, model="ols", change="level_and_slope", level=0.95
    )
    assert (fit.model, fit.change) == ("ols", "level_and_slope")
    assert fit.terms == spelt.terms
    # The usual rule gives 4 (13/100)^(2/9) = 2.54 for the lag, so two years.
    assert segmented(YEARS, SERIES, 2019, model="ols").newey_west[0].lag == 2


def test_terms_are_found_by_name_and_in_the_table():
    fit = segmented(YEARS, SERIES, 2019, model="ols")
    assert fit.first_after == 2019
    assert isinstance(fit.first_after, float)
    assert [fit.slope.name, fit.level_change.name, fit.slope_change.name] == list(BOTH[1:])
    table = fit.frame()
    assert table["name"].tolist() == list(BOTH)
    assert table["estimate"].tolist() == [term.estimate for term in fit.terms]
    with refused(
        "Found no term 'step' in this model; it has intercept, slope, level_change, slope_change."
    ):
        fit.term("step")


def test_years_may_come_in_any_order_and_with_gaps():
    mixed = np.random.default_rng(3).permutation(13)
    one = segmented(YEARS, SERIES, 2019, exposure=POPULATION, model="ols")
    other = segmented(YEARS[mixed], SERIES[mixed], 2019, exposure=POPULATION[mixed], model="ols")
    np.testing.assert_allclose(
        [term.estimate for term in other.terms], [term.estimate for term in one.terms]
    )
    assert other.years.tolist() == YEARS.tolist()
    values = SERIES.copy()
    values[[0, 12]] = np.nan
    assert segmented(YEARS, values, 2019, model="ols").warnings == (
        "No value in 2013, 2025: left out of the fit.",
    )


@pytest.mark.parametrize(
    ("first_after", "few"), [(2016, True), (2017, False), (2022, False), (2023, True)]
)
def test_fewer_than_four_points_on_a_side_are_said(first_after, few):
    fit = segmented(YEARS, SERIES, first_after, model="ols")
    note = "Fewer than four points on one side of the break: the change is uncertain."
    assert fit.warnings == ((note,) if few else ())


def test_notes_stand_in_the_order_series_fit_break():
    values = SERIES.copy()
    values[0] = np.nan
    fit = segmented(YEARS, values, 2025, model="ols", change="level")
    assert fit.warnings == (
        "No value in 2013: left out of the fit.",
        "1 points are fitted exactly whatever their value: they add a parameter but no "
        "information about the fit.",
        "Fewer than four points on one side of the break: the change is uncertain.",
    )


@pytest.mark.parametrize("change", ["slope", "level_and_slope"])
def test_a_slope_change_needs_two_points_on_each_side(change):
    for first_after, before, after in ((2014, 1, 12), (2025, 12, 1)):
        with refused(
            f"Found {before} points before {first_after} and {after} from it on; expected at "
            "least 2 on each side. Use a level change only or a longer series."
        ):
            segmented(YEARS, SERIES, first_after, model="ols", change=change)
        level = segmented(YEARS, SERIES, first_after, model="ols", change="level")
        assert level.change == "level"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"model": "magic"},
            "Found model 'magic'; expected one of ols, log_ols, poisson, negative_binomial, glsar, "
            "log_glsar.",
        ),
        (
            {"change": "quadratic"},
            "Found change 'quadratic'; expected one of level, slope, level_and_slope.",
        ),
        (
            {"years": YEARS[:4], "values": SERIES[:4], "first_after": 2015, "model": "ols"},
            "Found 4 points for 4 parameters; expected at least 5. Use a longer series or a "
            "smaller model.",
        ),
        (
            {"years": YEARS[:4], "values": SERIES[:4], "first_after": 2015},
            "Found 4 points for 4 parameters; expected at least 5. Use a longer series or a "
            "smaller model.",
        ),
        (
            {"model": "ols", "lag": 13},
            "Found a lag of 13 with 13 points; expected 0 to 12.",
        ),
    ],
)
def test_bad_choices_end_in_one_message(arguments, message):
    with refused(message):
        segmented(**({"years": YEARS, "values": SERIES, "first_after": 2019} | arguments))


@pytest.mark.parametrize("model", MODELS)
def test_a_constant_rate_is_refused_even_where_the_counts_vary(model):
    values = POPULATION / 1000 * 4
    with refused(
        "Found a constant series (0.004 in all 13 points); expected some variation, without "
        "which no change or uncertainty can be estimated."
    ):
        segmented(YEARS, values, 2019, exposure=POPULATION, model=model)


@pytest.mark.parametrize("model", ["log_ols", "log_glsar"])
@pytest.mark.parametrize("value", [0.0, -2.0])
def test_a_log_rate_names_the_years_that_it_cannot_take(model, value):
    values = SERIES.copy()
    values[[1, 8]] = value
    with refused(
        "Found zero or below in 2014, 2021; a log rate needs values above zero. Use "
        'model="poisson", which allows zeros.'
    ):
        segmented(YEARS, values, 2019, exposure=POPULATION, model=model)
    assert segmented(YEARS, values, 2019, model=model.removeprefix("log_")).observed[1] == value
    tiny = segmented(YEARS, SERIES, 2019, exposure=POPULATION * 100, model=model)
    assert tiny.observed.max() < 1


def with_events(before, after):
    """Counts with that many years of one event before 2019 and from it on, the rest zero."""
    counts = np.zeros(13)
    counts[:before] = 1
    counts[6 : 6 + after] = 3
    return counts


@pytest.mark.parametrize(
    ("before", "after", "change", "found", "side", "need"),
    [
        (0, 5, "level", 0, "before the break", 1),
        (5, 0, "level", 0, "from the break on", 1),
        (1, 5, "level_and_slope", 1, "before the break", 2),
        (5, 1, "level_and_slope", 1, "from the break on", 2),
        (5, 1, "slope", 1, "from the break on", 2),
    ],
)
@pytest.mark.parametrize("model", ["poisson", "negative_binomial"])
def test_a_side_with_too_few_events_is_refused(model, before, after, change, found, side, need):
    with refused(
        f"Found {found} years with any event {side}; expected at least {need}: the change would "
        "be infinite (perfect separation)."
    ):
        segmented(YEARS, with_events(before, after), 2019, model=model, change=change)


@pytest.mark.parametrize(("events", "change"), [((1, 5), "level"), ((2, 2), "level_and_slope")])
def test_as_many_years_with_an_event_as_are_needed_are_enough(events, change):
    counts = np.zeros(13)
    counts[[3, 4][: events[0]]] = 1
    counts[[7, 10, 8, 9, 11][: events[1]]] = [2, 1, 3, 1, 2][: events[1]]
    fit = segmented(YEARS, counts, 2019, change=change)
    assert np.isfinite(fit.level_change.se)


def test_each_break_date_gives_a_row_for_each_change_or_the_reason_why_not():
    table = trends.break_sensitivity(
        YEARS,
        SERIES,
        [2010, 2018, 2020],
        exposure=POPULATION,
        model="log_ols",
        change="level_and_slope",
        level=0.8,
    )
    assert list(table.columns) == [
        "first_after",
        "term",
        "estimate",
        "se",
        "p_value",
        "lower",
        "upper",
        "note",
    ]
    assert table["first_after"].tolist() == [2010, 2018, 2018, 2020, 2020]
    assert table["term"].tolist()[1:] == ["level_change", "slope_change"] * 2
    assert table.loc[0, "note"] == (
        "Found a break at 2010 outside the series (2013 to 2025); expected points before it and "
        "from it on. Choose another break."
    )
    assert table.loc[0, ["term", "estimate", "se", "p_value", "lower", "upper"]].isna().all()
    assert (table["note"][1:] == "").all()
    for row in table[1:].itertuples():
        fit = segmented(
            YEARS, SERIES, row.first_after, exposure=POPULATION, model="log_ols", level=0.8
        )
        term = fit.term(row.term)
        assert (row.estimate, row.se, row.p_value) == (term.estimate, term.se, term.p_value)
        assert (row.lower, row.upper) == (term.lower, term.upper)


def test_a_single_date_and_the_defaults_of_break_sensitivity():
    table = trends.break_sensitivity(YEARS, ROUGH, 2019)
    spelt = trends.break_sensitivity(
        YEARS,
        ROUGH,
        [2019],
        exposure=None,
        model="ols",
        change="level_and_slope",
        level=0.95,
    )
    pd.testing.assert_frame_equal(table, spelt)
    default = segmented(YEARS, ROUGH, 2019)
    assert table["upper"].tolist() == [default.level_change.upper, default.slope_change.upper]
    level = trends.break_sensitivity(YEARS, ROUGH, "2019", change="level")
    assert level["term"].tolist() == ["level_change"]
