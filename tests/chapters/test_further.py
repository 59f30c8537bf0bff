"""Further measures beside neighbours and England."""

import pytest

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters import further
from care_study.chapters.cambridgeshire.circumstances import PLACED
from care_study.indicators.compute import compute
from care_study.show.results import Absent, facts_of
from care_study.show.table import TABLE_MIME


@pytest.fixture(scope="module")
def setting():
    return open_setting(paths.PUBLISHED, "Cambridgeshire")


@pytest.fixture(scope="module")
def found(setting):
    return further.further(setting, PLACED, 2018)


def test_rows_are_the_indicators_values(setting, found):
    computed = compute(setting.tables, "outside_area_percentage").set_index(["area_id", "year"])
    rows = found.table[found.table["measure"].str.startswith("Looked after outside")]
    assert list(rows["year"]) == [2013, 2018, 2025]
    for row in rows.to_dict("records"):
        key = (setting.area_id, row["year"])
        assert row["own"] == computed.at[key, "value"]
        mean = computed.loc[[(one, row["year"]) for one in setting.neighbour_ids], "value"].mean()
        assert row["mean"] == pytest.approx(mean)


def test_facts_say_all_three(found):
    facts = {fact.name: fact.text for fact in facts_of(found)}
    assert facts["further_outside_area_percentage_then"] == (
        "49.2% (neighbours 36.1%, England 40.8%)"
    )
    assert facts["further_spending_per_looked_after_then"].startswith("£60,286 (neighbours £")
    assert facts["further_year_outside_area_percentage_latest"] == "2025"


def test_suppressed_figure_keeps_what_it_can_be():
    county = open_setting(paths.PUBLISHED, "Northamptonshire")
    one = further.further(county, ["semi_independent_percentage"])
    row = one.table.iloc[0]
    assert row["allowed"] == "5.9% to 50.3%"
    assert row.isna()["own"]
    assert one.further["semi_independent_percentage_first"].startswith("5.9% to 50.3% (")


def test_what_can_be_anything_is_said_to_be_suppressed(setting):
    one = further.further(setting, ["with_parents_percentage"], 2018)
    assert one.further["with_parents_percentage_then"].startswith("suppressed (")


def test_no_column_for_what_is_not_there(setting):
    one = further.further(setting, ["outside_area_percentage"], 2018)
    assert "allowed" not in one.table
    shown = further.further_table(one, "outside", "Outside the area").bundle[TABLE_MIME]
    assert len(shown["rows"]) == 3


def test_measures_without_a_figure_are_named(setting):
    later = open_setting(paths.PUBLISHED, "Cambridgeshire", first_year=2021, last_year=2025)
    assert isinstance(further.further(later, ["imd_score"]), Absent)
    assert isinstance(further.further(later, []), Absent)
