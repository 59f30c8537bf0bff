"""Published interval and funnel values that are not one number each."""

import pytest

from care_study.statistics.intervals import funnel, poisson_rate


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
