"""The methods appendix as a whole."""

import pytest

from care_study import paths
from care_study.execution import execution
from care_study.show.facts import read_facts


@pytest.mark.slow
def test_methods_notebook_runs_for_another_indicator(tmp_path):
    output = tmp_path / "methods.ipynb"
    settings = {
        "indicator": "referral_rate",
        "second": "looked_after_started_rate",
        "draws": 500,
        "origin_step": 12,
    }
    execution.execute(paths.NOTEBOOKS / "methods.ipynb", output, settings)
    found = read_facts(output)
    assert found["title_1"].text == "referrals" and found["draws"].value == 500
    assert found["dispersion_1"].value > 10
