"""The same comparison under every neighbour list, by mean and by median."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from care_study.statistics.comparison.gaps import NO_INTERVAL, STATISTICS, UNCLEAR, gap


@dataclass(frozen=True)
class ListComparison:
    """One area against several neighbour lists.

    Attributes
    ----------
    table : pandas.DataFrame
        A row for each list and statistic: ``list, statistic, n, missing, comparator,
        comparator_lower, comparator_upper, gap, gap_lower, gap_upper, conclusion``.
    conclusion_flips : bool
        Whether the rows' conclusions differ; rows without an interval conclude nothing.
    reason : str
        One sentence: what all rows conclude, or which conclude what.
    warnings : tuple of str
    """

    table: pd.DataFrame
    conclusion_flips: bool
    reason: str
    warnings: tuple[str, ...] = ()


def compare_lists(area: float, lists: Mapping[str, Any], *, level: float = 0.95) -> ListComparison:
    """Compare an area with the mean and the median of several neighbour lists.

    Parameters
    ----------
    area : float
        The area's own value.
    lists : mapping of str to values
        Name of each list (such as ``"2021 list"``) and its neighbours' values, as in `gap`.
    level : float
        Nominal confidence.

    Raises
    ------
    ValueError
        If no list is given, the area's value is missing, or every neighbour on one list is
        (the message names the list).
    """
    if not isinstance(lists, Mapping):
        raise ValueError(
            f"The neighbour lists are {lists!r}; expected a mapping of the name of each list to "
            "its neighbours' values."
        )
    if not lists:
        raise ValueError("There is no neighbour list to compare with.")
    rows, notes = [], []
    for name, values in lists.items():
        for statistic in STATISTICS:
            try:
                result = gap(area, values, statistic=statistic, level=level)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from error
            notes += [f"{name}: {note}" for note in result.warnings]
            rows.append(
                {
                    "list": name,
                    "statistic": statistic,
                    "n": result.n,
                    "missing": ", ".join(result.missing),
                    "comparator": result.comparator.estimate,
                    "comparator_lower": result.comparator.lower,
                    "comparator_upper": result.comparator.upper,
                    "gap": result.gap.estimate,
                    "gap_lower": result.gap.lower,
                    "gap_upper": result.gap.upper,
                    "conclusion": result.conclusion,
                }
            )
    table = pd.DataFrame(rows)
    return ListComparison(
        table=table,
        conclusion_flips=_concluding(table)["conclusion"].nunique() > 1,
        reason=_reason(table),
        warnings=tuple(dict.fromkeys(notes)),
    )


def _concluding(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["conclusion"] != NO_INTERVAL]


def _reason(table: pd.DataFrame) -> str:
    table = _concluding(table)
    if table.empty:
        return "No list has enough neighbours with a value for an interval, so none concludes."
    found = list(dict.fromkeys(table["conclusion"]))
    if len(found) == 1:
        return f"Every comparator that has an interval puts the area {_place(found[0])}."
    parts = []
    for conclusion in found:
        rows = table[table["conclusion"] == conclusion]
        which = [
            f"the {s} of the {name}"
            for name, s in zip(rows["list"], rows["statistic"], strict=True)
        ]
        parts.append(
            f"{_join(which)} {'puts' if len(which) == 1 else 'put'} the area {_place(conclusion)}"
        )
    sentence = "; ".join(parts) + "."
    return "The conclusion depends on the comparator: " + sentence


def _place(conclusion: str) -> str:
    if conclusion == UNCLEAR:
        return "neither clearly above nor clearly below its neighbours"
    return f"{conclusion} its neighbours"


def _join(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
