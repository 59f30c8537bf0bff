"""The first notebook of a new study."""

from care_study import paths
from care_study.area.setting import open_setting
from care_study.chapters.first import rate
from care_study.show.figure import FIGURE_MIME
from care_study.show.results import Absent, facts_of
from care_study.words import ten_digits


def test_the_latest_rate_is_that_of_the_figures():
    setting = open_setting(paths.PUBLISHED, "Essex")
    found = {one.name: one for one in facts_of(rate.latest(setting))}
    assert found["area"].text == "Essex" and found["year"].text == "2025"
    computed = setting.own(setting.indicator(rate.RATE)).iloc[-1]
    latest = found["rate"]
    assert (latest.value, latest.lower, latest.upper) == tuple(
        ten_digits(number) for number in computed[["value", "lower", "upper"]]
    )
    assert latest.method == "exact Poisson, 95%"
    content = rate.through_time(setting).bundle[FIGURE_MIME]
    assert "Essex" in content["title"] and content["sources"][-1] == "statistical_neighbours"


def test_where_there_is_no_figure_the_page_says_so():
    setting = open_setting(paths.PUBLISHED, "Cumberland", neighbours="2025", last_year=2020)
    found = rate.latest(setting)
    assert isinstance(found, Absent) and "Cumberland has no figure" in found.reason
