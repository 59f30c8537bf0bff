"""What the tests of the Cambridgeshire chapter share."""

import cambridgeshire_material as material
import pytest


@pytest.fixture(scope="module")
def claims():
    return material.claims()


@pytest.fixture(scope="module")
def setting():
    return material.setting()


@pytest.fixture(scope="module")
def computed():
    return material.computed()


@pytest.fixture(scope="module")
def flow():
    return material.flow()


@pytest.fixture(scope="module")
def beside():
    return material.beside()


@pytest.fixture(scope="module")
def factors():
    return material.factors()


@pytest.fixture(scope="module")
def kent():
    return material.setting("Kent")


@pytest.fixture(scope="module")
def evidence():
    return material.evidence()


@pytest.fixture(scope="module")
def judged():
    return material.judged()


@pytest.fixture(scope="module")
def reform():
    return material.reform()
