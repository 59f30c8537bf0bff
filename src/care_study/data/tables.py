"""Reads and checks the figure tables.

A table is read as text, held against its contract (header, cells, key) and only then turned into
numbers. A cell with a symbol becomes a missing value, and a column ``<name>_symbol`` keeps why.
"""

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd

from care_study.data.schemas import ALLOWED_READS, EXPECTED, SYMBOLS, TABLES, Column, Table

MOST_PROBLEMS = 20


class DataError(ValueError):
    """Data that breaks its contract; every problem names file, row and column."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        shown = self.problems[:MOST_PROBLEMS]
        if len(self.problems) > len(shown):
            shown.append(f"... and {len(self.problems) - len(shown)} more problems")
        super().__init__("\n".join(shown))


class Tables(Mapping[str, pd.DataFrame]):
    """The figure tables of one data folder, read and checked when first asked for.

    Parameters
    ----------
    folder
        Folder with one CSV file a table.
    names
        Tables that may be read; by default those listed in the environment variable
        ``CARE_STUDY_READS``, or all. The pipeline sets the variable, so that a notebook depends
        on exactly the tables that ``study.yml`` lists for it.
    """

    def __init__(self, folder: Path | str, names: Iterable[str] | None = None) -> None:
        self.folder = Path(folder)
        if names is None:
            names = os.environ.get(ALLOWED_READS, "").split(",")
        self.names = [name for name in names if name] or list(TABLES)
        self._frames: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return the table as a frame (see ``read_table``)."""
        if name not in TABLES:
            raise KeyError(f"There is no table {name!r}; the tables are {', '.join(TABLES)}.")
        if name not in self.names:
            raise DataError(
                [
                    f"Table {name!r} is read but not declared. Found: it is missing from the "
                    f"tables that may be read here ({', '.join(self.names)}). Add it to `reads` of "
                    "this notebook in study.yml."
                ]
            )
        if name not in self._frames:
            self._frames[name] = read_table(self.folder, name)
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the tables that may be read."""
        return iter(self.names)

    def __len__(self) -> int:
        """Count the tables that may be read."""
        return len(self.names)


def read_table(folder: Path | str, name: str) -> pd.DataFrame:
    """Read one table and check it against its contract.

    Returns
    -------
    DataFrame
        The columns of the schema. Figures are float64, with ``<name>_symbol`` (text) beside each
        that may be missing. Tables with ``dfe_code`` also have ``area_id``: the code where there
        is one, else the nine-character code.

    Raises
    ------
    DataError
        With every problem found: file, row, column, what was found and what was expected.
    """
    table = TABLES[name]
    path = Path(folder) / f"{name}.csv"
    text = read_text_frame(path, table)
    check(text, table, path.name)
    frame = typed(text, table)
    check_one_row_a_year(frame, table, path.name)
    check_parts(frame, table, path.name)
    return frame


def read_text_frame(path: Path, table: Table) -> pd.DataFrame:
    """Read a CSV file as text, cell by cell, with the header checked.

    The index is the row's line number in the file. Raises `DataError`.
    """
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise DataError([_missing(path)]) from None
    except OSError as error:
        raise DataError(
            [
                f"{path.name}: the file cannot be read ({error.strerror}). Expected a CSV file at "
                f"{path}. Check the folder and your permission to read it."
            ]
        ) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise DataError(
            [
                f"{path.name}, row {line}: the file is not UTF-8. Found the byte "
                f"0x{error.object[error.start]:02x}. Save the file as UTF-8 (in a spreadsheet: "
                "'CSV UTF-8')."
            ]
        ) from None
    rows = _rows(path.name, content)
    if not any(rows):
        raise DataError(
            [
                f"{path.name}: the file is empty. Expected a header: "
                f"{','.join(column.name for column in table.columns)}."
            ]
        )
    header, *body = rows
    problems = _header_problems(path.name, header, table)
    problems += [
        f"{path.name}, row {number}: "
        + (
            f"found {len(row)} cells, expected {len(header)}. A comma inside a cell needs "
            "quotation marks around the cell."
            if row
            else f"found an empty line, expected {len(header)} cells. Remove the line."
        )
        for number, row in enumerate(body, start=2)
        if len(row) != len(header)
    ]
    if not problems and not body:
        problems = [f"{path.name}: there is a header but no row. Expected at least one row."]
    if problems:
        raise DataError(problems)
    frame = pd.DataFrame(body, columns=header, dtype=str)
    frame.index = pd.RangeIndex(2, len(body) + 2, name="row")
    return frame[[column.name for column in table.columns]]


def _missing(path: Path) -> str:
    return (
        f"{path.name}: the file is missing. Expected it at {path}. Restore it from the repository, "
        "or name another folder as `data_folder`."
    )


def check_files(folder: Path | str) -> None:
    """Check that a folder has the file of every table; raise `DataError` if not."""
    if not Path(folder).is_dir():
        raise DataError(
            [
                f"{folder}: there is no such folder. Expected a folder with the figure tables. "
                "Correct the path, or `data_folder` in study.yml."
            ]
        )
    files = [Path(folder) / f"{name}.csv" for name in TABLES]
    missing = [_missing(file) for file in files if not file.exists()]
    if missing:
        raise DataError(missing)


def _rows(file: str, content: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise DataError(
            [
                f"{file}, row {reader.line_num}: found a line that is not CSV ({error}). Expected "
                "cells between commas, quotation marks in pairs. Correct the line."
            ]
        ) from None


def _header_problems(file: str, header: list[str], table: Table) -> list[str]:
    expected = [column.name for column in table.columns]
    missing = [name for name in expected if name not in header]
    extra = [name for name in header if name not in expected]
    problems = [
        f"{file}, row 1: column {name!r} is missing. Found: {', '.join(header)}. "
        + (
            f"Rename the column, if {get_close_matches(name, extra, 1, 0)[0]!r} is the same thing."
            if extra
            else "Add the column; the data dictionary describes it."
        )
        for name in missing
    ]
    if not missing:
        problems += [
            f"{file}, row 1: column {name!r} is not one of this table's columns. Remove it; "
            f"expected {', '.join(expected)}."
            for name in extra
        ]
    twice = sorted({name for name in header if header.count(name) > 1})
    problems += [f"{file}, row 1: column {name!r} stands twice. Keep one." for name in twice]
    return problems


def check(text: pd.DataFrame, table: Table, file: str) -> None:
    """Hold a frame of text cells against the table's contract; raise `DataError` if it fails."""
    if meets_contract(text, table):
        return
    import pandera.errors  # noqa: PLC0415  (half a second, and only needed to name what is wrong)

    from care_study.data.contracts import contract  # noqa: PLC0415

    try:
        contract(table).validate(text, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        raise DataError(_problems(cases, text, table, file)) from None


def meets_contract(text: pd.DataFrame, table: Table) -> bool:
    """Say whether every cell matches its column's pattern and every key stands once.

    Each distinct cell of a column is looked at once, since most stand in many rows: thirty times
    quicker than to look at every cell, and to the same effect as the contract.
    """
    return not text.duplicated(list(table.key)).any() and all(
        all(map(re.compile(column.cell_pattern).fullmatch, set(text[column.name].tolist())))
        for column in table.columns
    )


def _problems(cases: pd.DataFrame, text: pd.DataFrame, table: Table, file: str) -> list[str]:
    columns = {column.name: column for column in table.columns}
    problems = []
    duplicates = text.index[text.duplicated(list(table.key), keep="first")]
    for row in duplicates:
        cells = text.loc[row, list(table.key)]
        key = ", ".join(f"{name} {cell}" for name, cell in cells.items())
        first = text.index[(text[list(table.key)] == cells).all(axis=1)][0]
        problems.append(
            f"{file}, row {row}, columns {', '.join(table.key)}: the key ({key}) already stands "
            f"in row {first}. Expected one row a key; remove one of the two."
        )
    failed = cases[cases["column"].isin(columns) & cases["index"].notna()]
    for row, name in sorted(set(zip(failed["index"].astype(int), failed["column"], strict=True))):
        value = str(text.at[row, name])
        if re.fullmatch(columns[name].cell_pattern, value) is None:
            problems.append(_cell_problem(file, row, columns[name], value))
    return problems


def _cell_problem(file: str, row: int, column: Column, value: str) -> str:
    expected = f"text that matches {column.pattern}" if column.pattern else EXPECTED[column.kind]
    advice = "Correct the cell."
    number = value.replace(",", "").strip()
    if not column.is_figure:
        found = repr(value)
    elif re.fullmatch(r"-\d+(\.\d+)?", number):
        found, advice = f"a negative figure, {value!r}", "A figure cannot be negative."
    elif column.kind == "count" and re.fullmatch(r"\d+\.\d+", number):
        found, advice = f"a count with a decimal, {value!r}", "Counts are whole numbers."
    elif re.fullmatch(r"\d{1,3}(,\d{3})+", value.strip()):
        found, advice = f"a thousands separator, {value!r}", "Write the digits alone."
    else:
        found = f"an unknown symbol, {value!r}"
    if column.symbols:
        expected += f", or one of the symbols {' '.join(SYMBOLS)}, or an empty cell"
    return f"{file}, row {row}, column {column.name}: found {found}. Expected {expected}. {advice}"


def typed(text: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Turn checked text into numbers; a symbol becomes a missing value that remembers why."""
    columns: dict[str, pd.Series | np.ndarray] = {}
    if "dfe_code" in text:
        columns["area_id"] = text["dfe_code"].where(text["dfe_code"] != "", text["area_code"])
    for column in table.columns:
        cells = text[column.name]
        if column.is_figure:
            columns[column.name], columns[f"{column.name}_symbol"] = _figures(cells)
        elif column.kind in ("year", "integer"):
            columns[column.name] = cells.astype(int)
        else:
            columns[column.name] = cells
    return pd.DataFrame(columns, index=text.index).reset_index(drop=True)


def _figures(cells: pd.Series) -> tuple[np.ndarray, pd.Series]:
    """Part figures from symbols; each distinct cell is read once."""
    codes, index = pd.factorize(cells)
    distinct = index.tolist()
    missing = [cell == "" or cell in SYMBOLS for cell in distinct]
    numbers = [
        np.nan if none else float(cell) for cell, none in zip(distinct, missing, strict=True)
    ]
    symbols = [cell if none else "" for cell, none in zip(distinct, missing, strict=True)]
    reasons = pd.Series(pd.array(symbols, dtype="str").take(codes), index=cells.index)
    return np.array(numbers, dtype=float)[codes], reasons


def check_one_row_a_year(frame: pd.DataFrame, table: Table, file: str) -> None:
    """Check that no area has two rows of one key, be it under two codes; raise `DataError`."""
    if {"area_id", "year"} <= set(frame):
        key = ["area_id", *(name for name in table.key if name != "area_code")]
        twice = frame[frame.duplicated(key)]
        if not twice.empty:
            raise DataError(
                f"{file}, row {row + 2}, columns dfe_code, year: found a second row of "
                f"{frame.at[row, 'area_id']} in {frame.at[row, 'year']}, under another area_code. "
                "Expected one row an area and year. Keep the row of the code in force that year."
                for row in twice.index
            )


def check_parts(frame: pd.DataFrame, table: Table, file: str) -> None:
    """Check that no part is larger than its whole; raise `DataError` if one is."""
    problems = [
        f"{file}, row {row + 2}, column {part}: found {frame.at[row, part]:.0f}. Expected no more "
        f"than {whole}, which is {frame.at[row, whole]:.0f}. Correct one of the two cells."
        for part, whole in table.parts
        for row in frame.index[frame[part] > frame[whole]]
    ]
    if problems:
        raise DataError(problems)


def check_links(tables: Mapping[str, pd.DataFrame]) -> None:
    """Check that every foreign key points to a row that exists; raise `DataError` if not."""
    problems = []
    for name, frame in tables.items():
        for column, target, target_column in TABLES[name].foreign_keys:
            unknown = frame.index[~frame[column].isin(tables[target][target_column])]
            problems += [
                f"{name}.csv, row {row + 2}, column {column}: found {frame.at[row, column]!r}, "
                f"which is not in {target}.csv. Add it there, or correct the cell."
                for row in unknown
            ]
        problems += _dfe_code_problems(name, frame, tables["authorities"])
    if problems:
        raise DataError(problems)


def _dfe_code_problems(name: str, frame: pd.DataFrame, authorities: pd.DataFrame) -> list[str]:
    """Find rows whose two codes name different authorities."""
    if name == "authorities" or "dfe_code" not in frame:
        return []
    right = frame["area_code"].map(authorities.set_index("area_code")["dfe_code"])
    return [
        f"{name}.csv, row {row + 2}, column dfe_code: found {frame.at[row, 'dfe_code']!r}. "
        f"Expected {right[row]!r}, which authorities.csv has for {frame.at[row, 'area_code']}. "
        "Correct one of the two codes."
        for row in frame.index[right.notna() & (frame["dfe_code"] != right)]
    ]


def load(folder: Path | str) -> Tables:
    """Read and check all tables of a folder, links between them included.

    Raises
    ------
    DataError
        With the problems of all tables; links are only checked between tables without problems.
    """
    check_files(folder)
    tables = Tables(folder, TABLES)
    problems = []
    for name in tables:
        try:
            tables[name]
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    check_links(dict(tables))
    return tables
