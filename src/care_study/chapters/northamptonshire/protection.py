"""What the official record has of outcomes in the years that the case study could mean."""

import pandas as pd

from care_study.area.setting import Setting
from care_study.indicators.compute import sources_of
from care_study.show.results import finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.unavailable import Unavailable
from care_study.words import span

OUTCOMES = (
    "assessment_median_days",
    "assessed_in_10_days",
    "assessed_in_45_days",
    "section_47_rate",
    "conference_rate",
    "conferences_in_15_days",
    "plans_rate",
    "second_plan_percentage",
    "plans_two_years_percentage",
    "rereferral_percentage",
)

TOLD = (
    "assessment_median_days_then",
    "conferences_in_15_days_then",
    "second_plan_percentage_then",
    "second_plan_percentage_first",
    "year_second_plan_percentage_first",
)


@finding
class ThroughTheYears:
    """Assessments, enquiries, conferences and plans, a row a year."""

    table: pd.DataFrame
    sources: list[str]


@section
def through_the_years(setting: Setting, possible: tuple[int, int]) -> ThroughTheYears:
    """List assessments, enquiries, conferences and plans of the years that are ``possible``."""
    found = {}
    for name in OUTCOMES:
        computed = setting.every_year(name)
        own = computed[computed["area_id"] == setting.area_id].set_index("year")
        found[name] = own.loc[own.index.to_series().between(*possible), "value"]
    rows = pd.DataFrame(found).dropna(how="all").sort_index()
    if rows.empty:
        raise Unavailable(f"{setting.area_name} has none of these figures in {span(*possible)}")
    return ThroughTheYears(
        table=rows.rename_axis("year").reset_index(),
        sources=list(dict.fromkeys(one for name in OUTCOMES for one in sources_of(name))),
    )


@section
def years_table(setting: Setting, found: ThroughTheYears) -> Shown:
    """List them."""
    years = span(int(found.table["year"].min()), int(found.table["year"].max()))
    return table(
        found.table,
        name="protection_by_year",
        caption=f"Assessments, enquiries, conferences and plans in {setting.area_name}, {years}",
        row_header="year",
        sources=found.sources,
    )
