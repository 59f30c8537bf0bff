"""What a reader may take away from a table: CSV and XLSX, the same bytes every time."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from care_study.publish.cells import safe_cell, scaled
from care_study.publish.kept import kept
from care_study.show import table_data
from care_study.show.table_data import heading

_BESIDE = [str(Path(__file__).with_name(name)) for name in ("cells.py", "workbook.py")]
_CODE = (__file__, *_BESIDE, str(table_data.__file__))


def csv_bytes(content: Mapping[str, Any]) -> bytes:
    """Write a table as CSV, in UTF-8, with unrounded numbers and headings that name the units."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([safe_cell(heading(column)) for column in content["columns"]])
    for row in content["rows"]:
        writer.writerow([safe_cell(value) for value in scaled(content["columns"], row)])
    return out.getvalue().encode("utf-8")


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
