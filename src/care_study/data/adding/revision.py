"""Merges new rows into held ones, and says what was added, revised and dropped.

Pure functions on frames of text. The newest release wins, row by row; an older one only adds rows
that are not held; nothing that is held is ever taken away.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from care_study.data.adding.mapping import Incoming, Release, read_release, records
from care_study.data.adding.recognise import OWN_DATA
from care_study.data.schemas import Table
from care_study.data.tables import DataError

COLUMNS = {
    "change": "added, revised, or dropped (held, but not in the newer release; kept as held)",
    "table": "the figure table",
    "year": "the year of the figure",
    "area_id": "the area",
    "area_name": "its name",
    "figure": "the column; empty for a dropped row",
    "held": "the figure or symbol held before",
    "new": "the figure or symbol now",
    "difference": "new minus held; empty where one of them is a symbol",
    "held_source": "the release that the held figure came from",
    "new_source": "the release that the new figure comes from",
}
ORDER = {"revised": 0, "dropped": 1, "added": 2}


@dataclass
class Merged:
    """A table after the merge: ``frame`` (text), ``changes`` (see `COLUMNS`) and ``notes``."""

    frame: pd.DataFrame
    changes: list[dict[str, object]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def area_ids(frame: pd.DataFrame) -> pd.Series:
    """Identify areas as everywhere in the project: by the three-digit code where there is one."""
    return frame["dfe_code"].where(frame["dfe_code"] != "", frame["area_code"])


def merge(held: pd.DataFrame, incoming: Incoming, releases: Mapping[str, Release]) -> Merged:
    """Merge the rows of one file into a table.

    Parameters
    ----------
    held
        The table as text: the columns of its schema.
    incoming
        The rows of the file.
    releases
        The release of every source that ``held`` names.

    Returns
    -------
    Merged
        With the rows sorted by area code and year, as everywhere in the project.

    Raises
    ------
    DataError
        If the file disagrees with figures held from the same release.
    """
    table = incoming.table
    rows = records(held.assign(area_id=area_ids(held)))
    by_key = {(row["area_id"], row["year"]): row for row in rows}
    merged = Merged(held)
    disagreements, kept, silent, gaps, joint = [], 0, 0, 0, 0
    known_release = incoming.source["source"] in set(held["source"])
    returns = _Returns(by_key, incoming)
    newest = max((_rank(row, releases) for row in rows), default=(0, 0))
    for new in records(incoming.frame):
        figures = {name: new[name] for name in incoming.figures}
        old = by_key.get((new["area_id"], new["year"]))
        if old is None:
            # A row of nothing but "not available" and "not applicable" says nothing where an area
            # did not exist. Where it did, it says that an older figure was withdrawn.
            nothing = set(figures.values()) <= {"x", "z", ""}
            if nothing and (known_release or incoming.own or not new.get("alive")):
                silent += 1
                continue
            if returns.covered(new):
                joint += 1
                continue
            gaps += incoming.release < newest
            by_key[new["area_id"], new["year"]] = _new_row(table, new, figures, incoming)
            merged.changes += [
                _change("added", table, new, name, "", figure, "", incoming)
                for name, figure in figures.items()
                if figure
            ]
            continue
        changed = {name: figure for name, figure in figures.items() if _differ(old[name], figure)}
        rank = _rank(old, releases)
        if old["source"] == incoming.source["source"] and not incoming.own:
            disagreements += [_disagreement(old, name, figure) for name, figure in changed.items()]
        elif incoming.release >= rank and (changed or not incoming.own):
            merged.changes += [
                _change("revised", table, new, name, old[name], figure, old["source"], incoming)
                for name, figure in changed.items()
            ]
            old.update(changed, source=incoming.source["source"])
        else:
            kept += bool(changed)
    if disagreements:
        raise DataError(_same_release(incoming, disagreements))
    dropped = _dropped(by_key, incoming, releases)
    merged.changes += dropped
    merged.notes = _notes(incoming, kept, silent, gaps)
    if joint:
        merged.notes.append(
            f"{joint:,} rows are of an authority and of a joint return that covers it, in one "
            "year: the one held, or the joint return, stays, so that nobody is counted twice"
        )
    if len(dropped) > len(incoming.frame) / 10:
        merged.notes.append(
            f"{len(dropped):,} rows of these years are held but not in the file: it may be "
            "incomplete. They stay as held"
        )
    merged.frame = _frame(by_key.values(), table)
    return merged


class _Returns:
    """Knows which authorities a joint return covers in a year, and the other way round."""

    def __init__(
        self, rows: Mapping[tuple[str, str], Mapping[str, str]], incoming: Incoming
    ) -> None:
        there = [*rows, *zip(incoming.frame["area_id"], incoming.frame["year"], strict=True)]
        self.held = set(rows)
        self.joint = {(code, year) for area, year in there if " / " in area for code in parts(area)}

    def covered(self, new: Mapping[str, str]) -> bool:
        """Say whether a row would stand beside a joint return, or beside one of its parts."""
        area, year = new["area_id"], new["year"]
        if " / " in area:
            return any((code, year) in self.held for code in parts(area))
        return (area, year) in self.joint


def parts(area_id: str) -> list[str]:
    """List the authorities of a joint return."""
    return area_id.split(" / ")


def report(changes: Iterable[dict[str, object]]) -> pd.DataFrame:
    """Put changes in order: revised, dropped, added; the largest first, symbols last.

    Returns
    -------
    DataFrame
        See `COLUMNS`.
    """
    frame = pd.DataFrame(list(changes), columns=list(COLUMNS))
    frame["difference"] = pd.to_numeric(frame["difference"])
    return (
        frame.assign(order=frame["change"].map(ORDER), size=frame["difference"].abs())
        .sort_values(
            ["order", "size", "table", "year", "area_id", "figure"],
            ascending=[True, False, True, False, True, True],
            na_position="last",
            kind="stable",
        )
        .drop(columns=["order", "size"])
        .reset_index(drop=True)
    )


def summary(frame: pd.DataFrame) -> pd.DataFrame:
    """Count changes by table, figure and year.

    Returns
    -------
    DataFrame
        ``table``, ``figure``, ``year``, ``revised``, ``dropped``, ``added``, and the
        ``largest`` revision and the ``median`` of its absolute size.
    """
    if frame.empty:
        return pd.DataFrame(columns=["table", "figure", "year", *ORDER, "largest", "median"])
    keys = ["table", "figure", "year"]
    counts = frame.groupby([*keys, "change"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=list(ORDER), fill_value=0)
    sizes = frame[frame["change"] == "revised"].groupby(keys)["difference"]
    counts["largest"] = sizes.agg(lambda values: values.abs().max())
    counts["median"] = sizes.agg(lambda values: values.abs().median())
    return counts.reset_index().rename_axis(columns=None)


def as_held(incoming: Incoming) -> pd.DataFrame:
    """Turn a file into a table of its own, to compare another release with it."""
    empty = pd.DataFrame(columns=[column.name for column in incoming.table.columns], dtype=str)
    return merge(empty, incoming, {}).frame


def _differ(old: str, new: str) -> bool:
    """Say whether two cells differ as figures: 8 and 8.0 do not."""
    if old == new:
        return False
    try:
        return float(old) != float(new)
    except ValueError:
        return True


def _rank(row: Mapping[str, str], releases: Mapping[str, Release]) -> Release:
    """Order a held row by its release; own figures rank as the release of their own year."""
    if row["source"] == OWN_DATA:
        return int(row["year"]), 0
    return releases[row["source"]]


def releases_of(sources: pd.DataFrame) -> dict[str, Release]:
    """Read the release of every source; one in other words ("autumn 2025") counts as its year."""
    found: dict[str, Release] = {}
    for row in records(sources):
        try:
            found[row["source"]] = read_release(row["release"])
        except DataError:
            year = re.search(r"20\d\d", row["release"])
            found[row["source"]] = (int(year[0]) if year else 0, 0)
    return found


def _new_row(
    table: Table, new: Mapping[str, str], figures: Mapping[str, str], incoming: Incoming
) -> dict[str, str]:
    row = {column.name: "" for column in table.columns}
    row.update({name: new[name] for name in ("dfe_code", "area_code", "area_name", "year")})
    return {**row, **figures, "source": incoming.source["source"], "area_id": new["area_id"]}


def _change(
    change: str,
    table: Table,
    row: Mapping[str, str],
    figure: str,
    held: str,
    new: str,
    held_source: str,
    incoming: Incoming,
) -> dict[str, object]:
    both = pd.to_numeric(pd.Series([held, new]), errors="coerce")
    difference = round(float(both[1] - both[0]), 6) if both.notna().all() else None
    return {
        "change": change,
        "table": table.name,
        "year": int(row["year"]),
        "area_id": row["area_id"],
        "area_name": row["area_name"],
        "figure": figure,
        "held": held,
        "new": new,
        "difference": difference,
        "held_source": held_source,
        "new_source": incoming.source["source"],
    }


def _dropped(
    rows: Mapping[tuple[str, str], Mapping[str, str]],
    incoming: Incoming,
    releases: Mapping[str, Release],
) -> list[dict[str, object]]:
    """Find rows that are held from an older release, but absent from the newer one's years."""
    if incoming.own:
        return []
    there = set(zip(incoming.frame["area_id"], incoming.frame["year"], strict=True))
    years = set(incoming.frame["year"])
    return [
        _change("dropped", incoming.table, row, "", "", "", row["source"], incoming)
        for key, row in rows.items()
        if key not in there
        and row["year"] in years
        and row["source"] not in (OWN_DATA, incoming.source["source"])
        and _rank(row, releases) <= incoming.release
    ]


def _disagreement(old: Mapping[str, str], name: str, figure: str) -> str:
    return f"{name} of {old['area_name']} in {old['year']}: {old[name] or 'empty'} and {figure}"


def _same_release(incoming: Incoming, disagreements: list[str]) -> list[str]:
    source = incoming.source["source"]
    first = [f"{incoming.file}: found {text}." for text in disagreements[:5]]
    return [
        f"{incoming.file}: {len(disagreements):,} figures disagree with those of the same release, "
        f"{source}, that are held or come from another file given now. Expected one figure each. "
        "If this file is a correction, say so with --release, for example --release "
        f"{incoming.release[0]}-12; nothing was changed.",
        *first,
    ]


def _notes(incoming: Incoming, kept: int, silent: int, gaps: int) -> list[str]:
    notes = list(incoming.notes)
    if kept:
        notes.append(f"{kept:,} rows differ but are held from a newer release, so left as held")
    if gaps:
        notes.append(
            f"{gaps:,} rows were added from this older release, since nothing was held there; the "
            "newest release may have withdrawn them"
        )
    if silent:
        notes.append(f"{silent:,} rows have only x or z, and are not held: not added")
    return notes


def _frame(rows: Iterable[Mapping[str, str]], table: Table) -> pd.DataFrame:
    names = [column.name for column in table.columns]
    frame = pd.DataFrame(list(rows), columns=[*names, "area_id"], dtype=str)
    return frame.sort_values(["area_code", "year"], kind="stable")[names].reset_index(drop=True)
