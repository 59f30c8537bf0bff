"""Panels: what is read, what is left out and how that is said, and the gap to neighbours."""

import numpy as np
import pandas as pd
import pytest
from trends_material import refused

from care_study.statistics.trends import TrendError, gap_to_neighbours, read_panel
from care_study.statistics.trends.panel import Panel, neighbour_weights

LONG = pd.DataFrame(
    {
        "unit": ["b", "b", "a", "a", "a", "b"],
        "year": [2020, 2019, 2021, 2019, 2020, 2021],
        "numerator": [8.0, 6, 5, 1, 3, 10],
        "denominator": [2.0, 2, 1, 1, 1, 2],
    }
)
WIDE = pd.DataFrame([[1.0, 3, 5], [3, 4, 5]], index=["a", "b"], columns=[2019, 2020, 2021])
FOUR = Panel(
    ("a", "b", "c", "d"),
    np.array([1.0, 2]),
    np.array([[1.0, 2], [10, 20], [100, 200], [1000, 2000]]),
)


def names(count):
    """The names u00, u01 and so on."""
    return [f"u{i:02d}" for i in range(count)]


def test_a_long_panel_of_counts_becomes_rates_by_unit_and_year():
    panel = read_panel(LONG)
    assert panel.units == ("a", "b")
    assert panel.years.tolist() == [2019, 2020, 2021]
    assert panel.values.tolist() == [[1, 3, 5], [3, 4, 5]]
    assert panel.dropped == ()
    assert panel.warnings == ()


def test_a_long_panel_of_values_needs_no_counts_and_counts_may_be_text():
    valued = LONG.assign(value=[4.0, 3, 5, 1, 3, 5], denominator=0)
    assert read_panel(valued).values.tolist() == read_panel(LONG).values.tolist()
    text = LONG.assign(numerator=LONG["numerator"].astype(str), denominator=["2"] * 2 + ["1"] * 4)
    assert read_panel(text).values[1].tolist() == [3, 4, 10]
    small = LONG.assign(denominator=0.5)
    assert read_panel(small).values[0].tolist() == [2, 6, 10]


def test_a_wide_panel_is_put_in_the_order_of_its_years_whatever_their_type():
    panel = read_panel(WIDE[[2021, 2019, 2020]].set_axis(["2021", "2019", "2020"], axis=1))
    assert panel.years.tolist() == [2019, 2020, 2021]
    assert panel.years.dtype == float
    assert panel.values.tolist() == WIDE.to_numpy().tolist()
    # A frame with a column of only one of the names is not a long one.
    with pytest.raises(TrendError, match="not numbers"):
        read_panel(WIDE.assign(unit=1.0))
    with pytest.raises(TrendError, match="not numbers"):
        read_panel(WIDE.assign(year=1.0))


def test_an_array_is_labelled_by_row_and_column():
    panel = read_panel([["1", 2, 4], [3, 5, 6]])
    assert panel.units == (0, 1)
    assert panel.years.tolist() == [0, 1, 2]
    assert panel.values.tolist() == [[1, 2, 4], [3, 5, 6]]


def test_a_panel_is_passed_through_and_its_logarithm_keeps_the_rest():
    panel = Panel(("a", "b"), np.array([1.0, 2]), np.array([[1.0, 2], [0.5, 4]]), ("x",), ("said",))
    assert read_panel(panel) is panel
    logs = read_panel(panel, log=True)
    np.testing.assert_allclose(np.exp(logs.values), panel.values)
    assert (logs.units, logs.dropped, logs.warnings) == (("a", "b"), ("x",), ("said",))
    assert logs.years.tolist() == [1, 2]


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_a_log_scale_names_the_first_five_units_it_cannot_take(value):
    values = np.ones((7, 3))
    values[:6, 1] = value
    frame = pd.DataFrame(values, index=names(7))
    with refused(
        "Found values at or below zero for u00, u01, u02, u03, u04; a log scale needs values "
        "above zero. Leave those units out or use log=False."
    ):
        read_panel(frame, log=True)
    assert read_panel(frame).values[0, 1] == value


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            LONG.drop(columns="numerator"),
            "A long panel needs the columns unit, year and value (or numerator and denominator); "
            "missing: numerator.",
        ),
        (
            LONG.drop(columns=["numerator", "denominator"]),
            "A long panel needs the columns unit, year and value (or numerator and denominator); "
            "missing: numerator, denominator.",
        ),
        (
            pd.DataFrame(
                {"unit": names(7), "year": 1, "numerator": 1, "denominator": [0, -1] * 3 + [1]}
            ),
            "Found a denominator of zero or below for u00, u01, u02, u03, u04.",
        ),
        (
            LONG.assign(denominator=[1, 1, 0, 0, 1, 1]),
            "Found a denominator of zero or below for a.",
        ),
        (
            LONG.assign(year=2019),
            "Found unit b twice in 2019; expected one value a unit and year.",
        ),
        (np.ones(4), "Found an array with 1 dimensions; expected units x years."),
        (np.ones((2, 2, 2)), "Found an array with 3 dimensions; expected units x years."),
        (
            [["x", "y"]],
            "Found a panel that is not a table of numbers (could not convert string to float: "
            "'x').",
        ),
        (
            WIDE.set_axis(["x", "y", "z"], axis=1),
            "Found values or years that are not numbers (could not convert string to float: 'x').",
        ),
        (
            WIDE.head(1),
            "Found 1 units with a value in every year (2019, 2020, 2021); expected at least two. "
            "Shorten the period or fill the gaps from the source.",
        ),
    ],
)
def test_a_bad_panel_ends_in_one_message(data, message):
    with refused(message):
        read_panel(data)


@pytest.mark.parametrize("column", ["numerator", "denominator"])
def test_counts_that_are_not_numbers_are_refused_with_the_reason(column):
    message = r"^Found numerators or denominators that are not numbers \(.*'c'.*\)\.$"
    with pytest.raises(TrendError, match=message):
        read_panel(LONG.assign(**{column: "c"}))


@pytest.mark.parametrize(
    ("count", "named"),
    [(1, "u00"), (10, ", ".join(names(10))), (11, ", ".join(names(10)) + " and others")],
)
def test_up_to_ten_incomplete_units_are_named(count, named):
    values = np.ones((count + 2, 3))
    values[:count, 1] = np.nan
    values[0, 2] = np.inf
    panel = read_panel(pd.DataFrame(values, index=names(count + 2)))
    assert panel.units == tuple(names(count + 2)[count:])
    assert panel.dropped == tuple(names(count))
    assert panel.values.shape == (2, 3)
    noun = "unit" if count == 1 else "units"
    assert panel.warnings == (f"{count} {noun} left out because a year is missing: {named}.",)


def test_years_that_are_not_equally_spaced_are_said_after_what_is_left_out():
    uneven = WIDE.set_axis([2019, 2020, 2022], axis=1)
    note = "The panel's years are not equally spaced."
    assert read_panel(uneven).warnings == (note,)
    gappy = pd.concat([uneven, uneven.iloc[:1].set_axis(["c"]) * np.nan])
    assert read_panel(gappy).warnings == (
        "1 unit left out because a year is missing: c.",
        note,
    )
    assert read_panel(WIDE.set_axis([2019, 2021, 2023], axis=1)).warnings == ()
    assert read_panel(uneven[[2020, 2022]]).warnings == ()


def test_a_unit_that_cannot_be_used_is_told_why():
    panel = Panel(("a", "b"), np.array([1.0, 2]), np.ones((2, 2)), dropped=("c",))
    assert [panel.row(unit) for unit in ("a", "b")] == [0, 1]
    with refused("Unit 'c' cannot be used: it has missing years. Choose a unit with every year."):
        panel.row("c")
    with refused("Unit 'd' cannot be used: it is not in the panel. Choose a unit with every year."):
        panel.row("d")


@pytest.mark.parametrize("first_after", [2019, 2022])
def test_both_sides_of_an_event_need_a_year(first_after):
    panel = read_panel(WIDE)
    with refused(
        f"Found a first year after of {first_after} outside the panel (2019 to 2021); expected "
        "years on both sides."
    ):
        panel.columns_before(first_after)
    assert [panel.columns_before(year) for year in (2019.5, 2020, 2021)] == [1, 1, 2]


def test_by_default_every_other_unit_is_a_neighbour():
    weights, notes = neighbour_weights(FOUR)
    third = 1 / 3
    expected = [
        [0, third, third, third],
        [third, 0, third, third],
        [third, third, 0, third],
        [third, third, third, 0],
    ]
    np.testing.assert_allclose(weights, expected)
    assert notes == ()


def test_of_two_units_each_has_the_other_for_its_neighbour():
    weights, _ = neighbour_weights(read_panel(WIDE))
    assert weights.tolist() == [[0, 1], [1, 0]]


def test_an_excluded_unit_is_nobodys_neighbour_but_keeps_its_own():
    weights, notes = neighbour_weights(FOUR, exclude=["d"])
    np.testing.assert_allclose(weights[0], [0, 0.5, 0.5, 0])
    np.testing.assert_allclose(weights[3], [1 / 3, 1 / 3, 1 / 3, 0])
    listed, notes = neighbour_weights(FOUR, {"a": ["b", "d"], "d": ["a", "b"]}, exclude=["d"])
    np.testing.assert_allclose(listed, [[0, 1, 0, 0], [0] * 4, [0] * 4, [0.5, 0.5, 0, 0]])
    assert notes == ()
    alone, _ = neighbour_weights(FOUR, exclude=["a", "b", "c", "d"])
    assert not alone.any()


def test_neighbours_that_are_missing_are_counted_and_a_unit_is_not_its_own():
    listed = {"a": ["a", "b", "x"], "b": ["x"], "c": ["a", "b", "d"]}
    weights, notes = neighbour_weights(FOUR, listed)
    third = 1 / 3
    np.testing.assert_allclose(weights, [[0, 1, 0, 0], [0] * 4, [third, third, 0, third], [0] * 4])
    assert notes == (
        "2 units are compared with fewer neighbours than listed, because some neighbours have "
        "missing years.",
    )


def test_the_gap_is_the_value_less_the_mean_of_the_neighbours():
    panel = Panel(FOUR.units, FOUR.years, FOUR.values, ("z",), ("said",))
    gaps = gap_to_neighbours(panel, {"a": ["b", "c"], "b": ["a"], "c": ["x"]})
    assert gaps.units == ("a", "b")
    assert gaps.years.tolist() == [1, 2]
    assert gaps.values.tolist() == [[1 - 55, 2 - 110], [9, 18]]
    assert gaps.dropped == ("z", "c", "d")
    assert gaps.warnings == (
        "said",
        "1 units are compared with fewer neighbours than listed, because some neighbours have "
        "missing years.",
        "2 units left out because all their neighbours are missing: c, d.",
    )


def test_by_default_the_gap_is_to_all_others_but_the_excluded():
    gaps = gap_to_neighbours(FOUR)
    assert gaps.values[0].tolist() == [1 - 370, 2 - 740]
    assert gaps.warnings == ()
    without = gap_to_neighbours(FOUR, exclude=["d"])
    assert without.values[0].tolist() == [1 - 55, 2 - 110]
    assert without.units == FOUR.units


@pytest.mark.parametrize(
    ("count", "named"),
    [(10, ", ".join(names(10))), (11, ", ".join(names(10)) + " and others")],
)
def test_up_to_ten_units_without_neighbours_are_named(count, named):
    frame = pd.DataFrame(np.ones((count + 2, 3)), index=names(count + 2))
    one, other = names(count + 2)[count:]
    gaps = gap_to_neighbours(frame, {one: [other], other: [one]})
    assert gaps.warnings == (
        f"{count} units left out because all their neighbours are missing: {named}.",
    )


def test_a_neighbour_list_in_other_codes_is_refused():
    with refused(
        "No unit has a neighbour with complete data; check that the neighbour list uses the same "
        "unit codes as the panel."
    ):
        gap_to_neighbours(FOUR, {"E1": ["E2"]})
