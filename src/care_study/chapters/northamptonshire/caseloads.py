"""Caseloads: what the documents say workers held, beside the official mean of a September."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.northamptonshire.beside import beside
from care_study.charts import dots
from care_study.claims import Claim
from care_study.indicators.definitions import INDICATORS
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics.intervals import Interval
from care_study.words import number, year

CASES = "cases_per_worker"
UNIT = "cases a worker"
EXAMPLE = 0.2
STATED = {
    "Letter of 2018: many workers": "of18-caseload",
    "Case study: workers before": "nn-caseload-before",
    "Case study: held at any time": "nn-children-held",
}


@finding
class Caseloads:
    """The official mean caseload of every September, and what the documents state."""

    sources = ("workforce",)
    area: str
    table: pd.DataFrame
    september: int
    possible: tuple[int, ...]
    claimed_before: Claim = fact("caseload as stated", sources=["claims"])
    claimed_letter: Claim = fact("caseload as the letter states it", sources=["claims"])
    cases_latest: float = fact("latest cases per worker", unit=UNIT, decimals=1)
    cases_latest_year: int = fact("latest September", unit="year")


@section
def caseloads(
    setting: Setting, claims: Mapping[str, Claim], september: int, possible: tuple[int, int]
) -> Caseloads:
    """Take the official mean caseloads; ``possible`` are years ending 31 March, first and last."""
    own = setting.own(setting.indicator(CASES), fewest=1)
    table = own[own["value"].notna()]
    return Caseloads(
        area=setting.area_name,
        table=table,
        september=september,
        possible=tuple(range(*possible)),
        claimed_before=claims["nn-caseload-before"],
        claimed_letter=claims["of18-caseload"],
        cases_latest=float(table["value"].iloc[-1]),
        cases_latest_year=int(table["year"].iloc[-1]),
    )


@finding
class InSeptember:
    """The official means of one September, and how far apart a mean and its upper part can be."""

    sources = ("workforce",)
    cases_mean: float = fact(INDICATORS[CASES].formula, unit=UNIT, decimals=1)
    cases_neighbours: Interval = fact(
        "mean of the neighbours' cases per worker",
        unit=UNIT,
        decimals=1,
        sources=["workforce", "statistical_neighbours"],
    )
    cases_england: float = fact("England's cases per worker", unit=UNIT, decimals=1)
    most_holding: float = fact(
        "(mean - 1) / (lower end of the letter's range - 1): the most that can hold as many",
        unit="share",
        decimals=0,
        sources=["workforce", "claims"],
    )
    a_fifth: float = fact(
        "an example: the share of workers who hold the high caseload",
        unit="share",
        decimals=0,
        sources=["assumptions_of_the_study"],
    )
    left_for_others: float = fact(
        "mean of the others, if that share held the upper end of the case study's range",
        unit="cases",
        decimals=1,
        sources=["workforce", "claims"],
        text=lambda found: (
            "" if found.left_for_others >= 1 else "less than one case, which is none"
        ),
    )


@section
def in_september(setting: Setting, found: Caseloads) -> InSeptember:
    """Set the official mean of one September beside the neighbours' and England's."""
    official = beside(setting, CASES, found.september)
    low, high = found.claimed_letter.ends[0], found.claimed_before.ends[1]
    return InSeptember(
        cases_mean=official.own,
        cases_neighbours=official.to_mean.comparator,
        cases_england=official.england,
        most_holding=most_holding(official.own, low),
        a_fifth=EXAMPLE,
        left_for_others=left_for_others(official.own, high, EXAMPLE),
    )


def most_holding(mean: float, load: float, *, least: float = 1.0) -> float:
    """Compute the largest share of workers that can hold `load` cases or more, given the mean.

    Everybody holds at least `least` cases (a worker with none is not counted), so the share is at
    most ``(mean - least) / (load - least)`` (Markov's inequality).
    """
    if load <= least:
        raise ValueError(f"load is {load:g}; expected more than the least possible, {least:g}.")
    return float(np.clip((mean - least) / (load - least), 0.0, 1.0))


def left_for_others(mean: float, load: float, part: float) -> float:
    """Compute the mean caseload of all other workers when a part of them holds a high one.

    Everybody who is counted holds a case, so NaN where the others would hold fewer than one.
    """
    others = (mean - part * load) / (1 - part)
    return others if others >= 1 else np.nan


# ---- the chart


@section
def caseload_ranges(
    setting: Setting, claims: Mapping[str, Claim], found: Caseloads, means: InSeptember
) -> Shown:
    """Draw the caseloads that the documents state beside the official means."""
    data = caseload_dots(claims, means, found.area)
    chart = dots.dot_intervals(
        data,
        label="measure",
        value="value",
        lower="lower",
        upper="upper",
        unit="cases or children a worker",
        focus=[f"{found.area}, official mean"],
        zero=True,
    )
    return figure(
        chart,
        name="caseloads",
        title=title(found, means),
        subtitle=f"Stated ranges, and official means on 30 September {found.september}: "
        f"{found.area}, its neighbours ({setting.chosen}; line: 95% t interval) and England",
        alt=alternative(data),
        data=data,
        unit=UNIT,
        places=1,
        sources=["workforce", "claims", "statistical_neighbours"],
    )


def caseload_dots(claims: Mapping[str, Claim], means: InSeptember, area: str) -> pd.DataFrame:
    """Put the documents' caseloads beside the official means of one September.

    Returns
    -------
    DataFrame
        ``measure``, ``value`` (missing for a range), ``lower``, ``upper``.
    """
    said = [
        (words, claim.low if claim.low == claim.high else np.nan, claim.low, claim.high)
        for words, claim in ((words, claims[name]) for words, name in STATED.items())
    ]
    others = means.cases_neighbours
    official = [
        (f"{area}, official mean", *[means.cases_mean] * 3),
        ("Neighbours' official mean", others.estimate, others.lower, others.upper),
        ("England, official mean", *[means.cases_england] * 3),
    ]
    return pd.DataFrame([*said, *official], columns=["measure", "value", "lower", "upper"])


def title(found: Caseloads, means: InSeptember) -> str:
    """Say how the official mean caseload compares with the lower end of the letter's range."""
    low, _ = found.claimed_letter.ends
    side = "below" if means.cases_mean < low else "at or above"
    return (
        f"The official mean for {found.area}, {number(means.cases_mean)} cases a worker in "
        f"September {year(found.september)}, is {side} the {number(low, 0)} at the lower end of "
        "the letter's range"
    )


def alternative(data: pd.DataFrame) -> str:
    """Describe the chart of caseloads: how far the stated ranges reach, where the means lie."""
    stated, official = data.iloc[: len(STATED)], data.iloc[len(STATED) :]
    return (
        f"Dots and ranges. Ranges that documents state reach {number(stated['upper'].max(), 0)} "
        f"cases; the official means lie between {number(official['value'].min())} and "
        f"{number(official['value'].max())}."
    )


# ---- verdicts
