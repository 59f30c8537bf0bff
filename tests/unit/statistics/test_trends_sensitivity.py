"""What is excluded, breakdown values, blocks, joint leave-out and windows: by hand."""

import numpy as np
import pandas as pd
import pytest

from care_study.statistics import trends
from care_study.statistics.trends import TrendError
from care_study.statistics.trends.sensitivity import (
    block_p_value,
    breakdown_value,
    excluded,
    holm_over,
    neighbour_blocks,
)
from care_study.statistics.trends.windows import every_window, leave_out_jointly

YEARS = np.arange(2013, 2026)
RNG = np.random.default_rng(12)
UNITS = list("abcdefghijkl")
FRAME = pd.DataFrame(60 + RNG.normal(0, 3, (12, 13)).cumsum(axis=1), index=UNITS, columns=YEARS)
LISTS = {unit: [other for other in UNITS[:6] if other != unit] for unit in UNITS}


# ---- what is excluded


def test_what_nineteen_placebos_exclude_by_hand():
    placebos = np.arange(1.0, 20)  # 1 to 19
    got = excluded(2.0, placebos)
    # m = floor(0.05 * 20) = 1: the margin is 19; at 90% m = 2: 18.
    assert (got.lower, got.upper, got.smallest_significant) == (-17, 21, 19)
    assert got.equivalence_bound == 20
    # 80% of the 38 errors of both signs must reach 19: 31 of them, all but the lowest seven,
    # so the change must lift the eighth lowest, -12, to 19.
    assert got.detectable == 31


def test_the_detectable_change_of_normal_errors_is_the_textbook_one():
    placebos = np.random.default_rng(1).standard_normal(100_000)
    got = excluded(0.0, placebos, scale=3)
    assert got.detectable == pytest.approx(3 * (1.959964 + 0.841621), rel=0.02)
    assert got.equivalence_bound == pytest.approx(3 * 1.644854, rel=0.02)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"power": 80}, "power of 80"), ({"scale": 0}, "scale of 0"), ({"level": 0.99}, "too few")],
)
def test_bad_questions_about_what_is_excluded(change, message):
    with pytest.raises(TrendError, match=message):
        excluded(1.0, np.arange(1.0, 20), **change)


# ---- breakdown value


def test_a_breakdown_value_by_hand():
    # Earlier movements 1, 2 and 1; afterwards 9, 10, 11 against a last value of 2.
    got = breakdown_value([1, 2, 3, 4, 5, 6, 7], [0, 1, 3, 2, 9, 10, 11], 5, (4, 12))
    assert (got.estimate, got.largest_earlier) == (8, 2)
    assert got.reach == 2 * (1 + 2 + 3) / 3  # after one, two and three movements
    assert got.breakdown == 2
    assert got.breakdown_interval == 1
    assert got.bounds(1) == (0, 16)
    assert breakdown_value([1, 2, 3, 4], [0, 1, 3, 2], 4, (-4, 2)).breakdown_interval == 0


def test_drifts_at_the_breakdown_value_explain_the_change_away():
    got = breakdown_value(np.arange(7), [0, 1, 3, 2, 9, 10, 11], 4)
    drift = got.breakdown * got.largest_earlier * np.arange(1, 4)
    assert np.mean(np.array([9, 10, 11]) - drift) == pytest.approx(2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2, 3, 4], [0, 1, 3, 2], 3), "at least three and one"),
        (([1, 2, 3, 5], [0, 1, 3, 2], 5), "have gaps"),
        (([1, 2, 3, 4], [5, 5, 5, 9], 4), "never moved"),
        (([1, 2, 3, 4], [0, 1, 3, 2], 4, (3, 1)), "lower limit first"),
    ],
)
def test_bad_breakdowns_are_refused(arguments, message):
    with pytest.raises(TrendError, match=message):
        breakdown_value(*arguments)


# ---- related placebos


def test_units_with_the_same_neighbours_are_one_block():
    lists = {"a": ["b", "c"], "b": ["a", "c"], "c": ["a", "b"], "x": ["y"], "y": ["x"]}
    got = neighbour_blocks(lists)
    assert got.tolist() == [1, 1, 1, 2, 2]
    assert list(got.index) == list("abcxy")


def test_a_block_counts_once():
    placebos = pd.Series({"a": 9.0, "b": -9, "c": 9, "d": 1, "x": 1, "y": 9})
    blocks = {"a": 1, "b": 1, "c": 1, "d": 2, "x": 3, "y": 3}
    # Shares as large as 5: 1, 0 and a half, of three blocks.
    assert block_p_value(5, placebos, blocks) == (1 + 1.5) / 4
    assert trends.rank_p_value(5, placebos) == 5 / 7
    with pytest.raises(TrendError, match="'y' has no block"):
        block_p_value(5, placebos, dict.fromkeys("abcdx", 1))


def test_the_block_p_value_holds_its_size_where_placebos_come_in_copies():
    """Thirty blocks of one to twenty equal units; the plain rank rejects by block size."""
    rng = np.random.default_rng(5)
    sizes = rng.integers(1, 20, 39)
    block = np.repeat(np.arange(39), sizes)
    found = []
    for _ in range(800):
        values = rng.standard_normal(40)
        found.append(
            block_p_value(values[39], pd.Series(values[:39][block]), dict(enumerate(block)))
        )
    assert np.mean(np.array(found) <= 0.05) == pytest.approx(0.05, abs=0.018)


def test_holm_over_all_but_the_primary():
    got = holm_over({"main": 0.04, "b": 0.01, "c": 0.03}, "main")
    assert got["adjusted"].tolist() == [0.04, 0.02, 0.03]
    assert got["role"].tolist() == ["primary", "secondary", "secondary"]
    with pytest.raises(TrendError, match="no analysis 'z'"):
        holm_over({"main": 0.04}, "z")


# ---- other comparators and years


def test_every_pair_of_neighbours_is_left_out():
    got = leave_out_jointly(FRAME, "a", 2019, LISTS)
    assert len(got) == 1 + 5 + 10
    plain = trends.placebo_inference(
        FRAME, "a", 2019, methods=("gap_did",), neighbours=LISTS
    ).summary.loc["gap_did"]
    assert got.loc[0, ["estimate", "p_value"]].tolist() == pytest.approx(
        [plain["estimate"], plain["p_value"]]
    )
    gap = FRAME.loc["a"] - FRAME.loc[["b", "c", "d"]].mean()  # without e and f
    by_hand = gap[YEARS >= 2019].mean() - gap[YEARS < 2019].mean()
    row = got[got["left_out"] == "e, f"].iloc[0]
    assert row["estimate"] == pytest.approx(by_hand) and row["count"] == 2


def test_a_programme_is_left_out_of_comparators_and_placebos():
    got = leave_out_jointly(FRAME, "a", 2019, LISTS, most=0, together={"adopters": ["b", "l"]})
    alone = trends.placebo_inference(
        FRAME, "a", 2019, methods=("gap_did",), neighbours=LISTS, exclude=["b", "l"]
    ).summary.loc["gap_did"]
    row = got.iloc[1]
    assert row["left_out"] == "adopters" and row["count"] == 1
    assert row["estimate"] == pytest.approx(alone["estimate"])
    assert row["p_value"] == pytest.approx(alone["p_value"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"method": "sdid"}, "one that compares"),
        ({"most": 5}, "leave at least one"),
        ({"together": {"typo": ["q"]}}, "units 'q'"),
        ({"together": {"all": list("bcdef")}}, "Without all no neighbour"),
    ],
)
def test_bad_sets_are_refused(change, message):
    with pytest.raises(TrendError, match=message):
        leave_out_jointly(FRAME, "a", 2019, LISTS | {"l": ["g"]}, **({"most": 1} | change))


def test_windows_anticipation_and_years_left_out_by_hand():
    got = every_window(
        FRAME,
        "a",
        2019,
        neighbours=LISTS,
        first_years=(2013, 2015),
        last_years=(2020, 2025),
        anticipation=(0, 1),
        without=((), (2021, 2022)),
    )
    assert len(got) == 16
    gap = FRAME.loc["a"] - FRAME.loc[list("bcdef")].mean()
    row = got[(got["first_year"] == 2015) & (got["last_year"] == 2025)].iloc[3]
    assert (row["anticipation"], row["without"]) == (1, "2021, 2022")
    after = gap[[2019, 2020, 2023, 2024, 2025]].mean()
    assert row["estimate"] == pytest.approx(after - gap[[2015, 2016, 2017]].mean())
    assert (row["before"], row["after"]) == (3, 5)


def test_a_window_without_years_after_says_why():
    got = every_window(FRAME, "a", 2019, neighbours=LISTS, last_years=(2018,))
    assert np.isnan(got.loc[0, "estimate"])
    assert got.loc[0, "note"].startswith("Found a first year after of 2019 outside the panel")
