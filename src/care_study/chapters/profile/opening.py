"""One authority: who it is, who it is compared with, and on what it is unusual."""

from collections.abc import Mapping

import pandas as pd

from care_study.area.setting import ENGLAND, Setting
from care_study.chapters.profile.measures import (
    BESIDE,
    FORECAST_OF,
    SHOWN,
    few_children,
    in_a_sentence,
    own_rows,
)
from care_study.chapters.profile.standing import Standing, unusual_measures
from care_study.indicators.compute import sources_of
from care_study.indicators.definitions import INDICATORS
from care_study.show.results import fact, finding
from care_study.statistics.intervals import Interval
from care_study.words import count, listed, span, year

CARE = sources_of(FORECAST_OF)


@finding
class Opening:
    """What the page says first."""

    sources = BESIDE
    area: str = fact("the authority that this run is about", sources=["authorities"])
    region: str = fact("its region", sources=["authorities"])
    span: str = fact("first and last year of its figures")
    compared_with: str = fact(
        "the list of neighbours chosen, or the one that holds it",
        sources=["statistical_neighbours"],
    )
    summary: str = fact(
        "prediction tests among its neighbours (Crawford and Howell 1998; Holm 1979)"
    )
    neighbours: str = fact(
        "its statistical neighbours, nearest first", sources=["statistical_neighbours"]
    )
    boundaries: str = fact("what happened to the area and its figures", sources=["authorities"])
    number: str = fact("children looked after on the day of the latest count", sources=CARE)
    latest_day: str = fact("day of the latest count", sources=CARE)
    rate: Interval | None = fact(
        INDICATORS[FORECAST_OF].formula,
        unit="per 10,000",
        decimals=1,
        sources=CARE,
        text=lambda found: "" if found.rate else "not known",
    )


def opening(computed: Mapping[str, pd.DataFrame], setting: Setting, standing: Standing) -> Opening:
    """Find what the page says first."""
    care = own_rows(computed[FORECAST_OF], setting)
    few = few_children(computed, setting)
    return Opening(
        area=setting.area_name,
        region=setting.region_name,
        span=known_years(computed, setting),
        compared_with=compared_with(setting),
        summary=summary(standing.table, setting, few),
        neighbours=neighbours(setting),
        boundaries=" ".join(setting.notes) or "No change of its boundaries is noted.",
        number=count(care["numerator"].iloc[-1], "child", "children")
        if len(care) and pd.notna(care["numerator"].iloc[-1])
        else "an unknown number of children",
        latest_day=f"31 March {year(care['year'].iloc[-1])}"
        if len(care)
        else "31 March of the years shown",
        rate=_interval(care.iloc[-1]) if len(care) else None,
    )


def _interval(row: pd.Series) -> Interval:
    value, lower, upper = (float(row[name]) for name in ("value", "lower", "upper"))
    return Interval(value, lower, upper, 0.95, INDICATORS[FORECAST_OF].interval)


def known_years(computed: Mapping[str, pd.DataFrame], setting: Setting) -> str:
    """Say which years the figures span."""
    found = [int(one) for name in SHOWN for one in own_rows(computed[name], setting)["year"]]
    if not found:
        return f"no figures between {year(setting.first_year)} and {year(setting.last_year)}"
    return f"figures of {span(min(found), max(found))}"


def neighbours(setting: Setting) -> str:
    """Name the statistical neighbours, nearest first."""
    if not setting.neighbour_ids:
        return "none"
    return listed(list(setting.neighbours[setting.chosen]["area_name"]))


def compared_with(setting: Setting) -> str:
    """Say who the area is compared with."""
    if setting.area_id == ENGLAND:
        return "It is the whole country, and is compared with no authority."
    if not setting.neighbour_ids:
        return (
            "No list of statistical neighbours holds it, so it stands beside England alone and "
            "nothing is said about how it lies among similar authorities."
        )
    return (
        f"It is compared with the {setting.statistic} of its {count(len(setting.neighbour_ids))} "
        f"statistical neighbours on the list of {setting.chosen}, and with England."
    )


def summary(indicators: pd.DataFrame, setting: Setting, few: int = 0) -> str:
    """Say on which measures the area is unusual, or that it is unremarkable.

    Where few children live there, a second sentence says how little that means.
    """
    found = _summary(indicators, setting.area_name)
    if not few:
        return found
    return (
        f"{found} But only {count(few, 'child lives', 'children live')} there, so that a single "
        "family or post moves its figures far."
    )


def _summary(indicators: pd.DataFrame, name: str) -> str:
    known = int(indicators["value"].notna().sum())
    tested = int(indicators["p_unusual"].notna().sum())
    if not known:
        return f"No figure is held for {name} in these years."
    if not tested:
        return f"Figures are held for {known} of {count(len(indicators), 'measure')}."
    unusual = unusual_measures(indicators)
    if not unusual:
        return (
            f"{name} is unremarkable among its neighbours: on none of the "
            f"{count(tested, 'measure')} that can be tested does it lie outside the range that "
            "they predict for an authority like them."
        )
    return (
        f"{name} lies outside the range that its neighbours predict on "
        f"{listed([in_a_sentence(found) for found in unusual])}; on the other "
        f"{count(tested - len(unusual), 'measure')} that can be tested it is unremarkable."
    )
