"""The verdict rule: what was recomputed, set against what a document claims, on two axes.

``HELD_AGAINST`` and ``RULE`` (best first). The README of ``data/documents`` has its history.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from care_study.claims.reading import Reading
from care_study.claims.register import Claim, ClaimError
from care_study.show.facts import VERDICT_MIME

RANGE_RULE = (
    "The claimed range is the claim's value or range, widened at both ends by its precision."
)
RULE: dict[str, str] = {
    "reproduced": (
        "the recomputed value lies in the claimed range, and measures the same thing; where the "
        "claim is a limit or a direction (one end open), the whole interval of the recomputation "
        "lies in it."
    ),
    "not contradicted": (
        "not reproduced, but the interval of the recomputation overlaps the claimed range; or the "
        "claim is one of the combinations that the document's other numbers allow; or the value "
        "lies in the claimed range but measures something close to what the document speaks of, "
        "not the same thing. It does not say that the claim is true. It is the best that a claim "
        "without a number can have."
    ),
    "contradicted": (
        "the same thing was measured, or follows from the document's own numbers or a stated "
        "model, and no reading reaches the claimed range."
    ),
    "undecided": (
        "nothing public decides it: there is no public record, or only something close was "
        "measured and it lies elsewhere."
    ),
}
HELD_AGAINST = (
    "the same measure",
    "a near measure",
    "the document's own numbers",
    "a model",
    "no public record",
)
SAME, NEAR, OWN, MODEL, NOTHING = HELD_AGAINST
_CHECKED = {"internal arithmetic": OWN, "model": MODEL}
ROUNDING_RULE = "A value computed from rounded numbers has an interval too, that of their rounding."
READINGS_RULE = (
    "With several readings the verdict is the best that any reading supports, but it is reproduced "
    "only if every reading is, each in some case; its sentence says which readings survive."
)
OUTCOMES = tuple(RULE)
MOST_SHOWN = 4  # more readings than this are counted in the sentence, not listed
NO_RECORD = "it was held against nothing"
LEFT_OPEN = "it is undecided, so nothing could be shared"
_TINY = 1e-9
NO_TEST = 0.8  # from this severity on, a verdict says nothing


@dataclass(frozen=True)
class Verdict:
    """What the study found about one claim, as plain values.

    ``severity`` is the share of others for which the same claim would have come out as well (if
    contradicted: as badly): of authorities, or of numbers of the same form; ``among`` says which.
    Where there is none, ``unmeasured`` says why. ``stated`` is the claimed range, an open end
    ``None``; ``others`` are the other authorities' values of the first reading that is shown.
    """

    claim: str
    document: str
    weight: str
    held_against: str
    outcome: str
    claimed: str
    recomputed: str
    readings: tuple[Reading, ...]
    sentence: str
    notebook: str
    section: str
    severity: float | None = None
    among: str = ""
    unmeasured: str = ""
    stated: tuple[float | None, float | None] = (None, None)
    others: tuple[float, ...] = ()

    @property
    def is_test(self) -> bool:
        """Whether the claim could have come out otherwise for enough others."""
        return self.severity is None or self.severity < NO_TEST

    @property
    def shown(self) -> Reading | None:
        """The first reading that carries the outcome and has a value, or else a range."""
        carries = [one for one in self.readings if one.outcome == self.outcome] or self.readings
        valued = [one for one in carries if one.value is not None]
        ranged = [one for one in carries if one.lower is not None]
        return next(iter([*valued, *ranged]), None)

    @property
    def line(self) -> str:
        """One deterministic line: what the notebook shows as plain text."""
        return f"{self.claim}: {self.outcome}. {self.sentence}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {VERDICT_MIME: self.as_json(), "text/plain": self.line}

    def as_json(self) -> dict[str, Any]:
        """Turn the verdict into JSON-ready values."""
        return {**asdict(self), "readings": [asdict(reading) for reading in self.readings]}


def judge(
    claim: Claim,
    readings: Sequence[Reading],
    *,
    claimed: tuple[float, float] | None = None,
    section: str = "",
    comment: str = "",
) -> Verdict:
    """Give the verdict on a claim by `RULE`.

    Parameters
    ----------
    claim
        The claim, from `care_study.claims.read_claims`.
    readings
        What was recomputed: every reading that the register lists, in any order. Where it lists
        none, one or more readings with ids of the notebook's choice.
    claimed
        For a claim that says a direction in words: the range that it stands for.
    section
        Anchor of the notebook's section; by default the claim's id.
    comment
        A clause that ends the sentence, for what a reader must know besides.

    Returns
    -------
    Verdict
        With the outcome of each reading, whether it survives, and one sentence.

    Raises
    ------
    ClaimError
        When a listed reading is missing or an unlisted one given, when a reading has neither a
        value nor ``survives``, half an interval or a value outside it, or when the register says
        that the claim is not testable.
    """
    if claim.check == "not testable":
        raise ClaimError(
            f"{claim.id}: the register says that it is not testable ({claim.why_not_testable}). "
            "Use not_testable(claim), or correct the column check."
        )
    _check_ids(claim, readings)
    judged = tuple(_judged(claim, reading, claimed) for reading in readings)
    best = _best(judged)
    kept = [one for one in judged if OUTCOMES.index(one.outcome) <= OUTCOMES.index(best)]
    return Verdict(
        claim=claim.id,
        document=claim.document,
        weight=claim.weight,
        held_against=_held_against(claim, kept),
        outcome=best,
        claimed=claim.text,
        stated=_stated(claimed or claim.range),
        recomputed=_recomputed(kept),
        readings=judged,
        sentence=_sentence(claim, judged, comment),
        notebook=claim.notebook,
        section=section or claim.id,
    )


def judge_value(
    claim: Claim,
    value: float,
    lower: float | None = None,
    upper: float | None = None,
    *,
    unit: str = "",
    method: str = "",
    same_measure: bool = True,
    decimals: int | None = None,
    section: str = "",
    comment: str = "",
) -> Verdict:
    """Give the verdict on a claim that has one reading (see `judge`); its unit is the claim's."""
    reading = Reading(
        id="as-stated",
        label="as stated",
        value=value,
        lower=lower,
        upper=upper,
        unit=unit or claim.unit,
        method=method,
        same_measure=same_measure,
        decimals=decimals,
    )
    return judge(claim, [reading], section=section, comment=comment)


def not_testable(claim: Claim, reason: str = "", *, section: str = "") -> Verdict:
    """Record that a claim cannot be tested, with the reason (by default the register's).

    Raises
    ------
    ClaimError
        When neither the register nor the caller gives a reason.
    """
    reason = (reason or claim.why_not_testable).strip()
    if not reason:
        raise ClaimError(f"{claim.id}: say why it cannot be tested (reason=)")
    return Verdict(
        unmeasured=NO_RECORD,
        claim=claim.id,
        document=claim.document,
        weight=claim.weight,
        held_against=NOTHING,
        outcome="undecided",
        claimed=claim.text,
        recomputed="",
        readings=(),
        sentence=reason if reason.endswith(".") else f"{reason}.",
        notebook=claim.notebook,
        section=section or claim.id,
    )


def _check_ids(claim: Claim, readings: Sequence[Reading]) -> None:
    ids = [reading.id for reading in readings]
    if not ids:
        raise ClaimError(f"{claim.id}: no reading was given; expected at least one")
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ClaimError(f"{claim.id}: readings given twice: {', '.join(twice)}; rename one")
    given = {name.split("/")[0] for name in ids}
    missing = [name for name in claim.readings if name not in given]
    extra = sorted(given - set(claim.readings)) if claim.readings else []
    if missing or extra:
        raise ClaimError(
            f"{claim.id}: readings missing: {', '.join(missing) or 'none'}; not in the register: "
            f"{', '.join(extra) or 'none'}. Every reading of {', '.join(claim.readings)} must be "
            "computed; a case of a reading follows a slash, such as "
            f"{claim.readings[0]}/2018."
        )


def _judged(claim: Claim, reading: Reading, claimed: tuple[float, float] | None) -> Reading:
    """Fill in the verdict of one reading, and whether it survives."""
    where = f"{claim.id}, reading {reading.id}"
    plain = {name: _number(where, getattr(reading, name)) for name in ("value", "lower", "upper")}
    value, lower, upper = plain["value"], plain["lower"], plain["upper"]
    reading = replace(reading, value=value, lower=lower, upper=upper)
    if (lower is None) != (upper is None):
        raise ClaimError(f"{where}: an interval needs both ends, found {lower} to {upper}")
    if lower is not None and upper is not None:
        middle = lower if value is None else value
        if not lower - _TINY <= middle <= upper + _TINY:
            raise ClaimError(
                f"{where}: the value {value} is not within its interval {lower} to {upper}"
            )
    if reading.survives is not None:
        if claim.has_number and value is not None:
            raise ClaimError(
                f"{where}: the claim has a number and so has the reading, so the rule decides; "
                "leave survives out"
            )
        outcome = "not contradicted" if reading.survives else _missed(claim, reading)
    elif not claim.has_number and claimed is None:
        raise ClaimError(f"{where}: the claim has no number; say with survives= whether it holds")
    elif value is None and lower is None:
        raise ClaimError(
            f"{where}: neither a value nor survives was given; if there are no figures, use "
            "not_testable"
        )
    else:
        outcome = _by_numbers(claim, reading, claimed or claim.range)
    return replace(reading, outcome=outcome, survives=OUTCOMES.index(outcome) < 2)


def _number(where: str, value: Any) -> float | None:
    """Turn NumPy and pandas scalars into plain numbers; refuse what is missing or infinite."""
    if value is None:
        return None
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ClaimError(
            f"{where}: found {value!r}, expected a finite number; find out why it is missing, or "
            "use not_testable"
        )
    return value


def _stated(claimed: tuple[float, float]) -> tuple[float | None, float | None]:
    low, high = (end if math.isfinite(end) else None for end in claimed)
    return low, high


def _best(judged: Sequence[Reading]) -> str:
    """Give the best outcome of any reading; one that only some readings reproduce is not."""
    by_reading: dict[str, int] = {}
    for one in judged:
        place, name = OUTCOMES.index(one.outcome), one.id.split("/")[0]
        by_reading[name] = min(by_reading.get(name, place), place)
    best = min(by_reading.values())
    everywhere = best != 0 or max(by_reading.values()) == 0
    return OUTCOMES[best if everywhere else 1]


def _held_against(claim: Claim, kept: Sequence[Reading]) -> str:
    if claim.check in _CHECKED:
        return _CHECKED[claim.check]
    return SAME if any(reading.same_measure for reading in kept) else NEAR


def _missed(claim: Claim, reading: Reading) -> str:
    """Give what a miss means: of a near measure nothing is decided, others contradict."""
    near = claim.check not in _CHECKED and not reading.same_measure
    return "undecided" if near else "contradicted"


def _by_numbers(claim: Claim, reading: Reading, claimed: tuple[float, float]) -> str:
    """Apply the rule to one recomputed value and its interval."""
    low, high = claimed
    is_open = not (math.isfinite(low) and math.isfinite(high))
    value = reading.value

    def inside(number: float) -> bool:
        return low - _TINY <= number <= high + _TINY

    first = value if reading.lower is None else reading.lower
    last = value if reading.upper is None else reading.upper
    assert first is not None and last is not None  # the caller has refused a reading without
    whole = inside(first) and inside(last)
    same = value is not None and inside(value) and reading.same_measure
    if same and (whole or not is_open):
        return "reproduced"
    overlaps = first <= high + _TINY and last >= low - _TINY
    return "not contradicted" if overlaps else _missed(claim, reading)


def _sentence(claim: Claim, judged: Sequence[Reading], comment: str) -> str:
    end = f"; {comment.strip().rstrip('.')}." if comment.strip() else "."
    said = f"The document says {claim.text}" if claim.has_number else "The document gives no number"
    if len(judged) == 1:
        found = judged[0].text or judged[0].label
        return f"{said}; recomputed{': ' + found if found else ''}, {judged[0].outcome}{end}"
    if len(judged) > MOST_SHOWN:
        found = f" in {len(judged)} readings"
    else:
        found = ": " + "; ".join(_part(reading) for reading in judged)
    survivors = [reading.label for reading in judged if reading.survives]
    if len(survivors) == len(judged):
        kept = "every reading survives"
    else:
        kept = f"surviving readings: {', '.join(survivors) or 'none'}"
    return f"{said}; recomputed{found}; {kept}{end}"


def _part(reading: Reading) -> str:
    found = f", {reading.text}" if reading.text else ""
    return f"{reading.label}{found} ({reading.outcome})"


def _recomputed(kept: Sequence[Reading]) -> str:
    """Put the readings that carry the verdict in a few words: each, or a range a unit if many."""
    numbered = [reading for reading in kept if reading.value is not None]
    if len(kept) <= MOST_SHOWN or len(numbered) < 2:
        return "; ".join(filter(None, (reading.text for reading in kept))) or "no number"
    units = dict.fromkeys(reading.unit for reading in numbered)
    return "; ".join(_span([part for part in numbered if part.unit == unit]) for unit in units)


def _span(readings: Sequence[Reading]) -> str:
    values = [reading.value for reading in readings if reading.value is not None]
    if len(values) == 1:
        return readings[0].text
    few = replace(readings[0], value=None, lower=min(values), upper=max(values))
    return f"{few.text} over {len(values)} readings"
