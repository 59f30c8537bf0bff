"""Referrals month by month: against the range that is claimed, and before and after the visit."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_study.area.setting import Setting
from care_study.charts.monthly import months_and_range
from care_study.claims import Claim
from care_study.indicators import months as monthly
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.unavailable import Unavailable
from care_study.words import count, listed, month, number

SPAN = 12


@finding
class Months:
    """Referrals a week in every published month, beside the range that the case study names."""

    sources = (monthly.TABLE,)
    table: pd.DataFrame
    low: float
    high: float
    months_first: str = fact("first month published")
    months_last: str = fact("last month published")
    months_held: int = fact("months published", unit="months")
    months_which: str = fact(
        "months whose interval meets the claimed range", sources=["claims", *sources]
    )
    months_above: int = fact(
        "months whose whole interval is above the claimed range",
        unit="months",
        sources=["claims", *sources],
    )
    months_lowest: float = fact("lowest of the months", unit="a week", decimals=0)
    months_highest: float = fact("highest of the months", unit="a week", decimals=0)


@section
def months(setting: Setting, claims: Mapping[str, Claim]) -> Months:
    """Set every month's referrals a week beside the claimed range."""
    held = _held(setting)
    low, high = claims["nn-referrals-per-week"].range
    met = held[(held["lower"] <= high) & (held["upper"] >= low)]
    above = held["lower"] > high
    names = [month(f"{one:%Y-%m}") for one in held["month"]]
    return Months(
        table=held.drop(columns=["area_id", "area_name", "reason", "source"]),
        low=low,
        high=high,
        months_first=names[0],
        months_last=names[-1],
        months_held=len(held),
        months_which=listed([month(f"{one:%Y-%m}") for one in met["month"]], none="none"),
        months_above=int(above.sum()),
        months_lowest=float(held["value"].min()),
        months_highest=float(held["value"].max()),
    )


def _held(setting: Setting) -> pd.DataFrame:
    found = monthly.referrals_by_month(setting.tables[monthly.TABLE], setting.area_id)
    held = found.dropna(subset="value").reset_index(drop=True)
    if held.empty:
        raise Unavailable(f"{setting.area_name} has no referrals by month")
    return held


@section
def by_month(setting: Setting, found: Months, event: str) -> Shown:
    """Draw referrals a week by month, over the claimed range."""
    at = found.table["month"]
    rows = found.table.assign(at=at.dt.year + (at.dt.month - 0.5) / 12)
    when = pd.Timestamp(f"{event}-01")
    chart = months_and_range(
        rows,
        at="at",
        value="value",
        lower="lower",
        upper="upper",
        low=found.low,
        high=found.high,
        label="the case study's range",
        unit="referrals a week",
        breaks=[(when.year + (when.month - 1) / 12, "visit")],
    )
    highest = rows.sort_values("value")["month"].iloc[-1]
    return figure(
        chart,
        name="referrals_by_month",
        title=(
            f"In {found.months_above} of {count(found.months_held, 'month')} referrals in "
            f"{setting.area_name} were above the range that the case study names"
        ),
        subtitle=(
            f"Referrals a week in {setting.area_name} by month, {found.months_first} to "
            f"{found.months_last}, with the exact Poisson interval (95%)"
        ),
        alt=(
            f"Line of monthly referrals a week, from {number(found.months_lowest, 0)} at the "
            f"lowest to {number(found.months_highest, 0)} in {month(f'{highest:%Y-%m}')}, over a "
            "band for the claimed range."
        ),
        data=found.table.assign(month=[f"{one:%Y-%m}" for one in at]).drop(columns="year"),
        unit="a week",
        places=0,
        sources=Months.sources,
    )


# ---- before and after the visit, by month


@finding
class AroundVisit:
    """Referrals in the twelve months after the visit against the twelve before it."""

    sources = (monthly.TABLE, "statistical_neighbours")
    around_before: float = fact(
        "referrals a week, the months before the visit", unit="a week", decimals=0
    )
    around_after: float = fact(
        "referrals a week, the months after the visit", unit="a week", decimals=0
    )
    around_change: float = fact("after / before x 100 - 100", unit="%", decimals=0)
    around_neighbours: float = fact(
        "mean of the neighbours' after / before x 100 - 100", unit="%", decimals=0
    )
    around_rank: int = fact("authorities whose referrals changed at least as much either way")
    around_of: int = fact("authorities with both twelve months published")
    around_months: int = fact("months on either side; the month of the visit is left out")


@section
def around_visit(setting: Setting, event: str) -> AroundVisit:
    """Compare the twelve months after the visit with the twelve before, in every authority."""
    rates = _two_spans(setting.tables[monthly.TABLE], pd.Timestamp(f"{event}-01"))
    rates = rates[~rates.index.str.fullmatch(r"E\d{8}")]
    if setting.area_id not in rates.index:
        raise Unavailable(
            f"{setting.area_name} lacks referrals by month in the {SPAN} months before or after "
            f"{month(event)}"
        )
    ratio = rates["after"] / rates["before"]
    moved = np.abs(np.log(ratio))
    own = rates.loc[[setting.area_id]].iloc[0]
    others = ratio.reindex(setting.neighbour_ids).dropna()
    return AroundVisit(
        around_before=float(own["before"]),
        around_after=float(own["after"]),
        around_change=float((own["after"] / own["before"] - 1) * 100),
        around_neighbours=float((others.mean() - 1) * 100),
        around_rank=int((moved >= moved[setting.area_id]).sum()),
        around_of=len(ratio),
        around_months=SPAN,
    )


def _two_spans(table: pd.DataFrame, when: pd.Timestamp) -> pd.DataFrame:
    """Compute referrals a week ``before`` and ``after`` a month, by area with every month."""
    long = table.melt(["area_id", "year"], list(monthly.MONTHS), "name", "received")
    numbers = {name: (number + 3) % 12 + 1 for number, name in enumerate(monthly.MONTHS)}
    long["number"] = long["name"].map(numbers)
    long["index"] = (long["year"] - (long["number"] >= 4)) * 12 + long["number"]
    middle = when.year * 12 + when.month
    found = {}
    for name, first in (("before", middle - SPAN), ("after", middle + 1)):
        rows = long[long["index"].between(first, first + SPAN - 1)].dropna(subset="received")
        by_area = rows.groupby("area_id")["received"].agg(["sum", "size"])
        days = (when + pd.DateOffset(months=first + SPAN - middle)) - (
            when + pd.DateOffset(months=first - middle)
        )
        found[name] = by_area.loc[by_area["size"] == SPAN, "sum"] / (days.days / 7)
    return pd.DataFrame(found).dropna()
