"""What the study takes for granted, how much that matters, and which way it may mislead."""

from importlib import resources
from pathlib import Path

import pandas as pd

from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.show.table import table

RATINGS = {
    "red": "Red: may change a conclusion",
    "amber": "Amber: may change a number noticeably",
    "green": "Green: of little consequence",
}
COLUMNS = ["assumption", "used_in", "rating", "why", "direction"]
FILE = "assumptions.csv"
RATED = "assumptions with this rating"


@finding
class Assumptions:
    """What is taken for granted."""

    sources = ("assumptions_of_the_study",)
    listed: pd.DataFrame
    red_count: int = fact(RATED, decimals=0)
    amber_count: int = fact(RATED, decimals=0)
    green_count: int = fact(RATED, decimals=0)


def assumptions() -> Assumptions:
    """List what is taken for granted."""
    listed = read_assumptions()
    return Assumptions(
        listed=listed, **{f"{rating}_count": count(listed, rating) for rating in RATINGS}
    )


def assumptions_table(found: Assumptions) -> Shown:
    """List the assumptions, how much they matter, and which way they may mislead."""
    return table(
        found.listed.rename(columns={"direction": "likely_direction"}),
        name="assumptions",
        caption="Assumptions, how much they matter, and their likely direction",
        sources=Assumptions.sources,
    )


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
        listed = pd.read_csv(file, dtype=str, keep_default_na=False)
    if list(listed.columns) != COLUMNS:
        raise ValueError(
            f"{FILE}: found the columns {', '.join(listed.columns)}. Expected {', '.join(COLUMNS)}."
        )
    for number, row in enumerate(listed.to_dict("records"), start=2):
        empty = [name for name in COLUMNS if not row[name].strip()]
        if empty:
            raise ValueError(f"{FILE}, line {number}: {', '.join(empty)} is empty. Fill it in.")
        if row["rating"] not in RATINGS:
            raise ValueError(
                f"{FILE}, line {number}: found the rating {row['rating']!r}. Expected one of "
                f"{', '.join(RATINGS)}."
            )
    twice = listed["assumption"][listed["assumption"].duplicated()]
    if len(twice):
        raise ValueError(f"{FILE}: found {twice.iloc[0]!r} twice. Keep one.")
    order = listed["rating"].map(list(RATINGS).index)
    ordered = listed.iloc[order.argsort(kind="stable")].reset_index(drop=True)
    return ordered.assign(rating=ordered["rating"].map(RATINGS))


def count(listed: pd.DataFrame, rating: str) -> int:
    """Count the assumptions with a rating: red, amber or green."""
    return int((listed["rating"] == RATINGS[rating]).sum())
