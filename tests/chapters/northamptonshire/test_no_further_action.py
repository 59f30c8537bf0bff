"""The share with no further action: its change, the neighbours' mean and the lists."""

from dataclasses import replace

import pandas as pd
import pytest

from care_study.chapters.northamptonshire import no_further_action as nfa
from care_study.show.results import Absent, facts_of


def test_change_is_from_the_highest_year(setting):
    found = nfa.recorded(setting)
    assert (found.top, found.last) == (2018, 2025)
    assert found.nfa_change.estimate == pytest.approx(100 * (714 / 9224 - 5740 / 11216))
    assert found.nfa_change.lower < found.nfa_change.estimate < found.nfa_change.upper < 0
    assert found.top_sentence.startswith("51% of Northamptonshire's referrals")


def test_where_the_last_year_is_highest_the_change_is_from_the_lowest():
    table = pd.DataFrame({"year": [2013, 2014, 2015], "nfa": [9.0, 4.0, 12.0]})
    top, last = nfa.ends(table)
    assert (top["year"], last["year"]) == (2014, 2015)
    assert nfa.sentence_of(table, "A") == (
        "4% of A's referrals ended in no further action in 2014, 12% in 2015"
    )


def test_neighbours_mean_has_a_t_interval_that_is_never_negative(setting):
    found = nfa.among_others(setting, 2019)
    facts = {fact.name: fact for fact in facts_of(found)}
    assert facts["nfa_neighbours"].method == "t on 9 degrees of freedom, 95%"
    assert found.nfa_neighbours.lower >= 0
    computed = setting.indicator("nfa_percentage")
    rows = computed[(computed["year"] == 2019) & computed["area_id"].isin(setting.neighbour_ids)]
    assert found.nfa_neighbours.estimate == pytest.approx(rows["value"].mean())


def test_without_neighbours_the_reason_is_given(setting):
    found = nfa.among_others(replace(setting, neighbours={}), 2019)
    assert isinstance(found, Absent)
    assert found.reason.startswith("No neighbour of Northamptonshire has a figure")


def test_lists_are_compared(setting, area):
    assert nfa.lists_note(setting) == (
        "the neighbour lists of 2021 and 2025 name the same authorities"
    )
    assert nfa.lists_note(area("Cumberland")) == "only the list of 2025 holds this authority"


def test_chart_draws_the_statistic_that_was_chosen(setting):
    chosen = replace(setting, statistic="median")
    shown = nfa.share_series(chosen, nfa.recorded(chosen))
    content = shown.bundle["application/vnd.care-study.figure+json"]
    assert "median" in content["wide"]
    assert "mean" not in content["wide"].split("<text")[-1]
