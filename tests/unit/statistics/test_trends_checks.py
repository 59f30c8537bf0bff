"""The checks that the trend functions share: what they let through, and each message in full."""

import numpy as np
import pytest

from care_study.statistics.trends import TrendError
from care_study.statistics.trends.checks import (
    as_floats,
    check_break,
    check_degrees,
    check_level,
    check_varies,
    check_years,
    clean_series,
    name_years,
    series_warnings,
)
from care_study.statistics.trends.estimates import estimates_frame, t_estimate

UNEVEN = (
    "The years are not equally spaced: autocorrelation measures treat neighbouring points as one "
    "step apart."
)


def refused(call, *arguments):
    with pytest.raises(TrendError) as caught:
        call(*arguments)
    return str(caught.value)


# ---- a series


def test_a_series_is_sorted_by_year_with_its_values_and_populations():
    got = clean_series([2020, 2018, 2019], ["3", 1, 2], [30, 10, 20])
    assert got.years.tolist() == [2018, 2019, 2020]
    assert got.values.tolist() == [1, 2, 3]
    assert got.exposure.tolist() == [10, 20, 30]
    assert got.warnings == ()
    assert clean_series([2018, 2019], [1, 2]).exposure is None


def test_missing_values_and_populations_are_left_out_and_named_in_order():
    got = clean_series([2021, 2020, 2019, 2018, 2017], [np.nan, 4, 3, 2, 1], [9, 9, 9, None, 9])
    assert got.years.tolist() == [2017, 2019, 2020]
    assert got.values.tolist() == [1, 3, 4]
    assert got.exposure.tolist() == [9, 9, 9]
    assert got.warnings == ("No value in 2018, 2021: left out of the fit.", UNEVEN)
    without = clean_series([2017, 2018, 2019], [1, np.nan, 3])
    assert without.years.tolist() == [2017, 2019]
    assert without.warnings == ("No value in 2018: left out of the fit.",)


def test_a_population_is_not_asked_of_a_missing_value():
    assert clean_series([1, 2, 3], [1, 2, 3], [5, np.nan, 5]).years.tolist() == [1, 3]
    assert clean_series([1, 2], [1, 2], [0.5, 1]).exposure.tolist() == [0.5, 1]


LENGTHS = "expected one value (and exposure) for each year."
INFINITE = "Found an infinite value; expected finite numbers. Correct the input."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2], [1]), f"Found 2 years, 1 values; {LENGTHS}"),
        (([1, 2], [1, 2], [1]), f"Found 2 years, 2 values, 1 exposures; {LENGTHS}"),
        (([1, 2], [1], [1, 2]), f"Found 2 years, 1 values, 2 exposures; {LENGTHS}"),
        (([1, 2], [1, np.inf]), INFINITE),
        (([1, 2], [1, -np.inf], [1, 1]), INFINITE),
        (([1, 2], [1, 2], [1, np.inf]), INFINITE),
        (
            ([2019, 2018, 2017, 2016], [1, 2, 3, 4], [0, 0.5, -1, 1]),
            "Found a population of zero or below in 2019, 2017; "
            "expected a positive denominator in every year.",
        ),
        (([1, np.nan], [1, 2]), "Found a missing year; expected a year for every value."),
        (
            ([2019, 2018, 2019, 2018, 2017], [1, 2, 3, 4, 5]),
            "Found 2018, 2019 more than once; expected one value a year.",
        ),
        (
            ("c", [1]),
            "Found years that are not numbers (could not convert string to float: 'c'); "
            "expected numbers. Read suppressed symbols as missing first.",
        ),
        (([1], [[1]]), "Found values with 2 dimensions; expected a single series."),
        (([1], [1], 5), "Found exposure with 0 dimensions; expected a single series."),
    ],
)
def test_an_impossible_series_is_refused_in_full(arguments, message):
    assert refused(clean_series, *arguments) == message


def test_numbers_become_floats_and_none_is_missing():
    got = as_floats([1, "2", None], "values")
    assert got.dtype == np.float64
    np.testing.assert_array_equal(got, [1, 2, np.nan])
    assert refused(as_floats, [object()], "values").startswith("Found values that are not numbers")


def test_years_that_differ_are_let_through():
    assert check_years(np.array([2018.0, 2017, 2017.5])) is None


@pytest.mark.parametrize(
    ("dropped", "kept", "notes"),
    [
        ([], [], ()),
        ([], [2017, 2018, 2019], ()),
        ([], [2016, 2018, 2020], ()),
        ([], [2016, 2018], ()),
        ([], [2016], ()),
        ([], [2016, 2017, 2019], (UNEVEN,)),
        ([], [2016, 2018, 2019, 2020], (UNEVEN,)),
        ([2019, 2017.5], [], ("No value in 2017.5, 2019: left out of the fit.",)),
    ],
)
def test_what_a_series_lacks_is_said(dropped, kept, notes):
    assert series_warnings(np.array(dropped), np.array(kept)) == notes


# ---- breaks, degrees of freedom, levels, variation


@pytest.mark.parametrize(
    ("first_after", "each_side"), [(2019, 2), (2018, 1), (2020, 1), (2018.5, 2)]
)
def test_a_break_with_enough_points_is_let_through(first_after, each_side):
    assert check_break(np.array([2017.0, 2018, 2019, 2020]), first_after, each_side) is None


ADVICE = "expected points before it and from it on. Choose another break."
LONGER = "on each side. Use a level change only or a longer series."


@pytest.mark.parametrize(
    ("years", "first_after", "each_side", "message"),
    [
        (
            [2018, 2017, 2019],
            2017,
            1,
            f"Found a break at 2017 outside the series (2017 to 2019); {ADVICE}",
        ),
        (
            [2018, 2017, 2019],
            2019.5,
            1,
            f"Found a break at 2019.5 outside the series (2017 to 2019); {ADVICE}",
        ),
        ([], 2019, 1, f"Found a break at 2019 outside the series (no years); {ADVICE}"),
        (
            [2017, 2018, 2019],
            2018,
            2,
            f"Found 1 points before 2018 and 2 from it on; expected at least 2 {LONGER}",
        ),
        (
            [2017, 2018, 2019],
            2019,
            2,
            f"Found 2 points before 2019 and 1 from it on; expected at least 2 {LONGER}",
        ),
    ],
)
def test_a_break_without_enough_points_is_refused_in_full(years, first_after, each_side, message):
    assert refused(check_break, np.array(years, dtype=float), first_after, each_side) == message


def test_points_must_outnumber_parameters():
    assert check_degrees(4, 3) is None
    assert refused(check_degrees, 3, 3) == (
        "Found 3 points for 3 parameters; expected at least 4. "
        "Use a longer series or a smaller model."
    )
    assert refused(check_degrees, 2, 3).startswith("Found 2 points for 3 parameters")


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_a_level_that_is_no_share_is_refused(level):
    message = f"Found a confidence level of {level}; expected a share such as 0.95."
    assert refused(check_level, level) == message
    assert refused(t_estimate, "x", 1, 1, 5, level, "t") == message


@pytest.mark.parametrize("values", [[5, 5.001], [0, 1e-9], [1e9, 1e9 + 1], [-3, 3], [0, 1.1e-12]])
def test_a_series_that_varies_is_let_through(values):
    assert check_varies(np.array(values, dtype=float), "series") is None


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([5, 5, 5], "5 in all 3 points"),
        ([0, 0], "0 in all 2 points"),
        # Differences that rounding explains are none: a million-millionth of the largest, or of 1.
        ([1e9, 1e9 + 1e-4], "1e+09 in all 2 points"),
        ([-1e9, -1e9 - 1e-4], "-1e+09 in all 2 points"),
        ([0, 1e-12], "0 in all 2 points"),
    ],
)
def test_a_constant_series_is_refused_in_full(values, shown):
    assert refused(check_varies, np.array(values), "gap") == (
        f"Found a constant gap ({shown}); expected some variation, "
        "without which no change or uncertainty can be estimated."
    )


def test_years_are_named_as_short_as_they_can_be():
    assert name_years([2019.0, 2020.0, 2020.5]) == "2019, 2020, 2020.5"
    assert name_years([]) == ""


# ---- estimates


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("estimate", [3, -3])
def test_an_estimate_on_two_degrees_of_freedom_in_every_part(estimate, level):
    got = t_estimate("slope", estimate, 2, 2, level, "OLS, t")
    reach = 2 * level * np.sqrt(2 / (1 - level**2))  # the t value on 2 degrees of freedom
    assert (got.name, got.method) == ("slope", "OLS, t")
    assert (got.estimate, got.se, got.df, got.statistic) == (estimate, 2, 2, estimate / 2)
    assert got.p_value == pytest.approx(1 - 1.5 / np.sqrt(2 + 1.5**2))
    assert (got.lower, got.upper) == pytest.approx((estimate - reach, estimate + reach))
    numbers = (got.estimate, got.se, got.statistic, got.df, got.p_value, got.lower, got.upper)
    assert {type(value) for value in numbers} == {float}


def test_an_estimate_as_a_rate_ratio():
    got = t_estimate("level_change", np.log(2), 0.1, 1, 0.5, "t")
    # Half of the t distribution on 1 degree of freedom lies within 1.
    assert got.ratio() == pytest.approx((2, 2 * np.exp(-0.1), 2 * np.exp(0.1)))
    assert {type(value) for value in got.ratio()} == {float}


def test_estimates_as_a_table_have_a_row_each():
    pair = (t_estimate("a", 1, 2, 2, 0.95, "t"), t_estimate("b", 3, 4, 5, 0.95, "u"))
    table = estimates_frame(pair)
    names = ["name", "estimate", "se", "statistic", "df", "p_value", "lower", "upper", "method"]
    assert table.columns.tolist() == names
    assert table["name"].tolist() == ["a", "b"]
    assert table["estimate"].tolist() == [1, 3]
    assert table["method"].tolist() == ["t", "u"]
