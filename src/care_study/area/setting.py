"""What a chapter looks at: an area, its comparators and the years, checked before anything runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from care_study.area.by_year import values_in
from care_study.data import geography
from care_study.data.tables import Tables
from care_study.indicators.compute import compute
from care_study.indicators.definitions import INDICATORS
from care_study.paths import ROOT
from care_study.study import NEIGHBOUR_LISTS, STATISTICS, StudyError
from care_study.unavailable import Unavailable

ENGLAND = "E92000001"
FEWEST_YEARS = 2


@dataclass(frozen=True)
class Setting:
    """An area with its comparators.

    ``neighbours`` maps each list that holds the area ("2021", "2025") to its neighbours (see
    `geography.neighbours`); ``chosen`` is the list asked for, ``statistic`` the mean or median.
    ``notes`` says in plain words what a reader should know about the area and its neighbours.
    ``computed`` keeps what `every_year` has computed.
    """

    tables: Mapping[str, pd.DataFrame]
    area_id: str
    area_name: str
    region_id: str
    region_name: str
    neighbours: dict[str, pd.DataFrame]
    chosen: str
    statistic: str
    first_year: int
    last_year: int
    notes: tuple[str, ...] = ()
    computed: dict[str, pd.DataFrame] = field(default_factory=dict, compare=False, repr=False)

    @property
    def neighbour_ids(self) -> list[str]:
        """The neighbours of the chosen list, nearest first; none where no list has the area."""
        return list(self.neighbours[self.chosen]["area_id"]) if self.neighbours else []

    @property
    def other_list(self) -> str:
        """The list that was not chosen, or the chosen one where no other holds the area."""
        return next((name for name in self.neighbours if name != self.chosen), self.chosen)

    def every_year(self, name: str) -> pd.DataFrame:
        """Compute an indicator for all areas and years, once (see `compute`)."""
        if name not in self.computed:
            self.computed[name] = compute(self.tables, name)
        return self.computed[name]

    def indicator(self, name: str) -> pd.DataFrame:
        """Compute an indicator for all areas, within the setting's years (see `compute`).

        Raises
        ------
        Unavailable
            If no area has a value in those years.
        """
        computed = self.every_year(name)
        have = computed.loc[computed["value"].notna(), "year"]
        if not ((have >= self.first_year) & (have <= self.last_year)).any():
            raise Unavailable(
                f"Years {self.first_year} to {self.last_year} are outside the data of "
                f"{INDICATORS[name].title.lower()}. "
                f"Expected years between {have.min()} and {have.max()}. Change first_year or "
                "last_year."
            )
        return computed[computed["year"].between(self.first_year, self.last_year)]

    def own(self, computed: pd.DataFrame, fewest: int = FEWEST_YEARS) -> pd.DataFrame:
        """Take the area's own rows of a computed indicator.

        Raises
        ------
        Unavailable
            If fewer than ``fewest`` years have a value.
        """
        rows = computed[computed["area_id"] == self.area_id]
        found = int(rows["value"].notna().sum())
        if found < fewest:
            measure = INDICATORS[str(computed["indicator"].iloc[0])].title.lower()
            raise Unavailable(
                f"{self.area_name} has too few years of {measure} between "
                f"{self.first_year} and {self.last_year}: found {found}, expected at least "
                f"{fewest}. Choose an authority with a longer series, or more years."
            )
        return rows.reset_index(drop=True)

    def among_neighbours(self, computed: pd.DataFrame, year: int, model: str = "") -> pd.Series:
        """Take the neighbours' values in one year (see `values_in`), by default those chosen.

        Raises
        ------
        Unavailable
            If no neighbour has a value.
        """
        rows = self.neighbours.get(model or self.chosen)
        values = values_in(computed, [] if rows is None else list(rows["area_id"]), year)
        if values.isna().all():
            raise Unavailable(
                f"No neighbour of {self.area_name} has a figure for "
                f"{titled(computed['indicator'].iloc[0])} in {year}"
            )
        return values


def titled(indicator: str) -> str:
    """Name an indicator within a sentence; what is none is a value."""
    return INDICATORS[indicator].title.lower() if indicator in INDICATORS else "this value"


def open_setting(
    data_folder: Path | str,
    area: str,
    *,
    neighbours: str = "2021",
    statistic: str = "mean",
    first_year: int = 2013,
    last_year: int = 2025,
    neighbours_needed: bool = True,
) -> Setting:
    """Find an area and its comparators in the figure tables.

    Parameters
    ----------
    data_folder
        Folder with the figure tables; a relative one starts at the repository.
    area
        Name or code of an authority.
    neighbours, statistic
        List of statistical neighbours ("2021" or "2025"); their "mean" or "median".
    first_year, last_year
        Years ending 31 March.
    neighbours_needed
        If false, an area that the chosen list lacks gets the other list, or no neighbours, and a
        note says so.

    Raises
    ------
    ValueError
        For an unknown area (with the nearest names), a list that does not hold it, an unknown
        statistic, years outside the data or in the wrong order.
    """
    tables = Tables(ROOT / data_folder)
    authorities, changes = tables["authorities"], tables["boundary_changes"]
    chosen = _choice("neighbours", str(neighbours), NEIGHBOUR_LISTS)
    _choice("statistic", statistic, STATISTICS)
    listed = geography.areas(authorities, changes)
    _check_years(first_year, last_year, listed)
    area_id = geography.find_area(listed, area)
    held: dict[str, pd.DataFrame] = {}
    notes: list[str] = [_sentence(listed, area_id)]
    for model in NEIGHBOUR_LISTS:
        try:
            held[model] = geography.neighbours(
                tables["statistical_neighbours"], authorities, changes, area_id, model
            )
        except geography.NeighbourError as error:
            if model == chosen and neighbours_needed:
                raise
            notes.append(str(error))
    if held and chosen not in held:
        chosen = next(iter(held))
    notes += [
        f"{row.area_name} (neighbour {row.rank} of the {model} list): {row.note}."
        for model, rows in held.items()
        for row in rows.itertuples()
        if row.note
    ]
    region = str(listed.at[area_id, "region"])
    regions = listed[listed["area_type"].isin(["region", "country"])]
    region_id = next(
        (str(code) for code in regions.index if regions.at[code, "area_name"] == region), ENGLAND
    )
    return Setting(
        tables,
        area_id,
        str(listed.at[area_id, "area_name"]),
        region_id,
        str(listed.at[region_id, "area_name"]),
        held,
        chosen,
        statistic,
        first_year,
        last_year,
        tuple(note for note in notes if note),
    )


def open_settings(data_folder: Path | str, areas: Iterable[str], **choices: Any) -> list[Setting]:
    """Open the settings of several areas (see `open_setting`); each indicator is computed once."""
    settings = [open_setting(data_folder, area, **choices) for area in areas]
    shared: dict[str, pd.DataFrame] = {}
    return [replace(one, tables=settings[0].tables, computed=shared) for one in settings]


def _check_years(first_year: int, last_year: int, listed: pd.DataFrame) -> None:
    start, end = int(listed["first_year"].min()), int(listed["last_year"].max())
    for name, year in (("first_year", first_year), ("last_year", last_year)):
        if not isinstance(year, int) or not start <= year <= end:
            raise StudyError(
                f"{name}: found {year!r}. Expected a year from {start} to {end}, for which there "
                "are data. Change it in study.yml or where the parameter is passed."
            )
    if first_year > last_year:
        raise StudyError(f"first_year {first_year} is after last_year {last_year}. Swap them.")


def _sentence(listed: pd.DataFrame, area_id: str) -> str:
    note = str(listed.at[area_id, "note"])
    return f"{listed.at[area_id, 'area_name']}: {note}." if note else ""


def _choice(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise StudyError(f"{name}: found {value!r}. Expected {' or '.join(choices)}.")
    return value
