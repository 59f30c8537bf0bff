from pathlib import Path

import pandas as pd
import pytest
from cases_intervals import CASES

from care_study.intervals import funnel, poisson_rate

SHARED = Path(__file__).parents[2].parent / "shared" / "reference_cases" / "poisson_expected.csv"
METHODS = {"exact": "exact", "score": "score", "mid-P": "midp"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['case']}: {case['quantity']}")
def test_published_value(case):
    assert case["compute"]() == pytest.approx(case["expected"], abs=case["tolerance"], rel=0)


@pytest.mark.skipif(not SHARED.exists(), reason="the folder with shared reference cases is absent")
def test_shared_poisson_cases():
    table = pd.read_csv(SHARED)
    assert len(table) >= 5
    for expected in table.itertuples():
        method, side = expected.quantity.split()
        got = poisson_rate(expected.count, expected.exposure, method=METHODS[method])
        assert getattr(got, side) == pytest.approx(
            expected.expected, abs=max(expected.abs_tol, 1e-13), rel=0
        )


def test_exact_poisson_agrees_with_desctools_value():
    # DescTools::PoissonCI(15, 400, method = "exact"), quoted in the tests of statsmodels
    got = poisson_rate(15, 400)
    assert got.lower == pytest.approx(0.0209884653319583, abs=1e-15)
    assert got.upper == pytest.approx(0.0618505471787146, abs=1e-15)


def test_outside_flags_agree_with_public_health_practice():
    # PHEindicatormethods, test data for significance of proportions against the average 80.642448%
    areas = {
        "New Forest": (35078.488, 41980, 0.998),
        "South Gloucestershire": (50050.7443, 61921, 0.0),
        "West Norfolk": (26789.238, 33012, 0.95),
        "North Devon": (30277.5312, 37828, 0.95),
        "Norwich": (24803.6256, 31824, 0.998),
        "Exeter": (24866.916, 30929, 0.0),
    }
    x, n, expected = (list(column) for column in zip(*areas.values(), strict=True))
    got = funnel(x, n, kind="proportion", limits="normal", target=0.80642448)
    assert got.points["outside"].tolist() == expected
