"""Age at entry: the share of children who start to be looked after at 16 or over."""

from collections.abc import Sequence
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
from care_study.words import year, years

LATE = "started_at_16_over"
POINTS = "percentage points"
SEEN = 2  # reviews of early 2018 could see this many years before the report's


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
    by_year: pd.DataFrame
    ages_last: int = fact("latest year with ages", unit="year")
    ages_year: int = fact("year of the comparison", unit="year")
    late_share: Interval = fact(INDICATORS[LATE].formula, unit="%", decimals=1)
    late_england: Interval = fact(INDICATORS[LATE].formula, unit="%", decimals=1)
    late_first: int = fact("first of the years that the reviews could see", unit="year")
    late_above: str = fact(
        "years that the reviews could see in which the interval of the difference from England "
        "lies above zero"
    )
    late_other: str = fact("the others of these years")


@section
def ages(setting: Setting, document_year: int) -> Ages:
    """Compare the share in the report's year, or the latest before it, with every comparator."""
    computed = setting.indicator(LATE)
    last = int(computed.loc[computed["value"].notna(), "year"].max())
    at = min(document_year, last)
    own = row_of(computed, setting.area_name, at)
    england = row_of(computed, "England", at)
    seen = _by_year(setting, computed, range(at - SEEN, at + 1))
    above = seen["lower"] > 0
    return Ages(
        by_year=seen,
        late_first=int(seen["year"].min()),
        late_above=years(seen.loc[above, "year"]),
        late_other=years(seen.loc[~above, "year"]),
        beside=[_beside_england(own, england), *_beside_neighbours(setting, computed, own)],
        ages_last=last,
        ages_year=at,
        late_share=published(own),
        late_england=published(england),
    )


def _by_year(setting: Setting, computed: pd.DataFrame, at: Sequence[int]) -> pd.DataFrame:
    """Set the area beside England in several years: ``year``, ``own``, ``england``, difference."""
    rows = []
    for one in at:
        own, england = (row_of(computed, name, one) for name in (setting.area_name, "England"))
        found = _beside_england(own, england).difference
        ends = {"difference": found.estimate, "lower": found.lower, "upper": found.upper}
        rows.append({"year": one, "own": own["value"], "england": england["value"], **ends})
    return pd.DataFrame(rows)


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


@section
def late_by_year(setting: Setting, found: Ages) -> Shown:
    """List the difference from England in each year that the reviews could see."""
    return table(
        found.by_year,
        name="late_by_year",
        caption=f"Share starting at 16 or over: {setting.area_name} minus England",
        unit=POINTS,
        places=1,
        units={"own": "%", "england": "%"},
        labels={"own": setting.area_name, "england": "England"},
        sources=found.sources,
        notes=["Intervals, 95%: Newcombe's for two proportions."],
    )


def title(compared: pd.Series, area: str, statistic: str) -> str:
    """Say how the share of late teenagers compares in one year."""
    side = "a larger" if compared[f"{statistic}_gap"] > 0 else "a smaller"
    return (
        f"In {year(compared['year'])} {side} share started at 16 or over in {area} than among its "
        "neighbours"
    )
