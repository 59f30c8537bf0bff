"""What the study takes for granted, how much that matters, and which way it may mislead."""

from importlib import resources
from pathlib import Path

import pandas as pd

RATINGS = {
    "red": "Red: may change a conclusion",
    "amber": "Amber: may change a number noticeably",
    "green": "Green: of little consequence",
}
COLUMNS = ["assumption", "used_in", "rating", "why", "direction"]
FILE = "assumptions.csv"


def read_assumptions(path: Path | None = None) -> pd.DataFrame:
    """Read the list of assumptions and check it.

    Parameters
    ----------
    path
        Another file than the package's own.

    Returns
    -------
    DataFrame
        ``assumption, used_in, rating`` (in words, red first), ``why, direction``.

    Raises
    ------
    ValueError
        Naming the row, where a column is missing, a cell is empty, a rating is not red, amber or
        green, or an assumption stands twice.
    """
    source = path or resources.files("care_study.chapters.methods").joinpath(FILE)
    with source.open(encoding="utf-8") as file:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    if list(table.columns) != COLUMNS:
        raise ValueError(
            f"{FILE}: found the columns {', '.join(table.columns)}. Expected {', '.join(COLUMNS)}."
        )
    for number, row in enumerate(table.to_dict("records"), start=2):
        empty = [name for name in COLUMNS if not row[name].strip()]
        if empty:
            raise ValueError(f"{FILE}, line {number}: {', '.join(empty)} is empty. Fill it in.")
        if row["rating"] not in RATINGS:
            raise ValueError(
                f"{FILE}, line {number}: found the rating {row['rating']!r}. Expected one of "
                f"{', '.join(RATINGS)}."
            )
    twice = table["assumption"][table["assumption"].duplicated()]
    if len(twice):
        raise ValueError(f"{FILE}: found {twice.iloc[0]!r} twice. Keep one.")
    order = table["rating"].map(list(RATINGS).index)
    ordered = table.iloc[order.argsort(kind="stable")].reset_index(drop=True)
    return ordered.assign(rating=ordered["rating"].map(RATINGS))


def count(table: pd.DataFrame, rating: str) -> int:
    """Count the assumptions with a rating: red, amber or green."""
    return int((table["rating"] == RATINGS[rating]).sum())
