"""Reading figure tables: values and symbols, and one message for every kind of broken row."""

import csv
import shutil

import pandas as pd
import pandera.errors
import pytest

from care_study import paths
from care_study.data import tables
from care_study.data.contracts import contract
from care_study.data.schemas import (
    ALLOWED_READS,
    DEFINITIONS,
    PATTERNS,
    SHARED,
    SYMBOLS,
    TABLES,
    TOPICS,
)

HEADER = "dfe_code,area_code,area_name,year,children_0_17,source"
ROW = "873,E10000003,Cambridgeshire,2017,132267,ons"


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(folder, *lines, name="population_0_17", header=HEADER, encoding="utf-8"):
    text = "\n".join([header, *lines]) + "\n"
    (folder / f"{name}.csv").write_bytes(text.encode(encoding))
    return folder


def read(folder, name="population_0_17"):
    return tables.read_table(folder, name)


def problems(folder, name="population_0_17"):
    with pytest.raises(tables.DataError) as caught:
        read(folder, name)
    return caught.value.problems


def only_problem(folder, name="population_0_17"):
    found = problems(folder, name)
    assert len(found) == 1, found
    return found[0]


def cell(value):
    return ROW.replace("132267", value)


# ---- what is read


def test_figures_are_numbers_and_codes_stay_text(tmp_path):
    frame = read(write(tmp_path, ROW))
    assert frame.to_dict("records") == [
        {
            "area_id": "873",
            "dfe_code": "873",
            "area_code": "E10000003",
            "area_name": "Cambridgeshire",
            "year": 2017,
            "children_0_17": 132267.0,
            "children_0_17_symbol": "",
            "source": "ons",
        }
    ]


def test_leading_zeros_of_a_code_survive(tmp_path):
    assert read(write(tmp_path, ROW.replace("873,", "073,")))["area_id"][0] == "073"


@pytest.mark.parametrize("symbol", [*SYMBOLS, ""])
def test_a_symbol_is_a_missing_value_that_remembers_why(tmp_path, symbol):
    frame = read(write(tmp_path, cell(symbol)))
    assert frame["children_0_17"].isna().all()
    assert frame["children_0_17_symbol"][0] == symbol


def test_zero_is_a_figure_and_not_missing(tmp_path):
    assert read(write(tmp_path, cell("0")))["children_0_17"][0] == 0


def test_an_area_without_dfe_code_is_known_by_its_long_code(tmp_path):
    frame = read(write(tmp_path, ",E92000001,England,2017,11882310,ons"))
    assert frame["area_id"][0] == "E92000001"


def test_a_joint_return_keeps_both_codes(published):
    rows = published["workforce"].query("dfe_code == '940 / 941' and year == 2021")
    assert rows[["area_id", "cases", "case_holders_fte"]].to_numpy().tolist() == [
        ["940 / 941", 3890.0, 222.5]
    ]


def test_a_byte_order_mark_is_accepted(tmp_path):
    assert len(read(write(tmp_path, ROW, encoding="utf-8-sig"))) == 1


def test_windows_line_ends_are_accepted(tmp_path):
    (tmp_path / "population_0_17.csv").write_bytes(f"{HEADER}\r\n{ROW}\r\n".encode())
    assert read(tmp_path)["source"][0] == "ons"


def test_the_order_of_columns_does_not_matter(tmp_path):
    names, cells = HEADER.split(","), ROW.split(",")
    folder = write(tmp_path, ",".join(cells[::-1]), header=",".join(names[::-1]))
    assert read(folder)["children_0_17"][0] == 132267


def test_a_quoted_comma_is_part_of_the_name(published):
    names = set(published["workforce"]["area_name"])
    assert "Bournemouth, Christchurch and Poole" in names


# ---- one message for every kind of broken file


def test_missing_file_says_where_it_was_expected(tmp_path):
    message = only_problem(tmp_path)
    assert message.startswith("population_0_17.csv: the file is missing. Expected it at ")
    assert str(tmp_path / "population_0_17.csv") in message
    assert "data_folder" in message


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "figures").write_text("not a folder")
    assert "population_0_17.csv: the file cannot be read" in only_problem(tmp_path / "figures")


def test_a_file_that_is_a_folder(tmp_path):
    (tmp_path / "population_0_17.csv").mkdir()
    assert "the file cannot be read (Is a directory)" in only_problem(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n"])
def test_empty_file_says_which_header_was_expected(tmp_path, content):
    (tmp_path / "population_0_17.csv").write_bytes(content)
    assert only_problem(tmp_path) == (
        f"population_0_17.csv: the file is empty. Expected a header: {HEADER}."
    )


def test_header_without_rows(tmp_path):
    assert only_problem(write(tmp_path)) == (
        "population_0_17.csv: there is a header but no row. Expected at least one row."
    )


def test_not_utf8_names_row_and_byte(tmp_path):
    message = only_problem(
        write(tmp_path, ROW, ROW.replace("Cambridgeshire", "Ynys Môn"), encoding="latin-1")
    )
    assert message == (
        "population_0_17.csv, row 3: the file is not UTF-8. Found the byte 0xf4. Save the file as "
        "UTF-8 (in a spreadsheet: 'CSV UTF-8')."
    )


def test_utf16_is_not_utf8(tmp_path):
    assert "row 1: the file is not UTF-8" in only_problem(write(tmp_path, ROW, encoding="utf-16"))


def test_missing_column(tmp_path):
    folder = write(tmp_path, ROW.removesuffix(",ons"), header=HEADER.removesuffix(",source"))
    assert only_problem(folder) == (
        "population_0_17.csv, row 1: column 'source' is missing. Found: dfe_code, area_code, "
        "area_name, year, children_0_17. Add the column; the data dictionary describes it."
    )


def test_renamed_columns_are_each_paired_with_the_nearest(tmp_path):
    header = HEADER.replace("year", "time_year").replace("children_0_17", "children_0_to_17")
    found = problems(write(tmp_path, ROW, header=header))
    assert len(found) == 2
    assert "column 'year' is missing" in found[0]
    assert "Rename the column, if 'time_year' is the same thing" in found[0]
    assert "column 'children_0_17' is missing" in found[1]
    assert "if 'children_0_to_17' is the same thing" in found[1]


def test_extra_column(tmp_path):
    message = only_problem(write(tmp_path, ROW + ",5", header=HEADER + ",persons"))
    assert message.startswith(
        "population_0_17.csv, row 1: column 'persons' is not one of this table's columns. Remove it"
    )


def test_a_column_that_stands_twice(tmp_path):
    message = only_problem(write(tmp_path, ROW + ",ons", header=HEADER + ",source"))
    assert message == "population_0_17.csv, row 1: column 'source' stands twice. Keep one."


def test_ragged_row_says_how_many_cells(tmp_path):
    message = only_problem(write(tmp_path, ROW, "837,E06000028,A, B and C,2017,5,ons"))
    assert message.startswith("population_0_17.csv, row 3: found 7 cells, expected 6.")
    assert "quotation marks" in message


def test_an_empty_line_is_named(tmp_path):
    assert only_problem(write(tmp_path, "", ROW)) == (
        "population_0_17.csv, row 2: found an empty line, expected 6 cells. Remove the line."
    )


def test_a_quotation_mark_that_is_not_closed(tmp_path):
    message = only_problem(write(tmp_path, ROW.replace("Cambridgeshire", '"Cambridgeshire')))
    assert message.startswith("population_0_17.csv, row 2: found a line that is not CSV")
    assert "quotation marks in pairs" in message


# ---- one message for every kind of broken cell


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("700.5", "a count with a decimal, '700.5'"),
        ("-3", "a negative figure, '-3'"),
        ("-3.5", "a negative figure, '-3.5'"),
        ('"132,267"', "a thousands separator, '132,267'"),
        ("n/a", "an unknown symbol, 'n/a'"),
        ("C", "an unknown symbol, 'C'"),
        ("1e5", "an unknown symbol, '1e5'"),
        ("nan", "an unknown symbol, 'nan'"),
        (" 12", "an unknown symbol, ' 12'"),
        ("1٢", "an unknown symbol, '1٢'"),
    ],
)
def test_a_broken_count_says_file_row_column_found_and_expected(tmp_path, value, found):
    message = only_problem(write(tmp_path, ROW.replace("2017", "2016"), cell(value)))
    assert message.startswith(
        f"population_0_17.csv, row 3, column children_0_17: found {found}. Expected a whole "
        "number, zero or more, or one of the symbols c k u x z low, or an empty cell. "
    )


@pytest.mark.parametrize("year", ["17", "2017.0", "2017/18", "3017", "", "x"])
def test_a_malformed_year(tmp_path, year):
    message = only_problem(write(tmp_path, ROW.replace("2017", year)))
    assert message == (
        f"population_0_17.csv, row 2, column year: found {year!r}. Expected a year with four "
        "digits. Correct the cell."
    )


@pytest.mark.parametrize(("code", "column"), [("87", "dfe_code"), ("E1000003", "area_code")])
def test_a_malformed_code(tmp_path, code, column):
    row = ROW.replace("873" if column == "dfe_code" else "E10000003", code, 1)
    message = only_problem(write(tmp_path, row))
    assert f"row 2, column {column}: found {code!r}. Expected text that matches" in message


def test_a_cell_that_may_not_be_empty(tmp_path):
    message = only_problem(write(tmp_path, ROW.replace("E10000003", "")))
    assert "row 2, column area_code: found ''" in message


def test_a_percentage_may_have_a_decimal_and_a_date_must_exist(tmp_path):
    header = "dfe_code,area_code,area_name,year,within_45_days_percent,source"
    folder = write(
        tmp_path, "873,E10000003,Cambridgeshire,2018,90.2,x1", name="assessments", header=header
    )
    assert read(folder, "assessments")["within_45_days_percent"][0] == 90.2
    header = ",".join(column.name for column in TABLES["inspections"].columns)
    row = "873,E10000003,Cambridgeshire,2019-13-01,2019-02-25,ILACS,Good,ofsted"
    message = only_problem(
        write(tmp_path, row, name="inspections", header=header), name="inspections"
    )
    assert "row 2, column inspection_date: found '2019-13-01'. Expected a date as" in message


def test_a_duplicate_key_names_both_rows(tmp_path):
    folder = write(tmp_path, ROW, ROW.replace("2017", "2018"), cell("1"))
    assert only_problem(folder) == (
        "population_0_17.csv, row 4, columns area_code, year: the key (area_code E10000003, year "
        "2017) already stands in row 2. Expected one row a key; remove one of the two."
    )


def test_one_area_under_two_codes_in_one_year(tmp_path):
    folder = write(tmp_path, ROW, ROW.replace("E10000003", "E06000099"))
    assert only_problem(folder).startswith(
        "population_0_17.csv, row 3, columns dfe_code, year: found a second row of 873 in 2017, "
        "under another area_code. Expected one row an area and year."
    )


@pytest.mark.parametrize(
    ("table", "part", "whole"),
    [(name, *pair) for name, table in TABLES.items() for pair in table.parts],
)
def test_a_part_that_is_larger_than_its_whole(published, table, part, whole):
    frame = published[table].copy()
    row = frame[[part, whole]].notna().all(axis=1).idxmax()
    frame.loc[row, part] = frame.loc[row, whole] + 1
    with pytest.raises(tables.DataError) as caught:
        tables.check_parts(frame, TABLES[table], f"{table}.csv")
    assert str(caught.value) == (
        f"{table}.csv, row {row + 2}, column {part}: found {frame.loc[row, part]:.0f}. Expected no "
        f"more than {whole}, which is {frame.loc[row, whole]:.0f}. Correct one of the two cells."
    )


def test_a_part_larger_than_its_whole_is_refused_when_the_table_is_read(tmp_path):
    header = ",".join(column.name for column in TABLES["child_protection_plans"].columns)
    folder = write(
        tmp_path,
        "805,E06000001,Hartlepool,2013,146,147,d3",
        name="child_protection_plans",
        header=header,
    )
    assert "column second_or_subsequent: found 147. Expected no more than plans_started" in (
        only_problem(folder, "child_protection_plans")
    )


def test_all_problems_are_reported_at_once_and_in_order(tmp_path):
    found = problems(write(tmp_path, cell("-1"), cell("y").replace("2017", "2018"), cell("7")))
    assert [message.split(", column")[0] for message in found] == [
        "population_0_17.csv, row 4",  # the duplicate key
        "population_0_17.csv, row 2",
        "population_0_17.csv, row 3",
    ]


def test_a_long_list_is_cut_and_says_so(tmp_path):
    rows = [ROW.replace("2017", str(year)).replace("132267", "?") for year in range(1990, 2020)]
    with pytest.raises(tables.DataError) as caught:
        read(write(tmp_path, *rows))
    lines = str(caught.value).splitlines()
    assert len(lines) == tables.MOST_PROBLEMS + 1
    assert lines[-1] == "... and 10 more problems"


@pytest.mark.parametrize("name", TABLES)
def test_every_published_table_refuses_a_broken_cell_in_every_column(tmp_path, name):
    shutil.copy(paths.PUBLISHED / f"{name}.csv", tmp_path)
    table = TABLES[name]
    text = tables.read_text_frame(tmp_path / f"{name}.csv", table)
    for column in table.columns:
        broken = text.copy()
        broken.loc[2, column.name] = "\x07"
        with pytest.raises(tables.DataError) as caught:
            tables.check(broken, table, f"{name}.csv")
        assert f"{name}.csv, row 2, column {column.name}: found" in str(caught.value)


# ---- links between tables


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(paths.PUBLISHED, tmp_path / "published")
    return tmp_path / "published"


def edit(folder, name, old, new):
    path = folder / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def load_problems(folder):
    with pytest.raises(tables.DataError) as caught:
        tables.load(folder)
    return caught.value.problems


def test_unknown_source(folder):
    edit(folder, "referrals", "1278,272,12,107,dfe-cin-2025-c1", "1278,272,12,107,a-friend")
    assert load_problems(folder) == [
        "referrals.csv, row 2, column source: found 'a-friend', which is not in sources.csv. Add "
        "it there, or correct the cell."
    ]


def test_unknown_area_and_unknown_neighbour(folder):
    edit(folder, "referrals", "805,E06000001,Hartlepool,2013", "805,E06000091,Hartlepool,2013")
    edit(folder, "statistical_neighbours", "1,E09000020,", "1,E09000099,")
    found = load_problems(folder)
    assert [message.split(", which")[0] for message in found] == [
        "statistical_neighbours.csv, row 2, column neighbour_code: found 'E09000099'",
        "referrals.csv, row 2, column area_code: found 'E06000091'",
    ]


def test_two_codes_that_name_different_authorities(folder):
    edit(folder, "referrals", "805,E06000001,Hartlepool,2013", "806,E06000001,Hartlepool,2013")
    found = load_problems(folder)
    # Middlesbrough (806) now has two rows for 2013, which is noticed before the links are.
    assert len(found) == 1
    assert "found a second row of 806 in 2013" in found[0]
    edit(folder, "referrals", "806,E06000001,Hartlepool,2013", "999,E06000001,Hartlepool,2013")
    assert load_problems(folder) == [
        "referrals.csv, row 2, column dfe_code: found '999'. Expected '805', which authorities.csv "
        "has for E06000001. Correct one of the two codes."
    ]


def test_load_reports_the_problems_of_all_tables(folder):
    edit(folder, "referrals", "1278,272,12", "1278,272,-12")
    edit(folder, "workforce", "108.8,71.2", "many,71.2")
    found = load_problems(folder)
    assert len(found) == 2
    assert "referrals.csv, row 2, column no_further_action: found a negative figure" in found[0]
    assert "workforce.csv, row 2, column social_workers_fte: found an unknown symbol" in found[1]


def test_load_names_all_missing_files_before_reading_any(folder):
    for name in ("workforce", "referrals"):
        (folder / f"{name}.csv").unlink()
    found = load_problems(folder)
    assert [message.split(":")[0] for message in found] == ["referrals.csv", "workforce.csv"]


def test_load_of_a_folder_that_does_not_exist(tmp_path):
    assert "there is no such folder" in load_problems(tmp_path / "nowhere")[0]


# ---- which tables may be read


def test_only_declared_tables_can_be_read(monkeypatch):
    monkeypatch.setenv(ALLOWED_READS, "referrals,sources")
    held = tables.Tables(paths.PUBLISHED)
    assert list(held) == ["referrals", "sources"] and len(held) == 2
    assert held["sources"]["source"].is_unique
    with pytest.raises(tables.DataError, match=r"'workforce' is read but not declared.*study\.yml"):
        held["workforce"]


def test_without_the_variable_every_table_can_be_read(monkeypatch):
    monkeypatch.delenv(ALLOWED_READS, raising=False)
    assert list(tables.Tables(paths.PUBLISHED)) == list(TABLES)


def test_a_table_that_does_not_exist(published):
    with pytest.raises(KeyError, match="no table 'crime'; the tables are sources, authorities"):
        published["crime"]


def test_a_table_is_read_once(published):
    assert published["referrals"] is published["referrals"]


# ---- the published tables themselves


@pytest.mark.parametrize(
    ("table", "code", "year", "column", "expected"),
    [
        ("children_looked_after", "873", 2018, "looked_after_31_march", 700),
        ("children_looked_after", "873", 2018, "unaccompanied_31_march", 62),
        ("population_0_17", "873", 2017, "children_0_17", 132267),
        ("referrals", "940", 2022, "referrals", 7024),
        ("referrals", "941", 2022, "referrals", 7234),
        ("workforce", "873", 2020, "cases", 1114),
    ],
)
def test_published_figures_arrive_unchanged(published, table, code, year, column, expected):
    rows = published[table].query("area_id == @code and year == @year")
    assert rows[column].tolist() == [expected]


def test_every_symbol_in_the_data_is_explained(published):
    for name, table in TABLES.items():
        for column in table.figures:
            symbols = set(published[name][f"{column.name}_symbol"]) - {""}
            assert symbols <= set(SYMBOLS), (name, column.name, symbols)


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_column_has_one_definition_with_a_description_and_a_unit_for_figures(table):
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names) and set(table.key) <= set(names)
    for column in table.columns:
        assert column.kind in PATTERNS and column.description, column.name
        assert bool(column.unit) == column.is_figure, column.name
        own = table.name in ("authorities", "sources")  # there the code or source is the subject
        assert own or SHARED.get(column.name, column) is column
    for part, whole in table.parts:
        assert table.by_name[part].is_figure and table.by_name[whole].is_figure


def test_every_definition_belongs_to_a_table_and_none_is_lost():
    rows = [row for topic in TOPICS for row in rows_of(DEFINITIONS / topic)]
    assert {file.name for file in DEFINITIONS.glob("*.csv")} == {
        "shared.csv",
        "tables.csv",
        *TOPICS,
    }
    assert [(row["table"], row["column"]) for row in rows] == [
        (name, column.name)
        for topic in TOPICS
        for name in dict.fromkeys(row["table"] for row in rows_of(DEFINITIONS / topic))
        for column in TABLES[name].columns
    ]


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if table.figures])
def test_the_quick_look_and_the_contract_agree(name, published):
    table = TABLES[name]
    text = tables.read_text_frame(paths.PUBLISHED / f"{name}.csv", table).head(30)
    assert tables.meets_contract(text, table)
    contract(table).validate(text, lazy=True)
    figure = table.figures[-1].name
    for cell in ("-1", "1,000", "many", "1.5.2", " 7", "7\n", "\u0665"):
        broken = text.copy()
        broken.loc[5, figure] = cell
        assert not tables.meets_contract(broken, table), cell
        with pytest.raises(pandera.errors.SchemaErrors):
            contract(table).validate(broken, lazy=True)
    twice = pd.concat([text, text.tail(1)], ignore_index=True)
    assert not tables.meets_contract(twice, table)


def test_a_table_may_have_several_rows_a_year_if_its_key_says_so(published):
    stages = published["adoption_times_england"]
    assert stages.groupby("year").size().eq(6).all()
    assert published["vintages"].groupby(["area_id", "year"]).size().max() == 7


@pytest.mark.parametrize(
    ("table", "code", "year", "column", "expected"),
    [
        ("children_looked_after", "873", 2015, "looked_after_31_march", 535),
        ("started_by_age", "894", 2024, "unaccompanied", 31),
        ("placements", "894", 2024, "foster", 281),
        ("section_47_enquiries", "884", 2021, "conference_days_11_to_15", 126),
        ("expenditure", "860", 2018, "residential_week", 3705),
        ("deprivation", "928", 2015, "idaci_average_score", 0.168),
        ("workforce_flows", "821", 2018, "starters_fte", 20),
        ("care_leavers", "803", 2024, "suitable_accommodation", 138),
        ("referrals_by_month", "874", 2017, "december", 133),
    ],
)
def test_figures_carried_over_arrive_unchanged(published, table, code, year, column, expected):
    rows = published[table].query("area_id == @code and year == @year")
    assert rows[column].tolist() == [expected]


def test_suppressed_and_unavailable_are_kept_apart(published):
    first = published["children_looked_after"].query("year == 2016 and area_id == '805'").iloc[0]
    assert first["unaccompanied_31_march_symbol"] == "c"
    location = published["placement_location"].query("area_id == '894' and year == 2024").iloc[0]
    assert location["inside_over_20_symbol"] == "c"
    assert set(published["vintages"]["release_2020_symbol"]) == {"", "x", "c"}
