"""Forecasts that were fixed before the outcome: files with the fingerprint of each."""

import json
from pathlib import Path

import pandas as pd

FOLDER = "forecasts"
INDEX = "fingerprints.json"
TEXT = ("indicator", "unit", "model")


def keep(folder: Path, year: int, table: pd.DataFrame, fingerprint: str, fixed_on: str) -> Path:
    """Write the forecasts of a year, once.

    Parameters
    ----------
    folder
        Created if need be.
    year, table, fingerprint
        The year forecast, the rows, and their fingerprint.
    fixed_on
        The day, such as ``2026-12-01``.

    Raises
    ------
    ValueError
        If the year has forecasts already: fixed forecasts are not written again.
    """
    known = fingerprints(folder)
    if str(year) in known:
        raise ValueError(
            f"The forecasts for {year} were fixed on {known[str(year)]['fixed_on']}; they are not "
            "written again."
        )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{year}.csv"
    table.to_csv(path, index=False, float_format="%.9g", lineterminator="\n")
    known[str(year)] = {"fixed_on": fixed_on, "rows": len(table), "sha256": fingerprint}
    text = json.dumps(known, indent=2, sort_keys=True) + "\n"
    (folder / INDEX).write_text(text, encoding="utf-8", newline="\n")
    return path


def fingerprints(folder: Path) -> dict[str, dict[str, str | int]]:
    """List the years forecast with ``fixed_on``, ``rows`` and ``sha256``; none without a file."""
    index = folder / INDEX
    found: dict[str, dict[str, str | int]] = (
        json.loads(index.read_text(encoding="utf-8")) if index.is_file() else {}
    )
    return found


def read(folder: Path, year: int) -> pd.DataFrame:
    """Read the forecasts of a year, as they were fixed.

    Raises
    ------
    ValueError
        If there are none.
    """
    path = folder / f"{year}.csv"
    if not path.is_file():
        raise ValueError(f"Found no forecasts for {year}; expected {path.name} beside {INDEX}.")
    return pd.read_csv(path, dtype=dict.fromkeys(TEXT, str))
