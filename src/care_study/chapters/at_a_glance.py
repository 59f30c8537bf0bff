"""A chapter's question as one picture: the claim, every authority, and the area among them."""

from collections.abc import Sequence

import pandas as pd

from care_study.area.among_all import LOCAL
from care_study.area.setting import Setting, titled
from care_study.charts import claimed
from care_study.claims import Claim
from care_study.indicators.compute import sources_of
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.unavailable import Unavailable
from care_study.words import number, span

NAME = "at_a_glance"


@finding
class Glance:
    """A claim beside the latest official figure that it could mean, of every authority."""

    prefix = "glance"
    indicator: str
    sources: list[str]
    area_name: str
    table: pd.DataFrame
    low: float
    high: float
    year: int
    own: float
    within: int = fact("authorities whose own rate would give a number within the claimed range")
    of: int = fact("authorities with a figure", unit="authorities")


@section
def glance(
    setting: Setting,
    indicator: str,
    claims: Sequence[Claim],
    year: int,
    *,
    per: float = 0.0,
) -> Glance:
    """Set what is claimed beside an indicator of every authority.

    Parameters
    ----------
    setting
        The area.
    indicator
        The measure; a rate per 10,000 with ``per``.
    claims
        What is claimed reaches from the least to the largest of their numbers.
    year
        Of the official figures.
    per
        Turns rates into numbers of this area: how many there would be at each authority's rate, in
        the whole year (1) or a week (weeks in the year). Zero leaves the figures as they are.

    Raises
    ------
    Unavailable
        If the area has no figure in that year.
    """
    computed = setting.indicator(indicator)
    rows = computed[(computed["year"] == year) & computed["area_type"].isin(LOCAL)]
    rows = rows.dropna(subset=["value"])
    own = rows[rows["area_id"] == setting.area_id]
    if own.empty:
        raise Unavailable(f"{setting.area_name} has no figure for {titled(indicator)} in {year}")
    scale = float(own["denominator"].iloc[0]) / 10_000 / per if per else 1.0
    table = pd.DataFrame(
        {
            "area_name": rows["area_name"].to_numpy(),
            "value": rows["value"].to_numpy() * scale,
        }
    ).sort_values(["value", "area_name"], ignore_index=True)
    ends = [end for claim in claims for end in (claim.low, claim.high) if end is not None]
    return Glance(
        indicator=indicator,
        sources=[*sources_of(indicator), "claims"],
        area_name=setting.area_name,
        table=table,
        low=min(ends),
        high=max(ends),
        year=year,
        own=float(own["value"].iloc[0]) * scale,
        within=int(table["value"].between(min(ends), max(ends)).sum()),
        of=len(table),
    )


def extreme_year(
    setting: Setting, indicator: str, *, highest: bool, possible: tuple[int, int] | None = None
) -> int:
    """Find the year in which the area's figure was highest or lowest, among those possible.

    Raises
    ------
    Unavailable
        If the area has no figure in those years.
    """
    own = setting.own(setting.indicator(indicator), 1).dropna(subset=["value"])
    first, last = possible or (setting.first_year, setting.last_year)
    values = own[own["year"].between(first, last)].set_index("year")["value"]
    if values.empty:
        raise Unavailable(
            f"{setting.area_name} has no figure for {titled(indicator)} in {span(first, last)}"
        )
    return int(str(values.idxmax() if highest else values.idxmin()))


@section
def picture(found: Glance, *, title: str, claimed_label: str, unit: str, subtitle: str) -> Shown:
    """Draw the claim, every authority as a dot, and the area among them."""
    own = f"{found.area_name} in {found.year}: {number(found.own, 0)}"
    chart = claimed.claim_and_all(
        found.table,
        area="area_name",
        value="value",
        focus=found.area_name,
        focus_label=own,
        claimed=(found.low, found.high),
        claimed_label=claimed_label,
        unit=unit,
    )
    values = found.table["value"]
    return figure(
        chart,
        name=NAME,
        title=title,
        subtitle=subtitle,
        alt=(
            f"Every authority as a dot, from {number(values.min(), 0)} to "
            f"{number(values.max(), 0)}, half of them below "
            f"{number(values.median(), 0)}. {own}. {claimed_label}."
        ),
        data=found.table,
        unit=unit if len(unit) < 40 else "",
        places=0,
        sources=found.sources,
        row_header="area_name",
    )
