"""Every column that a page shows is defined once: heading, unit, decimals, and what it means."""

import re

import pytest

from care_study import paths
from care_study.data.schemas import SYMBOLS
from care_study.indicators import columns as module
from care_study.indicators.columns import column, columns
from care_study.indicators.definitions import INDICATORS
from care_study.show.facts import bundles, read_notebook
from care_study.show.figure import FIGURE_MIME
from care_study.show.table import TABLE_MIME

EXECUTED = paths.BUILD / "executed"


def shown_columns():
    """List notebook, table and column of everything that the executed notebooks show."""
    for path in sorted(EXECUTED.glob("*.ipynb")):
        notebook = read_notebook(path)
        tables = [*bundles(notebook, TABLE_MIME)]
        tables += [figure["table"] for figure in bundles(notebook, FIGURE_MIME)]
        for table in tables:
            for one in table["columns"]:
                yield path.stem, table["name"], one["key"]


@pytest.fixture(scope="module")
def shown():
    if not EXECUTED.is_dir() or not any(EXECUTED.glob("*.ipynb")):
        pytest.skip("no notebook is executed; build the book first")
    return list(shown_columns())


@pytest.fixture(scope="module")
def areas(published):
    names = set(published["authorities"]["area_name"])
    return names | {re.sub(r" \(.*\)$", "", name) for name in names}


def test_every_column_that_is_shown_is_defined(shown, areas):
    undefined = [one for one in shown if column(one[2]) is None and one[2] not in areas]
    assert not undefined, "add them to columns.csv"


def test_every_column_that_is_shown_is_explained(shown, areas):
    silent = {one for one in shown if (known := column(one[2])) and not known.explanation}
    assert not silent, "say in columns.csv what they mean"


def test_columns_are_sorted_and_each_is_defined_once():
    text = (paths.ROOT / "src/care_study/indicators/columns.csv").read_text(encoding="utf-8")
    names = [line.split(",")[0].strip('"') for line in text.splitlines()[1:]]
    assert names == sorted(set(names)) == list(columns())


def test_two_definitions_of_a_column_are_refused(tmp_path, monkeypatch):
    (tmp_path / "columns.csv").write_text(
        "column,label,unit,decimals,explanation\na,A,,,\na,B,,,\n", encoding="utf-8"
    )
    monkeypatch.setattr(module.resources, "files", lambda name: tmp_path)
    with pytest.raises(ValueError, match="column a is defined twice"):
        columns.__wrapped__()


def test_the_ends_of_an_interval_are_defined_with_their_middle():
    middle, end = column("change"), column("change_lower")
    assert (end.label, end.unit, end.decimals) == (
        "Change, lower end",
        middle.unit,
        middle.decimals,
    )
    assert middle.explanation in end.explanation


def test_a_number_at_the_end_belongs_to_the_heading():
    one = column("count of 5,000")
    assert (one.label, one.unit) == ("Count of 5,000", "share")
    assert column("at 0.4").label == "At 0.4" and column("at 0.4").explanation


def test_an_indicator_is_a_column_of_its_own():
    definition = INDICATORS["looked_after_rate"]
    found = column("looked_after_rate")
    assert (found.label, found.unit) == (definition.title, definition.unit)
    assert found.explanation == definition.formula


@pytest.mark.parametrize("name", ["nowhere", "nowhere_lower", "nowhere 5", "5"])
def test_what_nobody_defined_is_not_there(name):
    assert column(name) is None


def test_every_symbol_for_a_missing_figure_has_a_heading():
    assert all(column(f"[{symbol}]").explanation for symbol in SYMBOLS)
