"""Staggered adoption: by hand, against a second engine, and its randomisation inference."""

import numpy as np
import pandas as pd
import pytest

from care_study.statistics.trends import TrendError, staggered

YEARS = range(2000, 2008)
ADOPTION = dict.fromkeys(range(3), 2003) | dict.fromkeys(range(3, 7), 2005) | {7: 2006, 8: 2006}


def panel(seed=4, units=20):
    """Random walks with effects of 2 and a half more a year for the adopters."""
    values = np.round(50 + np.random.default_rng(seed).normal(0, 2, (units, 8)).cumsum(axis=1), 2)
    for unit, year in ADOPTION.items():
        since = np.arange(2000, 2008) - year
        values[unit] += np.where(since >= 0, 2 + 0.5 * since, 0)
    return pd.DataFrame(values, columns=YEARS)


def test_one_cohort_by_hand():
    frame = pd.DataFrame(
        [[1, 2, 9, 10], [3, 4, 7, 8], [0, 1, 2, 3], [5, 5, 6, 9.0]], columns=range(4)
    )
    got = staggered(frame, {0: 2, 1: 2}, draws=19)
    cells = got.group_time.set_index("year")["effect"]
    # Adopters' means 2, 3, 8, 9; the others' 2.5, 3, 4, 6; base year 1.
    assert cells.to_dict() == {0.0: -1 + 0.5, 2.0: 5 - 1, 3.0: 6 - 3}
    assert got.effect == 3.5
    assert got.by_event_time["effect"].to_dict() == {-2.0: -0.5, 0.0: 4, 1.0: 3}
    assert (got.adopters, got.never) == (2, 2)


# diff-diff 3.13.0, CallawaySantAnna(estimation_method="reg", base_period="universal")
SECOND = {
    "never": (
        0.8147507331378296,
        {(2003, 2001): -1.353333, (2003, 2007): 2.089091, (2005, 2003): -0.360455,
         (2005, 2006): -1.450909, (2006, 2000): 0.022273, (2006, 2007): 5.686818},
        {-4: 1.224091, -2: -0.35899, 0: 1.159899, 1: 0.897576, 2: 0.356753, 4: 2.089091},
    ),
    "not_yet": (
        0.9175357280290863,
        {(2003, 2001): -1.498627, (2003, 2004): 1.11098, (2005, 2000): 1.540577,
         (2005, 2005): -0.388269, (2006, 2003): 0.695, (2006, 2006): 4.409545},
        {-5: 1.681294, -3: -0.034263, 0: 1.374721, 1: 0.989216, 3: -0.674848},
    ),
}  # fmt: skip


@pytest.mark.parametrize("controls", ["never", "not_yet"])
def test_agrees_with_a_second_engine(controls):
    overall, cells, events = SECOND[controls]
    got = staggered(panel(), ADOPTION, controls=controls, draws=19)
    assert got.effect == pytest.approx(overall, rel=1e-12)
    table = got.group_time.set_index(["adopted", "year"])["effect"]
    for place, effect in cells.items():
        assert table[place] == pytest.approx(effect, abs=1e-6)
    for time, effect in events.items():
        assert got.by_event_time.loc[time, "effect"] == pytest.approx(effect, abs=1e-6)


def test_an_effect_that_differs_by_year_of_adoption_is_not_taken_for_a_trend():
    """Without noise every cell is the true effect, which two-way fixed effects would miss."""
    values = np.tile(np.arange(8.0), (20, 1)) + np.arange(20)[:, None]
    for unit, year in ADOPTION.items():
        since = np.arange(2000, 2008) - year
        values[unit] += np.where(since >= 0, (year - 2000) * (1 + since), 0)
    got = staggered(pd.DataFrame(values, columns=YEARS), ADOPTION, draws=19)
    late = got.group_time[got.group_time["event_time"] >= 0]
    expected = (late["adopted"] - 2000) * (1 + late["event_time"])
    np.testing.assert_allclose(late["effect"], expected)
    np.testing.assert_allclose(got.group_time.query("event_time < 0")["effect"], 0, atol=1e-12)


def test_anticipation_moves_the_base_year_back():
    frame = pd.DataFrame([[1, 2, 9, 10], [0, 1, 2, 3], [5, 5, 6, 9.0]], columns=range(4))
    got = staggered(frame, {0: 2}, anticipation=1, draws=19)
    cells = got.group_time.set_index("year")["effect"]
    assert cells.to_dict() == {1.0: 1 - 0.5, 2.0: 8 - 1.5, 3.0: 9 - 3.5}


@pytest.mark.slow
def test_size_and_coverage_by_simulation():
    """Adoption dealt at random: 5% of p-values at or below 5%, 95% of intervals hold the truth."""
    rng = np.random.default_rng(8)
    rejected, held, runs = 0, 0, 150
    for run in range(runs):
        values = rng.normal(0, 1, (24, 8)).cumsum(axis=1)
        units = rng.permutation(24)[:9]
        adoption = dict(zip(units.tolist(), [2003] * 3 + [2005] * 4 + [2006] * 2, strict=True))
        none = staggered(pd.DataFrame(values, columns=YEARS), adoption, draws=99, seed=run)
        rejected += none.p_value <= 0.05
        for unit, year in adoption.items():
            values[unit] += 1.5 * (np.arange(2000, 2008) >= year)
        some = staggered(pd.DataFrame(values, columns=YEARS), adoption, draws=99, seed=run)
        held += some.lower <= 1.5 <= some.upper
        assert some.effect == pytest.approx(none.effect + 1.5)
    assert rejected / runs == pytest.approx(0.05, abs=0.045)
    assert held / runs == pytest.approx(0.95, abs=0.045)


def test_those_always_treated_or_without_data_are_left_out_and_named():
    frame = panel()
    frame.loc[8, 2002] = np.nan
    got = staggered(frame, ADOPTION | {19: 2000, 18: 2030}, draws=19)
    assert got.adopters == 8 and got.never == 10
    assert got.warnings[1:] == (
        "Left out, for they have no year before the programme: 19.",
        "Adopters with missing years left out: 8.",
    )
    same = [staggered(frame, ADOPTION, draws=49, seed=3) for _ in range(2)]
    assert same[0].p_value == same[1].p_value and same[0].upper == same[1].upper


@pytest.mark.parametrize(
    ("adoption", "options", "message"),
    [
        ({"x": 2003}, {}, "adopters 'x'"),
        ({}, {}, "No unit adopts"),
        ({0: np.nan}, {}, "missing adoption year"),
        (ADOPTION, {"controls": "later"}, "Found controls 'later'"),
        (ADOPTION, {"draws": 5}, "draws=5"),
        (ADOPTION, {"anticipation": -1}, "anticipation=-1"),
        (dict.fromkeys(range(20), 2003), {}, "anybody to compare with"),
    ],
)
def test_bad_adoptions_are_refused(adoption, options, message):
    with pytest.raises(TrendError, match=message):
        staggered(panel(), adoption, **options)
