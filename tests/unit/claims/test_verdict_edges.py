"""The rule for verdicts at the very ends of a claim."""

from dataclasses import replace

import pytest

from care_study import claims, paths
from care_study.claims import Reading, judge
from care_study.claims.verdicts import MOST_SHOWN, _recomputed


@pytest.fixture(scope="module")
def claim():
    register = claims.read_claims(paths.DOCUMENTS)
    plain = {"readings": (), "check": "model", "unit": "cases", "precision": 0.0}
    return replace(register["cov-throughput"], **plain, low=10.0, high=12.0)


@pytest.mark.parametrize(
    ("lower", "upper", "outcome"),
    [
        (12.0, 14.0, "not contradicted"),
        (12.0 + 5e-10, 14.0, "not contradicted"),
        (12.0 + 5e-9, 14.0, "contradicted"),
        (8.0, 10.0, "not contradicted"),
        (8.0, 10.0 - 5e-10, "not contradicted"),
        (8.0, 10.0 - 5e-9, "contradicted"),
    ],
)
def test_an_interval_that_touches_the_claim_does_not_contradict_it(claim, lower, upper, outcome):
    middle = (lower + upper) / 2
    assert judge(claim, [Reading("r", "r", middle, lower, upper)]).readings[0].outcome == outcome


def test_two_numbers_among_many_readings_are_given_as_a_range():
    numbered = [Reading(f"r{n}", "r", float(n), unit="cases") for n in (1, 2)]
    others = [Reading(f"t{n}", "t") for n in range(MOST_SHOWN)]
    assert _recomputed([*numbered, *others]) == "1 to 2 cases over 2 readings"
    assert _recomputed([numbered[0], *others]) == numbered[0].text
