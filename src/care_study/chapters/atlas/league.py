"""Children looked after in every authority, with the range of ranks that each may have."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_study.chapters.atlas.measures import latest_year
from care_study.indicators.compute import sources_of
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.intervals import poisson_rate
from care_study.unavailable import Unavailable
from care_study.words import year as in_words

RANKED = "looked_after_rate"


@finding
class League:
    """Every authority's rate in the latest year, with its range of ranks."""

    sources = sources_of(RANKED)
    table: pd.DataFrame
    day: str = fact("day of the latest count")
    ranked: int = fact("authorities with a figure", unit="authorities")
    middle: int = fact("authorities whose range of ranks holds the middle rank")
    width: int = fact("median number of ranks in an authority's range")


def league(computed: Mapping[str, pd.DataFrame]) -> League:
    """Rank the authorities in the latest year, as far as chance allows."""
    year = latest_year(computed[RANKED])
    found = ranks(computed[RANKED], year)
    return League(
        table=found,
        day=f"31 March {in_words(year)}",
        ranked=int(found["highest_rank"].notna().sum()),
        middle=middle_count(found),
        width=median_width(found),
    )


def ranks(computed: pd.DataFrame, year: int, *, level: float = 0.95) -> pd.DataFrame:
    """Compute each authority's rate in one year with the range of ranks that it may have.

    Ranges are joint: with probability ``level`` they hold every authority's true rank at once.
    Each interval is an exact Poisson one at level ``level ** (1 / K)`` for K authorities; an
    authority's range runs from one more than the number whose interval lies wholly above its own
    to K less the number wholly below (Klein, Wright & Wieczorek 2020, *JRSS A* 183, 589-606,
    theorem 2 and section 3). Rank 1 is the highest rate.

    Parameters
    ----------
    computed
        A rate, as `care_study.indicators.compute.compute` gives it.
    year
        Year ending 31 March.

    Returns
    -------
    DataFrame
        By name: ``area_name``, ``region``, ``numerator``, ``value``, ``lower``, ``upper`` (95%,
        of this authority alone), ``highest_rank``, ``lowest_rank``, ``ranks`` in words and
        ``reason`` where there is no figure.

    Raises
    ------
    Unavailable
        If no authority has a value in that year.
    """
    rows = computed[(computed["area_type"] == "local authority") & (computed["year"] == year)]
    known = rows[rows["value"].notna()]
    if known.empty:
        raise Unavailable(f"No authority has a figure in {year}")
    found = _joint_ranges(known, level)
    found["ranks"] = [_range(int(a), int(b)) for a, b in found.to_numpy()]
    columns = ["area_name", "region", "numerator", "value", "lower", "upper", "reason"]
    table = rows[columns].join(found).sort_values("area_name", ignore_index=True)
    return table.assign(ranks=table["ranks"].fillna("not ranked"))


def _joint_ranges(known: pd.DataFrame, level: float) -> pd.DataFrame:
    joint = poisson_rate(
        known["numerator"].to_numpy(),
        known["denominator"].to_numpy(),
        method="exact",
        level=level ** (1 / len(known)),
    )
    lower, upper = np.asarray(joint.lower), np.asarray(joint.upper)
    above = (lower[None, :] > upper[:, None]).sum(axis=1)
    below = (upper[None, :] < lower[:, None]).sum(axis=1)
    return pd.DataFrame(
        {"highest_rank": 1 + above, "lowest_rank": len(known) - below}, index=known.index
    )


def _range(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first} to {last}"


def middle_count(table: pd.DataFrame) -> int:
    """Count the authorities whose range of ranks holds the middle of all that are ranked."""
    ranked = table[table["highest_rank"].notna()]
    middle = (len(ranked) + 1) / 2
    return int(((ranked["highest_rank"] <= middle) & (ranked["lowest_rank"] >= middle)).sum())


def median_width(table: pd.DataFrame) -> int:
    """Take the middle of the number of ranks that the authorities' ranges hold."""
    width = table["lowest_rank"] - table["highest_rank"] + 1
    return int(width.median())


def league_table(found: League) -> Shown:
    """List the authorities in the order of their names."""
    return table(
        found.table.drop(columns=["highest_rank", "lowest_rank"]),
        name="league",
        caption=f"Children looked after on {found.day} per 10,000 aged 0 to 17, every authority",
        unit="per 10,000",
        places=1,
        sources=League.sources,
        notes=["Interval of the rate: exact Poisson, 95%, for each authority alone."],
    )
