"""The rate against similar authorities: children looked after, year by year."""

from collections.abc import Mapping

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.shared import (
    NEIGHBOURS,
    against_neighbours,
    in_year,
    marks,
    published,
    series_against_neighbours,
)
from care_study.claims import Claim, Reading, Verdict, judge
from care_study.indicators.compute import sources_of
from care_study.indicators.definitions import INDICATORS
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.comparison import gap
from care_study.statistics.intervals import Interval
from care_study.words import count, number, span, year

RATE = "looked_after_rate"
CARE = sources_of(RATE)
UNIT = "per 10,000"
PER = 10_000
COLUMNS = ("year", "numerator", "value", "lower", "upper", "mean", "mean_lower", "mean_upper")


@finding
class Standing:
    """The area in one year, and its neighbours' mean or median."""

    sources = (*CARE, NEIGHBOURS)
    statistic: str
    year: int = fact("a year with a rate", unit="year", sources=CARE)
    rate: Interval = fact(INDICATORS[RATE].formula, unit=UNIT, decimals=1, sources=CARE)
    count: float = fact(
        "children looked after on 31 March",
        unit="children",
        decimals=0,
        sources=["children_looked_after"],
    )
    comparator: Interval = fact(
        lambda found: f"{found.statistic} of the neighbours' rates", unit=UNIT, decimals=1
    )
    neighbours: int = fact(
        "neighbours with a rate in that year",
        unit="neighbours",
        text=lambda found: count(found.neighbours, "neighbour"),
    )


@finding
class Rate:
    """The rate in the first year, the report's and the latest."""

    standing: Mapping[str, Standing]
    claimed_count: Claim = fact()
    own: pd.DataFrame
    document_year: int


@section
def rate(setting: Setting, claims: Mapping[str, Claim], document_year: int) -> Rate:
    """Compute the rate in the first year, the report's and the latest, beside the neighbours."""
    computed = setting.indicator(RATE)
    own = setting.own(computed).dropna(subset="value")
    known = own["year"].tolist()
    places = {"first": known[0], "then": document_year, "latest": known[-1]}
    return Rate(
        standing={name: _standing(setting, computed, own, at) for name, at in places.items()},
        claimed_count=claims["cam-care-number"],
        own=own,
        document_year=document_year,
    )


def _standing(setting: Setting, computed: pd.DataFrame, own: pd.DataFrame, at: int) -> Standing:
    row = in_year(own, at)
    others = setting.among_neighbours(computed, at)
    found = gap(float(row["value"]), others, statistic=setting.statistic)
    return Standing(
        statistic=setting.statistic,
        year=int(row["year"]),
        rate=published(row),
        count=float(row["numerator"]),
        comparator=found.comparator,
        neighbours=found.n,
    )


@section
def rate_series(setting: Setting, event: tuple[float, str]) -> Shown:
    """Draw the rate through time, among the neighbours."""
    compared = against_neighbours(setting, RATE)
    chart = f"Line chart. {setting.area_name}'s rate goes"
    return series_against_neighbours(
        setting,
        RATE,
        name="rate_series",
        title=title(compared, setting.area_name, setting.statistic),
        alt=first_to_last(chart, compared, setting.statistic),
        axis="children per 10,000",
        breaks=marks(RATE, event),
    )


@section
def rate_by_year(setting: Setting) -> Shown:
    """List the rate and its neighbours', year by year."""
    return table(
        against_neighbours(setting, RATE)[[*COLUMNS, "median", "n", "missing"]],
        name="rate_by_year",
        caption=f"Children looked after: {setting.area_name} and its neighbours, year by year",
        unit=UNIT,
        places=1,
        labels={"value": "rate"},
        sources=Standing.sources,
        notes=[
            f"Interval of the rate: {INDICATORS[RATE].interval}, 95%. Interval of the neighbours' "
            "mean: t on the number of neighbours less one, 95%."
        ],
    )


def title(compared: pd.DataFrame, area: str, statistic: str) -> str:
    """Say in a sentence in which years the area's rate was above its neighbours'."""
    years = compared["year"].tolist()
    above = compared.loc[compared[f"{statistic}_gap"] > 0, "year"].tolist()
    rate, others = f"{area}'s rate was", f"its neighbours' {statistic}"
    if not above:
        return f"{rate} below {others} in every year"
    if len(above) == len(years):
        return f"{rate} above {others} in every year"
    if above == years[years.index(above[0]) : years.index(above[-1]) + 1]:
        when = f"{'from' if len(above) > 1 else 'in'} {span(above[0], above[-1])}"
        return f"{rate} above {others} {when}, and below in the other years"
    return f"{rate} above {others} in {len(above)} of {count(len(years), 'year')}"


def first_to_last(chart: str, compared: pd.DataFrame, statistic: str) -> str:
    """Describe a chart by the first and the last values of the area and its neighbours."""
    first, last = compared.iloc[0], compared.iloc[-1]
    return (
        f"{chart} from {number(first['value'])} in {year(first['year'])} to "
        f"{number(last['value'])} in {year(last['year'])}; its neighbours' {statistic} from "
        f"{number(first[statistic])} to {number(last[statistic])}."
    )


def judge_slow(found: Rate, claim: Claim) -> Verdict:
    """Judge: whether numbers took long to fall."""
    since = found.own[found.own["year"] >= found.document_year]
    counts = dict(zip(since["year"].tolist(), since["numerator"].tolist(), strict=True))
    then = counts[found.document_year]
    below = [at for at, number_then in counts.items() if number_then < then]
    when = f"first below it in {year(below[0])}" if below else "not below it since"
    peak = max(counts, key=lambda at: counts[at])
    label = (
        f"{count(then, 'child', 'children')} in {year(found.document_year)}, highest in "
        f"{year(peak)} ({count(counts[peak])}), {when}"
    )
    return judge(
        claim,
        [Reading("as-stated", label, survives=peak > found.document_year)],
        comment="the report states no pace to compare with",
    )


JUDGES = {
    "cam-reduction-slow": judge_slow,
}
