"""How unusual the changes are among all authorities."""

from care_study.area.setting import Setting
from care_study.chapters.hertfordshire.change import MEASURES, UNIT, Change, Measured
from care_study.charts import spread
from care_study.show.figure import figure
from care_study.show.results import section
from care_study.show.shown import Shown
from care_study.words import number, share, span


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
