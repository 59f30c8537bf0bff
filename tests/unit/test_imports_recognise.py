"""Files are known by their columns and labels, through the drift of years."""

import pytest

import imports_material as material
from care_study.data.adding.reading import Download, Raw, parse
from care_study.data.adding.recognise import UnrecognisedError, kinds, recognise
from care_study.data.schemas import TABLES
from care_study.data.tables import DataError

YEAR = (material.ESSEX, 2025)


def read(text: str, name: str = "any.csv") -> Download:
    return parse(Raw(name, text.encode(), named=True))


def wide(*names: str) -> Download:
    row = [*material.place(material.ESSEX, 2025), *("1" for _ in names)]
    return read(material.csv_text([*material.PLACES, *names], [row]))


@pytest.mark.parametrize(
    ("table", "names"),
    [
        # 2025 and 2024 as published
        ("referrals", material.C1),
        ("referrals", ("Referrals", "Re_referrals", "No_Further_Action", "Not_in_Need")),
        (
            "children_in_need",
            ("At31_episodes", "awaiting_assessment", "Started_episodes", "Ended_episodes"),
        ),
        (
            "children_in_need",
            ("At31_episodes", "Awaiting_assessment", "Started_episodes", "Ended_episodes"),
        ),
        ("child_protection_plans", ("CPP_start", "CPP_subsequent")),
        (
            "workforce",
            (
                "turnover_rate_fte_perc",
                "absence_rate_fte_perc",
                "agency_worker_rate_fte_perc",
                "vacancy_rate_fte_perc",
                "caseload_fte",
            ),
        ),
        (
            "assessment_factors",
            (
                "Episodes_with_assessment_factor",
                "Alcohol_Misuse_parent",
                "Drug_Misuse_parent",
                "Domestic_Abuse_parent",
                "Mental_Health_parent",
            ),
        ),
    ],
)
def test_wide_files_are_known_by_their_columns(table, names):
    assert recognise(wide(*names)).table.name == table


@pytest.mark.parametrize("label", ["population_type", "population_count", "cla_group"])
@pytest.mark.parametrize("value", ["children_count", "number"])
def test_looked_after_files_are_known_whatever_the_columns_are_called(label, value):
    found = recognise(read(material.cla({YEAR: (1, 2, 3)}, label, value)))
    assert found.table.name == "children_looked_after"
    assert found.labels == {text: figure for figure, text in material.CLA_LABELS.items()}


def test_labels_may_be_worded_otherwise():
    labels = ("CLA at 31st March", "Started to be looked after", "Ceased during the year")
    found = recognise(read(material.cla({YEAR: (1, 2, 3)}, labels=labels)))
    assert found.labels == dict(zip(labels, material.CLA_LABELS, strict=True))


def test_the_name_of_the_file_does_not_matter():
    text = material.c1({YEAR: (1, 1, 1, 1)})
    assert recognise(read(text, "population_0_17.csv")).table.name == "referrals"


def test_the_order_and_case_of_columns_do_not_matter():
    names = [*reversed(material.PLACES), *(name.upper() for name in material.C1)]
    row = [*reversed(material.place(material.ESSEX, 2025)), 4, 3, 2, 1]
    found = recognise(read(material.csv_text(names, [row])))
    assert found.columns["referrals"] == names.index("REFERRAL_COUNT")


def test_a_table_in_the_projects_own_shape_is_known_with_and_without_source():
    header = "dfe_code,area_code,area_name,year,within_45_days_percent"
    for text in (
        f"{header}\n881,E10000012,Essex,2026,80.1\n",
        f"{header},source\n881,E10000012,Essex,2026,80.1,x\n",
    ):
        found = recognise(read(text))
        assert (found.table.name, found.kind) == ("assessments", None)


def test_an_unknown_file_names_the_nearest_table_and_what_is_missing():
    with pytest.raises(UnrecognisedError) as error:
        recognise(wide("referral_count", "rereferral_count", "no_further_action_count", "x"))
    message = str(error.value)
    assert "Nearest: referrals (C1" in message
    assert "assessed_not_in_need (known as not_in_need_count" in message
    assert "no_further_action (known" not in message


def test_labels_that_do_not_fit_are_named():
    text = material.cla({YEAR: (1, 2, 3)}, labels=("Age group", "Gender", "Ethnicity"))
    with pytest.raises(UnrecognisedError, match=r"found Age group, Ethnicity, Gender"):
        recognise(read(text))


def test_a_table_of_ones_own_with_a_missing_column_says_which():
    text = "dfe_code,area_code,area_name,jahr,within_45_days_percent\n881,E10000012,Essex,2026,8\n"
    with pytest.raises(UnrecognisedError, match=r"table assessments .* Missing: year; .*: jahr"):
        recognise(read(text))


def test_a_file_that_has_nothing_to_do_with_it_is_refused():
    with pytest.raises(UnrecognisedError, match="not one that the project knows"):
        recognise(read("colour,size\nred,1\n"))


def test_a_column_that_stands_twice_is_refused():
    with pytest.raises(DataError, match="'referralcount' stands twice"):
        recognise(wide(*material.C1, "Referral_Count"))


def test_what_is_known_of_files_fits_the_tables():
    for kind in kinds():
        figures = {column.name for column in TABLES[kind.table].figures}
        assert set(kind.figures) <= figures
        assert set(kind.optional) <= set(kind.figures)
        assert {"publication", "data_set"} == set(kind.fetch)


def test_all_downloads_are_known(downloads):
    found = {
        path.name: recognise(parse(Raw(path.name, path.read_bytes(), True))).table.name
        for path in downloads.rglob("*.csv")
    }
    assert found == {
        "cla_number_and_rate_per_10k_children.csv": "children_looked_after",
        "b1_children_in_need_2013_to_2025.csv": "children_in_need",
        "c1_children_in_need_referrals_and_rereferrals_2013_to_2025.csv": "referrals",
        "d3_cpps_subsequent_plan_2013_to_2025.csv": "child_protection_plans",
        "csww_indicators_2017_to_2025.csv": "workforce",
        "ons_mid-year_population_estimates_2012_to_2024.csv": "population_0_17",
    }
