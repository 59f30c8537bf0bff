"""All adopters together: the estimate by hand, and words that follow the primary comparison."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from care_study.area.after_event import authorities_panel
from care_study.chapters.hertfordshire import adopters as module
from care_study.data import geography
from care_study.show.results import Absent
from care_study.show.table import TABLE_MIME

ADOPTED = {"Hertfordshire": 2016, "Luton": 2018, "Peterborough": 2018}


@pytest.fixture(scope="module")
def found(setting):
    return module.adopters(setting, ADOPTED)


def test_effect_by_hand(setting, found):
    tables, computed = setting.tables, setting.indicator("looked_after_rate")
    panel = authorities_panel(computed, geography.counted_twice(tables["boundary_changes"]))
    wide = panel.pivot(index="unit", columns="year", values="value").dropna()
    names = computed.drop_duplicates("area_id").set_index("area_name")["area_id"]
    first = pd.Series(np.inf, index=wide.index)
    for name, year in ADOPTED.items():
        first[names[name]] = year
    effects, weights = [], []
    for adopted in (2016, 2018):
        own = wide[first == adopted]
        for year in range(adopted, 2026):
            others = wide[first > max(year, adopted)]
            moved = own[year] - own[adopted - 1]
            effects.append(moved.mean() - (others[year] - others[adopted - 1]).mean())
            weights.append(len(own))
    assert found.together.estimate == pytest.approx(np.average(effects, weights=weights))
    assert found.adopted == 3
    assert found.together.lower < found.together.estimate < found.together.upper


def test_every_measure_and_other_comparators_are_listed(found):
    table = found.table
    assert list(table["measure"][:3]) == list(module.MEASURES.values())
    assert list(table["compared_with"][3:]) == [
        module.COMPARED["never"],
        module.COMPARED["not_yet"],
    ]
    assert table["years_early"].tolist() == [0, 0, 0, 0, 1]
    shown = module.adopters_table(found).bundle[TABLE_MIME]
    assert len(shown["rows"]) == len(table)
    times = module.by_time_table(found).bundle[TABLE_MIME]
    assert len(times["rows"]) == len(found.by_time)
    assert found.before_p == found.by_time.loc[found.by_time["event_time"] < 0, "p_value"].min()


def test_words_follow_the_primary_comparison(found):
    others = pd.DataFrame({"p_value": [0.2, 0.01]})
    main = SimpleNamespace(p_value=0.2, effect=-3.0, adopters=3)
    said = module.in_words(main, others)
    assert said.startswith(
        "3 adopters changed by 3.0 per 10,000 less than the others (p = 0.20): no"
    )
    assert said.endswith("Of 2 further comparisons 1 would say otherwise.")
    main.p_value, main.effect = 0.01, 3.0
    said = module.in_words(main, others)
    assert "more than the others (p = 0.010): chance deals of the years seldom give as much" in said
    others["p_value"] = 0.01
    assert module.in_words(main, others).endswith("none would say otherwise.")


def test_adopters_without_figures_are_named(setting):
    said = module.left_out(setting, {**ADOPTED, "North Northamptonshire": 2023})
    assert said == ["Adopters left out, for a year is missing: North Northamptonshire."]


def test_nobody_to_compare_leaves_a_sentence(setting):
    found = module.adopters(setting, {"Hertfordshire": 2013})
    assert isinstance(found, Absent)
    assert found.reason.startswith("The adopters cannot be compared")
