"""Regression to the mean by simulation, and lasting changes that were put in."""

import pandas as pd
import pytest

from care_study.chapters.coventry import rereferrals
from care_study.chapters.coventry import return_to_the_middle as middle
from care_study.chapters.coventry.changes import yearly_changes


def sorted_changes(computed):
    changes = yearly_changes(computed, list(computed["area_id"].unique()))
    return changes.assign(fifth=middle.fifth_of_all(changes))


def test_return_to_the_middle_finds_the_share_that_noise_leaves(made_noisy):
    changes = sorted_changes(made_noisy(3, 3))
    kept = middle.share_kept(changes)
    # The slope is true variance / (true + noise variance).
    assert kept.lower < 0.5 < kept.upper
    fifths = middle.by_fifth(changes, 5.4).set_index("fifth")
    assert fifths.loc[5, "upper"] < 0 < fifths.loc[1, "lower"]
    assert fifths["change"].is_monotonic_decreasing
    assert fifths.loc[5, "fell"] > 0.5 > fifths.loc[1, "fell"]


def test_without_noise_nothing_returns(made_noisy):
    changes = sorted_changes(made_noisy(3, 1e-9))
    assert middle.share_kept(changes).estimate == pytest.approx(1)
    assert middle.by_fifth(changes, 5.4)["change"].abs().max() < 1e-6


def test_fifths_are_by_the_year_before(made):
    changes = sorted_changes(made([[value, 50] for value in (1, 2, 3, 4, 5)]))
    assert changes.set_index("area_id")["fifth"].to_dict() == {f"a{n}": n + 1 for n in range(5)}


def test_the_facts_of_the_highest_fifth_are_those_of_the_table(setting, returning, everyone):
    found = middle.return_to_the_middle(setting, returning, everyone)
    top = found.fifths.set_index("fifth").loc[5]
    assert (found.top_change.estimate, found.top_fell) == (top["change"], top["fell"])
    assert found.fell_points_top == top["fell_points"]


def test_years_that_fit_after_a_year_in_the_highest_fifth():
    said = middle.fit_after_top([2014, 2023], pd.Series([2023, 2024]))
    assert said.endswith("(2014 and 2023), 2023 followed a year in the highest fifth.")
    assert middle.fit_after_top([], pd.Series([2023])).startswith("No start year")


def test_lasting_change_that_was_put_in_is_found(made_noisy):
    computed = made_noisy(3, 0.5, areas=40)
    shifted = (computed["area_id"] == "a0") & (computed["year"] >= 2019)
    computed.loc[shifted, "value"] -= 8
    found = middle.lasting_changes(computed, "a0", list(computed["area_id"].unique()))
    table = found.set_index("year")
    assert table.loc[2019, "estimate"] == pytest.approx(-8, abs=1)
    assert table.loc[2019, "p_value"] == pytest.approx(1 / 40)
    assert table.loc[2019, "holm"] >= table.loc[2019, "p_value"]
    assert (table.index.min(), table.index.max()) == (2015, 2024)
    assert middle.lasting_sentence(found).startswith("Over 10 start years")


def test_lasting_change_needs_every_year_and_enough_of_them(made_noisy):
    computed = made_noisy(3, 0.5, areas=12)
    ids = list(computed["area_id"].unique())
    gap = computed[(computed["area_id"] != "a0") | (computed["year"] != 2018)]
    assert middle.lasting_changes(gap, "a0", ids).empty
    assert middle.lasting_changes(computed[computed["year"] < 2016], "a0", ids).empty


def test_area_with_a_gap_is_named(open_it, claims):
    setting = open_it("City of London")
    returning = rereferrals.rereferrals(setting, claims)
    found = middle.lasting(setting, rereferrals.among_all(setting, returning, 100))
    assert "City of London: its series has a gap" in found.reason
