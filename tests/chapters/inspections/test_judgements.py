"""Judgements since: successors, areas without one, and the neighbours' latest."""

from dataclasses import replace

import pytest

from care_study import paths
from care_study.area.setting import open_settings
from care_study.chapters.inspections import judgements


@pytest.fixture(scope="module")
def settings():
    return open_settings(paths.PUBLISHED, ["Northamptonshire", "Coventry", "Hertfordshire"])


def test_successors_belong_to_the_family_of_an_area(published):
    assert judgements.family(published, "928") == ["928", "940", "941"]
    assert judgements.family(published, "331") == ["331"]


def test_judgements_follow_an_area_into_its_successors(settings):
    found = judgements.judgements(settings[:2])
    assert list(found.table["area_name"]) == [
        "Northamptonshire",
        "North Northamptonshire",
        "West Northamptonshire",
        "Coventry",
    ]
    assert found.table.loc[0, "judgement"] == "Inadequate"
    assert found.table.loc[0, "inspected"] == "2019-06-17"
    assert (found.area, found.compared, found.list_first) == ("Northamptonshire", "Coventry", 2018)
    assert found.latest.startswith("Northamptonshire was judged 'inadequate' in 2019; North")


def test_area_without_an_inspection_says_so(published):
    tables = dict(published)
    tables["inspections"] = published["inspections"].query("area_id != '331'")
    table = judgements.full_inspections(tables, ["331"])
    assert table.loc[0].tolist() == ["Coventry", "", "", "", judgements.NONE_LISTED]
    assert judgements.latest_sentence(table) == "Coventry has no inspection in the list"


def test_each_areas_neighbours_are_counted_once(published, settings):
    grades = judgements.grades_among_neighbours(settings)
    for setting in settings:
        assert grades[setting.area_name].sum() == len(setting.neighbour_ids)
    rows = published["inspections"]
    gone = {"928", "909", "835", "836", "837"}
    assert grades["all"].sum() == len(set(rows["area_id"]) - gone)
    without = judgements.grades_among_neighbours([replace(settings[0], neighbours={})])
    assert without["Northamptonshire"].sum() == 0


def test_the_list_of_neighbours_is_named(settings):
    shown = judgements.among_neighbours(settings)
    content = shown.bundle["application/vnd.care-study.table+json"]
    assert "(list of 2021)" in content["caption"]
    assert content["columns"][1]["label"] == "Neighbours of Northamptonshire"
