"""An area against its neighbours, against means and medians worked out by hand."""

import math
import statistics

import pandas as pd
import pytest
from scipy import stats

from care_study.area.by_year import ROLES, by_year, long_series, values_in
from care_study.indicators.compute import compute

# The list of 2021, nearest first: children looked after on 31 March 2018, children in mid-2017.
FIGURES_2018 = {
    "931": (684, 142_703),  # Oxfordshire
    "916": (656, 125_902),  # Gloucestershire
    "850": (1593, 280_006),  # Hampshire
    "800": (169, 35_178),  # Bath and North East Somerset
    "865": (444, 103_702),  # Wiltshire
    "938": (704, 172_050),  # West Sussex
    "869": (145, 35_544),  # West Berkshire
    "919": (891, 266_791),  # Hertfordshire
    "885": (796, 116_697),  # Worcestershire
    "937": (717, 114_689),  # Warwickshire
}
LIST_2021 = list(FIGURES_2018)
RATES_2018 = [10_000 * count / children for count, children in FIGURES_2018.values()]


@pytest.fixture(scope="module")
def rate(published):
    return compute(published, "looked_after_rate")


def computed(rows):
    frame = pd.DataFrame(rows, columns=["area_id", "area_name", "year", "value"])
    return frame.assign(numerator=1.0, denominator=2.0, lower=0.0, upper=99.0)


def test_cambridgeshire_in_2018_by_hand(rate):
    row = by_year(rate, "873", LIST_2021).set_index("year").loc[2018]
    mean, spread = statistics.fmean(RATES_2018), statistics.stdev(RATES_2018)
    half = stats.t.ppf(0.975, 9) * spread / math.sqrt(10)
    assert row["value"] == pytest.approx(700 / 132_267 * 10_000)
    assert row["mean"] == pytest.approx(mean)
    assert (row["mean_lower"], row["mean_upper"]) == pytest.approx((mean - half, mean + half))
    assert row["median"] == pytest.approx(statistics.median(RATES_2018))
    assert row["mean_gap"] == pytest.approx(700 / 132_267 * 10_000 - mean)
    assert row["median_gap"] == pytest.approx(row["value"] - row["median"])
    assert (row["n"], row["missing"]) == (10, "")


def test_a_mean_by_plain_arithmetic():
    rows = computed(
        [("a", "A", 2020, 10.0), ("b", "B", 2020, 4.0), ("c", "C", 2020, 6.0), ("d", "D", 2020, 5)]
    )
    found = by_year(rows, "a", ["b", "c", "d"]).iloc[0]
    assert found[["mean", "mean_gap", "median", "median_gap", "n"]].tolist() == [5, 5, 5, 5, 3]


def test_a_neighbour_without_a_value_is_named_and_not_dropped_in_silence():
    rows = computed(
        [
            ("a", "A", 2020, 10.0),
            ("b", "B", 2020, 4.0),
            ("c", "C", 2020, 6.0),
            ("d", "D", 2020, math.nan),
            ("e", "E", 2019, 1.0),
        ]
    )
    found = by_year(rows, "a", ["b", "c", "d", "e"]).iloc[0]
    assert (found["n"], found["missing"], found["mean"]) == (2, "D, E", 5)


def test_years_without_the_area_or_without_any_neighbour_are_left_out():
    rows = computed(
        [
            ("a", "A", 2018, math.nan),
            ("b", "B", 2018, 4.0),
            ("c", "C", 2018, 4.0),
            ("a", "A", 2019, 1.0),
            ("a", "A", 2020, 1.0),
            ("b", "B", 2020, 4.0),
            ("c", "C", 2020, 2.0),
        ]
    )
    assert by_year(rows, "a", ["b", "c"])["year"].tolist() == [2020]


def test_values_keep_the_order_of_the_neighbours_and_their_names():
    rows = computed([("a", "A", 2020, 1.0), ("b", "B", 2020, 2.0), ("c", "C", 2019, 3.0)])
    found = values_in(rows, ["c", "b", "zz"], 2020)
    assert found.index.tolist() == ["C", "B", "zz"]
    assert found.isna().tolist() == [True, False, True]


def test_the_series_of_a_chart(rate):
    found = long_series(rate, "873", LIST_2021, "E12000006", "E92000001")
    assert found["role"].unique().tolist() == list(ROLES)
    assert found["value"].notna().all()
    assert found.query("role == 'neighbour'")["area_name"].nunique() == 10
    per_role = found.query("year == 2018").groupby("role").size()
    assert per_role.drop("neighbour").eq(1).all()
    assert per_role["neighbour"] == 10
    found_by_year = by_year(rate, "873", LIST_2021).set_index("year")
    means = found[found["role"] == "neighbours' mean"].set_index("year")
    assert means["value"].tolist() == found_by_year["mean"].tolist()


def test_without_neighbours_there_is_no_year_but_every_column(rate):
    found = by_year(rate, "931", [])
    assert found.empty
    assert list(found.columns) == list(by_year(rate, "931", LIST_2021).columns)
    lines = long_series(rate, "931", [], "E12000008", "E92000001")
    assert set(lines["role"]) == {"area", "region", "England"}
