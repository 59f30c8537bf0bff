"""How much the ledger notices: single cells are corrupted, one at a time, and it is asked again.

The corruptions are those of daily work: two digits change places, a cell takes the figure of the
row below, the reason for a missing figure is dropped, a figure of another year, a factor of ten.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from care_study.data.ledger import KEY, explain, residuals, together
from care_study.data.ledger_identities import Identity, identities
from care_study.data.ledger_news import news
from care_study.data.ledger_rules import FILLED_SHARE, authorities_of, empty_share, filled, released
from care_study.data.ledger_sums import added_tables, sums
from care_study.data.schemas import TABLES, Table

KINDS = ("transposed digits", "shifted row", "dropped symbol", "wrong year", "factor of ten")
MOST_ROOM = 10.0
"""A cell is covered if some identity leaves it no more room than this, in its own unit."""
PERCENT_ROOM = 0.5

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Corruption:
    """One corrupted cell: where it stands (row number), what it was and what it became."""

    table: str
    column: str
    row: int
    kind: str
    before: str
    after: str


def corrupt(tables: Tables, number: int, seed: int, *, covered: bool) -> pd.DataFrame:
    """Corrupt cells one at a time, and say which the ledger catches.

    Parameters
    ----------
    tables
        The figure tables.
    number
        How many corruptions, a fifth of each kind.
    seed
        Of the random choice of cells.
    covered
        Whether to choose among the cells that an identity covers only (see `is_covered`), or among
        all.

    Returns
    -------
    DataFrame
        One row a corruption: the fields of `Corruption`, ``caught`` and ``by`` (the identity that
        is broken most).
    """
    random = np.random.default_rng(seed)
    cells = _Choice(tables)
    rows = []
    for turn in range(number):
        kind = KINDS[turn % len(KINDS)]
        while True:
            chosen = cells.draw(random, kind)
            if chosen is None:
                continue
            reach = Reach.of(tables, chosen)
            before = reach.residuals()
            if not covered or is_covered(tables, chosen, reach, before):
                break
        found = news(before, reach.with_cell(_corrupted(chosen)).residuals())
        by = found["identity"].iloc[0] if len(found) else ""
        rows.append({**vars(chosen), "caught": len(found) > 0, "by": by})
    return pd.DataFrame(rows)


def rates(found: pd.DataFrame) -> pd.DataFrame:
    """Count by kind, and in all: ``kind``, ``corruptions``, ``caught``, and their ``share``."""
    by_kind = found.groupby("kind", sort=False)["caught"].agg(["size", "sum"])
    by_kind.loc["all"] = by_kind.sum()
    table = by_kind.rename(columns={"size": "corruptions", "sum": "caught"}).rename_axis("kind")
    return table.assign(share=table["caught"] / table["corruptions"]).reset_index()


class _Choice:
    """Draws cells, every figure of every table as likely as any other."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.columns = [
            (table.name, column.name)
            for table in TABLES.values()
            if "area_code" in table.key
            for column in table.figures
        ]
        self.places = {
            symbol: [self._rows(name, column, symbol) for name, column in self.columns]
            for symbol in (False, True)
        }
        self.weights = {
            symbol: np.array([len(rows) for rows in self.places[symbol]], dtype=float)
            for symbol in (False, True)
        }

    def _rows(self, name: str, column: str, symbol: bool) -> np.ndarray:
        frame = self.tables[name]
        found = (frame[f"{column}_symbol"] != "") if symbol else frame[column].notna()
        return np.flatnonzero(found.to_numpy())

    def draw(self, random: np.random.Generator, kind: str) -> Corruption | None:
        """Draw one cell and corrupt it; None where the corruption would change nothing."""
        symbol = kind == "dropped symbol"
        weights = self.weights[symbol]
        which = int(random.choice(len(weights), p=weights / weights.sum()))
        table, column = self.columns[which]
        row = int(random.choice(self.places[symbol][which]))
        frame = self.tables[table]
        if symbol:
            return Corruption(table, column, row, kind, _at(frame, row, f"{column}_symbol"), "")
        before = _at(frame, row, column)
        after = _CHANGES[kind](frame, column, row, random)
        if after is None or np.isnan(after) or after == before:
            return None
        return Corruption(table, column, row, kind, f"{before:.10g}", f"{after:.10g}")


def _at(frame: pd.DataFrame, row: int, column: str) -> Any:
    """Read a cell, of whatever type it is."""
    return frame.at[row, column]


def _transposed(
    frame: pd.DataFrame, column: str, row: int, random: np.random.Generator
) -> float | None:
    digits = list(f"{_at(frame, row, column):.10g}")
    pairs = [
        place
        for place in range(len(digits) - 1)
        if digits[place] != digits[place + 1] and "." not in digits[place : place + 2]
    ]
    if not pairs:
        return None
    at = int(random.choice(pairs))
    digits[at], digits[at + 1] = digits[at + 1], digits[at]
    return float("".join(digits))


def _shifted(frame: pd.DataFrame, column: str, row: int, _: np.random.Generator) -> float | None:
    return float(_at(frame, row + 1, column)) if row + 1 < len(frame) else None


def _other_year(
    frame: pd.DataFrame, column: str, row: int, random: np.random.Generator
) -> float | None:
    if "year" not in frame:
        return None
    near = (frame["area_id"] == _at(frame, row, "area_id")) & (
        (frame["year"] - _at(frame, row, "year")).abs() == 1
    )
    found = frame.loc[near, column]
    return float(random.choice(found.to_numpy())) if len(found) else None


def _tenfold(frame: pd.DataFrame, column: str, row: int, random: np.random.Generator) -> float:
    before = float(_at(frame, row, column))
    smaller = before % 10 == 0 and random.random() < 0.5
    return before / 10 if smaller else before * 10


_CHANGES: dict[str, Callable[..., float | None]] = {
    "transposed digits": _transposed,
    "shifted row": _shifted,
    "wrong year": _other_year,
    "factor of ten": _tenfold,
}


def _corrupted(one: Corruption) -> float | None:
    """Return the figure that the cell becomes; None for nothing, and no symbol either."""
    return None if one.kind == "dropped symbol" else float(one.after)


@dataclass(frozen=True)
class Reach:
    """What a cell can change: its area's rows, and its table's rows of the year."""

    one: Corruption
    area: Tables
    year: Tables
    identities: tuple[Identity, ...]

    @classmethod
    def of(cls, tables: Tables, one: Corruption) -> Self:
        """Take the rows and identities that a cell can reach."""
        table = tables[one.table]
        area_id, year = _at(table, one.row, "area_id"), _at(table, one.row, "year")
        named = tuple(identity for identity in identities() if _names_cell(identity, one))
        needed = {term.table for identity in named for term in identity.terms} | {one.table}
        area = {name: tables[name][tables[name]["area_id"] == area_id] for name in needed}
        places = {name: tables[name] for name in ("authorities", "boundary_changes")}
        return cls(one, area, {**places, one.table: table[table["year"] == year]}, named)

    def with_cell(self, figure: float | None) -> Self:
        """Put a figure, or nothing and no symbol either, in the place of the cell."""
        one = self.one
        return replace(
            self,
            area={**self.area, one.table: _put(self.area[one.table], one, figure)},
            year={**self.year, one.table: _put(self.year[one.table], one, figure)},
        )

    def residuals(self) -> pd.DataFrame:
        """Compute the residuals, with the ledger's own functions; nothing else can change."""
        one = self.one
        frames = []
        if TABLES[one.table] in added_tables():
            frames.append(sums(self.year, [(one.table, one.column)]))
        if one.table == "vintages":
            frames.append(released(self.area))
        elif one.kind == "dropped symbol":
            frames.append(filled(self.year, [one.table]))
        return together([residuals(self.area, self.identities), explain(together(frames))])


def _put(frame: pd.DataFrame, one: Corruption, figure: float | None) -> pd.DataFrame:
    changed = frame.copy()
    if figure is None:
        changed.loc[one.row, f"{one.column}_symbol"] = ""
    else:
        changed.loc[one.row, one.column] = figure
    return changed


def _names_cell(identity: Identity, one: Corruption) -> bool:
    return any(
        term.table == one.table and (term.column == one.column or bool(term.measure))
        for term in identity.terms
    )


def is_covered(tables: Tables, one: Corruption, reach: Reach, near: pd.DataFrame) -> bool:
    """Say whether an exact identity holds the cell, whatever its corruption.

    A figure is covered by an identity that is not broken, that comes out otherwise, or not at all,
    without the figure, and that leaves it no more room than `MOST_ROOM` either way (`PERCENT_ROOM`
    for a published percentage): suppressed cells beside it and rounded totals leave more. Flows are
    not exact and do not cover. A symbol is covered where nearly every authority fills its column in
    that year. ``near`` are the residuals in its ``reach``.
    """
    rows = tables[one.table]
    if one.kind == "dropped symbol":
        found = empty_share(authorities_of(rows), one.column)
        return one.row in found.index and bool(_at(found, one.row, "share") < FILLED_SHARE)
    without = reach.with_cell(np.nan).residuals()
    room = np.where(near["kind"] == "ratio", PERCENT_ROOM, MOST_ROOM)
    holds = near["within"] & (near["kind"] != "flow") & (near["high"] - near["low"] <= 2 * room)
    own = f"release {one.column.removeprefix('release_')} of "
    # A release beside the one that is looked at is a witness only.
    holds &= (near["kind"] != "release") | near["identity"].str.startswith(own)
    same = [*KEY, "low", "high"]
    binding = near.loc[holds, same].merge(without[same], how="left", on=same, indicator=True)
    return bool((binding["_merge"] == "left_only").any())


def share_covered(table: Table) -> float:
    """Give the share of a table's figure columns that some identity names."""
    named = {
        term.column
        for identity in identities()
        for term in identity.terms
        if term.table == table.name
    }
    summed = table in added_tables()
    columns = [column.name for column in table.figures]
    bound = [
        name
        for name in columns
        if name in named or (summed and table.by_name[name].kind == "count")
    ]
    return len(bound) / len(columns) if columns else 0.0
