"""Findings: what their fields become as facts, and what is left out with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest

from care_study.data.geography import NeighbourError
from care_study.show.facts import FACT_MIME, fact_of
from care_study.show.results import (
    ABSENT_MIME,
    Absent,
    fact,
    facts_of,
    finding,
    given,
    record,
    section,
)
from care_study.show.shown import Shown, show
from care_study.statistics.intervals import Interval
from care_study.unavailable import Unavailable
from care_study.words import FactError

REFERRALS = ("referrals",)


@finding
class Inner:
    sources = ("workforce",)
    rate: float = fact("a / b", decimals=1)
    workers: int = fact("count", unit="workers")


@finding
class Outer:
    sources = REFERRALS
    area: str = fact("as chosen", sources=["authorities"])
    change: Interval = fact("later - earlier", unit="per 10,000", decimals=1)
    of: dict[str, float] = fact("by year", decimals=0)
    inner: Inner
    lists: dict[str, Inner]
    table: pd.DataFrame


def interval(level: float = 0.95, method: str = "Welch's t") -> Interval:
    return Interval(2.0, 1.0, 3.0, level, method)


def outer(**changes: Any) -> Outer:
    parts: dict[str, Any] = {
        "area": "Kent",
        "change": interval(),
        "of": {"2024": 4.0, "2025": 5.0},
        "inner": Inner(rate=1.0, workers=2),
        "lists": {"2021": Inner(rate=3.0, workers=1), "old": Inner(rate=4.0, workers=1)},
        "table": pd.DataFrame(),
    }
    return Outer(**parts | changes)


def by_name(found: Any) -> dict[str, Any]:
    return {one.name: one for one in facts_of(found)}


def test_every_declared_field_becomes_a_fact_and_others_do_not() -> None:
    assert list(by_name(outer())) == [
        "area", "change", "of_2024", "of_2025", "rate_inner", "workers_inner",
        "rate_2021", "workers_2021", "rate_old", "workers_old",
    ]  # fmt: skip


def test_an_interval_brings_its_limits_and_method() -> None:
    found = by_name(outer())["change"]
    assert (found.value, found.lower, found.upper) == (2.0, 1.0, 3.0)
    assert found.method == "Welch's t, 95%" and found.formula == "later - earlier"
    assert found.interval == "2.0 per 10,000 (1.0 to 3.0)"


def test_a_method_that_names_its_level_is_not_given_it_twice() -> None:
    found = by_name(outer(change=interval(0.8, "score, 80%")))["change"]
    assert found.method == "score, 80%"
    assert by_name(outer(change=interval(0.8)))["change"].method == "Welch's t, 80%"


def test_sources_are_those_of_the_finding_or_of_the_field() -> None:
    found = by_name(outer())
    assert found["change"].sources == found["of_2024"].sources == REFERRALS
    assert found["area"].sources == ("authorities",)
    assert found["rate_inner"].sources == found["rate_2021"].sources == ("workforce",)


def test_a_prefix_goes_before_the_name() -> None:
    @finding
    class Prefixed:
        sources = REFERRALS
        prefix: str
        rate: float = fact("a / b")

    @finding
    class Holder:
        one: Prefixed

    assert list(by_name(Prefixed(prefix="plans", rate=1.0))) == ["plans_rate"]
    # Within another finding the prefix alone names it.
    assert list(by_name(Holder(one=Prefixed(prefix="plans", rate=1.0)))) == ["plans_rate"]


def test_what_is_said_may_depend_on_what_was_found() -> None:
    @finding
    class Depends:
        unit: str
        tables: list[str]
        rate: float | None = fact(
            lambda found: f"counted in {found.unit}",
            unit=lambda found: found.unit,
            decimals=lambda found: 2,
            sources=lambda found: found.tables,
            note=lambda found: f"of {found.unit}",
            text=lambda found: "" if found.rate is not None else "not known",
        )

    found = by_name(Depends(unit="weeks", tables=["workforce"], rate=1.5))["rate"]
    assert (found.text, found.formula) == ("1.50 weeks", "counted in weeks")
    assert (found.sources, found.note) == (("workforce",), "of weeks")
    assert (
        by_name(Depends(unit="weeks", tables=["workforce"], rate=None))["rate"].text == "not known"
    )


def test_a_value_that_speaks_for_itself_is_asked() -> None:
    @dataclass(frozen=True)
    class Said:
        def as_fact(self) -> dict[str, Any]:
            return {
                "value": 30,
                "text": "at most 30",
                "formula": "as stated",
                "sources": ["claims"],
            }

    @finding
    class Holds:
        sources = REFERRALS
        claim: Said = fact()

    found = by_name(Holds(claim=Said()))["claim"]
    assert (found.value, found.text, found.formula) == (30, "at most 30", "as stated")
    assert found.sources == ("claims",)


def test_a_finding_cannot_be_changed_and_is_given_by_keyword() -> None:
    with pytest.raises(AttributeError):
        Inner(rate=1.0, workers=2).rate = 2.0  # type: ignore[misc]
    with pytest.raises(TypeError):
        Inner(1.0, 2)  # type: ignore[misc]


def test_a_value_that_cannot_be_a_fact_is_refused() -> None:
    with pytest.raises(FactError, match="fact rate: the value is missing"):
        facts_of(Inner(rate=float("nan"), workers=2))


# ---- parameters


def test_years_and_months_among_the_parameters_are_written_as_such() -> None:
    made = {one.name: one for one in given(first_year=2013, event="2018-10", area="Kent", draws=5)}
    assert made["first_year"].text == "2013" and made["event"].text == "October 2018"
    assert made["area"].text == "Kent" and made["draws"].text == "5"
    assert {one.sources for one in made.values()} == {("settings_of_the_study",)}


# ---- what cannot be computed


@section
def rate(area: str) -> str:
    if area == "Kent":
        return "a rate"
    raise Unavailable(f"{area} has no figure")


@section
def chart(found: str, *, name: str = "") -> str:
    return f"{found} drawn{name}"


def test_what_is_not_there_is_said_once_and_everything_built_on_it_says_the_same() -> None:
    gone = rate("Scilly")
    assert gone == Absent("rate", "Scilly has no figure.")
    assert chart(gone) is gone and chart("x", name=gone) is gone  # type: ignore[comparison-overlap]
    assert chart(rate("Kent")) == "a rate drawn"
    assert rate.__name__ == "rate"


def test_a_list_without_the_area_is_left_out_but_a_mistake_is_not() -> None:
    @section
    def neighbours() -> None:
        raise NeighbourError("the list of 2021 does not hold Cumberland")

    @section
    def mistaken() -> None:
        raise KeyError("share")

    assert isinstance(neighbours(), Absent)
    assert neighbours().reason.startswith("The list of 2021")
    with pytest.raises(KeyError):
        mistaken()


def test_a_part_left_out_is_shown_with_its_reason() -> None:
    bundle = Absent("rate", "Kent has no figure.")._repr_mimebundle_()
    assert bundle[ABSENT_MIME] == {"part": "rate", "reason": "Kent has no figure."}
    assert bundle["text/plain"] == "Left out: Kent has no figure."


# ---- recording


def test_everything_is_recorded_in_order_outside_a_notebook_as_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    alone = fact_of("alone", 3, formula="x", sources=["referrals"])
    record(
        Inner(rate=1.0, workers=2),
        given(area="Kent"),
        {"2021": Inner(rate=5.0, workers=1)},
        Absent("chart", "No figure."),
        [alone],
    )
    assert capsys.readouterr().out.splitlines() == [
        "rate = 1.0",
        "workers = 2 workers",
        "area = Kent",
        "rate_2021 = 5.0",
        "workers_2021 = 1 workers",
        "Left out: No figure.",
        "alone = 3",
    ]


def test_things_are_shown_in_order_one_by_one_or_in_lists(
    capsys: pytest.CaptureFixture[str],
) -> None:
    one, two, three = (Shown({"text/plain": text}) for text in ("1", "2", "3"))
    show(one, [two, [three]])
    assert capsys.readouterr().out == "1\n2\n3\n"


def test_a_fact_that_is_shown_holds_its_json(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr("care_study.show.shown.get_ipython", object)
    monkeypatch.setattr(
        "care_study.show.shown.display", lambda bundle, raw: shown.append({**bundle, "raw": raw})
    )
    record(Inner(rate=1.0, workers=2))
    assert [one[FACT_MIME]["name"] for one in shown] == ["rate", "workers"]
    assert all(one["raw"] for one in shown)


def test_a_field_of_what_is_absent_is_absent_for_the_same_reason():
    gone = Absent("care", "No figure.")
    assert gone.measured.change is gone
    with pytest.raises(AttributeError):
        gone._repr_html_  # noqa: B018 - a display asks for it
