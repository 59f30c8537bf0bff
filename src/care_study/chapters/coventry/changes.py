"""Changes from year to year, in one authority and in all, for a project without a date.

The project could have begun in any year that the statistics cover. A *start year* is the year
ending 31 March in which it ran; the change is that year's figure less the year before's. For the
workforce, counted on 30 September, the two counts are those in the middle of the same two years.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import confint_proportions_2indep

from care_study.area.setting import Setting, titled
from care_study.data import geography
from care_study.statistics.comparison import rank
from care_study.statistics.intervals import proportion_difference
from care_study.statistics.trends import rank_p_value
from care_study.unavailable import Unavailable

REREFERRALS = "rereferral_percentage"
AUTHORITY_TYPES = ("local authority", geography.COMBINED)
NEWCOMBE = "Newcombe hybrid score interval of a difference of proportions, 95%"


def whole_authorities(setting: Setting, fewest: float) -> list[str]:
    """List the authorities to compare with: each territory once, very small ones left out.

    Where a boundary changed, the territory is counted and its parts are not. An authority with
    fewer referrals than ``fewest`` in any year is left out. The area itself is listed whatever its
    kind or size.
    """
    referrals = setting.indicator(REREFERRALS)
    rows = referrals[referrals["area_type"].isin(AUTHORITY_TYPES)]
    smallest = rows.groupby("area_id")["denominator"].min()
    large = set(smallest.index[smallest >= fewest])
    parts = geography.counted_twice(setting.tables["boundary_changes"])
    return sorted((large - parts) | {setting.area_id})


def yearly_changes(computed: pd.DataFrame, area_ids: Sequence[str]) -> pd.DataFrame:
    """Compute every area's change from the year before.

    Returns
    -------
    DataFrame
        ``area_id``, ``area_name``, ``year``, ``before``, ``value``, ``change`` (in the
        indicator's unit), ``relative`` (percent of the value before) and ``numerator``,
        ``denominator`` with ``numerator_before``, ``denominator_before``. Only areas with a value
        in both years.
    """
    columns = ["area_id", "area_name", "year", "value", "numerator", "denominator"]
    rows = computed.loc[computed["area_id"].isin(area_ids), columns]
    before = rows.drop(columns="area_name").assign(year=rows["year"] + 1)
    both = rows.merge(
        before, on=["area_id", "year"], suffixes=("", "_before"), validate="1:1"
    ).rename(columns={"value_before": "before"})
    both["change"] = both["value"] - both["before"]
    both["relative"] = 100 * both["change"] / both["before"].where(both["before"] > 0)
    return both.dropna(subset="change").sort_values(["year", "area_id"], ignore_index=True)


def own_changes(setting: Setting, indicator: str) -> pd.DataFrame:
    """Compute the area's changes from year to year (see `yearly_changes`).

    Raises
    ------
    Unavailable
        If it has no two years in a row with a figure.
    """
    found = yearly_changes(setting.indicator(indicator), [setting.area_id])
    if found.empty:
        raise Unavailable(
            f"{setting.area_name} has no two years in a row with a figure for {titled(indicator)}"
        )
    return found


def places(changes: pd.DataFrame, area_id: str, *, rise_first: bool = False) -> pd.DataFrame:
    """Place one area's changes among all authorities' changes in the same year.

    Returns
    -------
    DataFrame
        ``year``, ``place`` (first: the largest fall, or with ``rise_first`` the largest rise),
        ``of`` (authorities) and ``p_value``: two-sided rank p-value, the share of authorities whose
        change was at least as large in either direction. Years in which no other authority has a
        change are left out.
    """
    rows = []
    for row in changes[changes["area_id"] == area_id].to_dict("records"):
        others = changes[(changes["year"] == row["year"]) & (changes["area_id"] != area_id)]
        if others.empty:
            continue
        found = rank(row["change"], others["change"], highest_first=rise_first)
        p_value = rank_p_value(row["change"], others["change"])
        rows.append((row["year"], found.best, found.n, p_value))
    return pd.DataFrame(rows, columns=["year", "place", "of", "p_value"])


def with_intervals(changes: pd.DataFrame) -> pd.DataFrame:
    """Add intervals to changes of a proportion, absolute and relative.

    Returns
    -------
    DataFrame
        With ``lower``, ``upper`` of ``change`` (percentage points, Newcombe) and
        ``relative_lower``, ``relative_upper`` of ``relative`` (percent; score interval of a ratio
        of proportions, Miettinen & Nurminen 1985). They cover random variation only.
    """
    now = changes["numerator"], changes["denominator"]
    then = changes["numerator_before"], changes["denominator_before"]
    difference = proportion_difference(*now, *then)
    with np.errstate(divide="ignore", invalid="ignore"):  # a count of none gives an open end
        ratios = [
            confint_proportions_2indep(*counts, compare="ratio", method="score")
            for counts in zip(*now, *then, strict=True)
        ]
    return changes.assign(
        lower=100 * np.asarray(difference.lower),
        upper=100 * np.asarray(difference.upper),
        relative_lower=[100 * (float(low) - 1) for low, _ in ratios],
        relative_upper=[100 * (float(high) - 1) for _, high in ratios],
    )


def meets(lower: pd.Series, upper: pd.Series, stated: tuple[float, float]) -> pd.Series:
    """Say whether each interval meets the range stated; missing where there is no interval."""
    low, high = stated
    found = ((lower <= high) & (upper >= low)).astype("boolean")
    return found.mask(lower.isna() | upper.isna())


def years_that_fit(changes: pd.DataFrame, *columns: str) -> list[int]:
    """List the years in which at least one of the columns says that the change fits."""
    fits = changes[list(columns)].astype("boolean").fillna(False).any(axis=1)
    return [int(year) for year in changes.loc[fits, "year"]]
