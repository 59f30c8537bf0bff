"""Areas through time on tables small enough to work by hand.

Oldshire (1) became North Oldshire (4) and South Oldshire (5) in 2021; Abbey (2) and Bridge (3)
became Abbey and Bridge (6) in 2023; Lone (7) was made anew as Lone City (8) in 2024.
"""

import math

import pandas as pd
import pytest

from care_study.data import geography
from care_study.data.geography import NeighbourError

CHANGES = pd.DataFrame(
    [
        ("1", "Oldshire", "4", "North Oldshire", 2021, 2022, 2021),
        ("1", "Oldshire", "5", "South Oldshire", 2021, 2022, 2021),
        ("3", "Bridge", "6", "Abbey and Bridge", 2023, 2024, 2023),
        ("2", "Abbey", "6", "Abbey and Bridge", 2023, 2024, 2023),
        ("7", "Lone", "8", "Lone City", 2024, 2025, 2024),
    ],
    columns=[
        "predecessor_dfe_code",
        "predecessor",
        "successor_dfe_code",
        "successor",
        "changed_on_1_april",
        "first_year_ending_march",
        "first_workforce_september",
    ],
)
AUTHORITIES = pd.DataFrame(
    [
        ("E07", "9", "Whole, new code", "unitary", "South", 2021, 2025),
        ("E01", "1", "Oldshire County", "county", "South", 2013, 2021),
        ("E02", "2", "Abbey Borough", "unitary", "East", 2013, 2023),
        ("E03", "3", "Bridge Borough", "district", "West", 2014, 2022),
        ("E04", "4", "North Oldshire", "unitary", "South", 2022, 2025),
        ("E05", "5", "South Oldshire", "unitary", "South", 2022, 2026),
        ("E06", "6", "Abbey and Bridge", "unitary", "East", 2024, 2026),
        ("E00", "9", "Whole, old code", "county", "Middle", 2013, 2020),
    ],
    columns=[
        "area_code",
        "area_id",
        "area_name",
        "area_type",
        "region",
        "first_year",
        "last_year",
    ],
)


def row(area_id, year, value, symbol="", source="s1"):
    return {"area_id": area_id, "year": year, "n": value, "n_symbol": symbol, "source": source}


def spliced(*rows, **how):
    return geography.splice(pd.DataFrame(rows), ["n"], CHANGES, **how)


def made(area_id, *rows, **how):
    """Return the rows of a territory, by year."""
    done = spliced(*rows, **how)
    return done[done["area_id"] == area_id].set_index("year")


# ---- territories


def test_territories_hold_what_the_changes_say():
    old, both, lone = geography.territories(CHANGES)
    assert old == geography.Territory(
        area_id="1",
        name="Oldshire",
        predecessors=("1",),
        successors=("4", "5"),
        predecessor_names=("Oldshire",),
        successor_names=("North Oldshire", "South Oldshire"),
        changed_on=2021,
        first_march=2022,
        first_september=2021,
    )
    assert (both.area_id, both.name) == ("2+3", "Abbey and Bridge, together")
    assert (both.predecessors, both.successors) == (("2", "3"), ("6",))
    assert both.predecessor_names == ("Abbey", "Bridge")
    assert (lone.area_id, lone.name, lone.successors) == ("7", "Lone", ("8",))
    assert (lone.changed_on, lone.first_march, lone.first_september) == (2024, 2025, 2024)


def test_the_index_of_the_changes_does_not_matter():
    same = CHANGES.set_axis([0] * len(CHANGES))
    assert geography.territories(same) == geography.territories(CHANGES)


def test_labels_say_the_change_in_words():
    old, both, lone = (territory.label for territory in geography.territories(CHANGES))
    assert old == "from 1 April 2021 the sum of North Oldshire and South Oldshire"
    assert both == "from 1 April 2023 the sum of Abbey and Bridge; before, of Abbey and Bridge"
    assert lone == "from 1 April 2024 the sum of Lone City"


def test_three_parts_are_listed_with_commas():
    three = CHANGES.iloc[:2].assign(successor=["North", "South"])
    east = three.iloc[:1].assign(successor_dfe_code="55", successor="East")
    (territory,) = geography.territories(pd.concat([three, east]))
    assert territory.label == "from 1 April 2021 the sum of North, South and East"


def test_nobody_is_counted_twice():
    # Alone, the parts are left out and the territory stays; Oldshire's territory has its own code.
    everywhere = {"4", "5", "2", "3", "6", "8"}
    assert geography.counted_twice(CHANGES) == everywhere
    assert geography.counted_twice(CHANGES, "9") == everywhere
    assert geography.counted_twice(CHANGES, "1") == everywhere
    assert geography.counted_twice(CHANGES, "2+3") == everywhere
    # A comparison of a part leaves out the territory that holds it, and not its other parts.
    assert geography.counted_twice(CHANGES, "6") == {"4", "5", "2+3", "8"}
    assert geography.counted_twice(CHANGES, "4") == {"1", "2", "3", "6", "8"}
    assert isinstance(geography.counted_twice(CHANGES), frozenset)


# ---- the list of areas


def test_every_area_is_listed_with_all_that_is_known_of_it():
    listed = geography.areas(AUTHORITIES, CHANGES.iloc[:4])
    note = "from 1 April {} the sum of {}".format
    oldshire = note(2021, "North Oldshire and South Oldshire")
    both = note(2023, "Abbey and Bridge; before, of Abbey and Bridge")
    created = "created on 1 April 2021 from Oldshire"
    joined = "created on 1 April 2023 from Abbey and Bridge"
    gone = "abolished on 1 April 2023"
    expected = pd.DataFrame(
        [
            # goes on to the last year of either successor
            ("1", "Oldshire", "county", "South", 2013, 2026, ("E01",), oldshire),
            ("2", "Abbey", "unitary", "East", 2013, 2023, ("E02",), gone),
            # region and first year of the first part, last year of the successor
            (
                "2+3",
                "Abbey and Bridge, together",
                "combined territory",
                "East",
                2013,
                2026,
                (),
                both,
            ),
            ("3", "Bridge", "district", "West", 2014, 2022, ("E03",), gone),
            ("4", "North Oldshire", "unitary", "South", 2022, 2025, ("E04",), created),
            ("5", "South Oldshire", "unitary", "South", 2022, 2026, ("E05",), created),
            ("6", "Abbey and Bridge", "unitary", "East", 2024, 2026, ("E06",), joined),
            # the newer of two codes gives the name, the type and the region
            ("9", "Whole, new code", "unitary", "South", 2013, 2025, ("E00", "E07"), ""),
        ],
        columns=[
            "area_id",
            "area_name",
            "area_type",
            "region",
            "first_year",
            "last_year",
            "area_codes",
            "note",
        ],
    ).set_index("area_id")
    pd.testing.assert_frame_equal(listed, expected)


def test_areas_that_changed_nothing_keep_no_note():
    listed = geography.areas(AUTHORITIES, CHANGES.iloc[:0])
    assert (listed["note"] == "").all()
    assert listed.loc["1", ["area_name", "last_year"]].tolist() == ["Oldshire County", 2021]


def test_a_territory_whose_successors_are_not_listed_yet_ends_with_their_first_year():
    listed = geography.areas(AUTHORITIES[AUTHORITIES["area_id"] == "1"], CHANGES.iloc[:2])
    assert listed.index.tolist() == ["1"]
    assert listed.loc["1", "last_year"] == 2022


def test_a_part_that_is_not_listed_is_not_added():
    # Bridge lacks a row in the list of authorities.
    listed = geography.areas(AUTHORITIES[AUTHORITIES["area_id"].isin(["2", "6"])], CHANGES[2:4])
    assert listed.index.tolist() == ["2", "2+3", "6"]
    assert listed["area_name"].tolist() == [
        "Abbey",
        "Abbey and Bridge, together",
        "Abbey and Bridge",
    ]


# ---- splices


def test_a_spliced_frame_has_the_given_columns_and_a_plain_index():
    rows = [row("4", 2022, 3.0), row("5", 2022, 4.0), row("9", 2022, 8.0)]
    frame = pd.DataFrame(rows, index=[7, 7, 7]).assign(other="left out")
    done = geography.splice(frame, ["n"], CHANGES)
    pd.testing.assert_frame_equal(
        done,
        pd.DataFrame(
            [
                {**rows[0], "splice": ""},
                {**rows[1], "splice": ""},
                {**rows[2], "splice": ""},
                {**row("1", 2022, 7.0), "splice": "sum of 4 and 5"},
            ]
        ),
    )


def test_where_no_territory_has_a_row_the_frame_comes_back_with_a_plain_index():
    frame = pd.DataFrame([row("9", 2022, 8.0), row("9", 2023, 9.0)], index=["x", "y"])
    done = geography.splice(frame, ["n"], CHANGES)
    pd.testing.assert_frame_equal(done, frame.reset_index(drop=True).assign(splice=""))


def test_parts_are_summed_on_their_own_side_of_the_change_only():
    years = (2022, 2023, 2024, 2025)
    before = [row(area_id, year, 1.0) for area_id in ("2", "3") for year in years]
    after = [row("6", year, 10.0) for year in years]
    # years ending in March change in 2024, September counts in 2023
    assert made("2+3", *before, *after)["n"].to_dict() == {2022: 2, 2023: 2, 2024: 10, 2025: 10}
    autumn = made("2+3", *before, *after, calendar="september")
    assert autumn["n"].to_dict() == {2022: 2, 2023: 10, 2024: 10, 2025: 10}
    assert made("2+3", *before, *after)["splice"].tolist() == [
        "sum of 2 and 3",
        "sum of 2 and 3",
        "joint return 6",
        "joint return 6",
    ]


def test_two_spellings_of_a_joint_return_are_counted_once():
    done = made("1", row("4 / 5", 2022, 12.0), row("5 / 4", 2022, 12.0))
    assert done.loc[2022, ["n", "splice"]].tolist() == [12, "joint return 4 / 5"]


def test_a_sum_has_no_symbol_whatever_its_parts_have():
    done = made("1", row("4", 2022, 3.0, "r"), row("5", 2022, 4.0, "r"))
    assert done.loc[2022, ["n", "n_symbol"]].tolist() == [7, ""]
    done = made("1", row("4 / 5", 2022, 7.0, "r"))
    assert done.loc[2022, ["n", "n_symbol"]].tolist() == [7, ""]


@pytest.mark.parametrize("area_ids", [["4 / 5"], ["4", "5"], ["4"]])
def test_a_frame_without_symbols_gets_none(area_ids):
    frame = pd.DataFrame([row(area_id, 2022, math.nan) for area_id in area_ids])
    done = geography.splice(frame[["area_id", "year", "n"]], ["n"], CHANGES)
    assert list(done.columns) == ["area_id", "year", "n", "splice"]
    assert done.loc[done["area_id"] == "1", "n"].isna().tolist() == [True]


def test_each_column_is_summed_by_itself():
    frame = pd.DataFrame(
        {"area_id": ["4", "5"], "year": 2022, "n": [1.0, 2.0], "m": [3.0, math.nan]}
    ).assign(m_symbol=["", "c"])
    done = geography.splice(frame, ["n", "m"], CHANGES).iloc[-1]
    assert done["n"] == 3
    assert math.isnan(done["m"])
    assert done["m_symbol"] == "part missing: 5"


def test_a_missing_part_is_said_before_that_percentages_cannot_be_added():
    done = made("1", row("4", 2022, 50.0), row("5", 2022, 60.0), add_up=False).loc[2022]
    assert math.isnan(done["n"])
    assert done["n_symbol"] == "a published percentage cannot be added up"
    done = made("1", row("4", 2022, 50.0), row("5", 2022, math.nan, "c"), add_up=False).loc[2022]
    assert math.isnan(done["n"])
    assert done["n_symbol"] == "part missing: 5"
    done = made("1", row("9", 2022, 50.0), row("4", 2022, math.nan)).loc[2022]
    assert done["n_symbol"] == "part missing: 5, 4"  # without a row first, then without a value


# ---- neighbours


NEIGHBOURS = pd.DataFrame(
    [
        ("2021", "E07", 2, "E02", "close"),
        ("2021", "E07", 1, "E06", "very close"),
        ("2021", "E01", 1, "E07", "close"),
        ("2023", "E01", 1, "E02", "close"),
        ("2025", "E04", 1, "E07", "somewhat close"),
        ("2025", "E00", 1, "E05", "not close"),
    ],
    columns=["model", "area_code", "rank", "neighbour_code", "closeness"],
)


def neighbours(area_id, model, table=NEIGHBOURS):
    return geography.neighbours(table, AUTHORITIES, CHANGES.iloc[:4], area_id, model)


def test_neighbours_come_nearest_first_with_what_became_of_them():
    pd.testing.assert_frame_equal(
        neighbours("9", "2021"),
        pd.DataFrame(
            {
                "rank": [1, 2],
                "area_id": ["6", "2"],
                "area_name": ["Abbey and Bridge", "Abbey"],
                "closeness": ["very close", "close"],
                "note": [
                    "created on 1 April 2023 from Abbey and Bridge",
                    "abolished on 1 April 2023",
                ],
            }
        ),
    )
    # a model that YAML read as a number, and an authority listed under its old code
    assert neighbours("9", 2025)["area_name"].tolist() == ["South Oldshire"]


@pytest.mark.parametrize(
    ("area_id", "model", "expected"),
    [
        ("9", "2019", "There is no neighbour list '2019'. Expected one of 2021, 2023, 2025."),
        (
            "1",
            "2025",
            "The neighbour list of 2025 does not hold Oldshire. It is in the list of 2021, 2023: "
            "use that.",
        ),
        (
            "2+3",
            "2025",
            "The neighbour list of 2025 does not hold Abbey and Bridge, together. No list holds "
            "it: regions, England and combined territories have no neighbours.",
        ),
        (
            "999",
            "2021",
            "The neighbour list of 2021 does not hold 999. No list holds it: regions, England and "
            "combined territories have no neighbours.",
        ),
    ],
)
def test_why_there_are_no_neighbours_is_said(area_id, model, expected):
    with pytest.raises(NeighbourError) as caught:
        neighbours(area_id, model)
    assert str(caught.value) == expected


def test_neighbours_that_no_table_knows_are_all_named():
    table = NEIGHBOURS.replace({"E06": "E66", "E02": "E22"})
    with pytest.raises(NeighbourError) as caught:
        neighbours("9", "2021", table)
    assert str(caught.value) == (
        "The neighbour list of 2021 names E66, E22, which authorities.csv lacks. Add a row there, "
        "or correct statistical_neighbours.csv."
    )


def test_every_authority_of_a_list_has_its_neighbours_nearest_first():
    expected = {"1": ["9"], "9": ["6", "2"]}
    assert geography.neighbour_lists(NEIGHBOURS, AUTHORITIES, "2021") == expected
    assert geography.neighbour_lists(NEIGHBOURS, AUTHORITIES, 2025) == {"4": ["9"], "9": ["5"]}
