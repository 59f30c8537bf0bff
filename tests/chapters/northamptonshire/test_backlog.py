"""The backlog: its fall, bounds on waits, what clears it, and the verdicts on it."""

import pytest

from care_study.chapters.northamptonshire import backlog
from care_study.show.results import Absent, facts_of
from care_study.statistics.capacity import WORKING_DAYS_PER_YEAR

WEEKS = 18 * 365.25 / WORKING_DAYS_PER_YEAR / 7


def test_fall_since_january_by_hand(letter):
    assert letter.days_since_january == (259, 289)
    assert letter.fall_slow == pytest.approx(284 * 7 / 289)
    assert letter.fall_fast == pytest.approx(284 * 7 / 259)
    said = {fact.name: fact.text for fact in facts_of(letter)}
    assert (said["stock"], said["limit"], said["longest"]) == ("267 children", "7 days", "4 months")


def test_waits_are_bounded_by_what_can_have_arrived():
    bound = backlog.waiting(200, 50, 7)
    # 50 arrive a week: 150 of 200 must be older than a week, half are older than two weeks.
    assert bound.over_calendar == pytest.approx(0.75)
    assert bound.median_wait == pytest.approx(14)
    assert bound.median_working == pytest.approx(14 * WORKING_DAYS_PER_YEAR / 365.25)
    assert bound.mean_wait == pytest.approx(4)
    assert bound.over_working < bound.over_calendar
    assert backlog.waiting(10, 50, 7).over_calendar == 0


def test_a_majority_follows_only_from_more_than_half():
    bound = backlog.waiting(200, 90, 7)
    assert bound.over_working < 0.5 < bound.over_calendar
    assert bound.follows == {
        "calendar": "follows", "working": "is possible but does not follow",
    }  # fmt: skip


def test_clearing_takes_arrivals_and_the_backlog_over_the_weeks():
    row = backlog.every_target([260], [26], 100, "2018-10-17").iloc[0]
    assert row["capacity"] == 110
    assert row["above"] == pytest.approx(10)
    assert row["cleared_by"] == "2019-04-17"
    assert row["lower"] < 26 < row["upper"]


def test_workers_hold_what_arrives_and_what_is_cleared(claims, letter, visited):
    found = backlog.clearing(claims, letter, visited, "2018-10-17")
    assert found.stay_workers == pytest.approx(visited.arrivals * WEEKS / 25)
    assert found.extra_quarter == pytest.approx(267 / 13)
    first = found.table.iloc[0]
    assert (first["backlog"], first["target"]) == (551, 13)
    assert first["workers_needed"] == pytest.approx((visited.arrivals + 551 / 13) * WEEKS / 25)


def test_queue_is_of_both_ends_of_the_year(setting):
    found = backlog.queue(setting, 2019)
    assert (found.year, found.before, found.after) == (2018, 332, 602)


def test_years_without_a_queue_are_named(area):
    found = backlog.queue(area("Dorset"), 2019)
    assert isinstance(found, Absent)
    assert "31 March 2018 and 2019" in found.reason


def test_the_longest_wait_lies_between_the_wait_in_turn_and_the_age_of_the_backlog(verdicts):
    (reading,) = verdicts["of18-wait-minority"].readings
    assert reading.upper == pytest.approx(289 / (365.25 / 12))
    assert reading.lower < 1


def test_verdicts_stand_without_the_official_figures(letter, claims):
    gone = Absent("visited", "There is no figure.")
    evidence = backlog.Evidence(letter, gone, gone)
    given = {name: judge(evidence, claims[name]) for name, judge in backlog.JUDGES.items()}
    untested = {name for name, one in given.items() if one.held_against == "no public record"}
    assert untested == {"of18-wait-majority", "of18-wait-minority"}
    assert [one.id for one in given["of18-unallocated"].readings] == ["range-of-the-paragraph"]


def test_so_few_arrivals_that_the_waits_contradict_each_other(letter, claims):
    few = backlog.waiting(267, 5, 7)
    evidence = backlog.Evidence(letter, few, Absent("queue", "There is no figure."))
    majority = backlog.judge_majority(evidence, claims["of18-wait-majority"])
    assert majority.readings[0].upper == few.median_wait > letter.longest * 365.25 / 12
    minority = backlog.judge_minority(evidence, claims["of18-wait-minority"])
    assert minority.outcome == "contradicted"
    assert "longer than the backlog had stood" in minority.sentence
