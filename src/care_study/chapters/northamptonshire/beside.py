"""One measure of one year: the area's value, its gap to the neighbours, and England's value."""

from dataclasses import dataclass

from care_study.area.by_year import values_in
from care_study.area.setting import ENGLAND, Setting
from care_study.chapters.shared import in_year
from care_study.indicators.definitions import INDICATORS
from care_study.statistics.comparison import Gap, gap
from care_study.unavailable import Unavailable


@dataclass(frozen=True)
class Beside:
    """The area's value, the gap to its neighbours' mean, their median, and England's value."""

    own: float
    to_mean: Gap
    median: float
    england: float


def beside(setting: Setting, indicator: str, year: int) -> Beside:
    """Take the area's value of one year, its neighbours' and England's.

    Raises
    ------
    Unavailable
        If the area, England or every neighbour has none.
    """
    computed = setting.indicator(indicator)
    own = float(in_year(setting.own(computed, fewest=1), year)["value"])
    england = float(in_year(computed[computed["area_id"] == ENGLAND], year)["value"])
    others = values_in(computed, setting.neighbour_ids, year)
    if not others.notna().any():
        what = INDICATORS[indicator].title.lower()
        raise Unavailable(f"No neighbour of {setting.area_name} has a figure for {what} in {year}")
    return Beside(own, gap(own, others), float(others.median()), england)
