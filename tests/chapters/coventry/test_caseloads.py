"""Caseloads: the fall by hand, what rounding and chance leave open, and room for a team."""

from dataclasses import replace

import pandas as pd
import pytest

from care_study.chapters.coventry import caseloads
from care_study.statistics.intervals import proportion


@pytest.fixture(scope="module")
def stated(claims):
    return claims["cov-caseload-before"], claims["cov-caseload-after"]


@pytest.fixture(scope="module")
def official(setting, claims):
    return caseloads.official(setting, claims, 10)


def test_fall_in_the_mean_and_what_rounding_allows(claims):
    found = caseloads.means(claims, [10])
    assert found.fall.estimate == pytest.approx(100 * 10 / 34)
    assert found.fall.lower == pytest.approx(100 * 9 / 33.5)
    assert found.fall.upper == pytest.approx(100 * 11 / 34.5)
    assert found.stated_before.text == "34 cases per social worker"


def test_chance_widens_the_fall_by_the_score_interval_at_the_end_of_the_rounding(stated):
    row = caseloads.caseload_fall(*stated, [10]).iloc[0]
    # 245 of 580 cases are after, given 24.5 and 33.5 cases for each of ten workers.
    upper = float(proportion(245, 580).upper)
    assert row["lower"] == pytest.approx(100 * (1 - upper / (1 - upper)))


def test_more_workers_leave_less_to_chance(stated):
    table = caseloads.caseload_fall(*stated, [10, 60, 10_000_000])
    assert (table["lower"].diff().dropna() > 0).all()
    assert table.iloc[-1]["lower"] == pytest.approx(table.iloc[-1]["rounded_lower"], abs=0.1)


def test_fewest_and_most_workers_are_named_whatever_the_order(claims):
    found = caseloads.means(claims, [60, 10, 30])
    assert (found.few_workers, found.many_workers) == (10, 60)
    assert found.fall_few.lower < found.fall_many.lower


@pytest.mark.parametrize(("added", "expected"), [(0, 29.41176), (30, -5.88235)])
def test_fall_of_all_cases_depends_on_the_workers_added(stated, added, expected):
    found = caseloads.rounded_fall(*stated, growth=(60 + added) / 60)
    assert found.estimate == pytest.approx(expected, abs=1e-4)
    assert found.lower < found.estimate < found.upper


def own_cases(cases, workers):
    return pd.DataFrame(
        {"year": [2017], "numerator": [cases], "denominator": [workers], "value": cases / workers}
    )


def test_workers_who_could_hold_more_if_all_others_hold_ten():
    row = caseloads.room_for_a_team(own_cases(3014.0, 179.3), 34, 10).iloc[0]
    assert row["room"] == pytest.approx((3014 - 1793) / 24)
    # They and the others hold all the cases there are.
    assert 34 * row["room"] + 10 * (179.3 - row["room"]) == pytest.approx(3014)


@pytest.mark.parametrize(("cases", "expected"), [(900.0, 0.0), (9000.0, 100.0)])
def test_room_is_never_negative_nor_more_than_all(cases, expected):
    assert caseloads.room_for_a_team(own_cases(cases, 100.0), 34, 10).iloc[0]["room"] == expected


def test_others_must_hold_fewer_cases():
    with pytest.raises(ValueError, match="Expected fewer for the others"):
        caseloads.room_for_a_team(own_cases(900.0, 100.0), 34, 34)


def test_highest_caseload_anywhere_is_at_least_the_areas_own(setting, claims, official):
    found = caseloads.anywhere(setting, claims, 100)
    assert found.highest >= official.cases_highest
    assert 0 < found.reached < found.of


def test_title_says_whether_the_stated_caseload_was_reached(setting, claims, official):
    stated = caseloads.means(claims, [10])
    below = caseloads.caseload_series(setting, stated, official)
    above = caseloads.caseload_series(setting, stated, replace(official, cases_highest=36.0))
    titles = [one.bundle["text/plain"] for one in (below, above)]
    assert "never as high as the document's 34: its highest was 17.0" in titles[0]
    assert "at its highest at least the document's 34: its highest was 36.0" in titles[1]
