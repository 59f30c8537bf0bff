"""Child protection plans: the finding is that of its own measure, and so is the chart."""

import pytest

from care_study.chapters.hertfordshire import plans
from care_study.show.figure import FIGURE_MIME


def test_plans_started_stand_for_plans(setting, claims, on_plans):
    own = setting.own(setting.indicator("plans_started_rate")).set_index("year")["value"]
    assert on_plans.before == pytest.approx(own.loc[2013:2015].mean())
    assert on_plans.after == pytest.approx(own.loc[2016:2018].mean())
    found = plans.judge_plans(on_plans, claims["cam-hertfordshire-plans"])
    assert not any(reading.same_measure for reading in found.readings)
    assert "plans started stand in for plans open" in found.sentence


def test_chart_says_the_means_and_marks_the_change(setting, on_plans):
    shown = plans.plans_series(setting, on_plans, (2015.5, "Family Safeguarding")).bundle
    figure = shown[FIGURE_MIME]
    assert figure["title"].startswith("Hertfordshire: child protection plans started averaged")
    assert len(figure["alt"]) <= 320
    assert "Safeguarding" in figure["wide"] and "Covid-19" in figure["wide"]
