"""Children in care: the finding, and the verdicts of the chapter's claims."""

import json
from dataclasses import replace

import pytest

from care_study import paths
from care_study.chapters.hertfordshire import care
from care_study.claims import check_verdicts, judge_all
from care_study.data.tables import Tables
from care_study.execution import execution
from care_study.show.results import Absent


@pytest.fixture(scope="module")
def judged(claims):
    return judge_all("hertfordshire", claims, {}, Tables(paths.PUBLISHED))


def test_every_claim_of_the_notebook_has_one_verdict(claims, judged):
    held = {name: claim for name, claim in claims.items() if claim.notebook == "hertfordshire"}
    check_verdicts(held, judged)
    found = {verdict.claim: verdict.outcome for verdict in judged}
    # A change is not an effect: no more than not contradicted, whatever the numbers.
    assert found["cam-hertfordshire-care"] == "not contradicted"
    assert found["cam-hertfordshire-plans"] == "not contradicted"
    assert found["cam-peterborough-care"] == "not contradicted"
    assert found["cam-hertfordshire-families"] == "undecided"


def test_children_starting_are_compared_with_the_first_year_published(setting, in_care):
    own = setting.own(setting.indicator("looked_after_started_rate")).set_index("year")["value"]
    assert (in_care.first_started, in_care.years_before) == (2013, 3)
    assert in_care.starting.estimate == pytest.approx(own[2018] - own[2013])


def test_authority_without_starts_is_named(setting):
    away = replace(setting, area_id="919x", area_name="Nowhere")
    found = care.care(away, 2016, 2018)
    assert isinstance(found, Absent)
    assert found.reason == "Nowhere has no figures of children starting in care."


def test_every_claim_has_a_place_in_the_notebook(claims):
    cells = json.loads((paths.NOTEBOOKS / "hertfordshire.ipynb").read_text("utf-8"))["cells"]
    text = "".join("".join(cell["source"]) for cell in cells)
    held = [name for name, claim in claims.items() if claim.notebook == "hertfordshire"]
    assert [name for name in held if f"({name})=" not in text] == []


@pytest.mark.slow
def test_notebook_runs_for_another_authority_without_verdicts(tmp_path):
    done = tmp_path / "hertfordshire.ipynb"
    parameters = {"area": "Coventry", "event": "2018-10", "document_year": 2022}
    execution.execute(paths.NOTEBOOKS / "hertfordshire.ipynb", done, parameters)
    text = done.read_text("utf-8")
    assert "vnd.care-study.verdict" not in text
    assert "Coventry: children looked after averaged" in text
