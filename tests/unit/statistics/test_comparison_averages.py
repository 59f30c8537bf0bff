"""Averages over areas worked by hand: estimates, limits, labels and messages in full."""

from statistics import NormalDist

import numpy as np
import pytest

from care_study.statistics.comparison import averages, random_effects_mean

PAULE_MANDEL = "random effects (Paule & Mandel 1982)"
DERSIMONIAN = "random effects (DerSimonian & Laird 1986)"
NORMAL_95 = NormalDist().inv_cdf(0.975)


def t_on_two(level):
    """Two-sided t value on 2 degrees of freedom, which has a closed form."""
    return level * np.sqrt(2 / (1 - level**2))


def t_on_one(level):
    """Two-sided t value on 1 degree of freedom, the Cauchy distribution."""
    return np.tan(np.pi * level / 2)


def limits(interval):
    return interval.lower, interval.upper


# ---- pooled and simple


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_pooled_and_simple_rate_of_three_in_every_part(level):
    # Rates 0.1, 0.2, 0.3. Pooled 110 / 600; from it the areas lie -25/3, 5/3 and 20/3 apart.
    got = averages([10, 40, 60], [100, 200, 300], level=level)
    residuals = np.array([10 - 100 * 11 / 60, 40 - 200 * 11 / 60, 60 - 300 * 11 / 60])
    error = np.sqrt((residuals**2).sum() / 6) / 200
    assert got.pooled.estimate == pytest.approx(11 / 60)
    reach = error * t_on_two(level)
    assert limits(got.pooled) == pytest.approx((11 / 60 - reach, 11 / 60 + reach))
    assert got.pooled.method == "pooled, ratio estimator, t on 2 degrees of freedom"
    simple = (0.1 + 0.2 + 0.2) / 3
    reach = np.sqrt(((0.1 - simple) ** 2 + 2 * (0.2 - simple) ** 2) / 2 / 3) * t_on_two(level)
    assert got.simple.estimate == pytest.approx(simple)
    assert limits(got.simple) == pytest.approx((simple - reach, simple + reach))
    assert got.simple.method == "simple mean, t on 2 degrees of freedom"
    assert got.pooled.level == got.simple.level == level
    assert (got.n, got.warnings) == (3, ())


def test_averages_of_two_areas_are_on_one_degree_of_freedom_and_at_95_percent():
    got = averages([10, 30], [100, 100])
    # Rates 0.1 and 0.3: mean 0.2, its error 0.1; sizes are alike, so both averages agree.
    reach = 0.1 * t_on_one(0.95)
    assert limits(got.simple) == pytest.approx((0.2 - reach, 0.2 + reach))
    assert limits(got.pooled) == pytest.approx(limits(got.simple))
    assert got.simple.method == "simple mean, t on 1 degrees of freedom"
    assert got.simple.level == 0.95


@pytest.mark.parametrize("single", [[10, None], [10, np.nan]])
def test_one_area_with_a_value_says_what_is_missing_and_why_no_interval(single):
    got = averages(single, [100, 200], level=0.9)
    for average in (got.pooled, got.simple):
        assert average.estimate == 0.1 and average.level == 0.9
        assert np.isnan(average.lower) and np.isnan(average.upper)
    assert got.pooled.method == "pooled, ratio estimator: one area"
    assert got.simple.method == "simple mean: one area"
    assert got.n == 1
    assert got.warnings == (
        "1 of 2 areas have no value.",
        "One area only: its rate is shown without an interval.",
    )


def test_one_area_given_as_plain_numbers():
    assert averages(10, 100).pooled.estimate == 0.1


@pytest.mark.parametrize(
    ("numerator", "denominator", "message"),
    [
        ([1, -2], [9, 9], "numerator at position 1 is -2; expected zero or more."),
        ([1, 2], [9, 0], "denominator at position 1 is 0; expected more than zero."),
        ([None] * 3, [9] * 3, "All 3 areas are missing; expected at least one with a value."),
    ],
)
def test_bad_counts_are_named(numerator, denominator, message):
    with pytest.raises(ValueError) as caught:
        averages(numerator, denominator)
    assert str(caught.value) == message


# ---- random effects. With sampling variances all alike, the weights are too, so that all of it
# can be worked by hand: 1, 3 and 8 have mean 4, squared deviations 9 + 1 + 16 = 26 and variance 13.


@pytest.mark.parametrize(
    ("method", "label"), [("paule-mandel", PAULE_MANDEL), ("dersimonian-laird", DERSIMONIAN)]
)
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_random_effects_of_three_in_every_part(method, label, level):
    got = random_effects_mean([1, 3, 8, None], [1, 1, 1, 1], method=method, level=level)
    assert got.tau2 == pytest.approx(13 - 1)
    assert got.q == pytest.approx(26)
    assert got.i2 == pytest.approx((26 - 2) / 26)
    assert got.q_p_value == pytest.approx(np.exp(-26 / 2))  # chi-squared on 2 degrees of freedom
    assert got.n == 3
    assert got.mean.estimate == pytest.approx(4)
    reach = np.sqrt(13 / 3) * t_on_two(level)
    assert limits(got.mean) == pytest.approx((4 - reach, 4 + reach))
    assert (got.mean.level, got.mean.method) == (level, f"{label}, Hartung & Knapp 2001")
    reach = np.sqrt(12 + 13 / 3) * t_on_one(level)
    assert (got.prediction_lower, got.prediction_upper) == pytest.approx((4 - reach, 4 + reach))
    assert got.warnings == ("1 of 4 areas have no value.",)


@pytest.mark.parametrize(
    ("method", "label"), [("paule-mandel", PAULE_MANDEL), ("dersimonian-laird", DERSIMONIAN)]
)
def test_without_the_adjustment_the_interval_is_normal(method, label):
    got = random_effects_mean([1, 3, 8], [1, 1, 1], method=method, adjust=False)
    reach = np.sqrt(13 / 3) * NORMAL_95
    assert limits(got.mean) == pytest.approx((4 - reach, 4 + reach))
    assert got.mean.method == f"{label}, normal"
    assert got.mean.level == 0.95
    assert got.warnings == ()
    third = random_effects_mean([1, 3, 8], [1, 1, 1], method=method, adjust=False, level=1 / 3)
    reach = np.sqrt(13 / 3) * NormalDist().inv_cdf(2 / 3)
    assert limits(third.mean) == pytest.approx((4 - reach, 4 + reach))


def test_the_usual_method_is_paule_mandel_adjusted_at_95_percent():
    got = random_effects_mean([1, 3, 8], [1, 1, 1])
    assert got.mean.method == f"{PAULE_MANDEL}, Hartung & Knapp 2001"
    assert got.mean.upper == pytest.approx(4 + np.sqrt(13 / 3) * t_on_two(0.95))


@pytest.mark.parametrize("method", ["paule-mandel", "dersimonian-laird"])
@pytest.mark.parametrize("variance", [0.5, 12.5, 12.999])
def test_between_variance_is_what_the_sampling_variance_leaves(method, variance):
    got = random_effects_mean([1, 3, 8], [variance] * 3, method=method)
    assert got.tau2 == pytest.approx(13 - variance)


def test_the_adjusted_error_never_shrinks_below_the_plain_one():
    # Without between-area variance the error is sqrt(v / n) times sqrt(Q / (n - 1)), here below 1.
    got = random_effects_mean([1, 3, 8], [20, 20, 20])
    assert got.tau2 == 0 and got.i2 == 0
    assert got.q == pytest.approx(26 / 20)
    assert got.mean.upper == pytest.approx(4 + np.sqrt(20 / 3) * t_on_two(0.95))
    assert "not narrowed below the unadjusted error" in got.warnings[0]
    wide = random_effects_mean([1, 3, 8], [10, 10, 10])  # a factor of 1.14
    assert wide.warnings == ()
    assert wide.mean.upper > 4 + np.sqrt(10 / 3) * t_on_two(0.95)
    plain = random_effects_mean([1, 3, 8], [20, 20, 20], adjust=False)
    assert plain.mean.upper == pytest.approx(4 + np.sqrt(20 / 3) * NORMAL_95)


@pytest.mark.parametrize("method", ["paule-mandel", "dersimonian-laird"])
def test_areas_with_one_value_have_no_scatter(method):
    got = random_effects_mean([4, 4, 4], [1, 2, 3], method=method)
    assert (got.q, got.i2, got.tau2, got.q_p_value) == (0, 0, 0, 1)
    reach = t_on_two(0.95) / np.sqrt(1 + 1 / 2 + 1 / 3)
    assert limits(got.mean) == pytest.approx((4 - reach, 4 + reach))


def test_weights_are_the_inverse_of_the_variances():
    # 0 weighs three times as much as 4: mean 1, Q = 3 (1) + 1 (9) over 3 = 4 on 1 degree.
    got = random_effects_mean([0, 4], [1, 3], method="dersimonian-laird")
    assert got.q == pytest.approx(1 + 9 / 3)
    spread = (1 + 1 / 3) - (1 + 1 / 9) / (1 + 1 / 3)
    assert got.tau2 == pytest.approx((4 - 1) / spread)
    assert got.i2 == pytest.approx(3 / 4)
    # Paule and Mandel ask for (4 - 0)**2 / (v1 + v2 + 2 tau2) = 1.
    assert random_effects_mean([0, 4], [1, 3]).tau2 == pytest.approx((16 - 4) / 2)


@pytest.mark.parametrize("method", ["paule-mandel", "dersimonian-laird"])
@pytest.mark.parametrize("unit", [1e-9, 1e4])
def test_between_variance_does_not_depend_on_the_unit(method, unit):
    values, variances = np.array([1, 3, 8, 9.5]), np.array([1, 2, 0.5, 4])
    plain = random_effects_mean(values, variances, method=method)
    got = random_effects_mean(values * unit, variances * unit**2, method=method)
    assert got.tau2 == pytest.approx(plain.tau2 * unit**2, rel=1e-6, abs=0)
    assert got.mean.upper == pytest.approx(plain.mean.upper * unit, rel=1e-6, abs=0)


def test_two_areas_have_a_mean_but_no_prediction_interval():
    got = random_effects_mean([1, 5], [1, 1])
    assert got.n == 2
    assert np.isnan(got.prediction_lower) and np.isnan(got.prediction_upper)
    reach = 2 * t_on_one(0.95)  # the standard error of 1 and 5 is 2
    assert limits(got.mean) == pytest.approx((3 - reach, 3 + reach))


@pytest.mark.parametrize(
    ("values", "variances", "message"),
    [
        ([1, np.inf], [1, 1], "values at position 1 is inf; expected a finite number."),
        ([1, 2], [1, np.inf], "variances at position 1 is inf; expected a finite number."),
        ([1, 2], [1, 0], "variances at position 1 is 0; expected more than zero."),
        ([1, 2], [-1, -2], "variances at position 0 is -1 (and 1 more); expected more than zero."),
        ([1, 2], [1], "values has shape (2,), variances (1,); expected the same."),
        ([1, None], [1, 1], "1 area(s) have a value and a variance; expected two or more."),
        ([1, 2], [None, 1], "1 area(s) have a value and a variance; expected two or more."),
        (4, 1, "1 area(s) have a value and a variance; expected two or more."),
    ],
)
def test_bad_values_and_variances_are_named(values, variances, message):
    with pytest.raises(ValueError) as caught:
        random_effects_mean(values, variances)
    assert str(caught.value) == message


def test_a_method_or_level_that_is_not_known_is_refused():
    with pytest.raises(ValueError) as caught:
        random_effects_mean([1, 2], [1, 1], method="reml")
    assert str(caught.value) == (
        "method is 'reml'; expected one of dersimonian-laird, paule-mandel."
    )
    for compute in (random_effects_mean, averages):
        with pytest.raises(ValueError, match=r"^level is 95; expected a number between 0 and 1"):
            compute([1, 2], [1, 1], level=95)
