"""Severity among other numbers of the same form: which numbers, and what is computed again."""

from dataclasses import replace

import pytest

from care_study import paths
from care_study.chapters.northamptonshire import combinations, outcomes
from care_study.claims import judge_all, read_claims
from care_study.claims.kinds import STATISTICS
from care_study.claims.others import MOST, NO_NUMBER, NOTHING_ELSE, same_form, with_severity
from care_study.claims.register import Register
from care_study.claims.tests import TESTS
from care_study.claims.world import MODELS, World
from care_study.data.tables import Tables
from care_study.show.results import again, fact, finding, section


@pytest.fixture(scope="module")
def claims():
    return read_claims(paths.DOCUMENTS)


@pytest.fixture(scope="module")
def stated(claims):
    return outcomes.outcomes(claims)


def numbers(claim):
    return [(one.low, one.high) for one in same_form(claim)]


def test_numbers_of_the_same_form(claims):
    base = claims["nn-conference"]
    share = replace(base, low=57.0, high=57.0, unit="%", precision=0.5)
    found = numbers(share)
    assert (len(found), min(found), max(found)) == (MOST, (0.0, 0.0), (100.0, 100.0))
    assert (57.0, 57.0) not in found
    one_digit = numbers(replace(base, low=3.0, high=3.0, precision=0))
    assert one_digit == [(float(n), float(n)) for n in (1, 2, 4, 5, 6, 7, 8, 9)]
    tens = numbers(replace(base, low=600.0, high=600.0, precision=5))
    assert all(low % 10 == 0 and 100 <= low <= 990 for low, _ in tens)
    spans = numbers(replace(base, low=60.0, high=80.0, precision=5))
    assert {high - low for low, high in spans} == {20}
    assert all(high is None for _, high in numbers(replace(base, low=7.0, high=None)))


def test_directions_and_words_have_no_other_number(claims, stated):
    base = claims["nn-looked-after-unstated"]
    assert same_form(base) == []
    judged = with_severity(
        outcomes.judge_looked_after(stated, base), claims, stated, outcomes.judge_looked_after
    )
    assert (judged.severity, judged.unmeasured) == (None, NOTHING_ELSE)
    assert same_form(claims["cam-units-fragile"]) == []
    assert NO_NUMBER != NOTHING_ELSE


def test_a_share_that_two_counts_fix_is_a_severe_test(claims, stated):
    claim = claims["nn-closed-share"]
    verdict = outcomes.judge_share(stated, claim)
    judged = with_severity(verdict, claims, stated, outcomes.judge_share)
    assert (judged.outcome, judged.severity) == ("reproduced", 0)
    assert judged.among == f"{MOST} other numbers of its form"


def test_a_number_that_any_other_could_replace_is_no_test(claims):
    found = combinations.combinations(claims)
    claim = claims["nn-case-duration"]
    verdict = combinations.judge_reading(found, claim)
    judged = with_severity(verdict, claims, found, combinations.judge_reading)
    assert not judged.is_test


def test_every_verdict_says_its_severity_or_why_there_is_none(claims, stated):
    found = {outcomes: stated, combinations: combinations.combinations(claims)}
    mine = {name: claims[name] for module in found for name in module.JUDGES}
    for verdict in judge_all("northamptonshire", Register(mine), found):
        assert (verdict.severity is None) == (verdict.unmeasured != "")


def test_a_finding_is_computed_again_with_another_register():
    @finding
    class Sum:
        total: float = fact("sum")

    @section
    def added(register, factor):
        return Sum(total=sum(register.values()) * factor)

    @section
    def doubled(found):
        return Sum(total=found.total * 2)

    first = doubled(added({"a": 1, "b": 2}, 10))
    changed = again(first, lambda one: {"a": 5} if isinstance(one, dict) else one)
    assert (first.total, changed.total) == (60, 100)


READINGS = {
    "caseload": ("mean", "upper-part"),
    "weekly_referrals": ("all-referrals", "net-of-no-further-action"),
    "level": ("level",),
    "change": ("relative", "percentage-points"),
    "change_of_the_rest": ("relative", "percentage-points"),
    "rise_since_first": ("rate", "count"),
    "after_event": ("own-change", "against-neighbours"),
    "above_named": tuple(f"neighbours-{model}-{one}" for model in MODELS for one in STATISTICS),
    "implied_count": tuple(f"neighbours-{model}-{one}" for model in MODELS for one in STATISTICS),
    "excess_count": tuple(f"neighbours-{model}-{one}" for model in MODELS for one in STATISTICS),
}
OF_INDICATORS = {"direction", "more_than_expected", "growth", "caseload_of_unit"}


def test_claims_of_one_kind_are_read_in_one_way():
    """The list of readings by kind, whoever makes the claim: provider, council, inspectorate."""
    world = World(Tables(paths.PUBLISHED))
    for name, test in TESTS.items():
        kind = test.kind.__qualname__.split(".")[0]
        found = tuple(dict.fromkeys(case.id.split("/")[0] for case in test.kind(world)))
        assert kind in READINGS or kind in OF_INDICATORS, name
        if kind in READINGS:
            assert found == READINGS[kind], name


def test_the_numbers_that_a_test_takes_from_a_document_are_the_registers(claims):
    test = TESTS["cov-own-completion-rise"].kind
    cells = dict(zip(test.__code__.co_freevars, test.__closure__, strict=True))
    assert cells["done"].cell_contents == claims["cov-throughput"].number
    assert cells["with_share"].cell_contents == claims["cov-assessments-in-time"].number
