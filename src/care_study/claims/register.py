"""The claims register: its tables, their contracts, and claims as values.

A claim is one statement about quantity in one of the five documents. The register in
``data/documents`` holds them all; the README there says what counts as a claim and how the columns
are filled.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from care_study.data.schemas import Column, Table
from care_study.data.tables import DataError, check, read_text_frame
from care_study.words import format_number

THEMES = [
    "demand",
    "staffing",
    "caseload",
    "timeliness",
    "outcomes",
    "structure",
    "comparison",
    "process",
]
WEIGHTS = ["headline", "supporting", "descriptive"]
CHECKS = ["internal arithmetic", "official statistics", "model", "not testable"]
NOTEBOOKS = [
    "cambridgeshire",
    "northamptonshire",
    "coventry",
    "inspections",
    "comparison",
    "hertfordshire",
]
DIRECTIONS = ["strength", "mixed", "concern", "not mentioned"]
LETTER_THEMES = [
    "thresholds",
    "timeliness",
    "caseload and capacity",
    "management oversight",
    "supervision",
    "child's voice",
    "recording",
    "performance data",
    "workforce stability",
    "partners",
]
PRECISION: dict[str, float | None] = {
    "counted": 0,
    "whole": 0.5,
    "tenth": 0.05,
    "fives": 2.5,
    "tens": 5,
    "difference": 10,
    "hundreds": 50,
    "": None,
}

_ID = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_IDS = rf"{_ID}(?:;{_ID})*"
_NUMBER = r"-?\d+(?:\.\d+)?"


def _text(name: str, description: str, pattern: str = "", *, optional: bool = False) -> Column:
    """Describe a text column; by default it must not be empty."""
    return Column(
        name, "text", description, pattern=pattern or r"\S[^\x00-\x1f]*", optional=optional
    )


_DOCUMENT = _text("document", "The document's id", _ID)
_LOCATOR = _text("locator", "Place in the document: section, paragraph or bullet")
DOCUMENTS = Table(
    "documents",
    "The five documents",
    (
        _DOCUMENT,
        _text("title", "Title, or what the page shows"),
        _text("author", "Who wrote it"),
        _text("date", "Date as far as known", r"unknown|\d{4}(?:-\d\d(?:-\d\d)?)?"),
        _text("kind", "Kind of document"),
        _text("independence", "How independent its author is of what it describes"),
        _text("public_page", "Public page, where certain", r"https://\S+", optional=True),
        _text("date_note", "What is known about the date"),
    ),
    ("document",),
)
CLAIMS = Table(
    "claims",
    "The claims register",
    (
        _text("claim", "The claim's id", rf"(?:nn|cov|cam|of10|of18)-{_ID}"),
        _DOCUMENT,
        _LOCATOR,
        _text("authority", "The authority it is about"),
        _text("statement", "What is claimed: one sentence in our words, with its number"),
        _text("weight", "What the document wants to be remembered for, or not", "|".join(WEIGHTS)),
        _text("quantity", "What is measured"),
        _text("value_low", "Lowest claimed value; empty: open", _NUMBER, optional=True),
        _text("value_high", "Highest claimed value; empty: open", _NUMBER, optional=True),
        _text("unit", "Unit of the values", optional=True),
        _text("precision", "Half the step of rounding", _NUMBER, optional=True),
        _text("precision_rule", "Rule for the precision", "|".join(PRECISION)),
        _text("period", "Period it speaks of, or unknown"),
        _text("denominator_known", "What the document says it is a part of", optional=True),
        _text("denominator_unknown", "What the document leaves open", optional=True),
        _text("theme", "Theme", "|".join(THEMES)),
        _text("check", "Strongest possible check", "|".join(CHECKS)),
        _text("why_not_testable", "Why it cannot be tested", optional=True),
        _text("indicator", "Indicators that test it", r"[a-z0-9_]+(?:;[a-z0-9_]+)*", optional=True),
        _text("notebook", "Notebook that gives the verdict", "|".join(NOTEBOOKS)),
        _text("readings", "Ids of its readings", _IDS, optional=True),
        _text("readings_note", "What the readings or the check are", optional=True),
    ),
    ("claim",),
)
INSPECTION_THEMES = Table(
    "inspection_themes",
    "Two inspection letters, theme by theme",
    (
        _text("theme", "Theme", "|".join(LETTER_THEMES)),
        _DOCUMENT,
        _text("locator", "Place in the letter; empty when not mentioned", optional=True),
        _text("finding", "What the letter finds, in our words"),
        _text("direction", "How the letter puts it", "|".join(DIRECTIONS)),
    ),
    ("theme", "document", "locator", "finding"),
)
NUMBER_ACCOUNTING = Table(
    "number_accounting",
    "Every number in the documents, and the claim that covers it",
    (
        _DOCUMENT,
        _text("line", "Line of the text", r"[1-9]\d*"),
        _text("occurrence", "Place among the numbers of the line", r"[1-9]\d*"),
        _text("number", "The number or word as it stands"),
        _text("claim", "The claim that covers it", _ID, optional=True),
        _text("reason", "Why no claim covers it", optional=True),
    ),
    ("document", "line", "occurrence"),
)


class ClaimError(ValueError):
    """A claim, a reading or a verdict that cannot be used."""


@dataclass(frozen=True)
class Claim:
    """One row of the register; an open end of the value is ``None``."""

    id: str
    document: str
    locator: str
    authority: str
    statement: str
    weight: str
    quantity: str
    low: float | None
    high: float | None
    unit: str
    precision: float | None
    period: str
    denominator_known: str
    denominator_unknown: str
    theme: str
    check: str
    why_not_testable: str
    indicators: tuple[str, ...]
    notebook: str
    readings: tuple[str, ...]
    readings_note: str

    @property
    def has_number(self) -> bool:
        """Whether the claim says a number or a direction."""
        return self.low is not None or self.high is not None

    @property
    def number(self) -> float:
        """The one number that the claim states.

        Raises
        ------
        ClaimError
            If the claim states a range, a limit or no number.
        """
        if self.low is None or self.low != self.high:
            raise ClaimError(
                f"{self.id}: found {self.text}. Expected one number; use ends or limit."
            )
        return self.low

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest number that the claim states.

        Raises
        ------
        ClaimError
            If the claim states a limit or no number.
        """
        if self.low is None or self.high is None:
            raise ClaimError(f"{self.id}: found {self.text}. Expected a range; use limit.")
        return self.low, self.high

    @property
    def limit(self) -> float:
        """The number of a claim that states a limit: one end only.

        Raises
        ------
        ClaimError
            If the claim states a range or no number.
        """
        found = [end for end in (self.low, self.high) if end is not None]
        if len(found) != 1:
            raise ClaimError(f"{self.id}: found {self.text}. Expected a limit; use ends or number.")
        return found[0]

    @property
    def is_open(self) -> bool:
        """Whether the claim is a limit or a direction: a number at one end only."""
        return self.has_number and (self.low is None or self.high is None)

    @property
    def range(self) -> tuple[float, float]:
        """The claimed range: the value widened by the precision; open ends are infinite."""
        width = self.precision or 0.0
        low = -math.inf if self.low is None else self.low - width
        high = math.inf if self.high is None else self.high + width
        return low, high

    @property
    def text(self) -> str:
        """What is claimed, as a reader would write it: ``120 to 140 referrals per week``."""
        if self.low is not None and self.high is not None:
            end = format_number(self.high, unit=self.unit)
            same = self.low == self.high
            return (
                end if same else f"{format_number(self.low, unit=self.unit, words=False)} to {end}"
            )
        if self.low is not None:
            return f"{format_number(self.low, unit=self.unit)} or more"
        if self.high is not None:
            return f"at most {format_number(self.high, unit=self.unit)}"
        return "no number"

    def as_fact(self) -> dict[str, Any]:
        """Say what the claim is as a fact, where a finding has it as a field."""
        return {
            "value": self.low if self.high is None else self.high,
            "unit": self.unit,
            "text": self.text,
            "formula": f"as the document states it ({self.locator})",
            "sources": ["claims"],
        }


class Register(dict[str, Claim]):
    """Claims by id; asking for an unknown id suggests the nearest."""

    def __missing__(self, key: str) -> Claim:
        """Raise `ClaimError` with the nearest id."""
        near = difflib.get_close_matches(str(key), self, n=1, cutoff=0)
        advice = f" Did you mean {near[0]!r}?" if near else ""
        raise ClaimError(f"There is no claim {key!r} in the register.{advice}")


def read_checked(folder: Path | str, table: Table) -> pd.DataFrame:
    """Read one of the register's tables as checked text. Raises `DataError`."""
    path = Path(folder) / f"{table.name}.csv"
    frame = read_text_frame(path, table)
    check(frame, table, path.name)
    return frame


def read_documents(folder: Path | str) -> pd.DataFrame:
    """Read the table of documents as checked text. Raises `DataError`."""
    return read_checked(folder, DOCUMENTS)


def read_register(folder: Path | str) -> pd.DataFrame:
    """Read the claims register as checked text, one row a claim, for tables. Raises `DataError`."""
    documents = set(read_documents(folder)["document"])
    frame = read_checked(folder, CLAIMS)
    problems = [
        f"claims.csv, row {row}, {problem}"
        for row, cells in frame.iterrows()
        for problem in _claim_problems(cells, documents)
    ]
    if problems:
        raise DataError(problems)
    return frame


def _claim_problems(cells: pd.Series, documents: set[str]) -> list[str]:
    """Say what contradicts what within one row of the register."""
    low, high = (
        None if cells[end] == "" else float(cells[end]) for end in ("value_low", "value_high")
    )
    number = low is not None or high is not None
    width = PRECISION[cells["precision_rule"]]
    testable = cells["check"] != "not testable"
    rules = [
        ("document", cells["document"] in documents, "a document of documents.csv"),
        ("value_high", low is None or high is None or low <= high, f"at least value_low {low}"),
        (
            "precision_rule",
            number == (width is not None),
            "a rule where there is a value, and only there",
        ),
        ("precision", cells["precision"] == _plain(width), f"{_plain(width)!r}, as its rule says"),
        ("unit", number == (cells["unit"] != ""), "a unit where there is a value, and only there"),
        (
            "why_not_testable",
            testable == (cells["why_not_testable"] == ""),
            "a reason if not testable, else none",
        ),
        (
            "indicator",
            (cells["check"] == "official statistics") == (cells["indicator"] != ""),
            "an indicator if checked by official statistics, else none",
        ),
        (
            "readings_note",
            cells["readings"] == "" or cells["readings_note"] != "",
            "what the readings are",
        ),
    ]
    return [
        f"column {column}: found {cells[column]!r} (claim {cells['claim']}). Expected {expected}. "
        "Correct the row; the README of the folder has the rules."
        for column, holds, expected in rules
        if not holds
    ]


def _plain(width: float | None) -> str:
    return "" if width is None else f"{width:g}"


def read_claims(folder: Path | str) -> Register:
    """Read the claims register.

    Parameters
    ----------
    folder
        The folder with ``claims.csv`` and ``documents.csv``.

    Returns
    -------
    Register
        `Claim` by id, in the order of the file.

    Raises
    ------
    DataError
        With every problem found: file, row, column, what was found and expected, what to do.
    """
    return Register({row["claim"]: _claim(row) for _, row in read_register(folder).iterrows()})


def _claim(row: pd.Series) -> Claim:
    def number(cell: str) -> float | None:
        return None if cell == "" else float(cell)

    def split(cell: str) -> tuple[str, ...]:
        return tuple(cell.split(";")) if cell else ()

    own = {
        "id": row["claim"],
        "low": number(row["value_low"]),
        "high": number(row["value_high"]),
        "precision": number(row["precision"]),
        "indicators": split(row["indicator"]),
        "readings": split(row["readings"]),
    }
    plain = {field.name: row[field.name] for field in fields(Claim) if field.name not in own}
    return Claim(**own, **plain)
