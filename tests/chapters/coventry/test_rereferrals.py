"""Re-referrals: which changes fit the fall stated, and how many do anywhere."""

import pandas as pd
import pytest

from care_study.chapters.coventry import rereferrals
from care_study.chapters.coventry.changes import yearly_changes
from care_study.show.results import facts_of


def test_fit_is_the_meeting_of_interval_and_range(returning):
    assert returning.stated_fall.range == pytest.approx((5.35, 5.45))
    for row in returning.changes.to_dict("records"):
        assert row["points_fit"] == (-row["upper"] <= 5.45 and -row["lower"] >= 5.35)


def test_share_that_fell_counts_falls_of_at_least_as_much(made):
    moved = yearly_changes(
        made([[20, 14.6], [20, 14.7], [40, 37], [10, 12]]), [f"a{n}" for n in range(4)]
    )
    assert rereferrals.share_that_fell(moved["change"], 5.4) == 0.25
    assert rereferrals.share_that_fell(moved["relative"], 5.4) == 0.75


def test_share_that_fits_counts_intervals_that_meet_the_fall(made):
    moved = yearly_changes(made([[20, 15], [20, 24]]), ["a0", "a1"])
    assert rereferrals.share_that_fits(moved, (5.35, 5.45)) == 0.5
    assert rereferrals.share_that_fits(moved, (30, 31)) == 0


def test_largest_fall_is_placed_among_all(everyone):
    row = everyone.own.set_index("year").loc[everyone.largest_year]
    assert everyone.largest_change.estimate == everyone.own["change"].min()
    lower = (everyone.that_year["change"] < row["change"]).sum()
    assert row["fall_place"] == lower + 1
    assert everyone.largest_of == len(everyone.that_year)
    assert everyone.pairs == len(everyone.changes)


def test_facts_say_who_is_compared(everyone):
    formulas = {one.name: one.formula for one in facts_of(everyone)}
    assert "at least 100 referrals every year" in formulas["fell_points_all"]


def test_titles_follow_the_results():
    own = pd.DataFrame({"change": [-1.0, 2.0, 3.0]})
    assert rereferrals.changes_title(own, "X").endswith("fell in 1 and rose in 2 of 3 years")


def test_fall_title_says_change_where_nothing_fell(everyone):
    assert "largest fall" in rereferrals.fall_title(everyone, "Coventry")
    rise = rereferrals.Interval(0.5, 0.1, 0.9, 0.95, "any")
    moved = rereferrals.AmongAll(**{**vars(everyone), "largest_change": rise})
    assert "largest change, 0.5 points" in rereferrals.fall_title(moved, "X")
