"""National scan: which authorities changed beyond what others did, with multiplicity control."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from care_study.statistics.trends.checks import TrendError
from care_study.statistics.trends.panel import (
    Neighbours,
    Panel,
    PanelLike,
    read_panel,
)
from care_study.statistics.trends.placebo import Estimator, estimate_all, own_scale


@dataclass(frozen=True)
class ScanResult:
    """Every authority's change judged against all others.

    Attributes
    ----------
    table : DataFrame
        Index unit, sorted by ``p_value``: ``change`` (unit of the outcome), ``score`` (change
        over the unit's own residual standard deviation where standardised), ``z`` (score minus
        the median over the robust spread), ``p_rank`` and its ``holm_rank``/``q_rank``,
        ``p_value`` (t tail of ``z``) and its ``holm`` and ``q_value`` (Benjamini-Hochberg),
        ``flagged`` (``q_value`` at or below ``false_discovery_rate``).
    method : str
    first_after : float
    centre, spread : float
        Median score and 1.4826 times the median absolute deviation.
    false_discovery_rate : float
    smallest_possible_p : float
        Of ``p_rank``: 1 / number of units.
    warnings : tuple of str
    """

    table: pd.DataFrame
    method: str
    first_after: float
    centre: float
    spread: float
    false_discovery_rate: float
    smallest_possible_p: float
    warnings: tuple[str, ...]


def national_scan(
    data: PanelLike | Panel,
    first_after: float,
    *,
    method: str | Mapping[str, Estimator] = "sdid",
    neighbours: Neighbours | None = None,
    standardise: bool = True,
    false_discovery_rate: float = 0.05,
) -> ScanResult:
    """Change of every authority at one date, with rank and robust p-values, Holm and BH.

    Rank p-values cannot be smaller than one over the number of authorities, so Holm's bound on
    them can never fall below 5% in a national scan. The robust p-value therefore compares each
    score with the bulk of the others (median and median absolute deviation, t tail with as many
    degrees of freedom as each unit's own fit leaves), and carries the multiplicity control.

    Parameters
    ----------
    data : long or wide frame, array or Panel
        At least ten complete units.
    first_after : float
    method : name from ``care_study.statistics.trends.placebo.METHODS`` or {name: function}
    neighbours : mapping, optional
        For the ``gap_`` methods.
    standardise : bool
        Divide each change by the unit's own residual standard deviation.
    false_discovery_rate : float
        For ``flagged``.

    Raises
    ------
    TrendError
        Fewer than ten complete units, no spread among the changes, event outside the panel,
        more than one method, a false discovery rate that is not a share.
    """
    panel = read_panel(data)
    if len(panel.units) < 10:
        raise TrendError(
            f"Found {len(panel.units)} complete units; a scan needs at least ten to judge one by."
        )
    if not isinstance(method, str) and len(method) != 1:
        raise TrendError(f"Found {len(method)} methods; a scan judges one. Pass a single entry.")
    if not 0 < false_discovery_rate < 1:
        raise TrendError(
            f"Found a false discovery rate of {false_discovery_rate}; expected a share such as "
            "0.05 for 5%."
        )
    methods = (method,) if isinstance(method, str) else method
    table = estimate_all(panel, first_after, methods=methods, neighbours=neighbours)
    name = str(table.columns[0])
    changes = table[name].dropna()
    score = changes
    if standardise:
        score = changes / own_scale(panel, first_after, name, neighbours)[changes.index]
    centre = float(score.median())
    spread = float(1.4826 * (score - centre).abs().median())
    if spread <= 0:
        raise TrendError("More than half of the changes are equal; a scan needs them to differ.")
    z = (score - centre) / spread
    scan = _with_p_values(changes, score, z, max(1, len(panel.years) - 4))
    scan["flagged"] = scan["q_value"] <= false_discovery_rate
    floor = 1 / len(scan)
    notes = (
        *panel.warnings,
        f"The smallest possible rank p-value among {len(scan)} units is {floor:.4f}.",
        "Series of neighbouring authorities are related, so the tests are not independent.",
    )
    return ScanResult(
        table=scan.sort_values(["p_value", "p_rank"]),
        method=name,
        first_after=float(first_after),
        centre=centre,
        spread=spread,
        false_discovery_rate=false_discovery_rate,
        smallest_possible_p=floor,
        warnings=notes,
    )


def _with_p_values(changes: pd.Series, score: pd.Series, z: pd.Series, df: int) -> pd.DataFrame:
    """Rank and robust p-values with Holm and Benjamini-Hochberg adjustments."""
    sizes = np.abs(z.to_numpy())
    p_rank = (sizes[None, :] >= sizes[:, None] - 1e-12).sum(axis=1) / len(sizes)
    p_value = 2 * stats.t.sf(sizes, df)
    return pd.DataFrame(
        {
            "change": changes,
            "score": score,
            "z": z,
            "p_rank": p_rank,
            "holm_rank": adjust(p_rank, "holm"),
            "q_rank": adjust(p_rank, "bh"),
            "p_value": p_value,
            "holm": adjust(p_value, "holm"),
            "q_value": adjust(p_value, "bh"),
        }
    )


def adjust(p_values: object, method: str) -> np.ndarray:
    """Adjust p-values: Holm (1979) family-wise, or Benjamini & Hochberg (1995) q-values.

    Parameters
    ----------
    p_values : array-like
        Between 0 and 1, none missing.
    method : {"holm", "bh"}
    """
    values = np.asarray(p_values, dtype=float)
    if values.ndim != 1:
        raise TrendError(f"Found p-values with {values.ndim} dimensions; expected a single list.")
    if values.size == 0 or not ((values >= 0) & (values <= 1)).all():
        raise TrendError("Expected at least one p-value, all between 0 and 1 and none missing.")
    if method not in ("holm", "bh"):
        raise TrendError(f"Found method {method!r}; expected holm or bh.")
    if method == "bh":
        return np.asarray(stats.false_discovery_control(values, method="bh"))
    # Three lines instead of statsmodels' multipletests, which collects garbage on every call.
    order = np.argsort(values)
    steps = np.arange(values.size, 0, -1) * values[order]
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(steps))
    return adjusted
