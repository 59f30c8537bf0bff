"""What the tests of the Cambridgeshire chapter share: its sections' findings, computed once."""

import pytest

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.cambridgeshire import (
    ages,
    caseload,
    excess,
    factors,
    flows,
    front_door,
    rate,
    reform,
    rules,
    staff,
)
from care_study.claims import judge_all, read_claims
from care_study.data.tables import Tables

YEAR = 2018


@pytest.fixture(scope="package")
def claims():
    return read_claims(paths.DOCUMENTS)


@pytest.fixture(scope="package")
def setting():
    return open_setting(paths.PUBLISHED, "Cambridgeshire")


@pytest.fixture(scope="package")
def rates(setting, claims):
    return rate.rate(setting, claims, YEAR)


@pytest.fixture(scope="package")
def comparison(setting, claims):
    return excess.comparison(setting, claims, YEAR)


@pytest.fixture(scope="package")
def left_out(setting):
    return excess.left_out(setting, YEAR)


@pytest.fixture(scope="package")
def in_and_out(setting):
    return flows.flows(setting, 2019)


@pytest.fixture(scope="package")
def leaving(setting):
    return flows.leaving(setting, YEAR)


@pytest.fixture(scope="package")
def late(setting):
    return ages.ages(setting, YEAR)


@pytest.fixture(scope="package")
def parental(setting):
    return factors.factors(setting, YEAR)


@pytest.fixture(scope="package")
def units(claims):
    return caseload.units(claims)


@pytest.fixture(scope="package")
def official(setting):
    return caseload.official(setting, YEAR)


@pytest.fixture(scope="package")
def changed(setting):
    return reform.reform(setting, 2019)


@pytest.fixture(scope="package")
def door(setting, claims):
    return front_door.front_door(setting, claims, YEAR, "Peterborough")


@pytest.fixture(scope="package")
def workers(setting):
    return staff.staff(setting, YEAR)


@pytest.fixture(scope="package")
def stated(claims):
    return rules.rules(claims)


@pytest.fixture(scope="package")
def judged(claims, rates, comparison, leaving, late, parental, official, door, workers, stated):
    found = {
        **{rate: rates, excess: comparison, ages: late, factors: parental},
        **{caseload: official, front_door: door, staff: workers, rules: stated},
    }
    verdicts = judge_all(
        "cambridgeshire", claims, found, Tables(paths.PUBLISHED), "cam-not-testable"
    )
    return {verdict.claim: verdict for verdict in verdicts}
