"""The real series that the methods are tried on: an indicator, for every authority."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from care_study.chapters.national.country import Country, open_country
from care_study.indicators.compute import sources_of
from care_study.indicators.definitions import INDICATORS, Indicator


@dataclass(frozen=True)
class Series:
    """An indicator, its yearly series in every authority, and the tables behind it."""

    indicator: Indicator
    country: Country
    sources: list[str]

    @property
    def title(self) -> str:
        """What the indicator is called within a sentence."""
        return self.indicator.title.lower()

    @property
    def points(self) -> int:
        """The number of years."""
        return len(self.country.panel.years)


def open_series(
    tables: Mapping[str, pd.DataFrame],
    indicator: str,
    *,
    neighbours: str,
    first_year: int,
    last_year: int,
) -> Series:
    """Compute an indicator for every authority.

    Raises
    ------
    ValueError
        For an unknown indicator or years without data.
    """
    years = {"first_year": first_year, "last_year": last_year}
    country = open_country(tables, indicator, [], neighbours=neighbours, **years)
    return Series(INDICATORS[indicator], country, sources_of(indicator))
