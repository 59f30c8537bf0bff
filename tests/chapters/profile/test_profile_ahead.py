"""The forecast, and why there is none."""

import pytest
from profile_material import computed_for, opened

from care_study.chapters.profile import ahead, measures


def test_the_forecast_starts_after_the_last_gap_or_says_why_not():
    setting = opened("Essex")
    computed = computed_for(setting.area_name)
    frame, why = ahead.forecast_frame(computed, setting, "random_walk", 3)
    assert list(frame["year"]) == [2026, 2027, 2028] and why == ""
    last = measures.own_rows(computed["looked_after_rate"], setting)["value"].iloc[-1]
    assert frame["value"].tolist() == pytest.approx([last] * 3)
    new = opened("Cumberland")
    nothing, reason = ahead.forecast_frame(computed_for(new.area_name), new, "random_walk", 3)
    assert nothing is None and reason.startswith("No forecast is made. Found 2 points")


def test_no_forecast_is_made_of_a_series_with_zeros():
    setting = opened("Isles of Scilly")
    nothing, reason = ahead.forecast_frame(
        computed_for(setting.area_name), setting, "random_walk", 3
    )
    assert nothing is None and "in 5 of the latest 5 years" in reason and "log=" not in reason
