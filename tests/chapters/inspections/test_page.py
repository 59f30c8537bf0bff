"""The page as a whole: a verdict and a place for every claim, and other authorities."""

import json

import pytest

from care_study import paths
from care_study.chapters.inspections import span, untestable
from care_study.claims import check_verdicts, judge_all
from care_study.data.tables import Tables
from care_study.execution import execution

SOURCE = paths.NOTEBOOKS / "inspections.ipynb"
BY_STATISTICS = (
    "of10-timely-protection",
    "of10-enquiries-prompt",
    "of10-referrals-rising",
    "of10-assessment-delays",
    "of18-enquiries-prompt",
)


@pytest.fixture(scope="module")
def verdicts(claims):
    looked_back = {span: span.span(2016, "2018-10-17", "2016-04-27")}
    return judge_all("inspections", claims, looked_back, Tables(paths.PUBLISHED))


def test_every_claim_of_the_notebook_has_one_verdict(claims, verdicts):
    own = {name: claim for name, claim in claims.items() if claim.notebook == "inspections"}
    check_verdicts(own, verdicts)
    decided = {one.claim: one.outcome for one in verdicts if one.outcome != "undecided"}
    assert decided.pop("of18-decline-years") == "not contradicted"
    assert decided == dict.fromkeys(BY_STATISTICS, "not contradicted")


def test_what_cannot_be_tested_is_listed_with_its_reason(claims, verdicts):
    found = untestable.untestable(claims, verdicts)
    assert (found.claims, found.untestable) == (
        len(verdicts),
        len(verdicts) - 1 - len(BY_STATISTICS),
    )
    assert list(found.table["letter"].unique()) == ["2010", "2018"]
    assert found.table["why"].str.endswith(".").all()


def test_every_claim_has_a_place_in_the_notebook(claims):
    cells = json.loads(SOURCE.read_text("utf-8"))["cells"]
    text = "".join("".join(cell["source"]) for cell in cells)
    own = [name for name, claim in claims.items() if claim.notebook == "inspections"]
    assert [name for name in own if f"({name})=" not in text] == []


@pytest.mark.slow
def test_notebook_runs_for_another_authority_without_verdicts(tmp_path):
    done = tmp_path / "inspections.ipynb"
    execution.execute(SOURCE, done, {"area": "Hertfordshire", "compared": ["Cumbria"]})
    text = done.read_text("utf-8")
    assert "vnd.care-study.verdict" not in text
    assert "Westmorland and Furness" in text
