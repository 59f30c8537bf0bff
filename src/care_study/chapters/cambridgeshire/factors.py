"""Parental factors: how often assessments record them, against the neighbours."""

from dataclasses import dataclass

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.shared import NEIGHBOURS, published, row_of, with_ends
from care_study.charts import dots
from care_study.claims import Claim, Verdict, not_testable
from care_study.indicators.compute import sources_of
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics.comparison import Gap, gap
from care_study.statistics.intervals import Interval
from care_study.words import listed, number, percent, year

FACTORS = {
    "factor_domestic_abuse": "domestic abuse",
    "factor_mental_health": "mental health",
    "factor_alcohol": "alcohol misuse",
    "factor_drugs": "drug misuse",
}


@dataclass(frozen=True)
class Factor:
    """One factor: the area's share of assessments, England's, and the gap to the neighbours."""

    words: str
    own: Interval
    england: float
    gap: Gap


@finding
class Factors:
    """The share of assessments with each factor, in one year."""

    sources = (*sources_of("factor_alcohol"), NEIGHBOURS)
    year: int
    every: list[Factor]
    factors_gaps: str = fact("own share - mean of the neighbours' shares, by factor, in words")
    factor_most: str = fact("the factor recorded most often in England")
    factor_most_share: float = fact(
        "assessments in England that record it / assessments with any factor x 100",
        unit="%",
        decimals=0,
    )


@section
def factors(setting: Setting, document_year: int) -> Factors:
    """Set the share of assessments with each factor beside England's and the neighbours'."""
    every = [_factor(setting, name, document_year) for name in FACTORS]
    most = max(every, key=lambda one: one.england)
    return Factors(
        year=document_year,
        every=every,
        factors_gaps=gaps_in_words(every),
        factor_most=most.words,
        factor_most_share=most.england,
    )


def _factor(setting: Setting, indicator: str, at: int) -> Factor:
    computed = setting.indicator(indicator)
    own = row_of(computed, setting.area_name, at)
    england = row_of(computed, "England", at)
    found = gap(float(own["value"]), setting.among_neighbours(computed, at))
    return Factor(FACTORS[indicator], published(own), float(england["value"]), found)


def factors_table(every: list[Factor]) -> pd.DataFrame:
    """Put the factors below one another: own share and England's in percent, gap in points."""
    rows = [
        {
            "factor": one.words,
            **with_ends("own", one.own),
            "england": one.england,
            "mean": float(one.gap.comparator.estimate),
            **with_ends("gap", one.gap.gap),
        }
        for one in every
    ]
    return pd.DataFrame(rows)


@section
def gaps_by_factor(setting: Setting, found: Factors) -> Shown:
    """Draw the gap to the neighbours' mean, factor by factor."""
    data = factors_table(found.every)
    chart = dots.dot_intervals(
        data,
        label="factor",
        value="gap",
        lower="gap_lower",
        upper="gap_upper",
        unit="percentage points above the neighbours' mean, with 95% interval",
        reference=0.0,
        reference_label="neighbours' mean",
        zero=True,
    )
    return figure(
        chart,
        name="factors",
        title=title(found.every, setting.area_name),
        subtitle=(
            "Assessments that record a factor, as a share of assessments with any factor, year "
            f"ending 31 March {year(found.year)}, {setting.area_name} minus the mean of its "
            "neighbours"
        ),
        alt=(
            f"Dots with intervals: {setting.area_name} minus its neighbours' mean, in percentage "
            f"points: {found.factors_gaps}."
        ),
        data=data,
        unit="%",
        places=1,
        units=dict.fromkeys(("gap", "gap_lower", "gap_upper"), "points"),
        sources=found.sources,
    )


def title(every: list[Factor], area: str) -> str:
    """Say which factors are recorded more or less often than among the neighbours."""
    parts = [
        f"{listed(names)} {words} often"
        for side, words in (("above", "more"), ("below", "less"))
        if (names := [one.words for one in every if one.gap.conclusion == side])
    ]
    if not parts:
        return f"No factor is recorded clearly more or less often in {area} than by its neighbours"
    return f"{area} records {', '.join(parts)} than its neighbours"


def gaps_in_words(every: list[Factor]) -> str:
    """List the gap of each factor."""
    return ", ".join(f"{one.words} {number(float(one.gap.gap.estimate))}" for one in every)


def judge_any(found: Factors, claim: Claim) -> Verdict:
    """Judge: how many children on plans live with a parental factor."""
    return not_testable(
        claim,
        "Children on plans are not published apart, and the report gives no share. In England "
        f"{found.factor_most} alone was recorded in {percent(found.factor_most_share)} of "
        f"assessments with any factor in the year to 31 March {year(found.year)}; the share with "
        "at least one of the three is no less.",
    )


def together(found: Factors) -> tuple[float, float]:
    """Bound the share of assessments in which all three problems were recorded, in percent.

    Whatever the combinations, no more can have all three than have the rarest, and no fewer than
    the shares leave over beyond the whole (Fréchet 1935). Alcohol and drugs are one problem, at
    least as common as the commoner of them and at most as their sum.
    """
    shares = {one.words: float(one.own.estimate) for one in found.every}
    alcohol, drugs = (shares[FACTORS[f"factor_{name}"]] for name in ("alcohol", "drugs"))
    others = [shares[FACTORS[f"factor_{name}"]] for name in ("domestic_abuse", "mental_health")]
    least = sum(others) + max(alcohol, drugs) - 200
    return max(0.0, least), min(*others, alcohol + drugs)


def judge_together(found: Factors, claim: Claim) -> Verdict:
    """Judge: how often the problems occur together; single shares only bound it."""
    least, most = together(found)
    return not_testable(
        claim,
        f"The single factors leave open whether all three were recorded in {percent(least)} or in "
        f"{percent(most)} of the county's assessments with any factor in the year to 31 March "
        f"{year(found.year)}. {claim.why_not_testable}",
        section="cam-not-testable",
    )


JUDGES = {
    "cam-trio-any": judge_any,
    "cam-trio-all": judge_together,
    "cam-factors-together": judge_together,
}
