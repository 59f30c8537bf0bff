"""Findings: typed results whose fields are facts, declared once beside the computation.

A section of a chapter defines what it finds as a class::

    @finding
    class Excess:
        sources = (*sources_of("looked_after_rate"), "statistical_neighbours")
        implied: Interval = fact("neighbours' rate x own children aged 0 to 17", decimals=0)
        choices: int = fact("lists x averages x ways to count")
        table: pd.DataFrame  # no fact: for charts and tables

and its notebook says ``found = excess(setting, year)`` and ``record(found)``. An interval brings
its limits, method and level along; a claim brings what the document states. A finding within a
finding, or a mapping of values or findings, gives facts named ``<inner>_<field or key>``; a finding
with a ``prefix`` gives facts named ``<prefix>_<field>``.
"""

from __future__ import annotations

import dataclasses
import functools
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ParamSpec, Protocol, TypeVar, cast, dataclass_transform, runtime_checkable

from care_study.data.geography import NeighbourError
from care_study.show.facts import Fact, fact_of
from care_study.show.shown import Showable, Shown, show
from care_study.statistics.forecasts import ForecastError
from care_study.statistics.trends import TrendError
from care_study.unavailable import Unavailable
from care_study.words import month, sentence

ABSENT_MIME = "application/vnd.care-study.absent+json"
SETTINGS = "settings_of_the_study"
YEARS = range(1900, 2200)
# What may be left out with its reason; every other error is a mistake and stops the notebook.
LEFT_OUT = (Unavailable, NeighbourError, TrendError, ForecastError)

_MADE_BY: dict[int, tuple[Any, ...]] = {}  # the function and the arguments that made a finding

Text = str | Callable[[Any], str]
Parameters = ParamSpec("Parameters")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Declared:
    """What is said once of a fact: see `fact`."""

    formula: Text
    unit: Text = ""
    decimals: int | Callable[[Any], int] | None = None
    sources: Sequence[str] | Callable[[Any], Sequence[str]] = ()
    method: Text = ""
    text: Text = ""
    note: Text = ""


def fact(
    formula: Text = "",
    *,
    unit: Text = "",
    decimals: int | Callable[[Any], int] | None = None,
    sources: Sequence[str] | Callable[[Any], Sequence[str]] = (),
    method: Text = "",
    text: Text = "",
    note: Text = "",
) -> Any:
    """Declare a field of a finding as a fact.

    Every text, the decimals and the sources may be a function of the finding where they depend on
    what was found. Sources are by default those of the finding (its ``sources``). The other
    arguments are those of `care_study.show.facts.fact_of`; limits and method come from the value
    itself when it is an interval, and the formula when it is a claim.
    """
    declared = Declared(formula, unit, decimals, sources, method, text, note)
    return dataclasses.field(metadata={"fact": declared})


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(fact,))
def finding(cls: type[Found]) -> type[Found]:
    """Make a class a finding: a frozen dataclass, its fields given by keyword."""
    return dataclass(frozen=True, kw_only=True)(cls)


@runtime_checkable
class Stated(Protocol):
    """A value that knows what it says of itself as a fact; a claim is one."""

    def as_fact(self) -> dict[str, Any]:
        """Arguments of `fact_of` that the value itself decides."""
        ...


@runtime_checkable
class _Estimated(Protocol):
    estimate: Any
    lower: Any
    upper: Any


def facts_of(found: Any) -> list[Fact]:
    """List the facts of a finding, or of several by key, in the order of their fields.

    Raises
    ------
    FactError
        As `fact_of`.
    """
    if isinstance(found, Mapping):
        pairs = ((key, arguments) for key, one in found.items() for arguments in _named(one))
        return [fact_of(**{**given, "name": f"{given['name']}_{key}"}) for key, given in pairs]
    return [fact_of(**arguments) for arguments in _named(found)]


def _named(found: Any) -> Iterator[dict[str, Any]]:
    prefix = getattr(found, "prefix", "")
    for arguments in _declared(found):
        name = arguments["name"]
        yield {**arguments, "name": f"{prefix}_{name}" if prefix else name}


def _declared(found: Any) -> Iterator[dict[str, Any]]:
    for field in dataclasses.fields(found):
        value = getattr(found, field.name)
        declared = field.metadata.get("fact")
        if _is_finding(value):
            own = getattr(value, "prefix", "")
            yield from _named(value) if own else _renamed(_named(value), field.name)
        elif isinstance(value, Mapping) and any(_is_finding(one) for one in value.values()):
            for key, one in value.items():
                yield from _renamed(_named(one), key)
        elif declared is not None and isinstance(value, Mapping):
            for key, one in value.items():
                yield _arguments(f"{field.name}_{key}", one, declared, found)
        elif declared is not None:
            yield _arguments(field.name, value, declared, found)


def _is_finding(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and any(
        "fact" in field.metadata for field in dataclasses.fields(value)
    )


def _renamed(inner: Iterable[dict[str, Any]], outer: str) -> Iterator[dict[str, Any]]:
    return ({**arguments, "name": f"{arguments['name']}_{outer}"} for arguments in inner)


def _arguments(name: str, value: Any, declared: Declared, found: Any) -> dict[str, Any]:
    own = _of_value(value)
    of_all = () if "sources" in own else getattr(found, "sources", ())
    said = {
        "formula": _said(declared.formula, found),
        "unit": _said(declared.unit, found),
        "decimals": _said(declared.decimals, found),
        "sources": _said(declared.sources, found) or of_all,
        "method": _said(declared.method, found),
        "text": _said(declared.text, found) or None,
        "note": _said(declared.note, found),
    }
    # What the declaration leaves open, the value decides.
    return {
        "name": name,
        **own,
        **{key: part for key, part in said.items() if part or key not in own},
    }


def _of_value(value: Any) -> dict[str, Any]:
    if isinstance(value, Stated):
        return value.as_fact()
    if not isinstance(value, _Estimated):
        return {"value": value}
    level = getattr(value, "level", None)
    method = getattr(value, "method", "")
    ends = {"lower": value.lower, "upper": value.upper}
    return {
        "value": value.estimate,
        **ends,
        "method": method if level is None or "%" in method else f"{method}, {level * 100:g}%",
    }


def _said(part: Any, found: Any) -> Any:
    return part(found) if callable(part) else part


# ---- parameters


def given(**parameters: Any) -> list[Fact]:
    """Make facts of a notebook's parameters: years and months are written as such."""
    return [_given(name, value) for name, value in parameters.items()]


def _given(name: str, value: Any) -> Fact:
    is_month = name in {"event", "month"} or name.endswith(("_event", "_month"))
    return fact_of(
        name=name,
        value=value,
        unit="year" if isinstance(value, int) and value in YEARS else "",
        text=month(value) if is_month else None,
        formula="a setting of this run",
        sources=[SETTINGS],
    )


# ---- what cannot be computed


@dataclass(frozen=True)
class Absent:
    """A part of a page that cannot be computed, with the reason in a sentence."""

    part: str
    reason: str

    def __getattr__(self, name: str) -> Absent:
        """Give the same for every field of what is not there, as a notebook may hand one on."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            ABSENT_MIME: {"part": self.part, "reason": self.reason},
            "text/plain": f"Left out: {self.reason}",
        }


def section(function: Callable[Parameters, Found]) -> Callable[Parameters, Found]:
    """Let a function of a section give the reason where its figures are not there.

    What is built on it (a chart, a table, a verdict of the same section) then gives the same
    `Absent`, so that a notebook needs no condition. Errors other than `LEFT_OUT` are not caught.
    """

    @functools.wraps(function)
    def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Found:
        for argument in (*args, *kwargs.values()):
            if isinstance(argument, Absent):
                return cast(Found, argument)
        try:
            found = function(*args, **kwargs)
        except LEFT_OUT as error:
            return cast(Found, Absent(function.__name__, sentence(str(error))))
        if _is_finding(found):
            _MADE_BY[id(found)] = (guarded, args, kwargs)
            weakref.finalize(found, _MADE_BY.pop, id(found), None)
        return found

    return guarded


def again(found: Any, swap: Callable[[Any], Any]) -> Any:
    """Compute a finding again, with other arguments.

    Parameters
    ----------
    found
        What a function marked as a `section` found, or a dataclass or mapping of such.
    swap
        Gives what stands in for an argument, or the argument itself. Findings among the arguments
        are computed again too.
    """
    if id(found) in _MADE_BY:
        function, args, kwargs = _MADE_BY[id(found)]
        return function(
            *(again(one, swap) for one in args),
            **{name: again(one, swap) for name, one in kwargs.items()},
        )
    swapped = swap(found)
    if swapped is found and dataclasses.is_dataclass(found) and not isinstance(found, type):
        parts = {part.name: getattr(found, part.name) for part in dataclasses.fields(found)}
        if any(id(one) in _MADE_BY for one in parts.values()):
            changed = {name: again(one, swap) for name, one in parts.items()}
            return dataclasses.replace(found, **changed)
    return swapped


# ---- recording


def record(*things: Any) -> None:
    """Record findings, facts and verdicts in the notebook's output, in order.

    Raises
    ------
    FactError
        As `fact_of`.
    """
    for thing in things:
        if isinstance(thing, Absent):
            show(thing)
        elif isinstance(thing, Mapping) or _is_finding(thing):
            show(*(as_shown(one) for one in facts_of(thing)))
        elif isinstance(thing, Fact):
            show(as_shown(thing))
        elif isinstance(thing, Showable):
            show(thing)
        else:
            record(*thing)


def as_shown(one: Fact) -> Shown:
    """Make a fact ready to be displayed."""
    return Shown(one.bundle)
