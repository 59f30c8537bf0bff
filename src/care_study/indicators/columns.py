"""One definition per column of a result: its heading, unit, decimals and what it means.

``columns.csv`` beside this module has a row a column. The unit ``measure`` stands for the unit of
what a table is about, which the table says once. A column whose name ends in a number, such as
``at 0.4``, is defined by what stands before it; an indicator's own column by the indicator.
"""

import csv
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from care_study.indicators.definitions import INDICATORS

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
    return columns().get(name) or _end(name) or _numbered(name) or _indicator(name)


def _end(name: str) -> ResultColumn | None:
    for ending, words in ENDS.items():
        of = columns().get(name.removesuffix(ending)) if name.endswith(ending) else None
        if of is not None:
            meaning = f"{words} of the interval of: {of.explanation}" if of.explanation else ""
            return ResultColumn(f"{of.label}, {words}", of.unit, of.decimals, meaning)
    return None


def _numbered(name: str) -> ResultColumn | None:
    match = re.fullmatch(r"(.+) ([\d.,]+)", name)
    of = columns().get(match[1]) if match else None
    return replace(of, label=f"{of.label} {match[2]}") if match and of else None


def _indicator(name: str) -> ResultColumn | None:
    of = INDICATORS.get(name)
    return ResultColumn(of.title, of.unit, of.decimals, of.formula) if of else None
