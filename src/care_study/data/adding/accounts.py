"""Asks the ledger what a change of tables does to the identities between the figures."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from care_study.data import ledger_news
from care_study.data.schemas import TABLES
from care_study.data.tables import Tables, typed


class _With(Mapping[str, pd.DataFrame]):
    """The held tables, with some in place of theirs; others are read only when asked for."""

    def __init__(self, held: Tables, new: Mapping[str, pd.DataFrame]) -> None:
        self.held, self.new = held, new

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.new[name] if name in self.new else self.held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.held)

    def __len__(self) -> int:
        return len(self.held)


def ledger_notes(folder: Path, changed: Mapping[str, pd.DataFrame]) -> list[str]:
    """Say in words which figures no longer add up once the changed tables are written.

    Parameters
    ----------
    folder
        The held tables.
    changed
        The tables that would be written, as text.

    Returns
    -------
    list of str
        One sentence a new residual without a known reason, the largest first; see
        `ledger_news.in_words`.
    """
    there = [name for name in TABLES if (folder / f"{name}.csv").is_file()]
    names = {name for name in changed if TABLES[name].figures}
    if not names or not {"authorities", "boundary_changes"} <= set(there):
        return []
    held = Tables(folder, there)
    new = {name: typed(frame, TABLES[name]) for name, frame in changed.items()}
    before = ledger_news.touching(held, names)
    after = ledger_news.touching(_With(held, new), names)
    found = ledger_news.news(before, after)
    return [f"does not add up: {line}" for line in ledger_news.in_words(found)]
