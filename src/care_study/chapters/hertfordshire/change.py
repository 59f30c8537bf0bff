"""Hertfordshire: care and protection since 2013, against neighbours and against placebos.

The estimand of every estimate: an area's mean yearly value from a year on, less its mean before,
as it is (own change), less the mean of its neighbours' changes (against neighbours), or set among
the same number for every authority (against placebos). None says what a change is due to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from scipy import stats

from care_study.area.after_event import authorities_panel, check_every_year, lists_with_area
from care_study.area.by_year import values_in
from care_study.area.setting import Setting
from care_study.chapters.shared import COVID, series_against_neighbours
from care_study.data import geography
from care_study.indicators.compute import sources_of
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.statistics.comparison import Gap, gap
from care_study.statistics.intervals import Interval, rate_difference
from care_study.statistics.trends import PlaceboResult, placebo_inference
from care_study.unavailable import Unavailable
from care_study.words import count, listed, number

PER = 10_000
PLACEBO = "placebo ranks inverted"
UNIT = "per 10,000"
METHODS = ("gap_did", "sdid")
MEASURES = {
    "looked_after_rate": "children looked after",
    "plans_rate": "child protection plans",
}
WORDS = {
    **MEASURES,
    "looked_after_started_rate": "children starting to be looked after",
    "plans_started_rate": "child protection plans started",
}


def _own_sources(found: "Measured") -> list[str]:
    return sources_of(found.change.indicator)


@dataclass(frozen=True)
class Change:
    """The change of one measure from the years before to the years from ``first_after`` on.

    Attributes
    ----------
    indicator : str
    first_after, last : int
        First year counted as after, and last year used.
    own : Interval
        The area's own change, with Welch's t interval on its yearly values.
    against : Gap
        The own change minus the neighbours' mean change.
    placebo : PlaceboResult
        The change of the gap for every authority, by ``METHODS``.
    placebos : pandas.DataFrame
        ``area`` and ``value``: the change of each authority's gap to its own neighbours.
    before, after : float
        The area's mean values.
    """

    indicator: str
    first_after: int
    last: int
    own: Interval
    against: Gap
    placebo: PlaceboResult
    placebos: pd.DataFrame
    before: float
    after: float

    @property
    def rank(self) -> int:
        """Place of the area's change of gap by size: 1 is the largest of all authorities."""
        return int(self.placebo.summary["rank"].loc["gap_did"])

    @property
    def p_value(self) -> float:
        """Two-sided p-value of that rank."""
        return float(self.placebo.summary["p_value"].loc["gap_did"])


def change(
    setting: Setting,
    indicator: str,
    first_after: int,
    last: int,
    *,
    model: str = "",
    exclude: Sequence[str] = (),
) -> Change:
    """Compute the change of a measure against neighbours and against placebos.

    Parameters
    ----------
    setting
        The area and its comparators.
    indicator
        An indicator id.
    first_after, last
        First year counted as after, and last year used.
    model
        List of neighbours; by default the setting's.
    exclude
        Ids of authorities never to compare with, such as those with the same programme.

    Raises
    ------
    TrendError
        If the date lies outside the series.
    Unavailable
        If no list holds the area, a year of its series is missing, or a side of the date has
        fewer than two years.
    ValueError
        If no neighbour has data.
    """
    computed = setting.indicator(indicator)
    computed = computed[computed["year"] <= last]
    lists = lists_with_area(setting, model)
    twice = geography.counted_twice(setting.tables["boundary_changes"], setting.area_id)
    panel = authorities_panel(computed, twice)
    check_every_year(setting, panel, indicator)
    placebo = placebo_inference(
        panel, setting.area_id, first_after, methods=METHODS, neighbours=lists, exclude=exclude
    )
    ids = [one for one in lists[setting.area_id] if one not in set(exclude)]
    changes = mean_changes(computed, ids, first_after)
    own, before, after = own_change(setting.own(computed), first_after)
    names = computed.drop_duplicates("area_id").set_index("area_id")["area_name"]
    estimates = placebo.placebos["gap_did"].dropna()
    return Change(
        indicator=indicator,
        first_after=first_after,
        last=last,
        own=own,
        against=gap(float(own.estimate), changes),
        placebo=placebo,
        placebos=pd.DataFrame(
            {"area": [str(names[unit]) for unit in estimates.index], "value": estimates.to_numpy()}
        ),
        before=before,
        after=after,
    )


def own_change(own: pd.DataFrame, first_after: int) -> tuple[Interval, float, float]:
    """Compute an area's change of mean yearly value, and the two means.

    The interval is Welch's t interval for two means, the years taken as independent draws: wide
    with few years, but wider than chance in the counts alone, as the years vary by more than that.

    Raises
    ------
    Unavailable
        With fewer than two years on a side.
    """
    known = own[own["value"].notna()]
    after = known.loc[known["year"] >= first_after, "value"]
    before = known.loc[known["year"] < first_after, "value"]
    if min(len(before), len(after)) < 2:
        raise Unavailable(
            f"Found {count(len(before), 'year')} before {first_after} and {len(after)} from then "
            "on; at least two are needed on each side"
        )
    limits = stats.ttest_ind(after, before, equal_var=False).confidence_interval(0.95)
    estimate = float(after.mean() - before.mean())
    found = Interval(estimate, float(limits.low), float(limits.high), 0.95, "Welch's t")
    return found, float(before.mean()), float(after.mean())


def mean_changes(computed: pd.DataFrame, ids: Sequence[str], first_after: int) -> pd.Series:
    """Compute the change of mean yearly value of several areas, named; NaN where a year is missing.

    A series with a gap is left out rather than compared over fewer years.
    """
    years = sorted(computed.loc[computed["value"].notna(), "year"].unique())
    table = pd.DataFrame({year: values_in(computed, ids, year) for year in years})
    after = [year for year in years if year >= first_after]
    before = [year for year in years if year < first_after]
    return table[after].mean(axis=1, skipna=False) - table[before].mean(axis=1, skipna=False)


def between_years(computed: pd.DataFrame, area_id: str, first: int, last: int) -> Interval:
    """Compute the change of a rate per 10,000 between two years with its score interval.

    Raises
    ------
    Unavailable
        If the area has no value in one of the years.
    """
    rows = computed[(computed["area_id"] == area_id) & computed["value"].notna()].set_index("year")
    gone = [str(year) for year in (first, last) if year not in rows.index]
    if gone:
        names = computed.loc[computed["area_id"] == area_id, "area_name"]
        area = str(names.iloc[0]) if len(names) else "This area"
        raise Unavailable(f"{area} has no figure in {listed(gone, 'or')}")
    new, old = rows.loc[last], rows.loc[first]
    found = rate_difference(
        new["numerator"], new["denominator"], old["numerator"], old["denominator"]
    )
    ends = [float(end) * PER for end in (found.estimate, found.lower, found.upper)]
    return Interval(ends[0], ends[1], ends[2], found.level, found.method)


@finding
class Measured:
    """A measure to the document's year, and with all years to the latest."""

    prefix: str
    change: Change
    latest: Change
    sources: list[str]
    before: float = fact(
        "mean of the yearly rates before the change", unit=UNIT, decimals=1, sources=_own_sources
    )
    after: float = fact(
        "mean of the yearly rates from the change to the report's year",
        unit=UNIT,
        decimals=1,
        sources=_own_sources,
    )
    own: Interval = fact(
        "mean rate after - mean rate before", unit=UNIT, decimals=1, sources=_own_sources
    )
    neighbours: Interval = fact("mean of the neighbours' changes", unit=UNIT, decimals=1)
    against: Interval = fact("own change - mean of the neighbours' changes", unit=UNIT, decimals=1)
    words: str = fact("own change and the neighbours' in words")
    rank: int = fact("place by size of the change of gap among all authorities", decimals=0)
    of: int = fact("authorities with complete figures", unit="authorities", decimals=0)
    p: float = fact(
        "placebo p-value: share of authorities whose gap changed by as much or more", decimals=2
    )
    latest_p: float = fact("the same, with all years to the latest", decimals=2)
    latest_against: Interval = fact(
        "own change - mean of the neighbours' changes, all years to the latest",
        unit=UNIT,
        decimals=1,
    )


def measured(
    setting: Setting, prefix: str, indicator: str, first_after: int, document_year: int
) -> Measured:
    """Compute the change of a measure to the document's year, and to the latest (see `change`)."""
    found = change(setting, indicator, first_after, document_year)
    latest = change(setting, indicator, first_after, setting.last_year)
    return Measured(
        prefix=prefix,
        change=found,
        latest=latest,
        sources=[*sources_of(indicator), "statistical_neighbours"],
        before=found.before,
        after=found.after,
        own=found.own,
        neighbours=found.against.comparator,
        against=found.against.gap,
        words=change_words(found),
        rank=found.rank,
        of=len(found.placebos),
        p=found.p_value,
        latest_p=latest.p_value,
        latest_against=latest.against.gap,
    )


def change_words(found: Change) -> str:
    """Say the own change and the neighbours' in one sentence, without a cause."""
    own, others = float(found.own.estimate), float(found.against.comparator.estimate)
    return (
        f"{WORDS[found.indicator]} {_moved(own)} and its neighbours' mean {_moved(others)}, both "
        "per 10,000"
    )


def _moved(by: float) -> str:
    return f"{'fell' if by < 0 else 'rose'} by {number(abs(by))}"


def averages(found: Change, area: str) -> str:
    """Say the two means that the change is computed from."""
    return (
        f"{area}: {WORDS[found.indicator]} averaged {number(found.before)} {UNIT} before "
        f"{found.first_after} and {number(found.after)} from then to {found.last}"
    )


def series_figure(
    setting: Setting, found: Measured, name: str, axis: str, event: tuple[float, str]
) -> Shown:
    """Draw the measure through time, among the neighbours."""
    title = averages(found.change, setting.area_name)
    return series_against_neighbours(
        setting,
        found.change.indicator,
        name=name,
        title=title,
        alt=(
            f"Line chart, {setting.area_name} and its neighbours' mean. {title}; its neighbours' "
            f"mean changed by {number(float(found.neighbours.estimate))}."
        ),
        axis=axis,
        breaks=[event, COVID],
    )
