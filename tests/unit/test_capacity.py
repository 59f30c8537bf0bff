import warnings

import numpy as np
import pytest
from scipy import stats

from care_study.statistics.capacity import (
    borel_tanner,
    clear_backlog,
    clear_backlog_poisson,
    littles_law,
    sensitivity,
    staffing,
    to_calendar_days,
    to_working_days,
    vacancy,
    working_days_between,
)


@pytest.fixture(autouse=True)
def no_warning_noise():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# ---- Little's law


def test_any_one_follows_from_the_other_two():
    assert littles_law(throughput=25, time=20).in_progress == 500
    assert littles_law(in_progress=500, time=20).throughput == 25
    assert littles_law(in_progress=500, throughput=25).time == 20
    assert littles_law(in_progress=500, throughput=25).solved_for == "time"


def test_nothing_ending_takes_for_ever():
    got = littles_law(in_progress=5, throughput=0)
    assert got.time == np.inf
    assert "throughput is zero" in got.warnings[0]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "got none"),
        ({"time": 3}, "exactly two"),
        ({"time": 3, "throughput": 2, "in_progress": 6}, "exactly two"),
        ({"time": -3, "throughput": 2}, "time is -3"),
        ({"time": np.nan, "throughput": 2}, "time is nan"),
        ({"in_progress": 0, "throughput": 0}, "both zero"),
        ({"in_progress": "c", "throughput": 0}, "expected a number"),
    ],
)
def test_bad_flows_are_named(given, message):
    with pytest.raises(ValueError, match=message):
        littles_law(**given)


# ---- staffing and vacancies


def test_staffing_holds_the_caseload():
    got = staffing(22, 12, 16)
    assert got.open_cases == 264
    assert got.workers == 16.5 and got.whole_workers == 17
    assert staffing(22, 12, 11).whole_workers == 24  # 264 / 11 exactly, not rounded up to 25
    assert staffing(22, 12, 11, vacancy_rate=0.2).posts == 30


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((22, 12, 0, 0), "caseload"), ((22, 12, 5, 1), "vacancy_rate"), ((-1, 2, 5, 0), "throughput")],
)
def test_bad_staffing_is_named(arguments, message):
    *amounts, rate = arguments
    with pytest.raises(ValueError, match=message):
        staffing(*amounts, vacancy_rate=rate)


def test_vacancy_spreads_the_cases():
    got = vacancy(90, 6)
    assert (got.before, got.after, got.extra) == (15, 18, 3)
    assert got.change == pytest.approx(0.2)
    with pytest.raises(ValueError, match="leaves nobody"):
        vacancy(90, 1)


# ---- backlog


def test_constant_backlog():
    got = clear_backlog(100, 10, 15)
    assert got.clears and got.mean == got.lower == got.upper == 20
    assert got.statement == "The backlog of 100 clears in 20.0 periods."


@pytest.mark.parametrize("clear", [clear_backlog, clear_backlog_poisson])
def test_never_clearing_is_a_result(clear):
    got = clear(100, 15, 10)
    assert not got.clears and got.mean == np.inf
    assert "15 cases arrive" in got.statement
    assert not clear(100, 15, 0).clears and clear(100, 15, 0).probability == 0


def test_no_backlog_takes_no_time():
    assert clear_backlog(0, 15, 10).mean == 0
    assert clear_backlog_poisson(0, 15, 10).upper == 0


def test_no_arrivals_leave_nothing_to_chance():
    got = clear_backlog_poisson(30, 0, 10)
    assert got.lower == got.mean == got.upper == 3


def test_arrivals_equal_to_capacity():
    got = clear_backlog_poisson(5, 10, 10)
    assert not got.clears and got.probability == 1 and "infinite" in got.statement


def test_exact_distribution_has_its_known_moments():
    start, load = 30, 0.7
    n = np.arange(start, 3000)
    p = borel_tanner(n, start, load)
    assert p.sum() == pytest.approx(1)
    mean = (n * p).sum()
    assert mean == pytest.approx(start / (1 - load))
    assert ((n - mean) ** 2 * p).sum() == pytest.approx(start * load / (1 - load) ** 3)


def simulate(backlog, arrivals, capacity, rng):
    """Work cases off one by one, each taking 1 / capacity, until none is left."""
    served, waiting = 0, backlog
    while waiting:
        waiting += rng.poisson(arrivals / capacity) - 1
        served += 1
    return served / capacity


def test_exact_limits_agree_with_simulation():
    rng = np.random.default_rng(12)
    times = np.array([simulate(40, 10, 15, rng) for _ in range(4000)])
    got = clear_backlog_poisson(40, 10, 15)
    assert times.mean() == pytest.approx(got.mean, rel=0.03)
    assert 0.93 <= ((times >= got.lower) & (times <= got.upper)).mean() <= 0.97
    assert np.quantile(times, [0.025, 0.975]) == pytest.approx([got.lower, got.upper], rel=0.05)


@pytest.mark.parametrize("flow", [(100, 10, 15), (500, 40, 44), (1000, 5, 9)])
def test_diffusion_agrees_with_the_exact_limits(flow):
    exact = clear_backlog_poisson(*flow)
    diffusion = clear_backlog_poisson(*flow, method="inverse-gaussian")
    assert (diffusion.lower, diffusion.upper) == pytest.approx((exact.lower, exact.upper), rel=0.02)
    assert exact.lower < exact.mean < exact.upper


def test_more_confidence_is_wider():
    narrow, wide = (clear_backlog_poisson(100, 10, 15, level=level) for level in (0.8, 0.99))
    assert wide.lower < narrow.lower < narrow.upper < wide.upper


def test_very_long_sums_give_way_with_a_warning():
    got = clear_backlog_poisson(500_000, 9.9, 10)
    assert "inverse Gaussian" in got.method
    assert "diffusion approximation" in got.warnings[0]


def test_chance_of_clearing_agrees_with_simulation():
    rng = np.random.default_rng(13)
    cleared = 0
    for _ in range(3000):
        waiting = 3
        while 0 < waiting < 200:  # from 200 the chance of ever coming back is below 1e-15
            waiting += rng.poisson(1.2) - 1
        cleared += waiting == 0
    got = clear_backlog_poisson(3, 12, 10)
    low, high = stats.binomtest(cleared, 3000).proportion_ci(0.999)
    assert low < got.probability < high


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((-1, 1, 2), {}, "backlog is -1"),
        ((1, np.nan, 2), {}, "arrivals is nan"),
        ((1.5, 1, 2), {}, "whole number"),
        ((1, 1, 2), {"level": 95}, "between 0 and 1"),
        ((1, 1, 2), {"method": "guess"}, "inverse-gaussian"),
    ],
)
def test_bad_backlogs_are_named(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        clear_backlog_poisson(*arguments, **options)


def test_sensitivity_covers_every_pair():
    got = sensitivity(100, 10, 15, changes=(0, 0.5))
    assert len(got) == 4
    assert got["time"].tolist() == pytest.approx([20, 100 / 12.5, np.inf, 100 / 7.5])
    assert got["clears"].tolist() == [True, True, False, True]
    with pytest.raises(ValueError, match="change is -1"):
        sensitivity(100, 10, 15, changes=(-1,))


# ---- days


def test_working_days_leave_out_weekends_and_holidays():
    assert working_days_between("2018-12-17", "2018-12-31") == 10
    christmas = ["2018-12-25", "2018-12-26"]
    assert working_days_between("2018-12-17", "2018-12-31", holidays=christmas) == 8
    assert working_days_between("2018-12-17", "2018-12-17") == 0


def test_bad_dates_are_named():
    with pytest.raises(ValueError, match="before"):
        working_days_between("2018-12-31", "2018-12-17")
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        working_days_between("17/12/2018", "2018-12-31")


def test_days_convert_there_and_back():
    assert to_calendar_days(45) == pytest.approx(65, abs=0.1)
    assert to_working_days(to_calendar_days(45)) == pytest.approx(45)
    assert to_calendar_days(10, working_days_per_year=365.25) == pytest.approx(10)
    with pytest.raises(ValueError, match="no more than 366"):
        to_calendar_days(1, working_days_per_year=400)
    with pytest.raises(ValueError, match="working_days is -1"):
        to_calendar_days(-1)
