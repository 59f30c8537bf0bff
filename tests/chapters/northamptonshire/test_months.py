"""Referrals by month: straight from the file, and set beside the claimed range."""

import pandas as pd
import pytest
from scipy import stats

from care_study import paths
from care_study.chapters.northamptonshire import months, protection, referrers
from care_study.indicators.months import MONTHS
from care_study.show.figure import FIGURE_MIME
from care_study.show.results import Absent
from care_study.show.table import TABLE_MIME

COUNTY = "928"


def cells(name, area=COUNTY):
    frame = pd.read_csv(paths.PUBLISHED / f"{name}.csv", dtype={"dfe_code": str})
    return frame[frame["dfe_code"] == area].set_index("year")


@pytest.fixture(scope="module")
def by_months(setting, claims):
    return months.months(setting, claims)


@pytest.fixture(scope="module")
def around(setting):
    return months.around_visit(setting, "2018-10")


def test_a_month_is_its_count_over_its_weeks(by_months):
    row = by_months.table[by_months.table["month"] == "2018-12-01"].iloc[0]
    referrals = float(cells("referrals_by_month").at[2019, "december"])
    assert row["value"] == pytest.approx(referrals / (31 / 7))
    assert row["lower"] == pytest.approx(stats.chi2.ppf(0.025, 2 * referrals) / 2 / (31 / 7))


def test_every_month_of_nine_years_is_there(by_months):
    assert (by_months.months_first, by_months.months_last) == ("April 2012", "March 2021")
    assert by_months.months_held == 108


def test_months_that_meet_the_range_are_named(by_months):
    low, high = by_months.low, by_months.high
    table = by_months.table
    met = table[(table["lower"] <= high) & (table["upper"] >= low)]
    assert len(met) == by_months.months_which.count("20")
    assert by_months.months_above == (table["lower"] > high).sum()
    assert len(met) + by_months.months_above == by_months.months_held


def test_chart_says_in_how_many_months(setting, by_months):
    drawn = months.by_month(setting, by_months, "2018-10").bundle[FIGURE_MIME]
    assert drawn["title"].startswith(f"In {by_months.months_above} of 108 months")
    assert "visit" in drawn["wide"]


def test_twelve_months_on_either_side_without_the_month_of_the_visit(around):
    table = cells("referrals_by_month")[list(MONTHS)].astype(float)
    second = ["november", "december", "january", "february", "march"]
    first = ["april", "may", "june", "july", "august", "september"]
    before = table.loc[2018, ["october", *second]].sum() + table.loc[2019, first].sum()
    after = table.loc[2019, second].sum() + table.loc[2020, [*first, "october"]].sum()
    assert around.around_before == pytest.approx(before / (365 / 7))
    assert around.around_after == pytest.approx(after / (365 / 7))
    assert around.around_change == pytest.approx((after / before - 1) * 100)
    assert 1 <= around.around_rank <= around.around_of <= 153


def test_months_beyond_those_published_are_named(setting):
    found = months.around_visit(setting, "2024-01")
    assert isinstance(found, Absent) and "January 2024" in found.reason


def test_area_without_months_is_named(area, claims):
    found = months.months(area("Cumberland"), claims)
    assert isinstance(found, Absent) and "Cumberland" in found.reason


def test_who_refers_is_a_share_of_all(setting):
    found = referrers.made_by(setting, 2019)
    row = cells("referrals_by_source").loc[2019]
    assert found.police_then == pytest.approx(float(row["police"]) / float(row["referrals"]) * 100)
    assert found.table["share_then"].sum() == pytest.approx(100, abs=1)
    shown = referrers.made_by_table(setting, found).bundle[TABLE_MIME]
    assert len(shown["rows"]) == len(referrers.MADE_BY)
    assert isinstance(referrers.made_by(setting, 2024), Absent)


def test_outcomes_of_the_years_that_are_possible(setting, area):
    found = protection.through_the_years(setting, (2014, 2021))
    assert list(found.table["year"]) == list(range(2014, 2022))
    row = found.table.set_index("year").loc[2017]
    plans = cells("child_protection_plans").loc[2017]
    share = float(plans["second_or_subsequent"]) / float(plans["plans_started"]) * 100
    assert row["second_plan_percentage"] == pytest.approx(share)
    assert protection.years_table(setting, found).bundle[TABLE_MIME]["rows"]
    assert isinstance(protection.through_the_years(area("Cumberland"), (2014, 2021)), Absent)
