"""Numbers, lists, years and months in words."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from care_study import words
from care_study.words import FactError


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "expected"),
    [
        (5754, "referrals", None, "5,754 referrals"),
        (1234567.5, "", 0, "1,234,568"),
        (-3.25, "percentage points", 1, "−3.3 percentage points"),
        (0.5, "", 0, "1"),
        (2.5, "", 0, "3"),
        (0.2941, "share", 1, "29.4%"),
        (0.29, "share", None, "29%"),
        (29.4, "%", 1, "29.4%"),
        (-0.04, "", 1, "0.0"),
        (2018, "year", None, "2018"),
        (-1200, "£", 0, "−£1,200"),
        (52.0, "per 10,000", None, "52 per 10,000"),
        (52.94, "per 10,000", None, "52.9 per 10,000"),
        (np.float64(1.005), "", 2, "1.01"),
        (np.int64(7), "", None, "7"),
    ],
)
def test_numbers_are_written_as_statisticians_do(
    value: float, unit: str, decimals: int | None, expected: str
) -> None:
    assert words.format_number(value, unit=unit, decimals=decimals) == expected


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_a_written_number_reads_back_to_within_half_a_place(value: float, decimals: int) -> None:
    text = words.format_number(value, decimals=decimals).replace(",", "").replace(words.MINUS, "-")
    assert abs(float(text) - value) <= 0.5 * 10**-decimals * (1 + 1e-9) + abs(value) * 1e-12
    assert not text.startswith("-0") or float(text) != 0


@pytest.mark.parametrize("value", [math.nan, math.inf, None, "5", True, pd.NA])
def test_what_is_no_finite_number_is_refused(value: object) -> None:
    with pytest.raises(FactError, match="expected a finite number"):
        words.format_number(value)  # type: ignore[arg-type]


def test_a_unit_in_words_can_be_left_out() -> None:
    assert words.format_number(3, unit="children", words=False) == "3"
    assert words.format_number(0.3, unit="share", words=False) == "30%"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (words.number(1234.25), "1,234.3"),
        (words.number(-0.25, 1), "−0.3"),
        (words.count(1, "child", "children"), "1 child"),
        (words.count(0, "child", "children"), "0 children"),
        (words.count(1.4, "manager"), "1 manager"),
        (words.count(1234, "year"), "1,234 years"),
        (words.count(7), "7"),
        (words.percent(52.25, 1), "52.3%"),
        (words.share(0.005), "1%"),
        (words.year(2018.0), "2018"),
        (words.years([2014, 2023.0]), "2014 and 2023"),
        (words.years([]), "no year"),
        (words.span(2013, 2025), "2013 to 2025"),
        (words.span(2013, 2013), "2013"),
        (words.listed(["A"]), "A"),
        (words.listed(["A", "B", "C"], "or"), "A, B or C"),
        (words.listed([], none="nobody"), "nobody"),
        (words.small(0), "no"),
        (words.small(10), "ten"),
        (words.small(11), "11"),
        (words.month("2018-10"), "October 2018"),
        (words.sentence(" one thing "), "One thing."),
        (words.sentence("Why?"), "Why?"),
        (words.p_value(0.0004), "p < 0.001"),
        (words.p_value(0.0456), "p = 0.046"),
        (words.p_value(0.365), "p = 0.37"),
    ],
)
def test_everything_is_written_in_one_way(written: str, expected: str) -> None:
    assert written == expected


@pytest.mark.parametrize(
    ("place", "expected"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"),
     (21, "21st"), (112, "112th"), (122, "122nd")],
)  # fmt: skip
def test_places_are_written_as_they_are_spoken(place: int, expected: str) -> None:
    assert words.ordinal(place) == expected


@pytest.mark.parametrize("event", ["2018", "2018-13", "October 2018", ""])
def test_what_is_no_month_is_refused(event: str) -> None:
    with pytest.raises(FactError, match="expected a year and month"):
        words.month(event)
