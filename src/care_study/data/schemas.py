"""The figure tables: columns, units, keys, symbols and limits, from one definition a column.

The definitions stand in ``definitions/``: ``tables.csv`` has a row a table, the other files a row a
column, by topic. Everything that describes the data is generated from here: the contracts that are
checked when a table is read, ``data/datapackage.json`` and the data dictionary in the book.
"""

import csv
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

Kind = Literal["text", "year", "count", "number", "percent", "date", "integer"]

# The environment variable that names the tables which a notebook may read, with commas.
ALLOWED_READS = "CARE_STUDY_READS"
DEFINITIONS = Path(__file__).parent / "definitions"
TOPICS = (
    "reference.csv",
    "context.csv",
    "looked_after.csv",
    "placements.csv",
    "leaving.csv",
    "referrals.csv",
    "need.csv",
    "assessment.csv",
    "protection.csv",
    "workforce.csv",
    "inspections.csv",
    "releases.csv",
)

SYMBOLS: dict[str, str] = {
    "c": "suppressed to protect confidentiality (a small number)",
    "k": "rounds to zero",
    "u": "low reliability",
    "x": "not available",
    "z": "not applicable",
    "low": "low value, not shown",
}
NOT_HELD = "not collected or not held here"

PATTERNS: dict[Kind, str] = {
    "text": r"[^\x00-\x1f]*",
    "year": r"(?:19|20)[0-9][0-9]",
    "count": r"[0-9]{1,12}",
    "integer": r"[0-9]{1,12}",
    "number": r"[0-9]{1,12}(?:\.[0-9]+)?",
    "percent": r"[0-9]{1,4}(?:\.[0-9]+)?",
    "date": r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])",
}
EXPECTED: dict[Kind, str] = {
    "text": "text",
    "year": "a year with four digits",
    "count": "a whole number, zero or more",
    "integer": "a whole number, zero or more",
    "number": "a number, zero or more",
    "percent": "a percentage, zero or more",
    "date": "a date as YYYY-MM-DD",
}


@dataclass(frozen=True)
class Column:
    """One column: what it holds, in which unit, and which cells it accepts."""

    name: str
    kind: Kind
    description: str
    unit: str = ""
    symbols: bool = False
    optional: bool = False
    pattern: str = ""

    @property
    def is_figure(self) -> bool:
        """Whether the column holds figures, which may be missing for a stated reason."""
        return self.kind in ("count", "number", "percent")

    @property
    def cell_pattern(self) -> str:
        """The regular expression that a whole cell must match."""
        choices = [self.pattern or PATTERNS[self.kind]]
        if self.symbols:
            choices.append("|".join(SYMBOLS))
        if self.optional:
            choices.append("")
        return "|".join(choices)


@dataclass(frozen=True)
class Table:
    """One figure table: its columns, key, the tables it refers to, and which figures are parts.

    ``parts`` holds pairs (part, whole): in no row may the part be larger than the whole. ``note``
    says what a reader of the table should know.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    year_means: str = ""
    foreign_keys: tuple[tuple[str, str, str], ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    note: str = ""

    @cached_property
    def figures(self) -> list[Column]:
        """The columns that hold figures."""
        return [column for column in self.columns if column.is_figure]

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.columns}


_TO_AREA = ("area_code", "authorities", "area_code")
_TO_NEIGHBOUR = ("neighbour_code", "authorities", "area_code")
_TO_SOURCE = ("source", "sources", "source")


@cache
def _rows(name: str) -> list[dict[str, str]]:
    with (DEFINITIONS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _column(row: dict[str, str]) -> Column:
    """Make a column from its row; every figure may be empty or a symbol."""
    kind: Kind = row["kind"]  # type: ignore[assignment]  # the contract of the tests holds the file
    figure = kind in ("count", "number", "percent")
    return Column(
        row["column"],
        kind,
        row["description"],
        row["unit"],
        symbols=figure,
        optional=figure or row["optional"] == "yes",
        pattern=row["pattern"],
    )


def _shared() -> dict[str, Column]:
    return {row["column"]: _column(row) for row in _rows("shared.csv")}


def _foreign_keys(name: str, columns: list[str]) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        link
        for link in (_TO_AREA, _TO_NEIGHBOUR, _TO_SOURCE)
        if link[0] in columns and link[1] != name
    )


def _table(row: dict[str, str], columns: list[dict[str, str]]) -> Table:
    """Make a table from its row and those of its columns; one without a kind is shared."""
    return Table(
        row["table"],
        row["title"],
        tuple(_column(each) if each["kind"] else SHARED[each["column"]] for each in columns),
        tuple(row["key"].split()),
        row["year_means"],
        _foreign_keys(row["table"], [each["column"] for each in columns]),
        tuple((each["column"], each["part_of"]) for each in columns if each["part_of"]),
        row["note"],
    )


def _tables() -> dict[str, Table]:
    columns: dict[str, list[dict[str, str]]] = {}
    for row in (row for topic in TOPICS for row in _rows(topic)):
        columns.setdefault(row["table"], []).append(row)
    return {row["table"]: _table(row, columns[row["table"]]) for row in _rows("tables.csv")}


SHARED = _shared()
"""The columns that figure tables share: code, name, year and source."""
TABLES = _tables()
