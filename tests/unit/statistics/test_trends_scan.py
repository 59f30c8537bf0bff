"""National scan: size, power, multiplicity, bad input."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from care_study.statistics import trends
from care_study.statistics.trends import TrendError

YEARS = np.arange(2013, 2026)


def panel(rng, units=120, noise=2.0):
    base = rng.normal(60, 8, (units, 1)) + rng.normal(0, 1, (units, 1)) * (YEARS - 2013)
    return pd.DataFrame(base + rng.normal(0, noise, (units, 13)), columns=YEARS)


def test_finds_the_authorities_that_moved_and_orders_them_first():
    frame = panel(np.random.default_rng(1))
    frame.loc[[3, 7], 2019:] += 40
    result = trends.national_scan(frame, 2019, method="gap_level_change")
    assert set(result.table.index[:2]) == {3, 7}
    assert result.table.loc[[3, 7], "flagged"].all()
    assert result.table["flagged"].sum() <= 4
    assert result.table.loc[3, "holm"] < 0.05
    assert result.table.loc[3, "change"] == pytest.approx(40, abs=8)


def test_flags_nothing_in_most_scans_where_nothing_happened():
    rng = np.random.default_rng(2)
    flagged = [
        trends.national_scan(panel(rng, 60), 2019, method="gap_did").table["flagged"].any()
        for _ in range(100)
    ]
    assert np.mean(flagged) <= 0.12


def test_rank_p_values_have_the_stated_floor_and_holm_cannot_reach_it():
    result = trends.national_scan(panel(np.random.default_rng(3)), 2019, method="sdid")
    assert result.table["p_rank"].min() == pytest.approx(1 / 120)
    assert result.smallest_possible_p == pytest.approx(1 / 120)
    assert result.table["holm_rank"].min() == pytest.approx(1)
    assert any("0.0083" in note for note in result.warnings)


def test_small_volatile_authorities_do_not_lead_once_standardised():
    rng = np.random.default_rng(4)
    frame = panel(rng)
    frame.loc[5] += rng.normal(0, 60, 13)
    frame.loc[9, 2019:] += 30
    raw = trends.national_scan(frame, 2019, method="gap_did", standardise=False)
    fair = trends.national_scan(frame, 2019, method="gap_did")
    assert fair.table.index[0] == 9
    assert abs(fair.table.loc[5, "z"]) < abs(raw.table.loc[5, "z"])


def test_adjustments_match_hand_computed_values():
    p = [0.01, 0.02, 0.03, 0.5]
    np.testing.assert_allclose(trends.adjust(p, "holm"), [0.04, 0.06, 0.06, 0.5])
    np.testing.assert_allclose(trends.adjust(p, "bh"), [0.04, 0.04, 0.04, 0.5])
    many = np.random.default_rng(5).uniform(size=200)
    for ours, theirs in (("holm", "holm"), ("bh", "fdr_bh")):
        np.testing.assert_allclose(trends.adjust(many, ours), multipletests(many, method=theirs)[1])
    with pytest.raises(TrendError, match="none missing"):
        trends.adjust([0.1, np.nan], "holm")
    with pytest.raises(TrendError, match="holm or bh"):
        trends.adjust(p, "none")


def test_bad_scans():
    with pytest.raises(TrendError, match="at least ten"):
        trends.national_scan(np.ones((5, 13)), 6)
    flat = np.tile(np.arange(13.0), (20, 1))
    with pytest.raises(TrendError, match="equal"):
        trends.national_scan(flat, 6, method="gap_did", standardise=False)
