"""One area's change judged as its primary analysis says, with everything else beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from care_study.area.after_event import METHODS
from care_study.area.analyses import Analysis
from care_study.statistics.intervals import Interval
from care_study.statistics.trends import (
    RANKINGS,
    Breakdown,
    Excluded,
    Rankings,
    TrendError,
    block_p_value,
    breakdown_value,
    excluded,
    gap_to_neighbours,
    holm_over,
    neighbour_blocks,
    ranked_inference,
    read_panel,
)
from care_study.statistics.trends.studentised import NEAREST, nearest_in_size
from care_study.words import number, p_value, share

CUSTOMARY = 0.05
P_COLUMNS = ("p_value", *(f"p_{name}" for name in RANKINGS))
PRIMARY, SECONDARY, NO_WORDS = "primary", "secondary", "not used for words"


@dataclass(frozen=True)
class Judged:
    """What the primary analysis gives, and what the others do.

    Attributes
    ----------
    analysis : Analysis
    rankings : Rankings
    table : pandas.DataFrame
        One row a method, the primary one first: ``method``, ``analysis``, ``estimate``, ``lower``,
        ``upper``, ``p_value`` (by the primary kind of rank), ``adjusted`` (Holm over the
        secondary ones; missing where a method is not used for words) and ``p_raw``, ``p_log``,
        ``p_nearest``, ``p_studentised``, ``p_studentised_nearest`` (by each kind).
    excluded : Excluded
        What the primary analysis rules out and what it could have seen.
    breakdown : Breakdown or None
        Of the gap to the neighbours; none where a year is missing.
    block_p : float
        P-value of the primary estimate where authorities with common neighbours count once.
    """

    analysis: Analysis
    rankings: Rankings
    table: pd.DataFrame
    excluded: Excluded
    breakdown: Breakdown | None
    block_p: float

    @property
    def primary(self) -> pd.Series:
        """The primary analysis's row."""
        return self.table.iloc[0]

    @property
    def p(self) -> float:
        """P-value of the primary analysis."""
        return float(self.primary["p_value"])

    @property
    def interval(self) -> Interval:
        """Estimate and interval of the primary analysis."""
        return self.interval_of(self.primary)

    def interval_of(self, row: pd.Series) -> Interval:
        """Estimate of one row with the interval that inverts its rank test."""
        ends = [float(row[name]) for name in ("estimate", "lower", "upper")]
        studentised = self.analysis.ranking.startswith("studentised")
        method = f"inversion of the {'studentised ' if studentised else ''}placebo test"
        return Interval(ends[0], ends[1], ends[2], self.rankings.level, method)

    @property
    def shown(self) -> pd.DataFrame:
        """The table without the column that repeats the p-value."""
        return self.table.drop(columns=f"p_{self.analysis.ranking}")

    def row(self, method: str) -> pd.Series:
        """Take the row of a method by its name in the code."""
        return self.table[self.table["method"] == METHODS[method]].iloc[0]

    @property
    def every_p(self) -> "pd.Series[float]":
        """All p-values, of every method and kind of rank."""
        return pd.Series(self.table[list(P_COLUMNS)].to_numpy(float).ravel()).dropna()


def sizes_of(computed: pd.DataFrame) -> "pd.Series[float]":
    """Take each area's size: the median over years of the denominator."""
    return computed.groupby("area_id")["denominator"].median()


def judge(
    panel: pd.DataFrame,
    area_id: str,
    first_after: int,
    neighbours: Mapping[str, Sequence[str]],
    sizes: "pd.Series[float]",
    analysis: Analysis,
    *,
    exclude: Sequence[str] = (),
    methods: Sequence[str] = tuple(METHODS),
) -> Judged:
    """Judge a change as its primary analysis says, the rest beside it.

    Parameters
    ----------
    panel, area_id, first_after, neighbours, exclude
        As in `care_study.area.after_event.gap_after_event`.
    sizes
        From `sizes_of`.
    analysis
        The primary analysis of the question.
    methods
        Those shown, of `METHODS`.

    Raises
    ------
    TrendError
        If the area's series has gaps, the event leaves fewer than three years before it, or no
        neighbour has data.
    """
    complete = read_panel(panel[~panel["unit"].isin(list(exclude))])
    found = ranked_inference(
        complete, area_id, first_after, sizes, methods=methods, neighbours=neighbours
    )
    estimates = found.estimates[analysis.estimator]
    scales = found.scales[analysis.estimator]
    if not analysis.ranking.startswith("studentised"):
        scales = scales * 0 + 1
    ratios = (estimates / scales).drop(area_id).dropna()
    alike = (
        _of_like_size(ratios, area_id, sizes) if analysis.ranking.endswith("nearest") else ratios
    )
    own, estimate = float(scales.loc[area_id]), float(estimates.loc[area_id])
    lists = {str(unit): list(neighbours.get(str(unit), ())) for unit in complete.units}
    return Judged(
        analysis=analysis,
        rankings=found,
        table=_table(found, analysis),
        excluded=excluded(estimate, alike, scale=own),
        breakdown=_breakdown(complete, area_id, first_after, neighbours),
        block_p=block_p_value(estimate / own, ratios, neighbour_blocks(lists)),
    )


def _of_like_size(
    ratios: "pd.Series[float]", area_id: str, sizes: "pd.Series[float]"
) -> "pd.Series[float]":
    """Take the others nearest in size to an area, as the primary kind of rank does."""
    if len(ratios) <= NEAREST:
        return ratios
    ordered = np.asarray(sizes.loc[[area_id, *ratios.index]], dtype=np.float64)
    return ratios.iloc[list(nearest_in_size(ordered, NEAREST)[0] - 1)]


def _table(found: Rankings, analysis: Analysis) -> pd.DataFrame:
    """Lay out the estimates with their roles; see `Judged`."""
    p_values = found.table.pivot(index="method", columns="ranking", values="p_value")
    used = p_values.loc[[analysis.estimator, *analysis.secondary], analysis.ranking]
    holm = holm_over(used, analysis.estimator)
    mine = found.table[found.table["ranking"] == analysis.ranking].set_index("method")
    order = [*holm.index, *(name for name in mine.index if name not in holm.index)]
    rows = mine.loc[order, ["estimate", "lower", "upper", "p_value"]]
    role = holm["role"].reindex(order).fillna(NO_WORDS)
    rows.insert(0, "method", [METHODS[name] for name in order])
    rows.insert(1, "analysis", role)
    rows["adjusted"] = holm["adjusted"].reindex(order).where(role == SECONDARY)
    for name in RANKINGS:
        rows[f"p_{name}"] = p_values[name].reindex(order) if name in p_values else np.nan
    return rows.reset_index(drop=True)


def _breakdown(
    panel: object, area_id: str, first_after: int, neighbours: Mapping[str, Sequence[str]]
) -> Breakdown | None:
    gaps = gap_to_neighbours(panel, neighbours, (area_id,))  # type: ignore[arg-type]
    try:
        return breakdown_value(gaps.years, gaps.values[gaps.row(area_id)], first_after)
    except TrendError:
        return None


def conclusion(judged: Judged, area: str) -> str:
    """Conclude on a change by its primary analysis, and say where a secondary one disagrees."""
    row, unusual, p = judged.primary, judged.p <= CUSTOMARY, p_value(judged.p)
    way = "upwards" if row["estimate"] > 0 else "downwards"
    known = (
        f"By the primary analysis {area}'s change, {way} by {number(abs(row['estimate']))}, is "
        f"unusual among those of authorities of its size ({p})"
        if unusual
        else f"By the primary analysis it cannot be said that anything changed ({p})"
    )
    return f"{known}. {secondary_sentence(judged)}"


def secondary_sentence(judged: Judged) -> str:
    """Say how far the other analyses agree with the primary one."""
    others = judged.table[judged.table["analysis"] == SECONDARY]
    if others.empty:
        return "No secondary analysis was named"
    unusual = judged.p <= CUSTOMARY
    apart = others[(others["adjusted"] <= CUSTOMARY) != unusual]
    spread = spread_sentence(judged)
    if apart.empty:
        return f"No secondary analysis disagrees once corrected for their number. {spread}"
    names = " and ".join(apart["method"])
    return f"A secondary analysis disagrees: {names}. {spread}"


def spread_sentence(judged: Judged) -> str:
    """Say between which p-values the answer runs over every method and way of ranking."""
    table = judged.table.set_index("method")[list(P_COLUMNS)]
    low, high = table.min(axis=1), table.max(axis=1)
    return (
        f"Without correction, p runs from {number(low.min(), 3)} ({low.idxmin()}) to "
        f"{number(high.max(), 2)} ({high.idxmax()}) by method and way of ranking"
    )


def silence_sentence(judged: Judged, unit: str) -> str:
    """Say what the primary analysis rules out, and what it could not have seen."""
    found = judged.excluded
    return (
        f"Ruled out is a change of {number(found.equivalence_bound)} {unit} or more either way; "
        f"one smaller than {number(found.detectable)} would have passed unseen more often than "
        "once in five"
    )


def breakdown_sentence(judged: Judged) -> str:
    """Say how much the earlier course would have to bend for the gap's change to be all bias."""
    found = judged.breakdown
    if found is None:
        return "A year is missing, so no breakdown value can be given"
    return (
        f"Since the last year before, the gap changed by {number(found.estimate)} on average; had "
        f"it gone on of itself each year by {share(found.breakdown)} of its largest earlier yearly "
        "movement, that alone would explain it"
    )
