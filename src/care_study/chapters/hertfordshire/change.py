"""Hertfordshire: care and protection since 2013, against neighbours and against placebos.

The estimand of every estimate: an area's mean yearly value from a year on, less its mean before,
as it is (own change), less the mean of its neighbours' changes (against neighbours), or set among
the same number for every authority (against placebos). None says what a change is due to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from scipy import stats

from care_study.area.after_event import authorities_panel
from care_study.area.by_year import values_in
from care_study.area.setting import Setting
from care_study.data import geography
from care_study.statistics.comparison import Gap, gap
from care_study.statistics.intervals import Interval, rate_difference
from care_study.statistics.trends import PlaceboResult, placebo_inference

PER = 10_000
UNIT = "per 10,000"
METHODS = ("gap_did", "sdid")
MEASURES = {
    "looked_after_rate": "children looked after",
    "plans_started_rate": "child protection plans started",
}


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
        If the area's series has gaps, or the date lies outside it.
    ValueError
        If no neighbour has data, or a side of the date has fewer than two years.
    """
    tables, model = setting.tables, model or setting.chosen
    computed = setting.indicator(indicator)
    computed = computed[computed["year"] <= last]
    lists = geography.neighbour_lists(
        tables["statistical_neighbours"], tables["authorities"], model
    )
    twice = geography.counted_twice(tables["boundary_changes"], setting.area_id)
    panel = authorities_panel(computed, twice)
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
    ValueError
        With fewer than two years on a side.
    """
    known = own[own["value"].notna()]
    after = known.loc[known["year"] >= first_after, "value"]
    before = known.loc[known["year"] < first_after, "value"]
    if min(len(before), len(after)) < 2:
        raise ValueError(
            f"Found {len(before)} years before {first_after} and {len(after)} from then on. "
            "Expected at least two on each side. Choose another event or measure."
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


def every_choice(
    setting: Setting, first_after: int, lasts: Sequence[int], adopters: Sequence[str]
) -> pd.DataFrame:
    """Repeat the comparison under every choice: measure, last year, list, adopters in or out.

    Returns
    -------
    DataFrame
        ``measure``, ``to`` (last year), ``list``, ``others`` (who is compared with), ``own``
        change, ``against`` neighbours with ``lower`` and ``upper``, ``synthetic`` (synthetic
        difference-in-differences), ``rank`` of the change of gap among ``of``, ``p_value``.
    """
    rows = []
    for indicator, words in MEASURES.items():
        for last in lasts:
            for model in setting.neighbours:
                for label, gone in (("all", ()), ("without adopters", tuple(adopters))):
                    found = change(setting, indicator, first_after, last, model=model, exclude=gone)
                    rows.append({"measure": words, "to": last, "list": model, "others": label})
                    rows[-1] |= _numbers(found)
    return pd.DataFrame(rows)


def _numbers(found: Change) -> dict[str, object]:
    return {
        "own": float(found.own.estimate),
        "against": float(found.against.gap.estimate),
        "lower": float(found.against.gap.lower),
        "upper": float(found.against.gap.upper),
        "synthetic": float(found.placebo.summary["estimate"].loc["sdid"]),
        "rank": found.rank,
        "of": len(found.placebos),
        "p_value": found.p_value,
    }


def between_years(computed: pd.DataFrame, area_id: str, first: int, last: int) -> Interval:
    """Compute the change of a rate per 10,000 between two years with its score interval.

    Raises
    ------
    ValueError
        If the area has no value in one of the years.
    """
    rows = computed[(computed["area_id"] == area_id) & computed["value"].notna()].set_index("year")
    gone = [str(year) for year in (first, last) if year not in rows.index]
    if gone:
        raise ValueError(f"Area {area_id} has no value in {' or '.join(gone)}. Choose other years.")
    new, old = rows.loc[last], rows.loc[first]
    found = rate_difference(
        new["numerator"], new["denominator"], old["numerator"], old["denominator"]
    )
    ends = [float(end) * PER for end in (found.estimate, found.lower, found.upper)]
    return Interval(ends[0], ends[1], ends[2], found.level, found.method)


def pilot_changes(
    setting: Setting, pilot_id: str, first: int, lasts: Sequence[int]
) -> pd.DataFrame:
    """Compute how an authority's rates changed from one year to each of several later ones.

    Returns
    -------
    DataFrame
        ``measure``, ``indicator``, ``from``, ``to``, ``before``, ``after`` (per 10,000),
        ``change``, ``lower``, ``upper`` (score interval for two Poisson rates, 95%).
    """
    rows: list[dict[str, object]] = []
    for indicator, words in MEASURES.items():
        computed = setting.indicator(indicator)
        for last in lasts:
            found = between_years(computed, pilot_id, first, last)
            values = computed[computed["area_id"] == pilot_id].set_index("year")["value"]
            rows.append(
                {
                    "measure": words,
                    "indicator": indicator,
                    "from": first,
                    "to": last,
                    "before": float(values[first]),
                    "after": float(values[last]),
                    "change": float(found.estimate),
                    "lower": float(found.lower),
                    "upper": float(found.upper),
                }
            )
    return pd.DataFrame(rows)
