"""What the tests of the Hertfordshire chapter share: the figures as published, computed once."""

import pytest

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.hertfordshire import care, plans
from care_study.claims import read_claims


@pytest.fixture(scope="package")
def claims():
    return read_claims(paths.DOCUMENTS)


@pytest.fixture(scope="package")
def setting():
    return open_setting(paths.PUBLISHED, "Hertfordshire")


@pytest.fixture(scope="package")
def in_care(setting):
    return care.care(setting, 2016, 2018)


@pytest.fixture(scope="package")
def on_plans(setting):
    return plans.plans(setting, 2016, 2018)
