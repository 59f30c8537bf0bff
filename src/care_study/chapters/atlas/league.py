"""All authorities beside one another: ranks as ranges, latest figures, and series to explore."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from care_study.area.among_all import LOCAL
from care_study.area.setting import ENGLAND
from care_study.indicators.definitions import INDICATORS
from care_study.statistics.intervals import poisson_rate

RANKED = "looked_after_rate"
EXPLORED = (
    "looked_after_rate",
    "in_need_rate",
    "plans_started_rate",
    "referral_rate",
    "rereferral_percentage",
    "assessments_in_45_days",
    "cases_per_worker",
    "agency_rate",
)
MOST_ROWS = 5000


def league(computed: pd.DataFrame, year: int, *, level: float = 0.95) -> pd.DataFrame:
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
    ValueError
        If no authority has a value in that year.
    """
    rows = computed[(computed["area_type"] == "local authority") & (computed["year"] == year)]
    known = rows[rows["value"].notna()]
    if known.empty:
        raise ValueError(f"No authority has a figure in {year}. Choose another year.")
    per = INDICATORS[RANKED].per
    joint = poisson_rate(
        known["numerator"].to_numpy(),
        known["denominator"].to_numpy(),
        method="exact",
        level=level ** (1 / len(known)),
    )
    lower, upper = np.asarray(joint.lower) * per, np.asarray(joint.upper) * per
    above = (lower[None, :] > upper[:, None]).sum(axis=1)
    below = (upper[None, :] < lower[:, None]).sum(axis=1)
    ranks = pd.DataFrame(
        {"highest_rank": 1 + above, "lowest_rank": len(known) - below}, index=known.index
    )
    ranks["ranks"] = [_range(int(a), int(b)) for a, b in ranks.to_numpy()]
    columns = ["area_name", "region", "numerator", "value", "lower", "upper", "reason"]
    table = rows[columns].join(ranks).sort_values("area_name", ignore_index=True)
    return table.assign(ranks=table["ranks"].fillna("not ranked"))


def _range(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first} to {last}"


def latest_year(computed: pd.DataFrame) -> int:
    """Find the latest year in which England has a value."""
    have = (computed["area_id"] == ENGLAND) & computed["value"].notna()
    return int(computed.loc[have, "year"].max())


def middle_count(table: pd.DataFrame) -> int:
    """Count the authorities whose range of ranks holds the middle of all that are ranked."""
    ranked = table[table["highest_rank"].notna()]
    middle = (len(ranked) + 1) / 2
    return int(((ranked["highest_rank"] <= middle) & (ranked["lowest_rank"] >= middle)).sum())


def median_width(table: pd.DataFrame) -> int:
    """Take the middle of the number of ranks that the authorities' ranges hold."""
    width = table["lowest_rank"] - table["highest_rank"] + 1
    return int(width.median())


def latest_figures(
    computed: Mapping[str, pd.DataFrame], names: Sequence[str] = EXPLORED
) -> pd.DataFrame:
    """Put every authority's figure of the latest year of each indicator side by side.

    Returns
    -------
    DataFrame
        ``area_name``, ``region`` and one column an indicator; missing where there is no figure.
    """
    frames = []
    for name in names:
        frame = computed[name]
        now = frame[frame["year"] == latest_year(frame)]
        now = now[now["area_type"] == "local authority"].set_index(["area_name", "region"])
        frames.append(now["value"].rename(name))
    wide = pd.concat(frames, axis=1).dropna(how="all").reset_index()
    return wide.sort_values("area_name", ignore_index=True)


def explore_frame(
    computed: Mapping[str, pd.DataFrame], names: Sequence[str] = EXPLORED
) -> pd.DataFrame:
    """Arrange the series of all authorities and England for a chart that a reader steers.

    Returns
    -------
    DataFrame
        ``area_name``, ``year`` and one column an indicator, rounded to one decimal; one row an
        area and year that has any figure.

    Raises
    ------
    ValueError
        If there are more rows than a chart may hold.
    """
    frames = []
    for name in names:
        frame = computed[name]
        shown = frame["area_type"].isin(LOCAL) | (frame["area_id"] == ENGLAND)
        index = frame[shown].set_index(["area_name", "year"])
        frames.append(index["value"].round(1).rename(name))
    wide = pd.concat(frames, axis=1).dropna(how="all").sort_index().reset_index()
    if len(wide) > MOST_ROWS:
        raise ValueError(
            f"Found {len(wide)} rows for one chart. Expected at most {MOST_ROWS}. Choose fewer "
            "years."
        )
    return wide


def of_areas(frame: pd.DataFrame, areas: Sequence[str]) -> pd.DataFrame:
    """Take some areas' rows of `explore_frame`, in the order of the areas."""
    parts = [frame[frame["area_name"] == area] for area in areas]
    return pd.concat(parts, ignore_index=True)


def titles(names: Sequence[str] = EXPLORED) -> dict[str, str]:
    """Give the title of each indicator, with its unit in brackets."""
    return {name: f"{INDICATORS[name].title} ({INDICATORS[name].unit})" for name in names}
