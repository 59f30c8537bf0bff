"""The measures of the page: joint returns, small places."""

import pytest
from profile_material import computed_for, opened

from care_study.chapters.profile import caveats, measures, opening, standing


def test_a_joint_return_stands_in_for_a_missing_one_and_says_so():
    setting = opened("Kingston upon Thames")
    rows = measures.own_rows(computed_for(setting.area_name)["cases_per_worker"], setting)
    joint = rows[rows["splice"] != ""]
    assert len(joint) and joint["splice"].str.contains("joint return of Kingston").all()
    assert not rows["year"].duplicated().any()
    shown = caveats.caveats(computed_for(setting.area_name), setting)
    assert shown["caveat"].str.contains("joint return of").any()


@pytest.mark.parametrize(("area", "few"), [("Isles of Scilly", True), ("Essex", False)])
def test_where_few_children_live_the_page_says_how_little_that_tells(area, few):
    setting = opened(area)
    computed = computed_for(setting.area_name)
    children = measures.few_children(computed, setting)
    # At 67 per 10,000, the rate of England in 2025, 20 children come from about 3,000.
    assert (0 < children < 3_000) == few
    indicators = standing.indicator_table(computed, setting)
    words = opening.summary(indicators, setting, children)
    told = caveats.caveats(computed, setting)["caveat"].str.contains("one more or less shows")
    assert ("a single family or post" in words) == told.any() == few
