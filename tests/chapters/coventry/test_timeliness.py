"""Assessments in time: the official share, and the range of the council's own change."""

from dataclasses import replace

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


def test_range_of_the_councils_own_change_by_hand(setting, claims):
    row = timeliness.time_changes(setting, claims).set_index("year").loc[2023]
    weekly = setting.indicator("referrals_per_week")
    own = weekly[weekly["area_id"] == setting.area_id].set_index("year")["value"]
    rest = (row["time"] - 95 * 20 / own[2023]) / (1 - 20 / own[2023])
    ends = sorted([row["time"] - row["time_before"], rest - row["time_before"]])
    assert row["own_lower"] == pytest.approx(ends[0] - 0.1)
    assert row["own_upper"] == pytest.approx(ends[1] + 0.1)
    assert row["own_relative_upper"] == pytest.approx(100 * row["own_upper"] / row["time_before"])


def test_a_provider_that_could_have_done_all_leaves_nothing_to_say(setting, claims):
    more = replace(claims["cov-throughput"], low=9999.0, high=9999.0)
    years = pd.DataFrame({"year": [2023, 1999], "value": [80.0, 80.0]})
    rest = timeliness.rest_in_time(setting, years, claims)
    assert 0 < rest[0] < 80  # the provider's part was above the whole
    assert np.isnan(rest[1])
    assert timeliness.rest_in_time(setting, years, {**claims, "cov-throughput": more}).isna().all()


def test_years_within_rounding_of_the_stated_share(found):
    shares = found.own.set_index("year")["value"]
    within = [year for year, share in shares.items() if 94.5 <= share <= 95.5]
    assert found.in_time_years == (", ".join(map(str, within)) or "no year")
    assert found.time_low == shares.min()
    assert found.time_after_low == shares.idxmin() + 1
