"""The whole ledger, and what a change of figures does to it."""

from collections.abc import Mapping

import pandas as pd

from care_study.data.ledger import KEY, distance, explain, residuals, together, unexplained
from care_study.data.ledger_identities import Identity, identities
from care_study.data.ledger_rules import filled, released
from care_study.data.ledger_sums import added_tables, sums

SHOWN = 10


def whole(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Compute every residual of the ledger: listed identities, sums, releases, filled columns.

    Returns
    -------
    DataFrame
        See `ledger.residuals`.
    """
    general = [sums(tables), released(tables), filled(tables)]
    return together([residuals(tables), *(explain(frame) for frame in general)])


def touching(tables: Mapping[str, pd.DataFrame], changed: set[str]) -> pd.DataFrame:
    """Compute the residuals of the identities that name a changed table (columns as `whole`)."""
    there = set(tables)
    named = [one for one in identities() if changed & _tables_of(one) and _tables_of(one) <= there]
    pairs = [
        (table.name, column.name)
        for table in added_tables()
        if table.name in changed
        for column in table.figures
    ]
    frames = [residuals(tables, named)] if named else []
    frames += [explain(sums(tables, pairs))] if pairs else []
    frames += [explain(released(tables))] if "vintages" in changed else []
    frames += [explain(filled(tables, sorted(changed)))]
    return together(frames)


def _tables_of(identity: Identity) -> set[str]:
    return {term.table for term in identity.terms}


def news(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Find the unexplained residuals that a change brought: new ones, and those that moved.

    Parameters
    ----------
    before, after
        The residuals of the two states, as `whole` returns them.

    Returns
    -------
    DataFrame
        The rows of ``after`` that break their identity without a known reason, and did not do so
        by as much before; the largest first.
    """
    broken = unexplained(after)
    known = before.assign(held=distance(before))[[*KEY, "held"]]
    moved = broken.assign(size=distance(broken)).merge(known, on=KEY, how="left")
    return broken[~(moved["size"] <= moved["held"].fillna(-1.0) + 1e-9).to_numpy()].reset_index(
        drop=True
    )


def in_words(found: pd.DataFrame, shown: int = SHOWN) -> list[str]:
    """Write the residuals that `news` found as sentences, the largest ``shown`` of them."""
    meanings = {one.name: one.meaning for one in identities()}
    lines = [
        f"{row.area_name}, {row.year}: {_sentence(row, meanings)}"
        for row in found.head(shown).itertuples()
    ]
    more = len(found) - shown
    return [*lines, *([f"... and {more:,} more figures that do not add up"] if more > 0 else [])]


def _sentence(row: object, meanings: Mapping[str, str]) -> str:
    name, kind = str(getattr(row, "identity")), getattr(row, "kind")  # noqa: B009
    left, right = (_number(getattr(row, side)) for side in ("left", "right"))
    if kind == "sum":
        return f"authorities' {name.removeprefix('sum ')} add up to {left}, published is {right}"
    if kind == "release":
        return f"{name} is {left}, the releases before and after have {right}"
    if kind == "filled":
        return f"{name.removeprefix('filled ')} is empty, while nearly every authority has a figure"
    meaning = meanings[name]
    return f"{meaning[0].lower()}{meaning[1:]}: found {left} and {right}"


def _number(value: float) -> str:
    return "a range" if pd.isna(value) else f"{value:,.1f}".removesuffix(".0")
