"""Age at entry: the share of children who start to be looked after at 16 or over."""

from dataclasses import dataclass

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.cambridgeshire.rate import first_to_last
from care_study.chapters.shared import (
    NEIGHBOURS,
    against_neighbours,
    in_year,
    marks,
    published,
    row_of,
    series_against_neighbours,
    with_ends,
)
from care_study.indicators.compute import sources_of
from care_study.indicators.definitions import INDICATORS
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.comparison import gap
from care_study.statistics.comparison.gaps import STATISTICS
from care_study.statistics.intervals import Interval, proportion_difference
from care_study.words import year

LATE = "started_at_16_over"
POINTS = "percentage points"


@dataclass(frozen=True)
class Beside:
    """The share of one comparator, and the area's difference from it in percentage points."""

    comparator: str
    value: float
    difference: Interval


@finding
class Ages:
    """The share starting at 16 or over, beside England and every choice of neighbours."""

    sources = sources_of(LATE)
    beside: list[Beside]
    ages_last: int = fact("latest year with ages", unit="year")
    ages_year: int = fact("year of the comparison", unit="year")
    late_share: Interval = fact(INDICATORS[LATE].formula, unit="%", decimals=1)
    late_england: Interval = fact(INDICATORS[LATE].formula, unit="%", decimals=1)


@section
def ages(setting: Setting, document_year: int) -> Ages:
    """Compare the share in the report's year, or the latest before it, with every comparator."""
    computed = setting.indicator(LATE)
    last = int(computed.loc[computed["value"].notna(), "year"].max())
    at = min(document_year, last)
    own = row_of(computed, setting.area_name, at)
    england = row_of(computed, "England", at)
    return Ages(
        beside=[_beside_england(own, england), *_beside_neighbours(setting, computed, own)],
        ages_last=last,
        ages_year=at,
        late_share=published(own),
        late_england=published(england),
    )


def _beside_england(own: pd.Series, england: pd.Series) -> Beside:
    found = proportion_difference(
        own["numerator"], own["denominator"], england["numerator"], england["denominator"]
    )
    return Beside("England", float(england["value"]), found.scaled(100))


def _beside_neighbours(setting: Setting, computed: pd.DataFrame, own: pd.Series) -> list[Beside]:
    found = []
    for model in setting.neighbours or [setting.chosen]:
        values = setting.among_neighbours(computed, own["year"], model)
        for statistic in STATISTICS:
            one = gap(float(own["value"]), values, statistic=statistic)
            words = f"{statistic} of the neighbours, {model} list"
            value = float(one.comparator.estimate)
            found.append(Beside(words, value, one.gap))
    return found


@section
def late_series(setting: Setting, found: Ages, event: tuple[float, str]) -> Shown:
    """Draw the share starting at 16 or over through time, among the neighbours."""
    compared = against_neighbours(setting, LATE)
    chart = f"Line chart of the share starting at 16 or over. {setting.area_name} goes"
    return series_against_neighbours(
        setting,
        LATE,
        name="late_teenagers",
        title=title(in_year(compared, found.ages_year), setting.area_name, setting.statistic),
        alt=first_to_last(chart, compared, setting.statistic),
        axis="% of children starting",
        breaks=marks(LATE, event),
    )


@section
def late_differences(setting: Setting, found: Ages) -> Shown:
    """List the difference from each comparator."""
    rows = [
        {"comparator": one.comparator, "value": one.value, **with_ends("", one.difference)}
        for one in found.beside
    ]
    data = pd.DataFrame(rows).rename(columns={"estimate": "difference"})
    return table(
        data,
        name="late_differences",
        caption=(
            f"Share starting at 16 or over, {year(found.ages_year)}: {setting.area_name} minus "
            "each comparator"
        ),
        unit=POINTS,
        places=1,
        units={"value": "%"},
        labels={"value": "comparator's share"},
        sources=[*found.sources, NEIGHBOURS],
        notes=[
            "Intervals, 95%: against England, Newcombe's for two proportions; against the "
            "neighbours, that of their average."
        ],
    )


def title(compared: pd.Series, area: str, statistic: str) -> str:
    """Say how the share of late teenagers compares in one year."""
    side = "a larger" if compared[f"{statistic}_gap"] > 0 else "a smaller"
    return (
        f"In {year(compared['year'])} {side} share started at 16 or over in {area} than among its "
        "neighbours"
    )
