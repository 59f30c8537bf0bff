"""October 2018: measures beside the neighbours, and verdicts on words without numbers."""

import pytest

from care_study.chapters.northamptonshire import october
from care_study.show.results import Absent


@pytest.fixture(scope="module")
def found(setting):
    return october.october(setting, 2019, 2018)


def test_september_2018_is_beside_the_neighbours(found):
    table = found.table.set_index("indicator")
    assert table.at["vacancy_rate", "own"] == 26.7
    assert table.at["vacancy_rate", "gap"] == pytest.approx(26.7 - table.at["vacancy_rate", "mean"])
    assert table.at["assessments_in_45_days", "gap_upper"] < 0
    assert table.at["assessments_in_45_days", "harder_than_neighbours"]
    assert set(table["n"]) <= set(range(1, 11))


def test_an_area_with_nothing_to_compare_is_left_out(area):
    found = october.october(area("Dorset"), 2019, 2018)
    assert isinstance(found, Absent)
    assert found.reason.startswith("Dorset has no figure for assessments completed within")


def test_some_measures_lie_beyond_the_interval_and_some_within(found):
    rows = found.table.to_dict("records")
    outside = [row for row in rows if row["gap_lower"] > 0 or row["gap_upper"] < 0]
    inside = [row for row in rows if row not in outside]
    assert rows[0] in outside and inside
