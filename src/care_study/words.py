"""Numbers, lists, years and months in words: one rounding rule for everything a reader sees."""

from __future__ import annotations

import calendar
import math
import numbers
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

MINUS = "\N{MINUS SIGN}"
# Units that are written against the number; every other unit follows it after a space.
_SUFFIXES = {"%", "share"}
_PREFIXES = {"£"}
_SMALL = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


class FactError(ValueError):
    """A fact that cannot be recorded, read or written in words."""


def is_number(value: Any) -> bool:
    """Say whether a value is a number; yes and no are none."""
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def ten_digits(number: float) -> float:
    """Round to ten significant digits: all that is published, compared in tests and drawn.

    The six beyond them differ with the processor, as its logarithms and sums of products do.
    """
    return float(f"{number:.10g}")


def format_number(
    value: float, *, unit: str = "", decimals: int | None = None, words: bool = True
) -> str:
    """Write a number in the style of the Office for National Statistics.

    Thousands have commas, negative numbers a true minus sign, halves round up (away from zero).
    The unit ``%`` takes a value that is already a percentage; ``share`` takes a proportion from
    0 to 1 and shows it as a percentage; ``£`` goes before the number; ``year`` has no comma.

    Parameters
    ----------
    value : float
        A finite number.
    unit : str
        What the number counts, such as ``per 10,000``.
    decimals : int, optional
        Places after the point; by default 0 for whole numbers and 1 for others.
    words : bool
        Whether a unit in words follows the number.

    Raises
    ------
    FactError
        When the value is not a finite number.
    """
    if not is_number(value) or not math.isfinite(value):
        raise FactError(f"cannot format {value!r}: expected a finite number")
    exact = Decimal(repr(value.item() if hasattr(value, "item") else value))
    exact = exact * 100 if unit == "share" else exact
    places = decimals if decimals is not None else (0 if exact == exact.to_integral_value() else 1)
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    digits = f"{abs(rounded):f}" if unit == "year" else f"{abs(rounded):,f}"
    sign = MINUS if rounded < 0 else ""
    if unit in _PREFIXES:
        return f"{sign}{unit}{digits}"
    if unit in _SUFFIXES:
        return f"{sign}{digits}%"
    return f"{sign}{digits} {unit}" if unit not in {"", "year"} and words else f"{sign}{digits}"


def number(value: float, decimals: int = 1) -> str:
    """Write a number to so many decimals: ``1,234.5``."""
    return format_number(float(value), decimals=decimals)


def count(value: float, singular: str = "", plural: str = "") -> str:
    """Write a whole number with what it counts: ``1 child``, ``2 children``; ``1,234`` alone."""
    digits = format_number(float(value), decimals=0)
    if not singular:
        return digits
    return f"{digits} {singular if digits == '1' else plural or singular + 's'}"


def percent(value: float, decimals: int = 0) -> str:
    """Write a percentage that is one already: ``52.3%``."""
    return format_number(float(value), unit="%", decimals=decimals)


def share(value: float, decimals: int = 0) -> str:
    """Write a proportion from 0 to 1 as a percentage."""
    return format_number(float(value), unit="share", decimals=decimals)


def year(value: float) -> str:
    """Write a year, without a comma."""
    return format_number(float(value), unit="year", decimals=0)


def years(found: Iterable[float]) -> str:
    """Write years as a list: ``2014 and 2023``; ``no year`` where there is none."""
    return listed([year(one) for one in found], none="no year")


def span(first: float, last: float) -> str:
    """Write the first and last of some years: ``2013 to 2025``, or the one year."""
    return year(first) if first == last else f"{year(first)} to {year(last)}"


def runs(found: Iterable[float]) -> str:
    """Write years in words, runs as ranges: ``2013 to 2016, 2018``; at least one is needed."""
    known = sorted(int(one) for one in found)
    parts, start = [], known[0]
    for one, following in zip(known, [*known[1:], None], strict=True):
        if following != one + 1:
            parts.append(span(start, one))
            start = following if following is not None else one
    return ", ".join(parts)


def extent(values: Iterable[float], decimals: int = 1, none: str = "no figure") -> str:
    """Write the lowest and highest of several numbers: ``7 to 10``; once where they look alike."""
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return none
    low, high = (number(end, decimals) for end in (min(known), max(known)))
    return low if low == high else f"{low} to {high}"


def listed(names: Sequence[str], word: str = "and", none: str = "none") -> str:
    """Write names as a list: ``A, B and C``; another word where there is none."""
    if not names:
        return none
    return f"{', '.join(names[:-1])} {word} {names[-1]}" if len(names) > 1 else names[0]


def ordinal(place: int) -> str:
    """Write a place: ``1st``, ``2nd``, ``13th``."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{'th' if 10 < place % 100 < 14 else ending}"


def small(value: int) -> str:
    """Write a number up to ten as a word, others in digits: ``three``, ``11``."""
    return _SMALL[value] if 0 <= value < len(_SMALL) else count(value)


def month(event: str) -> str:
    """Write a year and month (``2018-10``) as ``October 2018``.

    Raises
    ------
    FactError
        On anything else.
    """
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", str(event))
    if not match:
        raise FactError(f"found {event!r}; expected a year and month such as '2018-10'")
    return f"{calendar.month_name[int(match[2])]} {match[1]}"


def day(found: date) -> str:
    """Write a date as ``1 December 2026``."""
    return f"{found.day} {calendar.month_name[found.month]} {found.year}"


def sentence(text: str) -> str:
    """Begin with a capital letter and end with a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def p_value(value: float) -> str:
    """Write a p-value to two decimals, or three where it is below 0.1: ``p = 0.36``."""
    if value < 0.001:
        return "p < 0.001"
    return f"p = {format_number(float(value), decimals=2 if value >= 0.1 else 3)}"
