"""What inspection letters say by theme, and the account of every number in the documents."""

from pathlib import Path

import pandas as pd

from care_study.claims.register import (
    INSPECTION_THEMES,
    NUMBER_ACCOUNTING,
    read_checked,
    read_documents,
    read_register,
)
from care_study.data.tables import DataError


def read_themes(folder: Path | str) -> pd.DataFrame:
    """Read what two inspection letters say, theme by theme. Raises `DataError`."""
    documents = set(read_documents(folder)["document"])
    frame = read_checked(folder, INSPECTION_THEMES)
    absent = (frame["direction"] == "not mentioned") != (frame["locator"] == "")
    odd = frame[absent | ~frame["document"].isin(documents)]
    _refuse(
        "inspection_themes.csv",
        odd,
        "a document of documents.csv, and a locator unless the direction is 'not mentioned'",
    )
    return frame


def read_accounting(folder: Path | str) -> pd.DataFrame:
    """Read the account of every number in the documents, as checked text. Raises `DataError`."""
    owner = read_register(folder).set_index("claim")["document"]
    frame = read_checked(folder, NUMBER_ACCOUNTING)
    accounted = frame["claim"].map(owner) == frame["document"]
    reasoned = (frame["claim"] == "") & (frame["reason"] != "")
    odd = frame[~(accounted & (frame["reason"] == "")) & ~reasoned]
    _refuse(
        "number_accounting.csv", odd, "either a claim of the same document or a reason, never both"
    )
    return frame


def _refuse(file: str, odd: pd.DataFrame, expected: str) -> None:
    if not odd.empty:
        raise DataError(
            f"{file}, row {row}: found {dict(cells)}. Expected {expected}. Correct the row."
            for row, cells in odd.iterrows()
        )
