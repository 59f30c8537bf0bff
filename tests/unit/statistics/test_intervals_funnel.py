"""Funnels by hand: dispersion, limits at counts whose exact interval is known, flags, labels."""

import math
import re

import numpy as np
import pytest
from scipy import integrate, stats

from care_study.statistics.intervals import dispersion, funnel

# Four areas of 100 with 10, 20, 30 and 40 events: target 0.25, variance 0.25 / 100 = 0.05 ** 2,
# z-scores -3, -1, 1 and 3.
EVENTS, SIZES = [10, 20, 30, 40], [100] * 4
Z = stats.norm.isf(0.025)


# ---- dispersion


# Mean square of a normal variable with 10% at each end pulled in, by numerical integration.
NORMAL_SHARE = integrate.quad(
    lambda x: min(abs(x), stats.norm.isf(0.1)) ** 2 * stats.norm.pdf(x), -12, 12, points=(-1.3, 1.3)
)[0]


def test_a_funnel_has_the_numbers_worked_by_hand():
    got = funnel(EVENTS, SIZES, winsorise=0)
    assert (got.target, got.kind, got.levels) == (0.25, "rate", (0.95, 0.998))
    assert got.points["value"].tolist() == [0.1, 0.2, 0.3, 0.4]
    assert got.points["standard_error"].tolist() == pytest.approx([0.05] * 4)
    assert got.points["z"].tolist() == pytest.approx([-3, -1, 1, 3])
    # phi: mean of 9, 1, 1 and 9; chi-squared of 20 with three degrees of freedom
    assert got.phi == pytest.approx(5)
    assert got.dispersion_p == pytest.approx(stats.chi2.sf(20, 3))
    # tau2: (4 * 5 - 3) over 4 w - 4 w ** 2 / (4 w) = 3 w, where w = 1 / 0.05 ** 2 = 400
    assert got.tau2 == pytest.approx((4 * 5 - 3) / (3 * 400))


def test_a_funnel_of_proportions_has_the_binomial_variance():
    got = funnel(EVENTS, SIZES, kind="proportion", winsorise=0)
    error = math.sqrt(0.25 * 0.75 / 100)
    assert got.points["standard_error"].tolist() == pytest.approx([error] * 4)
    assert got.points["z"].tolist() == pytest.approx(
        [d / error for d in (-0.15, -0.05, 0.05, 0.15)]
    )
    assert got.phi == pytest.approx(5 / 0.75)


def test_dispersion_follows_the_moments_for_areas_of_unlike_size():
    # weights 1, 1 / 4 and 1 / 16: sum 21 / 16, sum of squares 273 / 256, quotient 13 / 16
    phi, tau2, p = dispersion(np.array([-2.0, 1.0, 4.0]), np.array([1.0, 2.0, 4.0]), 0)
    assert phi == pytest.approx((4 + 1 + 16) / 3)
    assert tau2 == pytest.approx((21 - 2) / (21 / 16 - 13 / 16))
    # with two degrees of freedom the chance is exp(-x / 2)
    assert p == pytest.approx(math.exp(-21 / 2))


def test_winsorising_pulls_in_both_ends_and_leaves_the_p_value_alone():
    # The quantiles at a tenth of 0, 1, ..., 10 are 1 and 9, so 0 becomes 1 and 10 becomes 9;
    # likewise with the signs turned. The p-value keeps the scores as they are.
    scores, error = np.arange(11.0), np.full(11, 1000.0)
    squares = [1, 1, 4, 9, 16, 25, 36, 49, 64, 81, 81]
    for z in (scores, -scores):
        phi, _, p = dispersion(z, error)
        assert phi == pytest.approx(sum(squares) / 11 / NORMAL_SHARE)
        assert p == pytest.approx(stats.chi2.sf(385, 10), rel=1e-9)
    wide, _, _ = dispersion(scores, error, 0)
    assert wide == pytest.approx(385 / 11)  # the sum of the squares to ten


def test_dispersion_leaves_missing_areas_out():
    z, error = np.array([-3, np.nan, 1.0, 5.0]), np.array([1, np.nan, 2.0, 1.0])
    known = ~np.isnan(z)
    assert dispersion(z, error) == dispersion(z[known], error[known])


def test_the_funnel_winsorises_a_tenth_unless_told_otherwise():
    # a tenth of four scores -3, -1, 1, 3 lies three tenths of the way from -3 to -1: -2.4
    mean_square = (2.4**2 + 1 + 1 + 2.4**2) / 4
    assert funnel(EVENTS, SIZES).phi == pytest.approx(mean_square / NORMAL_SHARE)


@pytest.mark.parametrize("areas", [30, 150])
@pytest.mark.parametrize("winsorise", [0, 0.1, 0.2])
def test_chance_alone_has_a_phi_of_one(areas, winsorise):
    rng = np.random.default_rng(1)
    sizes = rng.integers(5_000, 200_000, areas)
    found = [funnel(rng.poisson(0.005 * sizes), sizes, winsorise=winsorise).phi for _ in range(600)]
    assert np.mean(found) == pytest.approx(1, abs=0.04)


@pytest.mark.parametrize("between", [0.0, 0.0005, 0.002])
def test_additive_limits_hold_what_they_state_under_their_own_model(between):
    """Areas of very different size, true rates normal about the target."""
    rng = np.random.default_rng(2)
    sizes = np.exp(rng.normal(11, 0.7, 150))
    error = np.sqrt(0.01 / sizes)
    beyond, tau2 = [], []
    for _ in range(400):
        rates = rng.normal(0.01, np.sqrt(error**2 + between**2))
        got = funnel(rates * sizes, sizes, overdispersion="additive")
        beyond.append((got.points["outside"] > 0).mean())
        tau2.append(got.tau2)
    assert 0.04 <= np.mean(beyond) <= 0.06
    if between:
        assert np.mean(tau2) == pytest.approx(between**2, rel=0.06)


@pytest.mark.parametrize(
    ("z", "error", "message"),
    [
        ([], [], "z has 0 known score(s); expected two or more to measure a scatter."),
        ([1, np.nan], [1, 1], "z has 1 known score(s); expected two or more to measure a scatter."),
        ([1, 2], [1], "z has shape (2,), error (1,); expected one series each."),
        ([1, 2], [1, 0], "error at position 1 is 0; expected more than zero."),
    ],
)
def test_a_scatter_needs_two_scores_with_errors(z, error, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        dispersion(z, error)


# ---- limits


def test_the_limits_of_a_funnel_by_hand():
    plain = funnel(EVENTS, SIZES, limits="normal").points
    assert plain["lower_95"].tolist() == pytest.approx([0.25 - 0.05 * Z] * 4)
    assert plain["upper_95"].tolist() == pytest.approx([0.25 + 0.05 * Z] * 4)
    wide = funnel(EVENTS, SIZES, overdispersion="multiplicative", winsorise=0).points
    assert wide["lower_95"].tolist() == pytest.approx([max(0, 0.25 - 0.05 * math.sqrt(5) * Z)] * 4)
    assert wide["upper_95"].tolist() == pytest.approx([0.25 + 0.05 * math.sqrt(5) * Z] * 4)
    spread = math.sqrt(0.05**2 + 17 / 1200)  # tau2 as worked above
    added = funnel(EVENTS, SIZES, overdispersion="additive", winsorise=0).points
    assert added["upper_95"].tolist() == pytest.approx([0.25 + spread * Z] * 4)
    assert added["lower_95"].tolist() == pytest.approx([max(0, 0.25 - spread * Z)] * 4)
    outermost = stats.norm.isf(0.001)
    assert plain["upper_99_8"].tolist() == pytest.approx([0.25 + 0.05 * outermost] * 4)


@pytest.mark.parametrize("level", [0.95, 0.998])
@pytest.mark.parametrize("target", [0.004, 1.0, 3.0])
@pytest.mark.parametrize("count", [0, 1, 2, 8, 60])
def test_a_rate_limit_is_the_count_whose_exact_interval_ends_at_the_target(count, target, level):
    # At a size where the exact upper (lower) limit for the count equals what is expected, the
    # funnel's lower (upper) limit is that count (Garwood 1936: half a chi-squared quantile).
    tail = (1 - level) / 2
    suffix = "95" if level == 0.95 else "99_8"
    shape = funnel([1, 2], [9, 9], target=target)
    above = stats.chi2.isf(tail, 2 * count + 2) / 2 / target
    curve = shape.curve(above)
    assert curve[f"lower_{suffix}"].iloc[0] * above == pytest.approx(count, abs=1e-6)
    if count:
        below = stats.chi2.ppf(tail, 2 * count) / 2 / target
        curve = shape.curve([below])
        assert curve[f"upper_{suffix}"].iloc[0] * below == pytest.approx(count)


@pytest.mark.parametrize(("count", "size"), [(1, 12), (3, 10), (9, 10), (40, 70)])
def test_a_proportion_limit_is_the_count_whose_exact_interval_ends_at_the_target(count, size):
    # Clopper & Pearson 1934: quantiles of the beta distribution
    target = stats.beta.isf(0.025, count + 1, size - count)
    curve = funnel([1, 2], [9, 9], kind="proportion", target=target).curve(size)
    assert curve["lower_95"].iloc[0] * size == pytest.approx(count)
    target = stats.beta.ppf(0.025, count, size - count + 1)
    curve = funnel([1, 2], [9, 9], kind="proportion", target=target).curve(size)
    assert curve["upper_95"].iloc[0] * size == pytest.approx(count)


def test_where_even_none_or_all_would_be_within_the_limit_is_the_end_of_the_scale():
    # 0.5 ** 3 = 0.125 is more than 0.025
    curve = funnel([4, 5], [9, 9], kind="proportion", target=0.5).curve([3])
    assert curve.loc[0, ["lower_95", "upper_95"]].tolist() == [0, 1]
    # exp(-3) is more than 0.025
    assert funnel([1, 2], [9, 9], target=1).curve([3]).loc[0, "lower_95"] == 0


def test_none_or_all_of_six_lies_outside_a_funnel_around_a_half_but_not_of_five():
    # each has a chance of 0.5 ** 6 = 0.016 and of 0.5 ** 5 = 0.031, against 0.025
    got = funnel([0, 6, 0, 5], [6, 6, 5, 5], kind="proportion", target=0.5)
    assert got.points["outside"].tolist() == [0.95, 0.95, 0, 0]


@pytest.mark.parametrize("level", [0.9, 0.998])
def test_a_size_at_which_none_or_all_is_just_within_has_both_limits(level):
    # There (1 - target) ** size, target ** size or exp(-expected) is the tail but for rounding.
    tail = (1 - level) / 2
    edge = -math.log(tail)
    sizes = edge * (1 + np.arange(-20, 21) * 2.0**-53)
    rates = funnel([1, 2], [9, 9], target=1, levels=(level,)).curve(sizes)
    np.testing.assert_allclose(rates.iloc[:, 1], 0, atol=1e-9)
    for size in (2, 11, 39):
        few = 1 - tail ** (1 / size)
        for target, end in ((few, 0), (1 - few, 1)):
            shape = funnel([1, 2], [9, 9], kind="proportion", target=target, levels=(level,))
            assert shape.curve(size).iloc[0, 1 + end] == pytest.approx(end, abs=1e-9)


def test_normal_limits_stay_on_the_scale():
    share = funnel([8, 10], [10, 10], kind="proportion", limits="normal").points
    # target 0.9 and standard error 0.0949: 0.9 + 1.96 * 0.0949 would be 1.09
    assert share["upper_95"].tolist() == [1, 1]
    assert share["lower_95"].tolist() == pytest.approx([0.9 - Z * math.sqrt(0.9 * 0.1 / 10)] * 2)
    assert share["outside"].tolist() == [0, 0]  # all of ten is on the limit, not beyond it
    rate = funnel([1, 0, 2], [10] * 3, limits="normal").points
    assert rate["lower_95"].tolist() == [0, 0, 0]
    assert rate["outside"].tolist() == [0, 0, 0]  # none is on the limit, not beyond it


def test_a_rate_may_exceed_one():
    # 42 events among 30, as referrals may; a proportion could not
    got = funnel([12, 30], [10, 20], limits="normal")
    assert got.target == pytest.approx(1.4)
    assert got.points["value"].tolist() == [1.2, 1.5]
    upper = [1.4 + Z * math.sqrt(1.4 / size) for size in (10, 20)]
    assert got.points["upper_95"].tolist() == pytest.approx(upper)


def test_a_target_may_be_given():
    got = funnel(EVENTS, SIZES, target=0.16, winsorise=0)
    assert got.target == 0.16
    # standard error 0.4 / 10
    assert got.points["z"].tolist() == pytest.approx([-1.5, 1, 3.5, 6])


# ---- what comes back


def test_points_and_curve_have_the_documented_columns():
    got = funnel([10, np.nan, 30], [100, 100, 250], levels=(0.998, 0.9))
    limits = ["lower_90", "upper_90", "lower_99_8", "upper_99_8"]
    columns = ["value", "denominator", "standard_error", "z", *limits, "outside"]
    assert list(got.points.columns) == columns
    assert [dtype.name for dtype in got.points.dtypes] == ["float64"] * len(columns)
    assert got.levels == (0.998, 0.9)
    curve = got.curve([50, 70])
    assert set(curve.columns) == {"denominator", *limits}
    assert curve["denominator"].tolist() == [50, 70]


def test_outside_is_the_highest_level_that_a_value_lies_beyond():
    # z-scores -3.2, 0, 2.4 and 0.8, against 1.96 and 3.09
    got = funnel([9, 25, 37, 29], SIZES, target=0.25, limits="normal", levels=(0.998, 0.95))
    assert got.points["outside"].tolist() == [0.998, 0, 0.95, 0]


@pytest.mark.parametrize(
    ("options", "limits", "method"),
    [
        ({}, "exact", "funnel, exact limits (Spiegelhalter 2005)"),
        ({"limits": "normal"}, "normal", "funnel, normal limits (Spiegelhalter 2005)"),
        (
            {"overdispersion": "multiplicative"},
            "normal",
            "funnel, multiplicative over-dispersion phi, 10% winsorised each end "
            "(Spiegelhalter 2005)",
        ),
        (
            {"overdispersion": "additive", "winsorise": 0.2},
            "normal",
            "funnel, additive over-dispersion tau2, 20% winsorised each end (Spiegelhalter 2005)",
        ),
    ],
)
def test_a_funnel_says_what_limits_it_has(options, limits, method):
    got = funnel(EVENTS, SIZES, **options)
    assert (got.limits, got.method) == (limits, method)
    assert got.overdispersion == options.get("overdispersion", "none")
