"""One slice of the figure tables an authority: only the rows that its page depends on.

A page is executed again when its slice changes, and at no other time. So a slice holds the rows of
the authority, of what it was before and after a boundary change, of joint returns with it, of its
neighbours on both lists, of its region and of England; the tables of names, codes and boundaries
whole; and the comparison with all authorities in rounded form (see `care_study.area.among_all`).
"""

import csv
import hashlib
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from care_study.area import among_all
from care_study.area.setting import ENGLAND
from care_study.chapters.profile import measures as profile
from care_study.data import geography
from care_study.study import NEIGHBOUR_LISTS

LIST = "slice.json"
WHOLE = ("authorities", "boundary_changes")
LISTS = "statistical_neighbours"


class SliceError(ValueError):
    """A slice that is not as it was written."""


@dataclass(frozen=True)
class Area:
    """An authority with a page: its id, name, region and the name of its files."""

    area_id: str
    name: str
    region: str
    slug: str


def slug(name: str) -> str:
    """Write a name for a file and an address: lower-case letters, digits and hyphens only."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "").replace("&", "and")).strip("-")
    return words or "area-" + hashlib.sha256(name.encode()).hexdigest()[:8]


def atlas_areas(authorities: pd.DataFrame, boundary_changes: pd.DataFrame) -> list[Area]:
    """List the authorities and territories that get a page, by name.

    Where two names would give the same file, each gets its code.
    """
    listed = geography.areas(authorities, boundary_changes)
    wanted = listed[listed["area_type"].isin(among_all.LOCAL)].sort_values("area_name")
    slugs = wanted["area_name"].map(slug)
    twice = slugs.duplicated(keep=False)
    slugs = slugs.mask(twice, slugs + "-" + pd.Series(wanted.index.map(slug), wanted.index))
    return [
        Area(str(area_id), str(row.area_name), str(row.region), str(slugs[area_id]))
        for area_id, row in zip(wanted.index, wanted.itertuples(), strict=True)
    ]


class Slicer:
    """Cuts slices from one data folder; the tables are read once."""

    def __init__(self, folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
        self.tables = tables
        self.rows = {name: _rows(folder / f"{name}.csv") for name in profile.READS}
        id_of = tables["authorities"].set_index("area_code")["area_id"]
        self.id_of: dict[str, str] = {str(code): str(area) for code, area in id_of.items()}
        self.lists = [
            geography.neighbour_lists(tables[LISTS], tables["authorities"], model)
            for model in NEIGHBOUR_LISTS
        ]
        self.territories = geography.territories(tables["boundary_changes"])
        listed = geography.areas(tables["authorities"], tables["boundary_changes"])
        self.region_of = dict(listed["region"].items())
        regions = listed[listed["area_type"] == "region"]
        self.region_ids = {str(name): str(code) for code, name in regions["area_name"].items()}
        self.joint = [area for area in listed.index if " / " in str(area)]

    def members(self, area_id: str) -> set[str]:
        """List the ids whose rows the page of an authority depends on."""
        found = {area_id, ENGLAND, self.region_ids.get(str(self.region_of[area_id]), ENGLAND)}
        for neighbours in self.lists:
            found |= set(neighbours.get(area_id, ()))
        for territory in self.territories:
            parts = {*territory.predecessors, *territory.successors}
            if found & {territory.area_id, *parts}:
                found |= parts
        found |= {joint for joint in self.joint if found & set(str(joint).split(" / "))}
        return found

    def content(self, area_id: str, everyone: among_all.AmongAll) -> dict[str, str]:
        """Write the files of a slice: name and text."""
        members = self.members(area_id)
        files = {among_all.FILE: everyone.to_json()}
        for name, (header, rows) in self.rows.items():
            if name in WHOLE:
                kept = [line for _, line in rows]
            elif name == LISTS:
                parts = {area_id, *area_id.split("+")}
                kept = [line for code, line in rows if self.id_of.get(code) in parts]
            else:
                kept = [line for area, line in rows if area in members]
            files[f"{name}.csv"] = "".join([header, *kept])
        return files


def _rows(path: Path) -> tuple[str, list[tuple[str, str]]]:
    """Read a table as lines of text, each with the area (in the lists: the code) it is about."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *body = list(csv.reader(file))
    place = {column: number for number, column in enumerate(header)}
    found = []
    for row in body:
        code = row[place["area_code"]] if "area_code" in place else ""
        dfe = row[place["dfe_code"]] if "dfe_code" in place else ""
        found.append((dfe or code, _line(row)))
    return _line(header), found


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def write_slices(
    folder: Path,
    tables: Mapping[str, pd.DataFrame],
    target: Path,
    *,
    model: str,
    first_year: int,
    last_year: int,
) -> list[Path]:
    """Write the slice of every authority; leave a slice with the same content alone.

    Returns the list of each slice (``slice.json``: area, files and their SHA-256), which the
    execution of a page depends on.
    """
    slicer = Slicer(folder, tables)
    areas = atlas_areas(tables["authorities"], tables["boundary_changes"])
    computed = profile.compute_all(tables, first_year, last_year)
    values = among_all.wide(computed)
    judged = among_all.back_test(computed[profile.FORECAST_OF], model)
    written = []
    for area in areas:
        everyone = among_all.compare(values, area.area_id, judged)
        content = slicer.content(area.area_id, everyone)
        written.append(_write(target / area.slug, area, content))
    return written


def _write(place: Path, area: Area, files: Mapping[str, str]) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    sums = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    listed = {"area_id": area.area_id, "area": area.name, "region": area.region, "files": sums}
    everything = {**files, LIST: json.dumps(listed, indent=1, sort_keys=True) + "\n"}
    for name, text in everything.items():
        path = place / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
    return place / LIST


def files(listed: Path) -> list[Path]:
    """List the files of a slice."""
    names = json.loads(listed.read_text(encoding="utf-8"))["files"]
    return [listed.parent / name for name in sorted(names)]


def check_slice(listed: Path) -> None:
    """Check that the files of a slice are those that were written; raise `SliceError` if not."""
    for name, expected in json.loads(listed.read_text(encoding="utf-8"))["files"].items():
        path = listed.parent / name
        found = path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == expected
        if not found:
            raise SliceError(
                f"{path}: the file is missing or was changed after the slice was written. Remove "
                f"{listed.parent.parent} and build the atlas again."
            )
