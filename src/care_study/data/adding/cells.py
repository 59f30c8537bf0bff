"""Cleans single cells: codes, years, names and figures as publishers and spreadsheets write them.

Every function returns the cell in the project's form, or raises `CellError` with what was found and
what was expected; the caller adds file, row and column.
"""

import re

from care_study.data.adding.recognise import known
from care_study.data.schemas import EXPECTED, SHARED, SYMBOLS, Column


class CellError(ValueError):
    """A cell that cannot be read, in words that follow "found"."""


def year(cell: str) -> str:
    """Read a year: ``2025``, or the year in which ``202425``, ``2024/25`` or ``2024-25`` ends."""
    text = cell.removesuffix(".0")
    if re.fullmatch(r"(19|20)\d\d", text):
        return text
    spans = re.fullmatch(r"((?:19|20)\d\d)[/–-]?(?:20)?(\d\d)", text)
    if spans and (int(spans[1]) + 1) % 100 == int(spans[2]):
        return str(int(spans[1]) + 1)
    raise CellError(f"{cell!r}. Expected a year such as 2025, 202425 or 2024/25")


def dfe_code(cell: str) -> str:
    """Read a three-digit code, or the codes of a joint return; a spreadsheet's ``873.0`` too."""
    if cell.lower() in ("", *SYMBOLS, *known()["symbols"]):
        return ""
    parts = [part.strip().removesuffix(".0") for part in cell.split("/")]
    if all(re.fullmatch(r"[1-9]\d\d", part) for part in parts):
        return " / ".join(parts)
    raise CellError(
        f"{cell!r}. Expected a code of three digits such as 873, or two of them as 940 / 941. A "
        "spreadsheet may have turned it into a date or a number: use the file as it was downloaded"
    )


def area_code(cell: str) -> str:
    """Read a nine-character code, or the codes of a joint return."""
    text = " / ".join(part.strip().upper() for part in cell.split("/"))
    if re.fullmatch(SHARED["area_code"].cell_pattern, text):
        return text
    raise CellError(f"{cell!r}. Expected a code of nine characters such as E10000003")


def name(cell: str) -> str:
    """Check a name: no markup, no formula, nothing that cannot be printed."""
    formula(cell)
    if re.search(r"[<>]|[\x00-\x1f]|&[a-z#]+;|javascript:", cell, re.IGNORECASE):
        raise CellError(f"markup or script, {cell!r}. Expected the name of an area")
    if not re.search(r"[^\W\d_]", cell):
        raise CellError(f"{cell!r}. Expected the name of an area")
    return cell


def optional_name(cell: str) -> str:
    """Check a name that may be empty."""
    return name(cell) if cell else ""


def formula(cell: str) -> None:
    """Refuse a cell that a spreadsheet would run as a formula."""
    if re.match(r"[=+@\t\r]|-[^\d.\s]", cell):
        raise CellError(f"a formula, {cell!r}. Expected plain text or a figure")


def figure(cell: str, column: Column) -> str:
    """Read a figure, or the symbol in its place.

    Thousands separators and the ``.0`` that spreadsheets add to counts are taken away; symbols of
    older releases become those of today, as ``files.yml`` says.
    """
    text = cell.lower()
    symbol = known()["symbols"].get(text, text)
    if symbol in SYMBOLS or symbol == "":
        return str(symbol)
    formula(cell)
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    if column.kind == "count":
        text = re.sub(r"\.0+$", "", text)
    if re.fullmatch(column.cell_pattern, text):
        return text
    raise CellError(
        f"{cell!r}. Expected {EXPECTED[column.kind]}, or one of the symbols {' '.join(SYMBOLS)}"
    )
