"""Indicators of every authority and year as arrays: a question put to all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from care_study.data.geography import COMBINED

Floats = NDArray[np.float64]
COLUMNS = ("value", "lower", "upper", "numerator", "denominator")


@dataclass(frozen=True)
class Cube:
    """One indicator: arrays (authorities, years), NaN where there is no figure.

    ``england`` is the country's value by year.
    """

    area_ids: tuple[str, ...]
    years: tuple[int, ...]
    value: Floats
    lower: Floats
    upper: Floats
    numerator: Floats
    denominator: Floats
    england: Floats

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Place of each authority."""
        return {area: row for row, area in enumerate(self.area_ids)}

    def changes(self, values: Floats, span: int = 1) -> Floats:
        """Compute the change over so many years; NaN in the first of them."""
        changed = np.full_like(values, np.nan)
        changed[:, span:] = values[:, span:] - values[:, :-span]
        return changed


def cube(computed: pd.DataFrame, england_id: str) -> Cube:
    """Put a computed indicator into arrays, authorities and territories by year.

    Parameters
    ----------
    computed
        As `care_study.indicators.compute.compute` gives it.
    england_id
        The id of England.
    """
    kinds = computed["area_type"].isin(["local authority", COMBINED])
    rows = computed[kinds]
    years = sorted(computed["year"].unique())
    wide = {
        name: rows.pivot(index="area_id", columns="year", values=name).reindex(columns=years)
        for name in COLUMNS
    }
    country = computed[computed["area_id"] == england_id].set_index("year")["value"]
    arrays = {name: wide[name].to_numpy(dtype=float) for name in COLUMNS}
    return Cube(
        tuple(str(area) for area in wide["value"].index),
        tuple(int(year) for year in years),
        england=country.reindex(years).to_numpy(dtype=float),
        **arrays,
    )


def aligned(found: Cube, like: Cube) -> Floats:
    """Put a cube's values at the authorities and years of another."""
    frame = pd.DataFrame(found.value, index=list(found.area_ids), columns=list(found.years))
    return frame.reindex(index=list(like.area_ids), columns=list(like.years)).to_numpy(dtype=float)


@dataclass(frozen=True)
class Neighbourhood:
    """The neighbours' values of every authority, summarised: arrays (authorities, years).

    ``spread`` is the standard deviation among the neighbours, ``n`` how many have a value.
    """

    mean: Floats
    median: Floats
    spread: Floats
    n: Floats

    def prediction_margin(self, level: float = 0.95) -> Floats:
        """Compute how far one more authority like them would lie from their mean.

        The half-width of the prediction interval, t on n - 1 degrees of freedom (Crawford and
        Howell 1998).
        """
        with np.errstate(invalid="ignore", divide="ignore"):
            t = stats.t.ppf((1 + level) / 2, self.n - 1)
            return np.asarray(t * self.spread * np.sqrt(1 + 1 / self.n), dtype=float)

    def mean_margin(self, level: float = 0.95) -> Floats:
        """Compute the half-width of the t interval of the neighbours' mean."""
        with np.errstate(invalid="ignore", divide="ignore"):
            t = stats.t.ppf((1 + level) / 2, self.n - 1)
            return np.asarray(t * self.spread / np.sqrt(self.n), dtype=float)


def neighbourhood(
    values: Floats, area_ids: Sequence[str], lists: Mapping[str, Sequence[str]]
) -> Neighbourhood:
    """Summarise the neighbours of every authority, year by year.

    Parameters
    ----------
    values
        Array (authorities, years).
    area_ids
        The authorities, in the order of its rows.
    lists
        Every authority's neighbours (see `care_study.data.geography.neighbour_lists`). Without a
        list, or with fewer than two neighbours that have a value, the result is NaN.
    """
    row_of = {area: row for row, area in enumerate(area_ids)}
    most = max((len(ids) for ids in lists.values()), default=0)
    places = np.full((len(area_ids), max(most, 1)), -1)
    for area, ids in lists.items():
        known = [row_of[one] for one in ids if one in row_of]
        if area in row_of:
            places[row_of[area], : len(known)] = known
    padded = np.vstack([values, np.full((1, values.shape[1]), np.nan)])
    others = padded[places]  # (authorities, neighbours, years); place -1 is the row of NaN
    n = np.isfinite(others).sum(axis=1).astype(float)
    enough = n >= 2
    safe = np.where(enough[:, None, :], others, 0.0)
    mean = np.where(enough, np.nanmean(safe, axis=1), np.nan)
    median = np.where(enough, np.nanmedian(safe, axis=1), np.nan)
    spread = np.where(enough, np.nanstd(safe, axis=1, ddof=1), np.nan)
    return Neighbourhood(mean, median, spread, np.where(enough, n, np.nan))
