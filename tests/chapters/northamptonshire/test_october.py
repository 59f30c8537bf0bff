"""October 2018: measures beside the neighbours, and verdicts on words without numbers."""

from dataclasses import replace

import pytest

from care_study.chapters.northamptonshire import october
from care_study.show.results import Absent


@pytest.fixture(scope="module")
def found(setting):
    return october.october(setting, 2019, 2018)


def test_september_2018_is_beside_the_neighbours(found):
    table = found.table.set_index("indicator")
    assert table.at["vacancy_rate", "own"] == 26.7
    assert table.at["vacancy_rate", "gap"] == pytest.approx(26.7 - table.at["vacancy_rate", "mean"])
    assert table.at["assessments_in_45_days", "gap_upper"] < 0
    assert table.at["assessments_in_45_days", "harder_than_neighbours"]
    assert set(table["n"]) <= set(range(1, 11))


def test_a_measure_that_lacks_is_noted_and_its_claim_not_testable(setting, claims):
    computed = {**setting.computed}
    rows = setting.every_year("turnover_rate")
    gone = (rows["area_id"] == setting.area_id) & (rows["year"] == 2018)
    computed["turnover_rate"] = rows.assign(value=rows["value"].mask(gone))
    found = october.october(replace(setting, computed=computed), 2019, 2018)
    assert list(found.absent) == ["turnover_rate"]
    verdict = october.judge_words(found, claims["of18-worker-changes"])
    assert verdict.verdict == "not testable"
    assert "Northamptonshire has no figure for turnover in 2018" in verdict.sentence
    kept = october.judge_words(found, claims["of18-capacity-shortfall"])
    assert kept.verdict == "consistent"


def test_an_area_with_nothing_to_compare_is_left_out(area):
    found = october.october(area("Dorset"), 2019, 2018)
    assert isinstance(found, Absent)
    assert found.reason.startswith("Dorset has no figure for assessments completed within")


def test_words_hold_where_the_area_is_on_the_harder_side(found, claims):
    verdict = october.judge_words(found, claims["of18-unassessed-too-long"])
    assert {one.id: one.survives for one in verdict.readings} == {
        "assessments-in-45-days/england": True,
        "assessments-in-45-days/neighbours": True,
    }
    table = found.table.assign(harder_than_england=False, harder_than_neighbours=False)
    easier = replace(found, table=table)
    assert october.judge_words(easier, claims["of18-agency-reliance"]).verdict == "not reproduced"


def test_what_lies_beyond_the_interval_is_named(found):
    rows = found.table.to_dict("records")
    outside = [row for row in rows if row["gap_lower"] > 0 or row["gap_upper"] < 0]
    inside = [row for row in rows if row not in outside]
    assert rows[0] in outside
    assert october._beyond(inside).startswith("no difference")
    assert "assessments completed within 45 working days" in october._beyond(rows)
