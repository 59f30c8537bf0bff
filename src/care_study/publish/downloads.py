"""What a reader may take away from a table: CSV and XLSX, the same bytes every time."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from care_study.publish.kept import kept
from care_study.show import table_data
from care_study.show.table_data import heading

_CODE = (__file__, str(Path(__file__).with_name("workbook.py")), str(table_data.__file__))
_STARTS_FORMULA = ("=", "+", "-", "@")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
_BREAKS = re.compile(r"[\t\n\x0b\x0c\r\x85\u2028\u2029]+")


def safe_cell(value: Any) -> Any:
    """Keep a spreadsheet from reading text as a formula: such text gets an apostrophe in front.

    Line breaks become spaces, because what follows one may be taken for a new cell.
    """
    if not isinstance(value, str):
        return value
    text = one_line(value)
    risky = value.startswith(("\t", "\r")) or text.lstrip().startswith(_STARTS_FORMULA)
    return f"'{text}" if risky else text


def one_line(text: str) -> str:
    """Leave out what no document may hold, and make spaces of line breaks."""
    return _BREAKS.sub(" ", _FORBIDDEN.sub("", text))


def csv_bytes(content: Mapping[str, Any]) -> bytes:
    """Write a table as CSV, in UTF-8, with unrounded numbers and headings that name the units."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([safe_cell(heading(column)) for column in content["columns"]])
    for row in content["rows"]:
        writer.writerow([safe_cell(value) for value in scaled(content["columns"], row)])
    return out.getvalue().encode("utf-8")


def scaled(columns: list[Mapping[str, Any]], row: list[Any]) -> list[Any]:
    """Give values in the unit that the heading names: shares become percentages."""
    return [
        float(f"{value * 100:.10g}")
        if column["unit"] == "share" and isinstance(value, int | float)
        else value
        for column, value in zip(columns, row, strict=True)
    ]


def xlsx_bytes(content: Mapping[str, Any], *, book: str, source_lines: list[str]) -> bytes:
    """Write a table as a workbook with a cover, a sheet of notes and the table.

    The arrangement follows the Analysis Function's guidance on spreadsheets (2021): one table a
    sheet from cell A3 on, no merged or empty cells, shorthand explained on the sheet of notes.

    Parameters
    ----------
    content : mapping
        As made by `care_study.show.table_data.table_content`.
    book : str
        Title of the publication.
    source_lines : list of str
        The sources in words.
    """

    def make() -> bytes:
        # Imported here: a workbook that was made before needs no library to be given again.
        from care_study.publish.workbook import workbook  # noqa: PLC0415

        return workbook(content, book, source_lines)

    return kept(make, content, book, source_lines, version("openpyxl"), code=_CODE)
