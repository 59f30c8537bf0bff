"""Referrals a week: by hand, beside the claimed range, and where figures are missing."""

import pandas as pd
import pytest
from scipy import stats

from care_study.chapters.northamptonshire import demand
from care_study.show.results import Absent, facts_of


@pytest.fixture(scope="module")
def table(setting):
    return demand.referrals(setting)


def of(table, year):
    return table[table["year"] == year].iloc[0]


def test_weekly_referrals_of_2018_by_hand(table):
    row = of(table, 2018)
    assert row["all_week"] == pytest.approx(11216 / (365 / 7))
    assert row["net_week"] == pytest.approx((11216 - 5740) / (365 / 7))
    assert row["nfa"] == pytest.approx(100 * 5740 / 11216)


def test_interval_of_what_is_left_is_exact_poisson(visited):
    found = visited.net_week["then"]
    lower = stats.chi2.ppf(0.025, 2 * 5882) / 2 / (365 / 7)
    upper = stats.chi2.ppf(0.975, 2 * 5883) / 2 / (365 / 7)
    assert (found.lower, found.upper) == pytest.approx((lower, upper))
    facts = {fact.name: fact for fact in facts_of(visited)}
    assert facts["net_week_then"].method == "exact Poisson, 95%"
    assert facts["nfa_then"].method == "Wilson, 95%"


def test_splice_of_2021_sums_both_successors_and_is_marked(table, setting):
    row = of(table, 2022)
    assert row["referrals"] == 7024 + 7234
    assert row["splice"] == "sum of 940 and 941"
    assert demand.splice_breaks(setting) == [(2021.5, "sum of successors")]


def test_only_one_possible_year_comes_near_the_claimed_range(setting, claims):
    found = demand.demand(setting, claims, (2014, 2021))
    assert len(found.weekly) == 16
    near = found.weekly[found.weekly["place"].isin(["within", "touches"])]
    assert list(zip(near["year"], near["reading"], strict=True)) == [(2019, demand.NET)]
    assert set(found.weekly.loc[found.weekly["reading"] == demand.ALL, "place"]) == {"above"}
    assert found.survivors == "2019 (less those with no further action)"


def test_a_year_is_placed_by_value_then_by_interval(claims):
    rows = [(2014, 130, 128, 132), (2015, 113, 110, 116), (2016, 90, 88, 92), (2017, 200, 190, 210)]
    table = pd.DataFrame(
        [
            {"year": year, f"{column}{end}": number}
            for year, *numbers in rows
            for column in ("all_week", "net_week")
            for end, number in zip(("", "_lower", "_upper"), numbers, strict=True)
        ]
    )
    table = table.groupby("year", as_index=False).first()
    found = demand.weeks_like(table, claims["nn-referrals-per-week"], (2014, 2017))
    # The claim is 120 to 140, give or take five.
    assert list(found["place"][::2]) == ["within", "touches", "below", "above"]
    assert demand.survivors(found[found["place"] == "above"]) == "no year"


def test_ratio_is_to_the_middle_of_the_range(visited, table):
    assert visited.ratio == pytest.approx(of(table, 2019)["all_week"] / 130)


def test_changes_are_said_with_their_direction():
    then = pd.Series({"year": 2019, "all_week": 200.0, "net_week": 100.0})
    latest = pd.Series({"year": 2025, "all_week": 150.0, "net_week": 160.0})
    said = "from 2019 to 2025 referrals fell by 25% and those that went further rose by 60%"
    assert demand.moved(then, latest) == said
    assert demand.moved(then, then) == "2019 is the latest year"


def test_a_year_without_figure_is_left_out_with_its_reason(claims, area):
    found = demand.visited(area("North Northamptonshire"), claims, 2019)
    assert isinstance(found, Absent)
    assert "North Northamptonshire has no figure for referrals a week in 2019" in found.reason
    london = demand.visited(area("City of London"), claims, 2019)
    assert "suppressed to protect confidentiality" in london.reason


def test_all_referrals_are_not_reproduced_in_any_year(verdicts):
    readings = verdicts["nn-referrals-per-week"].readings
    whole = [one for one in readings if one.id.startswith("all-referrals/")]
    assert {one.outcome for one in whole} == {"contradicted"}
    assert [one.id.rpartition("/")[2] for one in whole] == [str(y) for y in range(2014, 2020)]


def test_chart_says_in_how_many_years_the_range_is_met(setting, claims):
    shown = demand.referrals_a_week(setting, demand.demand(setting, claims, (2014, 2021)))
    content = shown.bundle["application/vnd.care-study.figure+json"]
    assert "more than 140 referrals a week in 13 of 13 years" in content["title"]
