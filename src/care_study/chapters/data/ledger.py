"""Do the figures agree with one another: identities, what is left of them, and why."""

from collections.abc import Mapping

import pandas as pd

from care_study.data.ledger import distance, residuals
from care_study.data.ledger_identities import identities
from care_study.data.schemas import TABLES
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.show.table import table

LARGEST_SHOWN = 25
UNKNOWN = "no reason is known"


@finding
class Ledger:
    """How often figures that must agree do agree."""

    sources: list[str]
    table: pd.DataFrame
    largest: pd.DataFrame
    identities: int = fact("identities that bind figures of the tables")
    checks: int = fact("identities x areas x years with both sides", unit="comparisons")
    agree: float = fact(
        "comparisons that hold, within rounding and what is suppressed / all comparisons",
        unit="share",
        decimals=1,
    )
    explained: int = fact("comparisons that do not hold, and whose reason is known")
    unexplained: int = fact("comparisons that do not hold, and for which no reason is known")


def ledger(tables: Mapping[str, pd.DataFrame]) -> Ledger:
    """Compute every identity of the figure tables for every area and year."""
    found = residuals(tables)
    broken = found[~found["within"]]
    return Ledger(
        sources=_tables(),
        table=by_identity(found),
        largest=largest(broken),
        identities=found["identity"].nunique(),
        checks=len(found),
        agree=float(found["within"].mean()),
        explained=int((broken["explanation"] != "").sum()),
        unexplained=int((broken["explanation"] == "").sum()),
    )


def _tables() -> list[str]:
    named = {term.table for identity in identities() for term in identity.terms}
    return [name for name in TABLES if name in named]


def by_identity(found: pd.DataFrame) -> pd.DataFrame:
    """Count, for every identity, how often it holds.

    Returns
    -------
    DataFrame
        ``meaning``; ``checked`` areas and years, ``broken`` of them, ``unexplained`` of those;
        ``residual`` furthest from zero. The most often broken come first.
    """
    meanings = {identity.name: identity.meaning for identity in identities()}
    rows = []
    for name, part in found.groupby("identity", sort=False):
        broken = part[~part["within"]]
        away = distance(broken)
        worst = float(broken["residual"].to_numpy()[away.argmax()]) if len(broken) else 0.0
        rows.append(
            {
                "meaning": meanings[str(name)],
                "checked": len(part),
                "broken": len(broken),
                "unexplained": int((broken["explanation"] == "").sum()),
                "residual": worst,
            }
        )
    return pd.DataFrame(rows).sort_values(
        ["broken", "meaning"], ascending=[False, True], ignore_index=True
    )


def largest(broken: pd.DataFrame, number: int = LARGEST_SHOWN) -> pd.DataFrame:
    """List the largest residuals of authorities in terms of what they are part of, and the reason.

    Returns
    -------
    DataFrame
        ``meaning``, ``area_name``, ``year``, ``one_side``, ``other_side``, ``residual``,
        ``explanation``; one row an identity and reason, its largest.
    """
    meanings = {identity.name: identity.meaning for identity in identities()}
    order = distance(broken).sort_values(ascending=False, kind="stable").index
    rows = broken.loc[order].drop_duplicates(["identity", "explanation"]).head(number)
    shown = rows[["area_name", "year", "left", "right", "residual", "explanation"]]
    shown = shown.rename(columns={"left": "one_side", "right": "other_side"})
    shown = shown.assign(
        explanation=shown["explanation"].where(shown["explanation"] != "", UNKNOWN)
    )
    shown.insert(0, "meaning", rows["identity"].map(meanings))
    return shown.reset_index(drop=True)


def identities_table(found: Ledger) -> Shown:
    """List the identities, and how often each holds."""
    return table(
        found.table,
        name="ledger",
        caption="What the figures must satisfy, and how often they do",
        row_header="meaning",
        sources=found.sources,
        places=1,
    )


def largest_table(found: Ledger) -> Shown:
    """List the largest residuals with their reasons."""
    return table(
        found.largest,
        name="ledger_largest",
        caption="The largest that is left of each identity and reason",
        row_header="meaning",
        sources=found.sources,
        places=1,
        notes=[
            "Figures of regions and England are rounded, and suppressed cells may be anything that "
            "their whole leaves: what is listed is left over beyond both."
        ],
    )
