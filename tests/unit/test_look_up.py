"""An indicator of an area, at a prompt and on the command line."""

import io
import json
import subprocess
import sys

import pandas as pd
import pytest
from click.testing import CliRunner

import care_study as cs
from care_study import paths
from care_study.cli.main import main
from care_study.look_up import Answer, find_indicator
from care_study.show.figure import FIGURE_MIME


@pytest.fixture(scope="module")
def kent() -> Answer:
    found: Answer = cs.ask("re-referrals", "Kent")
    return found


def test_a_table_by_year_with_interval_and_neighbours(kent: Answer) -> None:
    row = kent.table.set_index("year").loc[2025]
    assert row["value"] == pytest.approx(100 * row["numerator"] / row["denominator"])
    assert row["lower"] < row["value"] < row["upper"]
    assert row["n"] == 10 == len(kent.neighbours)
    assert row["unit"] == "% of referrals"


def test_the_latest_is_the_last_row_with_a_value(kent: Answer) -> None:
    assert kent.year == 2025
    assert kent.latest.estimate == kent.table.set_index("year").loc[2025, "value"]
    assert kent.latest.level == 0.95


def test_the_chart_is_a_figure(kent: Answer) -> None:
    assert FIGURE_MIME in kent.chart.bundle


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("looked_after_rate", "looked_after_rate"),
        ("Re-referrals", "rereferral_percentage"),
        ("rereferrals", "rereferral_percentage"),
        ("vacanc", "vacancy_rate"),
    ],
)
def test_an_indicator_is_found_by_id_title_or_part(text: str, name: str) -> None:
    assert find_indicator(text).id == name


@pytest.mark.parametrize(
    ("text", "said"),
    [("factor", "Several indicators"), ("vacancy rat", "vacancy_rate"), ("", "no indicator ''")],
)
def test_what_is_unknown_or_several_is_said(text: str, said: str) -> None:
    if text == "vacancy rat":
        assert find_indicator(text).id == said
    else:
        with pytest.raises(ValueError, match=said):
            find_indicator(text)


def test_the_command_prints_the_same_as_csv_and_json(kent: Answer) -> None:
    told = ["show", "re-referrals", "Kent", "--data", str(paths.PUBLISHED)]
    as_csv = CliRunner().invoke(main, [*told, "--csv"])
    again = pd.read_csv(io.StringIO(as_csv.output))
    pd.testing.assert_series_equal(again["value"], kent.table["value"])
    found = json.loads(CliRunner().invoke(main, [*told, "--json"]).output)
    assert found["indicator"] == "rereferral_percentage"
    assert [row["year"] for row in found["years"]] == list(kent.table["year"])
    plain = CliRunner().invoke(main, told)
    assert plain.output.startswith("Re-referrals, % of referrals: Kent\n")


def test_the_package_itself_imports_nothing_heavy() -> None:
    code = "import sys, care_study; assert 'pandas' not in sys.modules; care_study.ask"
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="no attribute 'asked'"):
        cs.asked  # noqa: B018
