"""An authority's page: what it computes, by hand, and that no authority is too awkward for it."""

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from care_study import paths
from care_study.area import among_all
from care_study.area.setting import ENGLAND, open_setting
from care_study.chapters.profile import figures as profile
from care_study.chapters.profile import words as profile_words
from care_study.execution import execution

AWKWARD = [
    "Isles of Scilly",
    "City of London",
    "North Northamptonshire",
    "West Northamptonshire",
    "Cumberland",
    "Poole",
    "Bournemouth",
    "Dorset (to 2019)",
    "Cumbria",
    "Northamptonshire",
    "835+836+837",
    "Kingston upon Thames",
]


COMPUTED = {}  # what the settings below share; a test that changes a frame copies it first


@cache
def opened(area):
    setting = open_setting(paths.PUBLISHED, area, neighbours_needed=False)
    return replace(setting, computed=COMPUTED)


@cache
def computed_for(area):
    return profile.compute_indicators(opened(area))


@pytest.fixture(scope="module")
def everything():
    tables = opened("Essex").tables
    return profile.compute_all(tables, 2013, 2025)


# ---- neighbours


def test_the_other_list_is_taken_where_the_chosen_one_lacks_the_area():
    setting = opened("Cumberland")
    assert setting.chosen == "2025" and len(setting.neighbour_ids) == 10
    assert any("neighbour list of 2021 does not hold Cumberland" in note for note in setting.notes)


def test_an_area_without_neighbours_is_set_beside_england_alone():
    setting = opened("835+836+837")
    assert setting.neighbour_ids == []
    table = profile.indicator_table(computed_for(setting.area_name), setting)
    known = table[table["value"].notna()]
    assert len(known) > 5 and (known["place"] == profile.NO_NEIGHBOURS).all()
    assert known["england"].notna().any()
    assert "No list of statistical neighbours" in profile_words.compared_with(setting)


def test_neighbours_are_demanded_where_they_are_needed():
    with pytest.raises(ValueError, match="combined territories have no neighbours"):
        open_setting(paths.PUBLISHED, "835+836+837")


# ---- joint returns


def test_a_joint_return_stands_in_for_a_missing_one_and_says_so():
    setting = opened("Kingston upon Thames")
    rows = profile.own_rows(computed_for(setting.area_name)["cases_per_worker"], setting)
    joint = rows[rows["splice"] != ""]
    assert len(joint) and joint["splice"].str.contains("joint return of Kingston").all()
    assert not rows["year"].duplicated().any()
    shown = profile.caveats(computed_for(setting.area_name), setting)
    assert shown["caveat"].str.contains("joint return of").any()


# ---- the table of indicators, by hand


def small(values, own="1"):
    """Ten neighbours and England in one year, the area with one value more."""
    rows = [("1", "Alfa", values[0]), (ENGLAND, "England", values[-1])]
    rows += [(str(n), f"Area {n}", value) for n, value in enumerate(values[1:-1], start=10)]
    frame = pd.DataFrame(rows, columns=["area_id", "area_name", "value"])
    return frame.assign(
        year=2025, indicator="x", lower=np.nan, upper=np.nan, reason="", splice="",
        numerator=np.nan, denominator=np.nan, area_type="local authority", region="",
    )  # fmt: skip


def setting_of(ids):
    return SimpleNamespace(
        area_id="1", area_name="Alfa", neighbour_ids=ids, statistic="mean", chosen="2021",
        first_year=2013, last_year=2025, notes=(),
    )  # fmt: skip


def test_the_gap_is_to_the_neighbours_mean():
    others = [40.0, 42, 44, 46, 48, 52, 54, 56, 58, 60]
    frame = small([70.0, *others, 55.0])
    ids = [str(n) for n in range(10, 20)]
    row = profile.indicator_table(dict.fromkeys(profile.SHOWN, frame), setting_of(ids)).iloc[0]
    assert row["mean"] == pytest.approx(50) and row["median"] == pytest.approx(50)
    assert row["gap"] == pytest.approx(20) and row["england"] == 55
    # s = sqrt(440 / 9) = 6.992; 2.262 x s / sqrt(10) = 5.002
    assert row["gap_lower"] == pytest.approx(20 - 5.002, abs=0.01)
    assert row["place"] == "above"
    # t = 20 / (6.992 sqrt(1.1)) = 2.727 on 9 degrees of freedom
    assert row["p_unusual"] == pytest.approx(0.0234, abs=0.0005)


def test_unusual_only_after_correction_for_the_number_of_measures():
    table = pd.DataFrame({"measure": ["a", "b", "c"], "p_unusual": [0.02, 0.5, np.nan]})
    assert profile.unusual_measures(table) == ["a"]  # 0.02 x 2 = 0.04
    three = pd.DataFrame({"measure": ["a", "b", "c"], "p_unusual": [0.02, 0.5, 0.6]})
    assert profile.unusual_measures(three) == []  # 0.02 x 3 = 0.06


def test_an_ordinary_area_is_called_unremarkable():
    setting = opened("Essex")
    table = profile.indicator_table(computed_for(setting.area_name), setting)
    ordinary = table.assign(p_unusual=0.6)
    assert "Essex is unremarkable among its neighbours" in profile_words.summary(ordinary, setting)
    odd = ordinary.copy()
    odd.loc[0, "p_unusual"] = 0.0001
    words = profile_words.summary(odd, setting)
    assert "outside the range" in words and "children looked after" in words


def test_a_missing_figure_says_why():
    setting = opened("Isles of Scilly")
    table = profile.indicator_table(computed_for(setting.area_name), setting)
    assert table.loc[table["value"].isna(), "place"].str.startswith("no figure").all()


# ---- national comparison


def test_the_share_of_others_that_changed_as_much_is_a_band():
    values = pd.DataFrame(
        {2020: [10.0] * 21, 2025: [13.0, *[10.0 + n / 2 for n in range(20)]]},
        index=[str(n) for n in range(21)],
    )
    judged = among_all.Judged("random_walk", 0.95, 1.5)
    found = among_all.compare({"x": values}, "0", judged).places.iloc[0]
    # Changes of the others are 0, 0.5 ... 9.5: 14 of 20 are at least 3, so more than half.
    assert found["share"] == 1.0 and found["others"] == 20
    assert (found["first_year"], found["last_year"]) == (2020, 2025)
    larger = values.copy()
    larger.loc["0", 2025] = 19.0  # 9 or more: 2 of 20
    assert among_all.compare({"x": larger}, "0", judged).places["share"].iloc[0] == 0.1


def test_a_small_revision_elsewhere_leaves_the_comparison_alone(everything):
    judged = among_all.Judged("random_walk", 0.95, 1.5)
    values = among_all.wide(everything)
    before = among_all.compare(values, "881", judged).to_json()
    revised = {name: frame.copy() for name, frame in values.items()}
    revised["looked_after_rate"].loc["302", 2025] *= 1.01
    assert among_all.compare(revised, "881", judged).to_json() == before


def test_the_comparison_survives_being_written(everything):
    judged = among_all.Judged("random_walk", float("nan"), 1.5)
    made = among_all.compare(among_all.wide(everything), "942", judged)
    again = among_all.from_json(made.to_json())
    assert made.places["share"].isna().any()  # Cumberland has no five years
    pd.testing.assert_frame_equal(again.places, made.places, check_dtype=False)
    assert np.isnan(again.judged.coverage_95) and again.judged.mase == 1.5


def test_the_back_test_supports_the_forecast(everything):
    judged = among_all.back_test(everything["looked_after_rate"], "random_walk")
    assert judged.coverage_95 == 0.95 and 1 < judged.mase < 2


# ---- forecast


def test_the_forecast_starts_after_the_last_gap_or_says_why_not():
    setting = opened("Essex")
    computed = computed_for(setting.area_name)
    ahead, why = profile.forecast_frame(computed, setting, "random_walk", 3)
    assert list(ahead["year"]) == [2026, 2027, 2028] and why == ""
    last = profile.own_rows(computed["looked_after_rate"], setting)["value"].iloc[-1]
    assert ahead["value"].tolist() == pytest.approx([last] * 3)
    new = opened("Cumberland")
    nothing, reason = profile.forecast_frame(computed_for(new.area_name), new, "random_walk", 3)
    assert nothing is None and reason.startswith("No forecast is made. Found 2 points")


def test_no_forecast_is_made_of_a_series_with_zeros():
    setting = opened("Isles of Scilly")
    nothing, reason = profile.forecast_frame(
        computed_for(setting.area_name), setting, "random_walk", 3
    )
    assert nothing is None and "in 4 of the latest 4 years" in reason and "log=" not in reason


@pytest.mark.parametrize(("area", "few"), [("Isles of Scilly", True), ("Essex", False)])
def test_where_few_children_live_the_page_says_how_little_that_tells(area, few):
    setting = opened(area)
    computed = computed_for(setting.area_name)
    children = profile.few_children(computed, setting)
    # At 67 per 10,000, the rate of England in 2025, 20 children come from about 3,000.
    assert (0 < children < 3_000) == few
    indicators = profile.indicator_table(computed, setting)
    words = profile_words.summary(indicators, setting, children)
    told = profile.caveats(computed, setting)["caveat"].str.contains("one more or less shows")
    assert ("a single family or post" in words) == told.any() == few


# ---- the page itself


@pytest.mark.parametrize("area", AWKWARD)
def test_everything_is_computed_for_an_awkward_area(area):
    setting = opened(area)
    computed = computed_for(setting.area_name)
    judged = among_all.Judged("random_walk", 0.95, 1.5)
    places = among_all.compare(among_all.wide(computed), setting.area_id, judged)
    indicators = profile.indicator_table(computed, setting)
    trends = profile.trend_table(computed, setting, places)
    ahead, why = profile.forecast_frame(computed, setting, "random_walk", 3)
    texts = [
        profile_words.summary(indicators, setting),
        profile_words.sides(indicators, setting),
        profile_words.trend_summary(trends),
        profile_words.forecast_sentence(ahead, why, setting, places),
    ]
    assert all(text and "nan" not in text.lower().split() for text in texts), texts
    assert len(indicators) == len(profile.SHOWN)
    assert not profile.caveats(computed, setting).empty
    for name in profile.drawable(computed, setting, profile.SHOWN):
        lines = profile.chart_lines(computed[name], setting, with_neighbours=True)
        assert setting.area_name in set(lines["area_name"])
        assert len(profile_words.series_alt(name, lines, setting)) <= 320


@pytest.mark.slow
def test_the_notebook_runs_where_almost_nothing_is_known(tmp_path):
    out = tmp_path / "scilly.ipynb"
    execution.execute(paths.NOTEBOOKS / "profile.ipynb", out, {"area": "Isles of Scilly"})
    assert "Isles of Scilly" in out.read_text(encoding="utf-8")
