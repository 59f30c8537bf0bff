"""The sources of a figure or a table: which table, from whom, in which release, and where."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from care_study.data.schemas import TABLES

_YEAR = re.compile(r"\b20\d\d\b")
Row = Mapping[str, str]


@dataclass(frozen=True)
class Place:
    """What can be found somewhere, in words; the address is empty where none is public or known."""

    words: str
    address: str


@dataclass(frozen=True)
class Source:
    """A figure table or the documents, as a reader is told of them."""

    title: str
    publishers: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    is_listed: bool = False  # its places are many and stand at the foot of a page

    @property
    def line(self) -> str:
        """Words such as ``Referrals (Department for Education, release 2025)``."""
        said = [*self.publishers, *([span(self.releases)] if self.releases else [])]
        return f"{self.title} ({', '.join(said)})" if said else self.title


def span(releases: Iterable[str]) -> str:
    """Say one release or the first and last of several."""
    years = sorted(releases)
    if len(years) == 1:
        return f"release {years[0]}"
    return f"releases {years[0]} to {years[-1]}"


def read_sources(published: Path, documents: Path) -> dict[str, Source]:
    """Describe each figure table, and the tables about the documents.

    Parameters
    ----------
    published : Path
        The folder with the figure tables and ``sources.csv``.
    documents : Path
        The folder with ``documents.csv``.
    """
    register = {row["source"]: row for row in _rows(published / "sources.csv")}
    found = {name: _of_table(name, published, register) for name in TABLES}
    texts = _rows(documents / "documents.csv")
    places = tuple(
        Place(f"{row['title']} ({row['author']}, {_dated(row['date'])})", row["public_page"])
        for row in texts
    )
    titles = {
        "claims": "The claims, as the documents make them",
        "documents": "The documents",
        "inspection_themes": "The themes of the inspection letters",
        "number_accounting": "The numbers that the documents state",
    }
    about = {
        name: Source(title, tuple(dict.fromkeys(row["author"] for row in texts)), (), places, True)
        for name, title in titles.items()
    }
    return found | about


def _dated(date: str) -> str:
    return "undated" if date == "unknown" else date[:4]


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _of_table(name: str, published: Path, register: Mapping[str, Row]) -> Source:
    used = sorted({row.get("source") or "" for row in _rows(published / f"{name}.csv")} - {""})
    known = [register[source] for source in used if source in register]
    if not known:
        return Source(TABLES[name].title)
    publishers = tuple(dict.fromkeys(row["publisher"] for row in known))
    return Source(TABLES[name].title, publishers, _years(known), tuple(_places(known)))


def _years(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(sorted({year for row in rows for year in _YEAR.findall(row["release"])}))


def _places(rows: list[Row]) -> list[Place]:
    """Give each public page once, with the releases that are taken from it, the earliest first."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.get("public_page"):
            found.setdefault(row["public_page"], []).append(row)
    in_order = sorted(found.items(), key=lambda one: (_years(one[1]), one[0]))
    return [
        Place(span(_years(there)) if _years(there) else there[0]["title"], address)
        for address, there in in_order
    ]
