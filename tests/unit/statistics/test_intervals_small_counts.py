"""Intervals of the smallest counts, where each method treats zero by itself.

Values: gamma quantiles (Garwood 1936), e.g. Ulm (1990), table 1; the score interval from its
closed form x + z^2/2 +- z sqrt(x + z^2/4).
"""

import math

import pytest

from care_study.statistics.intervals import poisson_rate


@pytest.mark.parametrize(
    ("method", "count", "lower", "upper"),
    [
        ("exact", 0, 0.0, 3.688879),
        ("exact", 1, 0.025318, 5.571643),
        ("exact", 2, 0.242209, 7.224688),
        ("midp", 0, 0.0, 2.995732),
    ],
)
def test_95_per_cent(method, count, lower, upper):
    found = poisson_rate(count, 1, method=method)
    assert float(found.lower) == pytest.approx(lower, abs=2e-6)
    assert float(found.upper) == pytest.approx(upper, abs=2e-6)


@pytest.mark.parametrize("count", [0, 1, 2, 4])
@pytest.mark.parametrize(("level", "z"), [(0.95, 1.959963984540054), (0.90, 1.6448536269514722)])
def test_the_score_interval_has_its_closed_form(count, level, z):
    found = poisson_rate(count, 1, method="score", level=level)
    half = z * math.sqrt(count + z**2 / 4)
    assert float(found.lower) == pytest.approx(count + z**2 / 2 - half, abs=1e-12)
    assert float(found.upper) == pytest.approx(count + z**2 / 2 + half)


@pytest.mark.parametrize("method", ["exact", "midp", "byar", "score"])
def test_the_method_is_named(method):
    name = poisson_rate(4, 1, method=method).method
    assert (
        name and name != poisson_rate(4, 1, method="exact" if method != "exact" else "byar").method
    )
