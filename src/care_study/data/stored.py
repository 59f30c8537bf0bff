"""Results that take too long for every build: kept in a file with the fingerprint of their input.

A stored result is used only for the very input that it was made of; else the page says that it has
to be made anew. A result that was changed by hand is refused.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from care_study.unavailable import Unavailable

COMMAND = "care-study remake"
DIGITS = 9


def fingerprint(*inputs: Any) -> str:
    """Hash frames, arrays, mappings and plain values: numbers to nine digits, text as it is."""
    made = hashlib.sha256()
    for one in inputs:
        made.update(_text(one).encode())
        made.update(b"\0")
    return made.hexdigest()


def _text(one: Any) -> str:
    if isinstance(one, pd.Series):
        one = one.to_frame()
    if isinstance(one, pd.DataFrame):
        return one.to_csv(float_format=f"%.{DIGITS}g", lineterminator="\n")
    if isinstance(one, np.ndarray):
        return pd.DataFrame(one).to_csv(float_format=f"%.{DIGITS}g", lineterminator="\n")
    return json.dumps(one, sort_keys=True, default=str)


def save(path: Path, frame: pd.DataFrame, inputs: str) -> None:
    """Write a result with the fingerprint of its input and a checksum of its own."""
    rows = [[_plain(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    content = {"columns": [str(name) for name in frame.columns], "rows": rows}
    lines = ",\n".join(f"  {json.dumps(row)}" for row in rows)
    text = (
        f'{{"inputs": "{inputs}",\n "checksum": "{_checksum(content)}",\n'
        f' "columns": {json.dumps(content["columns"])},\n "rows": [\n{lines}\n ]}}\n'
    )
    path.write_text(text, encoding="utf-8", newline="\n")


def load(path: Path, inputs: str) -> pd.DataFrame:
    """Read a stored result.

    Raises
    ------
    Unavailable
        If it was made of other input, or not yet.
    ValueError
        If its rows are not those that were written.
    """
    if not path.is_file():
        raise Unavailable(f"This takes long and is not stored yet; `{COMMAND}` makes it")
    content = json.loads(path.read_text(encoding="utf-8"))
    if content["inputs"] != inputs:
        raise Unavailable(
            "This takes long, and what is stored was made of other figures or settings; "
            f"`{COMMAND}` makes it anew"
        )
    if content["checksum"] != _checksum(content):
        raise ValueError(
            f"{path.name}: the rows are not those that were stored. Take the file as it was "
            f"published, or make it anew with `{COMMAND}`."
        )
    return pd.DataFrame(content["rows"], columns=content["columns"])


def _checksum(content: dict[str, Any]) -> str:
    kept = {"columns": content["columns"], "rows": content["rows"]}
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else float(f"{float(value):.{DIGITS}g}")
    return value.item() if isinstance(value, np.generic) else value
