"""Cells of a table that leaves the book: safe for a spreadsheet, in the unit of their heading."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

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


def scaled(columns: list[Mapping[str, Any]], row: list[Any]) -> list[Any]:
    """Give values in the unit that the heading names: shares become percentages."""
    return [
        float(f"{value * 100:.10g}")
        if column["unit"] == "share" and isinstance(value, int | float)
        else value
        for column, value in zip(columns, row, strict=True)
    ]
