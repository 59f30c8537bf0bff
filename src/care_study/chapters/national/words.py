"""Titles, alternative texts and sentences of the national chapter, true for any indicator."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from care_study.chapters.national.scan import Country, FunnelFrames, Outlook
from care_study.indicators.definitions import INDICATORS, Indicator
from care_study.words import format_number


def number(value: Any, decimals: int = 1) -> str:
    """Write a number as facts do, with a true minus sign."""
    return format_number(float(value), decimals=decimals)


def listed(names: Sequence[str], word: str = "and") -> str:
    """Write names as a list: ``A, B and C``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def measure(indicator: str) -> str:
    """Name an indicator with its unit, such as for a subtitle."""
    definition = INDICATORS[indicator]
    return f"{definition.title}, {definition.unit}"


def scan_title(table: pd.DataFrame) -> str:
    """Say how many authorities moved beyond what the others did."""
    flagged = int((table["flagged"] == "yes").sum())
    if not flagged:
        return f"None of {len(table)} authorities moved clearly beyond what the others did"
    verb = "authority" if flagged == 1 else "authorities"
    return f"{flagged} of {len(table)} {verb} moved clearly beyond what the others did"


def scan_alt(table: pd.DataFrame) -> str:
    """Describe the chart of all authorities' changes."""
    study = table[table["study"] == "yes"]
    places = [f"{area} at {number(z)}" for area, z in zip(study["area"], study["z"], strict=True)]
    return (
        f"Dots, one an authority, by distance of its change from the middle one, from "
        f"{number(table['z'].min())} to {number(table['z'].max())} robust standard deviations: "
        f"{listed(places)}."
    )


def place(table: pd.DataFrame, area: str, decimals: int, unit: str) -> str:
    """Say in a sentence where one authority's change lies among all."""
    row = table.set_index("area").loc[area]
    way = "rose" if row["change"] > 0 else "fell"
    found = "is" if row["flagged"] == "yes" else "is not"
    return (
        f"{area} {way} by {number(abs(row['change']), decimals)} {unit} relative to its comparison "
        f"group, rank {row['rank']} of {len(table)} (p = {number(row['p_value'], 2)}, "
        f"q = {number(row['q_value'], 2)}): it {found} among those that stand out"
    )


def furthest(table: pd.DataFrame, decimals: int, unit: str) -> str:
    """Name the authority furthest from the middle with its change."""
    row = table.iloc[0]
    way = "up" if row["change"] > 0 else "down"
    return (
        f"{row['area']}, {way} by {number(abs(row['change']), decimals)} {unit} "
        f"(p = {number(row['p_value'], 3)} on its own, q = {number(row['q_value'], 2)} among all)"
    )


def ways(every: pd.DataFrame) -> str:
    """Say whether the answer depends on the method."""
    counts = every["flagged"]
    if counts.max() == 0:
        return "No method, on either scale, marks any authority"
    names = list(dict.fromkeys("; ".join(every.loc[counts > 0, "names"]).split("; ")))
    agreed = [name for name in names if all(name in cell.split("; ") for cell in every["names"])]
    always = f"; every choice marks {listed(agreed)}" if agreed else "; none is marked by all"
    return (
        f"Depending on the method and the scale, between {number(counts.min(), 0)} and "
        f"{number(counts.max(), 0)} are marked ({listed(names)}){always}"
    )


def in_the_study(every: pd.DataFrame, names: Sequence[str]) -> str:
    """Say whether any method marks an authority of the study."""
    marked = [name for name in names if any(name in cell.split("; ") for cell in every["names"])]
    if not marked:
        return f"None of the choices marks {listed(names, 'or')}"
    return f"At least one choice marks {listed(marked)}"


def funnel_title(frames: FunnelFrames) -> str:
    """Say how many authorities lie beyond the outer limits."""
    share = f"{frames.beyond} of {len(frames.points)} authorities lie beyond the 99.8% limits"
    if frames.result.overdispersion == "none":
        return f"If only chance were at work: {share}"
    return f"With ordinary differences between authorities allowed for: {share}"


def funnel_alt(frames: FunnelFrames, names: Sequence[str]) -> str:
    """Describe a funnel."""
    rows = frames.points.set_index("area")
    places = [f"{name} {rows.at[name, 'outside']}" for name in names if name in rows.index]
    return (
        f"Funnel plot of {len(rows)} authorities by size. {frames.beyond} lie beyond the 99.8% "
        f"limits. {listed(places)}."
    )


def forecast_title(found: Outlook, unit: str, area: str, definition: Indicator) -> str:
    """Say what range the last year of the forecast has."""
    last = found.forecasts[unit].table.iloc[-1]
    low, high = (number(last[end], 0) for end in ("lower_95", "upper_95"))
    short = definition.unit.replace(" children aged 0 to 17", "")
    return f"{area} in {last['year']:.0f}: anything from {low} to {high} {short}"


def forecast_alt(found: Outlook, unit: str, area: str) -> str:
    """Describe a fan chart."""
    table = found.forecasts[unit].table
    first, last = table.iloc[0], table.iloc[-1]
    return (
        f"Line chart of {area} and England with a forecast from {first['year']:.0f} to "
        f"{last['year']:.0f}. The forecast ends at {number(last['forecast'])}; its 95% interval "
        f"widens from {number(first['lower_95'])} to {number(first['upper_95'])} in the first year "
        f"to {number(last['lower_95'])} to {number(last['upper_95'])}."
    )


def forecast_notes(found: Outlook) -> list[str]:
    """Say beneath a forecast how the model did: coverage and MASE, by years ahead."""
    parts = [
        f"{row['step']:.0f} ahead, {number(100 * row['coverage_95'], 0)}% of outcomes inside the "
        f"95% interval and an error of {number(row['mase'], 2)} ordinary yearly changes (MASE)"
        for row in found.by_step.to_dict("records")
    ]
    return [
        f"Model: {model(found)}. Its record over all authorities, by years ahead: "
        f"{'; '.join(parts)}."
    ]


def model(found: Outlook) -> str:
    """Name the chosen model."""
    return f"{found.choice.model.replace('_', ' ')} on logarithms"


def next_to(found: Outlook, unit: str, area: str, decimals: int) -> str:
    """Give one authority's last forecast with its interval in a sentence."""
    last = found.forecasts[unit].table.iloc[-1]
    return (
        f"{area}: {number(last['forecast'], decimals)} in {last['year']:.0f}, 95% interval "
        f"{number(last['lower_95'], decimals)} to {number(last['upper_95'], decimals)}"
    )


def left_out(country: Country) -> str:
    """Name the authorities that lack a year."""
    names = country.left_out
    if not names:
        return "no authority is left out"
    # Some names hold a comma, hence semicolons.
    return "left out for want of a figure in some year: " + "; ".join(names)


def month(event: str) -> str:
    """Write ``2018-10`` as ``October 2018``."""
    return f"{pd.Timestamp(event):%B %Y}"
