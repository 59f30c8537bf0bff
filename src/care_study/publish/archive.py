"""All the data of the book as one archive, which explains itself."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from care_study.data.schemas import SYMBOLS, TABLES
from care_study.publish.crate import LICENCE
from care_study.publish.csvw import ENDING
from care_study.publish.sources import Source

NAME = "care-study-data.zip"
SUMS, DICTIONARY = "SHA256SUMS", "dictionary.csv"
# The profiles of single authorities repeat what the figure tables hold for all.
LEFT_OUT = "profile-"
# The earliest moment that a ZIP archive can hold; files carry no time of day.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def write_archive(
    html: Path,
    published: Path,
    *,
    book: str,
    vintage: str,
    revision: str,
    sources: Mapping[str, Source],
) -> Path:
    """Write the archive into the folder of downloads of a built book, the same bytes every time.

    It holds the figure tables as published (``figure_tables/``), the data of every chart and table
    on the book's pages with their descriptions (``book/``), a dictionary of all columns, a list of
    sources, the licence, and checksums of everything.

    Parameters
    ----------
    html : Path
        Folder of the built book, with ``downloads``.
    published : Path
        Folder with the figure tables.
    book, vintage, revision : str
        Title of the book, the releases of its figures, and the revision of the code.
    sources : mapping from the name of a table to Source
        What the figure tables are.
    """
    downloads = html / "downloads"
    files = {f"figure_tables/{path.name}": path.read_bytes() for path in _tables(published)}
    for path in sorted([*downloads.rglob("*.csv"), *downloads.rglob(f"*{ENDING}")]):
        place = path.relative_to(downloads)
        if not place.parts[0].startswith(LEFT_OUT):
            files[f"book/{place.as_posix()}"] = path.read_bytes()
    package = published.parent / "datapackage.json"
    if package.is_file():
        files[package.name] = package.read_bytes()
    files[DICTIONARY] = _dictionary(files)
    files["sources.txt"] = _lines(_source_lines(sources))
    files["LICENCE.txt"] = _lines(_LICENCE)
    files["README.txt"] = _lines(_about(book, vintage, revision))
    files[SUMS] = _lines(
        f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in sorted(files.items())
    )
    downloads.mkdir(parents=True, exist_ok=True)
    target = downloads / NAME
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(f"care-study-data/{name}", _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return target


def _tables(published: Path) -> list[Path]:
    return sorted(path for path in published.glob("*.csv") if path.stem in TABLES)


def _lines(lines: Iterable[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode("utf-8")


def _dictionary(files: Mapping[str, bytes]) -> bytes:
    """List every column of every file: heading, unit, kind of value and meaning."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["file", "file_is", "column", "unit", "kind", "means"])
    for name in sorted(files):
        if name.startswith("figure_tables/"):
            writer.writerows(_published_columns(name))
        elif name.endswith(ENDING):
            writer.writerows(_described_columns(name, files[name]))
    return out.getvalue().encode("utf-8")


def _published_columns(name: str) -> Iterable[list[str]]:
    table = TABLES[Path(name).stem]
    for column in table.columns:
        yield [name, table.title, column.name, column.unit, column.kind, column.description]


def _described_columns(name: str, content: bytes) -> Iterable[list[str]]:
    described = json.loads(content)
    file = f"{name.rpartition('/')[0]}/{described['url']}"
    for column in described["tableSchema"]["columns"]:
        unit, means = column.get("schema:unitText", ""), column.get("dc:description", "")
        titles = column["titles"]
        yield [file, described["dc:title"], titles, unit, column["datatype"], means]


def _source_lines(sources: Mapping[str, Source]) -> Iterable[str]:
    for name, source in sources.items():
        yield f"{name}: {source.line}"
        yield from (f"    {place.words}: {place.address}" for place in source.places)


_LICENCE = (
    "The figures are Crown copyright, or Ofsted's, and are licensed under the",
    "Open Government Licence v3.0:",
    LICENCE,
    "Contains public sector information licensed under the Open Government Licence v3.0.",
    "",
    "What was computed from them may be used under the same licence.",
)


def _about(book: str, vintage: str, revision: str) -> Iterable[str]:
    yield from (
        f"All the data of: {book}",
        f"Figures from: {vintage}",
        f"Code: revision {revision}",
    )
    yield from (
        "",
        "figure_tables/   official statistics as published, symbols kept, with the source of a row",
        "book/            the data of every chart and table of the book, a folder a chapter;",
        "                 beside each CSV file a description of it (CSV on the Web, W3C)",
        f"{DICTIONARY}   every column of every file: unit, kind of value, meaning",
        "sources.txt      where the official statistics were published",
        f"{SUMS}       checksums; to check: sha256sum -c {SUMS}",
        "",
        "Symbols in place of a figure:",
    )
    yield from (f"  {symbol}   {meaning}" for symbol, meaning in SYMBOLS.items())
