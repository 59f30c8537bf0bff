"""How many referrals a week: year by year, beside the range that the case study names."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.shared import in_year
from care_study.charts.northamptonshire import lines_and_range
from care_study.claims import Claim
from care_study.data import geography
from care_study.indicators.definitions import INDICATORS
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics.intervals import Interval, poisson_rate
from care_study.unavailable import Unavailable
from care_study.words import number, share, span, year

RECEIVED, NO_ACTION = "referrals_per_week", "nfa_percentage"
ALL, NET = "all referrals", "less those with no further action"
COLUMNS = {ALL: "all_week", NET: "net_week"}


@finding
class Demand:
    """Referrals a week in every year that is held, beside the range that the case study names."""

    sources = ("referrals",)
    table: pd.DataFrame
    weekly: pd.DataFrame
    claimed_referrals: Claim = fact(
        "referrals a week as the case study states them", sources=["claims"]
    )
    survivors: str = fact(
        "years whose interval meets the claimed range", sources=["claims", "referrals"]
    )
    lowest_all: float = fact(
        "lowest yearly mean of all referrals a week in the years that are possible",
        unit="a week",
        decimals=0,
    )


@section
def demand(setting: Setting, claims: Mapping[str, Claim], possible: tuple[int, int]) -> Demand:
    """Set the weekly referrals of every year that is ``possible`` beside the claimed range."""
    said, table = claims["nn-referrals-per-week"], referrals(setting)
    weekly = weeks_like(table, said, possible)
    if weekly.empty:
        raise Unavailable(f"{setting.area_name} has no figure of referrals in {span(*possible)}")
    return Demand(
        table=table,
        weekly=weekly,
        claimed_referrals=said,
        survivors=survivors(weekly),
        lowest_all=float(weekly.loc[weekly["reading"] == ALL, "value"].min()),
    )


def referrals(setting: Setting) -> pd.DataFrame:
    """Compute referrals a week by year, all and less those that ended in no further action.

    Returns
    -------
    DataFrame
        One row a year ending 31 March that has both counts: ``year``, ``weeks``, ``referrals``,
        ``no_further_action``, ``net`` (counts), ``all_week``, ``net_week`` (a week, each with
        ``_lower`` and ``_upper``: exact Poisson, 95%), ``nfa`` (percent of referrals, with
        ``nfa_lower`` and ``nfa_upper``: Wilson, 95%) and ``splice``.

    Raises
    ------
    Unavailable
        If fewer than two years have either count, or no year has both.
    """
    received, ended = (setting.own(setting.indicator(name)) for name in (RECEIVED, NO_ACTION))
    both = received.merge(ended, on="year", suffixes=("", "_nfa"), validate="1:1")
    both = both.dropna(subset=["value", "value_nfa"]).reset_index(drop=True)
    if both.empty:
        raise Unavailable(
            f"{setting.area_name} has no year with both all referrals and those with no further "
            "action"
        )
    net = both["numerator"] - both["numerator_nfa"]
    kept = poisson_rate(net, both["denominator"])
    return pd.DataFrame(
        {
            "year": both["year"],
            "weeks": both["denominator"],
            "referrals": both["numerator"],
            "no_further_action": both["numerator_nfa"],
            "net": net,
            "all_week": both["value"],
            "all_week_lower": both["lower"],
            "all_week_upper": both["upper"],
            "net_week": kept.estimate,
            "net_week_lower": kept.lower,
            "net_week_upper": kept.upper,
            "nfa": both["value_nfa"],
            "nfa_lower": both["lower_nfa"],
            "nfa_upper": both["upper_nfa"],
            "splice": both["splice"],
        }
    )


def weeks_like(table: pd.DataFrame, claim: Claim, possible: tuple[int, int]) -> pd.DataFrame:
    """Set the weekly referrals of every year that is possible beside the claimed range.

    Returns
    -------
    DataFrame
        ``year``, ``reading`` (`ALL` or `NET`), ``value``, ``lower``, ``upper`` and ``place``:
        *within* the claimed range, *touches* it with the interval alone, *above* or *below*.
    """
    rows = table[table["year"].between(*possible)].to_dict("records")
    return pd.DataFrame(
        [_placed(row, reading, *claim.range) for row in rows for reading in COLUMNS]
    )


def _placed(row: Mapping[Hashable, Any], reading: str, low: float, high: float) -> dict[str, Any]:
    column = COLUMNS[reading]
    value, lower, upper = (row[column + end] for end in ("", "_lower", "_upper"))
    place = "within" if low <= value <= high else "above" if lower > high else "below"
    if place != "within" and lower <= high and upper >= low:
        place = "touches"
    ends = {"value": value, "lower": lower, "upper": upper}
    return {"year": row["year"], "reading": reading, **ends, "place": place}


def survivors(weekly: pd.DataFrame) -> str:
    """List the years and readings whose weekly number is in or touches the claimed range."""
    kept = weekly[weekly["place"].isin(["within", "touches"])].to_dict("records")
    return ", ".join(f"{year(row['year'])} ({row['reading']})" for row in kept) or "no year"


# ---- the year of the visit


@finding
class Visited:
    """Referrals in the year of the visit, and in the latest year."""

    sources = ("referrals",)
    latest_nfa: float
    all_week: Mapping[str, Interval] = fact(
        "referrals in the year / weeks in the year", unit="a week", decimals=0
    )
    net_week: Mapping[str, Interval] = fact(
        "referrals less no further action in the year / weeks in the year",
        unit="a week",
        decimals=0,
    )
    nfa_then: Interval = fact(INDICATORS[NO_ACTION].formula, unit="%", decimals=1)
    ratio: float = fact(
        "official referrals a week / middle of the claimed range",
        decimals=1,
        sources=["referrals", "claims"],
    )
    latest_year: int = fact("latest year with both counts", unit="year")
    moved: str = fact("change of both weekly numbers, from the year of the visit to the latest")

    @property
    def arrivals(self) -> float:
        """Referrals a week in the year of the visit that went further: what needs work."""
        return float(self.net_week["then"].estimate)


@section
def visited(setting: Setting, claims: Mapping[str, Claim], year: int) -> Visited:
    """Compute referrals a week in the year of the visit and in the latest."""
    for name in (RECEIVED, NO_ACTION):
        in_year(setting.own(setting.indicator(name)), year)
    table = referrals(setting)
    rows = {"then": table[table["year"] == year].iloc[0], "latest": table.iloc[-1]}
    if not rows["then"]["net"]:
        raise Unavailable(f"No referral to {setting.area_name} went further in {year}")
    low, high = claims["nn-referrals-per-week"].ends
    return Visited(
        all_week={key: _interval(row, "all_week", RECEIVED) for key, row in rows.items()},
        net_week={key: _interval(row, "net_week", RECEIVED) for key, row in rows.items()},
        nfa_then=_interval(rows["then"], "nfa", NO_ACTION),
        latest_nfa=float(rows["latest"]["nfa"]),
        ratio=float(rows["then"]["all_week"]) / ((low + high) / 2),
        latest_year=int(rows["latest"]["year"]),
        moved=moved(rows["then"], rows["latest"]),
    )


def _interval(row: pd.Series, column: str, indicator: str) -> Interval:
    ends = (row[f"{column}_lower"], row[f"{column}_upper"])
    return Interval(row[column], *ends, 0.95, INDICATORS[indicator].interval)


def moved(then: pd.Series, latest: pd.Series) -> str:
    """Say how all referrals and those that went further changed between two years."""
    if then["year"] == latest["year"]:
        return f"{year(latest['year'])} is the latest year"
    parts = [
        f"{what} {_way(latest[column] / then[column] - 1)}"
        for what, column in (("referrals", "all_week"), ("those that went further", "net_week"))
    ]
    return f"from {span(then['year'], latest['year'])} {' and '.join(parts)}"


def _way(change: float) -> str:
    return f"{'rose' if change > 0 else 'fell'} by {share(abs(change))}"


# ---- the chart


@section
def referrals_a_week(setting: Setting, found: Demand) -> Shown:
    """Draw both weekly numbers through time over the range that the case study names."""
    table, (low, high) = found.table, found.claimed_referrals.ends
    chart = lines_and_range(
        lines(table),
        value="value",
        series="series",
        low=low,
        high=high,
        label=f"Band: {number(low, 0)} to {number(high, 0)}, the case study",
        unit="referrals a week",
        breaks=splice_breaks(setting),
    )
    return figure(
        chart,
        name="demand",
        title=title(table, setting.area_name, low, high),
        subtitle=f"Referrals a week, {setting.area_name}, years ending 31 March",
        alt=alternative(table, setting.area_name),
        data=table,
        sources=found.sources,
        notes=[
            *setting.notes,
            "Intervals in the table: exact Poisson and Wilson, 95%.",
            INDICATORS[RECEIVED].note,
        ],
        labels={"net": "less no further action"},
        decimals={"weeks": 1},
    )


def lines(table: pd.DataFrame) -> pd.DataFrame:
    """Put both weekly series of `referrals` below one another: ``year``, ``series``, ``value``."""
    parts = [
        table[["year"]].assign(series=name, value=table[column]) for name, column in COLUMNS.items()
    ]
    return pd.concat(parts, ignore_index=True)


def splice_breaks(setting: Setting) -> list[tuple[float, str]]:
    """List where the area's yearly series is a sum of successors: the year and words for charts."""
    return [
        (territory.first_march - 0.5, "sum of successors")
        for territory in geography.territories(setting.tables["boundary_changes"])
        if territory.area_id == setting.area_id
    ]


def title(table: pd.DataFrame, area: str, low: float, high: float) -> str:
    """Say in how many years each weekly number was above a stated range."""
    every = int((table["all_week"] > high).sum())
    net = int(table["net_week"].between(low, high).sum())
    return (
        f"{area} received more than {number(high, 0)} referrals a week in {every} of {len(table)} "
        f"years; less those with no further action, {net} of {len(table)} years lie between "
        f"{number(low, 0)} and {number(high, 0)}"
    )


def alternative(table: pd.DataFrame, area: str) -> str:
    """Describe the chart of weekly referrals."""
    first, last = table.iloc[0], table.iloc[-1]
    return (
        f"Two lines over a band. {area}: all referrals a week from {number(first['all_week'], 0)} "
        f"in {year(first['year'])} to {number(last['all_week'], 0)} in {year(last['year'])}; less "
        f"no further action from {number(first['net_week'], 0)} to {number(last['net_week'], 0)}."
    )


# ---- verdicts
