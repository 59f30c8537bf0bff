"""Verdicts in and out of notebooks, and the counts that the audit chapter shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

import pandas as pd

from care_study.claims.register import Claim, ClaimError
from care_study.claims.verdicts import VERDICTS, Reading, Verdict
from care_study.show.shown import show


def record_verdict(verdict: Verdict) -> None:
    """Record a verdict in the notebook's output, as facts are; outside a notebook, print it."""
    show(verdict)


def from_json(content: Mapping[str, Any]) -> Verdict:
    """Rebuild a verdict from the JSON in a notebook's output.

    Raises
    ------
    ClaimError
        When a field is missing or unknown, or the verdict is not one of the four.
    """
    expected = {field.name for field in fields(Verdict)}
    if set(content) != expected or content["verdict"] not in VERDICTS:
        odd = sorted(set(content) ^ expected) or [str(content.get("verdict"))]
        raise ClaimError(
            f"verdict on {content.get('claim')!r}: odd fields or verdict {odd}; run again"
        )
    readings = tuple(Reading(**reading) for reading in content["readings"])
    return Verdict(**{**content, "readings": readings})


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


def verdicts_frame(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """One row a verdict, in the order given.

    Returns
    -------
    DataFrame
        Columns claim, document, verdict, claimed, recomputed, readings (number), surviving (their
        labels), sentence, notebook, section.
    """
    rows = [
        {
            "claim": verdict.claim,
            "document": verdict.document,
            "verdict": verdict.verdict,
            "claimed": verdict.claimed,
            "recomputed": verdict.recomputed,
            "readings": len(verdict.readings),
            "surviving": "; ".join(
                reading.label for reading in verdict.readings if reading.survives
            ),
            "sentence": verdict.sentence,
            "notebook": verdict.notebook,
            "section": verdict.section,
        }
        for verdict in verdicts
    ]
    columns = (
        "claim document verdict claimed recomputed readings surviving sentence notebook section"
    )
    return pd.DataFrame(rows, columns=columns.split())


def summary(verdicts: Iterable[Verdict]) -> pd.DataFrame:
    """Count verdicts by document.

    Returns
    -------
    DataFrame
        One row a document in the order met, one column a verdict (all four, zeros included), and
        ``claims``, their sum.
    """
    frame = verdicts_frame(verdicts)
    documents = list(dict.fromkeys(frame["document"]))
    counts = pd.crosstab(frame["document"], frame["verdict"])
    counts = counts.reindex(index=documents, columns=list(VERDICTS), fill_value=0)
    counts.columns.name = None
    counts.index.name = "document"
    return counts.assign(claims=counts.sum(axis=1))
