"""Dating an undated document: the posterior, its set, and that the set holds what it should."""

import numpy as np
import pytest

from care_study import paths
from care_study.area.cube import Cube
from care_study.chapters.verdicts import dates
from care_study.claims import read_claims
from care_study.claims.dating import (
    MONTHS,
    Statement,
    by_month,
    calibrate,
    date,
    later,
    month_labels,
    posterior,
    rolling,
)
from care_study.claims.errors import simulate
from care_study.claims.tests import TESTS
from care_study.claims.world import World
from care_study.data.tables import Tables


def test_months_run_from_april_to_march():
    labels = month_labels()
    assert (labels[0], len(labels)) == (2012.25, MONTHS)
    assert labels[-1] == pytest.approx(2022 + 2 / 12)


def test_set_is_the_smallest_that_holds_nine_tenths():
    found = posterior([np.array([0.5, 0.3, 0.15, 0.05])])
    assert found.held.tolist() == [True, True, True, False]
    flat = posterior([np.ones(10)])
    assert flat.held.sum() in (9, 10)


def test_month_without_a_figure_is_neither_favoured_nor_ruled_out():
    values = np.array([[1.0, 1.0, np.nan, 9.0]])
    likelihood = Statement("x", (values,), 1.0, (1.0,)).likelihood(0)
    assert likelihood[2] == pytest.approx(likelihood[[0, 1, 3]].mean())


def test_date_of_a_series_that_only_one_month_fits():
    values = np.array([[0.0, 10.0, 20.0, 30.0]])
    found = date([Statement("x", (values,), 20.0, (1.0,))], 0)
    assert found.held.tolist() == [False, False, True, False]


def test_yearly_values_stand_in_their_years():
    values = np.array([[10.0, 22.0]])
    found = Cube(("a",), (2016, 2017), *[values] * 5, values[0])
    made = by_month(found, found, found.value, 0.0)[0]
    at = month_labels()
    assert made[at.index(2016.25)] == pytest.approx(10)
    assert made[at.index(2016.75)] == pytest.approx(16)
    assert np.isnan(made[0])


def test_means_before_and_values_after_a_month():
    values = np.arange(MONTHS, dtype=float)[None, :]
    assert rolling(values, 3)[0, 3] == 1
    assert later(values, 6)[0, 0] == 6
    assert np.isnan(rolling(values, 3)[0, 2])


def test_set_holds_the_month_of_simulated_documents_as_often_as_it_says():
    values = np.random.default_rng(1).normal(0, 3, (20, 60)).cumsum(axis=1)
    found = calibrate([Statement("x", (values,), 0.0, (3.0,), step=1)])
    assert 0.87 <= found.covered <= 0.94
    assert calibrate([Statement("x", (values,), 0.0, (3.0,))], factor=3).covered < 0.8


@pytest.fixture(scope="module")
def world():
    return World(Tables(paths.PUBLISHED))


def test_case_studies_are_dated_and_calibrated(world):
    found = dates.dates(world, read_claims(paths.DOCUMENTS))
    for one in found.values():
        assert 0.87 <= one.covered <= 0.93
        assert one.held < one.of


def test_rule_calls_no_true_claim_contradicted_and_lets_false_ones_pass(world):
    names = ("cam-care-number", "cam-care-rise", "cov-caseload-after")
    tests = {name: TESTS[name] for name in names}
    found = simulate(world, read_claims(paths.DOCUMENTS), tests, draws=1)
    true = found[found["is_true"]]
    assert "contradicted" not in set(true["outcome"])
    false = found[~found["is_true"] & (found["claim"] == "cam-care-number")]
    assert set(false["outcome"]) == {"contradicted"}
    near = found[~found["is_true"] & (found["claim"] == "cov-caseload-after")]
    assert "contradicted" not in set(near["outcome"])
