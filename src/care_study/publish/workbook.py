"""Workbooks, the same bytes every time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from care_study.publish.cells import one_line, safe_cell, scaled
from care_study.show.table_data import heading

# The earliest moment that a ZIP archive can hold; files carry no time of day.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_DOCUMENT_TIME = "2000-01-01T00:00:00Z"


def workbook(content: Mapping[str, Any], book: str, source_lines: list[str]) -> bytes:
    """Write a table as a workbook; see `care_study.publish.downloads.xlsx_bytes`."""
    made = Workbook()
    made.properties.creator = one_line(book)
    made.properties.title = one_line(content["caption"])
    _write_text(made.active, "Cover", _cover_lines(content, book, source_lines))
    _write_text(made.create_sheet(), "Notes", _note_lines(content))
    _write_table(made.create_sheet("Table"), content)
    out = io.BytesIO()
    made.save(out)
    return _without_times(out.getvalue())


def _cover_lines(content: Mapping[str, Any], book: str, sources: list[str]) -> list[str]:
    return [
        content["caption"],
        f"From: {book}",
        "The sheet Table holds the figures; the sheet Notes explains shorthand and limits.",
        *(f"Source: {line}" for line in sources),
        "Contains public sector information licensed under the Open Government Licence v3.0.",
    ]


def _note_lines(content: Mapping[str, Any]) -> list[str]:
    shorthand = [f"[{code}]: {meaning}" for code, meaning in content["shorthand"].items()]
    lines = [*content["notes"], *shorthand]
    return ["Notes and shorthand", *(lines or ["This table has no notes and no shorthand."])]


def _write_text(sheet: Worksheet, title: str, lines: list[str]) -> None:
    sheet.title = title
    sheet.column_dimensions["A"].width = 100
    for number, line in enumerate(lines, start=1):
        cell = sheet.cell(number, 1, safe_cell(line))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet["A1"].font = Font(bold=True, size=14)


def _write_table(sheet: Worksheet, content: Mapping[str, Any]) -> None:
    columns = content["columns"]
    sheet["A1"] = safe_cell(content["caption"])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A2"] = "Shorthand in square brackets is explained on the sheet Notes."
    for number, column in enumerate(columns, start=1):
        cell = sheet.cell(3, number, safe_cell(heading(column)))
        cell.font = Font(bold=True)
        cell.alignment = Alignment(
            wrap_text=True, horizontal="right" if column["numeric"] else None
        )
        longest = max(
            [len(heading(column)) / 2, *(len(str(row[number - 1])) for row in content["rows"])]
        )
        sheet.column_dimensions[get_column_letter(number)].width = min(48, max(12, longest + 2))
    for row_number, row in enumerate(content["rows"], start=4):
        for number, value in enumerate(scaled(columns, row), start=1):
            cell = sheet.cell(row_number, number, safe_cell(value))
            if columns[number - 1]["numeric"]:
                cell.number_format = _number_format(columns[number - 1])
                cell.alignment = Alignment(horizontal="right")
    sheet.freeze_panes = "A4"


def _number_format(column: Mapping[str, Any]) -> str:
    whole = "0" if column["unit"] == "year" else "#,##0"
    return whole + ("." + "0" * column["decimals"] if column["decimals"] else "")


def _without_times(workbook: bytes) -> bytes:
    """Rewrite the archive with fixed times, so that equal tables give equal bytes."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as archive,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fresh,
    ):
        for name in sorted(archive.namelist()):
            body = archive.read(name)
            body = _fixed_properties(body) if name == "docProps/core.xml" else body
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            fresh.writestr(entry, body)
    return out.getvalue()


def _fixed_properties(core: bytes) -> bytes:
    root = ET.fromstring(core)
    for element in root:
        if element.tag.endswith(("}created", "}modified")):
            element.text = _DOCUMENT_TIME
    return ET.tostring(root, xml_declaration=True, encoding="UTF-8")
