"""Titles, alternative texts and sentences of the Cambridgeshire chapter, true for any authority."""

import calendar

import pandas as pd

from care_study.area.after_event import GapAfterEvent
from care_study.statistics.comparison import PredictionTest
from care_study.study import event_year

COVID = (2020.5, "Covid-19")


def breaks(
    changes: dict[int, str], event: str, first_year: int, last_year: int
) -> list[tuple[float, str]]:
    """List what to mark on a chart through time: definition changes, the reform, the pandemic."""
    marks = [(year - 0.5, words) for year, words in changes.items()]
    marks += [(event_year(event) - 0.5, "reform"), COVID]
    return [(at, words) for at, words in sorted(marks) if first_year < at < last_year]


def month(event: str) -> str:
    """Write a year and month ("2018-10") in words."""
    event_year(event)
    year, number = event.split("-")
    return f"{calendar.month_name[int(number)]} {year}"


def _number(value: float, decimals: int = 1) -> str:
    return f"{value:,.{decimals}f}".replace("-", "\N{MINUS SIGN}")


def series_alt(area: str, compared: pd.DataFrame, statistic: str) -> str:
    """Describe the chart of the rate through time."""
    first, last = compared.iloc[0], compared.iloc[-1]
    return (
        f"Line chart. {area}'s rate goes from {_number(first['value'])} in {first['year']:.0f} to "
        f"{_number(last['value'])} in {last['year']:.0f}; its neighbours' {statistic} from "
        f"{_number(first[statistic])} to {_number(last[statistic])}."
    )


def excess_alt(area: str, excess: pd.DataFrame) -> str:
    """Describe the chart of the excess under every choice."""
    return (
        f"Dots with intervals, one a choice. {area}'s count lies between "
        f"{_number(excess['excess'].min(), 0)} and {_number(excess['excess'].max(), 0)} children "
        "above what its neighbours' rate implies, depending on list, average and counting."
    )


def excess_sentence(chosen: pd.Series) -> str:
    """Say how far the count lies above or below, and whether the interval holds zero."""
    side = "fewer" if chosen["excess"] > 0 else "more"
    size = _number(abs(chosen["excess"]), 0)
    certain = {
        "above": "and the interval excludes no difference",
        "below": "and the interval excludes no difference",
        "no interval": "and too few neighbours have a figure for an interval",
    }.get(chosen["conclusion"], "but the interval includes no difference at all")
    return f"{size} {side} than there were, {certain}"


def flips(left_out: pd.DataFrame) -> str:
    """Say whether leaving out one neighbour changes the conclusion."""
    names = list(left_out.loc[left_out["flips"], "left_out"])
    if not names:
        return "the conclusion stays the same whichever is left out"
    return f"the conclusion changes when {' or '.join(names)} is left out"


def unusual(test: PredictionTest) -> str:
    """Say whether the area lies outside the range that its neighbours predict."""
    place = "within" if test.lower <= test.area <= test.upper else "outside"
    return (
        f"the rate lies {place} the range from {_number(test.lower)} to {_number(test.upper)} per "
        "10,000 that would hold most authorities like these"
    )


def flows_sentence(flow: pd.DataFrame, change: int, area: str) -> str:
    """Say how many children started and ceased a year, before and from a year on."""
    parts = []
    for words, rows in (
        (f"Before {change}", flow[flow["year"] < change]),
        (f"From {change} on", flow[flow["year"] >= change]),
    ):
        if len(rows):
            parts.append(
                f"{words}, {_number(rows['started'].mean(), 0)} children a year started and "
                f"{_number(rows['ceased'].mean(), 0)} ceased to be looked after in {area}"
            )
    return ". ".join(parts) + "."


def flow_alt(area: str, flow: pd.DataFrame) -> str:
    """Describe the chart of the net flow."""
    ordered = flow.sort_values("net_rate")
    low, high = ordered.iloc[0], ordered.iloc[-1]
    return (
        f"Line chart of children starting minus ceasing. {area} was highest in "
        f"{high['year']:.0f} ({_number(high['net_rate'])} per 10,000) and lowest in "
        f"{low['year']:.0f} ({_number(low['net_rate'])})."
    )


def _at(lines: pd.DataFrame, name: str, year: int) -> float:
    rows = lines[(lines["area_name"] == name) & (lines["year"] == year)]
    return float(rows["value"].iloc[0]) if len(rows) else float("nan")


def late_title(lines: pd.DataFrame, area: str, statistic: str, year: int) -> str:
    """Say how the share of late teenagers compares in one year."""
    own, others = _at(lines, area, year), _at(lines, f"neighbours' {statistic}", year)
    side = "a larger" if own > others else "a smaller"
    return f"In {year} {side} share started at 16 or over in {area} than among its neighbours"


def late_alt(lines: pd.DataFrame, area: str, statistic: str) -> str:
    """Describe the chart of late teenagers."""
    return _first_to_last(lines, area, statistic, "Line chart of the share starting at 16 or over")


def caseload_title(lines: pd.DataFrame, area: str, statistic: str) -> str:
    """Say how the caseload compares in the latest year."""
    year = int(lines.loc[lines["area_name"] == area, "year"].max())
    own, others = _at(lines, area, year), _at(lines, f"neighbours' {statistic}", year)
    return (
        f"In {year} {area}'s social workers held {_number(own)} cases each, its neighbours' "
        f"{_number(others)}"
    )


def caseload_alt(lines: pd.DataFrame, area: str, statistic: str) -> str:
    """Describe the chart of caseloads."""
    return _first_to_last(lines, area, statistic, "Line chart of cases per social worker")


def _first_to_last(lines: pd.DataFrame, area: str, statistic: str, chart: str) -> str:
    own = lines[lines["area_name"] == area].sort_values("year")
    others = lines[lines["area_name"] == f"neighbours' {statistic}"].sort_values("year")
    ends = [_number(rows["value"].iloc[place]) for rows in (own, others) for place in (0, -1)]
    return (
        f"{chart}. {area} goes from {ends[0]} in {own['year'].iloc[0]:.0f} to {ends[1]} in "
        f"{own['year'].iloc[-1]:.0f}; its neighbours' {statistic} from {ends[2]} to {ends[3]}."
    )


def factor_title(factors: pd.DataFrame, area: str) -> str:
    """Say which factors are recorded more or less often than among the neighbours."""
    above = list(factors.loc[factors["gap_lower"] > 0, "factor"])
    below = list(factors.loc[factors["gap_upper"] < 0, "factor"])
    if not above and not below:
        return f"No factor is recorded clearly more or less often in {area} than by its neighbours"
    parts = [f"{' and '.join(above)} more often"] if above else []
    parts += [f"{' and '.join(below)} less often"] if below else []
    return f"{area} records {', '.join(parts)} than its neighbours"


def factor_alt(factors: pd.DataFrame, area: str) -> str:
    """Describe the chart of parental factors."""
    parts = [
        f"{factor} {_number(gap)}"
        for factor, gap in zip(factors["factor"], factors["gap"], strict=True)
    ]
    return (
        f"Dots with intervals: {area} minus its neighbours' mean, in percentage points: "
        f"{', '.join(parts)}."
    )


def range_of(units: pd.DataFrame, workers: float) -> str:
    """Write the range of cases a worker for one reading of who holds cases."""
    values = units.loc[units["workers"] == workers, "cases_per_worker"]
    return f"{_number(values.min(), 0)} to {_number(values.max(), 0)} cases each"


def placebo_title(found: GapAfterEvent, method: str, area: str) -> str:
    """Say how unusual an area's change is among those of all other authorities."""
    row = found.placebo.summary.loc[method]
    share = (row["rank"] - 1) / row["placebos"] * 100
    return (
        f"{share:.0f}% of other authorities' gaps changed by more than {area}'s over the same years"
    )


def placebo_alt(found: GapAfterEvent, method: str, area: str) -> str:
    """Describe the chart of all authorities' changes."""
    row = found.placebo.summary.loc[method].to_dict()
    return (
        f"Dots, one an authority: change of the gap to its own neighbours. {area}, at "
        f"{_number(row['estimate'])} per 10,000, ranks {row['rank']:.0f} in size among "
        f"{row['placebos'] + 1:.0f}."
    )


def change_sentence(found: GapAfterEvent, area: str) -> str:
    """Conclude on the change of the gap, no stronger than the placebo ranks bear."""
    p_values = found.placebo.summary["p_value"]
    clear = int((p_values < 0.05).sum())
    signs = {1 if value > 0 else -1 for value in found.placebo.summary["estimate"]}
    direction = (
        f"All methods put {area}'s change on the same side, "
        f"{'upwards' if signs == {1} else 'downwards'} relative to similar authorities"
        if len(signs) == 1
        else "The methods do not agree on the direction of the change"
    )
    rank = (
        "but none finds it unusual among the changes of all other authorities"
        if not clear
        else f"and {clear} of {len(p_values)} find it unusual among the changes of all others"
    )
    return f"{direction}, {rank}."


def pre_trend_sentence(found: GapAfterEvent, area: str) -> str:
    """Say whether the gap was already moving before the event."""
    slope = found.pre_trend.slope
    way = "rising" if slope.estimate > 0 else "falling"
    if slope.p_value < 0.05:
        return (
            f"the gap of {area} was already {way} by {_number(abs(slope.estimate))} per 10,000 a "
            "year before the reform, so that a comparison of averages before and after says little "
            "and the trend carried forward is itself a guess"
        )
    return (
        "no trend of the gap before the reform can be distinguished, though with "
        f"{found.pre_trend.points} points a slope below "
        f"{_number(found.pre_trend.detectable_slope)} a year would often be missed"
    )


def steps_title(steps: pd.DataFrame, first_after: int) -> str:
    """Say for which break years the interval of the step excludes zero."""
    clear = list(steps.loc[(steps["lower"] > 0) | (steps["upper"] < 0), "first_after"])
    if not clear:
        return "Whichever year is taken for the break, the interval of the step includes zero"
    years = " or ".join([*filter(None, [", ".join(clear[:-1])]), clear[-1]])
    title = f"The interval of the step excludes zero for a break in {years}"
    if str(first_after) in clear:
        return f"{title}; the first year after the reform was {first_after}"
    if str(first_after) in set(steps["first_after"]):
        return f"{title}, not in {first_after}, the first year after the reform"
    return title


def steps_alt(steps: pd.DataFrame) -> str:
    """Describe the chart of steps by break year."""
    low = steps.sort_values("estimate").iloc[0]
    return (
        f"Dots with intervals, one a possible break year. The lowest step is "
        f"{_number(low['estimate'])} per 10,000 with a break in {low['first_after']}."
    )


def diagnostics(found: GapAfterEvent) -> list[str]:
    """List the diagnostics of the regression as notes."""
    checks = found.regression.diagnostics
    serial = (
        ""
        if checks.breusch_godfrey_p is None
        else (f"; Breusch-Godfrey p = {checks.breusch_godfrey_p:.2f}")
    )
    return [
        f"Durbin-Watson statistic {checks.durbin_watson:.2f}; residual autocorrelation "
        f"{checks.residual_autocorrelation:.2f}{serial}.",
        "Newey-West errors with a normal quantile reject far too often in series this short; the "
        "values here use fixed-b critical values simulated for this design.",
    ]
