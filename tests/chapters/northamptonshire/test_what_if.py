"""What if: the sliders compute what the table says, and scenarios start where they should."""

import re
from dataclasses import replace

import pytest

from care_study.chapters.northamptonshire import what_if
from care_study.chapters.northamptonshire.no_further_action import among_others
from care_study.charts import capacity
from care_study.charts.drawing import ChartError
from care_study.show import svg
from care_study.show.results import Absent
from care_study.statistics.capacity import clear_backlog

START = what_if.Scenario("start", 216, 0.52, 18, 20, 25, 267)


def shown(scenario):
    picture = svg.draw(svg.spec_at(capacity.what_if(scenario.sliders), 680))
    return " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", picture))


def test_sliders_are_parameters_of_the_specification():
    spec = svg.spec_at(capacity.what_if(START.sliders), 680)
    assert [param["name"] for param in spec["params"]] == [one[0] for one in capacity.SLIDERS]
    assert all(param["bind"]["input"] == "range" for param in spec["params"])
    assert {param["name"]: param["value"] for param in spec["params"]}["share"] == 52


def test_vega_computes_what_the_scenario_does():
    found = shown(START)
    weeks = clear_backlog(START.backlog, START.arrivals, START.capacity).mean
    assert f"Needed a week: {START.arrivals:.0f}; possible: {START.capacity:.0f}." in found
    assert f"each worker holds {START.workload:.1f} (can: 25)" in found
    assert f"clears in {weeks:.1f} weeks" in found


def test_vega_says_never_where_arrivals_reach_capacity():
    few = replace(START, workers=15)
    assert few.capacity < few.arrivals
    assert "never clears" in shown(few)
    assert "There is no backlog" in shown(replace(START, backlog=0))


def test_path_ends_where_the_backlog_is_gone():
    path = START.path()
    weeks = clear_backlog(START.backlog, START.arrivals, START.capacity).mean
    assert path["waiting"].iloc[0] == 267
    assert path.loc[path["week"] > weeks, "waiting"].eq(0).all()
    assert path.loc[path["week"] < weeks, "waiting"].gt(0).all()


def test_a_slider_without_start_is_refused():
    with pytest.raises(ChartError, match="workers starts at 1000; expected a number from 1 to 200"):
        capacity.what_if({**START.sliders, "workers": 1000})


def test_scenarios_start_from_the_documents_where_they_are_about_the_area(
    setting, claims, visited, letter
):
    found = what_if.what_if(setting, claims, 2019, visited, among_others(setting, 2019), letter)
    own = found.scenarios[0]
    assert own.name == "Referrals of 2019, three teams"
    assert (own.workers, own.children, own.days, own.backlog) == (15, 25, 18, 267)
    table = what_if.scenario_table(found.scenarios).set_index("scenario")
    assert table["clears"].iloc[0] == "never"
    assert table.at["Five workers more", "clears"].startswith("12.2 (")
    assert table.at["Referrals of 2025", "referrals"] == visited.all_week["latest"].estimate


def test_elsewhere_the_workers_just_hold_the_stated_caseload(claims, visited, letter):
    other = what_if.where_sliders_start(claims, 2019, visited, letter, told=False)
    assert other.name == "Referrals of 2019"
    assert other.capacity >= other.arrivals
    assert replace(other, workers=other.workers - 1).capacity < other.arrivals


def test_each_scenario_changes_one_thing(claims, visited, letter):
    start = what_if.where_sliders_start(claims, 2019, visited, letter, told=True)
    changed = what_if.variations(start, claims, visited, 0.08)
    differ = [{key for key in vars(start) if vars(one)[key] != vars(start)[key]} for one in changed]
    assert [len(keys - {"name"}) for keys in differ] == [1, 1, 1, 2, 2, 1, 1, 2]


def test_without_the_years_referrals_there_is_no_what_if(setting, claims, letter):
    gone = Absent("visited", "There is no figure.")
    others = among_others(setting, 2019)
    found = what_if.what_if(setting, claims, 2019, gone, others, letter)
    assert what_if.sliders(setting, found) is gone
    assert what_if.scenarios(setting, found) is gone
