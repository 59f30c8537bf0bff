"""A chapter's setting: the area, its comparators and years, and what is refused before it runs."""

import pytest

from care_study import paths
from care_study.area.setting import open_setting
from care_study.data.geography import NeighbourError, UnknownAreaError
from care_study.study import StudyError
from care_study.unavailable import Unavailable


def setting(area="Cambridgeshire", **how):
    return open_setting(paths.PUBLISHED, area, **how)


@pytest.fixture(scope="module")
def cambridgeshire():
    return setting()


def test_the_area_and_its_comparators(cambridgeshire):
    assert (cambridgeshire.area_id, cambridgeshire.area_name) == ("873", "Cambridgeshire")
    assert (cambridgeshire.region_id, cambridgeshire.region_name) == (
        "E12000006",
        "East of England",
    )
    assert cambridgeshire.neighbour_ids == [
        *("931", "916", "850", "800", "865", "938", "869", "919", "885", "937"),
    ]
    assert set(cambridgeshire.neighbours) == {"2021", "2025"}
    assert cambridgeshire.notes == ()


def test_the_other_list_is_the_one_that_was_not_chosen(cambridgeshire):
    assert cambridgeshire.other_list == "2025"
    assert setting(neighbours="2025").other_list == "2021"
    assert setting(neighbours=2025).chosen == "2025"  # as YAML reads it without quotation marks


def test_an_authority_created_since_2021_is_in_one_list_only():
    found = setting("Cumberland", neighbours="2025", first_year=2024)
    assert list(found.neighbours) == ["2025"]
    assert found.other_list == "2025"
    assert found.notes[:2] == (
        "Cumberland: created on 1 April 2023 from Cumbria.",
        "The neighbour list of 2021 does not hold Cumberland. It is in the list of 2025: use that.",
    )


def test_abolished_and_created_neighbours_are_named():
    notes = setting("Bedford").notes
    assert (
        "West Northamptonshire (neighbour 1 of the 2021 list): created on 1 April 2021 from "
        "Northamptonshire." in notes
    )


def test_the_city_of_london_is_not_london():
    found = setting("City of London")
    assert (found.area_id, found.region_name) == ("201", "Inner London")


def test_an_indicator_within_the_years(cambridgeshire):
    rate = setting(first_year=2017, last_year=2019).indicator("looked_after_rate")
    assert sorted(rate["year"].unique()) == [2017, 2018, 2019]
    own = setting(first_year=2017, last_year=2019).own(rate)
    assert own["numerator"].tolist() == [686, 700, 773]
    assert own.index.tolist() == [0, 1, 2]
    # A later first year of one indicator is no error: the series simply starts later.
    assert cambridgeshire.indicator("agency_rate")["year"].min() == 2017


@pytest.mark.parametrize(
    ("how", "error", "expected"),
    [
        ({"area": "Cambrigeshire"}, UnknownAreaError, r"Did you mean Cambridgeshire \(873\)"),
        ({"neighbours": "2019"}, StudyError, r"neighbours: found '2019'\. Expected 2021 or 2025"),
        ({"statistic": "mode"}, StudyError, r"statistic: found 'mode'\. Expected mean or median"),
        ({"first_year": 2012}, StudyError, "first_year: found 2012. Expected a year from 2013 to"),
        ({"last_year": 2031}, StudyError, "last_year: found 2031. Expected a year from 2013 to"),
        ({"first_year": "2013"}, StudyError, "first_year: found '2013'"),
        ({"first_year": 2020, "last_year": 2019}, StudyError, "2020 is after last_year 2019"),
        ({"area": "England"}, NeighbourError, "does not hold England. No list holds it"),
        ({"area": "Cumberland"}, NeighbourError, "does not hold Cumberland. It is in the list"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_runs(how, error, expected):
    with pytest.raises(error, match=expected):
        setting(**how)


def test_years_without_data_of_an_indicator():
    early = setting(first_year=2013, last_year=2015)
    with pytest.raises(ValueError, match=r"2013 to 2015 are outside the data of agency workers"):
        early.indicator("agency_rate")


def test_too_few_years():
    short = setting("North Northamptonshire", first_year=2013, last_year=2022)
    with pytest.raises(ValueError) as caught:
        short.own(short.indicator("looked_after_rate"))
    assert str(caught.value) == (
        "North Northamptonshire has too few years of children looked after between 2013 and 2022: "
        "found 1, expected at least 2. Choose an authority with a longer series, or more years."
    )


def test_values_of_the_neighbours_of_either_list(cambridgeshire):
    rate = cambridgeshire.indicator("looked_after_rate")
    for model, rows in cambridgeshire.neighbours.items():
        values = cambridgeshire.among_neighbours(rate, 2018, model)
        assert list(values.index) == list(rows["area_name"])
    assert cambridgeshire.among_neighbours(rate, 2018)["Oxfordshire"] == pytest.approx(
        10_000 * 684 / 142_703
    )


def test_year_in_which_no_neighbour_has_a_value(cambridgeshire):
    rate = cambridgeshire.indicator("looked_after_rate")
    with pytest.raises(Unavailable, match="No neighbour of Cambridgeshire has a figure for child"):
        cambridgeshire.among_neighbours(rate, 2030)
