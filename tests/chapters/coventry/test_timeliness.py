"""Assessments in time: the official share, and the range of the council's own change."""

import numpy as np
import pandas as pd
import pytest

from care_study.chapters.coventry import timeliness


@pytest.fixture(scope="module")
def found(setting, claims):
    return timeliness.timeliness(setting, claims)


def test_percentage_among_the_rest():
    rest = timeliness.share_of_others(81, 95, 0.2)
    assert 0.2 * 95 + 0.8 * rest == pytest.approx(81)


def test_range_of_the_councils_own_change_by_hand(setting, found):
    row = found.changes.set_index("year").loc[2023]
    weekly = setting.indicator("referrals_per_week")
    own = weekly[weekly["area_id"] == setting.area_id].set_index("year")["value"]
    rest = (row["time"] - 95 * 20 / own[2023]) / (1 - 20 / own[2023])
    ends = sorted([row["time"] - row["time_before"], rest - row["time_before"]])
    assert row["own_lower"] == pytest.approx(ends[0] - 0.1)
    assert row["own_upper"] == pytest.approx(ends[1] + 0.1)
    assert row["own_relative_upper"] == pytest.approx(100 * row["own_upper"] / row["time_before"])


def test_a_share_of_all_or_more_says_nothing_of_the_rest(setting, claims):
    years = pd.Series([2023, 1999])
    share = timeliness.provider_share(setting, years, claims)
    assert 0 < share[0] < 1
    assert np.isnan(share[1])
    small = timeliness.share_of_others(pd.Series([80.0]), 95, pd.Series([np.nan]))
    assert small.isna().all()


def test_years_within_rounding_of_the_stated_share(found):
    shares = found.own.set_index("year")["value"]
    within = [year for year, share in shares.items() if 94.5 <= share <= 95.5]
    assert found.in_time_years == (", ".join(map(str, within)) or "no year")
    assert found.time_low == shares.min()
    assert found.time_after_low == shares.idxmin() + 1


def test_readings_of_the_whole_authority_carry_the_rounding(found, verdicts):
    readings = {one.id: one for one in verdicts["cov-assessments-in-time"].readings}
    first = found.own.iloc[0]
    reading = readings[f"whole-authority/{first['year']}"]
    assert (reading.lower, reading.upper) == (
        pytest.approx(first["value"] - 0.05),
        pytest.approx(first["value"] + 0.05),
    )
    assert readings["provider-team"].survives is True
