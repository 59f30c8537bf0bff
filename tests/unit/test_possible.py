"""What suppressed and rounded cells allow, and that nothing derived gives a hidden figure away."""

import numpy as np
import pandas as pd
import pytest

from care_study.data import geography
from care_study.data.bounds import bounds, step
from care_study.data.schemas import TABLES
from care_study.indicators.compute import compute
from care_study.indicators.definitions import INDICATORS
from care_study.indicators.months import MONTHS, referrals_by_month
from care_study.indicators.possible import compute_possible

COUNTED = [name for name, one in INDICATORS.items() if not one.is_published]


def rows(*cells):
    """Make rows of children_looked_after; text is a symbol."""
    made = []
    for area_id, year, whole, part in cells:
        row = {"area_id": area_id, "year": year}
        pairs = (("looked_after_31_march", whole), ("unaccompanied_31_march", part))
        for name, cell in pairs:
            text = isinstance(cell, str)
            row |= {name: np.nan if text else float(cell), f"{name}_symbol": cell if text else ""}
        made.append(row)
    return pd.DataFrame(made)


# ---- bounds of single cells


def test_bounds_of_figures_symbols_and_rounded_totals():
    frame = rows(
        ("1", 2020, 100, 7),
        ("1", 2021, 100, "c"),
        ("1", 2022, 100, "x"),
        ("1", 2023, 100, "k"),
        ("E92000001", 2021, 80_000, 5_000),
        ("E92000001", 2010, 64_400, 3_400),
    )
    found = bounds(frame, TABLES["children_looked_after"], "unaccompanied_31_march")
    assert found.lower[[0, 1, 3, 4, 5]].tolist() == [7, 0, 0, 4995, 3350]
    assert found.upper.tolist() == [7, 100, np.inf, 5, 5005, 3450]
    assert np.isnan(found.lower[2])


def test_regions_and_england_are_rounded_and_populations_are_not(published):
    for name, table in TABLES.items():
        counts = [column.name for column in table.figures if column.kind == "count"]
        if not counts or not table.year_means.startswith(("year ending", "mid-year")):
            continue
        frame = published[name]
        steps = step(frame, table)
        for column in counts:
            figures = frame[column].to_numpy()
            known = ~np.isnan(figures) & (steps > 1) & (frame["year"] > 2012).to_numpy()
            assert (figures[known] % 10 == 0).all(), (name, column)


# ---- indicators


def test_a_suppressed_part_leaves_a_range_by_hand(published):
    found = compute_possible(published, "unaccompanied_rate").set_index(["area_id", "year"])
    row = found.loc["805", 2016]  # Hartlepool: 206 looked after, unaccompanied suppressed
    children = published["population_0_17"].query("area_id == '805' and year == 2015")
    whole = published["children_looked_after"].query("area_id == '805' and year == 2016")
    assert row["possible"] == "suppressed" and np.isnan(row["value"])
    assert row["least"] == 0
    most = whole["looked_after_31_march"].item() / children["children_0_17"].item() * 10_000
    assert row["most"] == pytest.approx(most)
    without = compute_possible(published, "looked_after_rate_without_unaccompanied")
    row = without.set_index(["area_id", "year"]).loc["805", 2016]
    assert (row["least"], row["most"]) == (0, pytest.approx(most))


@pytest.mark.parametrize("indicator", COUNTED)
def test_the_value_lies_within_what_its_cells_allow(published, indicator):
    found = compute_possible(published, indicator)
    known = found[found["value"].notna()]
    assert (known["least"] <= known["value"] + 1e-9).all()
    assert (known["value"] <= known["most"] + 1e-9).all()
    exact = known[known["possible"] == "exact"]
    assert not exact.empty
    assert np.allclose(exact["least"], exact["most"])
    plain = compute(published, indicator)
    pd.testing.assert_frame_equal(found[plain.columns], plain)


def test_a_published_percentage_has_no_cells_behind_it(published):
    with pytest.raises(ValueError, match="published as it is"):
        compute_possible(published, "agency_rate")


def test_a_territory_with_a_suppressed_part_has_a_range_and_no_value():
    changes = pd.DataFrame(
        {
            "predecessor_dfe_code": ["1", "1"],
            "predecessor": ["Old", "Old"],
            "successor_dfe_code": ["2", "3"],
            "successor": ["North", "South"],
            "changed_on_1_april": [2020, 2020],
            "first_year_ending_march": [2021, 2021],
            "first_workforce_september": [2020, 2020],
        }
    )
    frame = rows(("2", 2022, 50, "c"), ("3", 2022, 70, 6)).assign(source="s")
    people = pd.DataFrame(
        {
            "area_id": ["2", "3"],
            "year": [2021, 2021],
            "children_0_17": [10_000.0, 10_000.0],
            "children_0_17_symbol": "",
        }
    )
    authorities = pd.DataFrame(
        {
            "area_id": ["1", "2", "3"],
            "area_code": ["a", "b", "c"],
            "area_name": ["Old", "North", "South"],
            "area_type": "local authority",
            "region": "R",
            "first_year": [2013, 2021, 2021],
            "last_year": [2020, 2025, 2025],
        }
    )
    tables = {
        "children_looked_after": frame,
        "population_0_17": people,
        "boundary_changes": changes,
        "authorities": authorities,
    }
    found = compute_possible(tables, "unaccompanied_rate").set_index("area_id").loc["1"]
    assert np.isnan(found["value"]) and found["reason"].startswith("numerator: part missing")
    # 0 + 6 to 50 + 6 children, of 20,000.
    assert (found["least"], found["most"]) == pytest.approx((3.0, 28.0))
    # The part known, and the range of the whole, leave the hidden part as wide as it was.
    hidden = (found["most"] - found["least"]) * 2
    assert hidden == pytest.approx(50)


# ---- nothing derived gives a hidden figure away


@pytest.mark.parametrize("indicator", COUNTED)
def test_a_hidden_cell_is_never_pinned_down(published, indicator):
    found = compute_possible(published, indicator)
    hidden = found[found["possible"] == "suppressed"]
    assert hidden["value"].isna().all()
    width = hidden["most"] - hidden["least"]
    assert (width > 0).all()


def test_with_less_without_unaccompanied_children_gives_nothing_away(published):
    whole = compute(published, "looked_after_rate").set_index(["area_id", "year"])["numerator"]
    without = compute(published, "looked_after_rate_without_unaccompanied")
    without = without.set_index(["area_id", "year"])["numerator"]
    difference = (whole - without).dropna()
    cells = published["children_looked_after"].set_index(["area_id", "year"])
    hidden = cells.index[cells["unaccompanied_31_march_symbol"] == "c"]
    assert len(hidden) > 200
    assert not set(hidden) & set(difference.index)


def test_a_territory_less_its_parts_gives_nothing_away(published):
    territories = geography.territories(published["boundary_changes"])
    tried = 0
    for indicator in COUNTED:
        definition = INDICATORS[indicator]
        first = definition.numerator[0]
        cells = published[first.table].set_index(["area_id", "year"])
        found = compute(published, indicator).set_index(["area_id", "year"])["numerator"]
        for territory in territories:
            for codes in (territory.predecessors, territory.successors):
                if codes == (territory.area_id,):
                    continue
                for year in sorted(set(cells.index.get_level_values("year"))):
                    symbols = [
                        cells.at[(code, year), f"{term.column}_symbol"]
                        for code in codes
                        for term in definition.numerator
                        if (code, year) in cells.index
                    ]
                    if "c" in symbols and (territory.area_id, year) in found.index:
                        own = (territory.area_id, year) in cells.index
                        assert own or np.isnan(found[territory.area_id, year])
                        tried += 1
    assert tried > 20


# ---- months


def test_referrals_a_week_in_a_month_by_hand(published):
    found = referrals_by_month(published["referrals_by_month"], "874")
    row = found[found["month"] == "2016-12-01"].iloc[0]
    assert (row["year"], row["referrals"]) == (2017, 133)
    assert row["value"] == pytest.approx(133 / (31 / 7))
    assert row["lower"] < row["value"] < row["upper"]
    assert found["month"].is_monotonic_increasing and len(found) == 120
    leap = found[found["month"] == "2016-02-01"].iloc[0]
    assert leap["weeks"] == pytest.approx(29 / 7)
    assert set(MONTHS) <= {column.name for column in TABLES["referrals_by_month"].columns}


def test_a_suppressed_month_keeps_its_reason(published):
    found = referrals_by_month(published["referrals_by_month"], "857")  # Rutland
    hidden = found[found["referrals"].isna()]
    assert set(hidden["reason"]) == {"c"} and hidden["value"].isna().all()


# ---- further indicators, from the printed figures


@pytest.mark.parametrize(
    ("indicator", "area_id", "year", "expected"),
    [
        ("foster_percentage", "894", 2024, 281 / 412 * 100),
        ("outside_area_percentage", "894", 2024, 212 / 412 * 100),
        ("homes_and_semi_independent_percentage", "894", 2024, (43 + 22) / 412 * 100),
        ("started_unaccompanied_percentage", "894", 2024, 31 / 103 * 100),
        ("conferences_in_15_days", "805", 2025, np.nan),  # one band is suppressed
        ("leavers_suitable_homes_percentage", "803", 2024, 138 / 145 * 100),
        ("plans_two_years_percentage", "884", 2020, 0.0),
        ("assessed_in_10_days", "883", 2021, (72 + 1091) / 4209 * 100),
        ("assessment_median_days", "883", 2021, 27),
        ("workers_starting", "821", 2018, 20 / 96.7 * 100),
        ("idaci_score", "928", 2015, 0.168),
    ],
)
def test_further_indicators_from_the_printed_figures(published, indicator, area_id, year, expected):
    found = compute(published, indicator).set_index(["area_id", "year"]).loc[area_id, year]
    assert found["value"] == pytest.approx(expected, nan_ok=True)


def test_a_stay_is_stock_over_flow(published):
    found = compute(published, "stay_years").set_index(["area_id", "year"]).loc["873", 2018]
    row = published["children_looked_after"].query("area_id == '873' and year == 2018").iloc[0]
    assert found["value"] == row["looked_after_31_march"] / ((row["started"] + row["ceased"]) / 2)
