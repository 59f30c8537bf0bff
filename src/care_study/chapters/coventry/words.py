"""Coventry: titles, alternative texts and sentences that stay true whatever the results."""

from collections.abc import Iterable, Mapping

import pandas as pd

from care_study.chapters.coventry.rereferrals import Return
from care_study.chapters.coventry.start_years import years_that_fit
from care_study.words import format_number


def years(found: Iterable[int]) -> str:
    """Write years in words: ``2014 and 2023``, or ``no year``."""
    names = [str(int(year)) for year in found]
    if len(names) < 2:
        return names[0] if names else "no year"
    return f"{', '.join(names[:-1])} and {names[-1]}"


def number(value: float) -> str:
    """Write a number to one decimal, with a true minus sign."""
    return format_number(value, decimals=1)


def ordinal(number: int) -> str:
    """Write a place: ``1st``, ``2nd``, ``13th``."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 < number % 100 < 14 else ending}"


def caseload_title(cases: pd.DataFrame, area_name: str, before: float) -> str:
    """Say how the highest official caseload compares with the number stated."""
    top = cases.sort_values("value").iloc[-1]
    relation = "never as high as" if top["value"] < before else "at its highest at least"
    return (
        f"{area_name}'s official caseload was {relation} the document's {before:g}: "
        f"its highest was {top['value']:.1f}, in {top['year']:.0f}"
    )


def reach_title(own: pd.DataFrame, level: float, what: str) -> str:
    """Say in how many years an official percentage reached a level."""
    reached = int((own["value"] >= level).sum())
    return f"{what} reached {level:g}% in {reached or 'none'} of {len(own)} years"


def series_alt(own: pd.DataFrame, area_name: str, what: str, unit: str) -> str:
    """Describe a line chart of the area among its neighbours."""
    first, last = own.iloc[0], own.iloc[-1]
    low, high = own["value"].min(), own["value"].max()
    return (
        f"Line chart of {what} in {area_name}: {first['value']:.1f}{unit} in {first['year']:.0f}, "
        f"{last['value']:.1f} in {last['year']:.0f}, lowest {low:.1f}, highest {high:.1f}, among "
        "its ten neighbours in grey."
    )


def series_title(compared: pd.DataFrame, area_name: str, statistic: str) -> str:
    """Say in how many years the area's re-referral percentage lay above its neighbours'."""
    above = int((compared[f"{statistic}_gap"] > 0).sum())
    return (
        f"{area_name}'s re-referral percentage was above its neighbours' {statistic} in "
        f"{above or 'none'} of {len(compared)} years"
    )


def rereferral_title(placed: pd.DataFrame, area_name: str) -> str:
    """Say how often the area's re-referral percentage rose and fell."""
    falls = int((placed["change"] < 0).sum())
    return (
        f"{area_name}'s re-referral percentage fell in {falls} and rose in "
        f"{int((placed['change'] > 0).sum())} of {len(placed)} years"
    )


def fall_title(row: pd.Series, area_name: str) -> str:
    """Place the area's largest fall among all authorities' changes that year."""
    what = "fall" if row["change"] < 0 else "change"
    return (
        f"{area_name}'s largest {what}, {abs(row['change']):.1f} points in {row['year']:.0f}, was "
        f"the {ordinal(int(row['place']))} largest of {int(row['of'])} authorities that year"
    )


def fall_alt(row: pd.Series, spread: pd.Series, area_name: str) -> str:
    """Describe the strip of all authorities' changes in one year."""
    return (
        f"Strip of dots, one for each of {int(row['of'])} authorities' change in "
        f"{row['year']:.0f}; the middle eight tenths lie between {number(spread['lowest_tenth'])} "
        f"and {number(spread['highest_tenth'])} points, {area_name} at {number(row['change'])}."
    )


def return_title(found: Return) -> str:
    """Say what the highest and the lowest fifth did next year."""
    low, high = found.fifths.iloc[0], found.fifths.iloc[-1]
    return (
        f"The authorities with most re-referrals {_moved(high['change'])} next year, those with "
        f"fewest {_moved(low['change'])}"
    )


def _moved(change: float) -> str:
    return f"{'fell' if change < 0 else 'rose'} by {abs(change):.1f} points on average"


def return_alt(found: Return) -> str:
    """Describe the chart of the five fifths."""
    changes = ", ".join(number(change) for change in found.fifths["change"])
    return (
        "Dots with 95% intervals for five groups of authorities, from fewest to most re-referrals "
        f"in a year; their mean change by the next year, in points: {changes}."
    )


def lasting_sentence(lasting: pd.DataFrame, area_name: str) -> str:
    """Say which start year stands out most, or why none could be estimated."""
    if lasting.empty:
        return f"It cannot be made for {area_name}, whose series has a gap."
    row = lasting.sort_values("p_value").iloc[0]
    return (
        f"Over {len(lasting)} start years, the change that stands out most starts in "
        f"{row['year']:.0f}: {number(row['estimate'])} percentage points (95% interval "
        f"{number(row['lower'])} to {number(row['upper'])}), p = {row['p_value']:.2f}, or "
        f"{row['holm']:.2f} once the number of years tried is allowed for."
    )


def start_title(start: pd.DataFrame) -> str:
    """Say how many start years fit how many of the three measures."""
    whole = start[start["measured"] == start["measured"].max()]
    most = int(whole["fitting"].max())
    return (
        f"Of {len(whole)} start years with figures for {int(whole['measured'].iloc[0])} measures, "
        f"none fits the document in more than {most}"
    )


def lists_title(lists: Mapping[str, pd.DataFrame]) -> str:
    """Say in how many comparisons the conclusion depends on the list or the average."""
    flips = sum(int(rows["flips"].sum()) for rows in lists.values())
    total = sum(len(rows) for rows in lists.values())
    return (
        f"In {flips} of {total} comparisons with the neighbours the conclusion depends on the list "
        "or on the average"
    )


def changes_alt(own: pd.DataFrame, area_name: str) -> str:
    """Describe the chart of one area's yearly changes."""
    clear = int(((own["lower"] > 0) | (own["upper"] < 0)).sum())
    return (
        f"Dots with 95% intervals for {area_name}'s change in each of {len(own)} years, from "
        f"{number(own['change'].min())} to {number(own['change'].max())} points; the interval "
        f"leaves out zero in {clear} of them."
    )


def label_caseloads(rows: pd.DataFrame) -> pd.DataFrame:
    """Name each caseload for a chart."""
    return rows.assign(label=[f"{caseload:g} open cases each" for caseload in rows["caseload"]])


def throughput_title(rows: pd.DataFrame, per_week: float, limit_weeks: float) -> str:
    """Say at which caseloads the mean case is done within the limit."""
    within = rows.loc[rows["weeks"] <= limit_weeks, "caseload"]
    team = f"With {rows['practitioners'].iloc[0]:g} practitioners and {per_week:g} cases a week"
    if within.empty:
        return f"{team}, no caseload shown leaves the mean case within {limit_weeks:g} weeks"
    return (
        f"{team}, the mean case stays open within {limit_weeks:g} weeks only up to "
        f"{within.max():g} open cases each"
    )


def whole_service(flow: pd.DataFrame) -> str:
    """Say whether the stated number of cases a week could be all that the authority completed."""
    reached = int((flow["of_ended"] >= 1).sum())
    if not reached:
        return "always more than that, so it cannot"
    return f"no more than that in {reached} of {len(flow)} years"


def fit_after_top(start: pd.DataFrame, ranked: pd.DataFrame) -> str:
    """Say which start years that fit the fall in points followed a year in the highest fifth."""
    high = set(ranked.loc[ranked["fifth"] == 5, "year"])
    fits = years_that_fit(start, "points_fit")
    if not fits:
        return "No start year fits the fall in percentage points."
    return (
        f"Of the start years that fit the fall in percentage points ({years(fits)}), "
        f"{years(year for year in fits if year in high)} followed a year in the highest fifth."
    )


def throughput_alt(rows: pd.DataFrame) -> str:
    """Describe the bars of weeks open by caseload."""
    parts = ", ".join(
        f"{row['weeks']:.0f} weeks with {row['caseload']:g}" for row in rows.to_dict("records")
    )
    return f"Bars of the mean time that a case stays open, by open cases a practitioner: {parts}."


def fifths_named(found: Return) -> pd.DataFrame:
    """Name the fifths for a chart, each with its mean value before."""
    names = {1: "lowest fifth", 2: "second", 3: "middle", 4: "fourth", 5: "highest fifth"}
    label = found.fifths["fifth"].map(names)
    return found.fifths.assign(
        label=[
            f"{name} (mean {before:.1f}%)"
            for name, before in zip(label, found.fifths["before"], strict=True)
        ]
    )


def with_stated_levels(
    lines: pd.DataFrame, levels: dict[str, float], first: int, last: int
) -> pd.DataFrame:
    """Add level lines for numbers that the document states to the series of a chart.

    The area, its neighbours, their mean and England stay; the median and the region are left out.
    """
    lines = lines[~lines["role"].isin(["neighbours' median", "region"])]
    flat = [
        {"year": year, "area_name": name, "role": "document", "value": value}
        for name, value in levels.items()
        for year in range(first, last + 1)
    ]
    return pd.concat([lines, pd.DataFrame(flat)], ignore_index=True)
