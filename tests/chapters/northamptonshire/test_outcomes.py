"""Outcomes of the assessments: Goodman's intervals, allowed totals, the official flow."""

from dataclasses import replace

import pytest
from scipy import stats

from care_study.chapters.northamptonshire import outcomes
from care_study.claims import Register
from care_study.show.results import Absent, facts_of


@pytest.fixture(scope="module")
def found(claims):
    return outcomes.outcomes(claims)


def test_outcomes_leave_eleven_and_have_goodman_intervals(found):
    assert [one.count for one in found.outcome.values()] == [964, 254, 355, 118, 11]
    assert sum(one.share.estimate for one in found.outcome.values()) == pytest.approx(1)
    chi2, n, x = stats.chi2.ppf(1 - 0.05 / 5, 1), 1702, 964
    half = (chi2 * (chi2 + 4 * x * (n - x) / n)) ** 0.5
    ends = [(chi2 + 2 * x + sign * half) / (2 * (n + chi2)) for sign in (-1, 1)]
    closed = found.outcome["closed"].share
    assert [closed.lower, closed.upper] == pytest.approx(ends)


def test_closed_or_stepped_down_are_one_of_four_categories(found):
    chi2, n, x = stats.chi2.ppf(1 - 0.05 / 4, 1), 1702, 964 + 254
    half = (chi2 * (chi2 + 4 * x * (n - x) / n)) ** 0.5
    assert found.both_share.estimate == pytest.approx(100 * x / n)
    assert found.both_share.lower == pytest.approx(100 * (chi2 + 2 * x - half) / (2 * (n + chi2)))


def test_facts_name_the_outcome_and_say_that_intervals_are_simultaneous(found):
    facts = {fact.name: fact for fact in facts_of(found)}
    assert facts["count_closed"].text == "964"
    assert facts["share_down"].text == "14.9%"
    assert facts["share_need"].method == "simultaneous, Goodman 1965, 95%"
    assert facts["listed_total"].text == "1,691"


def test_counts_and_rounded_shares_allow_a_narrow_range_of_totals(claims):
    assert outcomes.total_allowed(claims) == pytest.approx((1691, 964 / 0.565))


def test_official_flow_by_hand(setting):
    found = outcomes.official_flow(setting)
    mine = found[found["area_id"] == setting.area_id].set_index("year")
    assert mine.at[2018, "assessed"] == 5476
    assert mine.at[2018, "not_in_need"] == pytest.approx(1211 / 5476)
    assert mine.at[2018, "plans"] == pytest.approx(981 / 5476)
    assert mine.at[2025, "not_in_need"] == pytest.approx((2088 + 2090) / (9224 - 714))
    flow = outcomes.flow(setting, 2018)
    assert flow.not_in_need["own"] == mine.at[2018, "not_in_need"]
    assert flow.not_in_need_latest == mine.at[2025, "not_in_need"]


def test_a_flow_that_is_not_there_leaves_the_case_studys_shares(area, found):
    flow = outcomes.flow(area("Dorset"), 2019)
    assert isinstance(flow, Absent)
    assert outcomes.outcomes_beside(found, flow) is flow


def test_verdicts_follow_the_register(claims):
    wrong = replace(claims["nn-closed-share"], low=60.0, high=60.0)
    changed = Register({**claims, wrong.id: wrong})
    found = outcomes.outcomes(changed)
    for name in ("nn-closed-share", "nn-closed", "nn-total-children"):
        assert outcomes.JUDGES[name](found, changed[name]).outcome == "contradicted"


def test_each_count_is_judged_by_what_else_is_stated(found, claims):
    (reading,) = outcomes.judge_count(found, claims["nn-closed"]).readings
    assert (reading.lower, reading.upper) == pytest.approx((1702 * 0.565, 1702 * 0.575))
    (reading,) = outcomes.judge_remainder(found, claims["nn-conference"]).readings
    assert (reading.lower, reading.upper) == (118, 118 + 11)


def test_longest_names_leave_the_alternative_text_short_enough(found, setting):
    flow = replace(
        outcomes.flow(setting, 2019), area="Bournemouth, Dorset and Poole, together, and others"
    )
    assert len(outcomes.alternative(found, flow)) <= 320
