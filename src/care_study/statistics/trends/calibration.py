"""How often the placebo inference is right, by size: on real panels and on simulated ones.

On a real panel every unit in turn plays the treated one at every admissible year; where nothing
happened to most of them, a test of nominal size 5% should reject in 5% of these trials *in every
size group*. Rank tests reject that share over all units by construction, so only the groups tell.
The interval of a rank test holds the true constant change exactly where the test does not reject
it, so one count gives both the size of the test and the coverage of the interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from care_study.statistics.trends.checks import Floats, TrendError, check_level
from care_study.statistics.trends.panel import (
    Neighbours,
    Panel,
    PanelLike,
    gap_to_neighbours,
    read_panel,
)
from care_study.statistics.trends.placebo import estimate_all
from care_study.statistics.trends.studentised import (
    NEAREST,
    OWN_SERIES,
    RANKINGS,
    earlier_scale,
    nearest_in_size,
    sizes_of,
)


def trials(
    data: PanelLike | Panel,
    sizes: Mapping[Any, float] | pd.Series,
    *,
    events: Sequence[float],
    methods: Sequence[str] = ("gap_did",),
    rankings: Sequence[str] = RANKINGS,
    neighbours: Neighbours | None = None,
    nearest: int = NEAREST,
) -> pd.DataFrame:
    """P-value of every unit at every pretended event, by every method and ranking.

    Each unit's estimate is ranked among those of all others (or of those nearest in size). For
    speed, a unit is not struck out of the other units' comparators while it plays the treated
    one; without any effect there is nothing to leak.

    Parameters
    ----------
    data : long or wide frame, array or Panel
    sizes : mapping of unit to population
    events : sequence of float
        First years after; each needs three years before and two from it on.
    methods, rankings, neighbours, nearest
        As in :func:`~care_study.statistics.trends.studentised.ranked_inference`.

    Returns
    -------
    DataFrame
        ``unit, size, event, method, ranking, p_value``.

    Raises
    ------
    TrendError
        As ``ranked_inference``.
    """
    panel = read_panel(data)
    logs = read_panel(panel, log=True) if "log" in rankings else None
    parts = []
    for event in events:
        options: dict[str, Any] = {"methods": methods, "neighbours": neighbours}
        plain = estimate_all(panel, event, **options)
        in_logs = None if logs is None else estimate_all(logs, event, **options)
        scales: dict[bool, pd.Series] = {}
        for method in methods:
            own = method in OWN_SERIES
            if own not in scales:
                series = panel if own else gap_to_neighbours(panel, neighbours)
                scales[own] = earlier_scale(series, event, sizes)[0]
            for ranking in rankings:
                source = in_logs if ranking == "log" and in_logs is not None else plain
                estimates = source[method].dropna()
                if ranking.startswith("studentised"):
                    estimates = estimates / scales[own][estimates.index]
                size = sizes_of(list(estimates.index), sizes)
                near = nearest if ranking.endswith("nearest") else None
                parts.append(
                    pd.DataFrame(
                        {
                            "unit": estimates.index,
                            "size": size,
                            "event": event,
                            "method": method,
                            "ranking": ranking,
                            "p_value": _p_values(np.abs(estimates.to_numpy()), size, near),
                        }
                    )
                )
    return pd.concat(parts, ignore_index=True)


def _p_values(distances: Floats, sizes: Floats, nearest: int | None) -> Floats:
    """Rank p-value of each entry among the others, or among the nearest in size."""
    n = len(distances)
    if nearest is None or nearest >= n - 1:
        larger = (distances[None, :] >= distances[:, None]).sum(axis=1)
        return np.asarray(larger / n)
    others = distances[nearest_in_size(sizes, nearest)]
    return np.asarray((1 + (others >= distances[:, None]).sum(axis=1)) / (1 + nearest))


def calibration(table: pd.DataFrame, *, groups: int = 3, nominal: float = 0.05) -> pd.DataFrame:
    """Share of trials in which the test rejects and the interval holds the truth, by size group.

    Parameters
    ----------
    table : DataFrame
        From :func:`trials`; several may be stacked, with a further column ``panel`` for each.
    groups : int
        Groups of equally many units, from the smallest to the largest.
    nominal : float
        Size of the test; the interval's level is one minus it.

    Returns
    -------
    DataFrame
        One row a method, ranking and group: ``method, ranking, group`` (1 is smallest),
        ``units, trials, rejected, covered, standard_error`` (of both shares, clustered by unit,
        since the trials of one unit are related), ``as_stated`` (rejected within a percentage
        point of 5%, in proportion for other sizes).

    Raises
    ------
    TrendError
        Fewer than two units a group.
    """
    check_level(1 - nominal)
    largest = table.groupby("unit", sort=False)["size"].median()
    if groups < 1 or len(largest) < 2 * groups:
        raise TrendError(f"Found {len(largest)} units for {groups} groups; expected two a group.")
    place = largest.rank(method="first").to_numpy() - 1
    group = pd.Series(1 + (place * groups // len(largest)).astype(int), index=largest.index)
    marked = table.assign(
        group=table["unit"].map(group), rejected=table["p_value"] <= nominal + 1e-12
    )
    rows = []
    for (method, ranking, number), part in marked.groupby(
        ["method", "ranking", "group"], sort=False
    ):
        share = float(part["rejected"].mean())
        by_unit = (part["rejected"] - share).groupby(part["unit"]).sum()
        count = len(by_unit)
        error = float(np.sqrt((by_unit**2).sum() * count / (count - 1)) / len(part))
        rows.append(
            {
                "method": method,
                "ranking": ranking,
                "group": number,
                "units": count,
                "trials": len(part),
                "rejected": share,
                "covered": 1 - share,
                "standard_error": error,
                "as_stated": bool(0.8 * nominal <= share <= 1.2 * nominal),
            }
        )
    found = pd.DataFrame(rows)
    return found.sort_values(["method", "ranking", "group"], kind="stable", ignore_index=True)


def simulated_panel(
    sizes: Mapping[Any, float] | pd.Series,
    years: Sequence[float],
    rng: np.random.Generator,
    *,
    centre: float = 60.0,
    change_sd: float = 3.0,
    size_power: float = -0.4,
    heterogeneity: float = 0.35,
    noise_share: float = 0.3,
    tails: float = 6.0,
) -> Panel:
    """Panel in which nothing happened, with the traits that real rates have.

    Levels differ; yearly changes are heavy-tailed (t), their standard deviation falls with size
    and differs between authorities of one size (log-normal); part of each change is noise that
    reverts in the next year, and all share a national course.

    Parameters
    ----------
    sizes : mapping of unit to population
    years : sequence of float
    rng : numpy.random.Generator
    centre, change_sd : float
        Mean level, and standard deviation of a yearly change at the median size.
    size_power : float
        Power of size to which that standard deviation is proportional; -0.5 is Poisson.
    heterogeneity : float
        Standard deviation of its logarithm among authorities of one size.
    noise_share : float
        Share of the variance of a change that comes from noise that reverts.
    tails : float
        Degrees of freedom of the t distribution, above 2.
    """
    population = sizes_of(list(dict(sizes)), sizes)
    n, t = len(population), len(years)
    scale = change_sd * (population / np.median(population)) ** size_power
    scale = scale * np.exp(rng.normal(0, heterogeneity, n))
    unit_t = np.sqrt((tails - 2) / tails)
    lasting = rng.standard_t(tails, (n, t)) * unit_t * np.sqrt(1 - noise_share)
    passing = rng.standard_t(tails, (n, t)) * unit_t * np.sqrt(noise_share / 2)
    course = np.cumsum(rng.normal(0, change_sd / 2, t))
    level = centre + 0.25 * centre * rng.normal(size=(n, 1))
    values = level + course + scale[:, None] * (np.cumsum(lasting, axis=1) + passing)
    return Panel(tuple(dict(sizes)), np.asarray(years, dtype=float), values)


def simulated_trials(
    sizes: Mapping[Any, float] | pd.Series,
    years: Sequence[float],
    *,
    panels: int,
    seed: int,
    event: float,
    methods: Sequence[str] = ("gap_did",),
    rankings: Sequence[str] = ("raw", "nearest", "studentised", "studentised_nearest"),
    neighbours: Neighbours | None = None,
    **traits: float,
) -> pd.DataFrame:
    """P-values for every unit of simulated panels in turn, the truth being no change.

    A true constant change moves the unit's own estimate and nobody else's, so the interval holds
    it exactly where the test of no change passes the untouched series: the share of p-values
    above 5% is the coverage of the 95% interval of any true change.

    Parameters
    ----------
    sizes, years
        As in :func:`simulated_panel`, whose other traits may follow.
    panels, seed : int
    event, methods, rankings, neighbours
        As in :func:`trials`.

    Returns
    -------
    DataFrame
        As :func:`trials`, with ``panel``.
    """
    rng = np.random.default_rng(seed)
    parts = []
    for number in range(panels):
        panel = simulated_panel(sizes, years, rng, **traits)
        found = trials(
            panel,
            sizes,
            events=[event],
            methods=methods,
            rankings=rankings,
            neighbours=neighbours,
        )
        parts.append(found.assign(panel=number))
    return pd.concat(parts, ignore_index=True)
