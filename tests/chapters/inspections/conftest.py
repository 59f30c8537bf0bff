"""What the tests of the inspections chapter share."""

import pytest

from care_study import paths
from care_study.claims import read_claims


@pytest.fixture(scope="session")
def claims():
    return read_claims(paths.DOCUMENTS)
