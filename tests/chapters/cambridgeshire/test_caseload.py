"""What the units' caseloads imply, beside the official average."""

from dataclasses import replace

import pandas as pd
import pytest

from care_study.chapters.cambridgeshire import caseload
from care_study.claims import ClaimError
from care_study.show.figure import FIGURE_MIME
from care_study.show.results import Absent, facts_of

from .material import AREA, figure, reading


def test_caseload_of_the_units(units):
    # 32 units of 60 to 80 cases, held by four or by three.
    table = units.table
    assert table["cases_per_worker"].tolist() == pytest.approx([15, 20, 20, 80 / 3])
    assert table["cases_total"].tolist() == [1920, 2560, 1920, 2560]
    assert table["workers_total"].tolist() == [128, 128, 96, 96]
    facts = {fact.name: fact.text for fact in facts_of(units)}
    assert facts == {
        "units": "32 units",
        "unit_cases": "60 to 80 cases per unit",
        "unit_workers": "four",
        "unit_per_worker": "15 to 20 cases each",
        "unit_per_other_worker": "20 to 27 cases each",
    }


def test_caseload_needs_the_number_of_units(claims):
    without = {**claims, "cam-units": replace(claims["cam-units"], high=None)}
    with pytest.raises(ClaimError, match="cam-units: found 32 units or more"):
        caseload.units(without)


def test_somebody_must_hold_the_cases(claims):
    alone = {
        **claims,
        **{name: replace(claims[name], low=0.0, high=0.0) for name in caseload.WORKERS[1:]},
    }
    found = caseload.units(alone)
    assert found.reason.startswith("The report's numbers leave a unit no social worker but its")


def each_in(year):
    held = figure("workforce", "cases", AREA, year)
    return held / figure("workforce", "case_holders_fte", AREA, year)


def test_official_caseload_before_and_after_the_report(official):
    assert (official.official_before_year, official.official_after_year) == (2017, 2018)
    assert official.official_before == pytest.approx(each_in(2017))
    assert official.official_after == pytest.approx(each_in(2018))


def test_official_cases_of_a_unit(judged, official):
    found = judged["cam-cases-per-unit"]
    assert found.outcome == "not contradicted"
    assert reading(found, "case-holders-4/2017").value == pytest.approx(
        4 * official.official_before
    )
    assert reading(found, "case-holders-3/2018").value == pytest.approx(3 * each_in(2018))
    assert reading(found, "case-holders-4/2017").survives


def test_report_before_the_first_count_has_no_official_figure(setting):
    found = caseload.official(setting, 2016)
    assert isinstance(found, Absent)
    assert "Cambridgeshire has no caseload from before 31 March 2016" in found.reason


def test_chart_has_no_interval_where_none_is_defined(setting):
    drawn = caseload.caseload_series(setting, (2018.5, "reform")).bundle[FIGURE_MIME]
    assert drawn["title"] == caseload.title(
        pd.Series({"year": 2025, "value": each_in(2025), "mean": 14.8}), AREA, "mean"
    )
    assert "interval" not in drawn["wide"]
    assert [column["key"] for column in drawn["table"]["columns"]] == [
        *("year", "area_name", "role"),
        "value",
    ]


def test_title_gives_the_chosen_average():
    latest = pd.Series({"year": 2014, "value": 15.2, "mean": 17.0, "median": 16.0})
    assert caseload.title(latest, "A", "median") == (
        "In 2014 A's social workers held 15.2 cases each, its neighbours' 16.0"
    )
