"""Children in care: before and after, against the neighbours; children starting."""

from care_study.area.setting import Setting
from care_study.chapters.hertfordshire import change
from care_study.chapters.hertfordshire.change import UNIT, Measured, between_years
from care_study.indicators.compute import sources_of
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics.intervals import Interval
from care_study.unavailable import Unavailable

CARE = "looked_after_rate"
STARTED = "looked_after_started_rate"


@finding
class Care:
    """Children looked after, and children starting to be."""

    sources = sources_of(STARTED)
    care: Measured
    starts: Measured
    starting: Interval = fact(
        "rate of children starting to be looked after, report's year - first year held",
        unit=UNIT,
        decimals=1,
    )
    years_before: int = fact("years held before the change", unit="years")
    first_started: int = fact("first year with children starting to be looked after", unit="year")


@section
def care(setting: Setting, first_after: int, document_year: int) -> Care:
    """Compute the change of children looked after, and of children starting to be."""
    started = setting.indicator(STARTED)
    own = started[(started["area_id"] == setting.area_id) & started["value"].notna()]
    if own.empty:
        raise Unavailable(f"{setting.area_name} has no figures of children starting in care")
    first = int(own["year"].min())
    return Care(
        care=change.measured(setting, "care", CARE, first_after, document_year),
        starts=change.measured(setting, "starts", STARTED, first_after, document_year),
        starting=between_years(started, setting.area_id, first, document_year),
        years_before=first_after - setting.first_year,
        first_started=first,
    )


@section
def care_series(setting: Setting, found: Care, event: tuple[float, str]) -> Shown:
    """Draw children looked after through time, among the neighbours."""
    return change.series_figure(setting, found.care, "care", "children per 10,000", event)
