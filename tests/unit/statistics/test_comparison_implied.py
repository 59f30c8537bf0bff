"""Implied counts and excesses worked by hand: every number, label and message in full."""

import numpy as np
import pytest

from care_study.statistics.comparison import excess_over_neighbours, implied_count, mean_interval
from care_study.statistics.intervals import poisson_rate

# Mean 60, standard deviation 10.
THREE = {"Ash": 50, "Bow": 60, "Cam": 70}


def t_on_two(level):
    """Two-sided t value on 2 degrees of freedom, which has a closed form."""
    return level * np.sqrt(2 / (1 - level**2))


# ---- the implied count


def test_a_bare_rate_gives_a_count_without_an_interval_and_says_so():
    got = implied_count(50, 20_000)
    assert got.estimate == 100
    assert np.isnan([got.lower, got.upper, got.level]).all()
    assert got.method == "none"
    assert got.warnings == ("The rate came without an interval, so the implied count has none.",)


@pytest.mark.parametrize(
    ("rate", "population", "per", "count"),
    [(0, 500, 10_000, 0), (0.5, 20_000, 10_000, 1), (0.25, 8, 1, 2), (10, 0.5, 0.5, 10)],
)
def test_implied_count_is_the_rate_times_the_population_over_the_unit(rate, population, per, count):
    assert implied_count(rate, population, per=per).estimate == count


def test_an_interval_keeps_its_level_method_and_warnings():
    rate = mean_interval({**THREE, "Dee": None}, level=0.8)
    got = implied_count(rate, 5_000, per=1_000)
    assert (got.estimate, got.lower, got.upper) == pytest.approx(
        (300, rate.lower * 5, rate.upper * 5)
    )
    assert (got.level, got.method, got.warnings) == (0.8, rate.method, rate.warnings)


@pytest.mark.parametrize(
    ("rate", "population", "per", "message"),
    [
        (50, 0, 1, "population is 0; expected a number above zero."),
        (50, -3, 1, "population is -3; expected a number above zero."),
        (50, np.inf, 1, "population is inf; expected a number above zero."),
        (50, 9, 0, "per is 0; expected a number above zero."),
        (50, 9, np.nan, "per is nan; expected a number above zero."),
        (-0.5, 9, 1, "rate is -0.5; expected zero or more."),
        (np.nan, 9, 1, "rate is nan; expected zero or more."),
    ],
)
def test_bad_rates_and_populations_are_named(rate, population, per, message):
    with pytest.raises(ValueError) as caught:
        implied_count(rate, population, per=per)
    assert str(caught.value) == message


# ---- the excess


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_excess_over_the_mean_of_three_in_every_part(level):
    got = excess_over_neighbours(400, 5_000, {**THREE, "Dee": None}, per=1_000, level=level)
    reach = 5 * 10 / np.sqrt(3) * t_on_two(level)
    note = ("3 of 4 neighbours used; no value for Dee.",)
    assert got.observed == 400 and type(got.observed) is float
    assert got.implied.estimate == pytest.approx(300)
    assert (got.implied.lower, got.implied.upper) == pytest.approx((300 - reach, 300 + reach))
    assert got.excess.estimate == pytest.approx(100)
    assert (got.excess.lower, got.excess.upper) == pytest.approx((100 - reach, 100 + reach))
    assert got.implied.level == got.excess.level == got.underlying.level == level
    assert got.implied.method == "t on 2 degrees of freedom"
    assert got.excess.method == (
        "observed minus implied by the neighbours' mean: t on 2 degrees of freedom"
    )
    assert got.warnings == got.implied.warnings == got.excess.warnings == note
    # MOVER: distances of the two independent estimates from their limits, squared and added.
    own = poisson_rate(400, level=level)
    down, up = np.hypot(400 - own.lower, reach), np.hypot(own.upper - 400, reach)
    assert got.underlying.estimate == pytest.approx(100)
    assert (got.underlying.lower, got.underlying.upper) == pytest.approx((100 - down, 100 + up))
    assert got.underlying.warnings == note


def test_excess_is_per_10_000_over_the_mean_at_95_percent_unless_told():
    got = excess_over_neighbours(400, 50_000, THREE)
    assert got.excess.estimate == pytest.approx(100)
    assert got.excess.upper == pytest.approx(100 + 5 * 10 / np.sqrt(3) * t_on_two(0.95))
    assert got.warnings == ()


def test_excess_over_the_median_in_every_part():
    # The second and the sixth of seven cover 1 - 2 (1 + 7) / 2**7 = 87.5% exactly.
    got = excess_over_neighbours(
        10, 1, [1, 2, 3, 4, 5, 6, 7], statistic="median", per=1, level=0.875
    )
    assert (got.excess.lower, got.excess.estimate, got.excess.upper) == (4, 6, 8)
    assert got.excess.method == (
        "observed minus implied by the neighbours' median: "
        "order statistics 2 and 6 of 7, covers 87.5%"
    )


@pytest.mark.parametrize("count", [0, 0.5, 1])
def test_a_count_of_zero_or_little_has_a_negative_excess(count):
    got = excess_over_neighbours(count, 10_000, THREE)
    assert got.excess.estimate == pytest.approx(count - 60)


@pytest.mark.parametrize("count", [-1, -0.5, np.inf, np.nan])
def test_bad_counts_are_named(count):
    with pytest.raises(ValueError) as caught:
        excess_over_neighbours(count, 10_000, THREE)
    assert str(caught.value) == f"count is {count}; expected zero or more."


def test_a_statistic_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match="is 'mode'; expected one of mean, median"):
        excess_over_neighbours(1, 1, THREE, statistic="mode")
