"""Puts reading, recognising, mapping and merging together into one plan of what to write."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from care_study.data.adding.accounts import ledger_notes
from care_study.data.adding.mapping import Incoming, map_rows, records
from care_study.data.adding.plausible import check_new_years
from care_study.data.adding.reading import LARGEST_MB, find, parse
from care_study.data.adding.recognise import recognise
from care_study.data.adding.revision import as_held, merge, releases_of, report
from care_study.data.schemas import TABLES, Table
from care_study.data.tables import DataError, read_text_frame

JOINT = "joint return"


@dataclass(frozen=True)
class Plan:
    """What adding the files would change.

    ``tables`` holds the changed tables as text, by name; ``changes`` is the revision report (see
    `revision.COLUMNS`); ``files`` says of each file what it is; ``areas`` describes changes of
    ``authorities.csv``.
    """

    tables: Mapping[str, pd.DataFrame]
    changes: pd.DataFrame
    files: tuple[str, ...]
    areas: tuple[str, ...]
    notes: tuple[str, ...]


def read_files(
    paths: Iterable[Path | str],
    authorities: pd.DataFrame,
    *,
    release: str | None = None,
    largest_mb: float = LARGEST_MB,
) -> tuple[list[Incoming], list[str]]:
    """Read every file that the paths name, one at a time, oldest release first.

    A file that the user named and that is not known is refused; one that merely lies in a folder
    or archive is left out, and the second list says so.

    Raises
    ------
    DataError
        If a file cannot be read, or none is known.
    """
    read: list[Incoming] = []
    unknown: list[str] = []
    for raw in find(paths, largest_mb):
        try:
            download = parse(raw)
            recognised = recognise(download)
        except DataError as error:
            # One that cannot be read must not keep the others out, unless it was asked for.
            if raw.named:
                raise
            unknown += error.problems
            continue
        read.append(map_rows(download, recognised, authorities, release))
    if not read:
        raise DataError(unknown)
    return sorted(read, key=lambda incoming: incoming.release), unknown


def plan(
    folder: Path,
    paths: Iterable[Path | str],
    *,
    release: str | None = None,
    largest_mb: float = LARGEST_MB,
) -> Plan:
    """Work out what adding the files to the tables in ``folder`` would change; writes nothing.

    Raises
    ------
    DataError
        If a file or a held table breaks its contract, or two files of one release disagree.
    """
    held = {
        name: read_text_frame(folder / f"{name}.csv", TABLES[name]).reset_index(drop=True)
        for name in ("sources", "authorities")
    }
    incoming, unknown = read_files(
        paths, held["authorities"], release=release, largest_mb=largest_mb
    )
    tables: dict[str, pd.DataFrame] = {}
    changes: list[dict[str, object]] = []
    files, notes = [], [f"left out: {problem}" for problem in unknown]
    sources, new_places = held["sources"], []
    for one in incoming:
        name = one.table.name
        before = tables.get(name)
        if before is None:
            before = read_text_frame(folder / f"{name}.csv", one.table).reset_index(drop=True)
        doubts = check_new_years(before, one)
        merged = merge(before, one, releases_of(sources))
        files.append(f"{one.file}: {name}, release {one.source['release']}")
        notes += [f"{one.file}: {note}" for note in (*doubts, *merged.notes)]
        changes += merged.changes
        if merged.frame.equals(before):
            continue
        tables[name] = merged.frame
        sources = _with_source(sources, one, merged.frame)
        new_places.append((one, merged.frame))
    sources = _without_unused(sources, folder, tables)
    authorities, areas = _with_areas(held["authorities"], new_places)
    for name, frame in (("sources", sources), ("authorities", authorities)):
        if not frame.equals(held[name]):
            tables[name] = frame
    notes += ledger_notes(folder, tables)
    return Plan(tables, report(changes), tuple(files), tuple(areas), tuple(notes))


def compare(older: Path | str, newer: Path | str, authorities: pd.DataFrame) -> Plan:
    """Report what a newer release of a file changed against an older one, whatever is held.

    Raises
    ------
    DataError
        If the two are not two releases of one table.
    """
    both = []
    for path in (older, newer):
        read, _ = read_files([path], authorities)
        if len(read) != 1:
            raise DataError([f"{path}: found {len(read)} tables, expected the file of one."])
        both += read
    first, second = both
    if first.table != second.table or first.release >= second.release:
        raise DataError(
            [
                f"Found {first.table.name} of {first.source['release']} and {second.table.name} of "
                f"{second.source['release']}. Expected an older and a newer release of one table."
            ]
        )
    merged = merge(as_held(first), second, {first.source["source"]: first.release})
    files = tuple(f"{one.table.name}, release {one.source['release']}" for one in both)
    return Plan({}, report(merged.changes), files, (), tuple(merged.notes))


def _with_source(sources: pd.DataFrame, one: Incoming, frame: pd.DataFrame) -> pd.DataFrame:
    source = one.source["source"]
    if source in set(sources["source"]) or source not in set(frame["source"]):
        return sources
    return pd.concat([sources, pd.DataFrame([dict(one.source)])], ignore_index=True)


def _without_unused(
    sources: pd.DataFrame, folder: Path, changed: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Leave out the sources whose last row a newer release took the place of."""
    if not changed:
        return sources
    used = {source for frame in changed.values() for source in frame["source"]}
    for name in TABLES:
        file = folder / f"{name}.csv"
        if name == "sources" or name in changed or not file.is_file():
            continue
        with file.open(encoding="utf-8-sig", newline="") as lines:
            used |= {row.get("source", "") for row in csv.DictReader(lines)}
    return sources[sources["source"].isin(used)].reset_index(drop=True)


def _with_areas(
    authorities: pd.DataFrame, places: list[tuple[Incoming, pd.DataFrame]]
) -> tuple[pd.DataFrame, list[str]]:
    """Add areas and codes that are new, and the new last year of those that go on.

    Boundary changes are never worked out from names or codes: the message asks for them.
    """
    rows = {row["area_code"]: row for row in records(authorities)}
    known_codes = {row["dfe_code"] for row in rows.values()}
    said: list[str] = []
    longer: dict[str, str] = {}
    for one, frame in places:
        regions = dict(zip(one.frame["area_code"], one.frame["region"], strict=True))
        spans: dict[str, list[dict[str, str]]] = {}
        for place in records(frame):
            spans.setdefault(place["area_code"], []).append(place)
        for code, years in spans.items():
            first, last = years[0], years[-1]
            if code not in rows:
                rows[code] = {
                    "area_code": code,
                    "dfe_code": last["dfe_code"],
                    "area_name": last["area_name"],
                    "area_type": _type(code, last["dfe_code"]),
                    "region": regions.get(code, ""),
                    "first_year": first["year"],
                    "last_year": last["year"],
                }
                said.append(_said(rows[code], known_codes))
            elif _counts(one.table, code) and last["year"] > rows[code]["last_year"]:
                rows[code]["last_year"] = longer[code] = last["year"]
    for year, count in sorted(Counter(longer.values()).items()):
        said.append(f"{count:,} areas now have data to {year}")
    return pd.DataFrame(list(rows.values()), columns=list(authorities.columns)), said


def _counts(table: Table, code: str) -> bool:
    """Only years ending in March count, but a joint return is known from no other table."""
    return table.year_means.startswith("year ending") or " / " in code


def _type(area_code: str, dfe_code: str) -> str:
    if " / " in area_code:
        return JOINT
    if dfe_code:
        return "local authority"
    return "country" if area_code.startswith("E92") else "region"


def _said(row: Mapping[str, str], known_codes: set[str]) -> str:
    name = f"{row['area_name']} ({row['dfe_code'] or row['area_code']}, {row['area_code']})"
    if row["dfe_code"] in known_codes:
        return f"new code of a known authority: {name}"
    return (
        f"new area: {name}. If it replaces abolished authorities, add the change to "
        "boundary_changes.csv: it is never guessed"
    )
