"""One definition per column of a result: its heading, unit, decimals and what it means.

``columns.csv`` beside this module has a row a column. The unit ``measure`` stands for the unit of
what a table is about, which the table says once.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

FILE = "columns.csv"
MEASURE = "measure"
ENDS = {"_lower": "lower end", "_upper": "upper end"}


@dataclass(frozen=True)
class ResultColumn:
    """What a column of a result is called, its unit, decimals, and what it means."""

    label: str
    unit: str
    decimals: int | None
    explanation: str


@cache
def columns() -> dict[str, ResultColumn]:
    """Read the definitions, by the name of the column.

    Raises
    ------
    ValueError
        When a column is defined twice.
    """
    found: dict[str, ResultColumn] = {}
    with resources.files("care_study.indicators").joinpath(FILE).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["column"] in found:
                raise ValueError(f"{FILE}: column {row['column']} is defined twice. Delete one.")
            places = int(row["decimals"]) if row["decimals"] else None
            found[row["column"]] = ResultColumn(
                row["label"], row["unit"], places, row["explanation"]
            )
    return found


def column(name: str) -> ResultColumn | None:
    """Look up a column; the ends of an interval are defined with what they belong to."""
    known = columns()
    if name in known:
        return known[name]
    for ending, words in ENDS.items():
        of = known.get(name.removesuffix(ending)) if name.endswith(ending) else None
        if of is not None:
            meaning = f"{words} of the interval of: {of.explanation}" if of.explanation else ""
            return ResultColumn(f"{of.label}, {words}", of.unit, of.decimals, meaning)
    return None
