"""Segmented regression: simulated truth, coverage, bad input."""

import numpy as np
import pytest

from care_study.statistics import trends
from care_study.statistics.trends import TrendError, segmented
from care_study.statistics.trends.segmented import MODELS

YEARS = np.arange(2013, 2026)
POPULATION = np.full(13, 150_000.0)


def counts(rng, level_change=0.2, slope_change=-0.05, size=800.0):
    time = YEARS - 2019
    after = time >= 0
    mean = size * np.exp(0.02 * time + after * (level_change + slope_change * time))
    return rng.poisson(mean)


@pytest.mark.parametrize("model", ["poisson", "negative_binomial", "log_ols", "log_glsar"])
def test_recovers_a_known_change_on_the_log_scale(model):
    rng = np.random.default_rng(11)
    fits = [
        segmented(YEARS, counts(rng, size=50_000), 2019, exposure=POPULATION * 60, model=model)
        for _ in range(20)
    ]
    assert np.mean([fit.level_change.estimate for fit in fits]) == pytest.approx(0.2, abs=0.006)
    assert np.mean([fit.slope_change.estimate for fit in fits]) == pytest.approx(-0.05, abs=0.002)


@pytest.mark.parametrize("model", ["ols", "glsar"])
def test_recovers_a_known_change_on_the_scale_of_the_series(model):
    rng = np.random.default_rng(12)
    time = YEARS - 2019.0
    truth = 60 + 2 * time + (time >= 0) * (8 - 3 * time)
    fits = [segmented(YEARS, truth + rng.normal(0, 1, 13), 2019, model=model) for _ in range(100)]
    assert np.mean([fit.level_change.estimate for fit in fits]) == pytest.approx(8, abs=0.4)
    assert np.mean([fit.slope_change.estimate for fit in fits]) == pytest.approx(-3, abs=0.15)


def test_glsar_recovers_the_autocorrelation_of_a_long_series():
    rng = np.random.default_rng(13)
    noise = np.zeros(400)
    for t in range(1, 400):
        noise[t] = 0.6 * noise[t - 1] + rng.normal()
    fit = segmented(np.arange(400), 50 + noise, 200, model="glsar")
    assert fit.rho == pytest.approx(0.6, abs=0.1)


def test_nominal_95_percent_intervals_cover():
    rng = np.random.default_rng(14)
    hits = {"poisson": 0, "log_ols": 0, "newey_west": 0}
    draws = 700
    for _ in range(draws):
        y = counts(rng)
        quasi = segmented(YEARS, y, 2019, exposure=POPULATION, model="poisson")
        log = segmented(YEARS, y, 2019, exposure=POPULATION, model="log_ols")
        hits["poisson"] += quasi.level_change.lower <= 0.2 <= quasi.level_change.upper
        hits["log_ols"] += log.level_change.lower <= 0.2 <= log.level_change.upper
        hits["newey_west"] += log.newey_west[2].lower <= 0.2 <= log.newey_west[2].upper
    coverage = {name: count / draws for name, count in hits.items()}
    assert 0.93 <= coverage["log_ols"] <= 0.97
    assert 0.93 <= coverage["newey_west"] <= 0.97
    # The Pearson scale is never taken below 1, so plain Poisson counts are over-covered.
    assert 0.93 <= coverage["poisson"] <= 0.99


def test_overdispersed_counts_keep_their_coverage():
    rng = np.random.default_rng(22)
    hits = {"poisson": [], "negative_binomial": []}
    for _ in range(250):
        y = rng.poisson(counts(rng) * rng.gamma(60, 1 / 60, 13))
        for model, inside in hits.items():
            change = segmented(YEARS, y, 2019, exposure=POPULATION, model=model).level_change
            inside.append(change.lower <= 0.2 <= change.upper)
    for model, inside in hits.items():
        # 250 draws: three standard errors around 95%.
        assert 0.91 <= np.mean(inside) <= 0.99, model


def test_negative_binomial_dispersion_is_recovered():
    rng = np.random.default_rng(15)
    years = np.arange(300)
    mean = np.full(300, 80.0)
    y = rng.negative_binomial(1 / 0.3, 1 / (1 + 0.3 * mean))
    fit = segmented(years, y, 150, model="negative_binomial")
    assert fit.dispersion == pytest.approx(0.3, abs=0.06)
    assert fit.diagnostics.overdispersion == pytest.approx(1, abs=0.25)


def test_without_change_is_the_earlier_trend_carried_forward():
    rng = np.random.default_rng(16)
    fit = segmented(YEARS, counts(rng), 2019, exposure=POPULATION, model="poisson")
    before = YEARS < 2019
    np.testing.assert_allclose(fit.without_change[before], fit.fitted[before])
    step = np.log(fit.fitted[6] / fit.without_change[6])
    assert step == pytest.approx(fit.level_change.estimate)
    assert fit.level_change.ratio()[0] == pytest.approx(np.exp(step))


def test_diagnostics_find_an_outlier_and_overdispersion():
    rng = np.random.default_rng(17)
    y = counts(rng)
    y[9] *= 2
    fit = segmented(YEARS, y, 2019, exposure=POPULATION, model="poisson")
    assert fit.diagnostics.overdispersion > 5
    assert np.argmax(fit.cooks_distance) == 9
    assert fit.diagnostics.largest_cooks_distance > 4 / 13


def test_break_sensitivity_reports_every_date_and_says_why_one_fails():
    rng = np.random.default_rng(18)
    table = trends.break_sensitivity(
        YEARS, counts(rng), [2010, 2018, 2019], exposure=POPULATION, model="log_ols"
    )
    assert list(table["first_after"]) == [2010, 2018, 2018, 2019, 2019]
    assert "outside the series" in table.loc[0, "note"]
    assert (table.loc[1:, "note"] == "").all()


def test_missing_years_are_left_out_with_a_warning():
    y = counts(np.random.default_rng(19)).astype(float)
    y[3] = np.nan
    fit = segmented(YEARS, y, 2019, exposure=POPULATION)
    assert len(fit.years) == 12
    assert any("2016" in note for note in fit.warnings)
    assert any("not equally spaced" in note for note in fit.warnings)


def test_zero_counts_are_fine_for_poisson_and_refused_on_the_log_scale():
    y = np.array([3, 0, 2, 1, 4, 2, 6, 5, 0, 7, 4, 6, 5])
    fit = segmented(YEARS, y, 2019, exposure=POPULATION)
    assert np.isfinite(fit.level_change.se)
    with pytest.raises(TrendError, match=r"2014, 2021.*poisson"):
        segmented(YEARS, y, 2019, exposure=POPULATION, model="log_ols")


def test_less_than_poisson_variation_is_said():
    y = np.round(800 * np.exp(0.02 * np.arange(13)))
    fit = segmented(YEARS, y, 2019, exposure=POPULATION, model="poisson")
    assert any("less than Poisson" in note for note in fit.warnings)
    nb = segmented(YEARS, y, 2019, exposure=POPULATION, model="negative_binomial")
    assert any("did not converge or is at its lower limit" in note for note in nb.warnings)


@pytest.mark.parametrize("model", MODELS)
def test_a_constant_series_is_refused(model):
    with pytest.raises(TrendError, match="constant"):
        segmented(YEARS, np.full(13, 500.0), 2019, exposure=POPULATION, model=model)


@pytest.mark.parametrize("model", ["ols", "glsar"])
def test_a_straight_series_is_refused(model):
    with pytest.raises(TrendError, match="fits all 13 points exactly"):
        segmented(YEARS, 5.0 + 2 * np.arange(13), 2019, model=model)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"first_after": 2030}, "outside the series"),
        ({"first_after": 2013}, "outside the series"),
        ({"first_after": 2025}, "at least 2 on each side"),
        ({"exposure": np.r_[0.0, POPULATION[1:]]}, "population of zero"),
        ({"exposure": POPULATION[:5]}, "13 values, 5 exposures"),
        ({"years": np.r_[2013, 2013, YEARS[2:]]}, "2013 more than once"),
        ({"values": np.r_[np.inf, np.ones(12)]}, "infinite"),
        ({"values": ["c"] * 13}, "not numbers"),
        ({"values": -np.arange(13.0), "model": "poisson"}, "negative count|any event"),
        (
            {"values": np.r_[np.arange(5, 11), np.zeros(7)], "model": "poisson"},
            "perfect separation",
        ),
        ({"values": np.arange(13) + 0.5, "model": "poisson"}, "no count"),
        ({"first_after": "2019"}, "first_after='2019'; expected a number"),
        ({"lag": -1}, "lag=-1; expected a whole number, 0 or more"),
        ({"lag": 1.5}, "lag=1.5; expected a whole number"),
        ({"level": 95}, "level of 95"),
        ({"values": np.zeros(13)}, "constant"),
        ({"model": "magic"}, "expected one of"),
        ({"change": "quadratic"}, "expected one of"),
        ({"level": 95}, "share such as 0.95"),
        ({"model": "ols", "lag": 40}, "lag of 40"),
    ],
)
def test_bad_input_ends_in_one_clear_message(change, message):
    y = counts(np.random.default_rng(20))
    arguments = {"years": YEARS, "values": y, "first_after": 2019, "exposure": POPULATION}
    with pytest.raises(TrendError, match=message):
        segmented(**(arguments | change))


def test_fewer_points_than_parameters():
    with pytest.raises(TrendError, match="4 points for 4 parameters"):
        segmented([2017, 2018, 2019, 2020], [5, 7, 6, 9], 2019, model="ols")


def test_two_points_after_the_break_are_said_to_fix_the_change():
    y = np.r_[[5.0, 7, 6], np.full(7, np.nan), [8, 9, np.nan]]
    fit = segmented(YEARS, y, 2019, exposure=POPULATION, model="ols")
    assert any("Fewer than four points" in note for note in fit.warnings)
    assert any("fitted exactly whatever their value" in note for note in fit.warnings)
    assert not np.isnan(fit.cooks_distance).any()


def test_newey_west_is_left_out_with_a_warning_where_it_has_no_variance():
    y = [50, 2, 0, 50, 51, 50, 50, 50]
    fit = segmented(np.arange(8), y, 2, model="ols")
    assert fit.newey_west == ()
    assert any("Newey-West errors cannot be estimated" in note for note in fit.warnings)
    assert np.isfinite(fit.level_change.se)


def test_an_autoregressive_fit_without_variation_is_refused():
    with pytest.raises(TrendError, match="could not be fitted"):
        segmented(np.arange(7), [500_000, 1, 500_000, 1, 500_000, 1, 1], 5, model="glsar")


def test_collinear_regressors_are_refused():
    x = np.column_stack([np.ones(10), np.arange(10), 2 * np.arange(10)])
    with pytest.raises(TrendError, match="collinear"):
        trends.fit_linear(np.arange(10) ** 2, x)


def test_an_unknown_term_names_those_there_are():
    fit = segmented(YEARS, counts(np.random.default_rng(21)), 2019, change="level")
    with pytest.raises(TrendError, match="intercept, slope, level_change"):
        _ = fit.slope_change


# ---- covariates


def test_a_covariate_takes_its_own_part_of_the_change():
    rng = np.random.default_rng(30)
    weather = rng.normal(0, 1, 13) + 2 * (YEARS >= 2019)
    noise = rng.normal(0, 0.3, 13)
    y = 60 + 0.5 * (YEARS - 2019) + 4 * weather + noise
    alone = segmented(YEARS, y, 2019)
    shuffled = rng.permutation(13)
    with_it = segmented(
        YEARS[shuffled], y[shuffled], 2019, covariates={"weather": weather[shuffled]}
    )
    assert with_it.term("weather").estimate == pytest.approx(4, abs=0.6)
    assert abs(with_it.level_change.estimate) < 1.5
    assert alone.level_change.estimate > 4
    # The same by the normal equations.
    time = YEARS - 2019.0
    after = (time >= 0).astype(float)
    x = np.column_stack([np.ones(13), time, after, after * time, weather - weather.mean()])
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    np.testing.assert_allclose([term.estimate for term in with_it.terms], beta, rtol=1e-8)
    np.testing.assert_allclose(with_it.without_change, x[:, [0, 1, 4]] @ beta[[0, 1, 4]])
    assert with_it.level_change.df == 8


@pytest.mark.parametrize(
    ("covariates", "message"),
    [
        ({"rain": [1, 2]}, "'rain' of 2 values for 13 years"),
        ({"slope": np.arange(13.0)}, "a name other than those of the terms"),
        ({"rain": [np.nan, *range(12)]}, "'rain' is missing in 2013"),
        ({"rain": np.ones(13)}, "collinear"),
        ({f"c{i}": np.arange(13.0) ** i for i in range(2, 12)}, "13 points for 14 parameters"),
    ],
)
def test_bad_covariates_are_refused(covariates, message):
    y = np.random.default_rng(31).normal(60, 3, 13)
    with pytest.raises(TrendError, match=message):
        segmented(YEARS, y, 2019, covariates=covariates)
