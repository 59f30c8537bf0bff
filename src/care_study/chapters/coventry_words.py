"""Coventry: titles, alternative texts and sentences that stay true whatever the results."""

from collections.abc import Sequence

import pandas as pd

from care_study.chapters.coventry_changes import Return


def years(found: Sequence[int]) -> str:
    """Write years in words: ``2014 and 2023``, or ``no year``."""
    names = [str(int(year)) for year in found]
    if len(names) < 2:
        return names[0] if names else "no year"
    return f"{', '.join(names[:-1])} and {names[-1]}"


def ordinal(number: int) -> str:
    """Write a place: ``1st``, ``2nd``, ``13th``."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 < number % 100 < 14 else ending}"


def in_ten(share: float) -> str:
    """Write a share of authority-years in plain words: ``about 1 in 10``, ``none``, ``all``."""
    if share <= 0:
        return "none"
    if share >= 1:
        return "all"
    return f"about {round(share * 10)} in 10" if share >= 0.35 else f"about 1 in {round(1 / share)}"


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
    return f"{what} reached {level:g}% in {reached} of {len(own)} years"


def series_alt(own: pd.DataFrame, area_name: str, what: str, unit: str) -> str:
    """Describe a line chart of the area among its neighbours."""
    first, last = own.iloc[0], own.iloc[-1]
    low, high = own["value"].min(), own["value"].max()
    return (
        f"Line chart of {what} in {area_name}: {first['value']:.1f} {unit} in {first['year']:.0f}, "
        f"{last['value']:.1f} in {last['year']:.0f}, lowest {low:.1f}, highest {high:.1f}, among "
        "its ten neighbours in grey."
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
        f"{row['year']:.0f}; the middle eight tenths lie between {spread['lowest_tenth']:.1f} and "
        f"{spread['highest_tenth']:.1f} points, {area_name} at {row['change']:.1f}."
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
    changes = ", ".join(f"{change:.1f}" for change in found.fifths["change"])
    return (
        "Dots with 95% intervals for five groups of authorities, from fewest to most re-referrals "
        f"in a year; their mean change by the next year, in points: {changes}."
    )


def start_title(start: pd.DataFrame) -> str:
    """Say how many start years fit how many of the three measures."""
    whole = start[start["measured"] == start["measured"].max()]
    most = int(whole["fitting"].max())
    return (
        f"Of {len(whole)} start years with figures for {int(whole['measured'].iloc[0])} measures, "
        f"none fits the document in more than {most}"
    )


def lists_title(compared: pd.DataFrame, what: str) -> str:
    """Say in how many years the conclusion depends on the list or the average."""
    return (
        f"{what}: in {int(compared['flips'].sum())} of {len(compared)} years the conclusion "
        "depends on the list of neighbours or on the average"
    )


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
    """Add level lines for numbers that the document states to the series of a chart."""
    flat = [
        {"year": year, "area_name": name, "role": "document", "value": value}
        for name, value in levels.items()
        for year in range(first, last + 1)
    ]
    return pd.concat([lines, pd.DataFrame(flat)], ignore_index=True)
