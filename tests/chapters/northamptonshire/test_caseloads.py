"""Caseloads: what a mean allows the busiest to hold, and the verdicts on stated caseloads."""

from dataclasses import replace

import numpy as np
import pytest

from care_study.chapters.northamptonshire import caseloads
from care_study.show.results import Absent, facts_of


@pytest.fixture(scope="module")
def found(setting, claims):
    return caseloads.caseloads(setting, claims, 2018, (2014, 2021))


def test_most_that_can_hold_a_high_caseload():
    # Ten workers with 190 cases: at most six can hold 31 while the four others hold one each.
    assert caseloads.most_holding(19, 31) == pytest.approx(0.6)
    assert caseloads.most_holding(40, 31) == 1
    with pytest.raises(ValueError, match="more than the least"):
        caseloads.most_holding(19, 1)


def test_what_is_left_for_the_others():
    assert caseloads.left_for_others(20, 40, 0.25) == pytest.approx(40 / 3)
    assert caseloads.left_for_others(20, 60, 0.25) == pytest.approx(20 / 3)
    assert np.isnan(caseloads.left_for_others(20, 60, 0.4))


def test_a_low_mean_leaves_the_others_nothing(setting, found):
    means = caseloads.in_september(setting, found)
    assert means.left_for_others == pytest.approx((means.cases_mean - 0.2 * 40) / 0.8)
    low = replace(means, left_for_others=float("nan"))
    said = {fact.name: fact.text for fact in facts_of(low)}
    assert said["left_for_others"] == "less than one case, which is none"


def test_the_septembers_that_are_possible_lie_within_the_years(found):
    assert found.possible == (2014, 2015, 2016, 2017, 2018, 2019, 2020)


def test_official_mean_does_not_reproduce_the_letters_caseload(verdicts):
    kept = {one.id: one.outcome for one in verdicts["of18-caseload"].readings}
    assert kept == {"mean/2018": "undecided", "upper-part/2018": "not contradicted"}


def test_an_area_without_caseloads_is_left_out(area, claims):
    found = caseloads.caseloads(area("North Northamptonshire"), claims, 2018, (2014, 2021))
    assert isinstance(found, Absent)
    assert "too few years of cases per social worker" in found.reason


def test_chart_names_ranges_and_official_means_apart(setting, claims, found):
    means = caseloads.in_september(setting, found)
    data = caseloads.caseload_dots(claims, means, "Here")
    assert list(data["measure"][3:]) == [
        "Here, official mean", "Neighbours' official mean", "England, official mean",
    ]  # fmt: skip
    assert data["value"].isna().tolist() == [True, True, False, False, False, False]
    low = min(means.cases_mean, means.cases_england, means.cases_neighbours.estimate)
    assert f"lie between {low:.1f}" in caseloads.alternative(data)
