"""What the letter says about capacity and time: the closest official measures of October 2018."""

from collections.abc import Mapping

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.northamptonshire.beside import beside
from care_study.indicators.definitions import INDICATORS
from care_study.show.results import LEFT_OUT, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.unavailable import Unavailable
from care_study.words import listed, sentence

TIMELINESS = "assessments_in_45_days"
# What the letter speaks of: indicator, and whether more of it is harder.
MEASURES = {
    TIMELINESS: False,
    "cases_per_worker": True,
    "vacancy_rate": True,
    "agency_rate": True,
    "turnover_rate": True,
}
# What the letter says in words, and the indicators that come closest.
SHOWN = [
    *("measure", "unit", "year", "own", "mean", "median", "n"),
    *("gap", "gap_lower", "gap_upper", "england"),
]


@finding
class October:
    """The measures of one autumn; ``absent`` has the reason by indicator where one lacks."""

    area: str
    march: int
    september: int
    table: pd.DataFrame
    absent: Mapping[str, str]


@section
def october(setting: Setting, march: int, september: int) -> October:
    """Set what the letter speaks of beside the neighbours and England.

    Parameters
    ----------
    setting
        The area and its comparators.
    march, september
        Year ending 31 March for timeliness, September for the workforce.

    Returns
    -------
    October
        ``table`` has a row an indicator of ``MEASURES`` that the area has: ``indicator``,
        ``measure``, ``unit``, ``year``, ``own``, ``mean``, ``median``, ``n`` neighbours, ``gap``,
        ``gap_lower``, ``gap_upper`` (less the neighbours' mean, t interval), ``england``,
        ``harder_than_england``, ``harder_than_neighbours``.

    Raises
    ------
    Unavailable
        If there is no such row.
    """
    rows, absent = [], {}
    for name in MEASURES:
        try:
            rows.append(_row(setting, name, march if name == TIMELINESS else september))
        except LEFT_OUT as error:
            absent[name] = str(error)
    if not rows:
        titles = listed([INDICATORS[name].title.lower() for name in MEASURES], "or")
        raise Unavailable(f"{setting.area_name} has no figure for {titles} that can be compared")
    return October(
        area=setting.area_name,
        march=march,
        september=september,
        table=pd.DataFrame(rows),
        absent=absent,
    )


def _row(setting: Setting, name: str, year: int) -> dict[str, object]:
    found, sign = beside(setting, name, year), 1 if MEASURES[name] else -1
    mean, difference = found.to_mean.comparator, found.to_mean.gap
    return {
        "indicator": name,
        "measure": INDICATORS[name].title,
        "unit": INDICATORS[name].unit,
        "year": year,
        "own": found.own,
        "mean": float(mean.estimate),
        "median": found.median,
        "n": found.to_mean.n,
        "gap": float(difference.estimate),
        "gap_lower": float(difference.lower),
        "gap_upper": float(difference.upper),
        "england": found.england,
        "harder_than_england": sign * (found.own - found.england) > 0,
        "harder_than_neighbours": sign * float(difference.estimate) > 0,
    }


@section
def beside_neighbours(setting: Setting, found: October) -> Shown:
    """List the measures beside the neighbours and England."""
    return table(
        found.table[SHOWN],
        name="october",
        caption=f"{found.area} beside its neighbours (list of {setting.chosen}) and England: year "
        f"ending 31 March {found.march} (timeliness) and September {found.september} (workforce)",
        places=1,
        sources=["workforce", "assessments", "statistical_neighbours"],
        notes=[
            "Interval of the gap: t on the number of neighbours less one, 95%.",
            *map(sentence, found.absent.values()),
        ],
    )
