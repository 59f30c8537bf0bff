"""Finding an area: which is meant where several could be, and what is suggested where none is."""

import pandas as pd
import pytest

from care_study.data import geography
from care_study.data.geography import UnknownAreaError


@pytest.mark.parametrize(
    ("text", "area_id"),
    [
        ("E12000008", "E12000008"),
        ("e12000008", "E12000008"),
        ("London.", "E12000007"),  # the region, not the City, though both are London in short
        ("City-of-London", "201"),
        ("Stockton on Tees", "808"),
        ("Stoke-on-Trent", "861"),
        ("stoke on trent", "861"),
        ("835+836+837", "835+836+837"),
    ],
)
def test_real_codes_and_names_are_found_in_any_form(published, text, area_id):
    listed = geography.areas(published["authorities"], published["boundary_changes"])
    assert geography.find_area(listed, text) == area_id


def names(*area_names):
    """Return a list of areas with these names and the codes 1, 2, 3 and so on."""
    ids = [str(place) for place in range(1, len(area_names) + 1)]
    codes = [(f"E0{area_id}",) for area_id in ids]
    return pd.DataFrame({"area_name": area_names, "area_codes": codes}, index=ids)


def complaint(listed, text):
    with pytest.raises(UnknownAreaError) as caught:
        geography.find_area(listed, text)
    start = (
        f"There is no area {text!r}. Expected the name or code of an authority, a region or "
        "England. "
    )
    assert str(caught.value).startswith(start)
    return str(caught.value).removeprefix(start)


def test_at_most_three_names_are_suggested_those_that_hold_the_text_first():
    listed = names("Norfork", "North Norfolkshire", "Norfolken", "Norfolked", "Norfolkia")
    assert complaint(listed, "Norfolk") == (
        "Did you mean North Norfolkshire (2) or Norfolken (3) or Norfolked (4)?"
    )


def test_a_suggestion_must_share_half_of_its_letters():
    # "abcd" and "abyz" share two letters of four each: 2 * 2 / 8 is one half
    assert complaint(names("Abyz"), "abcd") == "Did you mean Abyz (1)?"
    # "abcde" and "abxyz": 2 * 2 / 10
    assert complaint(names("Abxyz"), "abcde") == "Names are listed by `care-study areas`."
    # nor is a space between words something in common
    assert complaint(names("Xy Zu"), "ab cd") == "Names are listed by `care-study areas`."


def test_of_names_alike_in_short_the_one_with_fewer_other_words_is_meant():
    listed = names("County of Durham", "Durham City", "Durham, the City")
    assert geography.find_area(listed, "Durham!") == "2"
    assert geography.find_area(listed, "the city Durham") == "3"
    assert geography.find_area(listed, "the county of Durham") == "1"
