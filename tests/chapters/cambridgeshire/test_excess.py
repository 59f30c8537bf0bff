"""How many there would be at the neighbours' rate: every choice, by hand, and what is said."""

from dataclasses import replace
from statistics import mean

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.cambridgeshire import excess
from care_study.show.figure import FIGURE_MIME
from care_study.show.results import Absent, facts_of
from care_study.statistics.comparison import prediction_test
from care_study.statistics.intervals import Interval
from care_study.words import ten_digits

from .material import AREA, MINUS, YEAR, children, held_rate, neighbours, per_10_000, reading


def test_number_expected_at_the_neighbours_rate(judged):
    found = judged["cam-care-expected"]
    assert (found.outcome, len(found.readings)) == ("not contradicted", 8)
    for model in ("2021", "2025"):
        rate = mean(held_rate(name) for name in neighbours(model=model))
        case = reading(found, f"neighbours-{model}-mean/looked-after-rate/2018")
        assert case.value == pytest.approx(rate * children(AREA, YEAR) / 10_000)
        assert case.same_measure
    without = reading(found, "neighbours-2021-mean/looked-after-rate-without-unaccompanied/2018")
    rate = mean(
        held_rate(name) - per_10_000("unaccompanied_31_march", name, YEAR) for name in neighbours()
    )
    assert without.value == pytest.approx(rate * children(AREA, YEAR) / 10_000)
    assert not without.same_measure


def test_facts_are_those_of_the_chosen_list_and_the_ends_of_all(comparison):
    facts = {fact.name: fact for fact in facts_of(comparison)}
    implied = mean(map(held_rate, neighbours())) * children(AREA, YEAR) / 10_000
    assert facts["implied"].value == pytest.approx(implied)
    assert facts["excess"].value == pytest.approx(700 - implied)
    assert facts["implied"].method == "t on 9 degrees of freedom, 95%"
    assert facts["claimed_expected"].sources == ("claims",)
    estimates = excess.choices_table(comparison.every)["excess"]
    assert facts["excess_lowest"].value == ten_digits(estimates.min())
    assert facts["excess_highest"].value == ten_digits(estimates.max())
    assert (facts["choices"].value, facts["choices_clear"].value) == (8, 0)


def test_table_of_choices_gives_the_rate_that_implies_the_count(comparison):
    row = excess.choices_table(comparison.every).iloc[0]
    assert (row["counted"], row["list"], row["statistic"], row["n"]) == (
        *("all children looked after", "2021", "mean"),
        10,
    )
    assert row["rate"] == pytest.approx(mean(map(held_rate, neighbours())))
    assert row["excess"] == pytest.approx(row["observed"] - row["implied"])
    assert row["underlying_lower"] < row["excess_lower"]


def test_each_neighbour_left_out_by_hand(left_out):
    found = left_out.table.set_index("left_out")
    assert found.index[0] == "nobody"
    assert sorted(found.index[1:]) == sorted(neighbours())
    rates = {name: held_rate(name) for name in neighbours()}
    for gone in neighbours():
        kept = mean(rate for name, rate in rates.items() if name != gone)
        implied = kept * children(AREA, YEAR) / 10_000
        assert found.loc[gone, "excess"] == pytest.approx(700 - implied)
    assert not found.loc["nobody", "flips"]
    assert left_out.left_out_lowest == found["excess"].iloc[1:].min()
    assert left_out.left_out_highest == found["excess"].iloc[1:].max()


def test_conclusion_that_changes_is_flagged():
    rates = pd.Series({"B": 10.0, "C": 11.0, "D": 10.5, "E": 90.0})
    found = excess.leave_one_out(400.0, 100_000.0, rates, "mean").set_index("left_out")
    assert found.loc["nobody", "conclusion"] == "not distinguishable"
    assert list(found.index[found["flips"]]) == ["E"]


def test_place_among_the_neighbours_is_a_prediction_interval(left_out):
    values = [held_rate(name) for name in neighbours()]
    half = stats.t.ppf(0.975, 9) * np.std(values, ddof=1) * np.sqrt(1.1)
    assert left_out.prediction == (
        f"the rate lies within the range from {mean(values) - half:.1f} to "
        f"{mean(values) + half:.1f} per 10,000 that would hold most authorities like these"
    )
    t = (held_rate(AREA) - mean(values)) / (np.std(values, ddof=1) * np.sqrt(1.1))
    assert left_out.prediction_p == pytest.approx(2 * stats.t.sf(abs(t), 9))


def test_inside_and_outside_the_range_of_the_neighbours():
    test = prediction_test(50.0, [40.0, 50.0, 60.0])
    assert "lies within the range" in excess.place(test)
    for area in (test.lower - 1, test.upper + 1):
        assert "lies outside the range" in excess.place(replace(test, area=area))


@pytest.mark.parametrize(
    ("estimates", "expected"),
    [
        ([34.2, 47, 112], "A has 34 to 112 more children in care than at its neighbours' rate"),
        ([-12.0, -30], "A has 12 to 30 fewer children in care than at its neighbours' rate"),
        ([5.0, 9, -1], "under 2 of 3 choices, and fewer under 1"),
        ([7.0], "under the one choice"),
    ],
)
def test_title_says_the_side_and_how_far(estimates, expected):
    assert expected in excess.title("A", estimates)


def test_every_neighbour_left_out_is_drawn(setting, left_out):
    drawn = excess.each_left_out(setting, left_out).bundle[FIGURE_MIME]
    assert len(drawn["table"]["rows"]) == 11
    assert drawn["title"].startswith("Whichever neighbour is left out, Cambridgeshire has")


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((47.1, 5, 90), "47 fewer than there were, and the interval excludes no difference"),
        ((-47.1, -90, -5), "47 more than there were, and the interval excludes no difference"),
        (
            (47.1, -5, 90),
            "47 fewer than there were, but the interval includes no difference at all",
        ),
        (
            (47.1, np.nan, np.nan),
            "47 fewer than there were, and too few neighbours have a figure for an interval",
        ),
    ],
)
def test_sentence_of_the_excess(ends, expected):
    assert excess.in_words(Interval(*ends, 0.95, "t")) == expected


def test_chart_shows_every_choice_and_says_the_ends(setting, comparison):
    figure = excess.excess_by_choice(setting, comparison).bundle[FIGURE_MIME]
    assert len(figure["table"]["rows"]) == 8
    assert "between 34 and 112 children" in figure["alt"]
    below = replace(comparison, excess_lowest=-3.2)
    assert f"between {MINUS}3 and" in excess.alternative(AREA, below)


def test_country_without_neighbours_is_named(claims):
    england = open_setting(paths.PUBLISHED, "England", neighbours_needed=False)
    found = excess.comparison(england, claims, YEAR)
    assert isinstance(found, Absent)
    assert found.reason.startswith("No neighbour of England has a figure for children looked after")


def test_neighbour_left_out():
    table = pd.DataFrame({"left_out": ["nobody", "B", "C"], "flips": [False, True, True]})
    assert excess.flips(table) == "the conclusion changes when B or C is left out"
    same = table.assign(flips=False)
    assert excess.flips(same) == "the conclusion stays the same whichever is left out"
