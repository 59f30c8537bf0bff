"""The three measures against both lists of neighbours."""

import pandas as pd
import pytest

from care_study.chapters.coventry import lists
from care_study.statistics.comparison import compare_lists


@pytest.fixture(scope="module")
def found(setting):
    return lists.lists(setting)


def test_conclusions_that_flip_are_flagged_and_named(found):
    compared = found.compared_with["rereferral_percentage"].set_index("year")
    names = [name for name in compared if name.startswith("by_")]
    assert len(names) == 4
    assert (compared["flips"] == (compared[names].nunique(axis=1) > 1)).all()
    together = lists.together(found.compared_with)
    flips = pd.concat([rows["flips"] for rows in found.compared_with.values()], ignore_index=True)
    assert (together["conclusion"].str.startswith("depends") == flips).all()
    assert found.flips == flips.sum()
    assert 0 < found.flips < found.compared == len(together)


def test_the_conclusions_are_those_of_the_comparison_of_lists(setting, found):
    row = found.compared_with["cases_per_worker"].iloc[0]
    computed = setting.indicator("cases_per_worker")
    wide = computed[computed["year"] == row["year"]].set_index("area_id")["value"]
    values = {m: wide.reindex(listed["area_id"]) for m, listed in setting.neighbours.items()}
    table = compare_lists(row["value"], values).table
    for line in table.to_dict("records"):
        assert row[f"by_{line['statistic']}_{line['list']}"] == line["conclusion"]


def test_which_side_is_less_favourable():
    compared = pd.DataFrame({"year": [2018, 2019], "by_mean_2021": ["below", "above"]})
    assert lists.years_called_worse(compared, "assessments_in_45_days") == [2018]
    assert lists.years_called_worse(compared, "rereferral_percentage") == [2019]


def test_a_measure_without_figures_leaves_the_others_standing(open_it):
    found = lists.lists(open_it("North Northamptonshire"))
    assert found.compared_with["cases_per_worker"].empty
    assert found.worse_caseload == "no year"
    assert len(lists.together(found.compared_with)) == found.compared
