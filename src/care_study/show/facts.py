"""Facts: named, formatted numbers that carry where they come from.

A notebook records a fact; prose shows it by name. The fact travels in the notebook's own output
as a small JSON document, so the executed notebook is the only thing the book needs to read.
"""

from __future__ import annotations

import json
import math
import numbers
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from care_study.data.schemas import TABLES
from care_study.paths import DOCUMENTS
from care_study.show.shown import Shown, show
from care_study.words import FactError, format_number, is_number, ten_digits

FACT_MIME = "application/vnd.care-study.fact+json"
VERDICT_MIME = "application/vnd.care-study.verdict+json"
UNKNOWN = "not known"
# What a number of the methods appendix comes from, where no table is behind it.
NOT_TABLES = frozenset(
    {
        "simulation",
        "assumptions_of_the_study",
        "settings_of_the_study",
        "published_reference_values",
    }
)

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True)
class Fact:
    """One number with its interval and its provenance, as JSON-ready plain values."""

    name: str
    value: float | int | str | None
    unit: str
    decimals: int | None
    lower: float | int | str | None
    upper: float | int | str | None
    method: str
    formula: str
    sources: tuple[str, ...]
    text: str
    note: str = ""

    @property
    def number(self) -> str:
        """The number without its unit in words (a percent or pound sign stays)."""
        return self.text if not is_number(self.value) else self._format(self.value, words=False)

    @property
    def range(self) -> str:
        """The interval in words, such as ``49 to 57 per 10,000``; empty when there is none."""
        if self.lower is None or self.upper is None:
            return ""
        low = self._format(self.lower, words=False)
        return f"{low} to {self._format(self.upper)}"

    @property
    def interval(self) -> str:
        """The value with its interval in brackets, or the value alone."""
        if not self.range:
            return self.text
        low, high = (self._format(bound, words=False) for bound in (self.lower, self.upper))
        return f"{self.text} ({low} to {high})"

    @property
    def line(self) -> str:
        """One deterministic line that says everything: what the notebook shows as plain text."""
        detail = "; ".join(part for part in (self.range, self.method) if part)
        return f"{self.name} = {self.text}" + (f" ({detail})" if detail else "")

    @property
    def bundle(self) -> dict[str, Any]:
        """What a notebook's output holds: the fact as JSON, and its line."""
        return {FACT_MIME: _as_json(self), "text/plain": self.line}

    def _format(self, value: Any, *, words: bool = True) -> str:
        return format_number(value, unit=self.unit, decimals=self.decimals, words=words)


def fact_of(
    name: str,
    value: float | int | str | None,
    *,
    unit: str = "",
    decimals: int | None = None,
    lower: float | None = None,
    upper: float | None = None,
    method: str = "",
    formula: str,
    sources: Sequence[str],
    text: str | None = None,
    note: str = "",
) -> Fact:
    """Make one fact, checked.

    Parameters
    ----------
    name : str
        In snake case, unique in its notebook; prose says ``{fact}`name` ``, other pages
        ``{fact}`notebook.name` ``.
    value : float, int, str or None
        The number as computed. Words (an authority's name, a verdict) may be a fact too.
    unit : str
        As in `format_number`: ``per 10,000``, ``children``, ``%`` (value already a percentage),
        ``share`` (value from 0 to 1), ``£``, ``year``, ``percentage points``.
    decimals : int, optional
        Places after the point.
    lower, upper : float, optional
        Ends of the interval, in the unit of the value; both or neither.
    method : str
        How the interval was found and its level, such as ``exact Poisson, 95%``.
    formula : str
        How the value is computed, in words.
    sources : sequence of str
        The figure tables it is computed from.
    text : str, optional
        What prose shows, when formatting by rule is not what is wanted; required when the value
        is missing (``not published``).
    note : str
        One more sentence for the reader.

    Raises
    ------
    FactError
        On a name not in snake case, a missing value without a text, half an interval, an interval
        that is upside down, a missing formula, or an unknown source.
    """
    _check_words(name, formula)
    check_sources(f"fact {name}", sources)
    value, low, high = (_plain(name, part) for part in (value, lower, upper))
    if value is None and text is None:
        raise FactError(
            f"fact {name}: the value is missing (None or not a number); find out why, or pass "
            "text= with the words that prose should show, such as 'not published'"
        )
    _check_interval(name, low, high, method)
    if text is None:
        text = _text_of(value, unit, decimals)
    return Fact(
        name=name,
        value=value,
        unit=unit,
        decimals=decimals,
        lower=low,
        upper=high,
        method=method,
        formula=formula.strip(),
        sources=tuple(sources),
        text=text,
        note=note,
    )


def record(name: str, value: Any, **said: Any) -> None:
    """Record one fact by its arguments (see `fact_of`); findings are recorded as a whole."""
    show(Shown(fact_of(name, value, **said).bundle))


def _text_of(value: Any, unit: str, decimals: int | None) -> str:
    return value if isinstance(value, str) else format_number(value, unit=unit, decimals=decimals)


def _check_words(name: str, formula: str) -> None:
    if not _NAME.fullmatch(name):
        raise FactError(
            f"fact {name!r}: expected a name in snake case, such as rate_2018 "
            "(lower-case letters, digits, single underscores)"
        )
    if not formula.strip():
        raise FactError(f"fact {name}: formula is empty; say in words how the value is computed")


def _plain(name: str, value: Any) -> float | int | str | None:
    """Turn scalars of NumPy and pandas into plain values of ten digits; what is missing, None."""
    if value is None or isinstance(value, str):
        return value
    value = value.item() if hasattr(value, "item") else value
    if type(value).__name__ in {"NAType", "NaTType"} or (is_number(value) and math.isnan(value)):
        return None
    if not is_number(value):
        raise FactError(
            f"fact {name}: expected a number or text, found {type(value).__name__} {value!r}"
        )
    if math.isinf(value):
        raise FactError(
            f"fact {name}: found {value}, expected a finite number; check for a zero denominator"
        )
    return int(value) if isinstance(value, numbers.Integral) else ten_digits(value)


def _check_interval(name: str, lower: Any, upper: Any, method: str) -> None:
    if lower is None and upper is None:
        return
    if lower is None or upper is None:
        raise FactError(f"fact {name}: an interval needs both ends, found {lower} to {upper}")
    if lower > upper:
        raise FactError(f"fact {name}: the interval is upside down, {lower} to {upper}")
    if not method.strip():
        raise FactError(
            f"fact {name}: say with method= how the interval was found and at what level"
        )


def check_sources(what: str, sources: Sequence[str]) -> None:
    """Refuse sources that are not tables of the study.

    Raises
    ------
    FactError
        When there is no source, or one that is no table of the study.
    """
    if isinstance(sources, str) or not all(isinstance(name, str) for name in sources):
        raise FactError(f"{what}: sources must be a list of table names, found {sources!r}")
    if not sources:
        raise FactError(f"{what}: sources is empty; name the tables that it is computed from")
    known = known_sources()
    unknown = sorted(set(sources) - known)
    if unknown:
        raise FactError(
            f"{what}: unknown source {', '.join(unknown)}; "
            f"expected some of {', '.join(sorted(known))}"
        )


def known_sources() -> frozenset[str]:
    """List what may be cited: the figure tables, those about the documents, and `NOT_TABLES`."""
    return frozenset(TABLES) | {path.stem for path in DOCUMENTS.glob("*.csv")} | NOT_TABLES


def _as_json(fact: Fact) -> dict[str, Any]:
    return {**asdict(fact), "sources": list(fact.sources)}


def from_json(content: dict[str, Any]) -> Fact:
    """Rebuild a fact from the JSON in a notebook's output.

    Raises
    ------
    FactError
        When a field is missing or unknown.
    """
    expected = {field.name for field in fields(Fact)}
    if set(content) != expected:
        odd = sorted(set(content) ^ expected)
        raise FactError(
            f"fact {content.get('name')!r}: fields missing or unknown: {odd}; run again"
        )
    return Fact(**{**content, "sources": tuple(content["sources"])})


def bundles(notebook: dict[str, Any], mime: str) -> Iterator[Any]:
    """Contents of every output of one MIME type in a notebook read as JSON, in order.

    Raises
    ------
    FactError
        When the cells are not those of a notebook.
    """
    try:
        for cell in notebook.get("cells", []):
            for output in cell.get("outputs", []):
                content = output.get("data", {}).get(mime)
                if content is not None:
                    yield content
    except (AttributeError, TypeError):
        raise FactError("expected the cells of a notebook, found another shape") from None


def read_notebook(path: str | Path) -> dict[str, Any]:
    """Read a notebook as plain JSON.

    Raises
    ------
    FactError
        When the file is not a notebook.
    """
    try:
        notebook = json.loads(Path(path).read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FactError(f"{Path(path).name}: expected a notebook in JSON: {error}") from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise FactError(f"{Path(path).name}: expected a notebook, found JSON without cells")
    return notebook


def facts_in(notebook: dict[str, Any]) -> dict[str, Fact]:
    """Facts in an executed notebook, by name, in the order recorded.

    Raises
    ------
    FactError
        When one name is recorded twice.
    """
    found: dict[str, Fact] = {}
    for content in bundles(notebook, FACT_MIME):
        fact = from_json(content)
        if fact.name in found:
            raise FactError(f"fact {fact.name} is recorded twice; rename one")
        found[fact.name] = fact
    return found


def read_facts(notebook_path: str | Path) -> dict[str, Fact]:
    """Facts in the file of an executed notebook, as `facts_in`."""
    try:
        return facts_in(read_notebook(notebook_path))
    except FactError as error:
        name = Path(notebook_path).name
        raise FactError(f"{name}: {str(error).removeprefix(f'{name}: ')}") from error


def read_verdicts(notebook_path: str | Path) -> list[dict[str, Any]]:
    """Verdicts in the file of an executed notebook, as recorded, in order."""
    return list(bundles(read_notebook(notebook_path), VERDICT_MIME))
