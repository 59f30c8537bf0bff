"""Facts: how numbers are written, what is refused, and what a notebook gives back."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from care_study.show import facts
from care_study.show.facts import FACT_MIME
from care_study.words import FactError

GOOD: dict[str, Any] = {"formula": "a / b", "sources": ["referrals"]}


def test_a_fact_carries_its_provenance() -> None:
    bundle = facts.fact_of(
        "rate_2018",
        np.float64(52.9),
        unit="per 10,000",
        decimals=0,
        lower=49.1,
        upper=57.0,
        method="exact Poisson, 95%",
        **GOOD,
    ).bundle
    assert bundle["text/plain"] == (
        "rate_2018 = 53 per 10,000 (49 to 57 per 10,000; exact Poisson, 95%)"
    )
    fact = facts.from_json(json.loads(json.dumps(bundle[FACT_MIME])))
    assert (fact.value, fact.lower, fact.upper) == (52.9, 49.1, 57.0)
    assert fact.number == "53"
    assert fact.range == "49 to 57 per 10,000"
    assert fact.interval == "53 per 10,000 (49 to 57)"
    assert fact.sources == ("referrals",)


def test_percentages_keep_their_sign_in_every_form() -> None:
    given_values = {"unit": "share", "decimals": 0, "lower": 0.2, "upper": 0.4, "method": "W"}
    fact = facts.fact_of("share_x", 0.3, **given_values, **GOOD)
    assert (fact.number, fact.range, fact.interval) == ("30%", "20% to 40%", "30% (20% to 40%)")


def test_words_and_absent_values_may_be_facts() -> None:
    made = [
        facts.fact_of("best", "Coventry", **GOOD),
        facts.fact_of("missing_2024", None, text="not published", **GOOD),
        facts.fact_of("gone", math.nan, text="not published", **GOOD),
    ]
    found = [facts.from_json(one.bundle[FACT_MIME]) for one in made]
    assert [fact.text for fact in found] == ["Coventry", "not published", "not published"]
    assert [fact.number for fact in found] == ["Coventry", "not published", "not published"]
    assert found[2].value is None


@pytest.mark.parametrize("name", ["Rate", "rate-2018", "2018_rate", "rate__x", "", "rate ", "_x"])
def test_a_name_not_in_snake_case_is_refused(name: str) -> None:
    with pytest.raises(FactError, match="snake case"):
        facts.fact_of(name, 1, **GOOD)


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
    change: dict[str, Any], message: str
) -> None:
    given_values = {"value": 1.5, **GOOD, **change}
    with pytest.raises(FactError, match=message):
        facts.fact_of("rate", given_values.pop("value"), **given_values)


def _notebook(*contents: dict[str, Any]) -> dict[str, Any]:
    outputs = [{"output_type": "display_data", "data": {FACT_MIME: one}} for one in contents]
    return {"cells": [{"cell_type": "markdown"}, {"cell_type": "code", "outputs": outputs}]}


def test_facts_are_read_from_an_executed_notebook(tmp_path: Path) -> None:
    made = [facts.fact_of(name, 1, **GOOD).bundle[FACT_MIME] for name in ("one", "two")]
    path = tmp_path / "coventry.ipynb"
    path.write_text(json.dumps(_notebook(*made)), encoding="utf-8")
    assert list(facts.read_facts(path)) == ["one", "two"]


def test_one_name_for_two_facts_is_refused(tmp_path: Path) -> None:
    content = facts.fact_of("one", 1, **GOOD).bundle[FACT_MIME]
    path = tmp_path / "coventry.ipynb"
    path.write_text(json.dumps(_notebook(content, content)), encoding="utf-8")
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
