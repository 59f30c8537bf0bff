"""Assessments in time: the official share, and what it leaves for the council's own."""

from collections.abc import Mapping

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.coventry.changes import meets, own_changes, years_that_fit
from care_study.chapters.coventry.throughput import WEEKLY
from care_study.chapters.shared import series_against_neighbours, series_alt
from care_study.claims import Claim
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.words import count, years

IN_TIME = "assessments_in_45_days"
TIME_ROUNDING = 0.1  # two percentages, each published to one decimal
AS_PUBLISHED = "assessments within 45 working days, as published: "
CONTAINS = "start years in which the range of the council's own change contains the rise stated, "


@finding
class Timeliness:
    """The official share of assessments in time, and what it leaves for the council's own."""

    sources = ("assessments",)
    own: pd.DataFrame
    stated_in_time: Claim = fact(sources=["claims"])
    stated_rise: Claim = fact(sources=["claims"])
    time_low: float = fact(f"{AS_PUBLISHED}lowest", unit="%", decimals=1)
    time_low_year: int = fact("year of that share", unit="year")
    time_high: float = fact(f"{AS_PUBLISHED}highest", unit="%", decimals=1)
    time_high_year: int = fact("year of that share", unit="year")
    time_first: int = fact("first year with a figure", unit="year")
    time_after_low: int = fact("year after the lowest share", unit="year")
    in_time_years: str = fact(
        "years with a published share within half a point of the one stated",
        sources=["assessments", "claims"],
    )
    time_points_years: str = fact(
        f"{CONTAINS}in percentage points", sources=["assessments", "referrals", "claims"]
    )
    time_relative_years: str = fact(
        f"{CONTAINS}in percent", sources=["assessments", "referrals", "claims"]
    )


@section
def timeliness(setting: Setting, claims: Mapping[str, Claim]) -> Timeliness:
    """Set the official share in time beside the stated one, and its changes beside the rise."""
    stated, changes = claims["cov-assessments-in-time"], time_changes(setting, claims)
    own = setting.own(setting.indicator(IN_TIME)).dropna(subset=["value"])
    ranked = own.sort_values("value", kind="stable")
    low, high = ranked.iloc[0], ranked.iloc[-1]
    within = own["value"].between(*stated.range)
    return Timeliness(
        own=own,
        stated_in_time=stated,
        stated_rise=claims["cov-own-completion-rise"],
        time_low=float(low["value"]),
        time_low_year=int(low["year"]),
        time_high=float(high["value"]),
        time_high_year=int(high["year"]),
        time_first=int(own["year"].min()),
        time_after_low=int(low["year"]) + 1,
        in_time_years=years(own.loc[within, "year"]),
        time_points_years=years(years_that_fit(changes, "time_points_fit")),
        time_relative_years=years(years_that_fit(changes, "time_relative_fit")),
    )


def rest_in_time(setting: Setting, found: pd.DataFrame, claims: Mapping[str, Claim]) -> pd.Series:
    """Compute the percentage in time among what the provider did not do, where it did its most.

    At its most it did the stated cases a week out of the referrals a week. Missing where that is
    not known, or not below one, so that it says nothing of the rest.
    """
    referrals = setting.indicator(WEEKLY)
    weekly = referrals[referrals["area_id"] == setting.area_id].set_index("year")["value"]
    share = claims["cov-throughput"].number / found["year"].map(weekly)
    stated = claims["cov-assessments-in-time"].number
    return share_of_others(found["value"], stated, share.where(share < 1))


def share_of_others(whole: pd.Series, part: float, share: pd.Series) -> pd.Series:
    """Compute the percentage among the rest, where a share of the whole has its own percentage.

    ``whole = share x part + (1 - share) x rest``, for shares of 0 or more and below 1. The result
    may lie outside 0 to 100, which says that the three numbers cannot all be true.
    """
    return (whole - share * part) / (1 - share)


def time_changes(setting: Setting, claims: Mapping[str, Claim]) -> pd.DataFrame:
    """Compute the changes of the official share, and the range of the council's own change.

    The published percentage covers all assessments. If the provider completed up to its share of
    them, as many in time as stated, the council's own percentage lies between the published one
    and what is left of it. One tenth of a point is added for rounding.

    Returns
    -------
    DataFrame
        ``year``, ``time_before``, ``time``, ``time_change`` (points); the range of the council's
        own change, ``own_lower`` to ``own_upper`` (points) and ``own_relative_lower`` to
        ``own_relative_upper`` (percent); ``time_points_fit`` and ``time_relative_fit``: whether
        the range meets the rise stated.
    """
    changes = own_changes(setting, IN_TIME)
    before, value = changes["before"], changes["value"]
    least = rest_in_time(setting, changes, claims).fillna(value)
    ends = pd.DataFrame({"published": value - before, "rest": least - before})
    found = pd.DataFrame(
        {
            "year": changes["year"],
            "time_before": before,
            "time": value,
            "time_change": changes["change"],
            "own_lower": ends.min(axis=1) - TIME_ROUNDING,
            "own_upper": ends.max(axis=1) + TIME_ROUNDING,
        }
    )
    for end in ("lower", "upper"):
        found[f"own_relative_{end}"] = 100 * found[f"own_{end}"] / before.where(before > 0)
    rise = claims["cov-own-completion-rise"].range
    return found.assign(
        time_points_fit=meets(found["own_lower"], found["own_upper"], rise),
        time_relative_fit=meets(found["own_relative_lower"], found["own_relative_upper"], rise),
    )


@section
def timeliness_series(setting: Setting, found: Timeliness) -> Shown:
    """Draw the share in time through the years, among the neighbours, with the stated share."""
    stated, name = found.stated_in_time.number, setting.area_name
    reached = int((found.own["value"] >= stated).sum())
    return series_against_neighbours(
        setting,
        IN_TIME,
        name="timeliness",
        title=(
            f"{name}'s assessments in time reached {found.stated_in_time.text} in "
            f"{reached or 'none'} of {count(len(found.own), 'year')}"
        ),
        alt=series_alt(found.own, name, "assessments within 45 working days", "%"),
        axis="% of assessments",
        levels={"stated": stated},
        zero=False,
    )
