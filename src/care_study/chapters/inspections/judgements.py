"""Judgements since: full inspections of several authorities and of what became of them."""

from collections.abc import Mapping, Sequence

import pandas as pd

from care_study.area.setting import Setting
from care_study.data import geography
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.words import listed

GRADES = (
    "Outstanding",
    "Good",
    "Requires improvement to be good",
    "Inadequate",
)
NONE_LISTED = "none in the list"
NAMES = {
    "inspection_date": "inspected",
    "publication_date": "published",
    "inspection_type": "kind",
    "overall_effectiveness": "judgement",
}
COLUMNS = ["area_name", "inspected", "published", "kind", "judgement"]


@finding
class Judgements:
    """The full inspections of an authority, of others, and of what became of them."""

    sources = ("inspections", "boundary_changes")
    table: pd.DataFrame
    area: str = fact("the authority that this run is about", sources=["authorities"])
    compared: str = fact("authorities whose judgements stand beside it", sources=["authorities"])
    latest: str = fact("latest full inspection of each authority and of its successors")
    list_first: int = fact(
        "year of the first inspection in the list", unit="year", sources=["inspections"]
    )


@section
def judgements(settings: Sequence[Setting]) -> Judgements:
    """List the full inspections of several authorities; the first is what the run is about."""
    tables = settings[0].tables
    found = full_inspections(tables, [setting.area_id for setting in settings])
    return Judgements(
        table=found,
        area=settings[0].area_name,
        compared=listed([setting.area_name for setting in settings[1:]]),
        latest=latest_sentence(found),
        list_first=int(tables["inspections"]["inspection_date"].min()[:4]),
    )


def family(tables: Mapping[str, pd.DataFrame], area_id: str) -> list[str]:
    """List the ids of an area and of what became of it, or of what it was made from."""
    ids = [area_id]
    for territory in geography.territories(tables["boundary_changes"]):
        parts = [*territory.predecessors, *territory.successors]
        if area_id == territory.area_id or area_id in parts:
            ids += [part for part in parts if part not in ids]
    return ids


def full_inspections(tables: Mapping[str, pd.DataFrame], area_ids: Sequence[str]) -> pd.DataFrame:
    """List the full inspections of several areas and of what became of them.

    Returns
    -------
    DataFrame
        In the order of the areas, then by date: ``area_name``, ``inspected``, ``published`` (days
        as text), ``kind``, ``judgement``. An area without an inspection has one row that says so.
    """
    inspections = tables["inspections"].rename(columns=NAMES)
    names = geography.areas(tables["authorities"], tables["boundary_changes"])["area_name"]
    parts = []
    for area_id in area_ids:
        rows = inspections[inspections["area_id"].isin(family(tables, area_id))]
        rows = rows.sort_values(["inspected", "area_id"])[COLUMNS]
        nothing = pd.DataFrame([[str(names[area_id]), "", "", "", NONE_LISTED]], columns=COLUMNS)
        parts.append(nothing if rows.empty else rows)
    return pd.concat(parts, ignore_index=True)


def latest_sentence(found: pd.DataFrame) -> str:
    """Say each area's latest judgement in one sentence."""
    latest = found.groupby("area_name", sort=False).last()
    return "; ".join(
        _judged(str(area), str(row["judgement"]), str(row["inspected"])[:4])
        for area, row in latest.iterrows()
    )


def _judged(area: str, judgement: str, year: str) -> str:
    if judgement == NONE_LISTED:
        return f"{area} has no inspection in the list"
    return f"{area} was judged '{judgement.lower()}' in {year}"


def grades_among_neighbours(settings: Sequence[Setting]) -> pd.DataFrame:
    """Count the latest judgements among each area's neighbours, and among all authorities.

    Returns
    -------
    DataFrame
        One row a judgement, best first, then one for neighbours without an inspection:
        ``judgement`` and one column an area (its neighbours of the chosen list), and ``all``
        (authorities that still exist).
    """
    tables = settings[0].tables
    gone = {
        code
        for territory in geography.territories(tables["boundary_changes"])
        for code in territory.predecessors
    }
    everyone = [code for code in tables["inspections"]["area_id"].unique() if code not in gone]
    counts = {one.area_name: _counted(tables, one.neighbour_ids) for one in settings}
    counts["all"] = _counted(tables, everyone)
    return pd.DataFrame(counts).rename_axis("judgement").reset_index()


def _counted(tables: Mapping[str, pd.DataFrame], area_ids: Sequence[str]) -> pd.Series:
    """Count the latest judgements of several areas: a Series by judgement."""
    rows = tables["inspections"].sort_values("inspection_date")
    rows = rows[rows["area_id"].isin(area_ids)]
    latest = rows.groupby("area_id")["overall_effectiveness"].last()
    counts = latest.value_counts().reindex([*GRADES, NONE_LISTED], fill_value=0)
    counts[NONE_LISTED] = len(area_ids) - len(latest)
    return counts


@section
def inspections(found: Judgements) -> Shown:
    """List the full inspections and their overall judgement."""
    return table(
        found.table,
        name="judgements",
        caption="Full inspections of children's services and their overall judgement",
        labels={"area_name": "authority"},
        sources=found.sources,
    )


@section
def among_neighbours(settings: Sequence[Setting]) -> Shown:
    """Count the latest judgements among each authority's neighbours, and among all."""
    areas = [setting.area_name for setting in settings]
    lists = listed(sorted({setting.chosen for setting in settings}), "or")
    return table(
        grades_among_neighbours(settings),
        name="grades",
        caption=f"Latest judgement among the statistical neighbours (list of {lists}) of each "
        "authority, and among all authorities",
        labels={"judgement": "latest judgement"} | {one: f"neighbours of {one}" for one in areas},
        units=dict.fromkeys(areas, "authorities"),
        sources=["inspections", "statistical_neighbours"],
        notes=[
            "Authorities are inspected in different years, so the latest judgements are of "
            "different dates. A judgement is an ordered word, not a number: the table counts "
            "authorities and averages nothing."
        ],
    )
