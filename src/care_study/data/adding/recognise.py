"""Says which table a file holds, by its columns and labels, never by its name.

The known names stand in ``files.yml``; a file that is not known is refused with the nearest table
and what is missing from it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from care_study.data.adding.reading import Download
from care_study.data.schemas import TABLES, Table
from care_study.data.tables import DataError

OWN_DATA = "own-data"
NEAR = 0.5
"""A file that has this share of another's own columns is near it."""


class UnrecognisedError(DataError):
    """A file that is none of the known ones."""


@dataclass(frozen=True)
class Kind:
    """A file of the Department that the project can read, as described in ``files.yml``.

    Wide files have one column a figure: ``figures`` lists its names. Long files have a column of
    labels (``label``) and one of values (``value``): ``figures`` lists patterns of labels.
    """

    key: str
    table: str
    called: str
    figures: Mapping[str, Sequence[str]]
    source: Mapping[str, str]
    fetch: Mapping[str, str]
    label: Sequence[str] = ()
    value: Sequence[str] = ()
    optional: Sequence[str] = ()
    release_after_last_year: int = 0

    @property
    def wanted(self) -> dict[str, Sequence[str]]:
        """The columns that the file must have, with their known names."""
        if self.label:
            return {"label": self.label, "value": self.value}
        return {name: names for name, names in self.figures.items() if name not in self.optional}


@dataclass(frozen=True)
class Recognised:
    """What a file is: the table, and where each thing stands (name of ours -> column number).

    ``kind`` is None for a table in the project's own shape.
    """

    table: Table
    columns: Mapping[str, int]
    kind: Kind | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@cache
def known() -> dict[str, Any]:
    """Read ``files.yml``."""
    loaded = yaml.safe_load((files("care_study.data.adding") / "files.yml").read_text("utf-8"))
    return dict(loaded)


@cache
def kinds() -> tuple[Kind, ...]:
    """List the files of the Department that the project can read."""
    return tuple(Kind(**entry) for entry in known()["files"])


def plain(name: str) -> str:
    """Reduce a column name to letters and digits, so that case and underscores do not matter."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def recognise(download: Download) -> Recognised:
    """Say which table a file holds.

    Raises
    ------
    UnrecognisedError
        Naming the nearest table, what it found of it and what is missing.
    """
    names = [plain(name) for name in download.header]
    twice = sorted({name for name in names if names.count(name) > 1 and name})
    if twice:
        raise DataError([f"{download.name}, row 1: column {twice[0]!r} stands twice. Keep one."])
    own = _own_table(download)
    if own:
        return own
    where = {name: number for number, name in enumerate(names)}
    general = _find(known()["columns"], where)
    found = [(kind, _find(kind.wanted, where)) for kind in kinds()]
    fits = []
    for kind, columns in found:
        if len(columns) == len(kind.wanted) and {"year", "level"} <= set(general):
            labels = _labels(kind, download, columns)
            if not kind.label or set(labels.values()) == set(kind.figures):
                extra = {} if kind.label else _find(kind.figures, where)
                fits.append(Recognised(TABLES[kind.table], general | columns | extra, kind, labels))
    if len(fits) == 1:
        return fits[0]
    if fits:
        tables = " and ".join(fit.table.name for fit in fits)
        raise UnrecognisedError(
            [f"{download.name}: its columns fit {tables} alike. Keep the columns of one table."]
        )
    raise UnrecognisedError([_nearest(download, general, found)])


def _find(wanted: Mapping[str, Sequence[str]], where: Mapping[str, int]) -> dict[str, int]:
    """Find each wanted column under the first of its known names that the file has."""
    found = {}
    for ours, theirs in wanted.items():
        present = [where[plain(name)] for name in theirs if plain(name) in where]
        if present:
            found[ours] = present[0]
    return found


def _labels(kind: Kind, download: Download, columns: Mapping[str, int]) -> dict[str, str]:
    """Say which figure each label of a long file stands for; other labels are left out."""
    if not kind.label:
        return {}
    texts = {row[columns["label"]] for row in download.rows}
    return {
        text: figure
        for text in sorted(texts)
        for figure, patterns in kind.figures.items()
        if any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)
    }


def _own_table(download: Download) -> Recognised | None:
    """Recognise a table in the project's own shape; ``source`` may be left out."""
    header = set(download.header)
    for table in TABLES.values():
        names = [column.name for column in table.columns]
        if table.figures and header in (set(names), set(names) - {"source"}):
            return Recognised(table, {name: number for number, name in enumerate(download.header)})
    return None


def _nearest(
    download: Download, general: Mapping[str, int], found: list[tuple[Kind, dict[str, int]]]
) -> str:
    """Name the nearest file, if half of its figures are there; else list the files known."""
    start = f"{download.name}: the file is not one that the project knows."
    header = set(download.header)
    keys = {"dfe_code", "area_code", "area_name", "year", "source"}

    def own_share(table: Table) -> float:
        figures = {column.name for column in table.columns} - keys
        return len(figures & header) / len(figures)

    own = max((table for table in TABLES.values() if table.figures), key=own_share)
    kind, columns = max(found, key=_share)
    if own_share(own) >= NEAR and own_share(own) >= _share((kind, columns)):
        ours = [column.name for column in own.columns if column.name != "source"]
        extra = [name for name in download.header if name not in (*ours, "source")]
        return (
            f"{start} Nearest: the table {own.name} in the project's own shape. Missing: "
            f"{', '.join(n for n in ours if n not in header) or 'nothing'}; not expected: "
            f"{', '.join(extra[:10]) or 'nothing'}. The data dictionary describes every column."
        )
    seen = f"Found: {', '.join(download.header[:30])}."
    if _share((kind, columns)) < NEAR:
        return (
            f"{start} It is like none of them: {known_files()}; or a table in the project's own "
            f"shape, which the data dictionary describes. {seen}"
        )
    missing = _missing(download, general, kind, columns)
    return (
        f"{start} Nearest: {kind.table} ({kind.called}). Missing: {'; '.join(missing)}. {seen} If "
        "a column was renamed, add its new name to files.yml."
    )


def _share(pair: tuple[Kind, dict[str, int]]) -> float:
    """Give the share of a kind's own columns that a file has."""
    return len(pair[1]) / len(pair[0].wanted)


def known_files() -> str:
    """List the Department's files that can be read."""
    return "; ".join(f"{kind.called} ({kind.table})" for kind in kinds())


def _missing(
    download: Download, general: Mapping[str, int], kind: Kind, columns: Mapping[str, int]
) -> list[str]:
    missing = [
        f"{name} (known as {' or '.join(kind.wanted[name][:4])})"
        for name in kind.wanted
        if name not in columns
    ]
    missing += [
        f"{name} (known as {known()['columns'][name][0]})"
        for name in ("year", "level")
        if name not in general
    ]
    if missing:
        return missing
    labels = sorted({row[columns["label"]] for row in download.rows})
    return [
        f"a label for {', '.join(sorted(set(kind.figures)))} in column "
        f"{download.header[columns['label']]!r} (found {', '.join(labels[:5])})"
    ]
