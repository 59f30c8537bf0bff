"""Ages, reviews and time limits: what the report's own numbers decide."""

from dataclasses import replace

import pytest

from care_study.chapters.cambridgeshire import rules
from care_study.show.results import facts_of


def test_facts_are_the_claims_and_what_follows(stated):
    facts = {fact.name: fact.text for fact in facts_of(stated)}
    assert facts == {
        "unit_ages": "at most 14 years of age",
        "service_ages": "14 to 25 years of age",
        "reviews_stated": "3 reviews",
        "reviews_listed": "3",
        "assessment_limit": "at most 45 days",
        "assessment_calendar_days": "65 days",
    }


def test_limit_counts_working_days(stated):
    # Five days of seven are working days, less eight bank holidays a year.
    working_share = 5 / 7 - 8 / 365.25
    assert stated.assessment_limit.limit == 45
    assert stated.assessment_calendar_days == pytest.approx(45 / working_share)


def test_service_begins_where_the_units_end(judged):
    limit = judged["cam-unit-age-limit"]
    assert [one.survives for one in limit.readings] == [False, True]
    assert (limit.outcome, judged["cam-service-ages"].outcome) == (
        "not contradicted",
        "not contradicted",
    )


def test_ages_that_leave_a_gap(stated, claims):
    other = replace(stated, service_ages=replace(stated.service_ages, low=15.0))
    limit = rules.judge_unit_ages(other, claims["cam-unit-age-limit"])
    assert {one.id: one.survives for one in limit.readings} == {
        "up-to-and-including": True,
        "under": False,
    }
    found = rules.judge_service_ages(other, claims["cam-service-ages"])
    assert found.outcome == "contradicted"


def test_two_reviews_are_not_three(claims, judged):
    assert judged["cam-three-reviews"].outcome == "reproduced"
    fewer = {name: claim for name, claim in claims.items() if "peer-review" not in name}
    found = rules.judge_reviews(rules.rules(fewer), claims["cam-three-reviews"])
    assert (found.readings[0].value, found.outcome) == (2, "contradicted")
