"""Ranks as ranges: by hand, jointly right, and without those that have no figure."""

import numpy as np
import pandas as pd
import pytest

from care_study.area.setting import ENGLAND
from care_study.chapters.atlas import league
from care_study.unavailable import Unavailable


def rates(counts, population=10_000):
    return pd.DataFrame(
        {
            "area_id": [str(n) for n in range(len(counts))],
            "area_name": [f"Area {n}" for n in range(len(counts))],
            "area_type": "local authority",
            "region": "North",
            "year": 2025,
            "numerator": counts,
            "denominator": float(population),
            "value": counts,
            "lower": 0.0,
            "upper": 0.0,
            "reason": "",
        }
    )


def test_ranks_that_chance_cannot_tell_apart_are_one_range():
    table = league.ranks(rates([50.0, 52, 48]), 2025)
    assert table["ranks"].tolist() == ["1 to 3"] * 3
    assert league.middle_count(table) == 3 and league.median_width(table) == 3


def test_ranks_far_apart_are_single():
    table = league.ranks(rates([1000.0, 10.0, 300.0]), 2025)
    assert table["ranks"].tolist() == ["1", "3", "2"]


def test_the_ranges_hold_the_true_ranks_jointly():
    rng = np.random.default_rng(1)
    truth = np.sort(rng.uniform(40, 100, 30))[::-1]
    held = 0
    for _ in range(60):
        table = league.ranks(rates(rng.poisson(truth * 2.0).astype(float), 20_000), 2025)
        table.index = table["area_name"].str.removeprefix("Area ").astype(int)
        table = table.sort_index()
        true = np.arange(1, 31)
        held += bool(((table["highest_rank"] <= true) & (table["lowest_rank"] >= true)).all())
    assert held >= 0.9 * 60  # at least 95% in the long run


def test_an_authority_without_a_figure_is_not_ranked():
    frame = rates([50.0, 52, np.nan])
    frame.loc[2, "reason"] = "numerator: suppressed"
    table = league.ranks(frame, 2025)
    assert table["ranks"].tolist() == ["1 to 2", "1 to 2", "not ranked"]
    with pytest.raises(ValueError, match="No authority has a figure in 2020"):
        league.ranks(frame, 2020)


def test_the_page_counts_what_the_table_shows():
    england = rates([150.0]).assign(area_id=ENGLAND, area_type="country", value=50.0)
    frame = pd.concat([rates([50.0, 52, 48]), england], ignore_index=True)
    found = league.league({league.RANKED: frame})
    assert (found.day, found.ranked, found.middle, found.width) == ("31 March 2025", 3, 3, 3)
    with pytest.raises(Unavailable, match="England has no figure"):
        league.league({league.RANKED: rates([50.0])})
