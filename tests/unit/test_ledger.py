"""The ledger: identities by hand, what they find, and how much corruption they notice."""

import os

import numpy as np
import pandas as pd
import pytest

from care_study.data import (
    ledger,
    ledger_corruption,
    ledger_identities,
    ledger_news,
    ledger_rules,
    ledger_sums,
)
from care_study.data.schemas import TABLES


def figures(name, rows):
    """Make a table as it is read from rows of area, year and some columns; text is a symbol."""
    table = TABLES[name]
    filled = []
    for area_id, year, given in rows:
        row = {"area_id": area_id, "area_code": area_id, "area_name": area_id, "year": year}
        for column in table.figures:
            cell = given.get(column.name, "")
            text = isinstance(cell, str)
            row |= {column.name: np.nan if text else float(cell)}
            row |= {f"{column.name}_symbol": cell if text else ""}
        filled.append(row)
    return pd.DataFrame(filled)


def one(name):
    return [identity for identity in ledger_identities.identities() if identity.name == name]


def looked_after(*rows):
    names = ("looked_after_31_march", "started", "ceased")
    cells = [(area, year, dict(zip(names, cells, strict=True))) for area, year, *cells in rows]
    return {"children_looked_after": figures("children_looked_after", cells)}


# ---- one identity at a time


def test_the_change_of_a_stock_is_what_came_less_what_went():
    tables = looked_after(
        ("1", 2020, 100, 40, 30), ("1", 2021, 110, 50, 40), ("1", 2022, 90, 5, 40)
    )
    found = ledger.residuals(tables, one("looked-after-flow"))
    # 110 - 100 = 50 - 40; 90 - 110 = -20, but 5 - 40 = -35: 15 too many.
    assert found[["year", "left", "right", "residual"]].to_numpy().tolist() == [
        [2021, 10, 10, 0],
        [2022, -20, -35, 15],
    ]
    assert found["within"].tolist() == [True, False]


def test_rounded_totals_leave_room_and_no_more():
    months = dict.fromkeys(ledger_months(), 10)
    rows = [("E92000001", 2015, {**months, "referrals": total}) for total in (180, 190)]
    for row, within in zip(rows, (True, False), strict=True):
        tables = {"referrals_by_month": figures("referrals_by_month", [row])}
        found = ledger.residuals(tables, one("months"))
        # Twelve months of 10, each 5 to 15, and a total within 5: 60 to 180 against 175 to 185.
        assert found["within"].tolist() == [within]
        assert found["high"].tolist() == [180 - (row[2]["referrals"] - 5)]


def ledger_months():
    return [term.column for term in one("months")[0].left]


@pytest.mark.parametrize(
    ("parts", "total", "within"),
    [
        ({"foster": 90, "with_parents": "c"}, 95, True),
        ({"foster": 96, "with_parents": "c"}, 95, False),  # the parts known exceed the whole
        ({"foster": 90, "with_parents": 4}, 95, False),
        ({"foster": 90, "with_parents": "z"}, 90, True),
    ],
)
def test_a_suppressed_part_may_be_anything_that_the_whole_leaves(parts, total, within):
    row = ("1", 2021, {**parts, "looked_after_31_march": total})
    found = ledger.residuals({"placements": figures("placements", [row])}, one("placement-kinds"))
    assert found["within"].tolist() == [within]


def test_a_part_that_is_not_available_leaves_the_identity_open():
    rows = [
        ("1", 2021, {"foster": 90, "with_parents": "x", "looked_after_31_march": 95}),
        ("2", 2021, {"foster": 90, "with_parents": 5, "looked_after_31_march": 95}),
    ]
    found = ledger.residuals({"placements": figures("placements", rows)}, one("placement-kinds"))
    assert found["area_id"].tolist() == ["2"]


def test_counts_make_the_published_percentage():
    workforce = figures(
        "workforce",
        [
            ("1", 2020, {"cases": 170, "case_holders_fte": 10, "cases_per_fte": 17.0}),
            ("2", 2020, {"cases": 170, "case_holders_fte": 10, "cases_per_fte": 17.4}),
        ],
    )
    found = ledger.residuals({"workforce": workforce}, one("caseload"))
    assert found["residual"].round(6).tolist() == [0.0, -0.4]
    assert found["within"].tolist() == [True, False]


# ---- sums, releases, filled columns


def places(*rows):
    columns = ["area_code", "area_id", "area_type", "region", "first_year", "last_year"]
    return pd.DataFrame(rows, columns=columns)


def test_authorities_add_up_to_regions_and_these_to_england():
    authorities = places(
        ("1", "1", "local authority", "North", 2013, 2025),
        ("2", "2", "local authority", "North", 2013, 2025),
        ("E12000001", "E12000001", "region", "North", 2013, 2025),
        ("E92000001", "E92000001", "country", "", 2013, 2025),
    )
    rows = [
        (area, 2020, {"referrals": count})
        for area, count in (("1", 101), ("2", 202), ("E12000001", 300), ("E92000001", 330))
    ]
    frame = figures("referrals", rows).replace({"area_name": {"E12000001": "North"}})
    changes = pd.DataFrame({"successor_dfe_code": ["9"]})
    tables = {"referrals": frame, "authorities": authorities, "boundary_changes": changes}
    found = ledger_sums.sums(tables, [("referrals", "referrals")])
    # 303 rounds to 300; 300 (295 to 305) is not 330 (325 to 335).
    assert found[["area_id", "left", "right", "within"]].to_numpy().tolist() == [
        ["E12000001", 303, 300, True],
        ["E92000001", 300, 330, False],
    ]
    lacking = {**tables, "referrals": frame[frame["area_id"] != "2"]}
    found = ledger_sums.sums(lacking, [("referrals", "referrals")])
    assert "E12000001" not in set(found["area_id"])  # a part is not held: nothing can be said


def test_a_release_between_two_that_agree_must_agree():
    row = {"release_2020": 10, "release_2021": 12, "release_2022": 10, "release_2023": 11}
    frame = figures("vintages", [("1", 2019, row)]).assign(measure="started")
    found = ledger_rules.released({"vintages": frame})
    assert found[["identity", "residual"]].to_numpy().tolist() == [["release 2021 of started", 2.0]]


def test_an_empty_cell_among_filled_ones_was_lost():
    rows = [(str(area), 2020, {"referrals": 5}) for area in range(20)]
    rows.append(("99", 2020, {}))
    found = ledger_rules.filled({"referrals": figures("referrals", rows)}, ["referrals"])
    assert found[["identity", "area_id"]].to_numpy().tolist() == [
        ["filled referrals.referrals", "99"]
    ]


# ---- the identities as data


def test_every_identity_names_columns_that_exist_and_says_what_it_means():
    names = [identity.name for identity in ledger_identities.identities()]
    assert len(set(names)) == len(names)
    for identity in ledger_identities.identities():
        assert identity.kind in ("parts", "flow", "same", "ratio") and identity.meaning
    with pytest.raises(ValueError, match="names no column"):
        ledger_identities.parse("referrals: crimes")


def test_every_reason_explains_something(published):
    found = ledger_news.whole(published)
    broken = found[~found["within"]]
    assert len(found) > 200_000 and len(broken) < 0.05 * len(found)
    unused = {
        row["explanation"] for row in ledger_identities.read_rows(ledger_identities.EXPLAINED)
    }
    unused -= set(broken["explanation"])
    assert not unused
    # What has no known reason is little, and is shown.
    assert len(ledger.unexplained(found)) < 100


# ---- what is new


def test_news_are_residuals_that_were_not_there_or_grew():
    before = ledger.residuals(
        looked_after(("1", 2020, 100, 0, 0), ("1", 2021, 190, 0, 0), ("1", 2022, 190, 0, 0)),
        one("looked-after-flow"),
    )
    after = ledger.residuals(
        looked_after(("1", 2020, 100, 0, 0), ("1", 2021, 190, 0, 0), ("1", 2022, 390, 0, 0)),
        one("looked-after-flow"),
    )
    found = ledger_news.news(before, after)
    assert found["year"].tolist() == [2022]  # 2021 is as wrong as it was
    words = ledger_news.in_words(found)
    assert words == [
        "1, 2022: the change in children looked after from one 31 March to the next is what "
        "started less what ceased: found 200 and 0"
    ]
    assert ledger_news.news(before, before).empty


# ---- how much it notices


@pytest.fixture(scope="module")
def everything(published):
    return {name: published[name] for name in published}


NUMBER = int(os.environ.get("CARE_STUDY_CORRUPTIONS", "25"))


def test_nearly_all_corruption_of_covered_cells_is_caught(everything):
    found = ledger_corruption.corrupt(everything, NUMBER, 2026, covered=True)
    shares = ledger_corruption.rates(found)
    assert shares["corruptions"].iloc[-1] == NUMBER
    assert set(found["kind"]) == set(ledger_corruption.KINDS)
    # Few corruptions scatter more: of 25, two may slip through.
    assert shares["share"].iloc[-1] >= (0.95 if NUMBER >= 1000 else 0.9), found[~found["caught"]]


def test_a_corruption_changes_one_cell_and_names_what_it_breaks(everything):
    rows = everything["referrals_by_month"]
    row = rows.index[(rows["area_id"] == "928") & (rows["year"] == 2013)][0]
    chosen = ledger_corruption.Corruption(
        "referrals_by_month", "may", row, "factor of ten", "1", "9"
    )
    reach = ledger_corruption.Reach.of(everything, chosen)
    changed = reach.with_cell(9.0)
    for before, after in ((reach.area, changed.area), (reach.year, changed.year)):
        old, new = before["referrals_by_month"], after["referrals_by_month"]
        assert new.loc[row, "may"] == 9
        assert new.drop(row).equals(old.drop(row))
    near = reach.residuals()
    found = ledger_news.news(near, changed.residuals())
    assert "months" in set(found["identity"])
    assert ledger_corruption.is_covered(everything, chosen, reach, near)


def test_a_percentage_that_no_count_makes_is_not_covered(everything):
    chosen = ledger_corruption.Corruption("looked_after_outcomes", "missing_percent", 5, "", "", "")
    reach = ledger_corruption.Reach.of(everything, chosen)
    assert not ledger_corruption.is_covered(everything, chosen, reach, reach.residuals())
