"""What a choice can do: three questions under every defensible specification."""

from collections.abc import Mapping

import numpy as np

from care_study.charts.specifications import specification_curve
from care_study.claims import Claim
from care_study.claims.curves import Curve, care_excess, rereferral_fall, weekly_demand
from care_study.claims.world import World
from care_study.show.figure import figure
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.words import count, number

YEARS = {"demand": range(2014, 2020), "rereferrals": range(2014, 2026), "care": (2017, 2018)}
SOURCES = {
    "demand": ["claims", "referrals", "referrals_by_month"],
    "rereferrals": ["claims", "referrals", "population_0_17", "statistical_neighbours"],
    "care": ["claims", "children_looked_after", "population_0_17", "statistical_neighbours"],
}
UNITS = {"demand": "a week", "rereferrals": "percent or points", "care": "children"}


@finding
class Choices:
    """One question under every specification, for the area and as a yardstick for all others."""

    prefix: str
    sources: list[str]
    curve: Curve
    area: str
    area_id: str
    specifications: int = fact("defensible combinations of choices", unit="specifications")
    lowest: float = fact("smallest estimate over all specifications", decimals=0)
    middle: float = fact("median estimate over all specifications", decimals=0)
    highest: float = fact("largest estimate over all specifications", decimals=0)
    fit: int = fact("specifications whose estimate lies in the claimed range")
    p: float = fact(
        "(1 + other authorities with at least the area's share of specifications in the claimed "
        "range) / (1 + other authorities)",
        decimals=2,
    )


def choices(world: World, claims: Mapping[str, Claim], question: str, area: str) -> Choices:
    """Compute a question under every specification: ``demand``, ``rereferrals`` or ``care``."""
    make = {"demand": weekly_demand, "rereferrals": rereferral_fall, "care": care_excess}[question]
    curve = make(world, YEARS[question], _claimed(claims, question))
    area_id = world.area_id(area)
    own = curve.own(area_id)
    return Choices(
        prefix=question,
        sources=SOURCES[question],
        curve=curve,
        area=area,
        area_id=area_id,
        specifications=len(own),
        lowest=float(own["estimate"].min()),
        middle=float(own["estimate"].median()),
        highest=float(own["estimate"].max()),
        fit=int(own["fits"].sum()),
        p=curve.p_value(area_id),
    )


def _claimed(claims: Mapping[str, Claim], question: str) -> tuple[float, float]:
    if question == "care":
        # A difference of two rounded numbers is uncertain by the sum of their precisions.
        low, high = claims["cam-care-number"].range
        expected_low, expected_high = claims["cam-care-expected"].range
        return low - expected_high, high - expected_low
    name = {"demand": "nn-referrals-per-week", "rereferrals": "cov-rereferral-fall"}[question]
    return claims[name].range


TITLES = {
    "demand": "Referrals a week in {area} run from {low} to {high} by {n}",
    "rereferrals": "Re-referrals in {area} fell by anything from {low} to {high} by {n}",
    "care": "{area} had from {low} to {high} children more in care than elsewhere by {n}",
}
SUBTITLES = {
    "demand": "Each dot is one choice of count, year, smoothing and length of the year",
    "rereferrals": "Each dot is one choice of measure, reading, year, span and yardstick",
    "care": "Each dot is one choice of year, counting, comparators and average",
}


def every_choice(found: Choices) -> Shown:
    """Draw all specifications in the order of their estimates, with the claimed range."""
    own = found.curve.own(found.area_id)
    title = TITLES[found.prefix].format(
        area=found.area,
        low=number(found.lowest, 0),
        high=number(found.highest, 0),
        n=count(found.specifications, "choice"),
    )
    middle = np.nanmedian(np.sort(found.curve.estimates, axis=0), axis=1)
    others = own[["place"]].assign(middle=middle[: len(own)])
    low, high = found.curve.claimed
    chart = specification_curve(
        own.merge(others, on="place"), claimed=(low, high), unit=UNITS[found.prefix]
    )
    return figure(
        chart,
        name=f"choices_{found.prefix}",
        title=title,
        subtitle=SUBTITLES[found.prefix],
        alt=(
            f"Dots in the order of their estimates, {number(found.lowest, 0)} to "
            f"{number(found.highest, 0)}, half of them below {number(found.middle, 0)}; "
            f"{count(found.fit)} lie in the claimed range, drawn as a band."
        ),
        data=own.drop(columns="fits").assign(fits=own["fits"].map({True: "yes", False: "no"})),
        units={"estimate": UNITS[found.prefix]},
        decimals={"estimate": 1},
        sources=found.sources,
        row_header="place",
        notes=[
            "The line is the middle of all other authorities' estimates at the same place. "
            "Choices are not independent, so their number is no sample size."
        ],
    )
