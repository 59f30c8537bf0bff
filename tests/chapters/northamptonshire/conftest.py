"""What the tests of the Northamptonshire chapter share."""

import pytest

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.northamptonshire import (
    backlog,
    caseloads,
    combinations,
    demand,
    october,
    outcomes,
)
from care_study.claims import judge_all, read_claims
from care_study.data.tables import Tables

POSSIBLE = (2014, 2021)
VISIT, COUNTED = "2018-10-17", ("2018-01-01", "2018-01-31")


def open_area(area, **choices):
    return open_setting(paths.PUBLISHED, area, neighbours_needed=False, **choices)


def judged(setting, claims, year=2019):
    """Judge every claim of the chapter for any authority and year, as its notebook does."""
    letter = backlog.letter(claims, VISIT, COUNTED)
    waits = backlog.waits(letter, demand.visited(setting, claims, year))
    found = {
        demand: demand.demand(setting, claims, POSSIBLE),
        caseloads: caseloads.caseloads(setting, claims, year - 1, POSSIBLE),
        october: october.october(setting, year, year - 1),
        backlog: backlog.Evidence(letter, waits, backlog.queue(setting, year)),
        outcomes: outcomes.outcomes(claims),
        combinations: combinations.combinations(claims),
    }
    return {
        one.claim: one
        for one in judge_all("northamptonshire", claims, found, Tables(paths.PUBLISHED))
    }


@pytest.fixture(scope="session")
def area():
    return open_area


@pytest.fixture(scope="session")
def judge_area():
    return judged


@pytest.fixture(scope="session")
def claims():
    return read_claims(paths.DOCUMENTS)


@pytest.fixture(scope="session")
def setting():
    return open_area("Northamptonshire")


@pytest.fixture(scope="session")
def verdicts(setting, claims):
    return judged(setting, claims)


@pytest.fixture(scope="session")
def visited(setting, claims):
    return demand.visited(setting, claims, 2019)


@pytest.fixture(scope="session")
def letter(claims):
    return backlog.letter(claims, VISIT, COUNTED)
