"""The chart that a reader steers, and the latest figures, from the published tables."""

import pytest

from care_study import paths
from care_study.chapters.atlas import explore, latest
from care_study.chapters.atlas.measures import EXPLORED
from care_study.chapters.profile import measures as profile
from care_study.data import tables
from care_study.show.explorer import EXPLORER_MIME
from care_study.show.figure import FIGURE_MIME


@pytest.fixture(scope="module")
def computed():
    return profile.compute_all(tables.Tables(paths.PUBLISHED, profile.READS), 2013, 2025)


def test_every_authority_and_england_can_be_picked(computed):
    first = explore.First(measure="looked_after_rate", first="Essex", second="England")
    content = explore.everything(computed, first).bundle[EXPLORER_MIME]
    names = [name for name, _ in content["areas"]]
    assert {"England", "Essex", "Isles of Scilly"} <= set(names)
    assert content["measures"][0]["id"] == "looked_after_rate"
    frame = computed["looked_after_rate"].set_index(["area_name", "year"])["value"]
    place, year = names.index("Essex"), content["years"].index(2018)
    value = content["values"]["looked_after_rate"][place][year]
    assert value == round(frame["Essex", 2018], 1)
    assert dict(content["areas"])["England"] == ""


def test_the_page_without_scripts_shows_the_two_areas_of_the_start(computed):
    first = explore.First(measure="looked_after_rate", first="Essex", second="England")
    drawn = explore.two_areas(computed, first).bundle[FIGURE_MIME]
    assert drawn["title"] == "Essex beside England: children looked after"
    assert drawn["spec"] is None


def test_the_latest_figures_are_of_the_latest_year_of_each_measure(computed):
    found = latest.latest_figures(computed).set_index("area_name")
    assert list(found)[1:] == list(EXPLORED) and "England" not in found.index
    for name in ("looked_after_rate", "assessments_in_45_days"):
        frame = computed[name]
        newest = frame.loc[(frame["area_name"] == "England") & frame["value"].notna(), "year"].max()
        essex = frame[(frame["area_name"] == "Essex") & (frame["year"] == newest)]
        assert found.loc["Essex", name] == essex["value"].iloc[0]
