"""Studentised placebo ranks: shrinkage by hand and simulation, ranks by hand, calibration."""

import numpy as np
import pandas as pd
import pytest
from scipy import special

from care_study.statistics import trends
from care_study.statistics.trends import TrendError
from care_study.statistics.trends.calibration import trials
from care_study.statistics.trends.studentised import earlier_scale, judge, nearest_in_size

YEARS = np.arange(2013, 2026)
SIZES = dict(enumerate(np.exp(np.random.default_rng(1).normal(11, 0.6, 147))))
NEIGHBOURS = {
    unit: np.random.default_rng(unit).permutation([u for u in SIZES if u != unit])[:10].tolist()
    for unit in SIZES
}


# ---- shrinkage


def test_the_moderated_variance_finds_the_prior_that_made_the_data():
    # Variances drawn as 8 * 2 / chi-squared on 8, for size 1; halved for every doubling of size.
    rng = np.random.default_rng(2)
    sizes = np.exp(rng.normal(0, 0.7, 20_000))
    true = 2 * 8 / rng.chisquare(8, 20_000) / sizes
    own = true * rng.chisquare(5, 20_000) / 5
    got = trends.shrink_variances(own, 5, sizes)
    assert got.prior_df == pytest.approx(8, rel=0.1)
    assert got.size_slope == pytest.approx(-1, abs=0.03)
    np.testing.assert_allclose(got.prior * sizes, 2, rtol=0.06)
    by_hand = (got.prior_df * got.prior + 5 * own) / (got.prior_df + 5)
    np.testing.assert_allclose(got.variance, by_hand)
    # Shrunk variances are nearer the truth than the own ones and than the prior.
    errors = [np.mean(np.log(v / true) ** 2) for v in (got.variance, own, got.prior)]
    assert errors[0] < 0.8 * min(errors[1:])


def test_variances_that_differ_by_chance_alone_are_shrunk_to_one():
    own = np.random.default_rng(3).chisquare(6, 40) / 6
    own = np.exp(np.log(own) * 0.9)  # less than chance
    got = trends.shrink_variances(own, 6)
    assert np.isinf(got.prior_df) and got.size_slope == 0
    expected = np.exp(np.mean(np.log(own)) - special.digamma(3) + np.log(3))
    np.testing.assert_allclose(got.variance, expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2, 3, 4], 5), "at least five"),
        (([1, 2, 3, 4, 0], 5), "above zero"),
        (([1, 2, 3, 4, 5], 0), "above zero"),
        (([1, 2, 3, 4, 5], 5, [1, 2, 3, 4, -5]), "above zero"),
        (([1, 2, 3, 4, 5], 5, [1, 2]), "one each"),
    ],
)
def test_bad_variances_are_refused(arguments, message):
    with pytest.raises(TrendError, match=message):
        trends.shrink_variances(*arguments)


# ---- ranks


def test_the_scale_uses_earlier_changes_only_and_leaves_common_ones_out():
    panel = trends.simulated_panel(SIZES, YEARS, np.random.default_rng(4))
    scale, shrunk = earlier_scale(panel, 2019, SIZES)
    later = panel.values.copy()
    later[:, 6:] += 1_000 * np.random.default_rng(5).normal(size=later[:, 6:].shape)
    later += 50 * np.arange(13)
    again, _ = earlier_scale(trends.Panel(panel.units, panel.years, later), 2019, SIZES)
    np.testing.assert_allclose(scale, again)
    assert shrunk.df == 5


def test_studentised_ranks_by_hand():
    estimates = pd.Series([4.0, 3, -6, 1, 2], index=list("abcde"))
    scale = pd.Series([4.0, 1, 2, 1, 2], index=list("abcde"))
    sizes = {"a": 10, "b": 11, "c": 1_000, "d": 9, "e": 2_000}
    got = judge(estimates, "b", scale, sizes, None, 0.6)
    # Ratios 1, 3, -3, 1, 1: with c two of five are as large; m = floor(0.4 * 5) = 2 gives 1.
    assert got["p_value"] == 2 / 5
    assert (got["lower"], got["upper"]) == (3 - 1, 3 + 1)
    near = judge(estimates, "b", scale, sizes, 2, 0.6)  # d and a
    assert near["p_value"] == 1 / 3 and near["placebos"] == 2
    assert judge(estimates, "b", None, sizes, None, 0.6)["p_value"] == 3 / 5


def test_the_nearest_are_nearest_in_ratio():
    assert nearest_in_size(np.array([1.0, 2, 3, 12]), 2).tolist() == [
        [1, 2],
        [2, 0],
        [1, 0],
        [2, 1],
    ]


def test_every_ranking_of_one_authority_and_its_raw_rank_is_the_old_one():
    panel = trends.simulated_panel(SIZES, YEARS, np.random.default_rng(6))
    got = trends.ranked_inference(
        panel, 5, 2019, SIZES, methods=("gap_did", "slope_change"), neighbours=NEIGHBOURS
    )
    assert got.table["ranking"].tolist() == 2 * list(trends.RANKINGS)
    old = trends.placebo_inference(
        panel, 5, 2019, methods=("gap_did", "slope_change"), neighbours=NEIGHBOURS
    ).summary
    raw = got.table[got.table["ranking"] == "raw"].set_index("method")
    for column in ("estimate", "p_value", "lower", "upper"):
        assert raw[column].tolist() == old[column].tolist()
    logs = got.table[got.table["ranking"] == "log"].set_index("method")["estimate"]
    in_logs = trends.estimate_all(
        trends.read_panel(panel, log=True),
        2019,
        methods=("gap_did",),
        neighbours=NEIGHBOURS,
        exclude=(5,),
    )
    assert logs["gap_did"] == in_logs.loc[5, "gap_did"]
    assert got.prior_df["gap_did"] > 0


def test_the_interval_of_a_true_change_holds_it_where_the_test_of_none_passes():
    panel = trends.simulated_panel(SIZES, YEARS, np.random.default_rng(7))
    options = {"methods": ("gap_did",), "rankings": ("studentised",), "neighbours": NEIGHBOURS}
    for unit in (0, 40, 80):
        before = trends.ranked_inference(panel, unit, 2019, SIZES, **options).table.iloc[0]
        values = panel.values.copy()
        values[panel.row(unit), 6:] += 9
        moved = trends.Panel(panel.units, panel.years, values)
        after = trends.ranked_inference(moved, unit, 2019, SIZES, **options).table.iloc[0]
        assert after["estimate"] == pytest.approx(before["estimate"] + 9)
        assert (after["lower"], after["upper"]) == pytest.approx(
            (before["lower"] + 9, before["upper"] + 9)
        )
        assert (after["lower"] <= 9 <= after["upper"]) == (before["p_value"] > 0.05)


def test_zeros_leave_the_ranks_in_logs_out_and_say_so():
    panel = trends.simulated_panel(SIZES, YEARS, np.random.default_rng(8))
    values = panel.values.copy()
    values[3, 2] = 0
    got = trends.ranked_inference(
        trends.Panel(panel.units, panel.years, values), 5, 2019, SIZES, methods=("gap_did",)
    )
    assert "log" not in set(got.table["ranking"])
    assert got.warnings[-1].startswith("No ranks in logs: Found values at or below zero for 3")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rankings": ("best",)}, "Found rankings"),
        ({"rankings": ()}, "Found rankings"),
        ({"first_after": 2015}, "studentising needs three"),
        ({"sizes": {0: 5.0}}, "no size above zero for 1, 2"),
        ({"exclude": ["x"]}, "excluded units 'x'"),
        ({"nearest": 0}, "nearest=0"),
        ({"level": 95}, "level of 95"),
    ],
)
def test_bad_options_are_refused(change, message):
    panel = trends.simulated_panel(SIZES, YEARS, np.random.default_rng(9))
    options = {"first_after": 2019, "sizes": SIZES, "methods": ("gap_did",)} | change
    with pytest.raises(TrendError, match=message):
        trends.ranked_inference(panel, 5, **options)


# ---- calibration


@pytest.mark.slow
def test_with_known_truth_every_size_group_has_what_it_states_once_studentised():
    found = trends.simulated_trials(
        SIZES,
        YEARS,
        panels=120,
        seed=10,
        event=2019,
        methods=("gap_did", "gap_slope_change"),
        neighbours=NEIGHBOURS,
    )
    table = trends.calibration(found)
    for ranking in ("studentised", "studentised_nearest"):
        part = table[table["ranking"] == ranking]
        assert part["as_stated"].all(), part
        assert part["covered"].between(0.94, 0.96).all()
    raw = table[(table["ranking"] == "raw")].groupby("group")["rejected"].mean()
    assert raw[1] > 0.07 and raw[3] < 0.025  # what the raw rank gets wrong


def test_trials_are_the_ranks_of_every_unit_at_every_event():
    panel = trends.simulated_panel(SIZES, YEARS, np.random.default_rng(11))
    found = trials(panel, SIZES, events=[2018, 2020], neighbours=NEIGHBOURS)
    assert len(found) == 2 * len(trends.RANKINGS) * 147
    estimates = trends.estimate_all(panel, 2020, methods=("gap_did",), neighbours=NEIGHBOURS)
    sizes = estimates["gap_did"].abs()
    raw = found[(found["event"] == 2020) & (found["ranking"] == "raw")].set_index("unit")
    assert raw.loc[17, "p_value"] == (sizes >= sizes[17]).mean()
    near = nearest_in_size(np.array(list(SIZES.values())), 59)[17]
    expected = (1 + (sizes.iloc[near] >= sizes[17]).sum()) / 60
    chosen = found[(found["event"] == 2020) & (found["ranking"] == "nearest")].set_index("unit")
    assert chosen.loc[17, "p_value"] == expected


def test_calibration_counts_rejections_by_size_with_clustered_errors():
    table = pd.DataFrame(
        {
            "unit": ["a", "a", "b", "b", "c", "c", "d", "d"],
            "size": [1, 1, 2, 2, 3, 3, 4, 4],
            "method": "m",
            "ranking": "raw",
            "p_value": [0.01, 0.05, 0.5, 0.5, 0.2, 0.04, 0.9, 0.9],
        }
    )
    got = trends.calibration(table, groups=2)
    assert got["rejected"].tolist() == [0.5, 0.25]
    assert got["covered"].tolist() == [0.5, 0.75]
    # Residuals by unit: +1 and -1 in the first group: root of 2 * 2 / 1 over four trials.
    assert got["standard_error"].iloc[0] == pytest.approx(2 / 4)
    assert not got["as_stated"].any()
    with pytest.raises(TrendError, match="two a group"):
        trends.calibration(table, groups=3)
