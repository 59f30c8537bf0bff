"""The re-referral rate during the project: how many of its cases had time to return."""

from collections.abc import Mapping

import numpy as np
from scipy.optimize import brentq

from care_study.area.setting import Setting
from care_study.chapters.coventry.changes import REREFERRALS, whole_authorities
from care_study.chapters.coventry.rereferrals import SOURCES
from care_study.claims import Claim
from care_study.show.results import SETTINGS, fact, finding, section
from care_study.unavailable import Unavailable
from care_study.words import percent

MONTHS_A_YEAR = 12
LONGEST = 600  # months
OWN = "of the years: re-referrals within 12 months / referrals"


@finding
class Project:
    """The share of a project's cases that return before its end, at the area's official pace."""

    sources = (*SOURCES, "claims")
    stated_project: Claim = fact(sources=["claims"])
    project_months: float = fact(
        "assumed, from the months that the document gives for re-referrals",
        unit="months",
        sources=[SETTINGS],
    )
    own_low: float = fact(f"lowest {OWN}", unit="%", decimals=1, sources=SOURCES)
    own_high: float = fact(f"highest {OWN}", unit="%", decimals=1, sources=SOURCES)
    expected_return: float = fact(
        "1 - (1 - exp(-h T)) / (h T), with h the monthly pace that gives the area's lowest "
        "official percentage in 12 months, T the months",
        unit="%",
        decimals=1,
        sources=[*SOURCES, SETTINGS],
    )
    months_until: float = fact(
        "length of project at which that share equals the one stated", unit="months", decimals=1
    )
    share_closed: float = fact("share stated / share expected", unit="share", decimals=0)


@section
def project(setting: Setting, claims: Mapping[str, Claim], project_months: float) -> Project:
    """Work out what a project of so many months would see return, at the area's lowest pace."""
    own = setting.own(setting.indicator(REREFERRALS), fewest=1).dropna(subset=["value"])
    stated, pace = claims["cov-rereferral-project"], float(own["value"].min())
    if not expected_return(pace, LONGEST) > stated.number:
        raise Unavailable(
            f"At {percent(pace, 1)} of referrals, the lowest of {setting.area_name}, no project "
            "would see as many return as stated"
        )
    expected = expected_return(pace, project_months)
    return Project(
        stated_project=stated,
        project_months=project_months,
        own_low=pace,
        own_high=float(own["value"].max()),
        expected_return=expected,
        months_until=months_until(stated.number, pace),
        share_closed=stated.number / expected,
    )


def expected_return(percent_in_12_months: float, months: float) -> float:
    """Compute the share referred again before a project ends, if cases return at a steady pace.

    Cases are completed evenly over the project, so each has had from none to all of its months in
    which to return. A steady pace of return that gives ``percent_in_12_months`` within a year gives
    ``1 - (1 - exp(-h T)) / (h T)`` on average over a project of T months; h is the monthly hazard.

    Returns percent of all cases completed during the project.

    Raises
    ------
    ValueError
        If no pace gives such a percentage, or the project has no length.
    """
    if not (0 <= percent_in_12_months < 100 and months > 0):
        raise ValueError(
            f"Found {percent_in_12_months:g}% in 12 months over {months:g} months. Expected a "
            "percentage of at least 0 and below 100, and more than no months."
        )
    if percent_in_12_months == 0:
        return 0.0
    exposure = -np.log(1 - percent_in_12_months / 100) / MONTHS_A_YEAR * months
    return float(100 * (1 + np.expm1(-exposure) / exposure))


def months_until(percent: float, percent_in_12_months: float) -> float:
    """Compute how long a project gives this share referred again (inverse of `expected_return`)."""
    return float(
        brentq(
            lambda months: expected_return(percent_in_12_months, months) - percent, 1e-6, LONGEST
        )
    )


@finding
class Lowest:
    """The lowest official re-referral percentage of any authority."""

    prefix = "lowest"
    sources = SOURCES
    anywhere: float = fact(
        "lowest re-referral percentage of any authority in any year", unit="%", decimals=1
    )
    area: str = fact("authority with the lowest re-referral percentage")
    year: int = fact("year of the lowest re-referral percentage", unit="year")


@section
def lowest(setting: Setting, fewest_referrals: float) -> Lowest:
    """Find the lowest re-referral percentage among authorities with enough referrals."""
    computed = setting.indicator(REREFERRALS)
    rows = computed[computed["area_id"].isin(whole_authorities(setting, fewest_referrals))]
    row = rows.dropna(subset=["value"]).sort_values("value", kind="stable").iloc[0]
    return Lowest(anywhere=float(row["value"]), area=str(row["area_name"]), year=int(row["year"]))
