"""Re-referrals: how much they change in the area, and how often they fall like this anywhere."""

from collections.abc import Mapping

import pandas as pd

from care_study.area.by_year import by_year
from care_study.area.setting import Setting
from care_study.chapters.coventry.changes import (
    NEWCOMBE,
    REREFERRALS,
    meets,
    own_changes,
    places,
    whole_authorities,
    with_intervals,
    yearly_changes,
    years_that_fit,
)
from care_study.chapters.shared import series_against_neighbours, series_alt
from care_study.charts import dots, spread
from care_study.claims import Claim
from care_study.indicators.compute import sources_of
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics.intervals import Interval, proportion_difference
from care_study.unavailable import Unavailable
from care_study.words import count, number, ordinal, year, years

SOURCES = tuple(sources_of(REREFERRALS))
POINTS = "percentage points"
AFTER = {"value": "after"}
CONTAINS = "start years in which the 95% interval of the change contains the fall stated"
OF_FALLS = "share of yearly changes that are falls of at least as many"


@finding
class Rereferrals:
    """The area's changes from year to year, beside the fall stated."""

    sources = SOURCES
    own: pd.DataFrame
    changes: pd.DataFrame
    stated_fall: Claim = fact(sources=["claims"])
    stated_months: Claim = fact(sources=["claims"])
    years_points: str = fact(f"{CONTAINS}, in percentage points", sources=[*SOURCES, "claims"])
    years_relative: str = fact(f"{CONTAINS}, in percent", sources=[*SOURCES, "claims"])


@section
def rereferrals(setting: Setting, claims: Mapping[str, Claim]) -> Rereferrals:
    """Compute the area's changes from year to year, and which fit the fall stated."""
    stated = claims["cov-rereferral-fall"]
    changes = fitting_changes(setting, stated)
    return Rereferrals(
        own=setting.own(setting.indicator(REREFERRALS)).dropna(subset=["value"]),
        changes=changes,
        stated_fall=stated,
        stated_months=claims["cov-rereferral-months"],
        years_points=years(years_that_fit(changes, "points_fit")),
        years_relative=years(years_that_fit(changes, "relative_fit")),
    )


def fitting_changes(setting: Setting, stated: Claim) -> pd.DataFrame:
    """Compute the area's yearly changes with intervals, and say which meet the fall stated.

    Returns
    -------
    DataFrame
        As `with_intervals`; ``points_fit``, ``relative_fit``: whether the interval of the change
        meets the fall in percentage points, and in percent.
    """
    found = with_intervals(own_changes(setting, REREFERRALS))
    return found.assign(
        points_fit=meets(-found["upper"], -found["lower"], stated.range),
        relative_fit=meets(-found["relative_upper"], -found["relative_lower"], stated.range),
    )


@section
def rereferral_series(setting: Setting, found: Rereferrals) -> Shown:
    """Draw re-referrals through time, among the neighbours."""
    computed, statistic = setting.indicator(REREFERRALS), setting.statistic
    compared = by_year(computed, setting.area_id, setting.neighbour_ids)
    above = int((compared[f"{statistic}_gap"] > 0).sum())
    return series_against_neighbours(
        setting,
        REREFERRALS,
        name="rereferrals",
        title=(
            f"{setting.area_name}'s re-referral percentage was above its neighbours' {statistic} "
            f"in {above or 'none'} of {count(len(compared), 'year')}"
        ),
        alt=series_alt(found.own, setting.area_name, "re-referrals within 12 months", "%"),
        axis="% of referrals",
    )


# ---- among all authorities


def _compared(found: "AmongAll") -> str:
    return (
        f"authorities with at least {count(found.fewest, 'referral')} every year, each territory "
        "once"
    )


@finding
class AmongAll:
    """How much re-referrals change in every authority, and the place of the area's own changes."""

    sources = SOURCES
    fewest: float
    changes: pd.DataFrame
    own: pd.DataFrame
    that_year: pd.DataFrame
    pairs: int = fact("authority-years with a figure in that year and the year before")
    authorities: int = fact(lambda found: f"count of {_compared(found)}")
    spread_sd: float = fact(
        "standard deviation of all authorities' yearly changes", unit=POINTS, decimals=1
    )
    fell_points_all: float = fact(
        lambda found: f"{OF_FALLS} percentage points as stated, of all {_compared(found)}",
        unit="share",
        decimals=0,
    )
    fell_relative_all: float = fact(
        lambda found: f"{OF_FALLS} percent as stated, of all {_compared(found)}",
        unit="share",
        decimals=0,
    )
    fits_anywhere: float = fact(
        "share of all authority-years whose 95% interval of the change contains the fall stated, "
        "in percentage points",
        unit="share",
        decimals=0,
        sources=[*SOURCES, "claims"],
    )
    largest_year: int = fact("year with the area's largest fall in re-referrals", unit="year")
    largest_change: Interval = fact(
        "re-referral percentage - that of the year before", unit=POINTS, decimals=1
    )
    largest_place: str = fact(
        "place of that change among all authorities' changes that year, largest fall first"
    )
    largest_of: int = fact("authorities with a change that year", unit="authorities")
    largest_p: float = fact(
        "share of authorities whose change that year was at least as large, up or down",
        unit="share",
        decimals=0,
    )


@section
def among_all(setting: Setting, found: Rereferrals, fewest_referrals: float) -> AmongAll:
    """Place the area's changes among those of every authority with enough referrals."""
    ids = whole_authorities(setting, fewest_referrals)
    changes = yearly_changes(setting.indicator(REREFERRALS), ids)
    placed = places(changes, setting.area_id).rename(columns={"place": "fall_place"})
    own = found.changes.merge(placed, on="year", validate="1:1")
    if own.empty:
        raise Unavailable(f"There is no other authority to compare {setting.area_name} with")
    largest, stated = own.sort_values("change", kind="stable").iloc[0], found.stated_fall
    return AmongAll(
        fewest=fewest_referrals,
        changes=changes,
        own=own,
        that_year=changes[changes["year"] == largest["year"]],
        pairs=len(changes),
        authorities=int(changes["area_id"].nunique()),
        spread_sd=float(changes["change"].std()),
        fell_points_all=share_that_fell(changes["change"], stated.number),
        fell_relative_all=share_that_fell(changes["relative"], stated.number),
        fits_anywhere=share_that_fits(changes, stated.range),
        largest_year=int(largest["year"]),
        largest_change=Interval(
            largest["change"], largest["lower"], largest["upper"], 0.95, NEWCOMBE
        ),
        largest_place=ordinal(int(largest["fall_place"])),
        largest_of=int(largest["of"]),
        largest_p=float(largest["p_value"]),
    )


def share_that_fell(changes: pd.Series, by: float) -> float:
    """Compute the share, 0 to 1, of changes that are falls of at least as much."""
    return float((changes <= -by).mean())


def share_that_fits(changes: pd.DataFrame, stated: tuple[float, float]) -> float:
    """Compute the share of changes, of a proportion, whose interval meets the fall stated."""
    now = changes["numerator"], changes["denominator"]
    found = proportion_difference(*now, changes["numerator_before"], changes["denominator_before"])
    lower, upper = (pd.Series(-100 * end) for end in (found.upper, found.lower))
    return float(meets(lower, upper, stated).fillna(False).mean())


@section
def changes_figure(setting: Setting, found: Rereferrals, everyone: AmongAll) -> Shown:
    """Draw the area's change in every year with its interval, beside the fall stated."""
    own, name = everyone.own, setting.area_name
    columns = ["year", "before", "value", "change", "lower", "upper"]
    relative = ["relative", "relative_lower", "relative_upper"]
    return figure(
        dots.dot_intervals(
            own.assign(label=own["year"].map(year)),
            label="label",
            value="change",
            lower="lower",
            upper="upper",
            unit="change from the year before in percentage points, with 95% interval (Newcombe)",
            reference=-found.stated_fall.number,
            reference_label="the fall stated, in points",
        ),
        name="own_changes",
        title=changes_title(own, name),
        subtitle=(
            "Change in re-referrals within 12 months as a share of referrals, year ending "
            f"31 March, {name}"
        ),
        alt=changes_alt(own, name),
        data=own[[*columns, *relative, "fall_place", "of", "p_value"]].rename(columns=AFTER),
        unit="%",
        places=1,
        units=dict.fromkeys(("change", "lower", "upper"), "points"),
        sources=[*SOURCES, "claims"],
        notes=[
            "The interval covers random variation only. Families come in groups and recording "
            "changes, so the true variation is larger; the comparison with all authorities below "
            "takes it into account."
        ],
    )


def changes_title(own: pd.DataFrame, area_name: str) -> str:
    """Say how often the area's re-referral percentage rose and fell."""
    falls, rises = (int(moved.sum()) for moved in (own["change"] < 0, own["change"] > 0))
    return (
        f"{area_name}'s re-referral percentage fell in {falls} and rose in {rises} of "
        f"{count(len(own), 'year')}"
    )


def changes_alt(own: pd.DataFrame, area_name: str) -> str:
    """Describe the chart of one area's yearly changes."""
    clear = int(((own["lower"] > 0) | (own["upper"] < 0)).sum())
    return (
        f"Dots with 95% intervals for {area_name}'s change in each of {count(len(own), 'year')}, "
        f"from {number(own['change'].min())} to {number(own['change'].max())} points; the interval "
        f"leaves out zero in {clear} of them."
    )


@section
def all_changes(setting: Setting, found: AmongAll) -> Shown:
    """Draw every authority's change in the year of the area's largest fall."""
    rows, largest = found.that_year, found.largest_year
    return figure(
        spread.placebo_strip(
            rows,
            area="area_name",
            value="change",
            focus=[setting.area_name],
            unit="change from the year before, percentage points",
        ),
        name="all_changes",
        title=fall_title(found, setting.area_name),
        subtitle=(
            f"Change in re-referrals as a share of referrals, {year(largest - 1)} to "
            f"{year(largest)}, every authority with at least {count(found.fewest, 'referral')}"
        ),
        alt=fall_alt(found, setting.area_name),
        data=rows[["area_name", "before", "value", "change", "relative"]]
        .sort_values("change")
        .rename(columns=AFTER),
        unit="%",
        places=1,
        units={"change": "points"},
        sources=SOURCES,
    )


def fall_title(found: AmongAll, area_name: str) -> str:
    """Place the area's largest fall among all authorities' changes that year."""
    change = found.largest_change.estimate
    return (
        f"{area_name}'s largest {'fall' if change < 0 else 'change'}, {number(abs(change))} points "
        f"in {year(found.largest_year)}, was the {found.largest_place} largest of "
        f"{count(found.largest_of, 'authority', 'authorities')} that year"
    )


def fall_alt(found: AmongAll, area_name: str) -> str:
    """Describe the strip of all authorities' changes in one year."""
    low, high = (float(found.that_year["change"].quantile(tenth)) for tenth in (0.1, 0.9))
    return (
        f"Strip of dots, one for each of {count(found.largest_of, 'authority', 'authorities')}' "
        f"change in {year(found.largest_year)}; the middle eight tenths lie between {number(low)} "
        f"and {number(high)} points, {area_name} at {number(found.largest_change.estimate)}."
    )
