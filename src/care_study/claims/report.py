"""Verdicts in and out of notebooks, and the counts that the audit chapter shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

import pandas as pd

from care_study.claims.reading import Reading
from care_study.claims.register import Claim, ClaimError
from care_study.claims.verdicts import NOTHING, OUTCOMES, Verdict
from care_study.show.shown import show

COLUMNS = [
    "claim",
    "document",
    "weight",
    "statement",
    "held_against",
    "outcome",
    "severity",
    "authorities",
    "value",
    "lower",
    "upper",
    "notebook",
    "section",
    "among",
    "unmeasured",
    "claimed",
    "recomputed",
    "sentence",
]
SHOWN = (*OUTCOMES, NOTHING)


def record_verdict(verdict: Verdict) -> None:
    """Record a verdict in the notebook's output, as facts are; outside a notebook, print it."""
    show(verdict)


def from_json(content: Mapping[str, Any]) -> Verdict:
    """Rebuild a verdict from the JSON in a notebook's output.

    Raises
    ------
    ClaimError
        When a field is missing or unknown, or the outcome is not one of the four.
    """
    expected = {field.name for field in fields(Verdict)}
    if set(content) != expected or content["outcome"] not in OUTCOMES:
        odd = sorted(set(content) ^ expected) or [str(content.get("outcome"))]
        raise ClaimError(
            f"verdict on {content.get('claim')!r}: odd fields or outcome {odd}; run again"
        )
    readings = tuple(Reading(**reading) for reading in content["readings"])
    tuples = {name: tuple(content[name]) for name in ("stated", "others")}
    return Verdict(**{**content, **tuples, "readings": readings})


def check_verdicts(claims: Mapping[str, Claim], verdicts: Iterable[Verdict]) -> None:
    """Check that every claim has exactly one verdict.

    Raises
    ------
    ClaimError
        Naming the claims without a verdict, with several, or not in the register.
    """
    given = [verdict.claim for verdict in verdicts]
    problems = {
        "without a verdict": [name for name in claims if name not in given],
        "with several verdicts": sorted({name for name in given if given.count(name) > 1}),
        "not in the register": sorted(set(given) - set(claims)),
    }
    found = [f"claims {what}: {', '.join(names)}" for what, names in problems.items() if names]
    if found:
        raise ClaimError(
            "; ".join(found) + ". Each claim's notebook must record one verdict on it."
        )


def verdicts_frame(claims: Mapping[str, Claim], verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """One row a verdict, in the order given.

    Returns
    -------
    DataFrame
        ``claim``, ``document``, ``weight``, ``statement``, ``held_against``, ``outcome``,
        ``severity`` (share from 0 to 1), ``authorities`` (others with a value), ``value``,
        ``lower``, ``upper`` (of the first reading that carries the outcome), ``notebook``,
        ``section``, ``among``, ``unmeasured``, ``claimed``, ``recomputed``, ``sentence``.
    """
    rows = [_row(claims[verdict.claim], verdict) for verdict in verdicts]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(claim: Claim, verdict: Verdict) -> dict[str, Any]:
    first = verdict.shown
    return {
        **{name: getattr(verdict, name, None) for name in COLUMNS},
        "authorities": len(verdict.others) or None,
        "statement": claim.statement,
        "value": first.value if first else None,
        "lower": first.lower if first else None,
        "upper": first.upper if first else None,
    }


def summary(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """Count verdicts by document and weight.

    Returns
    -------
    DataFrame
        ``document``, ``weight``, one column an outcome (all four, zeros included; claims without a
        public record are ``no public record``, not undecided), ``no_test`` (of the decided, those
        that would have come out the same nearly everywhere) and ``claims``, their sum.
    """
    rows = []
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for one in verdicts:
        groups.setdefault((one.document, one.weight), []).append(one)
    for (document, weight), members in groups.items():
        counts = {name: sum(shown_outcome(one) == name for one in members) for name in SHOWN}
        no_test = sum(not one.is_test for one in members)
        row = {"document": document, "weight": weight, **counts, "no_test": no_test}
        rows.append({**row, "claims": len(members)})
    return pd.DataFrame(rows, columns=["document", "weight", *SHOWN, "no_test", "claims"])


def shown_outcome(verdict: Verdict) -> str:
    """Say what came out; claims without a public record are told apart from the undecided."""
    return NOTHING if verdict.held_against == NOTHING else verdict.outcome
