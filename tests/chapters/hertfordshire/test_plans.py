"""Child protection plans: the finding is that of its own measure, and so is the chart."""

from care_study.chapters.hertfordshire import plans
from care_study.show.figure import FIGURE_MIME


def test_chart_says_the_means_and_marks_the_change(setting, on_plans):
    shown = plans.plans_series(setting, on_plans, (2015.5, "Family Safeguarding")).bundle
    figure = shown[FIGURE_MIME]
    assert figure["title"].startswith("Hertfordshire: child protection plans averaged")
    assert len(figure["alt"]) <= 320
    assert "Safeguarding" in figure["wide"] and "Covid-19" in figure["wide"]
