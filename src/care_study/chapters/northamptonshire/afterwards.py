"""What happened afterwards: before and after a date, beside the neighbours and every authority.

The estimand of every comparison: by how much more (or less) the area's mean yearly value changed,
from the years before a date to those from it on, than the mean of its neighbours. It describes; it
does not say what the change is due to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from care_study.area.after_event import authorities_panel
from care_study.area.by_year import by_year
from care_study.area.setting import Setting
from care_study.charts import spread
from care_study.data import geography
from care_study.indicators.compute import sources_of
from care_study.indicators.definitions import INDICATORS
from care_study.show.figure import figure
from care_study.show.results import LEFT_OUT, fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.intervals import Interval
from care_study.statistics.trends import adjust, placebo_inference
from care_study.unavailable import Unavailable
from care_study.words import listed, month, number, sentence, span

# The series that reach from well before 2018 to now.
FAMILY = ("referral_rate", "nfa_percentage", "rereferral_percentage", "in_need_rate",
          "plans_started_rate", "looked_after_rate")  # fmt: skip
SHARE = "nfa_percentage"
SOURCES = ("referrals", "statistical_neighbours")
POINTS = "percentage points"


# ---- judgements since


@finding
class Since:
    """What Ofsted judged since the visit."""

    sources = ("inspections",)
    judgements: str = fact("judgements of inspections since the visit")


@section
def since(setting: Setting, visit: str) -> Since:
    """List Ofsted's judgements of the area and of its successors since the visit."""
    return Since(judgements=judgements(inspections_since(setting, visit), visit))


def inspections_since(setting: Setting, day: str) -> pd.DataFrame:
    """List Ofsted's judgements of the area and of its successors from a date on.

    Returns
    -------
    DataFrame
        ``inspected`` (first day, YYYY-MM-DD), ``area_name``, ``judgement``; no row where there is
        none.
    """
    ids = {setting.area_id}
    for territory in geography.territories(setting.tables["boundary_changes"]):
        if territory.area_id == setting.area_id:
            ids |= set(territory.successors)
    found = setting.tables["inspections"]
    dates = found["inspection_date"].astype(str)
    found = found[found["area_id"].isin(ids) & (dates >= day)]
    return pd.DataFrame(
        {
            "inspected": found["inspection_date"].astype(str).to_numpy(),
            "area_name": found["area_name"].to_numpy(),
            "judgement": found["overall_effectiveness"].to_numpy(),
        }
    ).sort_values(["inspected", "area_name"], ignore_index=True)


def judgements(found: pd.DataFrame, day: str) -> str:
    """Say what Ofsted judged since a date."""
    if found.empty:
        return f"the table of inspections holds no judgement since {day}"
    parts = []
    for when, rows in found.groupby("inspected", sort=True):
        judged = [f"{row['area_name']}, {row['judgement']}" for row in rows.to_dict("records")]
        parts.append(f"in {month(str(when)[:7])} {listed(judged)}")
    return "; ".join(parts)


# ---- before and after, and among all authorities


@dataclass(frozen=True)
class Ranked:
    """One authority's change among the same change of every authority.

    Attributes
    ----------
    frame : DataFrame
        One row an authority: ``area`` (name), ``value`` (its change).
    change : Interval
        In the indicator's unit; the interval inverts the rank test (95%).
    p_value : float
        Share of authorities with at least as large a change.
    rank, of : int
        Place by size, first the largest.
    """

    frame: pd.DataFrame
    change: Interval
    p_value: float
    rank: int
    of: int


def ranked_change(setting: Setting, indicator: str, first_after: int) -> Ranked:
    """Rank the change of an area's gap to its neighbours among that of all authorities.

    The same number is computed for every authority with complete data, where nothing special is
    known to have happened (placebo inference; Abadie, Diamond & Hainmueller 2010). The years are
    those in which the area has a value.

    Raises
    ------
    Unavailable
        If the area has no years on one side of the date.
    TrendError
        If all neighbours have missing years.
    """
    computed = setting.indicator(indicator)
    own = setting.own(computed)
    years = own.loc[own["value"].notna(), "year"]
    if not years.min() < first_after <= years.max():
        raise Unavailable(
            f"{setting.area_name} has {INDICATORS[indicator].title.lower()} from "
            f"{span(years.min(), years.max())}, not on both sides of {first_after}"
        )
    computed = computed[computed["year"].isin(years)]
    twice = geography.counted_twice(setting.tables["boundary_changes"], setting.area_id)
    found = placebo_inference(
        authorities_panel(computed, twice),
        setting.area_id,
        first_after,
        methods=("gap_did",),
        neighbours=geography.neighbour_lists(
            setting.tables["statistical_neighbours"], setting.tables["authorities"], setting.chosen
        ),
    )
    row = found.summary.loc["gap_did"].to_dict()
    estimates = found.placebos["gap_did"].dropna()
    names = computed.drop_duplicates("area_id").set_index("area_id")["area_name"]
    frame = pd.DataFrame(
        {"area": [str(names[unit]) for unit in estimates.index], "value": estimates.to_numpy()}
    )
    method = "inverted rank test among all authorities"
    change = Interval(row["estimate"], row["lower"], row["upper"], found.level, method)
    return Ranked(frame, change, float(row["p_value"]), int(row["rank"]), len(estimates))


@finding
class Afterwards:
    """The family of measures before and after, with Holm's correction of their p-values."""

    sources = SOURCES
    table: pd.DataFrame
    left_out: Sequence[str]
    first_after: int = fact("the year after that of the visit", unit="year")
    family: int = fact("measures compared at once", unit="measures")
    smallest_holm: float = fact(
        "smallest of the family's p-values after Holm's correction", decimals=2
    )


@section
def afterwards(setting: Setting, year: int) -> Afterwards:
    """Compare the years to that of the visit with those after it, and rank the changes.

    Returns
    -------
    Afterwards
        ``table`` has a row an indicator of ``FAMILY``: ``measure``, ``unit``, ``before`` and
        ``after`` (mean of the yearly values), ``change``, ``neighbours_change`` (of their mean),
        ``difference`` with ``lower``, ``upper`` (inverted rank test, 95%), ``rank``, ``of``,
        ``p_value`` and ``p_holm`` (Holm 1979, over the family). Indicators for which the area or
        all its neighbours lack years are in ``left_out``, with the reason.

    Raises
    ------
    Unavailable
        If every indicator is left out.
    """
    first_after, rows, left_out = year + 1, [], []
    for name in FAMILY:
        try:
            rows.append(_row(setting, name, first_after))
        except LEFT_OUT as error:
            left_out.append(f"{INDICATORS[name].title}: {error}")
    if not rows:
        raise Unavailable(f"No measure can be compared. {left_out[0]}")
    found = pd.DataFrame(rows)
    found["p_holm"] = adjust(found["p_value"].to_numpy(), "holm")
    return Afterwards(
        first_after=first_after,
        table=found,
        left_out=left_out,
        family=len(found),
        smallest_holm=float(found["p_holm"].min()),
    )


def _row(setting: Setting, name: str, first_after: int) -> dict[str, object]:
    own, theirs = before_after(setting, name, first_after)
    found = ranked_change(setting, name, first_after)
    return {
        "measure": INDICATORS[name].title,
        "unit": INDICATORS[name].unit,
        "before": own[0],
        "after": own[1],
        "change": own[1] - own[0],
        "neighbours_change": theirs[1] - theirs[0],
        "difference": found.change.estimate,
        "lower": found.change.lower,
        "upper": found.change.upper,
        "rank": found.rank,
        "of": found.of,
        "p_value": found.p_value,
    }


def before_after(
    setting: Setting, name: str, first_after: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Compute the mean yearly values before and after: the area's, and its neighbours' means.

    Raises
    ------
    Unavailable
        If a side has no year with a figure of the area and of a neighbour.
    """
    compared = by_year(setting.indicator(name), setting.area_id, setting.neighbour_ids)
    early = compared["year"] < first_after
    if early.all() or not early.any():
        raise Unavailable(
            f"{setting.area_name} and its neighbours have no years on both sides of {first_after}"
        )
    old, new = compared[early], compared[~early]
    own, theirs = ((old[one].mean(), new[one].mean()) for one in ("value", "mean"))
    return own, theirs


@section
def before_and_after(setting: Setting, found: Afterwards) -> Shown:
    """List the family of measures before and after."""
    sources = [source for name in FAMILY for source in sources_of(name)]
    return table(
        found.table,
        name="afterwards",
        caption=f"Before and from {found.first_after} on, years ending 31 March: "
        f"{setting.area_name} beside its neighbours ({setting.chosen}), and among all authorities",
        places=1,
        sources=[*dict.fromkeys(sources), "statistical_neighbours"],
        notes=[
            *setting.notes,
            "Interval and p-value: rank among authorities with a figure in every year (placebo).",
            "The difference is that of the two changes; it uses only neighbours with a figure in "
            "every year.",
            *map(sentence, found.left_out),
        ],
    )


# ---- the share with no further action among all authorities


@finding
class Strip:
    """The change of the share with no further action, among all authorities."""

    prefix = "strip"
    sources = SOURCES
    first_after: int
    frame: pd.DataFrame
    estimate: Interval = fact(
        "change of the mean share with no further action, less that of the neighbours' mean",
        unit=POINTS,
        decimals=1,
    )
    rank: int = fact("place by size among all authorities")
    of: int = fact("authorities with a figure in every year")
    p: float = fact("share of authorities with at least as large a change", decimals=2)


@section
def strip(setting: Setting, year: int) -> Strip:
    """Rank the change of the share with no further action among all authorities."""
    found = ranked_change(setting, SHARE, year + 1)
    return Strip(
        first_after=year + 1,
        frame=found.frame.sort_values("value", ignore_index=True),
        estimate=found.change,
        rank=found.rank,
        of=found.of,
        p=found.p_value,
    )


@section
def among_all(setting: Setting, found: Strip) -> Shown:
    """Draw every authority's change of the share, the area's marked."""
    area, value = setting.area_name, found.estimate.estimate
    chart = spread.placebo_strip(found.frame, area="area", value="value", focus=[area], unit=POINTS)
    low, high = found.frame["value"].min(), found.frame["value"].max()
    return figure(
        chart,
        name="strip",
        title=f"{area}'s share {'fell' if value < 0 else 'rose'} against its neighbours by "
        f"{number(abs(value))} percentage points, number {found.rank} of {found.of} authorities by "
        "size",
        subtitle="Referrals with no further action: change of the mean share from before "
        f"{found.first_after}, less that of each authority's own neighbours ({setting.chosen})",
        alt=f"One dot an authority, from {number(low)} to {number(high)} percentage points; {area} "
        f"is at {number(value)}.",
        data=found.frame,
        unit=POINTS,
        places=1,
        labels={"value": "change against neighbours"},
        sources=SOURCES,
        notes=[
            f"{found.of} authorities with a figure in every year are shown; their neighbours are "
            "those of the same list that have a figure in every year."
        ],
    )


# ---- other first years


@finding
class OtherStarts:
    """The same change with other years taken as the first after."""

    prefix = "dates"
    sources = SOURCES
    low: float = fact("lowest estimate over other first years after", decimals=1)
    high: float = fact("highest estimate over other first years after", unit=POINTS, decimals=1)
    small: float = fact("smallest p-value over other first years after", decimals=2)
    large: float = fact("largest p-value over other first years after", decimals=2)


@section
def other_starts(setting: Setting, year: int) -> OtherStarts:
    """Repeat the ranking with every first year from ``year`` that leaves three years after it."""
    starts = range(max(year, setting.first_year + 1), setting.last_year - 1)
    if not starts:
        raise Unavailable(f"{year} to {setting.last_year} are too few years to try other starts")
    found = [ranked_change(setting, SHARE, start) for start in starts]
    values = [one.change.estimate for one in found]
    chances = [one.p_value for one in found]
    return OtherStarts(low=min(values), high=max(values), small=min(chances), large=max(chances))
