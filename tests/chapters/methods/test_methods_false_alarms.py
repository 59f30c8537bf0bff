"""Simulated series and tests of a break, against single series and theory."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_study.chapters.methods import false_alarms
from care_study.chapters.methods import simulation as chapter
from care_study.chapters.methods.series import open_series
from care_study.show.results import Absent, facts_of
from care_study.statistics.trends import (
    fit_autoregressive,
    fit_linear,
    read_panel,
    segmented_design,
)
from care_study.words import ten_digits

DESIGN = segmented_design(np.arange(1, 14), 7, "level_and_slope")


@pytest.fixture(scope="module")
def series():
    return chapter.autoregressive_series(40, 13, 0.3, np.random.default_rng(1))


@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_simulated_series_have_the_autocorrelation_and_variance_asked_for(rho):
    made = chapter.autoregressive_series(40_000, 5, rho, np.random.default_rng(2))
    assert made.var(axis=0) == pytest.approx([1 / (1 - rho**2)] * 5, rel=0.03)
    assert np.corrcoef(made[:, 1], made[:, 2])[0, 1] == pytest.approx(rho, abs=0.02)


@pytest.mark.parametrize("column", [2, 3])
def test_many_series_at_once_give_what_one_at_a_time_gives(series, column):
    plain, robust = chapter.least_squares_statistics(series, DESIGN, column, 2)
    for place, one in enumerate(series):
        fit = fit_linear(one, DESIGN, lag=2)
        term = fit.terms[column]
        assert plain[place] == pytest.approx(term.estimate / term.se)
        assert robust[place] == pytest.approx(fit.newey_west[column].statistic)


def test_autoregressive_errors_agree_with_the_library(series):
    found = chapter.autoregressive_statistics(series, DESIGN, 2, iterations=60)
    compared = 0
    for place, one in enumerate(series):
        fit = fit_autoregressive(one, DESIGN)
        if fit.rho is not None and abs(fit.rho) < 0.95 and not fit.warnings:
            term = fit.terms[2]
            assert found[place] == pytest.approx(term.estimate / term.se, abs=0.02)
            compared += 1
    assert compared > 25


@pytest.fixture(scope="module")
def simulated():
    return chapter.size_simulation([0.0, 0.6], draws=4000)


def test_a_valid_test_rejects_one_in_twenty_and_the_usual_one_far_more(simulated):
    for term in (chapter.STEP, chapter.TREND):
        assert false_alarms.rejected(simulated, term, chapter.LEAST_SQUARES, 0.0) == pytest.approx(
            0.05, abs=0.012
        )
        assert false_alarms.rejected(simulated, term, chapter.SIMULATED, 0.0) == pytest.approx(
            0.05, abs=0.012
        )
        assert false_alarms.rejected(simulated, term, chapter.NORMAL, 0.0) > 0.2
        for error in chapter.DRAWN:
            none, some = (false_alarms.rejected(simulated, term, error, rho) for rho in (0.0, 0.6))
            assert some > none


def test_placebo_ranks_hold_their_size_only_among_equals(simulated):
    for rho in (0.0, 0.6):
        same, volatile = (
            false_alarms.rejected(simulated, chapter.STEP, error, rho)
            for error in (chapter.PLACEBO, chapter.PLACEBO_VOLATILE)
        )
        assert same == pytest.approx(0.05, abs=0.001)
        # Twice a normal deviate exceeds 1.96 as often as one exceeds 0.98.
        assert volatile == pytest.approx(2 * stats.norm.sf(0.98), abs=0.03)


def test_the_same_seed_gives_the_same_table(simulated):
    again = chapter.size_simulation([0.0, 0.6], draws=4000)
    pd.testing.assert_frame_equal(again, simulated)
    table = false_alarms.size_wide(simulated)
    assert list(table.columns) == ["term", "error", "at 0", "at 0.6"] and len(table) == 14


def test_the_autocorrelation_behind_residuals_is_found_again():
    made = chapter.autoregressive_series(20_000, 13, 0.4, np.random.default_rng(3))
    panel = read_panel(pd.DataFrame(made, columns=range(2013, 2026)))
    observed = chapter.residual_autocorrelation(panel, 2019)
    assert observed < 0, "short residuals show less than there is"
    assert chapter.autocorrelation_behind(observed) == pytest.approx(0.4, abs=0.06)
    assert chapter.autocorrelation_behind(0.99) == chapter.LARGEST_AUTOCORRELATION
    assert false_alarms.behind(0.9) == "0.9 or more" and false_alarms.behind(0.41) == "about 0.4"


def test_every_rate_that_is_told_is_that_of_its_test_and_autocorrelation(published):
    tried = open_series(
        published, "looked_after_rate", neighbours="2021", first_year=2013, last_year=2025
    )
    found = false_alarms.false_alarms(tried, 2019, 300)
    told = {one.name: one.value for one in facts_of(found)}
    assert told["points"] == 13 and told["before"] == 6 and told["draws"] == 300
    for name, error, rho in (
        ("normal_none", chapter.NORMAL, 0.0),
        ("glsar_middle", chapter.AUTOREGRESSIVE, 0.6),
        ("volatile_none", chapter.PLACEBO_VOLATILE, 0.0),
        ("design_most", chapter.SIMULATED, 0.9),
    ):
        rejected = false_alarms.rejected(found.simulated, chapter.STEP, error, rho)
        assert told[name] == ten_digits(rejected)


def test_series_too_short_for_the_tests_are_left_out_with_the_reason(published):
    tried = open_series(
        published, "looked_after_rate", neighbours="2021", first_year=2016, last_year=2020
    )
    found = false_alarms.false_alarms(tried, 2019, 300)
    assert isinstance(found, Absent) and "series of 5 years" in found.reason
    assert false_alarms.false_alarms_chart(found) == found
