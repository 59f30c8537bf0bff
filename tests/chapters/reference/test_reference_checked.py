"""The page of published values: what agrees, what it comes from, how many there are."""

from care_study.chapters.reference import beside, checked
from care_study.chapters.reference.case import Case, check
from care_study.show.table import TABLE_MIME


def test_agreement_names_what_does_not_agree():
    good = check([Case("c", "q", 1.0, 0.1, "s", lambda: 1.0)])
    bad = check([Case("d", "r", 1.0, 0.1, "s", lambda: 2.0)])
    assert checked.agreement({"x": good}).startswith("all agree")
    assert checked.agreement({"x": good, "y": bad}).endswith("not: d, r")
    assert checked.agreement({"x": good, "y": bad}).startswith("1 agree within")


def test_the_page_counts_the_cases_of_each_group():
    found = checked.check_all()
    assert found.cases_of == {name: len(cases) for name, cases in checked.GROUPS.items()}
    assert found.cases == sum(found.cases_of.values()) and found.agree.startswith("all agree")
    content = checked.values_table(found, "trends", 3).bundle[TABLE_MIME]
    assert len(content["rows"]) == found.cases_of["trends"]
    digits = {column["key"]: column["decimals"] for column in content["columns"]}
    assert digits["expected"] == digits["got"] == 3


def test_the_cases_elsewhere_are_counted():
    rows = beside.beside_table().bundle[TABLE_MIME]["rows"]
    assert beside.beside().beside == sum(cases for _, cases in rows) == 65


def test_sources_are_numbered_in_the_order_of_their_first_case():
    table = check(
        [
            Case("c", "q", 1.0, 0.005, source, lambda: 1.0)
            for source in ("Garwood 1936", "Newcombe 1998", "Garwood 1936")
        ]
    )
    assert checked.narrow(table)["case"].tolist() == ["c, q (1)", "c, q (2)", "c, q (1)"]
    assert checked.narrow(table)["tolerance"].tolist() == ["0.005"] * 3
    assert checked.source_notes(table) == ["(1) Garwood 1936.", "(2) Newcombe 1998."]
