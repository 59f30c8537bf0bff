"""Who is compared: territories as one series, and authorities that lack a year."""

import pytest

from care_study.chapters.national.country import about
from care_study.show.results import facts_of


def test_a_divided_county_is_one_series_and_its_parts_are_not_counted_again(country):
    assert {"928", "909"} <= set(country.panel.units)  # Northamptonshire, Cumbria
    assert not {"940", "941", "942", "943"} & set(country.panel.units)
    assert len(country.panel.years) == 13


def test_parts_are_left_out_even_where_they_have_every_year(opened):
    later = opened("looked_after_rate", ["Coventry"], first_year=2022)
    assert "928" in later.panel.units
    assert not {"940", "941"} & set(later.panel.units)


def test_northamptonshire_after_its_division_is_the_sum_of_its_parts(country):
    rows = country.computed[country.computed["year"] == 2025].set_index("area_id")
    parts = rows.loc[["940", "941"]]
    expected = 1e4 * parts["numerator"].sum() / parts["denominator"].sum()
    last = country.panel.values[country.panel.row("928"), -1]
    assert last == pytest.approx(expected)


def test_an_area_that_lacks_a_year_is_asked_about_but_not_whole(opened):
    asked = opened("looked_after_rate", ["West Northamptonshire", "City of London", "Leeds"])
    assert list(asked.focus.values()) == ["West Northamptonshire", "City of London", "Leeds"]
    assert list(asked.whole.values()) == ["Leeds"]
    facts = {fact.name: fact.text for fact in facts_of(about(asked))}
    assert facts["names"] == "West Northamptonshire, City of London and Leeds"
    assert "City of London; Isles of Scilly" in facts["left_out"]
    assert facts["first_year"] == "2013"


def test_years_without_data_are_refused(opened):
    with pytest.raises(ValueError, match="1990 to 1991 are outside the data"):
        opened("looked_after_rate", ["Leeds"], first_year=1990, last_year=1991)
