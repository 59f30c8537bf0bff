"""Combinations of readings: Little's law by hand, and which reach the stated total."""

from dataclasses import replace

import pytest

from care_study.chapters.northamptonshire import combinations
from care_study.claims import ClaimError
from care_study.statistics.capacity import WORKING_DAYS_PER_YEAR


@pytest.fixture(scope="module")
def found(claims):
    return combinations.combinations(claims)


def test_combinations_by_littles_law(claims):
    table = combinations.every_combination(claims)
    assert len(table) == len(table.drop_duplicates(["teams", "children", "cycles", "days"])) == 16
    plain = table[(table["teams"] == "in-turn") & (table["days"] == "calendar-days")]
    # One team on duty, 25 or 125 children, 18 days = 18/7 weeks, 21 or 84 weeks.
    expected = [children * weeks / (18 / 7) for children in (125, 25) for weeks in (84, 21)]
    assert plain["assessments"].tolist() == pytest.approx(expected)


def test_one_combination_matches_the_stated_total(found):
    table = found.table
    (best,) = table[table["result"] == "matches"].to_dict("records")
    assert (best["teams"], best["children"], best["cycles"], best["days"]) == (
        "at-the-same-time", "together", "each-21-weeks", "working-days",
    )  # fmt: skip
    weeks = 18 * 365.25 / WORKING_DAYS_PER_YEAR / 7
    assert best["assessments"] == pytest.approx(3 * 25 * 84 / weeks)
    assert best["days_implied"] == pytest.approx(18 * best["assessments"] / 1702)
    assert best["lower"] <= 1702 <= best["upper"]
    assert table["result"].value_counts().to_dict() == {
        "cannot reach": 8, "can reach": 7, "matches": 1,
    }  # fmt: skip
    assert found.best_plain == pytest.approx(3 * 25 * 84 / (18 / 5))
    assert found.best_each == 5


def test_title_counts_in_the_right_number(found):
    assert combinations.title(found).endswith("and 1 gives them at a full load")
    assert "and 2 give them" in combinations.title(replace(found, combos_match=2))


def test_total_keeps_the_combinations_that_can_reach_it(verdicts, found):
    kept = {one.id for one in verdicts["nn-total-assessments"].readings if one.survives}
    reach = found.table[found.table["result"] != "cannot reach"]
    parts = reach[["children", "cycles", "days"]].agg("-".join, axis=1)
    assert kept == {*(reach["teams"] + "/" + parts), "children", "assessments"}


def test_days_that_a_full_load_would_need_are_shown(verdicts):
    working, calendar = verdicts["nn-case-duration"].readings
    assert (working.id, calendar.id) == ("working-days", "calendar-days")
    # The longest: 375 children for 84 weeks; the shortest that still reaches the total: 75.
    assert calendar.upper == pytest.approx(375 * 84 * 7 / 1702)
    assert calendar.lower == pytest.approx(75 * 84 * 7 / 1702)
    assert working.lower == pytest.approx(calendar.lower * WORKING_DAYS_PER_YEAR / 365.25)
    assert verdicts["nn-children-held"].readings[1].upper == pytest.approx(25 * 1702 / 1696.338125)


def test_a_range_is_not_taken_for_a_number(claims):
    changed = {**claims, "nn-teams": claims["nn-referrals-per-week"]}
    with pytest.raises(ClaimError, match=r"nn-referrals-per-week: .*Expected one number"):
        combinations.combinations(changed)
