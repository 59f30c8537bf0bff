"""Every authority at once: indicators as arrays, and each authority's neighbours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from care_study.area.cube import Cube, Floats, Neighbourhood, cube, neighbourhood
from care_study.area.setting import ENGLAND
from care_study.data import geography
from care_study.indicators.compute import compute
from care_study.study import NEIGHBOUR_LISTS


@dataclass(frozen=True)
class World:
    """The figure tables, with what has been computed from them for all authorities."""

    tables: Mapping[str, pd.DataFrame]
    cubes: dict[str, Cube] = field(default_factory=dict, repr=False)
    lists: dict[str, dict[str, list[str]]] = field(default_factory=dict, repr=False)
    around: dict[tuple[str, str, str], Neighbourhood] = field(default_factory=dict, repr=False)

    @cached_property
    def areas(self) -> pd.DataFrame:
        """Every area of the tables (see `geography.areas`)."""
        return geography.areas(self.tables["authorities"], self.tables["boundary_changes"])

    def area_id(self, name: str) -> str:
        """Find an authority's id by its name."""
        return geography.find_area(self.areas, name)

    def cube(self, indicator: str) -> Cube:
        """Compute an indicator for all authorities and years, once."""
        if indicator not in self.cubes:
            self.cubes[indicator] = cube(compute(self.tables, indicator), ENGLAND)
        return self.cubes[indicator]

    def neighbours(self, model: str) -> dict[str, list[str]]:
        """Take every authority's neighbours in one list."""
        if model not in self.lists:
            self.lists[model] = geography.neighbour_lists(
                self.tables["statistical_neighbours"], self.tables["authorities"], model
            )
        return self.lists[model]

    def neighbourhood(self, indicator: str, model: str, part: str = "value") -> Neighbourhood:
        """Summarise the neighbours of every authority in one indicator and list, once."""
        key = (indicator, model, part)
        if key not in self.around:
            found = self.cube(indicator)
            values = getattr(found, part)
            self.around[key] = neighbourhood(values, found.area_ids, self.neighbours(model))
        return self.around[key]

    def around_values(self, values: Floats, like: Cube, model: str) -> Neighbourhood:
        """Summarise the neighbours in values derived from a cube."""
        return neighbourhood(values, like.area_ids, self.neighbours(model))


MODELS = tuple(NEIGHBOUR_LISTS)
