"""The chart that a reader steers, and the latest figures, from the published tables."""

import pytest

from care_study import paths
from care_study.chapters.atlas import explore, latest
from care_study.chapters.atlas.measures import EXPLORED
from care_study.chapters.profile import measures as profile
from care_study.data import tables


@pytest.fixture(scope="module")
def computed():
    return profile.compute_all(tables.Tables(paths.PUBLISHED, profile.READS), 2013, 2025)


def test_the_explored_data_stay_within_what_a_chart_may_hold(computed):
    frame = explore.explore_frame(computed)
    assert 1500 < len(frame) <= explore.MOST_ROWS
    assert not frame.duplicated(["area_name", "year"]).any()
    assert {"England", "Essex", "Isles of Scilly"} <= set(frame["area_name"])


def test_a_chart_of_too_many_rows_is_refused(computed, monkeypatch):
    monkeypatch.setattr(explore, "MOST_ROWS", 100)
    with pytest.raises(ValueError, match="Expected at most 100"):
        explore.explore_frame(computed)


def test_the_latest_figures_are_of_the_latest_year_of_each_measure(computed):
    found = latest.latest_figures(computed).set_index("area_name")
    assert list(found)[1:] == list(EXPLORED) and "England" not in found.index
    for name in ("looked_after_rate", "assessments_in_45_days"):
        frame = computed[name]
        newest = frame.loc[(frame["area_name"] == "England") & frame["value"].notna(), "year"].max()
        essex = frame[(frame["area_name"] == "Essex") & (frame["year"] == newest)]
        assert found.loc["Essex", name] == essex["value"].iloc[0]
