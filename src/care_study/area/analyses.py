"""The primary analysis of each question, as named in ``analyses.toml`` with its date."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("analyses.toml")
GENERAL = ("named", "beforehand", "calibration")


@dataclass(frozen=True)
class Analysis:
    """What answers a question, and what stands beside it.

    Attributes
    ----------
    id, question, estimand : str
    indicator : str
        An indicator id.
    estimator, ranking : str
        A method and a kind of placebo rank of `care_study.statistics.trends`.
    last : str
        ``latest`` (all years) or ``document`` (to the year of the document).
    comparators, window, test, because : str
        In words.
    secondary : tuple of str
        Estimators corrected together by Holm.
    """

    id: str
    question: str
    estimand: str
    indicator: str
    estimator: str
    ranking: str
    last: str
    comparators: str
    window: str
    test: str
    because: str
    secondary: tuple[str, ...]


@dataclass(frozen=True)
class Allowed:
    """Shares of false alarms, at a nominal size, of a test that may carry words."""

    nominal: float
    lowest: float
    highest: float

    def holds(self, rejected: float) -> bool:
        """Say whether a share of false alarms lies within the bounds."""
        return self.lowest <= rejected <= self.highest


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def named() -> date:
    """Give the day on which the primary analyses were named."""
    found: date = _read()["named"]
    return found


def allowed() -> Allowed:
    """Give the bounds within which a test's false alarms must lie."""
    return Allowed(**_read()["calibration"])


def analyses() -> dict[str, Analysis]:
    """List the primary analyses by id.

    Raises
    ------
    TypeError
        Where an entry lacks a key or has one too many.
    """
    entries = {key: entry for key, entry in _read().items() if key not in GENERAL}
    return {
        key: Analysis(**{**entry, "id": key, "secondary": tuple(entry["secondary"])})
        for key, entry in entries.items()
    }


def analysis(name: str) -> Analysis:
    """Give one primary analysis.

    Raises
    ------
    ValueError
        For an unknown id.
    """
    found = analyses()
    if name not in found:
        raise ValueError(f"Found no analysis {name!r}; expected one of {', '.join(found)}.")
    return found[name]
