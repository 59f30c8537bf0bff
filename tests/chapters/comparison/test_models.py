"""The ways of working: one vacancy by hand, and verdicts on what a document says of them."""

import pytest

from care_study.chapters.comparison import models
from care_study.claims import ClaimError, check_verdicts
from care_study.show.results import facts_of


@pytest.fixture(scope="module")
def table(claims):
    return models.one_vacancy(models.models(claims))


def test_one_vacancy_in_a_unit_by_hand(table):
    unit = table[table["model"] == "Unit"].iloc[1]
    # 80 cases, four workers of whom one is the consultant
    assert (unit["holders"], unit["span"], unit["cases_each"]) == (4, 3, 20)
    assert unit["lost"] == 0.25
    assert unit["cases_each_after"] == pytest.approx(80 / 3)
    assert unit["overseen"] == 60


def test_children_of_a_duty_team_are_read_both_ways(table):
    assert table.loc[table["model"] == "Duty team", "cases_each"].tolist() == [5, 25]


def test_proposed_team_has_seven_to_ten_workers(claims):
    assert models.team_holders(claims) == (7, 10)


def test_claims_become_facts_with_their_place_in_the_document(claims, accounting):
    facts = {fact.name: fact for fact in facts_of(models.ways(claims, accounting))}
    assert facts["units_before"].number == "42"
    assert facts["units_now"].text == "32 units"
    assert claims["cam-units"].locator in facts["units_now"].formula
    assert facts["span_team"].text == "7 to 10"


def test_claim_without_a_number_is_no_staffing(claims):
    with pytest.raises(ClaimError, match="cam-units-fragile states no number"):
        models.ends(claims["cam-units-fragile"])


def test_every_claim_of_the_notebook_has_one_verdict(claims, judged):
    own = {name: claim for name, claim in claims.items() if claim.notebook == "comparison"}
    check_verdicts(own, judged.values())


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("cam-units", "reproduced"),
        ("cam-unit-clinician", "reproduced"),
        ("cam-units-before", "not contradicted"),
        ("cam-unit-senior", "not contradicted"),
        ("cam-unit-assessed-year", "not contradicted"),
        ("cam-team-assessed-year", "not contradicted"),
        ("cam-consultant-children", "not contradicted"),
        ("cam-consultant-two-tasks", "reproduced"),
        ("nn-team-manager", "not contradicted"),
    ],
)
def test_verdicts(judged, claim, verdict):
    assert judged[claim].outcome == verdict


def test_children_of_a_consultant_are_read_both_ways(judged):
    children = {reading.id: reading.value for reading in judged["cam-consultant-children"].readings}
    # Half-way between 60 and 80 cases, of which the three others hold three in four.
    assert children == {"own-cases-included": 52.5, "own-cases-apart": 70}


def test_statements_are_read_from_the_account_of_numbers(accounting):
    assert models.statements(accounting, "cam-units") == [32] * 5
    assert models.statements(accounting, "cam-unit-clinician") == [0.5] * 3


def test_statements_that_disagree_are_not_reproduced(claims, accounting):
    changed = accounting.copy()
    rows = changed.index[changed["claim"] == "cam-units"]
    changed.loc[rows[-1], "number"] = "31"
    found = models.judge_restated(models.ways(claims, changed), claims["cam-units"])
    assert found.outcome == "not contradicted"
    assert found.readings[0].lower == 31
