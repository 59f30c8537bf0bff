"""What the national tests share: one indicator for every authority."""

import pytest

from care_study.chapters.national.country import open_country

AREAS = ["Northamptonshire", "Coventry", "Cambridgeshire"]


@pytest.fixture(scope="package")
def opened(published):
    return lambda indicator, areas, **years: open_country(published, indicator, areas, **years)


@pytest.fixture(scope="package")
def country(opened):
    return opened("looked_after_rate", AREAS)
