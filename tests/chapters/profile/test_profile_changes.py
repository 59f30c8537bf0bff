"""How an authority changed, among all authorities."""

import numpy as np
import pandas as pd
import pytest
from profile_material import computed_for, opened

from care_study.area import among_all
from care_study.chapters.profile import changes, measures
from care_study.show.results import Absent


@pytest.fixture(scope="module")
def everything():
    tables = opened("Essex").tables
    return measures.compute_all(tables, 2013, 2025)


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


def test_england_is_set_beside_no_authority():
    setting, computed = opened("England"), computed_for("England")
    judged = among_all.Judged("random_walk", 0.95, 1.5)
    everyone = among_all.compare(among_all.wide(computed), setting.area_id, judged)
    found = changes.changes(computed, setting, everyone)
    assert found.table.empty and list(found.table) == list(changes.COLUMNS)
    assert "no authority" in found.trend_summary
    left_out = changes.changes_table(setting, found)
    assert isinstance(left_out, Absent) and "England" in left_out.reason
