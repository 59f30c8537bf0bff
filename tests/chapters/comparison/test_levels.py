"""Levels that the documents state, beside the official figures."""

from care_study.chapters.comparison import levels
from care_study.show.results import Absent


def test_dated_statement_stands_beside_the_figure_of_its_year(claims, settings):
    table = levels.beside_statistics(settings, claims)
    care = table[table["quantity"] == "children in care"].iloc[0]
    assert (care["stated"], care["official"], care["years"]) == ("700 children", "700", "2018")
    undated = table[table["document"] == "ics-coventry"]
    assert undated["years"].str.contains(" to ").all()


def test_years_without_a_series_have_no_figure(claims, opened):
    table = levels.beside_statistics(opened("Coventry", last_year=2014), claims)
    caseload = table[table["quantity"].str.contains("aseload|cases")].iloc[0]
    assert caseload["official"] == "no figure"


def test_areas_that_no_document_is_about_have_no_table(claims, opened):
    absent = levels.levels_table(opened("Kent", "Essex"), claims)
    assert isinstance(absent, Absent)
    assert absent.reason == "No document states a level for Kent or Essex."
