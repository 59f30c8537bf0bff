"""Rows of the Department's files become rows of the project's tables."""

import pytest

import imports_material as material
from care_study import paths
from care_study.data.adding import cells
from care_study.data.adding.mapping import Incoming, map_rows, read_release
from care_study.data.adding.reading import Raw, parse
from care_study.data.adding.recognise import recognise
from care_study.data.schemas import TABLES
from care_study.data.tables import DataError, read_text_frame

AUTHORITIES = read_text_frame(paths.PUBLISHED / "authorities.csv", TABLES["authorities"])


def mapped(text: str, release: str | None = None, name: str = "any.csv") -> Incoming:
    download = parse(Raw(name, text.encode(), named=True))
    return map_rows(download, recognise(download), AUTHORITIES, release)


def row(incoming: Incoming, area_id: str, year: int) -> dict[str, str]:
    frame = incoming.frame
    return frame[(frame["area_id"] == area_id) & (frame["year"] == str(year))].iloc[0].to_dict()


def test_areas_of_every_level_are_named_and_coded():
    rows = {
        (area, 2025): (10, 2, 3, 4) for area in (material.ENGLAND, material.EAST, material.ESSEX)
    }
    frame = mapped(material.c1(rows)).frame
    assert frame[["dfe_code", "area_code", "area_name"]].to_numpy().tolist() == [
        ["881", "E10000012", "Essex"],
        ["", "E12000006", "East of England"],
        ["", "E92000001", "England"],
    ]


def test_a_long_file_is_put_side_by_side():
    found = row(mapped(material.cla({(material.ESSEX, 2025): (100, "c", "z")})), "881", 2025)
    assert [found[name] for name in material.CLA_LABELS] == ["100", "c", "z"]


@pytest.mark.parametrize("cell", ["2025", "2025.0", "202425", "2024/25", "2024-25", "2024/2025"])
def test_a_year_is_the_year_in_which_it_ends(cell):
    assert cells.year(cell) == "2025"


@pytest.mark.parametrize("cell", ["", "25", "202426", "31/03/2025", "2025-03-31", "Mar-25"])
def test_a_year_that_is_none_is_refused(cell):
    with pytest.raises(cells.CellError, match="Expected a year"):
        cells.year(cell)


@pytest.mark.parametrize(
    ("cell", "code"), [("873", "873"), ("873.0", "873"), ("940/941", "940 / 941"), ("z", "")]
)
def test_codes_are_repaired_where_that_is_certain(cell, code):
    assert cells.dfe_code(cell) == code


@pytest.mark.parametrize("cell", ["73", "8730", "08-Mar", "8.73E+02", "E10000003", "073"])
def test_codes_that_a_spreadsheet_changed_are_refused(cell):
    with pytest.raises(cells.CellError, match="three digits"):
        cells.dfe_code(cell)


@pytest.mark.parametrize(
    ("cell", "figure"),
    [
        ("12,345", "12345"),
        ("1,234,567", "1234567"),
        ("12.0", "12"),
        ("0", "0"),
        ("C", "c"),
        (":", "x"),
        ("..", "x"),
        (".", "z"),
        ("~", "low"),
        ("*", "c"),
        ("low", "low"),
        ("", ""),
    ],
)
def test_figures_and_the_symbols_of_older_releases(cell, figure):
    assert cells.figure(cell, TABLES["referrals"].by_name["referrals"]) == figure


@pytest.mark.parametrize("cell", ["12.5", "-5", "1,23", "<5", "=1+1", "5%", "q", "1e3"])
def test_figures_that_are_none_are_refused(cell):
    with pytest.raises(cells.CellError):
        cells.figure(cell, TABLES["referrals"].by_name["referrals"])


def test_a_symbol_that_is_read_as_another_is_counted():
    notes = mapped(material.c1({(material.ESSEX, 2025): (10, ":", ":", "~")})).notes
    assert "':' read as 'x' (2 cells)" in notes
    assert "'~' read as 'low' (1 cells)" in notes


def test_every_bad_cell_is_named_with_row_and_column():
    rows = {(material.ESSEX, 2025): (10, "?", 1, 1), (material.ESSEX, "20x5"): (10, 1, 1, 1)}
    with pytest.raises(DataError) as error:
        mapped(material.c1(rows), name="c1.csv")
    assert "c1.csv, row 2, column rereferral_count: found '?'" in str(error.value)
    assert "c1.csv, row 3, column time_period: found '20x5'" in str(error.value)


def test_the_code_in_force_in_that_year_is_used_whatever_the_release_prints():
    unitary = ("Local authority", "825", "Buckinghamshire", "E06000060", "South East")
    incoming = mapped(material.c1({(unitary, year): (1, 1, 1, 1) for year in (2013, 2025)}))
    assert row(incoming, "825", 2013)["area_code"] == "E10000002"
    assert row(incoming, "825", 2025)["area_code"] == "E06000060"


def test_the_name_that_is_held_is_kept():
    saint = ("Local authority", "342", "St Helens", "E08000013", "North West")
    incoming = mapped(material.c1({(saint, 2025): (1, 1, 1, 1)}))
    assert row(incoming, "342", 2025)["area_name"] == "St. Helens"


def test_a_joint_return_keeps_both_codes():
    joint = ("Local authority", "940/941", "North / West", "E06000061/E06000062", "East Midlands")
    incoming = mapped(material.c1({(joint, 2025): (1, 1, 1, 1)}))
    assert row(incoming, "940 / 941", 2025)["area_code"] == "E06000061 / E06000062"


def test_two_codes_of_different_authorities_are_refused():
    wrong = ("Local authority", "873", "Essex", "E10000012", "East of England")
    with pytest.raises(DataError, match=r"'873' and E10000012 together.*Expected '881'"):
        mapped(material.c1({(wrong, 2025): (1, 1, 1, 1)}))


def test_a_file_without_three_digit_codes_is_read_by_the_others():
    text = material.c1({(material.ESSEX, 2025): (1, 1, 1, 1)}).replace("old_la_code", "unused")
    assert row(mapped(text), "881", 2025)["dfe_code"] == "881"


def test_a_breakdown_is_read_from_its_total():
    text = material.c1({(material.ESSEX, 2025): (10, 1, 1, 1)})
    header, line = text.splitlines()
    text = f"{header},sex\n{line},Total\n{line.replace(',10,', ',6,')},Male\n"
    incoming = mapped(text)
    assert row(incoming, "881", 2025)["referrals"] == "10"
    assert "kept only 'Total' of the column sex" in incoming.notes


def test_rows_that_disagree_within_a_file_are_refused():
    text = material.c1({(material.ESSEX, 2025): (10, 1, 1, 1)})
    line = text.splitlines()[1]
    with pytest.raises(DataError, match="two rows of Essex in 2025 that disagree"):
        mapped(text + line.replace(",10,", ",11,") + "\n")
    assert len(mapped(text + line + "\n").frame) == 1


def test_rows_of_other_levels_are_left_out_and_counted():
    district = ("Local authority district", "", "Harlow", "E07000073", "")
    rows = {(material.ESSEX, 2025): (1, 1, 1, 1), (district, 2025): (1, 1, 1, 1)}
    incoming = mapped(material.c1(rows))
    assert len(incoming.frame) == 1
    assert "left out: 1 rows of 'local authority district'" in incoming.notes


def test_the_release_is_that_of_the_newest_year():
    rows = {(material.ESSEX, year): (1, 1, 1, 1) for year in (2024, 2026)}
    incoming = mapped(material.c1(rows), name="=evil<b>.csv")
    assert incoming.release == (2026, 0)
    assert incoming.source["source"] == "dfe-cin-2026-c1"
    assert incoming.source["table"] == "C1 referrals and re-referrals 2024 to 2026"
    assert "Imported from _evil_b_.csv, SHA-256" in incoming.source["note"]


def test_a_correction_within_a_year_is_a_release_of_its_own():
    incoming = mapped(material.c1({(material.ESSEX, 2025): (1, 1, 1, 1)}), release="2025-12")
    assert (incoming.source["source"], incoming.release) == ("dfe-cin-2025-12-c1", (2025, 12))


def test_the_population_of_a_mid_year_is_in_the_next_years_release():
    text = material.csv_text(
        [*material.PLACES, "age_group", "population_estimate"],
        [[*material.place(material.ESSEX, 2024), "Children aged 0 to 17 years", "300,000"]],
    )
    incoming = mapped(text)
    assert incoming.source["source"] == "ons-mye-2024-2024"
    assert incoming.release == (2025, 0)
    assert row(incoming, "881", 2024)["children_0_17"] == "300000"


def test_releases_are_read_in_order():
    texts = ["2013", "April 2021", "2024", "2025", "2025-11", "2026"]
    assert sorted(texts, key=read_release) == texts
    with pytest.raises(DataError, match="Expected a year"):
        read_release("soon")


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", "Essex<b>", "=HYPERLINK(1)", "+Essex", "@Essex", "&lt;b", "123"],
)
def test_markup_and_formulas_in_names_are_refused(name):
    strange = ("Local authority", "881", name, "E10000012", "East of England")
    with pytest.raises(DataError, match="column la_name: found"):
        mapped(material.c1({(strange, 2025): (1, 1, 1, 1)}))


@pytest.mark.parametrize("name", ["Bath / North East Somerset", "Kingston upon Hull, City of"])
def test_slashes_and_commas_in_names_are_kept(name):
    new = ("Local authority", "999", name, "E06000099", "South West")
    incoming = mapped(material.c1({(new, 2025): (1, 1, 1, 1)}))
    assert row(incoming, "999", 2025)["area_name"] == name
