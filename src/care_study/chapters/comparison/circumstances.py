"""Outcomes and need of the areas compared, then and now: not activity alone."""

from collections.abc import Sequence

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.further import Further, further
from care_study.show.results import section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.unavailable import Unavailable

OUTCOMES = (
    "conferences_in_15_days",
    "second_plan_percentage",
    "outside_area_percentage",
    "three_placements_percentage",
    "ceased_adopted_percentage",
    "leavers_active_percentage",
    "leavers_suitable_homes_percentage",
    "idaci_score",
)


@section
def circumstances(settings: Sequence[Setting], year: int) -> dict[str, Further]:
    """Compute outcomes and need of each area, in the documents' year and the latest."""
    found = {one.area_name: further(one, OUTCOMES, year) for one in settings}
    held = {name: one for name, one in found.items() if isinstance(one, Further)}
    if not held:
        raise Unavailable("None of these authorities has a figure of these outcomes")
    return held


@section
def circumstances_table(settings: Sequence[Setting], found: dict[str, Further]) -> Shown:
    """List them, a measure and year after the other, with the areas beside one another."""
    rows = []
    for name, one in found.items():
        latest = one.table.groupby("measure", sort=False).tail(2)
        rows.append(latest.assign(area=name))
    every = pd.concat(rows, ignore_index=True)
    order = {words: place for place, words in enumerate(dict.fromkeys(every["measure"]))}
    every = every.sort_values(
        ["measure", "year", "area"],
        key=lambda column: column.map(order) if column.name == "measure" else column,
        ignore_index=True,
    )
    shown = ["measure", "year", "area", "own", "lower", "upper", "mean", "england"]
    return table(
        every[shown],
        name="circumstances",
        caption="Outcomes and need: the documents' year and the latest",
        row_header="measure",
        places=1,
        sources=list(dict.fromkeys(name for one in found.values() for name in one.sources)),
    )
