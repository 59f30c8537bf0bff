"""Where does each authority lie today? A funnel by size, with and without ordinary differences."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from care_study.chapters.national.country import Country, change_unit_of, decimals_of, unit_of
from care_study.charts import spread
from care_study.data import geography
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics import intervals
from care_study.unavailable import Unavailable
from care_study.words import count, listed, share

CURVE_POINTS = 60
OUTER = 0.998
LIMITS = f"{share(OUTER, 1)} limits"
OUTSIDE = {0.0: "within both limits", 0.95: "beyond the 95% limit", OUTER: "beyond both limits"}


@dataclass(frozen=True)
class Funnel:
    """A funnel of one year in the shapes that the chart takes.

    Attributes
    ----------
    points : DataFrame
        ``area, size`` (the denominator), ``value, outside`` (highest limit that the value lies
        beyond, in words).
    limits : DataFrame
        ``size, centre, lower_95, upper_95, lower_998, upper_998``.
    result : intervals.Funnel
    year : int
    """

    points: pd.DataFrame
    limits: pd.DataFrame
    result: intervals.Funnel
    year: int

    @property
    def beyond(self) -> int:
        """Areas beyond the outer limits."""
        return int((self.result.points["outside"] == OUTER).sum())


@finding
class Funnels:
    """All authorities of the latest year, by chance alone and with ordinary differences."""

    country: Country
    sources: list[str]
    alone: Funnel
    allowed: Funnel
    funnel_year: int = fact("latest year with values", unit="year")
    funnel_areas: int = fact("authorities with a value in that year", decimals=0)
    target: float = fact(
        "sum of numerators / sum of denominators", unit=unit_of, decimals=decimals_of
    )
    phi: float = fact(
        "mean of the squared z-scores, the outer tenth at each end pulled in (Spiegelhalter 2005), "
        "over what that leaves of it under chance alone; 1 is chance alone",
        decimals=0,
    )
    between: float = fact(
        "square root of the additive between-authority variance with which the z-scores scatter as "
        "by chance alone (Paule and Mandel 1982, with the outer tenth at each end pulled in)",
        unit=change_unit_of,
        decimals=decimals_of,
    )
    beyond_chance: int = fact(
        "authorities beyond the 99.8% limits without over-dispersion", decimals=0
    )
    beyond_allowed: int = fact(
        "authorities beyond the 99.8% limits with over-dispersion", decimals=0
    )


@section
def funnels(country: Country) -> Funnels:
    """Compute the funnel of the latest year, by chance alone and with ordinary differences."""
    alone, allowed = funnel(country, "none"), funnel(country, "additive")
    per = country.indicator.per
    return Funnels(
        country=country,
        sources=country.sources,
        alone=alone,
        allowed=allowed,
        funnel_year=alone.year,
        funnel_areas=len(alone.points),
        target=alone.result.target * per,
        phi=alone.result.phi,
        between=alone.result.tau2**0.5 * per,
        beyond_chance=alone.beyond,
        beyond_allowed=allowed.beyond,
    )


def funnel(country: Country, overdispersion: str) -> Funnel:
    """Compute a funnel over all authorities in the latest year.

    A territory counts as one, and its parts not again.

    Raises
    ------
    Unavailable
        If the indicator is published without the counts that a funnel needs.
    """
    definition = country.indicator
    if definition.is_published or not definition.interval:
        raise Unavailable(
            f"A funnel needs a rate or a share of counts, and {definition.title.lower()} is "
            "published without the counts behind it"
        )
    rows = _latest(country)
    result = intervals.funnel(
        rows["numerator"],
        rows["denominator"],
        kind="proportion" if definition.interval == "Wilson" else "rate",
        overdispersion=overdispersion,
    )
    points = pd.DataFrame(
        {
            "area": rows["area_name"],
            "size": rows["denominator"],
            "value": rows["value"],
            "outside": result.points["outside"].map(OUTSIDE),
        }
    )
    limits = _curves(result, points["size"], definition.per)
    return Funnel(points.sort_values("value"), limits, result, int(rows["year"].iloc[0]))


def _latest(country: Country) -> pd.DataFrame:
    frame = country.computed
    local = frame["area_type"].isin(["local authority", geography.COMBINED])
    rows = frame[local & ~frame["area_id"].isin(country.parts) & frame["value"].notna()]
    return rows[rows["year"] == rows["year"].max()].reset_index(drop=True)


def _curves(result: intervals.Funnel, sizes: pd.Series, per: float) -> pd.DataFrame:
    curve = result.curve(np.geomspace(sizes.min(), sizes.max(), CURVE_POINTS))
    limits = pd.DataFrame({"size": curve["denominator"], "centre": result.target * per})
    for side in ("lower", "upper"):
        limits[f"{side}_95"] = curve[f"{side}_95"] * per
        limits[f"{side}_998"] = curve[f"{side}_99_8"] * per
    return limits


@section
def by_chance_alone(found: Funnels) -> Shown:
    """Draw the funnel that chance alone would leave."""
    limits = "limits for chance alone"
    return _figure(found, "chance", found.alone, limits, list(found.alone.result.warnings))


@section
def with_ordinary_differences(found: Funnels) -> Shown:
    """Draw the funnel that allows for ordinary differences between authorities."""
    limits = "limits with the spread between authorities"
    note = (
        "Additive over-dispersion (Spiegelhalter 2005), the outer tenth of z-scores at each end "
        "pulled in and what that takes away put back."
    )
    return _figure(found, "allowed", found.allowed, limits, [note])


def _figure(found: Funnels, name: str, one: Funnel, limits: str, notes: list[str]) -> Shown:
    measure = found.country.indicator
    focus = [area for area in found.country.focus.values() if area in set(one.points["area"])]
    chart = spread.funnel(
        one.points,
        one.limits,
        area="area",
        value="value",
        size="size",
        focus=focus,
        unit=measure.unit,
        size_unit="children aged 0 to 17, or other denominator of the measure",
    )
    return figure(
        chart,
        name=f"funnel_{name}",
        title=title(one),
        subtitle=f"{found.country.measure}, {one.year}, every authority by size; {limits}",
        alt=alternative(one, focus),
        data=one.points,
        sources=found.sources,
        row_header="area",
        notes=notes,
        unit=measure.unit,
        places=measure.decimals,
    )


def title(one: Funnel) -> str:
    """Say how many authorities lie beyond the outer limits."""
    assumed = {
        "none": "If only chance were at work",
        "additive": "With ordinary differences between authorities allowed for",
    }
    said = f"{one.beyond} of {_authorities(one)} lie beyond the {LIMITS}"
    return f"{assumed[one.result.overdispersion]}: {said}"


def _authorities(one: Funnel) -> str:
    return count(len(one.points), "authority", "authorities")


def alternative(one: Funnel, names: list[str]) -> str:
    """Describe a funnel."""
    outside = one.points.set_index("area")["outside"]
    places = listed([f"{name} {outside[name]}" for name in names], none="")
    said = f"Funnel plot of {_authorities(one)} by size. {one.beyond} lie beyond the {LIMITS}."
    return f"{said} {places}." if places else said
