"""Vacancies by the size of the group: chances by hand, and the two claims about resilience."""

import pytest

from care_study.chapters.comparison import resilience
from care_study.show.results import Absent, facts_of


def test_share_lost_with_one_worker_by_hand(claims):
    facts = {fact.name: fact for fact in facts_of(resilience.lost(claims))}
    assert facts["unit_lost"].text == "25%"
    # One of ten, and one of seven.
    assert facts["team_lost"].interval == "12% (10% to 14%)"
    assert set(facts) == {"unit_lost", "team_lost"}


def test_same_rate_costs_the_same_on_average_but_more_evenly():
    table = resilience.chance_of_a_quarter_lost({"small": 4, "large": 8}, 0.1)
    assert table["average"].tolist() == [0.1, 0.1]
    assert table.loc[0, "quarter"] == pytest.approx(1 - 0.9**4)
    # a quarter of eight posts is two
    assert table.loc[1, "quarter"] == pytest.approx(1 - 0.9**8 - 8 * 0.1 * 0.9**7)
    assert table.loc[0, "none"] == pytest.approx(0.9**4)
    assert table.loc[0, "spread"] == pytest.approx(0.15)


def test_impossible_vacancy_rate_is_refused():
    with pytest.raises(ValueError, match="vacancy rate is 13"):
        resilience.chance_of_a_quarter_lost({"unit": 4}, 13)


def test_vacancy_rate_is_that_of_the_area_and_year(settings, claims, published):
    found = resilience.evenness(settings, claims, "Cambridgeshire", 2018)
    rows = published["workforce"].query("area_id == '873' and year == 2018")
    assert found.vacancy_rate == rows["vacancy_rate"].iloc[0]
    assert found.quarter_unit == pytest.approx(1 - (1 - found.vacancy_rate / 100) ** 4)


def test_year_without_a_rate_gives_the_reason_and_the_verdicts_stand(settings, claims, judged):
    absent = resilience.evenness(settings, claims, "Cambridgeshire", 1999)
    assert isinstance(absent, Absent)
    assert absent.reason.startswith("Cambridgeshire has no figure for") and "1999" in absent.reason
    assert resilience.evenness_table(absent) is absent
    assert judged["cam-team-resilience"].outcome == "not contradicted"


def test_a_unit_loses_more_than_any_team(judged):
    found = judged["cam-units-fragile"]
    assert (found.outcome, found.readings[0].value) == ("not contradicted", 25)
    missing, same_rate = judged["cam-team-resilience"].readings
    assert missing.value == pytest.approx(100 * (2 / 17 - 1 / 4))
    assert (missing.lower, missing.upper) == pytest.approx((10 - 25, 100 / 7 - 25))
    assert same_rate.value == 0
