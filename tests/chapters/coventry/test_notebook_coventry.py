"""The Coventry notebook: every claim judged, for any authority, without a word typed twice."""

import json

import pytest

from care_study import paths
from care_study.claims import NOTHING, check_verdicts
from care_study.execution import execution
from care_study.show import facts


def own(claims):
    return {name: claim for name, claim in claims.items() if claim.notebook == "coventry"}


def test_every_claim_of_the_chapter_has_one_verdict(claims, verdicts):
    check_verdicts(own(claims), verdicts.values())
    assert len(verdicts) == 17
    assert all(verdict.section == verdict.claim for verdict in verdicts.values())


@pytest.mark.parametrize(
    ("claim", "outcome"),
    [
        ("cov-caseload-reduction", "not contradicted"),  # 29.4 is not 30, but rounding reaches it
        ("cov-practitioners", "not contradicted"),
        ("cov-throughput", "not contradicted"),
        ("cov-targets-met", "undecided"),
    ],
)
def test_outcomes(verdicts, claim, outcome):
    assert verdicts[claim].outcome == outcome


def test_undated_figures_never_reproduce_a_claim(verdicts):
    for name in ("cov-rereferral-fall", "cov-own-completion-rise", "cov-throughput"):
        assert verdicts[name].outcome != "reproduced"


@pytest.mark.parametrize(
    ("area", "lacking"),
    [
        ("City of London", set()),
        ("Isles of Scilly", set()),
        ("North Northamptonshire", {"cov-caseload-reduction"}),
        ("Rutland", set()),
    ],
)
def test_every_claim_is_judged_for_any_authority(open_it, judge_area, claims, area, lacking):
    found = judge_area(open_it(area), claims)
    check_verdicts(own(claims), found.values())
    named = {name for name, verdict in found.items() if area in verdict.sentence}
    assert named == lacking
    assert all(found[name].held_against == NOTHING for name in lacking)


@pytest.mark.slow
def test_notebook_runs_for_another_authority_against_the_median(tmp_path):
    target = tmp_path / "coventry.ipynb"
    chosen = {"area": "Hackney", "statistic": "median", "first_year": 2016, "last_year": 2020}
    execution.execute(paths.NOTEBOOKS / "coventry.ipynb", target, chosen)
    recorded = facts.facts_in(json.loads(target.read_text(encoding="utf-8")))
    assert recorded["area"].value == "Hackney"
    assert recorded["fall"].value == pytest.approx(100 * 10 / 34)
    assert facts.read_verdicts(target) == []
