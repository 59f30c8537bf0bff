"""Counts: every number of a fit from Newton's method and the likelihood, every message in full."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import optimize, special, stats
from statsmodels.tools.numdiff import approx_hess3
from trends_material import cooks_by_formula, refused

from care_study.statistics.trends import TrendError, fit_counts

# Nothing that a reader cannot act on may come out beside a fit's own warnings.
# But for what other tests left behind, which may be collected while one of these runs.
pytestmark = pytest.mark.filterwarnings(
    "error", "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)

NAMES = ("start", "yearly")
TIME = np.arange(10.0)
DESIGN = np.column_stack([np.ones(10), TIME])
POPULATION = 1000.0 + 20 * TIME
STEADY = np.array([41, 40, 44, 43, 47, 45, 49, 48, 52, 51])
ROUGH = np.array([12, 55, 23, 70, 18, 35, 90, 21, 66, 30])
# A little further from their trend than Poisson counts of this size would be.
SLIGHT = np.array([40, 52, 34, 47, 60, 42, 49, 66, 43, 60])
SEPARATED = (
    "The count model did not converge to finite coefficients: a group of points is separated "
    "perfectly (for example all zeros on one side of the break). Use fewer parameters or a "
    "longer series."
)


def newton_poisson(counts, offset, design=DESIGN):
    beta = np.linalg.lstsq(design, np.log(counts + 0.5) - offset, rcond=None)[0]
    for _ in range(60):
        mean = np.exp(design @ beta + offset)
        information = design.T @ (mean[:, None] * design)
        beta = beta + np.linalg.solve(information, design.T @ (counts - mean))
    root = np.sqrt(mean)[:, None] * design
    leverage = np.einsum("ij,jk,ik->i", root, np.linalg.inv(information), root)
    return beta, np.sqrt(np.diag(np.linalg.inv(information))), mean, leverage


def residual_checks(residuals):
    centred = residuals - residuals.mean()
    return (
        (np.diff(residuals) ** 2).sum() / (residuals**2).sum(),
        (centred[1:] * centred[:-1]).sum() / (centred**2).sum(),
    )


@pytest.mark.parametrize("counts", [STEADY, ROUGH])
@pytest.mark.parametrize("scale", ["widen", "pearson", "none"])
def test_a_poisson_fit_is_the_one_newtons_method_finds(counts, scale):
    beta, errors, mean, leverage = newton_poisson(counts, np.log(POPULATION))
    pearson = (counts - mean) / np.sqrt(mean)
    ratio = (pearson**2).sum() / 8
    factor = {"widen": max(1, ratio), "pearson": ratio, "none": 1}[scale]
    df = np.inf if scale == "none" else 8
    fit = fit_counts(counts, DESIGN, POPULATION, NAMES, scale=scale, level=0.9)
    assert fit.model == "poisson"
    assert tuple(term.name for term in fit.terms) == NAMES
    for term, value, error in zip(fit.terms, beta, errors * np.sqrt(factor), strict=True):
        assert term.estimate == pytest.approx(value, rel=1e-7)
        assert term.se == pytest.approx(error, rel=1e-6)
        assert term.df == df
        assert term.upper - term.estimate == pytest.approx(stats.t.ppf(0.95, df) * error, rel=1e-6)
        assert term.method == f"Poisson, scale: {scale}"
    assert fit.dispersion == fit.diagnostics.overdispersion == pytest.approx(ratio)
    np.testing.assert_allclose(fit.fitted, mean, rtol=1e-7)
    np.testing.assert_allclose(fit.residuals, pearson, rtol=1e-5)
    cooks = cooks_by_formula(pearson, leverage, factor, 2)
    np.testing.assert_allclose(fit.cooks_distance, cooks, rtol=1e-5)
    assert fit.diagnostics.largest_cooks_distance == pytest.approx(cooks.max())
    watson, autocorrelation = residual_checks(pearson)
    assert fit.diagnostics.durbin_watson == pytest.approx(watson)
    assert fit.diagnostics.residual_autocorrelation == pytest.approx(autocorrelation)


def test_what_a_count_model_does_not_have_is_none():
    for family in ("poisson", "negative_binomial"):
        fit = fit_counts(ROUGH, DESIGN, family=family)
        assert fit.model == family
        assert fit.newey_west == ()
        assert fit.residual_sd is fit.r_squared is fit.f_statistic is fit.rho is None
        assert fit.diagnostics.breusch_godfrey_statistic is None
        assert fit.diagnostics.breusch_godfrey_p is None
        assert fit.warnings == ()


def test_by_default_counts_are_poisson_without_exposure_widened_at_95_percent():
    fit = fit_counts(ROUGH, DESIGN)
    spelt = fit_counts(
        ROUGH, DESIGN, np.ones(10), ("b0", "b1"), family="poisson", scale="widen", level=0.95
    )
    assert fit.terms == spelt.terms
    assert fit.dispersion > 1


def test_an_exposure_in_thousands_moves_only_the_intercept():
    one = fit_counts(ROUGH, DESIGN, POPULATION)
    other = fit_counts(ROUGH, DESIGN, POPULATION / 1000)
    assert other.terms[0].estimate == pytest.approx(one.terms[0].estimate + np.log(1000))
    assert other.terms[1].estimate == pytest.approx(one.terms[1].estimate)


def test_a_population_between_nothing_and_one_unit_is_accepted():
    fit = fit_counts(ROUGH, DESIGN, np.full(10, 0.5))
    plain = fit_counts(ROUGH, DESIGN)
    assert fit.terms[0].estimate == pytest.approx(plain.terms[0].estimate + np.log(2))


def test_counts_steadier_than_poisson_are_not_narrowed_and_the_ratio_is_said():
    _, _, mean, _ = newton_poisson(STEADY, np.zeros(10))
    ratio = ((STEADY - mean) ** 2 / mean).sum() / 8
    assert ratio < 1
    note = (
        f"The counts vary less than Poisson counts would (ratio {ratio:.2f}); standard errors "
        "were not narrowed below the Poisson ones."
    )
    assert fit_counts(STEADY, DESIGN).warnings == (note,)
    for scale in ("pearson", "none"):
        assert fit_counts(STEADY, DESIGN, scale=scale).warnings == ()


def test_a_point_with_a_parameter_of_its_own_is_said_for_either_family():
    only_last = np.column_stack([np.ones(10), TIME == 9])
    for family in ("poisson", "negative_binomial"):
        fit = fit_counts(ROUGH, only_last, family=family)
        assert fit.model == family
        assert fit.cooks_distance[9] == np.inf
        assert fit.warnings == (
            "1 points are fitted exactly whatever their value: they add a parameter but no "
            "information about the fit.",
        )


def likelihood_by_hand(counts, offset):
    """Maximum of the negative binomial likelihood over (coefficients, alpha), with its errors."""

    def minus_log_likelihood(theta):
        mean, size = np.exp(DESIGN @ theta[:-1] + offset), 1 / abs(theta[-1])
        return -(
            special.gammaln(counts + size)
            - special.gammaln(size)
            - special.gammaln(counts + 1)
            + size * np.log(size / (size + mean))
            + counts * np.log(mean / (size + mean))
        ).sum()

    start = np.append(newton_poisson(counts, offset)[0], 0.3)
    best = optimize.minimize(
        minus_log_likelihood,
        start,
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000, "maxfev": 4000},
    ).x
    return best, np.sqrt(np.diag(np.linalg.inv(approx_hess3(best, minus_log_likelihood))))


@pytest.mark.parametrize("scale", ["widen", "pearson", "none"])
@pytest.mark.parametrize("exposure", [None, POPULATION])
def test_a_negative_binomial_fit_is_the_maximum_of_its_likelihood(scale, exposure):
    offset = np.zeros(10) if exposure is None else np.log(exposure)
    best, errors = likelihood_by_hand(ROUGH, offset)
    alpha = best[-1]
    mean = np.exp(DESIGN @ best[:-1] + offset)
    variance = mean + alpha * mean**2
    pearson = (ROUGH - mean) / np.sqrt(variance)
    spread = (pearson**2).sum() / 8
    factor = {"widen": max(1, spread), "pearson": spread, "none": 1}[scale]
    df = np.inf if scale == "none" else 8
    fit = fit_counts(
        ROUGH, DESIGN, exposure, NAMES, family="negative_binomial", scale=scale, level=0.8
    )
    assert fit.model == "negative_binomial"
    assert fit.dispersion == pytest.approx(alpha, rel=1e-3)
    assert fit.diagnostics.overdispersion == pytest.approx(spread, rel=1e-3)
    assert tuple(term.name for term in fit.terms) == NAMES
    for term, value, error in zip(fit.terms, best, errors[:-1] * np.sqrt(factor), strict=False):
        assert term.estimate == pytest.approx(value, rel=1e-3, abs=1e-5)
        assert term.se == pytest.approx(error, rel=2e-3)
        assert term.df == df
        assert term.upper - term.estimate == pytest.approx(stats.t.ppf(0.9, df) * error, rel=2e-3)
        assert term.method == f"negative binomial, scale: {scale}"
    np.testing.assert_allclose(fit.fitted, mean, rtol=1e-3)
    np.testing.assert_allclose(fit.residuals, pearson, rtol=1e-2, atol=1e-3)
    # The leverage comes from the observed information, in which a high count weighs more.
    weights = mean * (1 + alpha * ROUGH) / (1 + alpha * mean) ** 2
    root = np.sqrt(weights)[:, None] * DESIGN
    leverage = np.diag(root @ np.linalg.inv(root.T @ root) @ root.T)
    cooks = cooks_by_formula(pearson, leverage, factor, 2)
    np.testing.assert_allclose(fit.cooks_distance, cooks, rtol=1e-2, atol=1e-4)
    assert fit.diagnostics.largest_cooks_distance == pytest.approx(cooks.max(), rel=1e-2)
    watson, autocorrelation = residual_checks(pearson)
    assert fit.diagnostics.durbin_watson == pytest.approx(watson, rel=1e-3)
    assert fit.diagnostics.residual_autocorrelation == pytest.approx(autocorrelation, rel=1e-2)


FALLEN_BACK = (
    "The negative binomial dispersion did not converge or is at its lower limit of zero (no "
    "more variation than Poisson); the Poisson fit with Pearson scale is reported."
)


def test_a_negative_binomial_without_extra_variation_falls_back_on_poisson_and_says_so():
    poisson = fit_counts(STEADY, DESIGN, POPULATION, NAMES, scale="pearson", level=0.9)
    fit = fit_counts(
        STEADY, DESIGN, POPULATION, NAMES, family="negative_binomial", scale="pearson", level=0.9
    )
    assert fit.model == "poisson"
    assert fit.terms == poisson.terms
    assert fit.dispersion == poisson.dispersion
    assert fit.warnings == (FALLEN_BACK,)
    widened = fit_counts(STEADY, DESIGN, family="negative_binomial")
    assert widened.warnings == (FALLEN_BACK, *fit_counts(STEADY, DESIGN).warnings)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"family": "gamma"},
            "Found family 'gamma'; expected one of poisson, negative_binomial.",
        ),
        ({"scale": "wide"}, "Found scale 'wide'; expected one of widen, pearson, none."),
        (
            {"counts": np.r_[-3, ROUGH[1:]]},
            "Found a negative count (-3); expected zero or above.",
        ),
        (
            {"counts": np.zeros(10)},
            "Found only zeros; a rate ratio cannot be estimated from no events.",
        ),
        (
            {"exposure": np.ones(4)},
            "Found 4 exposures for 10 counts; expected one each.",
        ),
        (
            {"exposure": np.r_[0.0, np.ones(9)]},
            "Found a population of zero, below, or missing; expected all positive.",
        ),
        (
            {"exposure": np.r_[np.nan, np.ones(9)]},
            "Found a population of zero, below, or missing; expected all positive.",
        ),
        (
            {"exposure": np.ones((10, 1))},
            "Found exposure with 2 dimensions; expected a single series.",
        ),
        ({"names": ("one",)}, "Found 1 names for 2 regressors."),
        (
            {"counts": np.ones((10, 1))},
            "Found outcome with 2 dimensions; expected a single series.",
        ),
        ({"level": 95}, "Found a confidence level of 95; expected a share such as 0.95."),
        (
            {"counts": np.r_[ROUGH[:6], np.zeros(4)], "design": np.c_[np.ones(10), TIME > 5]},
            SEPARATED,
        ),
        (
            {
                "family": "negative_binomial",
                "counts": np.r_[ROUGH[:6], np.zeros(4)],
                "design": np.c_[np.ones(10), TIME > 5],
            },
            SEPARATED,
        ),
    ],
)
def test_bad_counts_end_in_one_message(arguments, message):
    with refused(message):
        fit_counts(**({"counts": ROUGH, "design": DESIGN} | arguments))


def test_a_count_of_zero_is_no_fault_and_a_fraction_is():
    sparse = np.array([0, 1, 0, 2, 1, 1, 3, 0, 2, 1])
    beta, _, _, _ = newton_poisson(sparse, np.zeros(10))
    assert fit_counts(sparse, DESIGN).terms[1].estimate == pytest.approx(beta[1], rel=1e-6)
    with pytest.raises(TrendError, match=r"^Found 0.25, which is no count; expected whole numbers"):
        fit_counts(np.full(10, 0.25), DESIGN)


def test_agrees_with_statsmodels_own_pearson_scale():
    theirs = sm.GLM(ROUGH, DESIGN, family=sm.families.Poisson()).fit(scale="X2")
    fit = fit_counts(ROUGH, DESIGN, scale="pearson")
    np.testing.assert_allclose([term.se for term in fit.terms], theirs.bse, rtol=1e-5)


@pytest.mark.parametrize("counts", [[40, 55, 30, 47, 66, 40, 49, 70, 40, 62], SLIGHT])
def test_a_slight_extra_variation_is_estimated_not_called_none(counts):
    best, _ = likelihood_by_hand(np.array(counts), np.zeros(10))
    fit = fit_counts(counts, DESIGN, family="negative_binomial")
    assert fit.model == "negative_binomial"
    assert fit.dispersion == pytest.approx(best[-1], rel=1e-2)


def test_variation_at_the_poisson_limit_is_called_none_though_the_search_settled():
    counts = np.array([2, 1, 1, 0, 0, 0, 2, 1, 2, 1, 1])
    time = np.arange(11) - 5
    step = np.column_stack([np.ones(11), time, time >= 0])
    fit = fit_counts(counts, step, family="negative_binomial")
    assert fit.model == "poisson"
    assert fit.warnings[0] == FALLEN_BACK


def test_counts_a_little_rougher_than_poisson_are_widened_without_a_word():
    fit = fit_counts(SLIGHT, DESIGN)
    assert 1 < fit.dispersion < 2
    assert fit.warnings == ()


def test_a_fit_prints_nothing(capsys):
    fit_counts(ROUGH, DESIGN, family="negative_binomial")
    assert capsys.readouterr() == ("", "")


def test_counts_beyond_all_arithmetic_say_why_they_could_not_be_fitted():
    with pytest.raises(TrendError, match=r"^The count model could not be fitted \(.+\)\.$"):
        fit_counts(ROUGH * 1e200, DESIGN)


@pytest.mark.parametrize("size", [1e8, 1e11])
@pytest.mark.parametrize("seed", range(5))
def test_hundreds_of_millions_of_events_are_fitted_as_thousands_are(size, seed):
    counts = np.round(size * np.exp(np.random.default_rng(seed).normal(0, 0.1, 10)))
    beta, _, mean, _ = newton_poisson(counts, np.zeros(10))
    fit = fit_counts(counts, DESIGN)
    assert [term.estimate for term in fit.terms] == pytest.approx(list(beta), rel=1e-6)
    assert fit.dispersion == pytest.approx(((counts - mean) ** 2 / mean).sum() / 8, rel=1e-6)


def test_a_search_that_swings_for_ever_is_refused_though_no_count_is_zero():
    with pytest.raises(TrendError, match=r"^The count model did not converge to finite"):
        fit_counts([765_033, 438, 4, 40, 4, 59, 1, 59, 13, 17], DESIGN)


def test_a_long_search_for_the_dispersion_is_seen_through():
    fit = fit_counts([58_755, 0, 2014, 22, 37, 0, 0, 0, 0, 0], DESIGN, family="negative_binomial")
    assert fit.model == "negative_binomial"
    assert fit.dispersion > 1
