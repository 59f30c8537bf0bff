"""What the page says first."""

import pandas as pd
import pytest
from profile_material import computed_for, opened

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.profile import measures, opening, standing
from care_study.show.results import facts_of
from care_study.words import ten_digits


def test_the_other_list_is_taken_where_the_chosen_one_lacks_the_area():
    setting = opened("Cumberland")
    assert setting.chosen == "2025" and len(setting.neighbour_ids) == 10
    assert any("neighbour list of 2021 does not hold Cumberland" in note for note in setting.notes)


def test_an_area_without_neighbours_is_set_beside_england_alone():
    setting = opened("835+836+837")
    assert setting.neighbour_ids == []
    table = standing.indicator_table(computed_for(setting.area_name), setting)
    known = table[table["value"].notna()]
    assert len(known) > 5 and (known["place"] == standing.NO_NEIGHBOURS).all()
    assert known["england"].notna().any()
    assert "No list of statistical neighbours" in opening.compared_with(setting)


def test_neighbours_are_demanded_where_they_are_needed():
    with pytest.raises(ValueError, match="combined territories have no neighbours"):
        open_setting(paths.PUBLISHED, "835+836+837")


def test_an_ordinary_area_is_called_unremarkable():
    setting = opened("Essex")
    table = standing.indicator_table(computed_for(setting.area_name), setting)
    ordinary = table.assign(p_unusual=0.6)
    assert "Essex is unremarkable among its neighbours" in opening.summary(ordinary, setting)
    odd = ordinary.copy()
    odd.loc[0, "p_unusual"] = 0.0001
    words = opening.summary(odd, setting)
    assert "outside the range" in words and "children looked after" in words


def test_the_rate_brings_its_interval_or_says_that_it_is_not_known():
    for area, known in (("Essex", True), ("Isles of Scilly", False)):
        setting, computed = opened(area), computed_for(area)
        years = computed | {
            name: frame if known else frame[frame["year"] > 2020]
            for name, frame in computed.items()
        }
        found = opening.opening(years, setting, standing.standing(years, setting))
        rate = {one.name: one for one in facts_of(found)}["rate"]
        last = measures.own_rows(years["looked_after_rate"], setting).tail(1)
        assert [rate.value] == (last["value"].map(ten_digits).tolist() if known else [None])
        assert rate.method == ("exact Poisson, 95%" if known else "")
        assert rate.text.endswith("per 10,000") if known else rate.text == "not known"


def test_england_is_compared_with_no_authority():
    setting = opened("England")
    words = opening.compared_with(setting)
    assert "no authority" in words and "neighbours" not in words


def test_one_measure_is_not_called_measures():
    table = pd.DataFrame({"measure": ["a", "b"], "value": [1.0, 2.0], "p_unusual": [0.0001, 0.9]})
    assert "on the other 1 measure that" in opening.summary(table, opened("Essex"))
