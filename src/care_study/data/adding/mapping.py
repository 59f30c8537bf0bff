"""Turns the rows of a recognised file into rows of the project's table.

Areas are named and coded as the project holds them: ``old_la_code`` is the lasting key, and the
nine-character code is the one in force in that year, whatever the release printed.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from care_study.data.adding import cells
from care_study.data.adding.reading import Download
from care_study.data.adding.recognise import OWN_DATA, Kind, Recognised, known
from care_study.data.schemas import SYMBOLS, Column, Table
from care_study.data.tables import DataError

Release = tuple[int, int]
"""Year and month of a release; month 0 where only the year is known."""
NEWEST: Release = (9999, 0)
LATEST = 2
"""A release, or a correction of it, comes at most so many years after its newest figures."""


@dataclass(frozen=True)
class Incoming:
    """The rows of one file in the shape of a table, ready to be merged.

    ``frame`` holds text: ``dfe_code``, ``area_code``, ``area_name``, ``region``, ``year`` and the
    ``figures`` that the file supplies; ``expected`` are those that files of its kind have supplied.
    ``source`` is a row of ``sources.csv``.
    """

    file: str
    table: Table
    frame: pd.DataFrame
    figures: tuple[str, ...]
    source: Mapping[str, str]
    release: Release
    notes: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()

    @property
    def own(self) -> bool:
        """Whether the figures come from an authority's own system."""
        return self.source["source"] == OWN_DATA


def records(frame: pd.DataFrame) -> list[dict[str, str]]:
    """Turn a frame of text into one dict a row."""
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in frame.to_numpy().tolist()]


def read_release(text: str) -> Release:
    """Read the release of a source: ``2025``, ``2025-11`` or ``April 2021``."""
    months = "january february march april may june july august september october november december"
    number = re.fullmatch(r"(20\d\d)(?:-(0[1-9]|1[0-2]))?", text.strip())
    if number:
        return int(number[1]), int(number[2] or 0)
    words = re.fullmatch(r"([a-z]+) (20\d\d)", text.strip().lower())
    if words and words[1] in months.split():
        return int(words[2]), months.split().index(words[1]) + 1
    raise DataError(
        [f"Found the release {text!r}. Expected a year or a year and month: 2025 or 2025-11."]
    )


def map_rows(
    download: Download,
    recognised: Recognised,
    authorities: pd.DataFrame,
    release: str | None = None,
) -> Incoming:
    """Turn the rows of a file into rows of the project's table.

    Parameters
    ----------
    download, recognised
        The file, and what it is.
    authorities
        The table of that name, as text.
    release
        The release, where it is not that of the newest year in the file (a correction within a
        year, say ``2025-11``).

    Raises
    ------
    DataError
        With every problem found: file, row, column, what was found and what was expected.
    """
    kind, table = recognised.kind, recognised.table
    raw = pd.DataFrame(download.rows, dtype=str)
    raw.index = pd.RangeIndex(2, len(raw) + 2)
    kept, notes = _rows_that_count(raw, download, recognised)
    cleaner = _Cleaner(download)
    frame = _places(kept, recognised, cleaner)
    if kind and kind.label:
        labels = kept[recognised.columns["label"]].map(recognised.labels)
        values = recognised.columns["value"]
        column = next(c for c in table.figures if c.name in kind.figures)
        cleaned = cleaner.figures(kept[values], values, column)
        cleaner.stop()
        frame = _wide(frame, labels, cleaned, download.name)
    else:
        for column in table.figures:
            if column.name in recognised.columns:
                stands = recognised.columns[column.name]
                frame[column.name] = cleaner.figures(kept[stands], stands, column)
    cleaner.stop()
    figures = tuple(column.name for column in table.figures if column.name in frame)
    frame = _identify(
        frame, authorities, download.name, shift=table.year_means.startswith("mid-year")
    )
    frame = _one_row_a_year(frame, figures, download.name)
    years = (int(frame["year"].min()), int(frame["year"].max()))
    source = _source(download, kind, years, release)
    absent = [column.name for column in table.figures if column.name not in figures]
    if absent:
        notes.append(f"not in the file, so left as held: {', '.join(absent)}")
    return Incoming(
        file=download.name,
        table=table,
        frame=frame,
        figures=figures,
        source=source,
        release=read_release(source["release"]) if kind else NEWEST,
        notes=(*download.notes, *notes, *cleaner.notes()),
        expected=tuple(kind.figures) if kind else (),
    )


class _Cleaner:
    """Cleans columns cell by cell, and keeps every problem and every symbol that was changed."""

    def __init__(self, download: Download) -> None:
        self.download = download
        self.problems: list[str] = []
        self.read_as: Counter[str] = Counter()

    def clean(self, column: pd.Series, number: int, how: Callable[[str], str]) -> pd.Series:
        """Clean a column; a value that stands in many rows is cleaned once."""
        cleaned: dict[str, str] = {}
        for value in column.unique():
            try:
                cleaned[value] = how(value)
            except cells.CellError as error:
                cleaned[value] = ""
                rows = column.index[column == value]
                also = f" (and in {len(rows) - 1:,} more rows)" if len(rows) > 1 else ""
                self.problems.append(
                    f"{self.download.name}, row {rows[0]}, column {self.download.header[number]}: "
                    f"found {error}{also}."
                )
        return column.map(cleaned)

    def figures(self, column: pd.Series, number: int, figure: Column) -> pd.Series:
        """Clean a column of figures."""
        cleaned = self.clean(column, number, lambda cell: cells.figure(cell, figure))
        for old, new in zip(column, cleaned, strict=True):
            if new in SYMBOLS and old != new:
                self.read_as[f"{old!r} read as {new!r}"] += 1
        return cleaned

    def notes(self) -> list[str]:
        """Say which symbols were read as which, and how often."""
        return [f"{what} ({count:,} cells)" for what, count in sorted(self.read_as.items())]

    def stop(self) -> None:
        """Raise what was found."""
        if self.problems:
            raise DataError(self.problems)


def _rows_that_count(
    raw: pd.DataFrame, download: Download, recognised: Recognised
) -> tuple[pd.DataFrame, list[str]]:
    """Keep the rows of England, regions and authorities, of known labels, and of totals."""
    kept = raw
    notes: list[str] = []
    if recognised.kind is None:
        return kept, notes
    levels = kept[recognised.columns["level"]].str.lower()
    wanted = {name for names in known()["levels"].values() for name in names}
    notes += _left_out(levels[~levels.isin(wanted)])
    kept = kept[levels.isin(wanted)]
    if recognised.kind.label:
        labels = kept[recognised.columns["label"]]
        notes += _left_out(labels[~labels.isin(recognised.labels)])
        kept = kept[labels.isin(recognised.labels)]
    for number, name in enumerate(download.header):
        if number in recognised.columns.values():
            continue
        whole = kept[number].str.lower().isin(known()["totals"])
        if whole.any() and not whole.all():
            notes.append(f"kept only {kept.loc[whole, number].iloc[0]!r} of the column {name}")
            kept = kept[whole]
    if kept.empty:
        raise DataError(
            [
                f"{download.name}: found no row of England, a region or an authority. Expected "
                f"{', '.join(sorted(wanted))} in column "
                f"{download.header[recognised.columns['level']]}."
            ]
        )
    return kept, notes


def _left_out(values: pd.Series) -> list[str]:
    return [f"left out: {n:,} rows of {value!r}" for value, n in sorted(Counter(values).items())]


def _places(kept: pd.DataFrame, recognised: Recognised, cleaner: _Cleaner) -> pd.DataFrame:
    """Say of which area and year each row is, whatever its level."""
    columns = recognised.columns

    def cell(name: str, rows: pd.Index, how: Callable[[str], str]) -> pd.Series:
        if name not in columns:
            return pd.Series("", index=rows, dtype=str)
        return cleaner.clean(kept.loc[rows, columns[name]], columns[name], how)

    frame = pd.DataFrame(index=kept.index)
    frame["year"] = cell("year", kept.index, cells.year)
    names = dict.fromkeys(("country", "region", "authority"), kept.index[:0])
    if recognised.kind is None:
        codes = kept[columns["dfe_code"]]
        return frame.assign(
            dfe_code=cell("dfe_code", codes.index, cells.dfe_code),
            area_code=cell("area_code", codes.index, cells.area_code),
            area_name=cell("area_name", codes.index, cells.name),
            region="",
        )
    levels = kept[columns["level"]].str.lower()
    for level in names:
        names[level] = kept.index[levels.isin(known()["levels"][level])]
    for place, level in (("country", "country"), ("region", "region"), ("area", "authority")):
        rows = names[level]
        frame.loc[rows, "area_code"] = cell(f"{place}_code", rows, cells.area_code)
        frame.loc[rows, "area_name"] = cell(f"{place}_name", rows, cells.name)
    frame["dfe_code"], frame["region"] = "", ""
    frame.loc[names["authority"], "dfe_code"] = cell("dfe_code", names["authority"], cells.dfe_code)
    inside = kept.index.difference(names["country"])
    frame.loc[inside, "region"] = cell("region_name", inside, cells.optional_name)
    return frame


def _wide(frame: pd.DataFrame, labels: pd.Series, values: pd.Series, file: str) -> pd.DataFrame:
    """Put the figures of a long file side by side; refuse two figures for one place."""
    keys = ["dfe_code", "area_code", "area_name", "region", "year"]
    long = frame.assign(figure=labels, value=values).drop_duplicates([*keys, "figure", "value"])
    twice = long[long.duplicated([*keys, "figure"], keep=False)]
    if not twice.empty:
        raise DataError(
            f"{file}: found {row['value']} as one of several values of {row['figure']} for "
            f"{row['area_name']} in {row['year']}. Expected one: the file may have a breakdown "
            "that the project does not know."
            for row in records(twice.head(6))
        )
    wide = long.pivot(index=keys, columns="figure", values="value").fillna("")
    return wide.reset_index().rename_axis(columns=None)


def _identify(
    frame: pd.DataFrame, authorities: pd.DataFrame, file: str, *, shift: bool
) -> pd.DataFrame:
    """Give every row the codes and the name that the project uses for the area in that year.

    ``shift``: the year is a mid-year, of which the codes are those of the next year ending March.
    """
    by_code = {row["area_code"]: row for row in records(authorities)}
    by_dfe: dict[str, list[dict[str, str]]] = {}
    for row in sorted(by_code.values(), key=lambda row: row["first_year"]):
        by_dfe.setdefault(row["dfe_code"], []).append(row)
    newest = max((row["last_year"] for row in by_code.values()), default="")
    problems, made = [], []
    for place in records(frame):
        held = by_code.get(place["area_code"])
        dfe_code = place["dfe_code"] or (held["dfe_code"] if held else "")
        where = f"{place['area_name']} in {place['year']}"
        if held and held["dfe_code"] != dfe_code:
            problems.append(
                f"{file}: found the codes {dfe_code!r} and {place['area_code']} together, for "
                f"{where}. Expected {held['dfe_code']!r}, which authorities.csv has for "
                f"{place['area_code']}. Correct one of the two codes."
            )
        if not place["area_code"] and dfe_code not in by_dfe:
            problems.append(f"{file}: found no known code of an area, for {where}. Add one.")
        in_force = _in_force(by_dfe.get(dfe_code, []), int(place["year"]) + shift)
        chosen = (in_force if dfe_code else None) or held or place
        alive = _alive(by_dfe.get(dfe_code, []), int(place["year"]) + shift, newest)
        made.append((dfe_code, chosen["area_code"], chosen["area_name"], "yes" if alive else ""))
    if problems:
        raise DataError(problems)
    columns = ["dfe_code", "area_code", "area_name", "alive"]
    return frame.assign(**dict(zip(columns, map(list, zip(*made, strict=True)), strict=True)))


def _in_force(codes: list[dict[str, str]], year: int) -> dict[str, str] | None:
    """Choose the code of an authority in a year; None for years after the last that is held."""
    return next((row for row in codes if year <= int(row["last_year"])), None)


def _alive(codes: list[dict[str, str]], year: int, newest: str) -> bool:
    """Say whether the authority existed in a year: had a code, or goes on after the newest year."""
    return any(
        int(row["first_year"]) <= year
        and (year <= int(row["last_year"]) or row["last_year"] == newest)
        for row in codes
    )


def _one_row_a_year(frame: pd.DataFrame, figures: tuple[str, ...], file: str) -> pd.DataFrame:
    """Keep one row an area and year; refuse two that disagree.

    Where a code was re-issued, a file may list the area under both, with figures under one only.
    """
    names = list(figures)
    frame = frame.assign(area_id=frame["dfe_code"].where(frame["dfe_code"] != "", frame.area_code))
    frame["silent"] = frame[names].isin(["x", "z", ""]).all(axis=1)
    frame = frame.drop_duplicates(["area_id", "year", *names])
    spoken = ~frame.groupby(["area_id", "year"])["silent"].transform("all")
    frame = frame[~(frame["silent"] & spoken)].drop(columns="silent")
    twice = frame[frame.duplicated(["area_id", "year"])]
    if not twice.empty:
        raise DataError(
            f"{file}: found two rows of {row['area_name']} in {row['year']} that disagree. "
            "Expected one row an area and year."
            for row in records(twice)
        )
    return frame.sort_values(["area_code", "year"]).reset_index(drop=True)


def _source(
    download: Download, kind: Kind | None, years: tuple[int, int], release: str | None
) -> dict[str, str]:
    """Write the row of ``sources.csv`` for a file."""
    provenance = f"Imported from {re.sub(r'[^A-Za-z0-9._ -]', '_', download.name)}, "
    provenance += f"SHA-256 {download.sha256[:16]}"
    if kind is None:
        return {
            "source": OWN_DATA,
            "publisher": "Own system",
            "title": "Figures from an authority's own system",
            "table": "Aggregated by the user",
            "release": "not published",
            "public_page": "own-data",
            "licence": "not stated",
            "note": "Added with `care-study data add`; not an official statistic",
        }
    usual = years[1] + kind.release_after_last_year
    text = release or str(usual)
    year = read_release(text)[0]
    if not usual <= year <= usual + LATEST:
        raise DataError(
            [
                f"{download.name}: found the release {text}, while the newest figures in the file "
                f"are of {years[1]}. Expected a release of {usual} to {usual + LATEST}. Correct "
                "--release, or check that it is the right file."
            ]
        )
    fill = {"release": text, "first": years[0], "last": years[1]}
    described = {key: value.format(**fill) for key, value in kind.source.items()}
    name = described.pop("id")
    if release and "{release}" not in kind.source["id"]:
        name = f"{name}-{release}"
    return {
        "source": name,
        **{key: described[key] for key in ("publisher", "title", "table")},
        "release": text,
        "public_page": described["public_page"],
        "licence": "OGL-UK-3.0",
        "note": f"{described['note']}. {provenance}",
    }
