"""The table of indicators, by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from profile_material import computed_for, opened

from care_study.area.setting import ENGLAND
from care_study.chapters.profile import measures, standing


def small(values, own="1"):
    """Ten neighbours and England in one year, the area with one value more."""
    rows = [("1", "Alfa", values[0]), (ENGLAND, "England", values[-1])]
    rows += [(str(n), f"Area {n}", value) for n, value in enumerate(values[1:-1], start=10)]
    frame = pd.DataFrame(rows, columns=["area_id", "area_name", "value"])
    return frame.assign(
        year=2025, indicator="x", lower=np.nan, upper=np.nan, reason="", splice="",
        numerator=np.nan, denominator=np.nan, area_type="local authority", region="",
    )  # fmt: skip


def setting_of(ids):
    return SimpleNamespace(
        area_id="1", area_name="Alfa", neighbour_ids=ids, statistic="mean", chosen="2021",
        first_year=2013, last_year=2025, notes=(),
    )  # fmt: skip


def test_the_gap_is_to_the_neighbours_mean():
    others = [40.0, 42, 44, 46, 48, 52, 54, 56, 58, 60]
    frame = small([70.0, *others, 55.0])
    ids = [str(n) for n in range(10, 20)]
    row = standing.indicator_table(dict.fromkeys(measures.SHOWN, frame), setting_of(ids)).iloc[0]
    assert row["mean"] == pytest.approx(50) and row["median"] == pytest.approx(50)
    assert row["gap"] == pytest.approx(20) and row["england"] == 55
    # s = sqrt(440 / 9) = 6.992; 2.262 x s / sqrt(10) = 5.002
    assert row["gap_lower"] == pytest.approx(20 - 5.002, abs=0.01)
    assert row["place"] == "above"
    # t = 20 / (6.992 sqrt(1.1)) = 2.727 on 9 degrees of freedom
    assert row["p_unusual"] == pytest.approx(0.0234, abs=0.0005)


def test_unusual_only_after_correction_for_the_number_of_measures():
    table = pd.DataFrame({"measure": ["a", "b", "c"], "p_unusual": [0.02, 0.5, np.nan]})
    assert standing.unusual_measures(table) == ["a"]  # 0.02 x 2 = 0.04
    three = pd.DataFrame({"measure": ["a", "b", "c"], "p_unusual": [0.02, 0.5, 0.6]})
    assert standing.unusual_measures(three) == []  # 0.02 x 3 = 0.06


def test_a_missing_figure_says_why():
    setting = opened("Isles of Scilly")
    table = standing.indicator_table(computed_for(setting.area_name), setting)
    assert table.loc[table["value"].isna(), "place"].str.startswith("no figure").all()
