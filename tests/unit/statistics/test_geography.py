"""Areas through time: names, codes, territories, splices and neighbours, against hand sums."""

import math

import pandas as pd
import pytest

from care_study.data import geography
from care_study.data.geography import NeighbourError, UnknownAreaError


@pytest.fixture(scope="module")
def changes(published):
    return published["boundary_changes"]


@pytest.fixture(scope="module")
def listed(published, changes):
    return geography.areas(published["authorities"], changes)


def spliced(published, table, column, calendar="march", **how):
    frame = geography.splice(
        published[table], [column], published["boundary_changes"], calendar, **how
    )
    return frame.set_index(["area_id", "year"])


# ---- territories


def test_the_four_boundary_changes_make_three_territories(changes):
    found = {territory.area_id: territory for territory in geography.territories(changes)}
    assert set(found) == {"928", "835+836+837", "909"}
    dorset = found["835+836+837"]
    assert dorset.successors == ("838", "839")
    assert dorset.name == "Bournemouth, Dorset (to 2019) and Poole, together"
    assert (dorset.first_year("march"), dorset.first_year("september")) == (2020, 2019)


def test_the_change_is_said_in_words(changes):
    labels = {t.area_id: t.label for t in geography.territories(changes)}
    assert labels["928"] == (
        "from 1 April 2021 the sum of North Northamptonshire and West Northamptonshire"
    )
    assert labels["835+836+837"].endswith("; before, of Dorset (to 2019), Poole and Bournemouth")


# ---- the list of areas


def test_an_authority_with_a_new_code_is_one_area(listed):
    # E10000002 to 2020 and E06000060 from 2021 are the same Buckinghamshire.
    assert listed.loc["825", "area_codes"] == ("E10000002", "E06000060")
    assert listed.loc["825", ["first_year", "last_year"]].tolist() == [2013, 2025]
    assert listed.loc["825", "note"] == ""


def test_a_territory_goes_on_under_its_predecessors_name(listed):
    northamptonshire = listed.loc["928"]
    assert northamptonshire["area_name"] == "Northamptonshire"
    assert (northamptonshire["first_year"], northamptonshire["last_year"]) == (2013, 2025)
    assert listed.loc["940", "note"] == "created on 1 April 2021 from Northamptonshire"
    assert listed.loc["835", "note"] == "abolished on 1 April 2019"
    assert listed.loc["835+836+837", "area_type"] == geography.COMBINED


def test_every_area_is_listed_once_with_a_name(listed, published):
    assert listed.index.is_unique
    assert (listed["area_name"] != "").all()
    assert set(published["authorities"]["area_id"]) | {"835+836+837"} == set(listed.index)


# ---- finding an area


@pytest.mark.parametrize(
    ("text", "area_id"),
    [
        ("Cambridgeshire", "873"),
        ("  cambridgeSHIRE ", "873"),
        ("873", "873"),
        ("E10000003", "873"),
        ("e10000003", "873"),
        ("E10000002", "825"),  # a code that is no longer in force
        ("St Helens", "342"),
        ("St. Helens", "342"),
        ("Bristol", "801"),
        ("City of Bristol", "801"),
        ("Kingston upon Hull", "810"),
        ("Durham", "840"),
        ("Telford & Wrekin", "894"),
        ("Telford and Wrekin", "894"),
        ("City of London", "201"),
        ("the City of London", "201"),
        ("London", "E12000007"),
        ("Dorset", "838"),
        ("Dorset (to 2019)", "835"),
        ("Northamptonshire", "928"),
        ("940 / 941", "940 / 941"),
        ("England", "E92000001"),
        ("south east", "E12000008"),
    ],
)
def test_find_area_forgives(listed, text, area_id):
    assert geography.find_area(listed, text) == area_id


def test_a_code_that_yaml_read_as_a_number_is_found(listed):
    assert geography.find_area(listed, 873) == "873"


def test_every_area_is_found_by_its_own_name(listed):
    for area_id, name in listed["area_name"].items():
        assert geography.find_area(listed, name) == area_id
        assert geography.find_area(listed, name.upper().replace(",", "")) == area_id


@pytest.mark.parametrize(
    ("text", "nearest"), [("Coventy", "Coventry (331)"), ("Northampton", "Northamptonshire (928)")]
)
def test_an_unknown_name_suggests_the_nearest(listed, text, nearest):
    with pytest.raises(UnknownAreaError) as caught:
        geography.find_area(listed, text)
    assert str(caught.value).startswith(
        f"There is no area {text!r}. Expected the name or code of an authority, a region or "
        f"England. Did you mean {nearest}"
    )


@pytest.mark.parametrize("text", ["", "   ", "qqqqqqqq", "q q", "£"])
def test_a_name_like_no_other_points_to_the_list(listed, text):
    with pytest.raises(UnknownAreaError, match=r"Names are listed by `care-study areas`\.$"):
        geography.find_area(listed, text)


# ---- splices


@pytest.mark.parametrize(
    ("table", "column", "calendar", "year", "total", "how"),
    [
        # North + West Northamptonshire
        ("referrals", "referrals", "march", 2022, 7024 + 7234, "sum of 940 and 941"),
        ("children_in_need", "in_need_31_march", "march", 2025, 2406 + 2661, "sum of 940 and 941"),
        ("children_looked_after", "looked_after_31_march", "march", 2022, 525 + 658, None),
        ("population_0_17", "children_0_17", "march", 2024, 83113 + 96295, None),
        # the workforce is one return for both
        ("workforce", "cases", "september", 2021, 3890, "joint return 940 / 941"),
    ],
)
def test_northamptonshire_after_the_change(published, table, column, calendar, year, total, how):
    row = spliced(published, table, column, calendar).loc[("928", year)]
    assert row[column] == total
    assert how is None or row["splice"] == how


@pytest.mark.parametrize(
    ("table", "column", "calendar", "first"),
    [
        ("referrals", "referrals", "march", 2013),
        ("children_in_need", "in_need_31_march", "march", 2013),
        ("children_looked_after", "looked_after_31_march", "march", 2013),
        ("workforce", "cases", "september", 2017),
    ],
)
def test_northamptonshire_is_one_continuous_series(published, table, column, calendar, first):
    series = spliced(published, table, column, calendar).loc["928"].sort_index()
    assert series.index.tolist() == list(range(first, 2026))
    assert series[column].notna().all()
    # The change is marked in the year in which it took effect, and in every year since.
    change = 2021 if calendar == "september" else 2022
    assert (series["splice"] != "").tolist() == [year >= change for year in series.index]


def test_cumbria_continues_in_the_workforce_a_year_earlier_than_in_march_data(published):
    workforce = spliced(published, "workforce", "cases", "september").loc["909"]
    assert workforce.loc[2023, "cases"] == 2122 + 896  # Cumberland, Westmorland and Furness
    assert workforce.loc[2023, "splice"] == "sum of 942 and 943"
    referrals = spliced(published, "referrals", "referrals").loc["909"]
    assert referrals.loc[2023, "splice"] == ""
    assert referrals.loc[2024, "referrals"] == 2375 + 1386


def test_dorset_bournemouth_and_poole_are_continued_together(published):
    whole = spliced(published, "children_looked_after", "looked_after_31_march").loc["835+836+837"]
    figures = whole["looked_after_31_march"]
    assert figures[2019] == 414 + 248 + 192  # Dorset, Bournemouth, Poole
    assert figures[2020] == 476 + 506  # the new Dorset; Bournemouth, Christchurch and Poole
    assert whole.loc[2019, "splice"] == "sum of 835 and 836 and 837"


def test_a_suppressed_part_is_never_summed(published):
    # Poole's figure of 2013 is suppressed; Bournemouth and Dorset had none.
    row = spliced(published, "children_looked_after", "unaccompanied_31_march").loc[
        ("835+836+837", 2013)
    ]
    assert math.isnan(row["unaccompanied_31_march"])
    assert row["unaccompanied_31_march_symbol"] == "part missing: 836"


def part(area_id, year=2022, value=1.0, symbol=""):
    return {"area_id": area_id, "year": year, "n": value, "n_symbol": symbol, "source": "s1"}


def splice_parts(changes, *rows, **how):
    done = geography.splice(pd.DataFrame(rows), ["n"], changes, **how)
    return done[done["area_id"] == "928"].set_index("year")


def test_a_part_without_a_row_is_named(changes):
    row = splice_parts(changes, part("940", value=5)).loc[2022]
    assert math.isnan(row["n"])
    assert row["n_symbol"] == "part missing: 941"


def test_both_parts_missing_names_both(changes):
    row = splice_parts(
        changes, part("940", value=math.nan, symbol="c"), part("941", value=math.nan, symbol="x")
    ).loc[2022]
    assert math.isnan(row["n"])
    assert row["n_symbol"] == "part missing: 940, 941"


def test_a_joint_return_that_is_missing_keeps_its_symbol(changes):
    row = splice_parts(changes, part("940 / 941", value=math.nan, symbol="u")).loc[2022]
    assert math.isnan(row["n"])
    assert (row["n_symbol"], row["splice"]) == ("u", "joint return 940 / 941")


def test_a_joint_return_beside_its_parts_is_not_counted_twice(changes):
    row = splice_parts(
        changes, part("940", value=5), part("941", value=7), part("940 / 941", value=12)
    ).loc[2022]
    assert (row["n"], row["splice"]) == (12, "joint return 940 / 941")


def test_successors_before_the_change_are_not_summed(changes):
    done = splice_parts(changes, part("940", 2021), part("941", 2021), part("928", 2021, 9.0))
    assert done["n"].tolist() == [9.0]
    assert done["splice"].tolist() == [""]


def test_published_percentages_are_not_added_up(published):
    done = spliced(published, "assessments", "within_45_days_percent", add_up=False)
    assert done.loc[("928", 2021), "within_45_days_percent"] == 98.1
    row = done.loc[("928", 2022)]
    assert math.isnan(row["within_45_days_percent"])
    assert row["within_45_days_percent_symbol"] == "a published percentage cannot be added up"
    agency = spliced(published, "workforce", "agency_rate", "september", add_up=False)
    assert agency.loc[("928", 2021), "agency_rate"] == 26  # the joint return's own percentage


def test_a_sum_names_the_sources_of_its_parts(changes):
    rows = [part("940"), {**part("941"), "source": "s0"}]
    assert splice_parts(changes, *rows).loc[2022, "source"] == "s0, s1"


def test_without_boundary_changes_nothing_is_added(published, changes):
    frame = published["referrals"]
    done = geography.splice(frame, ["referrals"], changes.iloc[:0])
    assert len(done) == len(frame)
    assert (done["splice"] == "").all()


# ---- neighbours


def neighbours(published, area_id, model):
    return geography.neighbours(
        published["statistical_neighbours"],
        published["authorities"],
        published["boundary_changes"],
        area_id,
        model,
    )


def test_cambridgeshires_neighbours_differ_between_the_lists(published):
    old, new = (neighbours(published, "873", model) for model in ("2021", "2025"))
    assert old["area_name"].tolist() == [
        "Oxfordshire",
        "Gloucestershire",
        "Hampshire",
        "Bath and North East Somerset",
        "Wiltshire",
        "West Sussex",
        "West Berkshire",
        "Hertfordshire",
        "Worcestershire",
        "Warwickshire",
    ]
    gone, came = (set(a["area_name"]) - set(b["area_name"]) for a, b in ((old, new), (new, old)))
    assert gone == {"Bath and North East Somerset", "Wiltshire", "Worcestershire"}
    assert came == {"Buckinghamshire", "South Gloucestershire", "Central Bedfordshire"}


@pytest.mark.parametrize("model", ["2021", "2025"])
def test_every_authority_of_a_list_has_ten_other_neighbours(published, model):
    id_of = published["authorities"].set_index("area_code")["area_id"]
    table = published["statistical_neighbours"].query("model == @model")
    table = table.assign(
        area=table["area_code"].map(id_of), neighbour=table["neighbour_code"].map(id_of)
    )
    assert (table["area"] != table["neighbour"]).all()
    for area, rows in table.groupby("area"):
        assert sorted(rows["rank"]) == list(range(1, 11)), area
        assert rows["neighbour"].nunique() == 10, area


def test_a_neighbour_that_was_abolished_or_created_stays_and_says_so(published):
    # Milton Keynes' third neighbour of 2021 is West Northamptonshire, created on 1 April 2021.
    found = neighbours(published, "826", "2021")
    assert len(found) == 10
    note = found.set_index("area_name")["note"]["West Northamptonshire"]
    assert note == "created on 1 April 2021 from Northamptonshire"


def test_an_authority_that_only_the_other_list_holds(published):
    with pytest.raises(NeighbourError) as caught:
        neighbours(published, "942", "2021")
    assert str(caught.value) == (
        "The neighbour list of 2021 does not hold Cumberland. It is in the list of 2025: use that."
    )


@pytest.mark.parametrize("area_id", ["E92000001", "E12000006", "835+836+837"])
def test_a_region_has_no_neighbours(published, area_id):
    with pytest.raises(NeighbourError, match="No list holds it: regions, England and combined"):
        neighbours(published, area_id, "2025")


def test_a_list_that_does_not_exist(published):
    with pytest.raises(NeighbourError, match=r"no neighbour list '2019'.*one of 2021, 2025"):
        neighbours(published, "873", "2019")


def test_a_neighbour_that_no_table_knows_is_reported(published):
    table = published["statistical_neighbours"].copy()
    table.loc[table["neighbour_code"] == "E10000025", "neighbour_code"] = "E10000099"
    with pytest.raises(NeighbourError, match=r"E10000099.*authorities\.csv"):
        geography.neighbours(
            table, published["authorities"], published["boundary_changes"], "873", "2021"
        )
