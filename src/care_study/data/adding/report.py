"""Prints a revision report for people and for scripts."""

import json
from typing import Any

import pandas as pd

from care_study.data.adding.adding import Plan
from care_study.data.adding.revision import ORDER, summary

SHOWN = 15


def as_text(plan: Plan, shown: int = SHOWN) -> str:
    """Write the report in words: files, counts by table and year, the largest revisions, notes."""
    parts = ["\n".join(plan.files), headline(plan.changes)]
    if not plan.changes.empty:
        parts += [counts(plan.changes), largest(plan.changes, shown)]
    parts += ["\n".join(f"- {note}" for note in (*plan.areas, *plan.notes))]
    return "\n\n".join(part for part in parts if part)


def headline(changes: pd.DataFrame) -> str:
    """Say in one sentence how many figures changed."""
    if changes.empty:
        return "Nothing is new: every figure is held already."
    tally = changes["change"].value_counts()
    words = {
        "revised": "figures revised",
        "dropped": "rows dropped (kept as held)",
        "added": "figures added",
    }
    return "; ".join(f"{tally.get(kind, 0):,} {words[kind]}" for kind in ORDER) + "."


def counts(changes: pd.DataFrame) -> str:
    """Tabulate the changes by table, figure and year."""
    table = summary(changes)
    table["largest"] = [_number(value) for value in table["largest"]]
    table["median"] = [_number(value) for value in table["median"]]
    return table.to_string(index=False)


def largest(changes: pd.DataFrame, shown: int = SHOWN) -> str:
    """List the largest revisions of single authorities, then those of regions and England."""
    revised = changes[changes["change"] == "revised"]
    local = ~revised["area_id"].str.match(r"E\d{8}")
    parts = []
    for title, rows in (
        ("Largest revisions, authorities", revised[local]),
        ("Largest revisions, regions and England (published rounded)", revised[~local]),
    ):
        lines = [
            f"  {row.table} {row.year} {row.area_name} ({row.area_id}): {row.figure} "
            f"{row.held or 'empty'} -> {row.new or 'empty'}{_signed(row.difference)}"
            for row in rows.head(shown).itertuples()
        ]
        more = [f"  ... and {len(rows) - shown:,} more"] if len(rows) > shown else []
        parts += ["\n".join([f"{title}:", *lines, *more])] if lines else []
    return "\n\n".join(parts)


def as_json(plan: Plan, *, written: bool, saved: str = "") -> str:
    """Write the report for scripts."""
    changes = plan.changes.astype(object).where(plan.changes.notna(), None)
    return json.dumps(
        {
            "written": written,
            "report": saved,
            "files": list(plan.files),
            "tables": sorted(plan.tables),
            "counts": {kind: int((plan.changes["change"] == kind).sum()) for kind in ORDER},
            "areas": list(plan.areas),
            "notes": list(plan.notes),
            "changes": changes.to_dict("records"),
        },
        indent=2,
        ensure_ascii=False,
    )


def _number(value: Any) -> str:
    return "" if pd.isna(value) else f"{value:g}"


def _signed(value: Any) -> str:
    return "" if pd.isna(value) else f" ({value:+g})"
