"""All who took up Family Safeguarding, compared together with those who had not yet.

The estimand: the mean, over adopters and their years from adoption on, of the change since the year
before adoption, less the same change of authorities that had not adopted by then. Adopters chose,
or were chosen, because numbers were high or rising; what follows a peak is lower more often than
not, so the difference is no effect of the model alone.
"""

from collections.abc import Mapping

import pandas as pd

from care_study.area.after_event import authorities_panel
from care_study.area.analyses import analysis
from care_study.area.setting import Setting
from care_study.chapters.hertfordshire.change import UNIT
from care_study.data import geography
from care_study.indicators.compute import sources_of
from care_study.show.results import SETTINGS, fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.intervals import Interval
from care_study.statistics.trends import Staggered, TrendError, staggered
from care_study.unavailable import Unavailable
from care_study.words import count, listed, number, p_value

MEASURES = {
    "looked_after_rate": "children looked after",
    "looked_after_started_rate": "children starting to be looked after",
    "plans_started_rate": "child protection plans started",
}
COMPARED = {"not_yet": "not adopted yet, or never", "never": "never adopted"}
QUESTION, DRAWS, CUSTOMARY, REACH = "family_safeguarding", 499, 0.05, 4
METHOD = "Callaway and Sant'Anna 2021, adoption years dealt out at random"


@finding
class Adopters:
    """What happened in all authorities that took up the same way of working."""

    sources: list[str]
    table: pd.DataFrame
    by_time: pd.DataFrame
    notes: tuple[str, ...]
    adopted: int = fact("adopters with a year before and a complete series", decimals=0)
    together: Interval = fact(
        "mean change of adopters since the year before - that of those not yet adopting",
        unit=UNIT,
        decimals=1,
    )
    together_p: float = fact("rank among random deals of the adoption years", decimals=2)
    before_p: float = fact(
        "smallest p-value of the same for years before adoption, where nothing should be found",
        decimals=2,
    )
    words: str = fact("the primary analysis in words, and whether a secondary one disagrees")


@section
def adopters(setting: Setting, adopted: Mapping[str, int]) -> Adopters:
    """Compare all adopters with those not yet adopting; ``adopted`` is the first 31 March after."""
    found = {name: together(setting, name, adopted) for name in MEASURES}
    main = found[analysis(QUESTION).indicator]
    if isinstance(main, TrendError):
        raise Unavailable(f"The adopters cannot be compared: {main}")
    rows = [row(name, one) for name, one in found.items() if isinstance(one, Staggered)]
    for controls, early in (("never", 0), ("not_yet", 1)):
        again = together(
            setting, analysis(QUESTION).indicator, adopted, controls=controls, anticipation=early
        )
        if isinstance(again, Staggered):
            rows.append(row(analysis(QUESTION).indicator, again, controls, early))
    compared = pd.DataFrame(rows)
    times = main.by_event_time.reset_index()
    times = times[times["event_time"].between(-REACH, REACH)]
    return Adopters(
        sources=[*dict.fromkeys(s for name in MEASURES for s in sources_of(name)), SETTINGS],
        table=compared,
        by_time=times.astype({"event_time": int}),
        notes=tuple(left_out(setting, adopted)),
        adopted=main.adopters,
        together=Interval(main.effect, main.lower, main.upper, main.level, METHOD),
        together_p=main.p_value,
        before_p=float(times.loc[times["event_time"] < 0, "p_value"].min()),
        words=in_words(main, compared.iloc[1:]),
    )


def together(
    setting: Setting,
    indicator: str,
    adopted: Mapping[str, int],
    *,
    controls: str = "not_yet",
    anticipation: int = 0,
) -> Staggered | TrendError:
    """Estimate what adopters did beyond the others, or say why that cannot be done."""
    tables = setting.tables
    everyone = geography.areas(tables["authorities"], tables["boundary_changes"])
    computed = setting.indicator(indicator)
    panel = authorities_panel(computed, geography.counted_twice(tables["boundary_changes"]))
    held = set(panel["unit"])
    ids = {geography.find_area(everyone, name): year for name, year in adopted.items()}
    known = {area: float(year) for area, year in ids.items() if area in held}
    try:
        return staggered(panel, known, controls=controls, anticipation=anticipation, draws=DRAWS)
    except TrendError as error:
        return error


def left_out(setting: Setting, adopted: Mapping[str, int]) -> list[str]:
    """Name the adopters that have no year before adoption or lack a year."""
    computed = setting.indicator(analysis(QUESTION).indicator)
    known = computed[computed["value"].notna()].groupby("area_name")["year"].agg(set)
    years = set(computed["year"])
    held = {str(name): found for name, found in known.items()}
    lost = [
        name
        for name, first in adopted.items()
        if held.get(name, set()) != years or first <= min(years)
    ]
    return [f"Adopters left out, for a year is missing: {listed(lost)}."] if lost else []


def row(
    indicator: str, found: Staggered, controls: str = "not_yet", anticipation: int = 0
) -> dict[str, object]:
    """Lay out one comparison: ``measure, compared_with, years_early, adopters``, the estimate."""
    return {
        "measure": MEASURES[indicator],
        "compared_with": COMPARED[controls],
        "years_early": anticipation,
        "adopters": found.adopters,
        "estimate": found.effect,
        "lower": found.lower,
        "upper": found.upper,
        "p_value": found.p_value,
    }


def in_words(main: Staggered, others: pd.DataFrame) -> str:
    """Conclude by the primary comparison, and say how many of the others differ from it."""
    unusual = main.p_value <= CUSTOMARY
    way = "more" if main.effect > 0 else "less"
    apart = int(((others["p_value"] <= CUSTOMARY) != unusual).sum())
    verdict = (
        "chance deals of the years seldom give as much"
        if unusual
        else "no more than chance deals of the years give, so nothing can be said"
    )
    return (
        f"{count(main.adopters, 'adopter')} changed by {number(abs(main.effect))} {UNIT} {way} "
        f"than the others ({p_value(main.p_value)}): {verdict}. "
        f"Of {len(others)} further comparisons {apart or 'none'} would say otherwise."
    )


@section
def adopters_table(found: Adopters) -> Shown:
    """List the comparison by measure, and with other comparators."""
    return table(
        found.table,
        name="adopters",
        caption="All adopters against those who had not adopted, by measure and comparators",
        unit=UNIT,
        places=1,
        decimals={"p_value": 2, "years_early": 0, "adopters": 0},
        sources=found.sources,
        notes=[f"Method: {METHOD}.", *found.notes],
    )


@section
def by_time_table(found: Adopters) -> Shown:
    """List the same by years since adoption; before it nothing should be found."""
    return table(
        found.by_time,
        name="adopters_by_time",
        caption="Children looked after: adopters against others, by years since adoption",
        unit=UNIT,
        places=1,
        decimals={"event_time": 0, "cohorts": 0, "units": 0, "p_value": 2},
        sources=found.sources,
        notes=["Base: the year before adoption. Few adopters are seen many years after it."],
    )
