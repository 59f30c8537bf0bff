"""Throughput: Little's law for the stated team, and the official flow beside it."""

import pandas as pd
import pytest

from care_study.chapters.coventry import throughput
from care_study.show.results import facts_of
from care_study.words import ten_digits


@pytest.fixture(scope="module")
def found(setting, claims):
    return throughput.throughput(setting, claims, [10, 30], [6, 12], 9)


def test_little_law_for_the_stated_team(found):
    row = throughput.throughput_table(20, [30], [24], 9).iloc[0]
    assert (row["open_cases"], row["weeks_open"], row["times_limit"]) == (720, 36, 4)
    assert row["each_week"] == pytest.approx(2 / 3)
    assert (found.stated_weeks, found.times_limit, found.within_limit) == (36, 4, 6)
    assert found.practitioners_needed == pytest.approx(20 * 9 / 24)


def test_a_limit_that_the_document_states_stays_a_limit(found):
    texts = {one.name: one.text for one in facts_of(found)}
    assert texts["stated_practitioners"] == "at most 30 practitioners"


def test_settings_are_not_cited_as_claims(found):
    sources = {one.name: one.sources for one in facts_of(found)}
    assert sources["limit_weeks"] == ("settings_of_the_study",)
    assert sources["stated_week"] == ("claims",)


def test_title_says_up_to_which_caseload_the_limit_holds():
    rows = throughput.throughput_table(20, [30], [6, 12], 9)
    assert "only up to 6 open cases" in throughput.weeks_title(rows, 20, 9)
    assert "no caseload shown" in throughput.weeks_title(rows.tail(1), 20, 9)


def test_the_services_weekly_flow(published, found):
    need = published["children_in_need"].query("area_name == 'Coventry'").set_index("year")
    flow = found.flow.set_index("year")
    assert flow.loc[2016, "ended"] == pytest.approx(need.loc[2016, "episodes_ended"] / (366 / 7))
    assert flow.loc[2016, "of_ended"] == pytest.approx(20 / flow.loc[2016, "ended"])


def test_flow_has_both_ends_as_facts(setting, found):
    flow = throughput.official_flow(setting, found)
    values = {one.name: one.value for one in facts_of(flow)}
    assert values["ended_low"] == ten_digits(found.flow["ended"].min())
    assert values["of_referrals_high"] == ten_digits(found.flow["of_referrals"].max())


def test_whole_service_is_said_as_it_is():
    flow = pd.DataFrame({"of_ended": [0.2, 1.5]})
    assert "cannot" in throughput.whole_service(flow.head(1))
    assert throughput.whole_service(flow) == "no more than that in 1 of 2 years"
