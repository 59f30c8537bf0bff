"""The re-referral rate during the project: time to return, by integration and by its inverse."""

import numpy as np
import pytest
from scipy.integrate import quad

from care_study.chapters.coventry import project


@pytest.mark.parametrize("months", [0.5, 6, 24])
def test_expected_return_is_the_average_over_the_days_of_completion(months):
    pace = -np.log(1 - 0.21) / 12
    total, _ = quad(lambda done: 1 - np.exp(-pace * (months - done)), 0, months)
    assert project.expected_return(21, months) == pytest.approx(100 * total / months)


def test_months_until_is_the_inverse():
    assert project.months_until(project.expected_return(21, 7.5), 21) == pytest.approx(7.5)


def test_nothing_returns_where_nothing_does():
    assert project.expected_return(0, 6) == 0


@pytest.mark.parametrize(("percent", "months"), [(-1, 6), (100, 6), (21, 0)])
def test_expected_return_refuses_what_is_impossible(percent, months):
    with pytest.raises(ValueError, match="at least 0 and below 100"):
        project.expected_return(percent, months)


def test_the_project_is_set_beside_the_lowest_official_pace(setting, claims):
    found = project.project(setting, claims, 6)
    assert found.expected_return == project.expected_return(found.own["value"].min(), 6)
    assert found.share_closed == pytest.approx(1.2 / found.expected_return)
    lowest = project.lowest(setting, 100)
    assert lowest.anywhere <= found.own_low


def test_a_short_project_survives_and_a_rate_of_a_year_does_not(setting, claims):
    claim = claims["cov-rereferral-project"]
    for months, survives in ((6, True), (0.5, False)):
        found = project.judge_project(project.project(setting, claims, months), claim)
        assert found.readings[0].survives is survives
        assert not any(one.survives for one in found.readings[1:])


def test_an_area_where_too_few_return_is_left_out_with_the_reason(open_it, claims):
    found = project.project(open_it("City of London"), claims, 6)
    assert found.reason.startswith("At 0.0% of referrals, the lowest of City of London")
