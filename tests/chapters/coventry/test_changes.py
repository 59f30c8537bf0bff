"""Changes from year to year: by hand, among authorities, with intervals."""

import pandas as pd
import pytest

from care_study.chapters.coventry import changes
from care_study.unavailable import Unavailable


def test_changes_in_points_and_in_percent(made):
    computed = made([[20, 15, 18], [10, float("nan"), 12]])
    one = changes.yearly_changes(computed, ["a0", "a1"])
    assert one[["area_id", "year", "change", "relative"]].values.tolist() == [
        ["a0", 2014, -5.0, -25.0],
        ["a0", 2015, 3.0, 20.0],
    ]


def test_place_among_falls_and_two_sided_rank_p_value(made):
    moved = changes.yearly_changes(
        made([[20, 15], [20, 13], [20, 26], [20, 21], [20, 19]]), [f"a{n}" for n in range(5)]
    )
    fall = changes.places(moved, "a0").iloc[0]
    assert (fall["place"], fall["of"]) == (2, 5)
    assert fall["p_value"] == pytest.approx(3 / 5)  # itself, one larger fall, one larger rise
    assert changes.places(moved, "a0", rise_first=True).iloc[0]["place"] == 4
    assert changes.places(moved, "unknown").empty
    assert changes.places(moved[moved["area_id"] == "a0"], "a0").empty


def test_relative_interval_turns_over_when_the_years_are_swapped(made):
    there, back = (
        changes.with_intervals(changes.yearly_changes(made([line]), ["a0"])).iloc[0]
        for line in ([25, 20], [20, 25])
    )
    assert there["lower"] == pytest.approx(-back["upper"])
    ratio = 1 + there["relative_lower"] / 100
    assert ratio == pytest.approx(1 / (1 + back["relative_upper"] / 100), rel=1e-4)
    assert there["relative_lower"] < -20 < there["relative_upper"]


def test_each_territory_is_compared_once_and_small_ones_left_out(setting):
    ids = set(changes.whole_authorities(setting, 100))
    assert {"331", "928", "835+836+837"} <= ids
    assert not ids & {"940", "941", "838", "839", "942", "943", "836"}
    referrals = setting.indicator("rereferral_percentage")
    small = referrals[referrals["area_name"].isin(["City of London", "Isles of Scilly"])]
    assert not ids & set(small["area_id"])


def test_area_without_two_years_in_a_row_is_named(open_it):
    with pytest.raises(Unavailable, match="Isles of Scilly has no two years in a row"):
        changes.own_changes(open_it("Isles of Scilly"), "rereferral_percentage")


def test_meeting_needs_an_interval():
    lower, upper = pd.Series([1.0, 6.0, None]), pd.Series([5.4, 7.0, 9.0])
    found = changes.meets(lower, upper, (5.35, 5.45))
    assert found.tolist()[:2] == [True, False]
    assert pd.isna(found[2])
    assert changes.years_that_fit(
        pd.DataFrame({"year": [2014, 2015, 2016], "fit": found}), "fit"
    ) == [2014]
