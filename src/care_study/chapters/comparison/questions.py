"""The three named questions in one table: claim, official figure, neighbours, England, verdict."""

from collections.abc import Mapping, Sequence

import pandas as pd

from care_study.area.by_year import values_in
from care_study.area.setting import ENGLAND, Setting
from care_study.chapters.comparison.measures import MEASURES, NEIGHBOURS, SOURCES, names
from care_study.claims import Claim
from care_study.claims.severity import official_verdict
from care_study.claims.tests import TESTS
from care_study.claims.world import World
from care_study.indicators.definitions import INDICATORS
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.unavailable import Unavailable
from care_study.words import count, listed, number

# What each document is remembered for, and the indicator that measures it.
NO_RATE = "not comparable"
QUESTIONS = {
    "nn-referrals-per-week": "referrals_per_week",
    "cov-caseload-after": "cases_per_worker",
    "cam-care-expected": "looked_after_rate",
}


@finding
class Questions:
    """The claims that three documents are remembered for, in the documents' year."""

    sources = ("claims", *SOURCES, NEIGHBOURS)
    table: pd.DataFrame
    questions_year: int = fact("the documents' year", unit="year")
    questions_outcomes: str = fact("the verdicts on the three claims")


@section
def questions(settings: Sequence[Setting], claims: Mapping[str, Claim], year: int) -> Questions:
    """Set the named claims beside the official figures of the documents' year."""
    world = World(settings[0].tables)
    rows = [
        _row(world, setting, claims[name], indicator, year)
        for name, indicator in QUESTIONS.items()
        for setting in settings
        if setting.area_name == claims[name].authority
    ]
    if not rows:
        raise Unavailable(f"No document makes its main claim about {listed(names(settings), 'or')}")
    found = pd.DataFrame(rows)
    outcomes = found["outcome"].value_counts(sort=False)
    said = [f"{words} {count(int(times), 'time')}" for words, times in outcomes.items()]
    return Questions(table=found, questions_year=year, questions_outcomes=listed(said))


def _row(
    world: World, setting: Setting, claim: Claim, indicator: str, year: int
) -> dict[str, object]:
    computed, defined = setting.every_year(indicator), INDICATORS[indicator]
    own = computed[(computed["area_id"] == setting.area_id) & (computed["year"] == year)]
    if own["value"].isna().all():
        raise Unavailable(f"{setting.area_name} has no {defined.title.lower()} in {year}")
    # A claim in children is set beside children: others' rates times the area's own children.
    counted = claim.unit == "children"
    scale = float(own["denominator"].iloc[0]) / defined.per if counted else 1.0
    alone = indicator == "referrals_per_week"  # a count says nothing of other authorities

    def written(value: float) -> str:
        return number(value * scale, 0 if counted else defined.decimals)

    country = values_in(computed, [ENGLAND], year).iloc[0]
    mean = values_in(computed, setting.neighbour_ids, year).mean()
    at_rates = ", and at others' rates" if counted else f", {defined.unit}"
    return {
        "area": setting.area_name,
        "claim": claim.statement,
        "measured_by": defined.title + at_rates,
        "official_then": written(float(own["value"].iloc[0])),
        "neighbours_then": NO_RATE if alone else written(float(mean)),
        "england_then": NO_RATE if alone else written(float(country)),
        "outcome": official_verdict(world, claim, TESTS[claim.id]).outcome,
    }


@section
def questions_table(found: Questions) -> Shown:
    """List them."""
    return table(
        found.table,
        name="questions",
        caption="What three documents are remembered for, and the official figures of their year",
        row_header="area",
        sources=Questions.sources,
    )


@section
def two_years_table(settings: Sequence[Setting], year: int) -> Shown:
    """Set every measure of the documents' year beside the latest."""
    rows = [
        row
        for measure in MEASURES
        if not measure.rest
        for setting in settings
        if (row := _two_years(setting, measure.indicator, year))
    ]
    if not rows:
        raise Unavailable(f"No measure is published for {listed(names(settings), 'or')} in {year}")
    return table(
        pd.DataFrame(rows),
        name="two_years",
        caption=f"Every measure in {year} and in the latest year, beside the neighbours' mean",
        row_header="measure",
        places=1,
        sources=Questions.sources[1:],
    )


def _two_years(setting: Setting, indicator: str, year: int) -> dict[str, object]:
    computed, defined = setting.every_year(indicator), INDICATORS[indicator]
    rows = computed[(computed["area_id"] == setting.area_id) & computed["value"].notna()]
    own = rows.set_index("year")["value"]
    if year not in own.index:
        return {}
    last = int(own.index[-1])
    means = {at: values_in(computed, setting.neighbour_ids, at).mean() for at in (year, last)}
    return {
        "measure": f"{defined.title}, {defined.unit}",
        "area": setting.area_name,
        "own_then": float(own[own.index == year].iloc[0]),
        "mean_then": float(means[year]),
        "own_latest": float(own.iloc[-1]),
        "mean_latest": float(means[last]),
        "latest_year": last,
    }
