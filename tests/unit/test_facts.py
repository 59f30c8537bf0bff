"""Facts: how numbers are written, what is refused, and what a notebook gives back."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from care_study.show import facts
from care_study.show.facts import FACT_MIME
from care_study.words import FactError, format_number

GOOD: dict[str, Any] = {"formula": "a / b", "sources": ["referrals"]}


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Bundles that would be displayed in a notebook."""
    bundles: list[dict[str, Any]] = []
    monkeypatch.setattr(facts, "show", bundles.append)
    return bundles


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
    assert format_number(value, unit=unit, decimals=decimals) == expected


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_a_written_number_reads_back_to_within_half_a_place(value: float, decimals: int) -> None:
    text = format_number(value, decimals=decimals).replace(",", "").replace(facts.MINUS, "-")
    assert abs(float(text) - value) <= 0.5 * 10**-decimals * (1 + 1e-9) + abs(value) * 1e-12
    assert not text.startswith("-0") or float(text) != 0


def test_a_fact_carries_its_provenance(shown: list[dict[str, Any]]) -> None:
    facts.record(
        "rate_2018",
        np.float64(52.9),
        unit="per 10,000",
        decimals=0,
        lower=49.1,
        upper=57.0,
        method="exact Poisson, 95%",
        **GOOD,
    )
    (bundle,) = shown
    assert bundle["text/plain"] == (
        "rate_2018 = 53 per 10,000 (49 to 57 per 10,000; exact Poisson, 95%)"
    )
    fact = facts.from_json(json.loads(json.dumps(bundle[FACT_MIME])))
    assert (fact.value, fact.lower, fact.upper) == (52.9, 49.1, 57.0)
    assert fact.number == "53"
    assert fact.range == "49 to 57 per 10,000"
    assert fact.interval == "53 per 10,000 (49 to 57)"
    assert fact.sources == ("referrals",)


def test_percentages_keep_their_sign_in_every_form(shown: list[dict[str, Any]]) -> None:
    facts.record("share_x", 0.3, unit="share", decimals=0, lower=0.2, upper=0.4, method="W", **GOOD)
    fact = facts.from_json(shown[0][FACT_MIME])
    assert (fact.number, fact.range, fact.interval) == ("30%", "20% to 40%", "30% (20% to 40%)")


def test_words_and_absent_values_may_be_facts(shown: list[dict[str, Any]]) -> None:
    facts.record("best", "Coventry", **GOOD)
    facts.record("missing_2024", None, text="not published", **GOOD)
    facts.record("gone", math.nan, text="not published", **GOOD)
    found = [facts.from_json(bundle[FACT_MIME]) for bundle in shown]
    assert [fact.text for fact in found] == ["Coventry", "not published", "not published"]
    assert [fact.number for fact in found] == ["Coventry", "not published", "not published"]
    assert found[2].value is None


@pytest.mark.parametrize("name", ["Rate", "rate-2018", "2018_rate", "rate__x", "", "rate ", "_x"])
def test_a_name_not_in_snake_case_is_refused(name: str, shown: list[Any]) -> None:
    with pytest.raises(FactError, match="snake case"):
        facts.record(name, 1, **GOOD)
    assert shown == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": math.nan}, "value is missing"),
        ({"value": pd.NA}, "value is missing"),
        ({"value": np.float64("nan")}, "value is missing"),
        ({"value": math.inf}, "zero denominator"),
        ({"value": [1]}, "found list"),
        ({"value": True}, "found bool"),
        ({"formula": " "}, "formula is empty"),
        ({"sources": []}, "sources is empty"),
        ({"sources": "referrals"}, "must be a list"),
        ({"sources": ["referals"]}, "unknown source referals; expected some of .*referrals"),
        ({"lower": 1.0}, "both ends"),
        ({"lower": 1.0, "upper": math.nan, "method": "W"}, "both ends"),
        ({"lower": 2.0, "upper": 1.0, "method": "W"}, "upside down"),
        ({"lower": 1.0, "upper": 2.0}, "method="),
    ],
)
def test_what_cannot_be_a_fact_is_refused_with_a_reason(
    change: dict[str, Any], message: str, shown: list[Any]
) -> None:
    given_values = {"value": 1.5, **GOOD, **change}
    with pytest.raises(FactError, match=message):
        facts.record("rate", given_values.pop("value"), **given_values)
    assert shown == []


def _notebook(*contents: dict[str, Any]) -> dict[str, Any]:
    outputs = [{"output_type": "display_data", "data": {FACT_MIME: one}} for one in contents]
    return {"cells": [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": outputs}]}


def test_facts_are_read_from_an_executed_notebook(
    shown: list[dict[str, Any]], tmp_path: Path
) -> None:
    facts.record("one", 1, **GOOD)
    facts.record("two", 2, **GOOD)
    path = tmp_path / "coventry.ipynb"
    path.write_text(json.dumps(_notebook(*(b[FACT_MIME] for b in shown))), encoding="utf-8")
    assert list(facts.read_facts(path)) == ["one", "two"]


def test_one_name_for_two_facts_is_refused(shown: list[dict[str, Any]], tmp_path: Path) -> None:
    facts.record("one", 1, **GOOD)
    path = tmp_path / "coventry.ipynb"
    path.write_text(json.dumps(_notebook(*[shown[0][FACT_MIME]] * 2)), encoding="utf-8")
    with pytest.raises(FactError, match=r"coventry.ipynb: fact one is recorded twice"):
        facts.read_facts(path)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"cells": 3}', "\x00"])
def test_what_is_no_notebook_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FactError, match=r"broken.ipynb: expected a notebook"):
        facts.read_facts(path)


def test_fields_of_another_version_are_refused() -> None:
    with pytest.raises(FactError, match=r"missing or unknown.*run again"):
        facts.from_json({"name": "x", "colour": "red"})


def test_verdicts_are_read_as_recorded(tmp_path: Path) -> None:
    path = tmp_path / "audit.ipynb"
    data = {facts.VERDICT_MIME: {"claim": "c1", "verdict": "consistent"}}
    cells = [{"cell_type": "code", "outputs": [{"data": data}]}]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert facts.read_verdicts(path) == [{"claim": "c1", "verdict": "consistent"}]


def test_outside_a_notebook_the_line_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    facts.record("plain", 3, **GOOD)
    assert capsys.readouterr().out == "plain = 3\n"
