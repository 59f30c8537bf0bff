"""What the tests of the Coventry chapter share: the setting, the register, made-up figures."""

import numpy as np
import pandas as pd
import pytest

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.coventry import caseloads, rereferrals, throughput
from care_study.claims import judge_all, read_claims


def open_area(area, **choices):
    return open_setting(paths.PUBLISHED, area, neighbours_needed=False, **choices)


def judged(setting, claims):
    """Judge every claim of the chapter for any authority, as its notebook does."""
    found = {
        caseloads: caseloads.official(setting, claims, 10),
        throughput: throughput.throughput(setting, claims, [30], [24], 9),
    }
    return {one.claim: one for one in judge_all("coventry", claims, found, setting.tables)}


def computed_from(values, first=2013, size=1000.0):
    """Make a computed indicator of percentages: one row an area and year."""
    rows = [
        {
            "area_id": f"a{place}",
            "area_name": f"Area {place}",
            "year": first + step,
            "value": value,
            "numerator": value * size / 100,
            "denominator": size,
        }
        for place, line in enumerate(np.asarray(values, dtype=float))
        for step, value in enumerate(line)
    ]
    return pd.DataFrame(rows)


def noisy(true_sd, noise_sd, areas=150, years=13):
    """Make areas that differ, each with its own noise from year to year."""
    random = np.random.default_rng(5)
    level = 50 + true_sd * random.standard_normal((areas, 1))
    return computed_from(level + noise_sd * random.standard_normal((areas, years)))


@pytest.fixture(scope="session")
def open_it():
    return open_area


@pytest.fixture(scope="session")
def judge_area():
    return judged


@pytest.fixture(scope="session")
def made():
    return computed_from


@pytest.fixture(scope="session")
def made_noisy():
    return noisy


@pytest.fixture(scope="session")
def claims():
    return read_claims(paths.DOCUMENTS)


@pytest.fixture(scope="session")
def setting():
    return open_area("Coventry")


@pytest.fixture(scope="session")
def returning(setting, claims):
    return rereferrals.rereferrals(setting, claims)


@pytest.fixture(scope="session")
def everyone(setting, returning):
    return rereferrals.among_all(setting, returning, 100)


@pytest.fixture(scope="session")
def verdicts(setting, claims):
    return judged(setting, claims)
