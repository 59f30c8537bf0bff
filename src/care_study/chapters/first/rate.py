"""A first look: the latest rate of children looked after, and the rate through time."""

from care_study.area.setting import Setting
from care_study.chapters.shared import series_against_neighbours
from care_study.indicators.compute import sources_of
from care_study.indicators.definitions import INDICATORS
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics.intervals import Interval
from care_study.unavailable import Unavailable

RATE = "looked_after_rate"


@finding
class Latest:
    """The latest rate of children looked after."""

    sources = sources_of(RATE)
    area: str = fact("as chosen", sources=["authorities"])
    year: int = fact("latest year", unit="year")
    rate: Interval = fact(INDICATORS[RATE].formula, unit="per 10,000", decimals=1)


@section
def latest(setting: Setting) -> Latest:
    """Find the area's latest rate.

    Raises
    ------
    Unavailable
        If the area has no figure.
    """
    computed = setting.indicator(RATE)
    own = computed[(computed["area_id"] == setting.area_id) & computed["value"].notna()]
    if own.empty:
        raise Unavailable(f"{setting.area_name} has no figure for children looked after")
    row = own.sort_values("year").iloc[-1]
    value, lower, upper = (float(row[name]) for name in ("value", "lower", "upper"))
    return Latest(
        area=setting.area_name,
        year=int(row["year"]),
        rate=Interval(value, lower, upper, 0.95, INDICATORS[RATE].interval),
    )


@section
def through_time(setting: Setting) -> Shown:
    """Draw the rate through time, among the neighbours and England."""
    return series_against_neighbours(
        setting,
        RATE,
        name="rate",
        title=f"Children looked after in {setting.area_name} and similar authorities",
        alt=f"Line chart of {setting.area_name}'s rate, its neighbours' and England's by year.",
        axis=INDICATORS[RATE].unit,
    )
