"""The identities that the figures must satisfy, read from ``ledger.csv``."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from care_study.data.schemas import TABLES

FOLDER = Path(__file__).parent
IDENTITIES, EXPLAINED = "ledger.csv", "ledger_explained.csv"
NEWEST = "newest"
"""In the table of vintages: the count of the newest release that has the year."""
LAST_YEAR = 2099


@dataclass(frozen=True)
class Term:
    """One column in an identity: added or taken away, of the same year or one before."""

    table: str
    column: str
    sign: int = 1
    shift: int = 0
    measure: str = ""


@dataclass(frozen=True)
class Identity:
    """Two sides that must be equal.

    ``kind``: ``parts`` (parts and total), ``flow`` (change of a stock and its flows), ``same`` (two
    publications of one figure), ``ratio`` (counts and the percentage published of them).
    """

    name: str
    kind: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    over: tuple[Term, ...]
    per: float
    tolerance: float
    meaning: str
    years: frozenset[int] = frozenset()

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every column that the identity binds."""
        return (*self.left, *self.over, *self.right)


@cache
def read_rows(name: str) -> list[dict[str, str]]:
    """Read one of the ledger's files."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def identities() -> tuple[Identity, ...]:
    """Read the identities; raise `ValueError` if one cannot be read or names no column."""
    return tuple(_identity(row) for row in read_rows(IDENTITIES))


def _identity(row: Mapping[str, str]) -> Identity:
    above, _, below = row["left"].partition(" / ")
    over, _, per = below.partition(" x ")
    table = above.split(":")[0]
    return Identity(
        row["identity"],
        row["kind"],
        parse(above),
        parse(row["right"]),
        parse(f"{table}: {over}") if over else (),
        float(per or 1),
        float(row["tolerance"]),
        row["meaning"],
        _years(row["years"]),
    )


def _years(text: str) -> frozenset[int]:
    """Read years such as ``2010 2012-``; none stands for all."""
    spans = [(span.partition("-")) for span in text.split()]
    return frozenset(
        year
        for first, dash, last in spans
        for year in range(int(first), int(last or (LAST_YEAR if dash else first)) + 1)
    )


def parse(side: str) -> tuple[Term, ...]:
    """Read one side, such as ``children_looked_after: started - ceased``.

    ``column@-1`` is the year before; ``vintages[measure]`` the rows of one measure.

    Raises
    ------
    ValueError
        Where a table or a column does not exist.
    """
    place, _, columns = side.partition(": ")
    table, _, measure = place.rstrip("]").partition("[")
    found = re.findall(r"([+-] )?([a-z]\w*)(@-1)?", columns)
    terms = tuple(
        Term(table, name, -1 if sign.startswith("-") else 1, -1 if shift else 0, measure)
        for sign, name, shift in found
    )
    known = TABLES[table].by_name if table in TABLES else {}
    unknown = [
        term.column for term in terms if term.column not in (*known, *([NEWEST] if measure else ()))
    ]
    if unknown or not terms:
        raise ValueError(f"{IDENTITIES}: {side!r} names no column {unknown} of table {table!r}.")
    return terms
