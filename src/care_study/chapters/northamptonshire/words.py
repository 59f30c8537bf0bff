"""Titles, alternative texts and sentences of the Northamptonshire chapter, for any authority."""

import pandas as pd

from care_study.area.setting import Setting
from care_study.chapters.northamptonshire.afterwards import Ranked
from care_study.chapters.northamptonshire.backlog import Scenario
from care_study.words import format_number


def _number(value: float, decimals: int = 0) -> str:
    return format_number(float(value), decimals=decimals)


def _percent(value: float, decimals: int = 0) -> str:
    return format_number(float(value), unit="%", decimals=decimals)


def demand_title(referrals: pd.DataFrame, name: str, low: float, high: float) -> str:
    """Say in how many years each weekly number was above a stated range."""
    total = len(referrals)
    every = int((referrals["all_week"] > high).sum())
    net = int(referrals["net_week"].between(low, high).sum())
    return (
        f"{name} received more than {_number(high)} referrals a week in {every} of {total} years; "
        f"less those with no further action, {net} of {total} years lie between {_number(low)} and "
        f"{_number(high)}"
    )


def demand_alt(referrals: pd.DataFrame, name: str) -> str:
    """Describe the chart of weekly referrals."""
    first, last = referrals.iloc[0], referrals.iloc[-1]
    return (
        f"Two lines over a band. {name}: all referrals a week from {_number(first['all_week'])} in "
        f"{first['year']:.0f} to {_number(last['all_week'])} in {last['year']:.0f}; less no "
        f"further action from {_number(first['net_week'])} to {_number(last['net_week'])}."
    )


def nfa_title(referrals: pd.DataFrame, name: str) -> str:
    """Say how the share with no further action moved from its highest year to the last."""
    top = referrals.sort_values("nfa").iloc[-1]
    last = referrals.iloc[-1]
    if top["year"] == last["year"]:
        return f"{name}'s share with no further action is highest in {top['year']:.0f}"
    return (
        f"{_percent(top['nfa'])} of {name}'s referrals ended in no further action in "
        f"{top['year']:.0f}, {_percent(last['nfa'])} in {last['year']:.0f}"
    )


def nfa_alt(referrals: pd.DataFrame, name: str) -> str:
    """Describe the chart of the share with no further action."""
    first, last = referrals.iloc[0], referrals.iloc[-1]
    return (
        f"Line chart. {name} from {_percent(first['nfa'])} in {first['year']:.0f} to "
        f"{_percent(last['nfa'])} in {last['year']:.0f}, highest {_percent(referrals['nfa'].max())}"
        "; its neighbours in grey, their average and England as dark lines."
    )


def caseload_title(compared: pd.DataFrame, name: str, stated: float) -> str:
    """Say how the official mean caseload compares with a stated one."""
    row = compared.iloc[0]
    side = "below" if row["value"] < stated else "at or above"
    return (
        f"The official mean for {name}, {_number(row['value'], 1)} cases a worker in September "
        f"{row['year']:.0f}, is {side} the {_number(stated)} at the lower end of the letter's range"
    )


def caseload_alt(dots: pd.DataFrame) -> str:
    """Describe the chart of caseloads."""
    known = dots.dropna(subset="value")
    return (
        f"Dots and ranges. Ranges that documents state reach {_number(dots['upper'].max())} cases; "
        f"the official means lie between {_number(known['value'].min(), 1)} and "
        f"{_number(known['value'].iloc[1:].max(), 1)}."
    )


def outcomes_title(dots: pd.DataFrame) -> str:
    """Say how the case study's closed share compares with the official one."""
    both, official = dots["value"].iloc[1], dots["value"].iloc[2]
    side = "more" if both > official else "less"
    return (
        f"The case study closed or stepped down {_percent(both)} of its assessments, {side} than "
        f"the {_percent(official)} found not to be in need officially"
    )


def outcomes_alt(dots: pd.DataFrame) -> str:
    """Describe the chart of outcomes."""
    pairs = zip(dots["what"], dots["value"], strict=True)
    words = "; ".join(f"{what} {_percent(value)}" for what, value in pairs)
    return f"Dots with intervals. {words}."[:320]


def combinations_title(table: pd.DataFrame, total: float) -> str:
    """Say how many combinations reach the stated total."""
    reach = int((table["result"] != "cannot reach").sum())
    fits = int((table["result"] == "matches").sum())
    return (
        f"Of {len(table)} ways to read the numbers, {reach} can give {_number(total)} assessments "
        f"and {fits} gives them at a full load"
    )


def combinations_alt(table: pd.DataFrame) -> str:
    """Describe the chart of combinations."""
    return (
        f"Dots with rounding ranges, one a combination, from {_number(table['assessments'].min())} "
        f"to {_number(table['assessments'].max())} assessments, with a line at the stated total."
    )


def what_if_title(start: Scenario) -> str:
    """Say what the sliders show where they stand at first."""
    side = "shrinks" if start.capacity > start.arrivals else "grows"
    return (
        f"With {_number(start.workers)} workers of {_number(start.children)} children each the "
        f"backlog {side}: {_number(start.arrivals)} assessments a week are needed, "
        f"{_number(start.capacity)} possible"
    )


def what_if_alt(start: Scenario) -> str:
    """Describe the what-if chart where it stands at first."""
    end = max(0.0, start.backlog + 52 * (start.arrivals - start.capacity))
    return (
        f"Line of children waiting over a year, from {_number(start.backlog)} to {_number(end)}, "
        f"with sliders. Each worker would hold {_number(start.workload, 1)} children to keep up. "
        "The table of scenarios has the main cases."
    )


def strip_title(found: Ranked, name: str) -> str:
    """Say where the area's change stands among all authorities."""
    way = "fell" if found.estimate < 0 else "rose"
    return (
        f"{name}'s share {way} against its neighbours by {_number(abs(found.estimate), 1)} "
        f"percentage points, number {found.rank} of {found.of} authorities by size"
    )


def strip_alt(found: Ranked, name: str) -> str:
    """Describe the strip of changes."""
    low, high = found.frame["value"].min(), found.frame["value"].max()
    return (
        f"One dot an authority, from {_number(low, 1)} to {_number(high, 1)} percentage points; "
        f"{name} is at {_number(found.estimate, 1)}."
    )


def judgements(found: pd.DataFrame, since: str) -> str:
    """Say what Ofsted judged since a date."""
    if found.empty:
        return f"the table of inspections holds no judgement since {since}"
    parts = []
    for day, rows in found.groupby("inspected", sort=True):
        when = pd.Timestamp(str(day)).strftime("%B %Y")
        judged = " and ".join(f"{row.area_name}, {row.judgement}" for row in rows.itertuples())
        parts.append(f"in {when} {judged}")
    return "; ".join(parts)


def strip_note(found: Ranked) -> str:
    """Say which authorities the strip shows."""
    return (
        f"{found.of} authorities with a figure in every year are shown; their neighbours are those "
        "of the same list that have a figure in every year."
    )


def follows(share: float) -> str:
    """Say whether a least share makes a majority."""
    return "follows" if share > 0.5 else "is possible but does not follow"


def moved(then: pd.Series, latest: pd.Series) -> str:
    """Say how all referrals and those that went further changed between two years."""
    parts = [
        f"{what} {_way(latest[column] / then[column] - 1)}"
        for what, column in (("referrals", "all_week"), ("those that went further", "net_week"))
    ]
    return f"from {then['year']:.0f} to {latest['year']:.0f} " + " and ".join(parts)


def _way(change: float) -> str:
    return f"{'rose' if change > 0 else 'fell'} by {_percent(abs(change) * 100)}"


def lists_note(setting: Setting) -> str:
    """Say how many neighbours the two lists share."""
    if setting.other_list == setting.chosen:
        return f"only the list of {setting.chosen} holds this authority"
    same = set(setting.neighbour_ids) & set(setting.neighbours[setting.other_list]["area_id"])
    lists = f"the neighbour lists of {setting.chosen} and {setting.other_list}"
    if len(same) == len(setting.neighbour_ids):
        return f"{lists} name the same authorities"
    return f"{lists} share {len(same)} of {len(setting.neighbour_ids)} authorities"


def survivors(weekly: pd.DataFrame) -> str:
    """List the years and readings whose weekly number is in or touches the claimed range."""
    kept = weekly[weekly["place"].isin(["within", "touches"])]
    if kept.empty:
        return "no year"
    return ", ".join(f"{row.year} ({row.reading})" for row in kept.itertuples())
