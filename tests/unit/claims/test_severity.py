"""The same claim put to every authority: readings by kind, outcomes by the rule, severity."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from care_study import paths
from care_study.area.cube import Cube, neighbourhood
from care_study.claims import kinds, read_claims
from care_study.claims.severity import (
    OUTCOMES,
    ClaimTest,
    codes,
    judged,
    official_verdict,
    readings_at,
    severity,
)
from care_study.claims.tests import TESTS
from care_study.claims.verdicts import judge
from care_study.data.tables import Tables
from care_study.indicators.definitions import INDICATORS

NAMES = ("a", "b", "c", "d")


def cube(values, *, half=0.0, numerator=None, england=None):
    values = np.array(values, dtype=float)
    years = tuple(range(2016, 2016 + values.shape[1]))
    none = np.full_like(values, np.nan)
    return Cube(
        NAMES[: len(values)],
        years,
        values,
        values - half,
        values + half,
        none if numerator is None else np.array(numerator, dtype=float),
        np.full_like(values, 10_000.0),
        np.array(england if england is not None else [0.0] * values.shape[1]),
    )


class World:
    """Given cubes and one list of neighbours, as the real one gives them."""

    def __init__(self, lists=None, **cubes):
        self.cubes, self.lists = cubes, lists or {}

    def cube(self, name):
        return self.cubes[name]

    def neighbourhood(self, name, model, part="value"):
        found = self.cubes[name]
        return neighbourhood(getattr(found, part), found.area_ids, self.lists)

    def around_values(self, values, like, model):
        return neighbourhood(values, like.area_ids, self.lists)

    def area_id(self, name):
        return name


def claim(low=None, high=None, precision=0.0, **more):
    made = dict.fromkeys(("id", "document", "text", "notebook"), "")
    width = precision or 0.0
    range_ = (
        -math.inf if low is None else low - width,
        math.inf if high is None else high + width,
    )
    given = {"low": low, "high": high, "readings": (), "weight": "headline", "range": range_}
    given |= {"check": "official statistics", "has_number": True, "authority": "a"}
    return SimpleNamespace(**{**made, **given, "why_not_testable": "", **more})


def level(name="rate", same=True):
    return kinds.level(name, "%", same=same)


def test_neighbours_are_summarised_with_their_own_number():
    values = np.array([[1.0], [4.0], [6.0], [np.nan]])
    found = neighbourhood(values, NAMES, {"a": ["b", "c", "d"], "b": ["a", "d"]})
    assert (found.mean[0, 0], found.median[0, 0], found.n[0, 0]) == (5, 5, 2)
    assert found.spread[0, 0] == pytest.approx(math.sqrt(2))
    assert np.isnan(found.mean[1, 0])  # one neighbour with a value is too few
    margin = stats.t.ppf(0.975, 1) * math.sqrt(2)
    assert found.prediction_margin()[0, 0] == pytest.approx(margin * math.sqrt(1.5))
    assert found.mean_margin()[0, 0] == pytest.approx(margin / math.sqrt(2))


@pytest.mark.parametrize(
    ("value", "half", "range_", "same", "expected"),
    [
        (20.0, 0.0, (19.5, 20.5), True, "reproduced"),
        (20.0, 0.0, (19.5, 20.5), False, "not contradicted"),
        (22.0, 2.0, (19.5, 20.5), True, "not contradicted"),
        (22.0, 1.0, (19.5, 20.5), True, "contradicted"),
        (22.0, 1.0, (19.5, 20.5), False, "undecided"),
        (2.0, 3.0, (0.0, math.inf), True, "not contradicted"),  # a direction needs the interval
        (2.0, 1.0, (0.0, math.inf), True, "reproduced"),
        (np.nan, 0.0, (0.0, math.inf), True, ""),
    ],
)
def test_one_reading_is_judged_as_the_rule_judges_it(value, half, range_, same, expected):
    (case,) = kinds.level("rate", "%", same=same)(World(rate=cube([[value]], half=half)))
    is_open = not all(math.isfinite(end) for end in range_)
    assert OUTCOMES[int(codes(case, *range_, is_open=is_open)[0, 0])] == expected


def test_severity_is_the_share_of_the_others_that_do_as_well_or_better():
    world = World(rate=cube([[20.0, 9.0], [20.2, 9.0], [9.0, 20.0], [9.0, 9.0]]))
    one_year = severity(world, claim(20.0, 20.0, 0.5), ClaimTest(level(), (2016,)), "a")
    assert (one_year.outcome, one_year.share, one_year.of) == (
        "reproduced",
        pytest.approx(1 / 3),
        3,
    )
    any_year = severity(world, claim(20.0, 20.0, 0.5), ClaimTest(level(), (2016, 2017)), "a")
    assert any_year.share == pytest.approx(2 / 3)
    assert any_year.by_outcome == {"contradicted": 1, "reproduced": 3}


def test_authority_without_a_figure_is_left_out_of_the_share():
    world = World(rate=cube([[20.0], [np.nan], [9.0]]))
    assert severity(world, claim(20.0, 20.0), ClaimTest(level(), (2016,)), "a").of == 1


def test_verdict_and_arrays_agree_for_every_authority():
    """What `judge` says of the readings is what the arrays say, for the study's own claims."""
    tables, claims = Tables(paths.PUBLISHED), read_claims(paths.DOCUMENTS)
    from care_study.claims.world import World as Real

    world = Real(tables)
    for name in ("cam-care-number", "cam-care-above-neighbours", "nn-referrals-per-week"):
        every = judged(world, claims[name], TESTS[name])
        for area in list(every.index)[:25]:
            readings = readings_at(world, TESTS[name], area)
            verdict = judge(claims[name], readings, claimed=TESTS[name].claimed)
            assert verdict.outcome == OUTCOMES[every[area]], (name, area)


def test_no_figure_in_any_admissible_year_is_no_public_record():
    world = World(rate=cube([[np.nan], [3.0]]))
    verdict = official_verdict(world, claim(20.0, 20.0), ClaimTest(level(), (2016,)))
    assert (verdict.outcome, verdict.held_against) == ("undecided", "no public record")


def test_change_is_relative_or_in_points_with_both_intervals():
    world = World(rate=cube([[20.0, 19.0]], half=0.3))
    relative, points = kinds.change("rate", "points", sign=-1)(world)
    assert points.value[0, 1] == pytest.approx(1)
    assert relative.value[0, 1] == pytest.approx(5)
    assert points.upper[0, 1] - 1 == pytest.approx(math.hypot(0.3, 0.3))
    assert np.isnan(points.value[0, 0])


def test_a_moving_year_passes_through_every_value_between():
    world = World(referrals_per_week=cube([[200.0, 150.0]]), nfa_percentage=cube([[10.0, 30.0]]))
    everything, net, between = kinds.weekly_referrals(world)
    assert list(net.value[0]) == [180, 105]
    assert (between.lower[0, 1], between.upper[0, 1]) == (105, 180)
    assert everything.same_measure
    assert not between.same_measure


def test_busiest_workers_hold_at_least_the_mean():
    _, busiest = kinds.caseload(World(cases_per_worker=cube([[18.0]])))
    assert OUTCOMES[int(codes(busiest, 30.0, 50.0, is_open=False)[0, 0])] == "not contradicted"
    assert OUTCOMES[int(codes(busiest, 10.0, 15.0, is_open=False)[0, 0])] == "undecided"


def test_change_after_an_event_is_of_means_and_against_neighbours():
    lists = {"a": ["b", "c"], "b": ["a", "c"], "c": ["a", "b"]}
    world = World(lists, rate=cube([[10.0, 10.0, 7.0], [5.0, 5.0, 6.0], [5.0, 5.0, 8.0]]))
    own, against = kinds.after_event("rate", 2018, "per 10,000")(world)
    assert own.value[0, 2] == -3
    assert against.value[0, 2] == pytest.approx(-3 - 2)
    assert np.isnan(own.value[0, 1])


def test_same_kind_of_claim_has_the_same_kind_of_reading():
    """A provider's, a council's and an inspectorate's caseload are read alike; and so on."""
    caseloads = {name for name, test in TESTS.items() if test.kind is kinds.caseload}
    claims = read_claims(paths.DOCUMENTS)
    stated = {
        name
        for name, one in claims.items()
        if one.theme == "caseload" and one.has_number and one.indicators == ("cases_per_worker",)
    }
    assert stated == caseloads
    assert {claims[name].document.split("-")[0] for name in caseloads} == {
        "innovate",
        "ics",
        "ofsted",
    }


def test_every_tested_claim_is_one_that_official_statistics_check():
    claims = read_claims(paths.DOCUMENTS)
    assert {claims[name].check for name in TESTS} == {"official statistics"}
    assert all(set(claims[name].indicators) <= set(INDICATORS) for name in TESTS)
