"""Linear and autoregressive fits: every number from its formula, every message in full."""

import numpy as np
import pytest
from scipy import stats
from trends_material import SERIES, YEARS, cooks_by_formula, least_squares, refused

from care_study.statistics.trends import fit_autoregressive, fit_linear, fixed_b

# Nothing that a reader cannot act on may come out beside a fit's own warnings.
# But for what other tests left behind, which may be collected while one of these runs.
pytestmark = pytest.mark.filterwarnings(
    "error", "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)

NAMES = ("start", "yearly", "step")
TIME = YEARS - 2019.0
DESIGN = np.column_stack([np.ones(13), TIME, TIME >= 0])
CONSTANT = np.ones((13, 1))


def bartlett_errors(residuals, x, lag):
    """Newey & West (1987): Bartlett weights, scaled by n / (n - k)."""
    n, k = x.shape
    scores = residuals[:, None] * x
    middle = scores.T @ scores
    for j in range(1, lag + 1):
        cross = scores[j:].T @ scores[:-j]
        middle += (1 - j / (lag + 1)) * (cross + cross.T)
    inverse = np.linalg.inv(x.T @ x)
    return np.sqrt(np.diag(inverse @ middle @ inverse) * n / (n - k))


def breusch_godfrey(residuals, x, lags):
    """Points times R squared of the residuals on the regressors and their own past."""
    past = [np.r_[np.zeros(j), residuals[:-j]] for j in range(1, lags + 1)]
    _, _, left = least_squares(residuals, np.column_stack([x, *past]))
    statistic = len(residuals) * (1 - (left @ left) / (residuals @ residuals))
    return statistic, stats.chi2.sf(statistic, lags)


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_a_linear_fit_is_least_squares_with_t_intervals(level):
    fit = fit_linear(SERIES, DESIGN, NAMES, level=level)
    beta, errors, residuals = least_squares(SERIES, DESIGN)
    assert fit.model == "ols"
    assert tuple(term.name for term in fit.terms) == NAMES
    for term, value, error in zip(fit.terms, beta, errors, strict=True):
        assert term.estimate == pytest.approx(value)
        assert term.se == pytest.approx(error)
        assert term.statistic == pytest.approx(value / error)
        assert term.df == 10
        assert term.p_value == pytest.approx(2 * stats.t.sf(abs(value / error), 10))
        margin = stats.t.ppf((1 + level) / 2, 10) * error
        assert (term.lower, term.upper) == pytest.approx((value - margin, value + margin))
        assert term.method == "OLS, t"
    np.testing.assert_allclose(fit.fitted, DESIGN @ beta)
    np.testing.assert_allclose(fit.residuals, residuals, atol=1e-10)
    assert fit.dispersion is None
    assert fit.rho is None
    assert fit.warnings == ()


def test_its_measures_of_fit_are_those_of_the_sums_of_squares():
    fit = fit_linear(SERIES, DESIGN)
    _, _, residuals = least_squares(SERIES, DESIGN)
    left, total = residuals @ residuals, ((SERIES - SERIES.mean()) ** 2).sum()
    assert fit.residual_sd == pytest.approx(np.sqrt(left / 10))
    assert fit.r_squared == pytest.approx(1 - left / total)
    assert fit.f_statistic == pytest.approx(((total - left) / 2) / (left / 10))
    line = fit_linear(SERIES, DESIGN[:, :2])
    assert line.f_statistic == pytest.approx(line.terms[1].statistic ** 2)
    assert fit_linear(SERIES, CONSTANT).f_statistic is None


def test_its_checks_are_those_of_the_residuals():
    fit = fit_linear(SERIES, DESIGN)
    _, _, residuals = least_squares(SERIES, DESIGN)
    checks = fit.diagnostics
    assert checks.durbin_watson == pytest.approx(
        (np.diff(residuals) ** 2).sum() / (residuals @ residuals)
    )
    assert checks.residual_autocorrelation == pytest.approx(
        residuals[1:] @ residuals[:-1] / (residuals @ residuals)
    )
    assert checks.overdispersion is None
    leverage = np.diag(DESIGN @ np.linalg.inv(DESIGN.T @ DESIGN) @ DESIGN.T)
    cooks = cooks_by_formula(residuals, leverage, residuals @ residuals / 10, 3)
    np.testing.assert_allclose(fit.cooks_distance, cooks)
    assert checks.largest_cooks_distance == pytest.approx(cooks.max())


@pytest.mark.parametrize(("arguments", "lags"), [({}, 1), ({"test_lags": 2}, 2)])
def test_the_breusch_godfrey_test_looks_back_one_year_unless_told(arguments, lags):
    checks = fit_linear(SERIES, DESIGN, **arguments).diagnostics
    _, _, residuals = least_squares(SERIES, DESIGN)
    statistic, p_value = breusch_godfrey(residuals, DESIGN, lags)
    assert checks.breusch_godfrey_statistic == pytest.approx(statistic)
    assert checks.breusch_godfrey_p == pytest.approx(p_value)


def test_the_breusch_godfrey_test_is_left_out_where_it_has_no_point_to_spare():
    y, x = SERIES[:4], DESIGN[:4, :2]
    assert fit_linear(y, x, test_lags=1).diagnostics.breusch_godfrey_p is not None
    without = fit_linear(y, x, test_lags=2).diagnostics
    assert without.breusch_godfrey_statistic is None
    assert without.breusch_godfrey_p is None


@pytest.mark.parametrize("lag", [None, 0, 1, 4])
def test_newey_west_errors_follow_the_bartlett_formula(lag):
    fit = fit_linear(SERIES, DESIGN, NAMES, lag=lag, level=0.9)
    # The usual rule gives 4 (13/100)^(2/9) = 2.54, so two years.
    used = 2 if lag is None else lag
    beta, _, residuals = least_squares(SERIES, DESIGN)
    errors = bartlett_errors(residuals, DESIGN, used)
    assert tuple(term.name for term in fit.newey_west) == NAMES
    for column, term in enumerate(fit.newey_west):
        value, error = beta[column], errors[column]
        assert term.estimate == pytest.approx(value)
        assert term.se == pytest.approx(error)
        assert term.statistic == pytest.approx(value / error)
        assert term.lag == used
        assert term.b == pytest.approx((used + 1) / 13)
        simulated = fixed_b.design_t_distribution(DESIGN, column, used)
        critical = np.quantile(simulated, 0.9)
        assert term.critical_value == pytest.approx(critical)
        assert (term.lower, term.upper) == pytest.approx(
            (value - critical * error, value + critical * error)
        )
        as_large = (simulated >= abs(value / error)).sum()
        assert term.p_value == pytest.approx((as_large + 1) / (len(simulated) + 1))
        b = (used + 1) / 13
        assert term.critical_value_stationary == fixed_b.critical_value(b, 0.9)
        assert term.p_value_stationary == pytest.approx(fixed_b.p_value(value / error, b))
        assert term.p_value_normal == pytest.approx(2 * stats.norm.sf(abs(value / error)))


def test_a_fall_is_judged_as_the_same_rise_is():
    rise = fit_linear(SERIES, DESIGN[:, :2]).newey_west[1]
    fall = fit_linear(-SERIES, DESIGN[:, :2]).newey_west[1]
    assert rise.estimate > 0 > fall.estimate
    assert fall.p_value == rise.p_value
    assert fall.p_value_stationary == rise.p_value_stationary
    assert fall.p_value_normal == rise.p_value_normal < 0.05


def test_by_default_names_are_numbered_and_the_level_is_95_percent():
    fit = fit_linear(SERIES, DESIGN)
    assert [term.name for term in fit.terms] == ["b0", "b1", "b2"]
    assert fit.terms == fit_linear(SERIES, DESIGN, level=0.95).terms
    assert fit.newey_west == fit_linear(SERIES, DESIGN, level=0.95).newey_west
    lines = fit_autoregressive(SERIES, DESIGN)
    assert [term.name for term in lines.terms] == ["b0", "b1", "b2"]
    assert lines.terms == fit_autoregressive(SERIES, DESIGN, level=0.95, iterations=50).terms


def test_a_point_that_is_fitted_whatever_its_value_has_infinite_distance():
    last_two = np.column_stack([np.ones(13), YEARS == 2024, YEARS == 2025])
    fit = fit_linear(SERIES, last_two)
    assert list(np.flatnonzero(np.isinf(fit.cooks_distance))) == [11, 12]
    assert np.isfinite(fit.cooks_distance[:11]).all()
    assert fit.diagnostics.largest_cooks_distance == np.inf
    assert fit.warnings == (
        "2 points are fitted exactly whatever their value: they add a parameter but no "
        "information about the fit.",
    )


@pytest.mark.parametrize("size", [1e-6, 1, 1e8])
def test_two_points_that_alone_fix_a_line_leave_no_newey_west_error(size):
    late = YEARS >= 2015
    two_before = np.column_stack([np.ones(13), TIME, late, late * TIME])
    fit = fit_linear(SERIES * size, two_before)
    assert fit.newey_west == ()
    assert fit.warnings[-1] == (
        "Newey-West errors cannot be estimated: too few points carry a coefficient."
    )
    assert fit.warnings[:-1] == (
        "2 points are fitted exactly whatever their value: they add a parameter but no "
        "information about the fit.",
    )


@pytest.mark.parametrize("size", [1, 1e8])
def test_an_exact_fit_is_refused_however_large_the_numbers(size):
    with refused(
        "The model fits all 13 points exactly (a constant or straight series); expected some "
        "residual variation, without which no uncertainty can be estimated."
    ):
        fit_linear(size * (5 + TIME / 3), DESIGN)


@pytest.mark.parametrize("size", [1e-9, 1e10])
def test_the_statistics_do_not_depend_on_the_unit_of_the_outcome(size):
    scaled = fit_linear(SERIES * size, DESIGN)
    plain = fit_linear(SERIES, DESIGN)
    assert scaled.terms[1].statistic == pytest.approx(plain.terms[1].statistic)
    assert scaled.newey_west[1].statistic == pytest.approx(plain.newey_west[1].statistic)


def test_numbers_may_come_as_text():
    text = DESIGN.astype(str).tolist()
    assert fit_linear(SERIES.astype(str), text).terms == fit_linear(SERIES, DESIGN).terms


def test_regressors_that_differ_by_rounding_alone_are_collinear():
    almost = TIME * (1 + 1e-13 * np.arange(13))
    with refused("The regressors are collinear; leave out the redundant one."):
        fit_linear(SERIES, np.column_stack([DESIGN, almost]))


def test_both_fits_refuse_a_level_beyond_the_fixed_b_table():
    for fit in (fit_linear, fit_autoregressive):
        with refused("Found a confidence level of 0.9999; expected 0.2 to 0.999."):
            fit(SERIES, DESIGN, level=0.9999)


@pytest.mark.parametrize("sizes", [[1, 1e-11, 1], [1, 1e-6, 1e6]])
def test_regressors_of_very_different_size_are_not_taken_for_collinear(sizes):
    scaled = fit_linear(SERIES, DESIGN * sizes)
    plain = fit_linear(SERIES, DESIGN)
    for one, other in zip(scaled.terms, plain.terms, strict=True):
        assert one.statistic == pytest.approx(other.statistic, rel=1e-4)


@pytest.mark.parametrize(
    ("outcome", "design", "names", "message"),
    [
        (
            SERIES,
            DESIGN[:9],
            None,
            "Found a design of shape (9, 3) for 13 outcomes; expected (13, number of parameters).",
        ),
        (
            SERIES,
            TIME,
            None,
            "Found a design of shape (13,) for 13 outcomes; expected (13, number of parameters).",
        ),
        (
            np.r_[np.nan, SERIES[1:]],
            DESIGN,
            None,
            "Found missing or infinite values; leave those points out first.",
        ),
        (
            SERIES,
            np.where(DESIGN == 1, np.inf, DESIGN),
            None,
            "Found missing or infinite values; leave those points out first.",
        ),
        (
            SERIES[:3],
            DESIGN[:3],
            None,
            "Found 3 points for 3 parameters; expected at least 4. Use a longer series or a "
            "smaller model.",
        ),
        (
            SERIES,
            np.column_stack([DESIGN, TIME + 2]),
            None,
            "The regressors are collinear; leave out the redundant one.",
        ),
        (
            SERIES,
            np.column_stack([DESIGN, np.zeros(13)]),
            None,
            "The regressors are collinear; leave out the redundant one.",
        ),
        (SERIES, DESIGN, ("a", "b"), "Found 2 names for 3 regressors."),
        (
            DESIGN,
            DESIGN,
            None,
            "Found outcome with 2 dimensions; expected a single series.",
        ),
    ],
)
def test_bad_input_ends_in_one_message(outcome, design, names, message):
    for fit in (fit_linear, fit_autoregressive):
        with refused(message):
            fit(outcome, design, names)


def cochrane_orcutt(y, x, steps=400):
    """Alternate between the residuals' autocorrelation and least squares without it."""
    rho = 0.0
    for _ in range(steps):
        whole, left = (array[1:] - rho * array[:-1] for array in (x, y))
        beta, errors, _ = least_squares(left, whole)
        residuals = y - x @ beta
        centred = residuals - residuals.mean()
        rho = (centred[1:] @ centred[:-1] / (len(y) - 1)) / (centred @ centred / len(y))
    return rho, beta, errors


def test_an_autoregressive_fit_is_where_cochrane_and_orcutt_settle():
    x = DESIGN[:, :2]
    rho, beta, errors = cochrane_orcutt(SERIES, x)
    assert abs(rho) > 0.1
    fit = fit_autoregressive(SERIES, x, NAMES[:2], level=0.9)
    assert fit.model == "glsar"
    assert fit.rho == pytest.approx(rho, abs=1e-6)
    assert tuple(term.name for term in fit.terms) == NAMES[:2]
    for term, value, error in zip(fit.terms, beta, errors, strict=True):
        assert term.estimate == pytest.approx(value, rel=1e-5)
        assert term.se == pytest.approx(error, rel=1e-5)
        # Twelve differences are left of thirteen points, less two parameters.
        assert term.df == 10
        assert term.upper - term.estimate == pytest.approx(stats.t.ppf(0.95, 10) * error, rel=1e-5)
        assert term.method == "GLSAR(1), t"
    np.testing.assert_allclose(fit.fitted, x @ beta, rtol=1e-5)
    np.testing.assert_allclose(fit.residuals, SERIES - x @ beta, atol=1e-3)
    shocks = (SERIES - x @ beta)[1:] - rho * (SERIES - x @ beta)[:-1]
    assert fit.residual_sd == pytest.approx(np.sqrt(shocks @ shocks / 10), rel=1e-5)
    assert fit.diagnostics.durbin_watson == pytest.approx(
        (np.diff(shocks) ** 2).sum() / (shocks @ shocks), rel=1e-4
    )
    centred = shocks - shocks.mean()
    assert fit.diagnostics.residual_autocorrelation == pytest.approx(
        centred[1:] @ centred[:-1] / (centred @ centred), abs=1e-4
    )
    assert fit.warnings == ()


def test_what_an_autoregressive_fit_does_not_have_is_none():
    fit = fit_autoregressive(SERIES, DESIGN)
    assert fit.newey_west == ()
    assert fit.r_squared is fit.f_statistic is fit.dispersion is fit.cooks_distance is None
    checks = fit.diagnostics
    assert checks.breusch_godfrey_statistic is checks.breusch_godfrey_p is None
    assert checks.overdispersion is checks.largest_cooks_distance is None


@pytest.mark.parametrize("steps", [1, 2])
def test_an_autoregressive_fit_stopped_early_says_after_how_many_steps(steps):
    fit = fit_autoregressive(SERIES, DESIGN[:, :2], iterations=steps)
    assert fit.warnings == (
        f"The autoregressive fit had not settled after {steps} steps: treat with care.",
    )


def test_an_autoregressive_fit_passes_on_what_least_squares_warns_of():
    last = np.column_stack([np.ones(13), TIME, YEARS == 2025])
    fit = fit_autoregressive(SERIES, last)
    assert fit.warnings == fit_linear(SERIES, last).warnings
    assert "1 points are fitted exactly" in fit.warnings[0]


UNFITTED = (
    "The autoregressive model could not be fitted: without the first point the series is fitted "
    "exactly or the change cannot be told apart. Use model ols or log_ols."
)


def test_an_autoregressive_fit_needs_a_point_more():
    with refused(
        "Found 3 points for 3 parameters; expected at least 4. Use a longer series or a smaller "
        "model."
    ):
        fit_autoregressive(SERIES[4:8], DESIGN[4:8])


@pytest.mark.parametrize("size", [1, 1e8])
def test_a_series_that_only_alternates_is_fitted_exactly(size):
    with refused(UNFITTED):
        fit_autoregressive(size * np.tile([0.0, 1.0], 6), CONSTANT[:12])


@pytest.mark.parametrize("rounding", [0, 2e-6])
def test_a_change_that_only_the_first_point_shows_cannot_be_told_apart(rounding):
    # About the later mean the series has no autocorrelation, so the first point drops out whole.
    later = np.column_stack([np.ones(7), np.arange(7) >= 1])
    with refused(UNFITTED):
        fit_autoregressive([3, 1, 2, 1, 0, 1, 1 + rounding], later)


def test_an_autocorrelation_outside_its_range_is_said():
    x = np.column_stack([np.ones(5), np.arange(5)])
    fit = fit_autoregressive([1, 2, 0, 1, 0], x)
    rho, _, _ = cochrane_orcutt(np.array([1.0, 2, 0, 1, 0]), x)
    assert rho < -1
    assert fit.warnings == (
        f"The estimated autocorrelation is {rho:.2f}, outside -1 to 1: do not use.",
    )
