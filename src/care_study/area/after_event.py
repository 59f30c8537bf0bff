"""Did an area's gap to its neighbours change after an event? By every method, for all areas.

The estimand: the change, from the years before an event to the years from it on, in the difference
between the area's value and its neighbours' mean. It describes; it does not say what the change is
due to.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from care_study.area.setting import Setting, titled
from care_study.data.geography import COMBINED, neighbour_lists
from care_study.statistics.trends import (
    PlaceboResult,
    PreTrend,
    SegmentedResult,
    break_sensitivity,
    gap_change,
    gap_to_neighbours,
    placebo_inference,
    pre_trend,
    read_panel,
)
from care_study.unavailable import Unavailable
from care_study.words import runs

METHODS = {
    "gap_did": "change of the mean gap to the neighbours",
    "gap_level_change": "step of the gap, its earlier trend continued",
    "gap_slope_change": "change of the gap's yearly trend",
    "level_change": "step of the area's own series, its earlier trend continued",
    "slope_change": "change of the area's own yearly trend",
    "sc": "synthetic control",
    "sdid": "synthetic difference-in-differences",
}


@dataclass(frozen=True)
class GapAfterEvent:
    """What every method finds for one area.

    Attributes
    ----------
    placebo : PlaceboResult
        The estimates, ranked among those of every other authority.
    gap : pandas.Series
        The area's value minus its neighbours' mean, by year.
    regression : SegmentedResult
        Segmented least squares on the gap.
    pre_trend : PreTrend
        Slope of the gap before the event, and what the test could have seen.
    breaks : pandas.DataFrame
        The step of the gap at other break years.
    left_out : tuple of str
        Ids of areas that are not compared with because they have no value in a year.
    warnings : tuple of str
    """

    placebo: PlaceboResult
    gap: "pd.Series[float]"
    regression: SegmentedResult
    pre_trend: PreTrend
    breaks: pd.DataFrame
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def table(self) -> pd.DataFrame:
        """One row a method: ``method`` in words, ``estimate``, ``lower``, ``upper``, ``p_value``,
        ``rank`` among ``placebos`` other authorities.
        """  # noqa: D205
        summary = self.placebo.summary
        words = [METHODS[name] for name in summary.index]
        columns = ["estimate", "lower", "upper", "p_value", "rank", "placebos"]
        return summary[columns].assign(method=words).reset_index(drop=True)[["method", *columns]]


def authorities_panel(computed: pd.DataFrame, leave_out: Collection[str] = ()) -> pd.DataFrame:
    """Take the long panel of authorities and territories: ``unit``, ``year``, ``value``.

    Regions and England are left out, as are the areas in ``leave_out``: without those of
    `geography.counted_twice`, a short series would count some authorities twice.
    """
    kinds = computed["area_type"].isin(["local authority", COMBINED])
    rows = computed[kinds & computed["value"].notna() & ~computed["area_id"].isin(leave_out)]
    return rows.rename(columns={"area_id": "unit"})[["unit", "year", "value"]]


def lists_with_area(setting: Setting, model: str = "") -> dict[str, list[str]]:
    """Take everyone's neighbours by a list, the chosen one by default, which must hold the area.

    Raises
    ------
    Unavailable
        If the list does not hold the area.
    """
    tables = setting.tables
    lists = neighbour_lists(
        tables["statistical_neighbours"], tables["authorities"], model or setting.chosen
    )
    if setting.area_id not in lists:
        raise Unavailable(f"No list of statistical neighbours holds {setting.area_name}")
    return lists


def check_every_year(setting: Setting, panel: pd.DataFrame, indicator: str) -> None:
    """Check that the area has a value in every year of a panel.

    Raises
    ------
    Unavailable
        With the years that it lacks.
    """
    own = set(panel.loc[panel["unit"] == setting.area_id, "year"])
    gone = sorted(set(panel["year"]) - own)
    if gone:
        raise Unavailable(
            f"{setting.area_name} has no figure for {titled(indicator)} in {runs(gone)}, and a "
            "change after an event needs every year"
        )


def gap_after_event(
    panel: pd.DataFrame,
    area_id: str,
    first_after: int,
    neighbours: Mapping[str, Sequence[str]],
    exclude: Sequence[str] = (),
) -> GapAfterEvent:
    """Estimate the change of the gap by every method, with placebo inference over all authorities.

    Parameters
    ----------
    panel
        From `authorities_panel`.
    area_id, first_after
        The area, and the first year counted as after the event.
    neighbours
        Every authority's neighbours (see `geography.neighbour_lists`).
    exclude
        Authorities never to compare with, for example those with a similar programme.

    Raises
    ------
    TrendError
        If the area's series has gaps, the event lies outside it, or no neighbour has data.
    """
    complete = read_panel(panel)
    placebo = placebo_inference(
        complete,
        area_id,
        first_after,
        methods=tuple(METHODS),
        neighbours=neighbours,
        exclude=exclude,
    )
    kept = [unit for unit in complete.units if unit not in set(exclude)]
    narrowed = read_panel(panel[panel["unit"].isin(kept)])
    regression = gap_change(narrowed, area_id, first_after, neighbours=list(neighbours[area_id]))
    gaps = gap_to_neighbours(narrowed, neighbours, (area_id,))
    own = pd.Series(gaps.values[gaps.row(area_id)], index=gaps.years.astype(int), name="gap")
    slope = regression.slope_change.estimate
    before = pre_trend(own.index.to_numpy(), own.to_numpy(), first_after, slope_of_interest=slope)
    years = list(own.index[3:-2])
    steps = break_sensitivity(own.index.to_numpy(), own.to_numpy(), years, model="ols")
    notes = dict.fromkeys([*placebo.warnings, *regression.warnings, *before.warnings])
    for told_by_name in complete.warnings:
        notes.pop(told_by_name, None)
    left_out = tuple(map(str, complete.dropped))
    return GapAfterEvent(placebo, own, regression, before, steps, left_out, tuple(notes))


def placebo_frame(result: GapAfterEvent, names: Mapping[str, str], method: str) -> pd.DataFrame:
    """List every authority's estimate by one method, named: ``area``, ``value``."""
    column = result.placebo.placebos[method].dropna()
    return pd.DataFrame(
        {
            "area": [names.get(str(unit), str(unit)) for unit in column.index],
            "value": column.to_numpy(),
        }
    ).sort_values("value", ignore_index=True)


def standard_errors(result: GapAfterEvent) -> pd.DataFrame:
    """Set the usual standard errors of the segmented regression beside each other.

    Returns
    -------
    DataFrame
        ``term``, ``error`` (OLS t; Newey-West with fixed-b critical values), ``estimate``,
        ``lower``, ``upper``, ``p_value``.
    """
    words = {"level_change": "step", "slope_change": "change of yearly trend"}
    rows = []
    for term, label in words.items():
        estimate = result.regression.term(term)
        rows.append(
            {
                "term": label,
                "error": "least squares, t",
                "estimate": estimate.estimate,
                "lower": estimate.lower,
                "upper": estimate.upper,
                "p_value": estimate.p_value,
            }
        )
        robust = [found for found in result.regression.newey_west if found.name == term]
        rows += [
            {
                "term": label,
                "error": "Newey-West, fixed-b",
                "estimate": found.estimate,
                "lower": found.lower,
                "upper": found.upper,
                "p_value": found.p_value,
            }
            for found in robust
        ]
    return pd.DataFrame(rows)
