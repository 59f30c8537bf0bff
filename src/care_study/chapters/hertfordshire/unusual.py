"""How unusual the changes are among all authorities: the primary analysis, and raw ranks."""

from care_study.area.after_event import authorities_panel
from care_study.area.analyses import analysis, named
from care_study.area.judged import P_COLUMNS, Judged, conclusion, judge, silence_sentence, sizes_of
from care_study.area.setting import Setting
from care_study.chapters.hertfordshire.change import MEASURES, UNIT, Change, Measured
from care_study.charts import spread
from care_study.data import geography
from care_study.indicators.definitions import INDICATORS
from care_study.show.figure import figure
from care_study.show.results import SETTINGS, fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.intervals import Interval
from care_study.words import day, number, sentence, share, span

SHOWN = ("sdid", "gap_did", "sc")  # the other methods need more years before


@finding
class Primary:
    """The primary analysis of one measure, to the year of the report."""

    prefix: str
    sources: list[str]
    judged: Judged
    named: str = fact("day on which the primary analysis was named", sources=[SETTINGS])
    change: Interval = fact(
        "own change - change of authorities weighted to resemble it", unit=UNIT, decimals=1
    )
    p: float = fact("p-value of the rank among the authorities nearest in size", decimals=2)
    conclusion: str = fact("the primary analysis in words, and whether a secondary one disagrees")
    silence: str = fact("equivalence bound and smallest detectable change, in words")


@section
def primary(setting: Setting, measured: Measured, last: int) -> Primary:
    """Judge a measure's change as its primary analysis says, the year of the report the last."""
    first_after = measured.change.first_after
    one = analysis(f"hertfordshire_{measured.prefix}")
    tables, computed = setting.tables, setting.indicator(one.indicator)
    computed = computed[computed["year"] <= last]
    lists = geography.neighbour_lists(
        tables["statistical_neighbours"], tables["authorities"], setting.chosen
    )
    twice = geography.counted_twice(tables["boundary_changes"], setting.area_id)
    panel = authorities_panel(computed, twice)
    judged = judge(
        panel, setting.area_id, first_after, lists, sizes_of(computed), one, methods=SHOWN
    )
    return Primary(
        prefix=f"primary_{measured.prefix}",
        sources=measured.sources,
        judged=judged,
        named=day(named()),
        change=judged.interval,
        p=judged.p,
        conclusion=sentence(conclusion(judged, setting.area_name)),
        silence=sentence(silence_sentence(judged, UNIT)),
    )


@section
def primary_table(setting: Setting, found: Primary) -> Shown:
    """List the change by every method, ranked in five ways."""
    measure = INDICATORS[found.judged.analysis.indicator].title.lower()
    return table(
        found.judged.shown,
        name=found.prefix,
        caption=f"Change of {measure} in {setting.area_name} by every method, ranked in five ways",
        unit=UNIT,
        places=1,
        decimals={one: 2 for one in ("adjusted", *P_COLUMNS) if one in found.judged.shown},
        sources=found.sources,
        notes=[
            f"P-value and interval: {found.judged.analysis.test}. Corrected: Holm over the "
            "secondary analyses."
        ],
    )


@section
def among_all(setting: Setting, found: Measured) -> Shown:
    """Draw every authority's change of gap, the area's marked."""
    change, measure = found.change, MEASURES[found.change.indicator]
    before = span(setting.first_year, change.first_after - 1)
    chart = spread.placebo_strip(
        change.placebos,
        area="area",
        value="value",
        focus=[setting.area_name],
        unit="change of the gap to the neighbours, per 10,000 children",
    )
    return figure(
        chart,
        name=f"{found.prefix}_placebos",
        title=title(change, setting.area_name),
        subtitle=(
            f"Change of each authority's gap to its own neighbours in {measure} per 10,000, mean "
            f"of {span(change.first_after, change.last)} less mean of {before}"
        ),
        alt=alternative(change, setting.area_name),
        data=change.placebos,
        unit=UNIT,
        places=1,
        labels={"value": "change of gap"},
        sources=found.sources,
        notes=change.placebo.warnings,
    )


def title(found: Change, area: str) -> str:
    """Say how unusual an area's change of gap is among those of all authorities."""
    larger = (found.rank - 1) / (len(found.placebos) - 1)
    return (
        f"{share(larger)} of other authorities' gaps in {MEASURES[found.indicator]} changed by "
        f"more than {area}'s"
    )


def alternative(found: Change, area: str) -> str:
    """Describe the chart of all authorities' changes of gap."""
    value = number(float(found.against.gap.estimate))
    return (
        f"Dots, one an authority: change of its gap to its own neighbours, to {found.last}. {area} "
        f"is at {value} {UNIT}, rank {found.rank} by size among {len(found.placebos)}."
    )
