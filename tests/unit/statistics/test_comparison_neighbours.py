"""What may be passed as neighbours and as the area's own value, and what is refused how."""

import numpy as np
import pandas as pd
import pytest

from care_study.statistics.comparison import rank
from care_study.statistics.comparison.neighbours import neighbours, own_value


@pytest.mark.parametrize(
    "values",
    [
        {"Ash": 50, "Bow": None, "Cam": 70.5},
        {"Ash": "50", "Bow": pd.NA, "Cam": "70.5"},
        {"Ash": 50, "Bow": pd.NaT, "Cam": np.float32(70.5)},
        pd.Series({"Ash": 50, "Bow": np.nan, "Cam": 70.5}),
        pd.Series({"Ash": 50, "Bow": None, "Cam": 70.5}, dtype=object),
        pd.Series({"Ash": 50, "Bow": pd.NA, "Cam": 70.5}, dtype="Float64"),
    ],
)
def test_neighbours_keep_their_order_and_names(values):
    got = neighbours(values)
    assert got.values.tolist() == [50, 70.5]
    assert got.values.dtype == np.float64
    assert (got.names, got.missing, got.n) == (("Ash", "Cam"), ("Bow",), 2)
    assert got.missing_note == ("2 of 3 neighbours used; no value for Bow.",)


@pytest.mark.parametrize(
    "values",
    [
        [50, None, 70.5],
        (50, np.nan, 70.5),
        np.array([50, np.nan, 70.5]),
        np.array([[50], [np.nan], [70.5]]),
        ["50", pd.NA, "70.5"],
    ],
)
def test_neighbours_without_names_are_numbered_from_one(values):
    got = neighbours(values)
    assert got.values.tolist() == [50, 70.5]
    assert (got.names, got.missing) == (("1", "3"), ("2",))


def test_one_plain_number_is_one_neighbour():
    got = neighbours(50)
    assert (got.values.tolist(), got.names, got.missing_note) == ([50], ("1",), ())


def test_codes_as_names_become_text_and_whole_numbers_stay_whole():
    got = neighbours(pd.Series([3, 4], index=[873, 940]))
    assert got.names == ("873", "940")
    assert got.values.tolist() == [3, 4]
    assert neighbours(pd.Series([3, 4], index=[873, 940], dtype="Int64")).names == ("873", "940")


def test_neighbours_do_not_change_what_was_passed():
    frame = pd.Series({"Ash": 50.0, "Bow": np.nan})
    neighbours(frame).values[0] = 99
    assert frame.iloc[0] == 50


def test_all_alike_is_told_from_nearly_alike():
    assert neighbours([5, None, 5]).all_alike is True
    assert neighbours([5, 5.001]).all_alike is False
    assert neighbours([5.001, 5.001, 5]).all_alike is False


ADVICE = "Choose a year or a list in which at least one has a published value."


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "There are no neighbours: pass at least one value."),
        ({}, "There are no neighbours: pass at least one value."),
        ({"Ash": None, "Bow": np.nan}, f"All 2 neighbours are missing (Ash, Bow). {ADVICE}"),
        ([None], f"All 1 neighbours are missing (1). {ADVICE}"),
        ({"Ash": None, "Bow": -np.inf}, "Neighbour Bow is infinite."),
        ([1, np.inf, np.inf], "Neighbour 2 is infinite."),
        (pd.Series({"Ash": 1.0, "Bow": np.inf}), "Neighbour Bow is infinite."),
        (
            {"Ash": 1, "Bow": "c"},
            "A neighbour's value is not a number (could not convert string to float: 'c').",
        ),
        (
            ["1", "c"],
            "A neighbour's value is not a number (could not convert string to float: 'c').",
        ),
        (
            pd.Series({"Ash": "x"}),
            "A neighbour's value is not a number (could not convert string to float: 'x').",
        ),
    ],
)
def test_bad_neighbours_are_refused_in_full(values, message):
    with pytest.raises(ValueError) as caught:
        neighbours(values)
    assert str(caught.value) == message


@pytest.mark.parametrize("values", [[1, {}], {"Ash": object}])
def test_things_that_are_not_numbers_are_refused_with_the_reason(values):
    with pytest.raises(ValueError, match=r"^A neighbour's value is not a number \(.+\)\.$") as got:
        neighbours(values)
    assert isinstance(got.value.__cause__, TypeError)


@pytest.mark.parametrize("value", [7, 7.0, "7", np.int64(7), np.float32(7)])
def test_own_value_is_a_plain_float(value):
    got = own_value(value)
    assert got == 7 and type(got) is float


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "The area's own value is None; expected a number."),
        ("c", "The area's own value is 'c'; expected a number."),
        (np.nan, "The area's own value is missing, so it cannot be compared."),
        (-np.inf, "The area's own value is infinite, so it cannot be compared."),
    ],
)
def test_own_value_that_is_no_number_is_refused_in_full(value, message):
    with pytest.raises(ValueError) as caught:
        rank(value, [1, 2])
    assert str(caught.value) == message


def test_a_list_within_the_list_is_no_number():
    with pytest.raises(ValueError, match=r"^A neighbour's value is not a number \("):
        neighbours([50, [60, 70]])
