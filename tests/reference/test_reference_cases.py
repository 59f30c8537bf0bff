"""Every published number is reproduced to the digits that its source prints."""

import math

import pytest
import shared_cases

from care_study.chapters.reference.beside import BESIDE
from care_study.chapters.reference.case import Case, check
from care_study.chapters.reference.checked import GROUPS

OWN = [case for cases in GROUPS.values() for case in cases]
BESIDE_IT = [case for cases in shared_cases.CASES.values() for case in cases]


def name_of(case):
    return f"{case.case}: {case.quantity}"


@pytest.mark.parametrize("case", [*OWN, *BESIDE_IT], ids=name_of)
def test_published_value(case):
    assert case.compute() == pytest.approx(case.expected, abs=case.tolerance, rel=0)


@pytest.mark.parametrize("case", OWN, ids=name_of)
def test_case_is_fit_to_be_shown(case):
    assert case.case and case.quantity and case.source
    assert math.isfinite(case.expected) and case.tolerance >= 0


def test_no_case_stands_twice():
    names = [name_of(case) for case in OWN]
    assert len(set(names)) == len(names)


@pytest.mark.skipif(
    not shared_cases.CASES, reason="the folder with shared reference cases is absent"
)
def test_the_book_tells_how_many_cases_lie_beside_the_repository():
    assert {name: len(cases) for name, cases in shared_cases.CASES.items()} == BESIDE


def test_a_value_beyond_its_tolerance_is_said_not_to_agree():
    cases = [
        Case("c", "near", 1.0, 0.01, "s", lambda: 1.005),
        Case("c", "far", 1.0, 0.01, "s", lambda: 1.02),
        Case("c", "missing", 1.0, 0.01, "s", lambda: math.nan),
    ]
    assert check(cases)["agrees"].tolist() == ["yes", "no", "no"]
