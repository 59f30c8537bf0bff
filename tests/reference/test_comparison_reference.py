import pytest
from cases_comparison import CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['case']}: {case['quantity']}")
def test_published_value(case):
    assert case["compute"]() == pytest.approx(case["expected"], abs=case["tolerance"], rel=0)
