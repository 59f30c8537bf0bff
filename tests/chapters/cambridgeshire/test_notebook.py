"""The page as a whole: every claim has a place and one verdict; another authority has none."""

import json

import pytest

from care_study import paths
from care_study.chapters.cambridgeshire import rate
from care_study.claims import check_verdicts, judge_all
from care_study.execution import execution
from care_study.show import facts
from care_study.show.results import Absent

from .material import figure, held_rate


def test_every_claim_has_a_place_in_the_notebook(claims):
    content = json.loads((paths.NOTEBOOKS / "cambridgeshire.ipynb").read_text("utf-8"))["cells"]
    text = "".join("".join(cell["source"]) for cell in content)
    mine = [claim for claim in claims.values() if claim.notebook == "cambridgeshire"]
    tested = [claim.id for claim in mine if claim.check != "not testable"]
    assert len(tested) == 28
    assert [name for name in (*tested, "cam-not-testable") if f"({name})=" not in text] == []


def test_every_claim_of_the_notebook_has_one_verdict_in_order(claims, judged):
    held = {name: claim for name, claim in claims.items() if claim.notebook == "cambridgeshire"}
    check_verdicts(held, list(judged.values()))
    assert list(judged) == list(held)


def test_claims_that_the_register_calls_not_testable_keep_its_reason(claims, judged):
    told = [name for name in judged if claims[name].check == "not testable"]
    assert len(told) > 40
    for name in told:
        assert judged[name].held_against == "no public record"
        assert judged[name].sentence.endswith(claims[name].why_not_testable)
        assert judged[name].section == "cam-not-testable"
    for name in judged.keys() - set(told):
        assert judged[name].section == name


def test_section_that_is_left_out_gives_its_reason_to_its_claims(claims, rates):
    gone = {rate: Absent("rate", "No figures.")}
    mine = {name: claims[name] for name in rate.JUDGES}
    for verdict in judge_all("cambridgeshire", mine, gone, further="cam-not-testable"):
        assert (verdict.outcome, verdict.sentence) == ("undecided", "No figures.")


@pytest.mark.slow
def test_notebook_runs_for_another_authority_without_verdicts(tmp_path):
    done = tmp_path / "cambridgeshire.ipynb"
    execution.execute(paths.NOTEBOOKS / "cambridgeshire.ipynb", done, {"area": "Kent"})
    found = facts.facts_in(json.loads(done.read_text("utf-8")))
    assert found["area"].value == "Kent"
    count = figure("children_looked_after", "looked_after_31_march", "Kent", 2018)
    assert found["count_then"].value == count
    assert found["rate_then"].value == pytest.approx(held_rate("Kent"))
    assert facts.read_verdicts(done) == []
