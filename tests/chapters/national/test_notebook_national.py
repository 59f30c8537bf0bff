"""The notebook of the whole country, run for another indicator and other areas."""

import json

import pytest

from care_study import paths
from care_study.execution import execution


@pytest.mark.slow
def test_notebook_runs_for_another_indicator_and_other_areas(tmp_path):
    output = tmp_path / "national.ipynb"
    execution.execute(
        paths.NOTEBOOKS / "national.ipynb",
        output,
        {
            "indicator": "referral_rate", "areas": ["Leeds", "Cumbria", "North Northamptonshire"],
            "event": "2019-04", "first_year": 2016,
        },
    )  # fmt: skip
    text = output.read_text(encoding="utf-8")
    assert "Cumbria" in text and "Cambridgeshire fell" not in text
    facts = {
        fact["name"]: fact
        for cell in json.loads(text)["cells"]
        for out in cell.get("outputs", [])
        if (fact := out.get("data", {}).get("application/vnd.care-study.fact+json"))
    }
    assert facts["title"]["text"] == "referrals"
    assert facts["first_after"]["value"] == 2020
    assert "North Northamptonshire is not among those compared" in facts["places"]["text"]
