"""The page as a whole: a verdict a claim, an anchor a claim, no idle fact, other authorities."""

import json
import re
import time

import pytest

from care_study import paths
from care_study.claims import check_verdicts
from care_study.execution import execution
from care_study.show import facts

SOURCE = paths.NOTEBOOKS / "northamptonshire.ipynb"
ALWAYS = {"list", "statistic", "first_year", "last_year"}  # who is compared, on every page


@pytest.fixture(scope="module")
def mine(claims):
    return {name: claim for name, claim in claims.items() if claim.notebook == "northamptonshire"}


@pytest.fixture(scope="module")
def prose():
    cells = json.loads(SOURCE.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def test_every_claim_has_one_verdict(mine, verdicts):
    check_verdicts(mine, verdicts.values())
    assert len(verdicts) == len(mine) == 38
    untested = {name for name, claim in mine.items() if claim.check == "not testable"}
    assert untested == {
        name for name, one in verdicts.items() if one.held_against == "no public record"
    }


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("nn-referrals-per-week", "not contradicted"),
        ("nn-closed-share", "reproduced"),
        ("nn-stepped-down-share", "reproduced"),
        ("nn-total-assessments", "not contradicted"),
        ("of18-unallocated-range", "not contradicted"),
        ("of18-longstanding-since", "not contradicted"),
        ("of18-caseload", "not contradicted"),
        ("of18-wait-majority", "not contradicted"),
    ],
)
def test_verdicts_that_carry_the_chapter(verdicts, claim, verdict):
    assert verdicts[claim].outcome == verdict


@pytest.mark.parametrize("name", ["City of London", "Rutland", "Dorset", "Cumberland"])
def test_every_claim_is_judged_for_any_authority(name, area, judge_area, claims, mine):
    check_verdicts(mine, judge_area(area(name), claims).values())


def test_judging_another_year_is_quick(setting, judge_area, claims):
    judge_area(setting, claims, 2018)  # tables are read once
    begun = time.process_time()
    judge_area(setting, claims, 2017)
    assert time.process_time() - begun < 6  # with every severity


def test_every_claim_has_an_anchor_in_the_notebook(mine, prose):
    assert sorted(re.findall(r"^\(([a-z0-9-]+)\)=$", prose, flags=re.M)) == sorted(mine)


@pytest.mark.slow
def test_notebook_records_every_verdict_and_no_idle_fact(tmp_path, prose):
    path = tmp_path / "northamptonshire.ipynb"
    execution.execute(SOURCE, path, {})
    assert len(facts.read_verdicts(path)) == 38
    said = set(re.findall(r"\{fact\}`(\w+)`", prose))
    assert said <= set(facts.read_facts(path)) <= said | ALWAYS


@pytest.mark.slow
def test_notebook_runs_for_another_authority_without_verdicts(tmp_path):
    path = tmp_path / "northamptonshire.ipynb"
    execution.execute(SOURCE, path, {"area": "City of London", "first_year": 2016})
    assert facts.read_facts(path)["area"].text == "City of London"
    assert facts.read_verdicts(path) == []
    assert "suppressed to protect confidentiality" in path.read_text("utf-8")
