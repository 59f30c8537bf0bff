"""How many would there be at the neighbours' rate? Under every choice made.

The choices: which list of neighbours, mean or median, with or without unaccompanied children, and
each neighbour left out in turn. A conclusion that changes with the choice is flagged.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from care_study.area.base_rates import base_rates
from care_study.area.setting import Setting
from care_study.chapters.cambridgeshire.rate import RATE, Standing
from care_study.chapters.shared import row_of, with_ends
from care_study.charts import dots
from care_study.claims import Claim
from care_study.data import geography
from care_study.show.figure import figure
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.statistics.comparison import (
    Excess,
    PredictionTest,
    excess_over_neighbours,
    prediction_test,
)
from care_study.statistics.comparison.gaps import NO_INTERVAL, STATISTICS, UNCLEAR, conclusion
from care_study.statistics.intervals import Interval
from care_study.unavailable import Unavailable
from care_study.words import count, listed, number, year
from care_study.words import sentence as in_full

WITHOUT = "looked_after_rate_without_unaccompanied"
COUNTED = {RATE: "all children looked after", WITHOUT: "without unaccompanied children"}
PER = 10_000


@dataclass(frozen=True)
class Choice:
    """One choice of what is counted, of list and average, and the excess that it gives."""

    indicator: str
    list: str
    statistic: str
    n: int
    population: float
    found: Excess

    @property
    def counted(self) -> str:
        """What is counted, in words."""
        return COUNTED[self.indicator]

    @property
    def conclusion(self) -> str:
        """On which side of zero the interval lies."""
        return conclusion(self.found.excess)


@finding
class Comparison:
    """The count against what the neighbours' rate implies, under every choice."""

    sources = Standing.sources
    every: list[Choice]
    gone: list[str]
    document_year: int
    claimed_expected: Claim = fact()
    implied: Interval = fact("neighbours' rate x own children aged 0 to 17 / 10,000", decimals=0)
    excess: Interval = fact(
        "count on 31 March - count that the neighbours' rate implies", unit="children", decimals=0
    )
    excess_sentence: str = fact(
        "excess over the neighbours in words: the estimate, and whether its interval holds zero"
    )
    excess_lowest: float = fact("smallest of the estimates under all choices", decimals=0)
    excess_highest: float = fact(
        "largest of the estimates under all choices", unit="children", decimals=0
    )
    choices: int = fact("lists x averages x with and without unaccompanied children")
    choices_clear: int = fact("comparisons whose 95% interval excludes zero")


@section
def comparison(setting: Setting, claims: Mapping[str, Claim], document_year: int) -> Comparison:
    """Compare the count with what the neighbours' rate implies, under every choice."""
    every, gone = every_choice(setting, document_year)
    asked = (RATE, setting.chosen, setting.statistic)
    chosen = next(one for one in every if (one.indicator, one.list, one.statistic) == asked)
    estimates = [float(one.found.excess.estimate) for one in every]
    return Comparison(
        every=every,
        gone=gone,
        document_year=document_year,
        claimed_expected=claims["cam-care-expected"],
        implied=chosen.found.implied,
        excess=chosen.found.excess,
        excess_sentence=in_words(chosen.found.excess),
        excess_lowest=min(estimates),
        excess_highest=max(estimates),
        choices=len(every),
        choices_clear=sum(one.conclusion not in (UNCLEAR, NO_INTERVAL) for one in every),
    )


def every_choice(setting: Setting, at: int) -> tuple[list[Choice], list[str]]:
    """Compute the excess for every way to count, list and average; say which count is not there.

    Raises
    ------
    Unavailable
        If the count of all children, or the rate of every neighbour, is not there.
    """
    choices = _choices(setting, RATE, at)
    try:
        return choices + _choices(setting, WITHOUT, at), []
    except Unavailable as error:
        return choices, [in_full(str(error))]


def _choices(setting: Setting, indicator: str, at: int) -> list[Choice]:
    computed = setting.indicator(indicator)
    size, population = own_counts(setting, computed, at)
    choices = []
    for model in setting.neighbours or [setting.chosen]:
        rates = setting.among_neighbours(computed, at, model)
        for statistic in STATISTICS:
            found = excess_over_neighbours(size, population, rates, statistic=statistic)
            n = int(rates.notna().sum())
            choices.append(Choice(indicator, model, statistic, n, population, found))
    return choices


def own_counts(setting: Setting, computed: pd.DataFrame, at: int) -> tuple[float, float]:
    """Take the area's numerator and denominator in one year; raises `Unavailable`."""
    row = row_of(computed, setting.area_name, at)
    return float(row["numerator"]), float(row["denominator"])


def choices_table(every: list[Choice]) -> pd.DataFrame:
    """Put the choices below one another: the rate, and each number with its ends."""
    rows = []
    for one in every:
        found = one.found
        rows.append(
            {
                "counted": one.counted,
                "list": one.list,
                "statistic": one.statistic,
                "n": one.n,
                "observed": found.observed,
                "rate": float(found.implied.estimate) / one.population * PER,
                **with_ends("implied", found.implied),
                **with_ends("excess", found.excess),
                "underlying_lower": float(found.underlying.lower),
                "underlying_upper": float(found.underlying.upper),
                "conclusion": one.conclusion,
            }
        )
    return pd.DataFrame(rows)


@finding
class LeftOut:
    """The same comparison with each neighbour left out, and the area's place among them."""

    sources = Standing.sources
    table: pd.DataFrame
    left_out_lowest: float = fact("smallest estimate with one neighbour left out", decimals=0)
    left_out_highest: float = fact(
        "largest estimate with one neighbour left out", unit="children", decimals=0
    )
    left_out_flips: str = fact("whether leaving out any one neighbour changes the conclusion")
    prediction: str = fact(
        "prediction test of one authority among its neighbours (Crawford and Howell 1998)"
    )
    prediction_p: float = fact("two-sided p-value of the prediction test", decimals=2)
    base_gap: float = fact(
        "share of all authorities whose gap to their neighbours has an interval without zero",
        unit="share",
        decimals=0,
    )
    base_prediction: float = fact(
        "share of all authorities that the prediction test finds unusual at 5%",
        unit="share",
        decimals=0,
    )


@section
def left_out(setting: Setting, document_year: int) -> LeftOut:
    """Leave out each neighbour in turn, and test whether the area stands out among them."""
    computed = setting.indicator(RATE)
    rates = setting.among_neighbours(computed, document_year)
    size, population = own_counts(setting, computed, document_year)
    found = leave_one_out(size, population, rates, setting.statistic)
    test = prediction_test(size / population * PER, rates)
    lists = geography.neighbour_lists(
        setting.tables["statistical_neighbours"], setting.tables["authorities"], setting.chosen
    )
    everyone = base_rates(computed, lists, document_year, setting.statistic)
    return LeftOut(
        table=found,
        left_out_lowest=found["excess"].iloc[1:].min(),
        left_out_highest=found["excess"].iloc[1:].max(),
        left_out_flips=flips(found),
        prediction=place(test),
        prediction_p=test.p_value,
        base_gap=everyone.gap,
        base_prediction=everyone.prediction,
    )


def leave_one_out(size: float, population: float, rates: pd.Series, statistic: str) -> pd.DataFrame:
    """Compute the excess again with each neighbour left out in turn.

    Returns
    -------
    DataFrame
        ``left_out`` (in the first row: nobody), ``implied``, ``excess``, ``excess_lower``,
        ``excess_upper``, ``conclusion`` and ``flips`` (differs from the first row's conclusion).
    """
    known = rates.dropna()
    rows = []
    for name in [None, *known.index]:
        kept = known if name is None else known.drop(name)
        found = excess_over_neighbours(size, population, kept, statistic=statistic)
        row = {"left_out": name or "nobody", "implied": float(found.implied.estimate)}
        row |= with_ends("excess", found.excess)
        rows.append({**row, "conclusion": conclusion(found.excess)})
    table = pd.DataFrame(rows)
    return table.assign(flips=table["conclusion"] != table["conclusion"].iloc[0])


@section
def excess_by_choice(setting: Setting, found: Comparison) -> Shown:
    """Draw the excess under every choice."""
    data = choices_table(found.every)
    choice = data["statistic"] + ", " + data["list"] + " list, " + data["counted"]
    chart = dots.dot_intervals(
        data.assign(choice=choice),
        label="choice",
        value="excess",
        lower="excess_lower",
        upper="excess_upper",
        unit="children more than at the neighbours' rate, with 95% interval",
        reference=0.0,
        reference_label="as at the neighbours' rate",
        zero=True,
    )
    return figure(
        chart,
        name="excess",
        title=title(setting.area_name, [float(one.found.excess.estimate) for one in found.every]),
        subtitle=(
            f"Children looked after in {setting.area_name} on 31 March {year(found.document_year)},"
            " more than its neighbours' rate implies"
        ),
        alt=alternative(setting.area_name, found),
        data=data,
        unit="children",
        places=0,
        sources=found.sources,
        notes=[
            "The interval carries the uncertainty of the neighbours' rate. The columns "
            "'underlying' add the chance variation of the area's own count: how far its long-run "
            "level lies above.",
            *found.gone,
        ],
    )


@section
def each_left_out(setting: Setting, found: LeftOut) -> Shown:
    """Draw the comparison with each neighbour left out in turn."""
    low, high = found.left_out_lowest, found.left_out_highest
    chart = dots.dot_intervals(
        found.table,
        label="left_out",
        value="excess",
        lower="excess_lower",
        upper="excess_upper",
        unit="children more than at the neighbours' rate, with 95% interval",
        focus=[str(found.table["left_out"].iloc[0])],
        reference=0.0,
        reference_label="as at the neighbours' rate",
        zero=True,
    )
    return figure(
        chart,
        name="leave_one_out",
        title=(
            f"Whichever neighbour is left out, {setting.area_name} has "
            f"{number(low, 0)} to {number(high, 0)} more children in care"
        ),
        subtitle=(
            f"Children looked after in {setting.area_name}, more than the neighbours' rate gives, "
            "with each neighbour left out in turn"
        ),
        alt=(
            f"Dots with intervals, one a neighbour left out: from {number(low, 0)} to "
            f"{number(high, 0)}; {found.left_out_flips}."
        ),
        data=found.table,
        row_header="left_out",
        sources=found.sources,
    )


def title(area: str, estimates: list[float]) -> str:
    """Say on which side of its neighbours the area lies, under how many choices and how far."""
    low, high, n = min(estimates), max(estimates), len(estimates)
    above = sum(one > 0 for one in estimates)
    if above in (0, n):
        side = "more" if above else "fewer"
        ends = sorted((abs(low), abs(high)))
        return (
            f"{area} has {number(ends[0], 0)} to {number(ends[1], 0)} {side} children in care than "
            f"at its neighbours' rate, under {'each' if n > 1 else 'the one'} of "
            f"{count(n, 'choice')}"
        ).replace("the one of 1 choice", "the one choice")
    return (
        f"{area} has more children in care than at its neighbours' rate under {above} of "
        f"{count(n, 'choice')}, and fewer under {n - above}"
    )


def alternative(area: str, found: Comparison) -> str:
    """Describe the chart of the excess under every choice."""
    return (
        f"Dots with intervals, one a choice. {area}'s count lies between "
        f"{number(found.excess_lowest, 0)} and {number(found.excess_highest, 0)} children above "
        "what its neighbours' rate implies, depending on list, average and counting."
    )


def in_words(excess: Interval) -> str:
    """Say how far the count lies above or below, and whether the interval holds zero."""
    side = "fewer" if excess.estimate > 0 else "more"
    certain = {
        UNCLEAR: "but the interval includes no difference at all",
        NO_INTERVAL: "and too few neighbours have a figure for an interval",
    }.get(conclusion(excess), "and the interval excludes no difference")
    return f"{count(abs(excess.estimate))} {side} than there were, {certain}"


def flips(table: pd.DataFrame) -> str:
    """Say whether leaving out one neighbour changes the conclusion."""
    names = list(table.loc[table["flips"], "left_out"])
    if not names:
        return "the conclusion stays the same whichever is left out"
    return f"the conclusion changes when {listed(names, 'or')} is left out"


def place(test: PredictionTest) -> str:
    """Say whether the area lies outside the range that its neighbours predict."""
    where = "within" if test.lower <= test.area <= test.upper else "outside"
    return (
        f"the rate lies {where} the range from {number(test.lower)} to {number(test.upper)} per "
        "10,000 that would hold most authorities like these"
    )
