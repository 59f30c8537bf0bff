"""Intervals that allow for how much counts really vary, and how often each kind holds, by size."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from care_study.chapters.methods.series import Series
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.intervals.overdispersed import Dispersion, yearly_dispersion
from care_study.words import number, sentence, share

Floats = npt.NDArray[np.float64]
KINDS = ("exact Poisson", "in proportion to the count", "in proportion to the rate")
GROUPS = ("within_small", "within_middle", "within_large")
NORMAL = 1.959964


@finding
class Overdispersed:
    """How much more than chance the counts vary, and what that does to intervals."""

    sources: list[str]
    table: pd.DataFrame
    dispersed: str = fact("variance over mean and coverage of the exact interval, each indicator")


def overdispersed(tried: Sequence[Series]) -> Overdispersed:
    """Estimate the dispersion of each indicator's counts, and try three kinds of interval."""
    parts, said = [], []
    for one in tried:
        counts, exposures = counts_of(one)
        dispersion = yearly_dispersion(counts, exposures)
        found = held(counts, exposures, dispersion).assign(indicator=one.indicator.title)
        parts.append(found)
        lowest = found[found["method"] == KINDS[0]][list(GROUPS)].to_numpy().min()
        said.append(
            f"{one.title} vary {number(dispersion.phi)} times as much as chance would have it, and "
            f"exact 95% limits hold in as few as {share(float(lowest))} of years"
        )
    sources = list(dict.fromkeys(source for one in tried for source in one.sources))
    joined = pd.concat(parts, ignore_index=True)[["indicator", "method", *GROUPS]]
    return Overdispersed(sources=sources, table=joined, dispersed=sentence("; ".join(said)))


def counts_of(tried: Series) -> tuple[Floats, Floats]:
    """Take counts and their denominators: authorities in rows, years in columns."""
    units, computed = list(tried.country.panel.units), tried.country.computed
    rows = computed[computed["area_id"].isin(units)]
    wide = [rows.pivot(index="area_id", columns="year", values=v).loc[units] for v in _COLUMNS]
    return wide[0].to_numpy(float), wide[1].to_numpy(float)


_COLUMNS = ("numerator", "denominator")


def held(counts: Floats, exposures: Floats, dispersion: Dispersion) -> pd.DataFrame:
    """Compute how often a year lies within the 95% limits of the years before and after it.

    Returns
    -------
    DataFrame
        ``method`` and a share for each third of the authorities by size: ``within_small``,
        ``within_middle``, ``within_large``. A real turn within three years counts as variation.
    """
    shared = np.nansum(counts, axis=0) / np.nansum(exposures, axis=0)
    n = exposures * shared / shared.mean()
    before, middle, after = (
        counts[:, i : i - 2 or None] / n[:, i : i - 2 or None] for i in range(3)
    )
    weights = 1 / n[:, 1:-1] + 0.25 / n[:, :-2] + 0.25 / n[:, 2:]
    rate = (before + middle + after) / 3
    poisson = rate * weights
    variances = (
        poisson,
        poisson * max(1.0, dispersion.phi),
        poisson + 1.5 * dispersion.alpha * rate**2,
    )
    distance = np.abs(middle - (before + after) / 2)
    size = np.nanmean(exposures, axis=1).argsort().argsort() * len(GROUPS) // len(counts)
    rows = []
    for kind, variance in zip(KINDS, variances, strict=True):
        within = np.where(np.isnan(distance), np.nan, distance <= NORMAL * np.sqrt(variance))
        shares = {name: float(np.nanmean(within[size == g])) for g, name in enumerate(GROUPS)}
        rows.append({"method": kind, **shares})
    return pd.DataFrame(rows)


def overdispersed_table(found: Overdispersed) -> Shown:
    """List how often each kind of interval holds, by size of the authority."""
    return table(
        found.table,
        name="overdispersed",
        row_header="indicator",
        caption="How often a year lies within 95% limits drawn from the years beside it, by size",
        sources=found.sources,
        notes=[
            "In proportion to the count: quasi-Poisson. In proportion to the rate: negative "
            "binomial. Dispersion: the median over all authorities.",
        ],
    )
