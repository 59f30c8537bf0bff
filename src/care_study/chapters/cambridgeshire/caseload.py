"""What the units' caseloads imply: the report's numbers beside the official average."""

from collections.abc import Mapping

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.cambridgeshire.rate import first_to_last
from care_study.chapters.shared import against_neighbours, marks, series_against_neighbours
from care_study.claims import Claim
from care_study.indicators.compute import sources_of
from care_study.indicators.definitions import INDICATORS
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.unavailable import Unavailable
from care_study.words import number, small, year

CASES = "cases_per_worker"
CONSULTANT = "cam-unit-consultant"
WORKERS = (CONSULTANT, "cam-unit-senior", "cam-unit-social-workers")


@finding
class Units:
    """The caseload that the report's units imply, from the numbers that it states."""

    sources = ("claims",)
    units: Claim = fact()
    unit_cases: Claim = fact()
    unit_workers: int = fact(
        "consultant, senior and other social workers of a unit, as the report states them",
        text=lambda found: small(found.unit_workers),
    )
    unit_per_worker: str = fact("cases a unit / social workers of a unit")
    unit_per_other_worker: str = fact("cases a unit / social workers other than the consultant")
    table: pd.DataFrame


@section
def units(claims: Mapping[str, Claim]) -> Units:
    """Work out what cases a unit mean a worker and in total.

    ``table`` has one row a reading of who holds cases and bound: ``workers``, ``cases_per_unit``,
    ``cases_per_worker``, ``workers_total``, ``cases_total``.
    """
    holders, others = unit_holders(claims)
    stated, total = claims["cam-cases-per-unit"], claims["cam-units"].number
    rows = [
        {
            "workers": workers,
            "cases_per_unit": cases,
            "cases_per_worker": cases / workers,
            "workers_total": total * workers,
            "cases_total": total * cases,
        }
        for workers in (holders, others)
        for cases in stated.ends
    ]
    found = pd.DataFrame(rows)
    return Units(
        units=claims["cam-units"],
        unit_cases=stated,
        unit_workers=int(holders),
        unit_per_worker=each(found, holders),
        unit_per_other_worker=each(found, others),
        table=found,
    )


def unit_holders(claims: Mapping[str, Claim]) -> tuple[float, float]:
    """Count the social workers of a unit: with its consultant, and without.

    Raises
    ------
    Unavailable
        If nobody but the consultant is left, who could hold the unit's cases.
    """
    workers = sum(claims[name].number for name in WORKERS)
    others = workers - claims[CONSULTANT].number
    if others <= 0:
        raise Unavailable("The report's numbers leave a unit no social worker but its consultant")
    return workers, others


def each(table: pd.DataFrame, workers: float) -> str:
    """Write the range of cases a worker for one reading of who holds cases."""
    values = table.loc[table["workers"] == workers, "cases_per_worker"]
    return f"{number(values.min(), 0)} to {number(values.max(), 0)} cases each"


@finding
class Official:
    """The official caseload around the report."""

    sources = sources_of(CASES)
    official_before: float = fact(INDICATORS[CASES].formula, unit="cases per worker", decimals=1)
    official_before_year: int = fact("last count before the report", unit="year")
    official_after: float = fact(INDICATORS[CASES].formula, unit="cases per worker", decimals=1)
    official_after_year: int = fact("first count after the report", unit="year")


@section
def official(setting: Setting, document_year: int) -> Official:
    """Take the official caseload on the 30 September before the report and after it."""
    own = setting.own(setting.indicator(CASES)).dropna(subset="value")
    before, after = own[own["year"] < document_year], own[own["year"] >= document_year]
    if before.empty or after.empty:
        raise Unavailable(
            f"{setting.area_name} has no caseload from before 31 March {document_year} and after it"
        )
    return Official(
        official_before=float(before["value"].iloc[-1]),
        official_before_year=int(before["year"].iloc[-1]),
        official_after=float(after["value"].iloc[0]),
        official_after_year=int(after["year"].iloc[0]),
    )


@section
def unit_table(found: Units) -> Shown:
    """List the caseload that the report's numbers imply."""
    return table(
        found.table,
        name="unit_caseload",
        caption="Caseload that the report's numbers imply",
        labels={"workers": "workers of a unit who hold cases"},
        sources=found.sources,
    )


@section
def caseload_series(setting: Setting, event: tuple[float, str]) -> Shown:
    """Draw the official caseload through time, among the neighbours."""
    compared = against_neighbours(setting, CASES)
    chart = f"Line chart of cases per social worker. {setting.area_name} goes"
    return series_against_neighbours(
        setting,
        CASES,
        name="caseload",
        title=title(compared.iloc[-1], setting.area_name, setting.statistic),
        alt=first_to_last(chart, compared, setting.statistic),
        axis="cases per full-time equivalent",
        breaks=marks(CASES, event),
    )


def title(latest: pd.Series, area: str, statistic: str) -> str:
    """Say how the caseload compares in the latest year."""
    return (
        f"In {year(latest['year'])} {area}'s social workers held {number(latest['value'])} cases "
        f"each, its neighbours' {number(latest[statistic])}"
    )
