"""Did the gap change after the reform? By every method, ranked among all other authorities.

The estimand: the change, from the years before to the years from the reform on, in the difference
between the area's rate and the mean of its neighbours'. It does not say what the change is due to.
"""

from collections.abc import Mapping

import pandas as pd

from care_study.area.after_event import (
    GapAfterEvent,
    authorities_panel,
    check_every_year,
    gap_after_event,
    lists_with_area,
    placebo_frame,
    standard_errors,
)
from care_study.area.analyses import analysis, named
from care_study.area.judged import (
    P_COLUMNS,
    Judged,
    breakdown_sentence,
    conclusion,
    judge,
    secondary_sentence,
    silence_sentence,
    sizes_of,
)
from care_study.area.setting import Setting
from care_study.chapters.cambridgeshire.rate import RATE, UNIT, Standing
from care_study.charts import dots, spread
from care_study.data import geography
from care_study.show.figure import figure
from care_study.show.results import SETTINGS, fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.intervals import Interval
from care_study.unavailable import Unavailable
from care_study.words import count, day, listed, number, sentence, share, small

MAIN, SLOPE = "gap_did", "gap_slope_change"
CUSTOMARY = 0.05
FEWEST = 3  # years on each side of the event
MOST_NAMED = 10
QUESTION = "cambridgeshire_reform"
P_VALUE = (
    "(1 + n) / (1 + N): of the N authorities nearest in size, n have a change at least as large "
    "over the scale of their own earlier changes"
)


@finding
class Reform:
    """The change of the gap after the reform, by every method."""

    sources = Standing.sources
    found: GapAfterEvent
    judged: Judged
    names: Mapping[str, str]
    named: str = fact("day on which the primary analysis was named", sources=[SETTINGS])
    first_after: int = fact("first 31 March after the event", unit="year", sources=["claims"])
    last_before: int = fact("last 31 March before the event", unit="year", sources=["claims"])
    gap_change: Interval = fact(
        "mean gap to the neighbours from the event on - mean gap before", unit=UNIT, decimals=1
    )
    gap_change_p: float = fact(P_VALUE, decimals=2)
    slope_change: Interval = fact(
        "yearly trend of the gap from the event on - yearly trend before",
        unit=f"{UNIT} a year",
        decimals=1,
    )
    slope_change_p: float = fact(P_VALUE, decimals=2)
    slope_change_ols_p: float = fact(
        "t test of the change of slope, segmented least squares", decimals=3
    )
    raw_p: float = fact("the same, ranked as it is among all authorities", decimals=2)
    block_p: float = fact(
        "the same among all, authorities with much the same neighbours counted once", decimals=2
    )
    smallest_p: float = fact("smallest p-value of any method and ranking", decimals=3)
    largest_p: float = fact("largest p-value of any method and ranking", decimals=2)
    change_sentence: str = fact("the primary analysis in words, and whether a secondary disagrees")
    secondary: str = fact("the secondary analyses after Holm's correction, in words")
    silence: str = fact("equivalence bound and smallest detectable change, in words")
    breakdown: str = fact("breakdown value of the gap after the event, in words")
    pre_trend_sentence: str = fact("slope of the gap before the event, least squares, t")
    placebos: int = fact("authorities with a complete series", unit="other authorities")
    alike: int = fact("authorities nearest in size that it is ranked among", decimals=0)


@section
def reform(setting: Setting, first_after: int) -> Reform:
    """Estimate the change of the gap by every method, and judge it as its primary analysis says."""
    panel, lists = compared_with(setting, first_after)
    found = gap_after_event(panel, setting.area_id, first_after, lists)
    everyone = setting.indicator(RATE)
    judged = judge(
        panel, setting.area_id, first_after, lists, sizes_of(everyone), analysis(QUESTION)
    )
    slope, every_p = judged.row(SLOPE), judged.every_p
    return Reform(
        found=found,
        judged=judged,
        names=dict(zip(everyone["area_id"], everyone["area_name"], strict=True)),
        named=day(named()),
        first_after=first_after,
        last_before=first_after - 1,
        gap_change=judged.interval,
        gap_change_p=judged.p,
        slope_change=judged.interval_of(slope),
        slope_change_p=float(slope["p_value"]),
        slope_change_ols_p=float(found.regression.term("slope_change").p_value),
        raw_p=float(judged.primary["p_raw"]),
        block_p=judged.block_p,
        smallest_p=float(every_p.min()),
        largest_p=float(every_p.max()),
        change_sentence=sentence(conclusion(judged, setting.area_name)),
        secondary=sentence(secondary_sentence(judged)),
        silence=sentence(silence_sentence(judged, UNIT)),
        breakdown=sentence(breakdown_sentence(judged)),
        pre_trend_sentence=pre_trend_sentence(found, setting.area_name),
        placebos=int(judged.rankings.table["placebos"].max()),
        alike=int(judged.rankings.table["placebos"].min()),
    )


def compared_with(setting: Setting, first_after: int) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Take the panel of all authorities, and everyone's neighbours by the chosen list.

    Raises
    ------
    Unavailable
        If the area lacks a year, has no list, or has fewer than three years on a side.
    """
    tables, computed = setting.tables, setting.indicator(RATE)
    twice = geography.counted_twice(tables["boundary_changes"], setting.area_id)
    panel = authorities_panel(computed, twice)
    lists = lists_with_area(setting)
    check_every_year(setting, panel, RATE)
    own = set(panel.loc[panel["unit"] == setting.area_id, "year"])
    after = sum(year >= first_after for year in own)
    if min(after, len(own) - after) < FEWEST:
        raise Unavailable(
            f"{setting.area_name} has {count(len(own) - after, 'year')} before {first_after} and "
            f"{after} from then on; a change needs {small(FEWEST)} on each side"
        )
    return panel, lists


@section
def among_all(setting: Setting, found: Reform) -> Shown:
    """Draw every authority's change of the gap, the area's marked."""
    changes = placebo_frame(found.found, found.names, MAIN)
    chart = spread.placebo_strip(
        changes,
        area="area",
        value="value",
        focus=[setting.area_name],
        unit="change of the mean gap to the own neighbours, children per 10,000",
    )
    row = found.found.placebo.summary.T[MAIN]
    return figure(
        chart,
        name="placebo",
        title=placebo_title(row, setting.area_name),
        subtitle=(
            "Change of each authority's gap to the mean of its own statistical neighbours (list of "
            f"{setting.chosen}), children looked after per 10,000, years from {found.first_after} "
            "on minus years before"
        ),
        alt=placebo_alternative(row, setting.area_name),
        data=changes,
        unit=UNIT,
        places=1,
        labels={"value": "change of the gap"},
        sources=found.sources,
    )


@section
def by_method(setting: Setting, found: Reform, when: str) -> Shown:
    """Draw the change by every method; ``when`` is the month of the event in words."""
    methods = found.judged.table
    smallest = float(methods["p_value"].min())
    chart = dots.dot_intervals(
        methods,
        label="method",
        value="estimate",
        lower="lower",
        upper="upper",
        unit="change after the event, per 10,000 (slopes: a year), with 95% interval",
        reference=0.0,
        reference_label="no change",
        zero=True,
    )
    return figure(
        chart,
        name="reform_estimates",
        title=found.change_sentence.rstrip("."),
        subtitle=(
            f"Change after {when}, {setting.area_name}, by every method, ranked among other "
            "authorities in five ways"
        ),
        alt=(
            f"Dots with intervals, one for each of {count(len(methods), 'method')}; the smallest "
            f"p-value among all authorities is {number(smallest, 2)}."
        ),
        data=found.judged.shown,
        unit=UNIT,
        places=1,
        decimals={one: 2 for one in ("adjusted", *P_COLUMNS) if one in found.judged.shown},
        sources=found.sources,
        notes=[
            "The p-value and the 95% interval come from ranks over each authority's own earlier "
            f"scale, among the {found.alike} nearest in size: of the five ways the one that "
            "holds its size in small and in large authorities.",
            "Corrected: Holm over the secondary analyses. Methods that do not hold their size in "
            "every size group are shown and not used for words.",
            *left_out(found),
            *found.found.warnings,
        ],
    )


def left_out(found: Reform) -> list[str]:
    """Name the authorities that are not compared with because a year is missing."""
    names = [found.names.get(area, area) for area in found.found.left_out]
    if not names:
        return []
    shown, more = names[:MOST_NAMED], len(names) - MOST_NAMED
    shown += [count(more, "other")] if more > 0 else []
    number_of = count(len(names), "authority", "authorities")
    return [f"{number_of} left out because a year is missing: {listed(shown)}."]


@section
def by_break_year(setting: Setting, found: Reform) -> Shown:
    """Draw the step of the gap for every year that could be the first after a break."""
    steps = steps_of(found.found.breaks)
    chart = dots.dot_intervals(
        steps,
        label="first_after",
        value="estimate",
        lower="lower",
        upper="upper",
        unit="step of the gap, per 10,000, with 95% t interval",
        reference=0.0,
        reference_label="no step",
        zero=True,
        focus=[one for one in steps["first_after"] if one == str(found.first_after)],
    )
    return figure(
        chart,
        name="break_years",
        title=steps_title(steps, found.first_after),
        subtitle=(
            f"Step of the gap between {setting.area_name} and its neighbours' mean, for every year "
            "that could be the first after a break"
        ),
        alt=steps_alternative(steps),
        data=steps,
        unit=UNIT,
        places=1,
        labels={"estimate": "step"},
        sources=found.sources,
        notes=[
            "Segmented least squares with t intervals, which are too narrow for series like these; "
            "for the sensitivity only."
        ],
    )


@section
def errors_table(found: Reform) -> Shown:
    """Set the usual standard errors beside each other."""
    return table(
        standard_errors(found.found),
        name="standard_errors",
        caption="The usual standard errors of the segmented regression on the gap",
        unit=UNIT,
        places=1,
        labels={"error": "standard error"},
        sources=found.sources,
        notes=diagnostics(found.found),
    )


def steps_of(breaks: pd.DataFrame) -> pd.DataFrame:
    """Take the step of the gap for every break year: ``first_after`` as text, ``estimate``."""
    steps = breaks[breaks["term"] == "level_change"]
    steps = steps.assign(first_after=[str(int(year)) for year in steps["first_after"]])
    return steps[["first_after", "estimate", "lower", "upper"]].reset_index(drop=True)


def placebo_title(row: pd.Series, area: str) -> str:
    """Say how unusual an area's change is among those of all other authorities."""
    larger = share((row["rank"] - 1) / row["placebos"])
    return f"{larger} of other authorities' gaps changed by more than {area}'s over the same years"


def placebo_alternative(row: pd.Series, area: str) -> str:
    """Describe the chart of all authorities' changes."""
    return (
        f"Dots, one an authority: change of the gap to its own neighbours. {area}, at "
        f"{number(row['estimate'])} per 10,000, ranks {count(row['rank'])} in size among "
        f"{count(row['placebos'] + 1)}."
    )


def pre_trend_sentence(found: GapAfterEvent, area: str) -> str:
    """Say whether the gap was already moving before the event."""
    slope, trend = found.pre_trend.slope, found.pre_trend
    way = "rising" if slope.estimate > 0 else "falling"
    if slope.p_value < CUSTOMARY:
        return (
            f"the gap of {area} was already {way} by {number(abs(slope.estimate))} per 10,000 a "
            "year before the reform, so that a comparison of averages before and after says little "
            "and the trend carried forward is itself a guess"
        )
    return (
        "no trend of the gap before the reform can be distinguished, though with "
        f"{count(trend.points, 'point')} a slope below {number(trend.detectable_slope)} a year "
        "would often be missed"
    )


def steps_title(steps: pd.DataFrame, first_after: int) -> str:
    """Say for which break years the interval of the step excludes zero."""
    clear = list(steps.loc[(steps["lower"] > 0) | (steps["upper"] < 0), "first_after"])
    if not clear:
        return "Whichever year is taken for the break, the interval of the step includes zero"
    title = f"The interval of the step excludes zero for a break in {listed(clear, 'or')}"
    if str(first_after) in clear:
        return f"{title}; the first year after the reform was {first_after}"
    if str(first_after) in set(steps["first_after"]):
        return f"{title}, not in {first_after}, the first year after the reform"
    return title


def steps_alternative(steps: pd.DataFrame) -> str:
    """Describe the chart of steps by break year."""
    low = steps.sort_values("estimate").iloc[0]
    return (
        f"Dots with intervals, one a possible break year. The lowest step is "
        f"{number(low['estimate'])} per 10,000 with a break in {low['first_after']}."
    )


def diagnostics(found: GapAfterEvent) -> list[str]:
    """List the diagnostics of the regression as notes."""
    checks = found.regression.diagnostics
    said = [
        f"Durbin-Watson statistic {number(checks.durbin_watson, 2)}",
        f"residual autocorrelation {number(checks.residual_autocorrelation, 2)}",
    ]
    if checks.breusch_godfrey_p is not None:
        said.append(f"Breusch-Godfrey p = {number(checks.breusch_godfrey_p, 2)}")
    return [
        f"{'; '.join(said)}.",
        "Newey-West errors with a normal quantile reject far too often in series this short; the "
        "values here use fixed-b critical values simulated for this design.",
    ]
