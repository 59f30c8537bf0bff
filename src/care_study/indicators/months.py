"""Referrals a week, month by month."""

import numpy as np
import pandas as pd

from care_study.statistics.intervals import poisson_rate

TABLE = "referrals_by_month"
MONTHS = (
    "april", "may", "june", "july", "august", "september", "october", "november", "december",
    "january", "february", "march",
)  # fmt: skip
FORMULA = "referrals in the month / weeks in the month (days / 7)"
UNIT = "referrals a week"
METHOD = "exact Poisson, 95%"
COLUMNS = [
    "area_id", "area_name", "year", "month", "referrals", "weeks", "value", "lower", "upper",
    "reason", "source",
]  # fmt: skip


def referrals_by_month(table: pd.DataFrame, area_id: str) -> pd.DataFrame:
    """Compute an area's referrals a week in every month that is published.

    Parameters
    ----------
    table
        The figure table ``referrals_by_month``.
    area_id
        The area. Territories are not put together: the table ends in 2022.

    Returns
    -------
    DataFrame
        `COLUMNS`, a row a month in order: ``year`` ends on 31 March, ``month`` is its first day,
        ``lower`` and ``upper`` the exact Poisson interval of ``value`` (referrals a week), and
        ``reason`` the symbol of a missing figure. The interval covers random variation only.
    """
    rows = table[table["area_id"] == area_id].sort_values("year")
    years = np.repeat(rows["year"].to_numpy(), len(MONTHS))
    numbers = np.tile(np.r_[4:13, 1:4], len(rows))
    first = pd.to_datetime(
        {"year": years - (numbers >= 4), "month": numbers, "day": np.ones(len(numbers), dtype=int)}
    )
    frame = pd.DataFrame(
        {
            "area_id": area_id,
            "area_name": np.repeat(rows["area_name"].to_numpy(), len(MONTHS)),
            "year": years,
            "month": first,
            "referrals": rows[list(MONTHS)].to_numpy(dtype=float).ravel(),
            "weeks": first.dt.days_in_month / 7,
            "reason": rows[[f"{name}_symbol" for name in MONTHS]].to_numpy(dtype=object).ravel(),
            "source": np.repeat(rows["source"].to_numpy(), len(MONTHS)),
        }
    )
    frame["value"] = frame["referrals"] / frame["weeks"]
    frame["lower"], frame["upper"] = np.nan, np.nan
    known = frame["referrals"].notna()
    if known.any():
        found = poisson_rate(
            frame.loc[known, "referrals"].to_numpy(),
            frame.loc[known, "weeks"].to_numpy(),
            method="exact",
        )
        frame.loc[known, "lower"], frame.loc[known, "upper"] = found.lower, found.upper
    return frame[COLUMNS]
