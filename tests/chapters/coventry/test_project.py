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
    own = setting.own(setting.indicator("rereferral_percentage"))["value"]
    assert (found.own_low, found.own_high) == (own.min(), own.max())
    assert found.expected_return == project.expected_return(own.min(), 6)
    assert found.share_closed == pytest.approx(1.2 / found.expected_return)
    lowest = project.lowest(setting, 100)
    assert lowest.anywhere <= found.own_low


def test_an_area_where_too_few_return_is_left_out_with_the_reason(open_it, claims):
    found = project.project(open_it("City of London"), claims, 6)
    assert found.reason.startswith("At 0.0% of referrals, the lowest of City of London")
