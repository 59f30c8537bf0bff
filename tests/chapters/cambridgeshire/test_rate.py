"""The rate against similar authorities: numbers from the files, titles, and the judges."""

from dataclasses import replace
from statistics import mean, median

import pandas as pd
import pytest

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.cambridgeshire import rate
from care_study.chapters.shared import against_neighbours, in_year
from care_study.show.figure import FIGURE_MIME
from care_study.show.results import Absent, facts_of
from care_study.show.table import TABLE_MIME
from care_study.unavailable import Unavailable

from .material import AREA, cells, figure, held_rate, neighbours, reading, t_margin, values_of


def test_three_years_with_their_intervals_and_neighbours(rates):
    for name, at in (("first", 2013), ("then", 2018), ("latest", 2025)):
        found = rates.standing[name]
        others = [held_rate(other, at) for other in neighbours()]
        assert found.year == at
        assert found.count == figure("children_looked_after", "looked_after_31_march", AREA, at)
        assert found.rate.estimate == pytest.approx(held_rate(AREA, at))
        assert found.comparator.estimate == pytest.approx(mean(others))
        assert found.comparator.upper == pytest.approx(mean(others) + t_margin(others))


def test_facts_name_the_year_and_bring_their_methods(rates):
    facts = {fact.name: fact for fact in facts_of(rates)}
    assert facts["comparator_then"].method == "t on 9 degrees of freedom, 95%"
    assert facts["rate_then"].method == "exact Poisson, 95%"
    assert facts["claimed_count"].text == "700 children"
    assert facts["neighbours_latest"].text == "10 neighbours"


def test_degrees_of_freedom_are_those_of_the_neighbours_with_a_figure(claims):
    # Of the ten neighbours of Swindon in the list of 2021, seven have figures in 2018.
    swindon = open_setting(paths.PUBLISHED, "Swindon")
    found = rate.rate(swindon, claims, 2018).standing["then"]
    published = cells("children_looked_after").index
    known = [name for name in neighbours("Swindon") if (name, "2018") in published]
    assert found.neighbours == len(known) < 10
    assert found.comparator.method == f"t on {len(known) - 1} degrees of freedom"


def test_median_is_compared_where_it_is_chosen(claims):
    by_median = open_setting(paths.PUBLISHED, AREA, statistic="median")
    then = rate.rate(by_median, claims, 2018).standing["then"]
    assert then.comparator.estimate == pytest.approx(median(map(held_rate, neighbours())))
    assert then.comparator.method.startswith("order statistics")
    title = rate.rate_series(by_median, (2018.5, "reform")).bundle[FIGURE_MIME]["title"]
    assert "its neighbours' median" in title


def test_area_without_the_reports_year_leaves_the_section_out_but_not_its_chart(claims):
    dorset = open_setting(paths.PUBLISHED, "Dorset")
    found = rate.rate(dorset, claims, 2018)
    assert isinstance(found, Absent)
    assert found.reason.startswith("Dorset has no figure for children looked after in 2018")
    drawn = rate.rate_series(dorset, (2018.5, "reform")).bundle[FIGURE_MIME]
    assert drawn["title"].startswith("Dorset's rate was")


def test_marks_lie_within_the_years_drawn():
    late = open_setting(paths.PUBLISHED, AREA, first_year=2019)
    drawn = rate.rate_series(late, (2018.5, "reform")).bundle[FIGURE_MIME]
    assert "Covid-19" in drawn["wide"]
    assert ">reform<" not in drawn["wide"] and "revised" not in drawn["wide"]


def test_row_of_a_year_says_what_is_missing_and_why(setting):
    started = setting.indicator("looked_after_started_rate")
    own = started[started["area_id"] == setting.area_id]
    with pytest.raises(Unavailable, match="Cambridgeshire has no figure for children starting to"):
        in_year(own, 2012)
    with pytest.raises(Unavailable, match="This area has no figure for this value in 2012: there"):
        in_year(own.head(0), 2012)


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        ([1, 2, 3], "A's rate was above its neighbours' mean in every year"),
        ([-1, -2, -3], "A's rate was below its neighbours' mean in every year"),
        ([-1, 2, 3], "above its neighbours' mean from 2014 to 2015, and below in the other years"),
        ([-1, 2, -3], "above its neighbours' mean in 2014, and below in the other years"),
        ([1, -2, 3], "above its neighbours' mean in 2 of 3 years"),
    ],
)
def test_title(gaps, expected):
    compared = pd.DataFrame({"year": [2013, 2014, 2015], "mean_gap": gaps})
    assert rate.title(compared, "A", "mean").endswith(expected)


def test_title_of_kents_rate_follows_the_files():
    compared = against_neighbours(open_setting(paths.PUBLISHED, "Kent"), rate.RATE)
    published = set(cells("children_looked_after").index)

    def gap(year):
        # One neighbour, West Northamptonshire, has no figures before 2022.
        others = [name for name in neighbours("Kent") if (name, str(year)) in published]
        assert len(others) == (10 if year >= 2022 else 9)
        return held_rate("Kent", year) - mean(held_rate(name, year) for name in others)

    gaps = {year: gap(year) for year in range(2013, 2026)}
    assert list(compared["mean_gap"]) == pytest.approx(list(gaps.values()))
    above = [year for year, value in gaps.items() if value > 0]
    assert f"from {above[0]} to {above[-1]}, and below" in rate.title(compared, "Kent", "mean")


def test_alternative_text_gives_the_ends():
    compared = pd.DataFrame(
        {"year": [2013, 2025], "value": [35.9, 1250.04], "mean": [40.0, 60.0], "median": [1.0, 2.0]}
    )
    assert rate.first_to_last("A goes", compared, "mean") == (
        "A goes from 35.9 in 2013 to 1,250.0 in 2025; its neighbours' mean from 40.0 to 60.0."
    )
    assert rate.first_to_last("A goes", compared, "median").endswith("median from 1.0 to 2.0.")


def test_table_has_every_year_and_names_neighbours_without_a_figure():
    kent = rate.rate_by_year(open_setting(paths.PUBLISHED, "Kent")).bundle[TABLE_MIME]
    assert [row[0] for row in kent["rows"]] == list(range(2013, 2026))
    assert kent["rows"][0][-2:] == [9, "West Northamptonshire"]


# The judges


def test_count_in_care_on_either_day(judged):
    expected = {
        f"level/{year}": figure("children_looked_after", "looked_after_31_march", AREA, year)
        for year in (2017, 2018)
    }
    found = judged["cam-care-number"]
    assert values_of(found) == expected
    assert (found.outcome, judged["cam-care-rise"].outcome) == ("reproduced", "reproduced")
    assert reading(found, "level/2018").survives
    assert not reading(found, "level/2017").survives


def test_gap_to_each_list_by_hand(judged):
    found = judged["cam-care-above-neighbours"]
    for model in ("2021", "2025"):
        others = [held_rate(name) for name in neighbours(model=model)]
        by_mean = reading(found, f"neighbours-{model}-mean/2018")
        assert by_mean.value == pytest.approx(held_rate(AREA) - mean(others))
        by_median = reading(found, f"neighbours-{model}-median/2018")
        assert by_median.value == pytest.approx(held_rate(AREA) - median(others))


def test_rise_since_the_first_year(judged):
    found = judged["cam-care-rise"]
    assert reading(found, "count/2018").value == 700 - 463
    rise = held_rate(AREA, 2018) - held_rate(AREA, 2013)
    by_rate = reading(found, "rate/2018")
    assert by_rate.value == pytest.approx(rise)
    assert by_rate.lower < rise < by_rate.upper


def test_numbers_peaked_a_year_later_and_fell_below_in_2021(judged):
    counts = {
        year: figure("children_looked_after", "looked_after_31_march", AREA, year)
        for year in range(2018, 2026)
    }
    peak = max(counts, key=counts.get)
    first_below = min(year for year, count in counts.items() if count < counts[2018])
    label = judged["cam-reduction-slow"].readings[0].label
    assert f"highest in {peak} ({counts[peak]:,.0f}), first below it in {first_below}" in label
    assert judged["cam-reduction-slow"].outcome == "not contradicted"


@pytest.mark.parametrize(
    ("counts", "ending", "verdict"),
    [
        ([700, 690, 640], "first below it in 2019", "contradicted"),
        ([700, 1730, 720], "highest in 2019 (1,730), not below it since", "not contradicted"),
    ],
)
def test_reduction_that_is_not_slow(rates, claims, counts, ending, verdict):
    own = pd.DataFrame({"year": [2018, 2019, 2020], "numerator": counts})
    found = rate.judge_slow(replace(rates, own=own), claims["cam-reduction-slow"])
    assert found.readings[0].label.endswith(ending)
    assert found.outcome == verdict
