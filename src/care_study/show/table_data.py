"""What a table holds, as plain JSON values: the one shape that HTML, CSV and XLSX come from."""

from __future__ import annotations

import datetime as dt
import math
import numbers
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeGuard

import pandas as pd

from care_study.data.schemas import SYMBOLS
from care_study.indicators.columns import MEASURE, ResultColumn, column
from care_study.show.facts import check_sources
from care_study.words import FactError, format_number, ten_digits

SHORTHAND: dict[str, str] = {
    **SYMBOLS,
    "r": "revised since an earlier release",
    "b": "break: not comparable with the years before",
    "f": "forecast",
}
MISSING = "x"
NOT_APPLICABLE = "z"

_DIGITS = re.compile(r"-?\d+(\.\d+)?")
_BRACKETED = re.compile(r"\[(" + "|".join(SHORTHAND) + r")\]")


def table_content(
    frame: pd.DataFrame,
    *,
    name: str,
    caption: str,
    unit: str = "",
    places: int | None = None,
    units: Mapping[str, str] | None = None,
    decimals: Mapping[str, int] | None = None,
    labels: Mapping[str, str] | None = None,
    sources: Sequence[str] = (),
    notes: Sequence[str] = (),
    row_header: str | None = None,
) -> dict[str, Any]:
    """Describe a frame as the JSON that the book's tables are written from.

    Parameters
    ----------
    frame : DataFrame
        One row a table row. A named index becomes the first columns. In a column of numbers a
        cell may be shorthand (``c`` or ``[c]``); a missing cell is shown as ``[x]``.
    name : str
        Snake case, unique in its notebook.
    caption : str
        What the table shows: measure, place, period.
    unit, places : str and int, optional
        Unit and decimals of what the table is about, for the columns that are defined with the
        unit ``measure``.
    units, decimals, labels : mapping, optional
        By column, only where they are not those of `care_study.indicators.columns`. The unit is
        added to the heading in brackets.
    sources : sequence of str
        Figure tables it is computed from.
    notes : sequence of str
        Sentences shown beneath.
    row_header : str, optional
        The column that names each row; by default the first.

    Raises
    ------
    FactError
        When the frame has no columns, a name repeats, or an option names a column not there.
    """
    frame = _flat(frame)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise FactError(f"table {name!r}: expected a name in snake case")
    if sources:
        check_sources(f"table {name}", sources)
    header = row_header or str(frame.columns[0])
    for option, keys in (
        ("units", units),
        ("decimals", decimals),
        ("labels", labels),
        ("row_header", [header]),
    ):
        unknown = [key for key in keys or () if key not in frame.columns]
        if unknown:
            raise FactError(
                f"table {name}: {option} names columns that are not there: {unknown}; "
                f"the columns are {list(frame.columns)}"
            )
    columns = [
        _column(frame[key], _defined(key, unit, places, units or {}, decimals or {}, labels or {}))
        for key in frame.columns
    ]
    cells = [[_plain(value) for value in frame[key]] for key in frame.columns]
    cells = [_with_shorthand(column, values) for column, values in zip(columns, cells, strict=True)]
    place = list(frame.columns).index(header)
    # A row's header is never blank: a screen reader would have nothing to say for the row.
    cells[place] = [f"[{NOT_APPLICABLE}]" if value == "" else value for value in cells[place]]
    return {
        "name": name,
        "caption": caption,
        "columns": columns,
        "row_header": place,
        "rows": [list(row) for row in zip(*cells, strict=True)],
        "shorthand": _used_shorthand(cells),
        "sources": list(sources),
        "notes": list(notes),
    }


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    named = [level for level in frame.index.names if level is not None]
    frame = frame.reset_index() if named else frame.reset_index(drop=True)
    frame.columns = [str(column) for column in frame.columns]
    if not len(frame.columns) or frame.columns.has_duplicates:
        raise FactError(f"a table needs columns with different names, found {list(frame.columns)}")
    return frame


def _defined(
    key: str,
    unit: str,
    places: int | None,
    units: Mapping[str, str],
    decimals: Mapping[str, int],
    labels: Mapping[str, str],
) -> ResultColumn:
    """Take a column's definition, with what the table says otherwise."""
    known = column(key) or ResultColumn(key.replace("_", " ").strip(), "", None, "")
    if known.unit == MEASURE:
        known = replace(known, unit=unit, decimals=places)
    return replace(
        known,
        label=labels.get(key, known.label),
        unit=units.get(key, known.unit),
        decimals=decimals.get(key, known.decimals),
    )


def _column(values: pd.Series, defined: ResultColumn) -> dict[str, Any]:
    key, unit, decimals = str(values.name), defined.unit, defined.decimals
    found = [_plain(value) for value in values]
    figures = [float(value) for value in found if _is_number(value)]
    is_year = unit == "year" or key == "year" or key.endswith("_year")
    words = any(isinstance(value, str) and not _stands_for_number(value) for value in found)
    numeric = bool(figures) or (
        not words and (decimals is not None or (bool(unit) and unit != "year"))
    )
    if decimals is None and figures:
        decimals = 0 if all(value.is_integer() for value in figures) else 1
    label = defined.label
    label = label[:1].upper() + label[1:]
    return {
        "key": key,
        "label": label,
        "unit": "year" if is_year else unit,
        "decimals": decimals,
        "numeric": numeric,
    }


def _stands_for_number(text: str) -> bool:
    return text == "" or text.strip("[]") in SHORTHAND or bool(_DIGITS.fullmatch(text))


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _plain(value: Any) -> float | int | str | None:
    """Turn a cell of a frame into a JSON value; every kind of missing becomes None."""
    if isinstance(value, dt.datetime | dt.date):
        return None if pd.isna(value) else value.isoformat()[:10]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        number = float(value)
        return None if math.isnan(number) else ten_digits(number)
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    return str(value)


def _with_shorthand(column: dict[str, Any], values: list[Any]) -> list[Any]:
    """Put shorthand in brackets; a missing number is not available, a missing word is blank."""
    if not column["numeric"]:
        return ["" if value is None else value for value in values]
    return [_number_or_shorthand(column, value) for value in values]


def _number_or_shorthand(column: dict[str, Any], value: Any) -> Any:
    if value is None or value == "":
        return f"[{MISSING}]"
    if not isinstance(value, str):
        return value
    if value in SHORTHAND:
        return f"[{value}]"
    if _DIGITS.fullmatch(value):
        return float(value) if "." in value else int(value)
    return value


def _used_shorthand(cells: list[list[Any]]) -> dict[str, str]:
    text = " ".join(value for column in cells for value in column if isinstance(value, str))
    used = {match.group(1) for match in _BRACKETED.finditer(text)}
    return {code: meaning for code, meaning in SHORTHAND.items() if code in used}


def heading(column: Mapping[str, Any]) -> str:
    """Write a column's heading with its unit in brackets."""
    unit = {"share": "%", "year": ""}.get(column["unit"], column["unit"])
    return f"{column['label']} ({unit})" if unit else column["label"]


def shown(column: Mapping[str, Any], value: Any) -> str:
    """Write a cell as the reader sees it: decimals of its column, units left to the heading."""
    if not _is_number(value):
        return str(value)
    if not math.isfinite(value):
        return "[z]"
    unit = column["unit"] if column["unit"] in {"share", "year"} else ""
    text = format_number(value, unit=unit, decimals=column["decimals"])
    return text.removesuffix("%")
