import pytest
from cases_forecasts import CASES, SHARED, SHARED_CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['case']}: {case['quantity']}")
def test_published_value(case):
    assert case["compute"]() == pytest.approx(case["expected"], abs=case["tolerance"], rel=0)


@pytest.mark.skipif(not SHARED.exists(), reason="the folder with shared reference cases is absent")
def test_every_shared_case_was_found():
    assert len(SHARED_CASES) == 30
