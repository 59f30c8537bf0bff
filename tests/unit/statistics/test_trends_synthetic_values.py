"""DID, synthetic control and SDID: weights, estimates and tables worked separately."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from trends_material import refused

from care_study.statistics import trends
from care_study.statistics.trends.panel import Panel, read_panel
from care_study.statistics.trends.synthetic import estimate_each

RNG = np.random.default_rng(31)
UNITS = list("abcdefg")
YEARS = list(range(2011, 2020))
BEFORE = 6
FRAME = pd.DataFrame(
    RNG.normal(50, 3, (7, 1)) + RNG.normal(0, 2, (7, 9)).cumsum(axis=1), index=UNITS, columns=YEARS
)
Y = FRAME.to_numpy()


def simplex(matrix, target, ridge, intercept):
    """Weights on the simplex by sequential programming on the objective as published."""

    def objective(w):
        left = matrix @ w - target
        left = left - left.mean() if intercept else left
        return left @ left + ridge * w @ w

    n = matrix.shape[1]
    return minimize(
        objective,
        np.full(n, 1 / n),
        bounds=[(0, 1)] * n,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
        options={"ftol": 1e-15, "maxiter": 2000},
    ).x


def noise(controls):
    return np.diff(controls[:, :BEFORE], axis=1).std(ddof=1)


def sdid_weights(controls, treated, count=1):
    """Weights of Arkhangelsky et al. (2021), algorithm 1."""
    sigma = noise(controls)
    zeta = (count * (9 - BEFORE)) ** 0.25 * sigma
    omega = simplex(controls[:, :BEFORE].T, treated[:BEFORE], BEFORE * zeta**2, True)
    later = controls[:, BEFORE:].mean(axis=1)
    ridge = len(controls) * (1e-6 * sigma) ** 2
    return omega, simplex(controls[:, :BEFORE], later, ridge, True)


def double_difference(controls, treated, omega, lam):
    gap = treated - omega @ controls
    return gap[BEFORE:].mean() - lam @ gap[:BEFORE]


def test_plain_did_reports_equal_weights_and_the_shifted_mean_of_the_controls():
    result = trends.did(FRAME, "a", 2017)
    mean = Y[1:].mean(axis=0)
    shift = (Y[0] - mean)[:BEFORE].mean()
    assert result.method == "did"
    assert result.treated == ("a",)
    assert result.controls == tuple("bcdefg")
    assert result.unit_weights.to_dict() == pytest.approx(dict.fromkeys("bcdefg", 1 / 6))
    assert result.time_weights.to_dict() == pytest.approx(dict.fromkeys(YEARS[:BEFORE], 1 / 6))
    assert (result.unit_weights.name, result.time_weights.name) == ("weight", "weight")
    assert (result.unit_weights.index.name, result.time_weights.index.name) == ("unit", "year")
    assert result.years.tolist() == YEARS
    np.testing.assert_allclose(result.treated_mean, Y[0])
    np.testing.assert_allclose(result.synthetic, mean + shift)
    left = (Y[0] - mean - shift)[:BEFORE]
    assert result.rmspe_before == pytest.approx(np.sqrt((left**2).mean()))
    assert result.estimate == pytest.approx((Y[0] - mean)[BEFORE:].mean() - shift)
    assert result.warnings == ()


@pytest.mark.parametrize("controls", [(), ("c", "d", "g")])
def test_sdid_uses_the_published_weights(controls):
    result = trends.sdid(FRAME, "a", 2017, controls=controls)
    donors = FRAME.loc[list(controls) or UNITS[1:]].to_numpy()
    omega, lam = sdid_weights(donors, Y[0])
    assert result.method == "sdid"
    assert result.treated == ("a",)
    assert result.controls == (controls or tuple("bcdefg"))
    np.testing.assert_allclose(result.unit_weights, omega, atol=1e-4)
    np.testing.assert_allclose(result.time_weights, lam, atol=1e-4)
    assert result.estimate == pytest.approx(double_difference(donors, Y[0], omega, lam), abs=1e-3)
    shifted = omega @ donors + lam @ (Y[0] - omega @ donors)[:BEFORE]
    np.testing.assert_allclose(result.synthetic, shifted, atol=1e-2)
    left = Y[0][:BEFORE] - shifted[:BEFORE]
    assert result.rmspe_before == pytest.approx(np.sqrt((left**2).mean()), abs=1e-3)


def test_several_treated_units_are_averaged_and_weigh_in_the_ridge():
    result = trends.sdid(FRAME, ["a", "b"], 2017)
    omega, lam = sdid_weights(Y[2:], Y[:2].mean(axis=0), count=2)
    assert result.treated == ("a", "b")
    np.testing.assert_allclose(result.treated_mean, Y[:2].mean(axis=0))
    np.testing.assert_allclose(result.unit_weights, omega, atol=1e-4)
    np.testing.assert_allclose(result.time_weights, lam, atol=1e-4)


@pytest.mark.parametrize("zeta", [None, 0.0, 0.7])
def test_a_synthetic_control_matches_levels_with_the_ridge_asked_for(zeta):
    controls = [] if zeta is None else ["b", "c", "e", "f"]
    result = trends.synthetic_control(FRAME, "a", 2017, controls=controls, zeta=zeta)
    donors = FRAME.loc[controls or UNITS[1:]].to_numpy()
    ridge = 1e-6 * noise(donors) if zeta is None else zeta
    omega = simplex(donors[:, :BEFORE].T, Y[0, :BEFORE], BEFORE * ridge**2, False)
    assert result.method == "sc"
    assert result.treated == ("a",)
    assert result.controls == tuple(controls or UNITS[1:])
    np.testing.assert_allclose(result.unit_weights, omega, atol=2e-4)
    assert result.time_weights.tolist() == [0] * BEFORE
    gap = Y[0] - omega @ donors
    np.testing.assert_allclose(result.synthetic, omega @ donors, atol=1e-2)
    assert result.estimate == pytest.approx(gap[BEFORE:].mean(), abs=2e-3)
    assert result.rmspe_before == pytest.approx(np.sqrt((gap[:BEFORE] ** 2).mean()), abs=1e-3)


def test_the_default_ridge_is_a_millionth_of_the_noise():
    # With more controls than years the ridge alone decides: it must be there, and small.
    wide = np.vstack([Y[:, 4:], Y[::-1, 4:] + 1])
    result = trends.synthetic_control(wide, 0, 2)
    spelt = trends.synthetic_control(
        wide, 0, 2, zeta=1e-6 * np.diff(wide[1:, :2], axis=1).std(ddof=1)
    )
    assert result.unit_weights.tolist() == spelt.unit_weights.tolist()


def test_one_control_that_carries_all_the_weight_is_said_of_a_synthetic_control_only():
    copied = FRAME.copy()
    copied.loc["d"] = copied.loc["a"]
    note = "One control carries all the weight: the match rests on a single unit."
    assert trends.synthetic_control(copied, "a", 2017).warnings == (note,)
    assert trends.did(copied, "a", 2017, controls=["d"]).warnings == ()
    assert trends.synthetic_control(FRAME, "a", 2017).warnings == ()
    copied.loc["g", 2012] = np.nan
    assert trends.synthetic_control(copied, "a", 2017).warnings == (
        "1 unit left out because a year is missing: g.",
        note,
    )


@pytest.mark.parametrize(
    "treated",
    [
        ["a", "b"],
        ("a", "b"),
        np.array(["a", "b"]),
        pd.Index(["a", "b"]),
        pd.Series(["a", "b"]),
        [True, True] + [False] * 5,
        np.array([True, True] + [False] * 5),
    ],
)
def test_treated_units_may_be_labels_or_a_mask(treated):
    result = trends.did(FRAME, treated, 2017)
    assert result.treated == ("a", "b")
    assert result.controls == tuple("cdefg")
    gap = Y[:2].mean(axis=0) - Y[2:].mean(axis=0)
    assert result.estimate == pytest.approx(gap[BEFORE:].mean() - gap[:BEFORE].mean())


def test_controls_that_are_treated_incomplete_or_named_twice_are_passed_over():
    gappy = FRAME.astype(float)
    gappy.loc["d", 2013] = np.nan
    result = trends.did(gappy, "a", 2017, controls=["a", "c", "d", "b", "c"])
    assert result.controls == ("c", "b")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: trends.sdid(FRAME, "a", 2012),
            "Found 1 year before the event; synthetic difference-in-differences needs at least "
            "two.",
        ),
        (
            lambda: trends.did(FRAME, [], 2017),
            "No treated unit is named; expected at least one.",
        ),
        (
            lambda: trends.did(FRAME, [False] * 7, 2017),
            "No treated unit is named; expected at least one.",
        ),
        (
            lambda: trends.did(FRAME, [True] * 6, 2017),
            "Found a mask of 6 for 7 complete units.",
        ),
        (
            lambda: trends.did(FRAME, UNITS, 2017),
            "No control unit has a value in every year; expected at least one.",
        ),
        (
            lambda: trends.did(FRAME, "a", 2017, controls=["b", "x"]),
            "Found controls 'x', not in the panel; expected codes as the panel has them, such as "
            "'a'. Correct or leave out those names.",
        ),
        (
            lambda: trends.did(FRAME, "a", 2020),
            "Found a first year after of 2020 outside the panel (2011 to 2019); expected years on "
            "both sides.",
        ),
        (
            lambda: trends.did(FRAME, "x", 2017),
            "Unit 'x' cannot be used: it is not in the panel. Choose a unit with every year.",
        ),
        (
            lambda: trends.placebo_standard_error(FRAME, ["a", "b"], 2017),
            "Found 2 treated units; the exhaustive placebo error is for one. Use "
            "placebo_inference on the mean of the treated units.",
        ),
        (
            lambda: trends.placebo_standard_error(FRAME, "a", 2017, "magic"),
            "Found method 'magic'; expected did, sc or sdid.",
        ),
        (
            lambda: estimate_each(read_panel(FRAME), 2017, "did", UNITS),
            "No control unit is left; expected at least one.",
        ),
        (
            lambda: estimate_each(read_panel(FRAME), 2011, "did", ()),
            "Found a first year after of 2011 outside the panel (2011 to 2019); expected years on "
            "both sides.",
        ),
        (
            lambda: trends.rmspe_ratios(FRAME, "x", 2017),
            "Unit 'x' cannot be used: it is not in the panel. Choose a unit with every year.",
        ),
    ],
)
def test_bad_input_ends_in_one_message(call, message):
    with refused(message):
        call()


def test_two_years_before_the_event_are_enough_for_sdid():
    result = trends.sdid(FRAME, "a", 2013)
    assert result.time_weights.sum() == pytest.approx(1)


def test_one_control_and_one_year_before_leave_no_noise_to_scale_the_ridge():
    single = trends.synthetic_control(FRAME, "a", 2012, controls=["b"])
    assert single.unit_weights.tolist() == [1]
    # With two years and a single control there is one difference, which has no deviation.
    pair = trends.sdid(FRAME, "a", 2013, controls=["b"])
    change = Y[0] - Y[1]
    weights = pair.time_weights.to_numpy()
    assert pair.estimate == pytest.approx(change[2:].mean() - weights @ change[:2])
    assert np.isfinite(weights).all()


def test_two_differences_are_enough_for_the_noise():
    result = trends.sdid(FRAME, "a", 2013, controls=["b", "c"])
    sigma = np.diff(Y[1:3, :2], axis=1).std(ddof=1)
    # Seven years after, two before.
    omega = simplex(Y[1:3, :2].T, Y[0, :2], 2 * np.sqrt(7) * sigma**2, True)
    np.testing.assert_allclose(result.unit_weights, omega, atol=1e-4)


@pytest.mark.parametrize("size", [1, 1e-9])
def test_one_year_before_is_matched_exactly_whatever_the_unit(size):
    middle = FRAME[2011].sort_values().index[3]
    result = trends.synthetic_control(FRAME * size, middle, 2012)
    assert result.rmspe_before < 1e-6 * size


@pytest.mark.parametrize("exclude", [(), ("a", "c")])
@pytest.mark.parametrize("method", ["did", "sc", "sdid"])
def test_each_unit_in_turn_is_treated_and_never_its_own_control(method, exclude):
    estimates = estimate_each(read_panel(FRAME), 2017, method, exclude)
    one = {"did": trends.did, "sc": trends.synthetic_control, "sdid": trends.sdid}[method]
    expected = [
        one(
            FRAME, unit, 2017, controls=[n for n in UNITS if n != unit and n not in exclude]
        ).estimate
        for unit in UNITS
    ]
    np.testing.assert_allclose(estimates, expected)
    small = estimate_each(read_panel(FRAME / 1e9), 2017, method, exclude)
    np.testing.assert_allclose(small * 1e9, expected, rtol=1e-5)


@pytest.mark.parametrize("method", ["did", "sdid"])
def test_the_placebo_error_is_the_deviation_over_the_controls_alone(method):
    one = {"did": trends.did, "sdid": trends.sdid}[method]
    others = FRAME.drop(index="c")
    estimates = [one(others, unit, 2017).estimate for unit in others.index]
    error = trends.placebo_standard_error(FRAME, "c", 2017, method)
    assert error == pytest.approx(np.std(estimates, ddof=1))
    assert isinstance(error, float)


def test_the_placebo_error_is_that_of_sdid_by_default():
    expected = trends.placebo_standard_error(FRAME, "c", 2017, "sdid")
    assert trends.placebo_standard_error(FRAME, "c", 2017) == expected
    assert trends.placebo_standard_error(FRAME, "c", 2017, "did") != expected


def test_error_ratios_compare_the_misfit_after_with_the_one_before():
    table = trends.rmspe_ratios(FRAME, "c", 2017)
    assert list(table.columns) == [
        "mspe_before",
        "mspe_after",
        "matched_exactly",
        "ratio",
        "rank",
        "p_value",
    ]
    assert table.index.name == "unit"
    assert sorted(table.index) == UNITS
    for unit in UNITS:
        donors = FRAME.loc[[name for name in UNITS if name not in (unit, "c")]].to_numpy()
        own = FRAME.loc[unit].to_numpy()
        ridge = BEFORE * (1e-6 * noise(donors)) ** 2
        gap = own - simplex(donors[:, :BEFORE].T, own[:BEFORE], ridge, False) @ donors
        row = table.loc[unit]
        assert row["mspe_before"] == pytest.approx((gap[:BEFORE] ** 2).mean(), rel=1e-2)
        assert row["mspe_after"] == pytest.approx((gap[BEFORE:] ** 2).mean(), rel=1e-2)
    assert (table["ratio"] == table["mspe_after"] / table["mspe_before"]).all()
    assert table["ratio"].is_monotonic_decreasing
    assert table["rank"].tolist() == list(range(1, 8))
    assert table["rank"].dtype == int
    np.testing.assert_allclose(table["p_value"], np.arange(1, 8) / 7)


@pytest.mark.parametrize("size", [1, 1e6, 1e12])
def test_a_unit_that_is_matched_exactly_has_an_infinite_error_ratio(size):
    copied = FRAME.copy()
    # A copy but for rounding: a millionth up and down.
    copied.loc["e"] = copied.loc["f"] + 1e-6 * (-1.0) ** np.arange(9)
    table = trends.rmspe_ratios(copied * size, "c", 2017)
    assert table.index[table["matched_exactly"]].tolist() == ["e", "f"]
    assert np.isinf(table.loc[["e", "f"], "ratio"]).all()


@pytest.mark.parametrize("size", [1e-3, 1e8])
def test_error_ratios_and_sdid_weights_do_not_depend_on_the_unit(size):
    plain = trends.rmspe_ratios(FRAME, "c", 2017)
    scaled = trends.rmspe_ratios(FRAME * size, "c", 2017)
    np.testing.assert_allclose(scaled["ratio"], plain["ratio"], rtol=1e-4)
    one = trends.sdid(FRAME, "a", 2017)
    for unit in (size**2, size**2.5):
        other = trends.sdid(FRAME * unit, "a", 2017)
        np.testing.assert_allclose(other.unit_weights, one.unit_weights, atol=1e-4)
        np.testing.assert_allclose(other.time_weights, one.time_weights, atol=1e-4)


def test_where_many_time_weights_fit_alike_the_most_even_ones_are_taken():
    # Two controls: only the mean of their distance, weighted by year, has to be matched.
    distance = np.array([1.0, 4, 2, 6, 3, 5, 4, 3, 4])
    frame = pd.DataFrame([Y[0], Y[1], Y[1] + distance], columns=YEARS)
    even = minimize(
        lambda w: w @ w,
        np.full(BEFORE, 1 / BEFORE),
        bounds=[(0, 1)] * BEFORE,
        constraints=[
            {"type": "eq", "fun": lambda w: w.sum() - 1},
            {"type": "eq", "fun": lambda w: w @ distance[:BEFORE] - distance[BEFORE:].mean()},
        ],
        options={"ftol": 1e-15},
    ).x
    result = trends.sdid(frame, 0, 2017)
    np.testing.assert_allclose(result.time_weights, even, atol=1e-4)


def test_a_panel_can_be_handed_in_ready():
    panel = Panel(tuple(UNITS), np.array(YEARS, dtype=float), Y, ("z",), ("said",))
    result = trends.did(panel, "a", 2017)
    assert result.estimate == trends.did(FRAME, "a", 2017).estimate
    assert result.warnings == ("said",)


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("ridge", [0.0, 0.3])
@pytest.mark.parametrize("size", [1.0, 1e7, 1e-7])
def test_simplex_weights_do_not_depend_on_the_unit(size, ridge, intercept):
    matrix, target = Y[1:5].T, Y[0]
    ours = trends.simplex_least_squares(
        matrix * size, target * size, ridge=ridge * size**2, intercept=intercept
    )
    np.testing.assert_allclose(ours, simplex(matrix, target, ridge, intercept), atol=1e-4)
    assert ours.sum() == pytest.approx(1)
    assert (ours >= 0).all()


def test_simplex_weights_have_no_ridge_and_no_intercept_by_default():
    matrix, target = Y[1:5].T, Y[0]
    ours = trends.simplex_least_squares(matrix, target)
    np.testing.assert_allclose(ours, simplex(matrix, target, 0.0, False), atol=1e-4)


def test_controls_that_all_equal_the_target_get_equal_weights():
    target = np.arange(4.0)
    ours = trends.simplex_least_squares(np.tile(target[:, None], (1, 5)), target)
    assert ours.tolist() == [0.2] * 5
