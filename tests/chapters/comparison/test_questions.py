"""Three questions in one table, and outcomes beside activity."""

import pytest

from care_study import paths
from care_study.area.setting import open_settings
from care_study.chapters.comparison import circumstances, questions
from care_study.claims import read_claims
from care_study.show.results import Absent
from care_study.show.table import TABLE_MIME

AREAS = ["Northamptonshire", "Coventry", "Cambridgeshire"]


@pytest.fixture(scope="module")
def settings():
    return open_settings(paths.PUBLISHED, AREAS, neighbours_needed=False)


@pytest.fixture(scope="module")
def found(settings):
    return questions.questions(settings, read_claims(paths.DOCUMENTS), 2018)


def test_three_rows_of_the_documents_year(found):
    rows = found.table.set_index("area")
    assert list(rows.index) == AREAS
    assert rows.at["Cambridgeshire", "official_then"] == "700"
    assert rows.at["Cambridgeshire", "neighbours_then"] == "653"  # at their mean rate
    assert rows.at["Cambridgeshire", "england_then"] == "851"  # 700 and 151
    assert rows.at["Northamptonshire", "official_then"] == "215"
    assert rows.at["Northamptonshire", "england_then"] == questions.NO_RATE
    assert (rows["outcome"] != "").all()


def test_tables_can_be_shown(settings, found):
    assert len(questions.questions_table(found).bundle[TABLE_MIME]["rows"]) == 3
    every = questions.two_years_table(settings, 2018).bundle[TABLE_MIME]
    assert len(every["rows"]) >= 3 * 5


def test_areas_without_a_document_are_named():
    others = open_settings(paths.PUBLISHED, ["Kent"], neighbours_needed=False)
    gone = questions.questions(others, read_claims(paths.DOCUMENTS), 2018)
    assert isinstance(gone, Absent) and "Kent" in gone.reason


def test_outcomes_stand_with_the_areas_beside_one_another(settings):
    every = circumstances.circumstances(settings, 2018)
    assert set(every) == set(AREAS)
    shown = circumstances.circumstances_table(settings, every).bundle[TABLE_MIME]
    assert len(shown["rows"]) > len(AREAS) * len(circumstances.OUTCOMES)
