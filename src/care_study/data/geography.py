"""Areas through time: re-issued codes, boundary changes, splices by summing, and neighbours.

An area is identified by ``area_id`` (see `tables.read_table`). Where authorities were abolished,
the *territory* goes on: its series is the predecessors' sum before the change and the successors'
sum from then on. A territory with one predecessor keeps that predecessor's ``area_id`` and name
(Northamptonshire stays ``928``); otherwise its parts' codes are joined (``835+836+837``).
"""

import difflib
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

Calendar = Literal["march", "september"]
COMBINED = "combined territory"
PART_MISSING = "part missing"


class UnknownAreaError(ValueError):
    """No area has this name or code."""


class NeighbourError(ValueError):
    """A list of statistical neighbours does not hold the authority."""


@dataclass(frozen=True)
class Territory:
    """Authorities that were abolished together, and what followed them.

    ``first_march`` is the first year ending 31 March of the successors, ``first_september`` their
    first September count.
    """

    area_id: str
    name: str
    predecessors: tuple[str, ...]
    successors: tuple[str, ...]
    predecessor_names: tuple[str, ...]
    successor_names: tuple[str, ...]
    changed_on: int
    first_march: int
    first_september: int

    def first_year(self, calendar: Calendar) -> int:
        """Return the first year of the successors in that calendar."""
        return self.first_march if calendar == "march" else self.first_september

    @property
    def label(self) -> str:
        """The change in words, for charts and notes."""
        return f"from 1 April {self.changed_on} the sum of {_and(self.successor_names)}" + (
            "" if len(self.predecessors) == 1 else f"; before, of {_and(self.predecessor_names)}"
        )


def _and(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def territories(boundary_changes: pd.DataFrame) -> list[Territory]:
    """Group the boundary changes into territories whose outer boundary did not move.

    Predecessors that share a successor belong together, as do successors that share a predecessor.
    """
    groups: list[set[str]] = []
    for pair in boundary_changes[_ENDS].to_numpy():
        touching = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touching]
        groups.append(set(pair).union(*touching))
    return [
        _territory(boundary_changes[boundary_changes["predecessor_dfe_code"].isin(group)])
        for group in groups
    ]


def counted_twice(boundary_changes: pd.DataFrame, area_id: str = "") -> frozenset[str]:
    """List the areas to leave out of a comparison so that nobody is counted twice.

    The authorities that a territory covers; where ``area_id`` is one of them, the territory.
    """
    out: set[str] = set()
    for territory in territories(boundary_changes):
        parts = {*territory.predecessors, *territory.successors} - {territory.area_id}
        out |= {territory.area_id} if area_id in parts else parts
    return frozenset(out)


_ENDS = ["predecessor_dfe_code", "successor_dfe_code"]


def _territory(changes: pd.DataFrame) -> Territory:
    before = changes.drop_duplicates("predecessor_dfe_code").sort_values("predecessor_dfe_code")
    after = changes.drop_duplicates("successor_dfe_code").sort_values("successor_dfe_code")
    names = tuple(before["predecessor"])
    return Territory(
        area_id="+".join(before["predecessor_dfe_code"]),
        name=names[0] if len(names) == 1 else f"{_and(sorted(names))}, together",
        predecessors=tuple(before["predecessor_dfe_code"]),
        successors=tuple(after["successor_dfe_code"]),
        predecessor_names=names,
        successor_names=tuple(after["successor"]),
        changed_on=int(changes["changed_on_1_april"].iloc[0]),
        first_march=int(changes["first_year_ending_march"].iloc[0]),
        first_september=int(changes["first_workforce_september"].iloc[0]),
    )


def areas(authorities: pd.DataFrame, boundary_changes: pd.DataFrame) -> pd.DataFrame:
    """List every area once, whatever codes it had.

    Returns
    -------
    DataFrame
        Index ``area_id``; ``area_name``, ``area_type``, ``region``, ``first_year``, ``last_year``,
        ``area_codes`` (all nine-character codes, oldest first) and ``note`` (boundary changes).
    """
    ordered = authorities.sort_values(["first_year", "area_code"])
    listed = ordered.groupby("area_id").agg(
        area_name=("area_name", "last"),
        area_type=("area_type", "last"),
        region=("region", "last"),
        first_year=("first_year", "min"),
        last_year=("last_year", "max"),
        area_codes=("area_code", tuple),
    )
    listed["note"] = ""
    for territory in territories(boundary_changes):
        ends = [area for area in territory.successors if area in listed.index]
        last = int(listed.loc[ends, "last_year"].max()) if ends else territory.first_march
        for code, name in zip(territory.predecessors, territory.predecessor_names, strict=True):
            if code in listed.index:
                listed.loc[code, ["area_name", "note"]] = [
                    name,
                    f"abolished on 1 April {territory.changed_on}",
                ]
        for code in ends:
            names = _and(territory.predecessor_names)
            listed.loc[code, "note"] = f"created on 1 April {territory.changed_on} from {names}"
        if len(territory.predecessors) > 1:
            whole = listed.loc[[territory.predecessors[0]]].rename(
                index={territory.predecessors[0]: territory.area_id}
            )
            whole["area_name"], whole["area_type"] = territory.name, COMBINED
            whole["area_codes"] = [()]
            listed = pd.concat([listed, whole])
        listed.loc[territory.area_id, "last_year"] = last
        listed.loc[territory.area_id, "note"] = territory.label
    return listed.sort_index()


def find_area(listed: pd.DataFrame, text: str) -> str:
    """Find an area by name or code, forgiving case, punctuation and "City of".

    Parameters
    ----------
    listed
        The frame that `areas` returns.
    text
        A name ("Coventry", "St Helens"), an ``area_id`` or a nine-character code.

    Raises
    ------
    UnknownAreaError
        With the nearest names.
    """
    wanted = str(text).strip()
    if wanted in listed.index:
        return wanted
    by_code = listed.index[listed["area_codes"].map(lambda codes: wanted.upper() in codes)]
    if len(by_code):
        return str(by_code[0])
    # The exact name goes first: without "City of", the City of London would be London.
    exact = listed.index[listed["area_name"].str.casefold() == wanted.casefold()]
    if len(exact):
        return str(exact[0])
    named = [(str(area), _plain(name)) for area, name in listed["area_name"].items()]
    names = {name: area for area, name in named}
    if _plain(wanted) in names:
        same = [area for area, name in named if name == _plain(wanted)]
        return min(same, key=lambda area: _words_apart(str(listed.at[area, "area_name"]), wanted))
    near = [name for name in names if _plain(wanted) and _plain(wanted) in name]
    near += difflib.get_close_matches(_plain(wanted), names, cutoff=0.5)
    near = list(dict.fromkeys(near))[:3]
    suggestions = [f"{listed.at[names[name], 'area_name']} ({names[name]})" for name in near]
    advice = f"Did you mean {' or '.join(suggestions)}?" if suggestions else "Names are listed by"
    raise UnknownAreaError(
        f"There is no area {text!r}. Expected the name or code of an authority, a region or "
        f"England. {advice}" + ("" if suggestions else " `care-study areas`.")
    )


def _words(name: str) -> list[str]:
    return re.sub(r"[^a-z0-9 ]", "", name.lower().replace("&", "and").replace("-", " ")).split()


def _plain(name: str) -> str:
    return " ".join(word for word in _words(name) if word not in ("city", "of", "the", "county"))


def _words_apart(name: str, other: str) -> int:
    return len(set(_words(name)) ^ set(_words(other)))


def splice(
    frame: pd.DataFrame,
    columns: Iterable[str],
    boundary_changes: pd.DataFrame,
    calendar: Calendar = "march",
    *,
    add_up: bool = True,
) -> pd.DataFrame:
    """Continue every territory through its boundary change by summing its parts.

    Parameters
    ----------
    frame
        ``area_id``, ``year`` and ``columns`` (float), each perhaps with ``<column>_symbol``;
        perhaps ``source``.
    columns
        The counts to add up.
    boundary_changes
        The table of that name.
    calendar
        Whether ``year`` means the year ending 31 March or a September count.
    add_up
        False for published rates and percentages, which cannot be added: then only one return that
        covers the whole territory (a joint return) continues it.

    Returns
    -------
    DataFrame
        The rows of ``frame`` (columns as given) and those of the territories, with ``splice``:
        empty, or how the row was put together. A sum that would miss a part is missing, and its
        symbol says which part: it is never summed. A joint return of all parts is taken instead
        of the parts, so that nobody is counted twice.
    """
    columns = list(columns)
    symbols = [f"{column}_symbol" for column in columns if f"{column}_symbol" in frame]
    source = [name for name in ("source",) if name in frame]
    kept = frame[["area_id", "year", *columns, *symbols, *source]].assign(splice="")
    made = []
    for territory in territories(boundary_changes):
        change = territory.first_year(calendar)
        before = kept[_within(kept["area_id"], territory.predecessors) & (kept["year"] < change)]
        after = kept[_within(kept["area_id"], territory.successors) & (kept["year"] >= change)]
        for rows, parts in ((before, territory.predecessors), (after, territory.successors)):
            if tuple(parts) != (territory.area_id,):
                made += [
                    _sum(territory.area_id, group, parts, columns, symbols, add_up)
                    for _, group in rows.groupby("year")
                ]
    if not made:
        return kept.reset_index(drop=True)
    return pd.concat([kept, pd.DataFrame(made)], ignore_index=True)


def _codes(area_id: str) -> set[str]:
    return set(area_id.split(" / "))


def _within(area_ids: pd.Series, parts: Sequence[str]) -> pd.Series:
    return area_ids.isin([area for area in area_ids.unique() if _codes(area) <= set(parts)])


def _sum(
    area_id: str,
    group: pd.DataFrame,
    parts: Sequence[str],
    columns: list[str],
    symbols: list[str],
    add_up: bool,
) -> dict[str, object]:
    whole = group[group["area_id"].map(_codes) == set(parts)]
    joint = not whole.empty
    group = whole.head(1) if joint else group
    row: dict[str, object] = {"area_id": area_id, "year": group["year"].iloc[0]}
    if "source" in group:
        row["source"] = ", ".join(sorted(group["source"].unique()))
    absent = sorted(set(parts).difference(*map(_codes, group["area_id"])))
    for column in columns:
        values = group.set_index("area_id")[column]
        gone = absent + sorted(values.index[values.isna()])
        if joint or (add_up and not gone):
            row[column], symbol = values.sum(min_count=1), ""
            if values.isna().any() and f"{column}_symbol" in symbols:
                symbol = group[f"{column}_symbol"].iloc[0]
        elif gone:
            row[column], symbol = math.nan, f"{PART_MISSING}: {', '.join(gone)}"
        else:
            row[column], symbol = math.nan, "a published percentage cannot be added up"
        if f"{column}_symbol" in symbols:
            row[f"{column}_symbol"] = symbol
    row["splice"] = (
        f"joint return {group['area_id'].iloc[0]}" if joint else f"sum of {' and '.join(parts)}"
    )
    return row


def neighbours(
    statistical_neighbours: pd.DataFrame,
    authorities: pd.DataFrame,
    boundary_changes: pd.DataFrame,
    area_id: str,
    model: str,
) -> pd.DataFrame:
    """List the ten statistical neighbours of an authority, with what became of them.

    Parameters
    ----------
    statistical_neighbours, authorities, boundary_changes
        The tables of these names.
    area_id
        The authority.
    model
        The list: ``"2021"`` or ``"2025"``.

    Returns
    -------
    DataFrame
        ``rank``, ``area_id``, ``area_name``, ``closeness`` and ``note``, which says where a
        neighbour was abolished or created, and so lacks years.

    Raises
    ------
    NeighbourError
        If the list does not hold the authority or names an unknown neighbour, or there is no
        such list.
    """
    models = sorted(statistical_neighbours["model"].unique())
    if str(model) not in models:
        raise NeighbourError(
            f"There is no neighbour list {model!r}. Expected one of {', '.join(models)}."
        )
    listed = areas(authorities, boundary_changes)
    rows = statistical_neighbours[statistical_neighbours["model"] == str(model)]
    id_of = authorities.set_index("area_code")["area_id"]
    mine = rows[rows["area_code"].map(id_of) == area_id].sort_values("rank")
    if mine.empty:
        name = str(listed.at[area_id, "area_name"]) if area_id in listed.index else area_id
        others = statistical_neighbours[statistical_neighbours["area_code"].map(id_of) == area_id]
        held = sorted(others["model"].unique())
        advice = (
            f"It is in the list of {', '.join(held)}: use that."
            if held
            else ("No list holds it: regions, England and combined territories have no neighbours.")
        )
        raise NeighbourError(f"The neighbour list of {model} does not hold {name}. {advice}")
    ids = mine["neighbour_code"].map(id_of)
    if ids.isna().any():
        unknown = ", ".join(mine.loc[ids.isna(), "neighbour_code"])
        raise NeighbourError(
            f"The neighbour list of {model} names {unknown}, which authorities.csv lacks. Add a "
            "row there, or correct statistical_neighbours.csv."
        )
    return pd.DataFrame(
        {
            "rank": mine["rank"].to_numpy(),
            "area_id": ids.to_numpy(),
            "area_name": listed.loc[ids, "area_name"].to_numpy(),
            "closeness": mine["closeness"].to_numpy(),
            "note": listed.loc[ids, "note"].to_numpy(),
        }
    )


def neighbour_lists(
    statistical_neighbours: pd.DataFrame, authorities: pd.DataFrame, model: str
) -> dict[str, list[str]]:
    """Map every authority of a list to the ids of its ten neighbours, nearest first."""
    id_of = authorities.set_index("area_code")["area_id"]
    rows = statistical_neighbours[statistical_neighbours["model"] == str(model)].sort_values("rank")
    ids = pd.DataFrame(
        {"area": rows["area_code"].map(id_of), "neighbour": rows["neighbour_code"].map(id_of)}
    )
    return {str(area): list(group) for area, group in ids.groupby("area")["neighbour"]}
