"""Whether a new year can be right: its number of areas, zeros, size and missing columns."""

import pandas as pd

from care_study.data.adding.mapping import Incoming
from care_study.data.tables import DataError

MOST_YEARS_AHEAD = 3
FEWEST_AREAS = 0.9
MOST_ZEROS = 0.5
MOST_TIMES = 3.0


def check_new_years(held: pd.DataFrame, incoming: Incoming) -> list[str]:
    """Compare the years that are new with the newest year held.

    Parameters
    ----------
    held
        The table as text, before the file is added.
    incoming
        The rows of the file.

    Returns
    -------
    list of str
        What is not plausible, in words; empty for an authority's own figures.

    Raises
    ------
    DataError
        If a year lies far beyond the data, or a column that such files have, and the newest year
        held too, is missing (a column may have been renamed).
    """
    if incoming.own or held.empty:
        return []
    last = int(held["year"].max())
    found = incoming.frame[incoming.frame["year"].astype(int) > last]
    if found.empty:
        return []
    newest = int(found["year"].max())
    if newest > last + MOST_YEARS_AHEAD:
        raise DataError(
            [
                f"{incoming.file}: found figures of {newest}, while {incoming.table.name} ends in "
                f"{last}. Expected a year up to {last + MOST_YEARS_AHEAD}. Check the year column."
            ]
        )
    before = _authorities(held[held["year"] == str(last)])
    _check_columns(before, incoming, newest)
    said: list[str] = []
    for year, rows in found.groupby("year"):
        said += _year(before, _authorities(rows), incoming, str(year), last)
    return said


def _authorities(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["dfe_code"] != ""]


def _check_columns(before: pd.DataFrame, incoming: Incoming, year: int) -> None:
    lost = [
        column.name
        for column in incoming.table.figures
        if column.name in incoming.expected
        and column.name not in incoming.figures
        and _figures(before[column.name]).notna().any()
    ]
    if lost:
        raise DataError(
            [
                f"{incoming.file}: found no column of {', '.join(lost)}, so {year} would have "
                "none, while the year before has. The column may have been renamed: add its new "
                "name to files.yml. Nothing was changed."
            ]
        )


def _figures(cells: pd.Series) -> pd.Series:
    return pd.to_numeric(cells, errors="coerce")


def _year(
    before: pd.DataFrame, rows: pd.DataFrame, incoming: Incoming, year: str, last: int
) -> list[str]:
    said = []
    if len(rows) < FEWEST_AREAS * len(before):
        said.append(f"{year} has {len(rows):,} areas, {last} has {len(before):,}")
    for name in incoming.figures:
        now, then = _figures(rows[name]).dropna(), _figures(before[name]).dropna()
        if now.empty or then.empty:
            continue
        if (now == 0).mean() > MOST_ZEROS + (then == 0).mean() / 2:
            said.append(f"{name} is zero in {(now == 0).mean():.0%} of the areas of {year}")
        elif then.median() > 0 and now.median() > 0:
            times = now.median() / then.median()
            if not 1 / MOST_TIMES <= times <= MOST_TIMES:
                said.append(
                    f"{name} of {year} is {times:,.3g} times that of {last} in the middle authority"
                )
    return [f"not plausible, check before you use it: {text}" for text in said]
