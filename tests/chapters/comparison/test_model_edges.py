"""What a model's numbers mean together."""

import pytest

from care_study import claims, paths
from care_study.chapters.comparison import models


def test_a_service_holds_the_cases_of_each_of_its_practitioners():
    register = claims.read_claims(paths.DOCUMENTS)
    made = models._service(register)
    most, each = register["cov-practitioners"].high, register["cov-caseload-after"].low
    assert made.holders == most
    assert made.cases == pytest.approx(most * each)
