"""The prediction test and the rank worked by hand: every number, name and word."""

import numpy as np
import pytest

from care_study.statistics.comparison import prediction_test, rank

# Mean 60, standard deviation 10.
THREE = {"Ash": 50, "Bow": 60, "Cam": 70}
LIMITS = ("t", "p_value", "z", "lower", "upper", "share_below")


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("area", [90, 45])
def test_prediction_test_against_three_in_every_part(area, level):
    got = prediction_test(area, {**THREE, "Dee": None}, level=level)
    half = 10 * np.sqrt(4 / 3)
    t = (area - 60) / half
    below = 0.5 + t / (2 * np.sqrt(2 + t**2))  # the t distribution on 2 degrees of freedom
    reach = half * level * np.sqrt(2 / (1 - level**2))  # its inverse
    assert (got.area, got.mean, got.sd, got.n, got.df) == (area, 60, 10, 3, 2)
    assert (got.t, got.z) == pytest.approx((t, (area - 60) / 10))
    assert got.share_below == pytest.approx(below)
    assert got.p_value == pytest.approx(2 * min(below, 1 - below))
    assert (got.lower, got.upper) == pytest.approx((60 - reach, 60 + reach))
    assert got.level == level
    assert got.method == "t prediction test (Crawford & Howell 1998)"
    assert got.missing == ("Dee",)
    assert got.warnings == ("3 of 4 neighbours used; no value for Dee.",)


def test_prediction_interval_is_at_95_percent_unless_told():
    got = prediction_test(90, THREE)
    assert got.level == 0.95
    assert got.upper == pytest.approx(60 + 10 * np.sqrt(4 / 3) * 0.95 * np.sqrt(2 / (1 - 0.95**2)))
    assert got.warnings == got.missing == ()


def test_prediction_from_two_is_on_one_degree_of_freedom():
    # Of 50 and 54 the standard deviation is sqrt(8); t on 1 degree of freedom is Cauchy.
    got = prediction_test(52 + np.sqrt(12), [50, 54])
    assert (got.t, got.df, got.z) == pytest.approx((1, 1, np.sqrt(1.5)))
    assert (got.p_value, got.share_below) == pytest.approx((0.5, 0.75))


@pytest.mark.parametrize(
    ("values", "mean", "sd", "why"),
    [
        ({"Ash": 5, "Bow": None}, 5, np.nan, "there is one neighbour only"),
        ({"Ash": 5, "Bow": 5, "Cam": None}, 5, 0, "the neighbours all have the same value"),
    ],
)
def test_without_spread_there_is_no_test_and_the_reason_follows_what_is_missing(
    values, mean, sd, why
):
    got = prediction_test(7, values)
    assert all(np.isnan(getattr(got, name)) for name in LIMITS)
    assert (got.area, got.mean) == (7, mean)
    assert got.sd == pytest.approx(sd, nan_ok=True)
    assert (got.n, got.df) == (len(values) - 1, len(values) - 2)
    assert len(got.warnings) == 2
    assert "neighbours used; no value for" in got.warnings[0]
    assert got.warnings[1] == f"No prediction test: {why}."


def test_a_level_that_is_no_share_is_refused():
    with pytest.raises(ValueError, match=r"^level is 95; expected a number between 0 and 1"):
        prediction_test(7, THREE, level=95)


def test_results_are_plain_floats():
    got = prediction_test(np.float64(7), np.array([1, 2, 4]))
    assert {type(getattr(got, name)) for name in ("area", "mean", "sd", *LIMITS)} == {float}


def test_rank_in_every_part():
    values = {"Ash": 50, "Bow": 60, "Cam": 60, "Dee": None, "Esk": 70}
    got = rank(60, values)
    assert (got.best, got.worst, got.n) == (2, 4, 5)
    assert got.tied == ("Bow", "Cam")
    assert got.missing == ("Dee",)
    assert got.highest_first is True
    low = rank(55, values, highest_first=False)
    assert (low.best, low.worst, low.n, low.tied) == (2, 2, 5, ())
    assert low.highest_first is False
    assert rank(55, values).best == 4
    assert rank(-55, {"Ash": -50, "Bow": -60}).best == 2
