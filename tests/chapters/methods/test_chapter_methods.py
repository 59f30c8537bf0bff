"""The methods appendix: simulations against what they stand for, coverage, power, lists."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_study import paths
from care_study.chapters.methods import backtest as words
from care_study.chapters.methods import coverage
from care_study.chapters.methods import false_alarms as chapter
from care_study.chapters.methods.assumptions import COLUMNS, RATINGS, count, read_assumptions
from care_study.charts import curves
from care_study.charts.drawing import ChartError
from care_study.execution import execution
from care_study.indicators.compute import compute
from care_study.statistics import forecasts
from care_study.statistics.trends import (
    fit_autoregressive,
    fit_linear,
    placebo_inference,
    read_panel,
    segmented_design,
)

DESIGN = segmented_design(np.arange(1, 14), 7, "level_and_slope")


@pytest.fixture(scope="module")
def series():
    return chapter.autoregressive_series(40, 13, 0.3, np.random.default_rng(1))


# ---- size


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
        assert words.rejected(simulated, term, chapter.LEAST_SQUARES, 0.0) == pytest.approx(
            0.05, abs=0.012
        )
        assert words.rejected(simulated, term, chapter.SIMULATED, 0.0) == pytest.approx(
            0.05, abs=0.012
        )
        assert words.rejected(simulated, term, chapter.NORMAL, 0.0) > 0.2
        for error in chapter.DRAWN:
            none, some = (words.rejected(simulated, term, error, rho) for rho in (0.0, 0.6))
            assert some > none


def test_placebo_ranks_hold_their_size_only_among_equals(simulated):
    for rho in (0.0, 0.6):
        same, volatile = (
            words.rejected(simulated, chapter.STEP, error, rho)
            for error in (chapter.PLACEBO, chapter.PLACEBO_VOLATILE)
        )
        assert same == pytest.approx(0.05, abs=0.001)
        # Twice a normal deviate exceeds 1.96 as often as one exceeds 0.98.
        assert volatile == pytest.approx(2 * stats.norm.sf(0.98), abs=0.03)


def test_the_same_seed_gives_the_same_table(simulated):
    again = chapter.size_simulation([0.0, 0.6], draws=4000)
    pd.testing.assert_frame_equal(again, simulated)
    table = chapter.size_table(simulated)
    assert list(table.columns) == ["term", "error", "at 0", "at 0.6"] and len(table) == 14


def test_the_autocorrelation_behind_residuals_is_found_again():
    made = chapter.autoregressive_series(20_000, 13, 0.4, np.random.default_rng(3))
    panel = read_panel(pd.DataFrame(made, columns=range(2013, 2026)))
    observed = chapter.residual_autocorrelation(panel, 2019)
    assert observed < 0, "short residuals show less than there is"
    assert chapter.autocorrelation_behind(observed) == pytest.approx(0.4, abs=0.06)
    assert chapter.autocorrelation_behind(0.99) == chapter.LARGEST_AUTOCORRELATION
    assert words.behind(0.9) == "0.9 or more" and words.behind(0.41) == "about 0.4"


# ---- intervals


def test_coverage_of_a_count_by_hand():
    # Mean 2: exact 95% intervals hold 2 for the counts 0 to 5 (0: to 3.69; 5: from 1.62) and not
    # for 6 (from 2.20).
    found = coverage.rate_coverage([2.0], ("exact",))
    assert found["coverage"].iloc[0] == pytest.approx(stats.poisson.cdf(5, 2), abs=1e-9)


def test_coverage_of_a_share_by_hand():
    # Two trials, one half: Wilson's intervals are 0 to 0.66, 0.09 to 0.91 and 0.34 to 1.
    found = coverage.share_coverage(2, [0.5], ("wilson",))
    assert found["coverage"].iloc[0] == pytest.approx(1.0)
    assert coverage.share_coverage(2, [0.3], ("wilson",))["coverage"].iloc[0] == pytest.approx(0.91)


def test_nominal_intervals_cover_what_they_promise():
    rates = coverage.rate_coverage(np.geomspace(5, 1000, 60))
    shares = coverage.share_coverage(100, np.linspace(0.05, 0.95, 91))
    table = coverage.compared(rates, shares).set_index(["what", "method"])
    assert rates[rates["method"] == "exact"]["coverage"].min() >= 0.95
    assert table["mean_coverage"].between(0.93, 0.97).all()
    assert table.loc[("rate", "exact (used here)"), "width"] == 1


def test_more_variation_than_chance_costs_coverage():
    table = coverage.with_dispersion([600], [1, 4])
    assert table["count of 600"].iloc[0] > 0.95
    # Variance four times the mean: about the chance of 1.96 / 2 standard deviations.
    assert table["count of 600"].iloc[1] == pytest.approx(1 - 2 * stats.norm.sf(0.98), abs=0.01)
    with pytest.raises(ValueError, match=r"dispersion is 0\.5"):
        coverage.rate_coverage([5], dispersion=0.5)


def counts(dispersion, generator):
    """300 authorities with one true rate and ten years, whose counts vary as asked."""
    years, size = np.arange(2013, 2023), (300, 10)
    mean = 500 * np.linspace(1, 1.2, 10)
    drawn = (
        generator.poisson(mean, size)
        if dispersion == 1
        else generator.negative_binomial(mean / (dispersion - 1), 1 / dispersion, size)
    )
    return pd.DataFrame(
        {
            "area_id": np.repeat([f"{n}" for n in range(300)], 10),
            "area_type": "local authority",
            "year": np.tile(years, 300),
            "numerator": drawn.ravel().astype(float),
            "denominator": np.tile(mean * 100, 300),
            "value": drawn.ravel() / np.tile(mean * 100, 300),
        }
    )


@pytest.mark.parametrize("dispersion", [1, 9])
def test_dispersion_between_years_is_recovered(dispersion):
    found = coverage.yearly_dispersion(counts(dispersion, np.random.default_rng(4)))
    assert found == pytest.approx(dispersion, rel=0.12)


def test_referrals_vary_far_more_than_chance_and_children_looked_after_do_not(published):
    looked_after, referrals = (
        coverage.yearly_dispersion(compute(published, name))
        for name in ("looked_after_rate", "referral_rate")
    )
    assert 0.5 < looked_after < 3 and referrals > 10


# ---- power


def test_power_of_a_step_agrees_with_simulation():
    step = 3.0
    power = chapter.step_power([0.0, step])["power"]
    assert power.iloc[0] == pytest.approx(0.05)
    noise = np.random.default_rng(5).standard_normal((20_000, 13)) + step * DESIGN[:, 2]
    t = chapter.least_squares_statistics(noise, DESIGN, 2, 2)[0]
    assert power.iloc[1] == pytest.approx((np.abs(t) > stats.t.ppf(0.975, 9)).mean(), abs=0.01)


def test_placebo_power_is_that_of_placebo_inference():
    made = np.random.default_rng(6).standard_normal((40, 13))
    panel = read_panel(pd.DataFrame(made, columns=range(2013, 2026)))
    estimates = pd.DataFrame({"level_change": np.linalg.pinv(DESIGN)[2] @ made.T})
    shift = 4.0
    power = chapter.placebo_power(estimates, [shift])["power"].iloc[0]
    noticed = []
    for unit in range(40):
        for sign in (-1, 1):
            moved = made.copy()
            moved[unit, 6:] += sign * shift
            found = placebo_inference(
                read_panel(pd.DataFrame(moved, columns=panel.years)),
                unit,
                2019,
                methods=("level_change",),
            )
            noticed.append(found.summary["p_value"].iloc[0] <= 0.05)
    assert 0.2 < power < 1
    assert power == pytest.approx(np.mean(noticed))


def test_the_size_that_is_detected_lies_between_the_computed_ones():
    power = pd.DataFrame({"step": [1.0, 2.0, 3.0], "power": [0.5, 0.7, 0.9]})
    assert chapter.detectable(power, "step") == pytest.approx(2.5)
    assert np.isnan(chapter.detectable(power, "step", wanted=0.95))
    assert chapter.detectable(power, "step", wanted=0.4) == 1.0
    title = words.power_title({"a": float("nan")}, "per 10,000")
    assert title.startswith("No change of the sizes tried")


# ---- the back-test's origins


def test_fewer_origins_are_counted_back_from_the_last():
    generator = np.random.default_rng(7)
    values = np.exp(np.cumsum(generator.normal(0, 0.1, (4, 13)), axis=1))
    panel = pd.DataFrame(values, index=list("abcd"), columns=range(2013, 2026))
    whole, half = (
        forecasts.backtest(panel, models=("random_walk",), every=every) for every in (1, 2)
    )
    assert sorted(whole.forecasts["origin"].unique()) == [2020, 2021, 2022, 2023, 2024]
    assert sorted(half.forecasts["origin"].unique()) == [2020, 2022, 2024]
    shared = whole.forecasts[whole.forecasts["origin"].isin([2020, 2022, 2024])]
    pd.testing.assert_frame_equal(half.forecasts, shared.reset_index(drop=True))
    with pytest.raises(forecasts.ForecastError, match="every=0"):
        forecasts.backtest(panel, models=("random_walk",), every=0)


def test_every_model_has_a_plain_name():
    assert set(words.MODELS) == set(forecasts.MODELS)


# ---- assumptions


def test_assumptions_are_rated_in_words_and_say_their_direction():
    table = read_assumptions()
    assert list(table.columns) == COLUMNS
    assert set(table["rating"]) == set(RATINGS.values())
    assert list(dict.fromkeys(table["rating"])) == list(RATINGS.values())
    assert sum(count(table, rating) for rating in RATINGS) == len(table) >= 12


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a,b,purple,c,d", "line 2: found the rating 'purple'"),
        ("a,b,red,,d", "line 2: why is empty"),
        ("a,b,red,c,d\na,b,red,c,d", "found 'a' twice"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused(tmp_path, row, message):
    path = tmp_path / "list.csv"
    path.write_text(",".join(COLUMNS) + "\n" + row + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_assumptions(path)


def test_a_list_with_other_columns_is_refused(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="found the columns a, b"):
        read_assumptions(path)


# ---- the chart


def test_curves_name_each_line_and_the_reference():
    frame = pd.DataFrame({"x": [0, 1] * 2, "y": [0.1, 0.2, 0.3, 0.4], "s": ["a", "a", "b", "b"]})
    chart = curves.curves(
        frame,
        x="x",
        y="y",
        series="s",
        x_unit="x",
        unit="y",
        reference=0.05,
        reference_label="nominal",
        percent=True,
    )
    text = json.dumps(chart.at(680).to_dict())
    assert all(f'"{name}"' in text for name in ("a", "b", "nominal"))
    many = pd.DataFrame({"x": range(5), "y": range(5), "s": list("abcde")})
    with pytest.raises(ChartError, match="at most 4 curves, found 5"):
        curves.curves(many, x="x", y="y", series="s", x_unit="x", unit="y")


def facts_of(path):
    return {
        fact["name"]: fact
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        for out in cell.get("outputs", [])
        if (fact := out.get("data", {}).get("application/vnd.care-study.fact+json"))
    }


@pytest.mark.slow
def test_methods_notebook_runs_for_another_indicator(tmp_path):
    output = tmp_path / "methods.ipynb"
    settings = {
        "indicator": "referral_rate",
        "second": "looked_after_started_rate",
        "draws": 500,
        "origin_step": 12,
    }
    execution.execute(paths.NOTEBOOKS / "methods.ipynb", output, settings)
    found = facts_of(output)
    assert found["title_1"]["text"] == "referrals" and found["draws"]["value"] == 500
    assert found["dispersion_1"]["value"] > 10
