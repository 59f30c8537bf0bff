"""Opens downloads safely: files, folders and zip archives, with limits on what is read.

Nothing is ever unpacked to disk, no more than the limit is ever held in memory, and whatever is
not a whole CSV file is refused with one message that says what it is instead.
"""

import csv
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from sys import intern

from care_study.data.tables import DataError

LARGEST_MB = 100
MOST_MEMBERS = 1000
MOST_TIMES_LARGER = 200
"""A member that grows more than this when unpacked, and past a tenth of the limit, is a bomb."""


@dataclass(frozen=True)
class Raw:
    """The bytes of one file, and whether the user named this very file."""

    name: str
    content: bytes
    named: bool


@dataclass(frozen=True)
class Download:
    """One CSV file as text: ``header`` and ``rows`` (each as long as the header)."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sha256: str
    notes: tuple[str, ...] = ()


def find(paths: Iterable[Path | str], largest_mb: float = LARGEST_MB) -> Iterator[Raw]:
    """Yield every CSV file that the paths name: files, folders (searched wholly), zip archives.

    Raises
    ------
    DataError
        If a path does not exist, a file is too large, or an archive is damaged or unsafe.
    """
    limit = int(largest_mb * 1_000_000)
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in (".csv", ".zip"))
            inside = [p for p in inside if p.is_file() and not p.name.startswith(".")]
            if not inside:
                raise DataError([f"{path}: found no CSV or zip file in this folder. Name another."])
            for file in inside:
                yield from _file(file, limit, named=False)
        elif path.is_file():
            yield from _file(path, limit, named=True)
        else:
            found = "something that is neither" if path.exists() else "nothing"
            raise DataError(
                [f"{path}: found {found}. Expected a CSV file, a zip archive or a folder."]
            )


def _file(path: Path, limit: int, *, named: bool) -> Iterator[Raw]:
    size = path.stat().st_size
    if size > limit:
        raise DataError([_too_large(path.name, size, limit)])
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(
            [f"{path.name}: the file cannot be read ({error.strerror}). Check your permission."]
        ) from None
    if content.startswith(b"PK"):
        yield from _members(path.name, content, limit)
    else:
        yield Raw(path.name, content, named)


def _too_large(name: str, size: int, limit: int) -> str:
    return (
        f"{name}: the file has {size / 1e6:,.0f} MB, more than the {limit / 1e6:,.0f} MB that are "
        "read at most, and was not opened. The Department's files have a few MB: check that it is "
        "the right one, or allow more with --largest."
    )


def _members(archive: str, content: bytes, limit: int) -> Iterator[Raw]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            chosen = _safe_members(archive, file.infolist(), limit)
            for member in chosen:
                with file.open(member) as opened:
                    # The size in the archive's list may lie: never read more than the limit.
                    unpacked = opened.read(limit + 1)
                if len(unpacked) > limit:
                    raise DataError([_too_large(f"{archive}/{member.filename}", limit + 1, limit)])
                yield Raw(f"{archive}/{PurePosixPath(member.filename).name}", unpacked, False)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DataError(
            [
                f"{archive}: the archive is damaged or was cut off ({error}). Expected a whole zip "
                "file. Download it again."
            ]
        ) from None


def _safe_members(
    archive: str, members: list[zipfile.ZipInfo], limit: int
) -> list[zipfile.ZipInfo]:
    """Choose the CSV members of an archive; refuse it if anything about it is unsafe."""
    names = [member.filename for member in members]
    if "[Content_Types].xml" in names:
        raise DataError(
            [
                f"{archive}: found an Excel workbook, expected CSV. Save the sheet as 'CSV UTF-8', "
                "or better, download the CSV itself."
            ]
        )
    outside = [name for name in names if _leads_outside(name)]
    if outside:
        raise DataError(
            [
                f"{archive}: the archive names a file outside itself, {outside[0]!r}, and was not "
                "opened. Expected plain names. Download it again from the publisher."
            ]
        )
    if len(members) > MOST_MEMBERS:
        raise DataError(
            [f"{archive}: found {len(members):,} files in it, expected {MOST_MEMBERS:,} at most."]
        )
    chosen = [
        member
        for member in members
        if member.filename.lower().endswith(".csv") and "__MACOSX" not in member.filename
    ]
    for member in chosen:
        name = f"{archive}/{member.filename}"
        if member.flag_bits & 1:
            raise DataError([f"{name}: the file is encrypted. Unpack it with its password first."])
        grows = member.file_size / max(member.compress_size, 1)
        if grows > MOST_TIMES_LARGER and member.file_size > limit / 10:
            raise DataError(
                [
                    f"{name}: would grow {grows:,.0f} times when unpacked, to "
                    f"{member.file_size / 1e6:,.0f} MB, and was not opened. Published files grow "
                    "about ten times."
                ]
            )
        if member.file_size > limit:
            raise DataError([_too_large(name, member.file_size, limit)])
    if sum(member.file_size for member in chosen) > 10 * limit:
        raise DataError(
            [
                f"{archive}: its files would have more than {10 * limit / 1e6:,.0f} MB together, "
                "and it was not opened. Add the files that you need one by one."
            ]
        )
    if not chosen:
        raise DataError([f"{archive}: found no CSV file in the archive. Name another."])
    return chosen


def _leads_outside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or parts[0] == "" or bool(re.match(r"[A-Za-z]:", name))


def parse(raw: Raw) -> Download:
    """Read one CSV file as text, cell by cell.

    UTF-8 and UTF-16 with or without a byte-order mark are read, and Windows-1252 as spreadsheets
    write it. Cells are stripped of surrounding space.

    Raises
    ------
    DataError
        If the file is empty, not CSV, cut off, or in two encodings at once.
    """
    text, notes = _decode(raw.name, raw.content)
    _refuse_other_formats(raw.name, text)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[str, ...]] = []
    header: tuple[str, ...] = ()
    try:
        for row in reader:
            cells = tuple(intern(cell.strip()) for cell in row)
            if not any(cells):
                continue
            if not header:
                header = cells
            elif len(cells) != len(header):
                raise DataError([_wrong_length(raw.name, reader.line_num, cells, header)])
            else:
                rows.append(cells)
    except csv.Error as error:
        raise DataError(
            [
                f"{raw.name}, row {reader.line_num}: found a line that is not CSV ({error}). The "
                "file may have been cut off. Download it again."
            ]
        ) from None
    if not rows:
        raise DataError([f"{raw.name}: found a header but no row. The file may have been cut off."])
    if not text.endswith(("\n", "\r")):
        notes.append(
            "the last line has no line end: if the download was cut off, its last figure is wrong"
        )
    digest = hashlib.sha256(raw.content).hexdigest()
    return Download(raw.name, header, tuple(rows), digest, tuple(notes))


def _wrong_length(name: str, line: int, cells: tuple[str, ...], header: tuple[str, ...]) -> str:
    advice = (
        "The file may have been cut off: download it again."
        if len(cells) < len(header)
        else "A comma inside a cell needs quotation marks around the cell."
    )
    return f"{name}, row {line}: found {len(cells)} cells, expected {len(header)}. {advice}"


def _decode(name: str, content: bytes) -> tuple[str, list[str]]:
    if not content.strip():
        raise DataError([f"{name}: the file is empty. Expected a CSV file. Download it again."])
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16"), ["read as UTF-16"]
        except UnicodeDecodeError:
            raise DataError([f"{name}: the UTF-16 text is cut off. Download it again."]) from None
    if b"\x00" in content:
        raise DataError(
            [f"{name}: found a binary file, expected CSV text. Check that it is the right file."]
        )
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        byte = content[error.start]
    # Bytes that only UTF-8 would write, beside bytes that it cannot: pasted from two sources.
    if re.search(rb"[\xc3\xc2][\x80-\xbf]|\xe2\x80[\x80-\xbf]", content):
        raise DataError(
            [
                f"{name}, row {line}: the file is in two encodings. Found the byte 0x{byte:02x} "
                "beside UTF-8 text. Save the whole file as UTF-8 (in a spreadsheet: 'CSV UTF-8')."
            ]
        )
    try:
        return content.decode("cp1252"), ["read as Windows-1252, since it is not UTF-8"]
    except UnicodeDecodeError:
        raise DataError(
            [
                f"{name}, row {line}: the file is not UTF-8. Found the byte 0x{byte:02x}. Save the "
                "file as UTF-8 (in a spreadsheet: 'CSV UTF-8')."
            ]
        ) from None


def _refuse_other_formats(name: str, text: str) -> None:
    start = text.lstrip()[:200].lower()
    found = ""
    if start.startswith("<"):
        found = "a web page or XML" + (" (an error page?)" if "html" in start else "")
    elif start.startswith(("{", "[")):
        found = "JSON (an error message?)"
    elif start.startswith("%pdf"):
        found = "a PDF"
    if found:
        raise DataError([f"{name}: found {found}, expected CSV. Download the CSV file again."])
    first = text.splitlines()[0] if text else ""
    if "," not in first and re.search(r"[;\t|]", first):
        raise DataError(
            [
                f"{name}, row 1: found cells between semicolons, tabs or bars, expected commas. "
                "Save the file as CSV with commas."
            ]
        )
