"""What cannot be tested of the two letters, and why."""

from collections.abc import Mapping, Sequence

import pandas as pd

from care_study.claims import NOTHING, Claim, Verdict
from care_study.show.results import fact, finding, section
from care_study.show.shown import Shown
from care_study.show.table import table


@finding
class Untestable:
    """How many of the letters' claims can be tested."""

    sources = ("claims",)
    table: pd.DataFrame
    claims: int = fact("claims of the two letters that this chapter judges", unit="statements")
    untestable: int = fact("of these, without a public record")


@section
def untestable(claims: Mapping[str, Claim], verdicts: Sequence[Verdict]) -> Untestable:
    """List the claims that cannot be tested: ``letter``, ``place``, ``statement``, ``why``."""
    rows = [
        (claim.document[-4:], claim.locator, claim.statement, verdict.sentence)
        for verdict in verdicts
        if verdict.held_against == NOTHING and (claim := claims[verdict.claim])
    ]
    found = pd.DataFrame(rows, columns=["letter", "place", "statement", "why"])
    return Untestable(table=found, claims=len(verdicts), untestable=len(found))


@section
def statements(found: Untestable) -> Shown:
    """List the statements that cannot be tested, with the reason."""
    return table(
        found.table,
        name="not_testable",
        caption="Statements of quantity in the two letters that public figures cannot decide",
        row_header="statement",
        sources=found.sources,
    )
