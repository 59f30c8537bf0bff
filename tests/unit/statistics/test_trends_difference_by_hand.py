"""Gap changes and pre-trends from independent formulas, and what is said in full."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from care_study.statistics.trends import TrendError, gap_change, pre_trend, read_panel, segmented

YEARS = np.arange(2011, 2021)
NAMES = ("estimate", "se", "df", "p_value", "lower", "upper")


def panel():
    rng = np.random.default_rng(6)
    values = 60 + rng.normal(0, 3, (5, 10))
    return pd.DataFrame(values, index=["Ash", "Bow", "Cam", "Dee", "Esk"], columns=YEARS)


def same_terms(got, expected):
    assert [term.name for term in got.terms] == [term.name for term in expected.terms]
    for ours, theirs in zip(got.terms, expected.terms, strict=True):
        for name in NAMES:
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name))
    return True


# ---- the gap


def test_gap_change_is_the_regression_of_the_gap():
    frame = panel()
    gap = frame.loc["Bow"] - frame.drop(index="Bow").mean()
    got = gap_change(frame, "Bow", 2016)
    time = YEARS - 2016
    after = time >= 0
    design = np.column_stack([np.ones(10), time, after, after * time])
    expected, *_ = np.linalg.lstsq(design, gap.to_numpy(), rcond=None)
    assert [term.name for term in got.terms] == [
        "intercept",
        "slope",
        "level_change",
        "slope_change",
    ]
    assert [term.estimate for term in got.terms] == pytest.approx(expected)
    np.testing.assert_allclose(got.observed, gap)
    assert got.years.tolist() == YEARS.tolist()
    assert (got.model, got.change, got.first_after) == ("ols", "level_and_slope", 2016)
    assert got.warnings == ()


@pytest.mark.parametrize(
    "options", [{}, {"change": "level"}, {"change": "slope"}, {"lag": 4}, {"level": 0.8}]
)
def test_gap_change_takes_the_options_of_a_segmented_regression(options):
    frame = panel()
    gap = frame.loc["Ash"] - frame.loc[["Cam", "Esk"]].mean()
    got = gap_change(frame, "Ash", 2016, neighbours=["Cam", "Esk"], **options)
    expected = segmented(YEARS, gap, 2016, model="ols", **options)
    assert same_terms(got, expected)
    assert [term.lag for term in got.newey_west] == [term.lag for term in expected.newey_west]
    assert [term.lower for term in got.newey_west] == pytest.approx(
        [term.lower for term in expected.newey_west]
    )


def test_gap_change_reads_a_panel_as_it_is_and_on_a_log_scale():
    frame = panel()
    assert same_terms(gap_change(read_panel(frame), "Cam", 2016), gap_change(frame, "Cam", 2016))
    logs = gap_change(read_panel(frame, log=True), "Cam", 2016)
    assert same_terms(logs, gap_change(np.log(frame), "Cam", 2016))


def test_what_is_left_out_is_said_before_what_the_fit_says():
    frame = panel()
    frame.loc["Dee", 2012] = np.nan
    got = gap_change(frame, "Ash", 2018, neighbours=["Bow", "Dee", "Yar", 7], change="level")
    assert got.warnings == (
        "1 unit left out because a year is missing: Dee.",
        "Neighbours without complete data left out: Dee, Yar, 7.",
        "Fewer than four points on one side of the break: the change is uncertain.",
    )
    # The neighbours that are there do not differ from those that were asked for.
    assert same_terms(got, gap_change(frame, "Ash", 2018, neighbours=["Bow"], change="level"))


def test_all_neighbours_named_and_present_leave_nothing_to_say():
    assert gap_change(panel(), "Ash", 2016, neighbours=["Bow", "Cam"]).warnings == ()


@pytest.mark.parametrize("neighbours", [[], ["Yar"], ["Ash"]])
def test_no_neighbour_left_is_refused_in_full(neighbours):
    with pytest.raises(TrendError) as caught:
        gap_change(panel(), "Ash", 2016, neighbours=neighbours)
    assert str(caught.value) == (
        "All neighbours of 'Ash' are missing from the panel or incomplete; "
        "check the neighbour list or choose another comparator."
    )


def test_an_area_that_is_its_neighbours_mean_has_no_gap_to_explain():
    frame = panel()
    frame.loc["Ash"] = (frame.loc["Bow"] + frame.loc["Cam"]) / 2
    with pytest.raises(TrendError) as caught:
        gap_change(frame, "Ash", 2016, neighbours=["Bow", "Cam"])
    assert str(caught.value) == "The gap of 'Ash' to its neighbours is zero in every year."


def test_zeros_everywhere_leave_no_gap():
    with pytest.raises(TrendError, match=r"^The gap of 0 to its neighbours is zero in every year"):
        gap_change(pd.DataFrame(np.zeros((3, 10)), columns=YEARS), 0, 2016)


@pytest.mark.parametrize("unit", [1e-10, 1e10])
def test_a_gap_is_as_real_in_any_unit(unit):
    plain, got = gap_change(panel(), "Ash", 2016), gap_change(panel() * unit, "Ash", 2016)
    assert got.level_change.estimate == pytest.approx(
        plain.level_change.estimate * unit, rel=1e-6, abs=0
    )
    assert got.level_change.p_value == pytest.approx(plain.level_change.p_value)


def test_an_area_without_every_year_is_refused_by_name():
    frame = panel()
    frame.loc["Ash", 2012] = np.nan
    with pytest.raises(TrendError, match="Unit 'Ash' cannot be used: it has missing years"):
        gap_change(frame, "Ash", 2016)


# ---- the pre-trend and its power

GAP = np.array([1.0, 3, 2, 5, 4, 4, 9, 9, 9, 9])


def power_by_integration(shift, df, level):
    """Power of a two-sided t test: the normal tails, averaged over the error's chi-squared."""
    critical = stats.t.isf((1 - level) / 2, df)

    def tails(square):
        reach = critical * np.sqrt(square / df)
        return (stats.norm.sf(reach - shift) + stats.norm.cdf(-reach - shift)) * stats.chi2.pdf(
            square, df
        )

    return integrate.quad(tails, 0, 80)[0]


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_pre_trend_is_the_least_squares_slope_of_the_years_before(level):
    got = pre_trend(YEARS, GAP, 2017, level=level)
    line = stats.linregress(YEARS[:6], GAP[:6])
    reach = line.stderr * stats.t.isf((1 - level) / 2, 4)
    assert got.points == 6 and got.slope.name == "slope"
    assert [getattr(got.slope, name) for name in NAMES] == pytest.approx(
        [line.slope, line.stderr, 4, line.pvalue, line.slope - reach, line.slope + reach]
    )
    assert got.power_for is None


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("power", [0.25, 0.5, 0.8, 0.99])
def test_the_detectable_slope_has_the_power_stated(level, power):
    got = pre_trend(YEARS, GAP, 2017, power=power, level=level)
    shift = got.detectable_slope / got.slope.se
    assert power_by_integration(shift, 4, level) == pytest.approx(power, abs=1e-6)
    assert got.power == power


@pytest.mark.parametrize("slope", [0.0, 0.3, -0.3, 1.2])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_power_for_a_slope_is_that_of_the_t_test_whatever_its_sign(slope, level):
    got = pre_trend(YEARS, GAP, 2017, slope_of_interest=slope, level=level)
    expected = power_by_integration(abs(slope) / got.slope.se, 4, level)
    assert got.power_for == pytest.approx(expected, abs=1e-6)
    assert type(got.power_for) is float


def test_power_is_80_percent_and_the_test_at_95_percent_unless_told():
    got = pre_trend(YEARS, GAP, 2017)
    assert got == pre_trend(YEARS, GAP, 2017, power=0.8, level=0.95)
    assert type(got.detectable_slope) is float


def test_the_weakness_of_the_test_is_said_before_what_is_left_out():
    years, gap = [2010, *YEARS], [np.nan, *GAP]
    got = pre_trend(years, gap, 2017, power=0.9)
    assert got.warnings == (
        f"With 6 points before the event, a slope below {got.detectable_slope:.3g} a year would "
        "be missed more often than 10% of the time: no evidence of a pre-trend is weak evidence "
        "of none.",
        "No value in 2010: left out of the fit.",
    )


@pytest.mark.parametrize(("level", "power"), [(0.5, 0.99), (0.2, 0.999), (0.95, 0.99999)])
def test_unusual_levels_and_powers_have_a_detectable_slope(level, power):
    # Three points leave one degree of freedom, where power comes slowly.
    got = pre_trend(YEARS, GAP, 2014, power=power, level=level)
    shift = got.detectable_slope / got.slope.se
    assert power_by_integration(shift, 1, level) == pytest.approx(power, abs=1e-6)


@pytest.mark.parametrize(
    ("power", "level"), [(0.05, 0.95), (0.01, 0.95), (1, 0.95), (1.5, 0.95), (0.5, 0.5)]
)
def test_a_power_out_of_reach_is_refused_in_full(power, level):
    with pytest.raises(TrendError) as caught:
        pre_trend(YEARS, GAP, 2017, power=power, level=level)
    assert str(caught.value) == (
        f"Found a power of {power}; expected between {1 - level:.2f} and 1."
    )


@pytest.mark.parametrize("first_after", [2011, 2012, 2013])
def test_fewer_than_three_years_before_are_refused_in_full(first_after):
    with pytest.raises(TrendError) as caught:
        pre_trend(YEARS, GAP, first_after)
    assert str(caught.value) == (
        f"Found {first_after - 2011} points before {first_after}; a pre-trend test needs three."
    )


def test_a_level_that_is_no_share_is_refused_first():
    with pytest.raises(TrendError, match=r"^Found a confidence level of 95; expected a share"):
        pre_trend(YEARS, GAP, 2012, level=95)
