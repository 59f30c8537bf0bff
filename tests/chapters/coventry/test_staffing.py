"""Staffing and demand: vacancies beside the comparators, referrals beside the year before's."""

import math

import pandas as pd
import pytest

from care_study.chapters.coventry import staffing
from care_study.show.results import Absent, facts_of


@pytest.fixture(scope="module")
def found(setting):
    return staffing.staffing(setting)


def test_vacant_posts_are_a_share_of_posts_not_of_workers():
    posts = staffing.vacant_posts(pd.Series([80.0, 80.0]), pd.Series([20.0, 100.0]))
    assert posts[0] == pytest.approx(20)
    assert math.isnan(posts[1])


def test_a_year_above_all_is_above_england_and_both_means(setting, found):
    vacancy = setting.indicator("vacancy_rate")
    row = found.vacancies_by_year.iloc[0]
    for model, listed in setting.neighbours.items():
        ids = listed["area_id"]
        values = vacancy[vacancy["area_id"].isin(ids) & (vacancy["year"] == row["year"])]["value"]
        assert row[f"vacancy_mean_{model}"] == pytest.approx(values.mean())
    others = ["vacancy_england", "vacancy_mean_2021", "vacancy_mean_2025"]
    for row in found.vacancies_by_year.to_dict("records"):
        assert row["above_all"] == all(row["vacancy_rate"] > row[name] for name in others)


def test_years_of_growth_are_those_of_more_referrals_than_chance(published, setting, found):
    counts = published["referrals"].query("area_name == 'Coventry'").set_index("year")["referrals"]
    # Of two Poisson counts, the difference is some 1.96 of its standard deviations at the least.
    clear = [
        year
        for year in range(2014, 2026)
        if counts[year] - counts[year - 1] > 1.96 * (counts[year] + counts[year - 1]) ** 0.5
    ]
    assert staffing.years_of_growth(setting) == clear
    assert found.demand_years.startswith(str(clear[0]))


def test_posts_that_cannot_be_worked_out_are_said_to_be_unknown(found):
    unknown = staffing.Staffing(**{**vars(found), "vacancies": math.nan})
    texts = {one.name: one.text for one in facts_of(unknown)}
    assert texts["vacancies"] == "an unknown number of posts"


def test_area_without_a_workforce_of_its_own_says_so(open_it):
    found = staffing.staffing(open_it("North Northamptonshire"))
    assert found == Absent("staffing", "North Northamptonshire has no vacancy rate in these years.")
