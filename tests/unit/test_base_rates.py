"""How often "above" or "below" is said of any authority."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from care_study import paths
from care_study.area.base_rates import base_rates
from care_study.area.setting import open_setting
from care_study.data import geography
from care_study.unavailable import Unavailable


def frame(values):
    return pd.DataFrame({"area_id": list(values), "year": 2020, "value": list(values.values())})


def test_by_hand():
    values = {"a": 50.0, "b": 10.0, "c": 11.0, "d": 12.0, "e": 11.5}
    lists = {"a": ["b", "c", "d", "e"], "e": ["b", "c", "d"], "b": ["c"]}
    found = base_rates(frame(values), lists, 2020)
    assert found.authorities == 2  # b has too few neighbours
    assert found.gap == 0.5  # a far above; e within the interval of its neighbours' mean
    assert found.prediction == 0.5


def test_chance_alone_gives_more_gaps_than_predictions():
    rng = np.random.default_rng(3)
    values = {f"u{i}": float(v) for i, v in enumerate(rng.normal(50, 5, 400))}
    lists = {unit: list(rng.choice([v for v in values if v != unit], 10)) for unit in values}
    lists = {unit: list(dict.fromkeys(names)) for unit, names in lists.items()}
    found = base_rates(frame(values), lists, 2020)
    assert found.prediction == pytest.approx(0.05, abs=0.03)
    expected = 2 * stats.t.sf(stats.t.isf(0.025, 9) / np.sqrt(11), 9)
    assert found.gap == pytest.approx(expected, abs=0.06)


def test_real_rates_are_said_to_lie_apart_for_a_third_or_more():
    setting = open_setting(paths.PUBLISHED, "Cambridgeshire")
    tables = setting.tables
    lists = geography.neighbour_lists(
        tables["statistical_neighbours"], tables["authorities"], "2021"
    )
    found = base_rates(setting.indicator("looked_after_rate"), lists, 2018)
    assert found.authorities > 140
    assert 0.33 < found.gap < 0.55
    assert found.prediction < 0.12


def test_nobody_to_compare():
    with pytest.raises(Unavailable, match="set against its neighbours in 2020"):
        base_rates(frame({"a": 1.0}), {"a": ["b"]}, 2020)
