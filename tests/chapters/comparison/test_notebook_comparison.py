"""The notebook of the comparison: a place for every claim, and a run for other authorities."""

import json

import pytest

from care_study import paths
from care_study.execution import execution


def test_every_claim_has_a_place_in_the_notebook(claims):
    cells = json.loads((paths.NOTEBOOKS / "comparison.ipynb").read_text("utf-8"))["cells"]
    text = "".join("".join(cell["source"]) for cell in cells)
    own = [name for name, claim in claims.items() if claim.notebook == "comparison"]
    assert [name for name in own if f"({name})=" not in text] == []


@pytest.mark.slow
def test_notebook_runs_for_two_other_authorities_without_verdicts(tmp_path):
    done = tmp_path / "comparison.ipynb"
    parameters = {"areas": ["Kent", "Isles of Scilly"], "vacancy_area": "Kent", "first_year": 2016}
    execution.execute(paths.NOTEBOOKS / "comparison.ipynb", done, parameters)
    text = done.read_text("utf-8")
    assert "vnd.care-study.verdict" not in text
    assert "Isles of Scilly" in text
    assert "No document states a level for Kent or Isles of Scilly" in text
