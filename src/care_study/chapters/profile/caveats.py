"""What to keep in mind: gaps, joins and changes in an authority's figures."""

from collections.abc import Iterator, Mapping

import pandas as pd

from care_study.area.by_year import values_in
from care_study.area.setting import Setting
from care_study.chapters.profile.measures import BESIDE, SHOWN, few_children, own_rows
from care_study.indicators.definitions import INDICATORS
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.words import count, runs, year

ALWAYS = (
    "Intervals cover chance variation only; authorities record differently, and change how they "
    "record."
)


def caveats_table(computed: Mapping[str, pd.DataFrame], setting: Setting) -> Shown:
    """List what a reader of this area's figures should know."""
    return table(
        caveats(computed, setting),
        name="caveats",
        caption=f"{setting.area_name}: gaps, joins and changes in the figures",
        sources=BESIDE,
    )


def caveats(computed: Mapping[str, pd.DataFrame], setting: Setting) -> pd.DataFrame:
    """List what a reader of this area's figures should know.

    Returns
    -------
    DataFrame
        ``about`` and ``caveat``: boundary changes, missing and suppressed figures, joint returns,
        neighbours without figures, changes of definition.
    """
    rows = [("the area and its neighbours", note) for note in setting.notes]
    children = few_children(computed, setting)
    if children:
        live = count(children, "child lives", "children live")
        rows.append(("all measures", f"{live} here: one more or less shows."))
    for name in SHOWN:
        found = _caveats_of(name, computed[name], setting)
        rows += [(INDICATORS[name].title, text) for text in found]
    rows.append(("all measures", ALWAYS))
    return pd.DataFrame(rows, columns=["about", "caveat"]).drop_duplicates(ignore_index=True)


def _caveats_of(name: str, computed: pd.DataFrame, setting: Setting) -> Iterator[str]:
    rows = computed[computed["area_id"] == setting.area_id]
    own = own_rows(computed, setting)
    for reason, group in rows[rows["value"].isna()].groupby("reason", sort=False):
        yield f"{runs(group['year'])}: no figure ({reason})."
    if rows.empty:
        yield f"No row between {year(setting.first_year)} and {year(setting.last_year)}."
    for splice, group in rows[rows["value"].notna() & (rows["splice"] != "")].groupby("splice"):
        yield f"{runs(group['year'])}: {splice}."
    if len(own):
        for since, words in INDICATORS[name].breaks.items():
            if own["year"].min() < since <= own["year"].max():
                yield f"From {year(since)}: {words}."
        yield from _latest(computed, setting, int(own["year"].iloc[-1]))


def _latest(computed: pd.DataFrame, setting: Setting, latest: int) -> Iterator[str]:
    others = values_in(computed, setting.neighbour_ids, latest)
    gone = [str(name) for name in others.index[others.isna()]]
    if gone:
        yield f"Neighbours without a figure in {year(latest)}: {', '.join(gone)}."
    newest = int(computed.loc[computed["value"].notna(), "year"].max())
    if latest < newest:
        yield f"The latest figure is of {year(latest)}; others have one of {year(newest)}."
