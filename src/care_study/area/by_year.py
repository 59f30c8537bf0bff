"""An area's series set against its neighbours', year by year, in the shapes that chapters show."""

from collections.abc import Sequence

import pandas as pd

from care_study.statistics.comparison import gap

ROLES = ("area", "neighbour", "neighbours' mean", "neighbours' median", "region", "England")
COLUMNS = [
    "year", "numerator", "denominator", "value", "lower", "upper",
    "mean", "mean_lower", "mean_upper", "mean_gap", "mean_gap_lower", "mean_gap_upper",
    "median", "median_lower", "median_upper", "median_gap", "median_gap_lower", "median_gap_upper",
    "n", "missing",
]  # fmt: skip


def values_in(computed: pd.DataFrame, area_ids: Sequence[str], year: int) -> pd.Series:
    """Take several areas' values in one year.

    Returns
    -------
    Series
        Named by area; NaN where the area has no value that year, so that nobody is dropped.
    """
    rows = computed[computed["area_id"].isin(list(area_ids))]
    names = dict(zip(rows["area_id"], rows["area_name"], strict=True))
    values = rows[rows["year"] == year].set_index("area_id")["value"]
    return pd.Series(
        values.reindex(list(area_ids)).to_numpy(dtype=float),
        index=[str(names.get(area, area)) for area in area_ids],
    )


def by_year(computed: pd.DataFrame, area_id: str, neighbour_ids: Sequence[str]) -> pd.DataFrame:
    """Compare an area with the mean and the median of its neighbours in every year.

    Returns
    -------
    DataFrame
        ``year``; the area's ``numerator``, ``denominator``, ``value``, ``lower``, ``upper``; for
        ``mean`` and ``median`` the value with ``_lower``, ``_upper`` and ``_gap``, ``_gap_lower``,
        ``_gap_upper``; ``n`` neighbours with a value and the names of those ``missing``. Years in
        which the area or every neighbour has no value are left out; without any year the columns
        are there, but no row.
    """
    own = computed[(computed["area_id"] == area_id) & computed["value"].notna()]
    others = _wide(computed, neighbour_ids)
    compared = [
        row | _beside(row["value"], others[row["year"]])
        for row in own[COLUMNS[:6]].to_dict("records")
        if others[row["year"]].notna().any()
    ]
    return pd.DataFrame(compared, columns=COLUMNS)


def _wide(computed: pd.DataFrame, area_ids: Sequence[str]) -> pd.DataFrame:
    """Arrange areas, by name, as rows and years as columns; NaN where there is no value."""
    rows = computed[computed["area_id"].isin(list(area_ids))]
    names = dict(zip(rows["area_id"], rows["area_name"], strict=True))
    years = computed["year"].unique()
    wide = rows.pivot(index="area_id", columns="year", values="value")
    wide = wide.reindex(index=list(area_ids), columns=years).astype(float)
    return wide.rename(index=lambda area: str(names.get(area, area)))


def _beside(value: float, others: pd.Series) -> dict[str, object]:
    row: dict[str, object] = {}
    for statistic in ("mean", "median"):
        found = gap(value, others, statistic=statistic)
        row |= {
            statistic: found.comparator.estimate,
            f"{statistic}_lower": found.comparator.lower,
            f"{statistic}_upper": found.comparator.upper,
            f"{statistic}_gap": found.gap.estimate,
            f"{statistic}_gap_lower": found.gap.lower,
            f"{statistic}_gap_upper": found.gap.upper,
        }
    return row | {"n": found.n, "missing": ", ".join(found.missing)}


def long_series(
    computed: pd.DataFrame,
    area_id: str,
    neighbour_ids: Sequence[str],
    region_id: str,
    england_id: str,
) -> pd.DataFrame:
    """Put the series of a chart below one another: the area, each comparator and each neighbour.

    Returns
    -------
    DataFrame
        ``year``, ``area_name``, ``role`` (one of ``ROLES``), ``value``, ``lower``, ``upper``,
        rows without a value left out.
    """
    columns = ["year", "area_name", "role", "value", "lower", "upper"]
    roles = {area_id: "area", region_id: "region", england_id: "England"}
    roles = {**dict.fromkeys(neighbour_ids, "neighbour"), **roles}
    published = computed[computed["area_id"].isin(roles)]
    published = published.assign(role=published["area_id"].map(roles))
    compared = by_year(computed, area_id, neighbour_ids)
    made = [
        pd.DataFrame(
            {
                "year": compared["year"],
                "area_name": f"neighbours' {statistic}",
                "role": f"neighbours' {statistic}",
                "value": compared[statistic],
                "lower": compared[f"{statistic}_lower"],
                "upper": compared[f"{statistic}_upper"],
            }
        )
        for statistic in ("mean", "median")
    ]
    everything = pd.concat([published[columns], *made], ignore_index=True)
    order = everything["role"].map(ROLES.index)
    return (
        everything.assign(order=order)
        .dropna(subset="value")
        .sort_values(["order", "area_name", "year"], ignore_index=True)[columns]
    )
