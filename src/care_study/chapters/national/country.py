"""Every authority at once: one indicator for the whole country, and who is named in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from care_study.area.after_event import authorities_panel
from care_study.data import geography
from care_study.indicators.compute import compute, sources_of
from care_study.indicators.definitions import INDICATORS, Indicator
from care_study.show.results import fact, finding
from care_study.statistics.trends import Panel, read_panel
from care_study.words import listed


@dataclass(frozen=True)
class Country:
    """One indicator for every authority.

    Attributes
    ----------
    indicator : Indicator
    computed : DataFrame
        As `care_study.indicators.compute.compute`, within the years asked for.
    panel : Panel
        Authorities and territories with a value in every year.
    names : Series
        Name of every area, by ``area_id``.
    focus : dict
        ``area_id`` to name of the authorities asked about.
    neighbours : dict
        Every authority's neighbours.
    parts : frozenset
        Authorities that a territory covers.
    """

    indicator: Indicator
    computed: pd.DataFrame
    panel: Panel
    names: "pd.Series[str]"
    focus: dict[str, str]
    neighbours: dict[str, list[str]]
    parts: frozenset[str]

    @property
    def whole(self) -> dict[str, str]:
        """Those asked about that have a value in every year and are counted by themselves."""
        return {unit: name for unit, name in self.focus.items() if unit in self.panel.units}

    @property
    def left_out(self) -> list[str]:
        """Names of authorities without a value in every year."""
        return [str(self.names[unit]) for unit in self.panel.dropped]

    @property
    def sources(self) -> list[str]:
        """The figure tables behind it."""
        return [*sources_of(self.indicator.id), "authorities", "boundary_changes"]

    @property
    def measure(self) -> str:
        """The indicator with its unit, such as for a subtitle."""
        return f"{self.indicator.title}, {self.indicator.unit}"

    @property
    def change_unit(self) -> str:
        """The unit of a difference: that of two percentages is in percentage points."""
        unit = self.indicator.unit
        return "percentage points" if unit.startswith("%") else unit


def open_country(
    tables: Mapping[str, pd.DataFrame],
    indicator: str,
    areas: Sequence[str],
    *,
    neighbours: str = "2021",
    first_year: int = 2013,
    last_year: int = 2025,
) -> Country:
    """Compute an indicator for all authorities and find those asked about.

    Raises
    ------
    ValueError
        For an unknown indicator or area, or years without data.
    """
    computed = compute(tables, indicator)
    have = computed.loc[computed["value"].notna(), "year"]
    if not have.between(first_year, last_year).any():
        raise ValueError(
            f"Years {first_year} to {last_year} are outside the data of {indicator}. Expected "
            f"years between {have.min()} and {have.max()}. Change first_year or last_year."
        )
    computed = computed[computed["year"].between(first_year, last_year)]
    known = geography.areas(tables["authorities"], tables["boundary_changes"])
    names = known["area_name"].astype(str)
    ids = [geography.find_area(known, area) for area in areas]
    parts = geography.counted_twice(tables["boundary_changes"])
    lists = geography.neighbour_lists(
        tables["statistical_neighbours"], tables["authorities"], neighbours
    )
    return Country(
        indicator=INDICATORS[indicator],
        computed=computed,
        panel=read_panel(authorities_panel(computed, parts)),
        names=names,
        focus={unit: str(names[unit]) for unit in ids},
        neighbours=lists,
        parts=parts,
    )


def positive(panel: Panel) -> pd.DataFrame:
    """Take the series that are above zero throughout, as forecasts on logarithms need them.

    Returns
    -------
    DataFrame
        Index ``unit``, one column a year.
    """
    wide = pd.DataFrame(panel.values, index=list(panel.units), columns=panel.years.astype(int))
    return wide[(wide > 0).all(axis=1)].rename_axis("unit")


def unit_of(found: Any) -> str:
    """Give the unit of what a finding is about, for its facts."""
    return found.country.indicator.unit


def change_unit_of(found: Any) -> str:
    """Give the unit of a difference, for the facts of a finding."""
    return found.country.change_unit


def decimals_of(found: Any) -> int:
    """Give the decimals of what a finding is about, for its facts."""
    return found.country.indicator.decimals


@finding
class About:
    """What this run is about, and who is compared."""

    sources: list[str]
    title: str = fact("the indicator that this run is about")
    unit: str = fact("unit of the indicator")
    names: str = fact("the authorities asked about", sources=["authorities"])
    first_year: int = fact("first year of the series", unit="year")
    last_year: int = fact("latest year of the series", unit="year")
    left_out: str = fact("authorities without a value in every year")


def about(country: Country) -> About:
    """Say what a run is about, and who is compared."""
    # Some names hold a comma, hence semicolons.
    gone = "; ".join(country.left_out)
    return About(
        sources=country.sources,
        title=country.indicator.title.lower(),
        unit=country.indicator.unit,
        names=listed(list(country.focus.values())),
        first_year=int(country.panel.years[0]),
        last_year=int(country.panel.years[-1]),
        left_out=f"left out for want of a figure in some year: {gone}"
        if gone
        else "no authority is left out",
    )
