"""The ledger: identities that the figures must satisfy, and what is left of each.

The identities stand in ``ledger.csv``, the residuals with a known reason in
``ledger_explained.csv``. A residual is an interval: rounding and suppressed cells leave room (see
`bounds`). It is within the identity where the interval, widened by the tolerance, holds zero.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from care_study.data.bounds import bounds
from care_study.data.ledger_identities import (
    EXPLAINED,
    LAST_YEAR,
    NEWEST,
    Identity,
    Term,
    identities,
    read_rows,
)
from care_study.data.schemas import TABLES

COLUMNS = [
    "identity", "kind", "area_id", "area_name", "year", "left", "right", "residual", "low", "high",
    "scale", "tolerance", "within", "explanation",
]  # fmt: skip
KEY = ["identity", "area_id", "year"]


@dataclass(frozen=True)
class CellsOf:
    """One column by area and year (arrays); ``empty`` where nobody has a figure in the year."""

    keys: pd.Index
    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    empty: np.ndarray


class Cells:
    """The cells of the tables by area and year, as bounds; read once each."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        self.tables = tables
        self._frames: dict[tuple[str, str], pd.DataFrame] = {}
        self._keys: dict[tuple[str, str, int], pd.Index] = {}
        self._cells: dict[tuple[str, str, str], CellsOf] = {}

    def frame(self, table: str, measure: str = "") -> pd.DataFrame:
        """Return the rows of a table, or those of one measure of it."""
        if (table, measure) not in self._frames:
            rows = self.tables[table]
            if measure:
                rows = _with_newest(rows[rows["measure"] == measure])
            self._frames[table, measure] = rows
        return self._frames[table, measure]

    def keys(self, table: str, measure: str = "", shift: int = 0) -> pd.Index:
        """Name the area and year of every row; with a shift, the year that it is looked up for."""
        if (table, measure, shift) not in self._keys:
            rows = self.frame(table, measure)
            years = (rows["year"] - shift).to_numpy().tolist()
            areas = rows["area_id"].tolist()
            self._keys[table, measure, shift] = pd.Index(
                [f"{area} {year}" for area, year in zip(areas, years, strict=True)], dtype=object
            )
        return self._keys[table, measure, shift]

    def of(self, term: Term) -> CellsOf:
        """Return the cells of a column.

        A column that nobody has a figure of in a year was no class of that year: it counts as zero
        (``empty``), as does a figure that is not applicable.
        """
        key = (term.table, term.column, term.measure)
        if key not in self._cells:
            self._cells[key] = self._read(term)
        cells = self._cells[key]
        if term.shift:
            return replace(cells, keys=self.keys(term.table, term.measure, term.shift))
        return cells

    def _read(self, term: Term) -> CellsOf:
        rows = self.frame(term.table, term.measure)
        symbols = rows[f"{term.column}_symbol"].to_numpy(dtype=object)
        value = rows[term.column].to_numpy(dtype=float)
        lower, upper = value, value
        if term.measure or TABLES[term.table].by_name[term.column].kind == "count":
            room = bounds(rows, TABLES[term.table], term.column)
            lower, upper = room.lower, room.upper
        years = rows["year"].to_numpy()
        spoken = np.unique(years[~np.isnan(value) | (symbols == "c")])
        empty = ~np.isin(years, spoken)
        none = empty | (symbols == "z")
        value, lower, upper = (np.where(none, 0.0, each) for each in (value, lower, upper))
        return CellsOf(self.keys(term.table, term.measure), value, lower, upper, empty)


def _with_newest(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the figure, or the symbol, of the newest release that has each row's year."""
    releases = [column.name for column in TABLES["vintages"].figures]
    said = pd.DataFrame(
        {name: rows[name].notna() | (rows[f"{name}_symbol"] != "") for name in releases}
    )
    last = said.iloc[:, ::-1].idxmax(axis=1)
    places = np.arange(len(rows)), [releases.index(str(name)) for name in last]
    symbols = rows[[f"{name}_symbol" for name in releases]].to_numpy(dtype=object)
    return rows.assign(
        **{
            NEWEST: rows[releases].to_numpy(dtype=float)[places],
            f"{NEWEST}_symbol": symbols[places],
        }
    )


@dataclass(frozen=True)
class Side:
    """One side of an identity, row by row (arrays; NaN: not known)."""

    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    scale: np.ndarray


def _sum(cells: Cells, terms: tuple[Term, ...], keys: pd.Index, *, rounded: bool) -> Side:
    """Add up terms at the places that keys name; without rounding, figures are taken as exact."""
    value, lower, upper, scale = (np.zeros(len(keys)) for _ in range(4))
    empty = np.ones(len(keys), dtype=bool)
    for term in terms:
        found = cells.of(term)
        at = found.keys.get_indexer(keys)
        there = at >= 0
        figure, low, high = (
            np.where(there, each[at], np.nan) for each in (found.value, found.lower, found.upper)
        )
        if not rounded:
            low, high = (np.where(np.isnan(figure), each, figure) for each in (low, high))
        value += term.sign * figure
        scale += np.nan_to_num(figure)
        lower += low if term.sign > 0 else -high
        upper += high if term.sign > 0 else -low
        empty &= there & found.empty[at]
    for side in (value, lower, upper):
        side[empty] = np.nan
    return Side(value, lower, upper, scale)


def residuals(
    tables: Mapping[str, pd.DataFrame], only: Iterable[Identity] | None = None
) -> pd.DataFrame:
    """Compute what is left of each identity, for every area and year that has both sides.

    Parameters
    ----------
    tables
        The figure tables; `tables.Tables` reads only those that the identities name.
    only
        The identities to compute (default: all of `identities`).

    Returns
    -------
    DataFrame
        `COLUMNS`, one row an identity, area and year. ``residual`` is left minus right (missing
        where a cell is suppressed); ``low`` and ``high`` bound it; ``within`` says whether zero is
        possible within the tolerance; ``explanation`` gives the reason for one that is not.
    """
    cells = Cells(tables)
    frames = [_residuals(cells, identity) for identity in (identities() if only is None else only)]
    return explain(together(frames))


def _residuals(cells: Cells, identity: Identity) -> pd.DataFrame:
    first = identity.right[0]
    rows = cells.frame(first.table, first.measure)
    keys = cells.of(first).keys
    if not len(keys):
        return together([])
    rounded = identity.kind != "same"
    left = _sum(cells, identity.left, keys, rounded=rounded)
    right = _sum(cells, identity.right, keys, rounded=rounded)
    if identity.over:
        left = _ratio(left, _sum(cells, identity.over, keys, rounded=True), identity.per)
    frame = pd.DataFrame(
        {
            "identity": identity.name,
            "kind": identity.kind,
            "area_id": rows["area_id"].to_numpy(),
            "area_name": rows["area_name"].to_numpy(),
            "year": rows["year"].to_numpy(),
            "left": left.value,
            "right": right.value,
            "residual": left.value - right.value,
            "low": left.lower - right.upper,
            "high": left.upper - right.lower,
            "scale": left.scale + right.scale,
            "tolerance": identity.tolerance,
        }
    )
    if identity.years:
        frame = frame[frame["year"].isin(identity.years)]
    return judged(frame)


def together(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put residuals of several identities one below the other, be there none."""
    there = [frame for frame in frames if len(frame)]
    if there:
        return pd.concat(there, ignore_index=True)
    kinds = {"within": bool, "year": int} | dict.fromkeys(
        ("left", "right", "residual", "low", "high", "scale", "tolerance"), float
    )
    return pd.DataFrame({name: pd.Series(dtype=kinds.get(name, str)) for name in COLUMNS})


def judged(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the residuals that are known or bounded, and say which are within their identity."""
    frame = frame[frame["low"].notna() & frame["high"].notna()]
    room = frame["tolerance"] + 1e-9
    return frame.assign(within=(frame["low"] <= room) & (frame["high"] >= -room))


def _ratio(above: Side, below: Side, per: float) -> Side:
    """Divide two sums, with the bounds that theirs leave."""
    divisors = [
        np.where(each > 0, each, np.nan) for each in (below.value, below.lower, below.upper)
    ]
    ratio = above.value / divisors[0] * per
    return Side(ratio, above.lower / divisors[2] * per, above.upper / divisors[1] * per, ratio)


def explain(found: pd.DataFrame) -> pd.DataFrame:
    """Give residuals that are not within their identity the reason that is known, if one is."""
    broken = found[~found["within"]]
    columns = ["identity", "area_id", "year", "scale"]
    sizes = distance(broken).tolist()
    reasons = [
        _reason(str(identity), str(area_id), int(year), float(scale), size)
        for (identity, area_id, year, scale), size in zip(
            broken[columns].to_numpy(dtype=object).tolist(), sizes, strict=True
        )
    ]
    known = pd.Series(reasons, index=broken.index, dtype=object)
    return found.assign(explanation=known.reindex(found.index, fill_value=""))[COLUMNS]


@dataclass(frozen=True)
class Reason:
    """Why residuals of some identities, areas and years are not zero, up to some size.

    ``most`` is in the identity's unit, ``share`` of the sum of all its terms; the larger counts.
    """

    identity: re.Pattern[str]
    area_id: re.Pattern[str]
    years: range
    most: float
    share: float
    words: str


@cache
def reasons() -> tuple[Reason, ...]:
    """Read the reasons that are known."""
    return tuple(
        Reason(
            re.compile(row["identity"]),
            re.compile(row["area_id"] or ".*"),
            range(int(row["first_year"] or 0), int(row["last_year"] or LAST_YEAR) + 1),
            float(row["most"] or 0),
            float(row["share"] or 0),
            row["explanation"],
        )
        for row in read_rows(EXPLAINED)
    )


def _reason(identity: str, area_id: str, year: int, scale: float, size: float) -> str:
    scale = 0.0 if np.isnan(scale) else scale
    return next(
        (
            reason.words
            for reason in reasons()
            if year in reason.years
            and size <= max(reason.most, reason.share * scale)
            and reason.identity.fullmatch(identity)
            and reason.area_id.fullmatch(area_id)
        ),
        "",
    )


def distance(found: pd.DataFrame) -> pd.Series:
    """Say how far from zero each residual certainly is."""
    return pd.concat([found["low"], -found["high"]], axis=1).max(axis=1).clip(lower=0.0)


def unexplained(found: pd.DataFrame) -> pd.DataFrame:
    """Take the residuals that break their identity without a known reason, the largest first."""
    broken = found[~found["within"] & (found["explanation"] == "")]
    order = distance(broken).sort_values(ascending=False, kind="stable").index
    return broken.loc[order].reset_index(drop=True)
