"""The sources of a figure or a table in words: which table, from whom, in which release."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from care_study.data.schemas import TABLES

_YEAR = re.compile(r"\b20\d\d\b")


def read_source_lines(published: Path) -> dict[str, str]:
    """One line for each figure table, such as ``Referrals (Department for Education, 2025)``.

    Parameters
    ----------
    published : Path
        The folder with the figure tables and ``sources.csv``.
    """
    register = {row["source"]: row for row in _rows(published / "sources.csv")}
    return {name: _line(name, published, register) for name in TABLES}


def _rows(path: Path) -> Iterable[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _line(name: str, published: Path, register: dict[str, dict[str, str]]) -> str:
    used = sorted({row.get("source") or "" for row in _rows(published / f"{name}.csv")} - {""})
    known = [register[source] for source in used if source in register]
    publishers = list(dict.fromkeys(row["publisher"] for row in known))
    releases = sorted({year for row in known for year in _YEAR.findall(row["release"])})
    title = TABLES[name].title
    if not known or not releases:
        return title
    one = len(releases) == 1
    span = f"release {releases[0]}" if one else f"releases {releases[0]} to {releases[-1]}"
    return f"{title} ({', '.join(publishers)}, {span})"
