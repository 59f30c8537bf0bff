"""Several neighbour lists worked by hand: the table and the sentence in full."""

import numpy as np
import pytest

from care_study.statistics.comparison import compare_lists

SEVEN = {"Ash": 1, "Bow": 2, "Cam": 3, "Dee": 4, "Esk": 5, "Fal": 6, "Nar": 7}
COLUMNS = ["list", "statistic", "n", "missing", "comparator", "comparator_lower"]
COLUMNS += ["comparator_upper", "gap", "gap_lower", "gap_upper", "conclusion"]
UNCLEAR = "neither clearly above nor clearly below its neighbours"


def test_table_has_a_row_for_each_list_and_statistic():
    got = compare_lists(
        10, {"old": SEVEN, "new": {**SEVEN, "Ore": None, "Tay": np.nan}}, level=0.875
    )
    table = got.table
    assert table.columns.tolist() == COLUMNS
    assert table["list"].tolist() == ["old", "old", "new", "new"]
    assert table["statistic"].tolist() == ["mean", "median", "mean", "median"]
    assert table["n"].tolist() == [7, 7, 7, 7]
    assert table["missing"].tolist() == ["", "", "Ore, Tay", "Ore, Tay"]
    assert table["comparator"].tolist() == [4, 4, 4, 4]
    assert table["gap"].tolist() == [6, 6, 6, 6]
    assert table["conclusion"].tolist() == ["above"] * 4
    # The second and the sixth of seven cover 1 - 2 (1 + 7) / 2**7 = 87.5% exactly.
    assert table.loc[1, ["comparator_lower", "comparator_upper"]].tolist() == [2, 6]
    assert table.loc[1, ["gap_lower", "gap_upper"]].tolist() == [4, 8]
    assert got.warnings == ("new: 7 of 9 neighbours used; no value for Ore, Tay.",)
    assert got.conclusion_flips is False


def test_lists_are_at_95_percent_unless_told():
    # Of seven, lowest to highest covers 98.4%, the second to the sixth 87.5% only.
    assert compare_lists(10, {"old": SEVEN}).table.loc[1, "comparator_upper"] == 7


def test_one_value_that_hides_what_the_median_says_is_told_in_full():
    # The median lies surely within 1 to 4 of six; a hundred among them widens the mean's limits.
    wide = [1, 1, 2, 2, 3, 100]
    got = compare_lists(101, {"old": [1, 1, 2, 2, 3, 4], "new": wide})
    assert got.table["conclusion"].tolist() == ["above"] * 4
    got = compare_lists(5, {"old": [1, 1, 2, 2, 3, 4], "new": [1, 1, 2, 2, 3, 30]})
    assert got.table["conclusion"].tolist() == ["above", "above", *["not distinguishable"] * 2]
    assert got.conclusion_flips is True
    assert got.reason == (
        "The conclusion depends on the comparator: the mean of the old and the median of the old "
        "put the area above its neighbours; the mean of the new and the median of the new put the "
        f"area {UNCLEAR}."
    )


def test_one_against_three_is_told_in_full():
    got = compare_lists(5, {"old": [1, 1, 2, 2, 3, 4], "new": [1, 1, 2, 2, 3, 5.5]}, level=0.9)
    # Of six at 90% the limits are lowest and highest: the median of the new reaches to 5.5.
    assert got.table["conclusion"].tolist() == ["above", "above", "above", "not distinguishable"]
    assert got.reason == (
        "The conclusion depends on the comparator: the mean of the old, the median of the old "
        "and the mean of the new put the area above its neighbours; the median of the new puts "
        f"the area {UNCLEAR}."
    )


@pytest.mark.parametrize(
    ("area", "where"),
    [(9, "above its neighbours"), (-1, "below its neighbours"), (4.5, UNCLEAR)],
)
def test_lists_that_agree_say_where_the_area_lies(area, where):
    got = compare_lists(area, {"old": SEVEN, "new": list(SEVEN.values())})
    assert got.reason == f"Every comparator that has an interval puts the area {where}."
    assert not got.conclusion_flips


def test_too_few_values_conclude_nothing_and_each_reason_is_given_once():
    got = compare_lists(90, {"old": {"Ash": 50, "Bow": None}})
    assert got.reason == (
        "No list has enough neighbours with a value for an interval, so none concludes."
    )
    assert got.conclusion_flips is False
    assert got.warnings == (
        "old: 1 of 2 neighbours used; no value for Bow.",
        "old: One neighbour only: its value is shown without an interval.",
        "old: 1 neighbours are too few for a 95% interval of their median.",
    )


def test_no_list_and_a_bad_list_are_refused_by_name():
    with pytest.raises(ValueError) as caught:
        compare_lists(90, {})
    assert str(caught.value) == "There is no neighbour list to compare with."
    with pytest.raises(ValueError) as caught:
        compare_lists(90, {"old": SEVEN, "new": []})
    assert str(caught.value) == "new: There are no neighbours: pass at least one value."
