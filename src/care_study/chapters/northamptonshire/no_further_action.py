"""What is recorded as no further action: the share of referrals, among the neighbours."""

from dataclasses import replace

import numpy as np
import pandas as pd

from care_study.area.setting import FEWEST_YEARS, Setting
from care_study.chapters.northamptonshire.beside import beside
from care_study.chapters.northamptonshire.demand import NO_ACTION, referrals, splice_breaks
from care_study.chapters.shared import series_against_neighbours
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics.intervals import Interval, proportion_difference
from care_study.unavailable import Unavailable
from care_study.words import percent, year


@finding
class Recorded:
    """The share of referrals with no further action, from its highest year to the last."""

    sources = ("referrals",)
    table: pd.DataFrame
    top: int
    last: int
    top_sentence: str = fact("highest and last yearly share")
    nfa_change: Interval = fact(
        lambda found: f"share with no further action in {found.last} less that in {found.top}",
        unit="percentage points",
        decimals=1,
    )


@section
def recorded(setting: Setting) -> Recorded:
    """Compute how the share with no further action changed from its highest year to the last.

    Where it is highest in the last year, the change is from its lowest year. The interval is that
    of a difference of two proportions (Newcombe 1998).
    """
    table = referrals(setting)
    if len(table) < FEWEST_YEARS:
        raise Unavailable(f"{setting.area_name} has one year of referrals; a change needs two")
    top, last = ends(table)
    found = proportion_difference(
        last["no_further_action"], last["referrals"], top["no_further_action"], top["referrals"]
    )
    return Recorded(
        table=table,
        top=int(top["year"]),
        last=int(last["year"]),
        top_sentence=sentence_of(table, setting.area_name),
        nfa_change=found.scaled(100),
    )


def ends(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Take the year with the highest share and the last; if they are one, the lowest and the last.

    Of several years with the same share the last is taken.
    """
    ordered, last = table.sort_values("nfa", kind="stable"), table.iloc[-1]
    top = ordered.iloc[-1]
    return (ordered.iloc[0] if top["year"] == last["year"] else top), last


def sentence_of(table: pd.DataFrame, area: str) -> str:
    """Say how the share with no further action moved from its highest (or lowest) year."""
    top, last = ends(table)
    return (
        f"{percent(top['nfa'])} of {area}'s referrals ended in no further action in "
        f"{year(top['year'])}, {percent(last['nfa'])} in {year(last['year'])}"
    )


@finding
class AmongOthers:
    """The share with no further action among the neighbours and in England, in one year."""

    sources = ("referrals",)
    nfa_neighbours: Interval = fact(
        "mean of the neighbours' shares with no further action",
        unit="%",
        decimals=1,
        sources=["referrals", "statistical_neighbours"],
    )
    nfa_england: float = fact("England's share with no further action", unit="share", decimals=1)
    lists: str = fact("neighbours on both lists", sources=["statistical_neighbours"])


@section
def among_others(setting: Setting, year: int) -> AmongOthers:
    """Compute the neighbours' mean share with no further action, and England's."""
    found = beside(setting, NO_ACTION, year)
    mean = found.to_mean.comparator
    return AmongOthers(
        # A share cannot be negative; t intervals do not know that.
        nfa_neighbours=replace(mean, lower=np.maximum(0.0, mean.lower)),
        nfa_england=found.england / 100,
        lists=lists_note(setting),
    )


def lists_note(setting: Setting) -> str:
    """Say how many neighbours the two lists share."""
    if setting.other_list == setting.chosen:
        return f"only the list of {setting.chosen} holds this authority"
    same = set(setting.neighbour_ids) & set(setting.neighbours[setting.other_list]["area_id"])
    lists = f"the neighbour lists of {setting.chosen} and {setting.other_list}"
    if len(same) == len(setting.neighbour_ids):
        return f"{lists} name the same authorities"
    return f"{lists} share {len(same)} of {len(setting.neighbour_ids)} authorities"


@section
def share_series(setting: Setting, found: Recorded) -> Shown:
    """Draw the share with no further action through time, among the neighbours."""
    return series_against_neighbours(
        setting,
        NO_ACTION,
        name="no_further_action",
        title=found.top_sentence,
        alt=alternative(found.table, setting.area_name),
        axis="% of referrals",
        breaks=splice_breaks(setting),
        references=[f"neighbours' {setting.statistic}", "England"],
    )


def alternative(table: pd.DataFrame, area: str) -> str:
    """Describe the chart of the share with no further action."""
    first, last = table.iloc[0], table.iloc[-1]
    return (
        f"Line chart. {area} from {percent(first['nfa'])} in {year(first['year'])} to "
        f"{percent(last['nfa'])} in {year(last['year'])}, highest {percent(table['nfa'].max())}"
        "; its neighbours as a band, their averages and England as dark lines."
    )
