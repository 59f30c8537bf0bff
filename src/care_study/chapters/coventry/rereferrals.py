"""Coventry: changes from year to year, in one authority and in all, for a project without a date.

The project could have begun in any year that the statistics cover. A *start year* is the year
ending 31 March in which it ran; the change is that year's figure less the year before's. For the
workforce, counted on 30 September, the two counts are those in the middle of the same two years.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from statsmodels.stats.proportion import confint_proportions_2indep

from care_study.data import geography
from care_study.statistics.comparison import mean_interval, rank
from care_study.statistics.intervals import proportion_difference
from care_study.statistics.trends import adjust, placebo_inference, rank_p_value

AUTHORITY_TYPES = ("local authority", geography.COMBINED)
NEWCOMBE = "Newcombe hybrid score interval of a difference of proportions, 95%"
LEAST_YEARS = 2  # on either side of the event, for a lasting change


def whole_authorities(
    referrals: pd.DataFrame, boundary_changes: pd.DataFrame, keep: str, fewest: float
) -> list[str]:
    """List the authorities to compare with: each territory once, very small ones left out.

    Where a boundary changed, the territory is counted and its parts are not, except for the area
    in question (``keep``).

    Parameters
    ----------
    referrals
        The computed indicator ``rereferral_percentage``; its denominator is the referrals.
    boundary_changes
        The table of that name.
    keep
        The area in question, listed whatever its kind or size.
    fewest
        An authority with fewer referrals than this in any year is left out.
    """
    rows = referrals[referrals["area_type"].isin(AUTHORITY_TYPES)]
    smallest = rows.groupby("area_id")["denominator"].min()
    large = set(smallest.index[smallest >= fewest])
    return sorted((large - geography.counted_twice(boundary_changes)) | {keep})


def yearly_changes(computed: pd.DataFrame, area_ids: Sequence[str], span: int = 1) -> pd.DataFrame:
    """Compute every area's change from the year before, or from ``span`` years before.

    Returns
    -------
    DataFrame
        ``area_id``, ``area_name``, ``year``, ``before``, ``value``, ``change`` (in the
        indicator's unit), ``relative`` (percent of the value before) and ``numerator``,
        ``denominator`` with ``numerator_before``, ``denominator_before``. Only areas with a value
        in both years.
    """
    columns = ["area_id", "area_name", "year", "value", "numerator", "denominator"]
    rows = computed.loc[computed["area_id"].isin(area_ids), columns]
    before = rows.drop(columns="area_name").assign(year=rows["year"] + span)
    both = rows.merge(
        before, on=["area_id", "year"], suffixes=("", "_before"), validate="1:1"
    ).rename(columns={"value_before": "before"})
    both["change"] = both["value"] - both["before"]
    both["relative"] = 100 * both["change"] / both["before"].where(both["before"] > 0)
    return both.dropna(subset="change").sort_values(["year", "area_id"], ignore_index=True)


def spread_of_changes(changes: pd.DataFrame, points: float, relative: float) -> pd.DataFrame:
    """Describe the spread of all authorities' changes in each year, and in all years together.

    Parameters
    ----------
    changes
        From `yearly_changes`.
    points, relative
        A fall of this many percentage points, and of this many percent.

    Returns
    -------
    DataFrame
        ``year`` (``all years`` in the last row), ``authorities``, ``lowest_tenth``, ``median``,
        ``highest_tenth``, ``standard_deviation`` of the change; ``fell_points``, ``fell_relative``:
        shares, 0 to 1, of authorities that fell by at least as much.
    """
    groups: list[tuple[Any, pd.DataFrame]] = [
        (str(year), rows) for year, rows in changes.groupby("year")
    ]
    return pd.DataFrame(
        [
            {
                "year": year,
                "authorities": len(rows),
                "lowest_tenth": rows["change"].quantile(0.1),
                "median": rows["change"].median(),
                "highest_tenth": rows["change"].quantile(0.9),
                "standard_deviation": rows["change"].std(),
                "fell_points": float((rows["change"] <= -points).mean()),
                "fell_relative": float((rows["relative"] <= -relative).mean()),
            }
            for year, rows in [*groups, ("all years", changes)]
        ]
    )


def placed(changes: pd.DataFrame, area_id: str, *, rise_first: bool = False) -> pd.DataFrame:
    """Place one area's change among all authorities' changes in the same year.

    Returns
    -------
    DataFrame
        The area's rows of ``changes`` with ``place`` (first: the largest fall, or with
        ``rise_first`` the largest rise), ``of`` (authorities) and ``p_value``: two-sided rank
        p-value, the share of authorities whose change was at least as large in either direction.
    """
    rows = []
    for row in changes[changes["area_id"] == area_id].to_dict("records"):
        others = changes[(changes["year"] == row["year"]) & (changes["area_id"] != area_id)]
        if len(others) == 0:
            raise ValueError(f"No other authority has a change in {row['year']} to compare with.")
        found = rank(row["change"], others["change"], highest_first=rise_first)
        p_value = rank_p_value(row["change"], others["change"])
        rows.append(row | {"place": found.best, "of": found.n, "p_value": p_value})
    if not rows:
        raise ValueError(
            f"Area {area_id} has no two years in a row with a figure. Choose an authority with a "
            "longer series."
        )
    return pd.DataFrame(rows)


def with_intervals(placed_changes: pd.DataFrame) -> pd.DataFrame:
    """Add intervals to changes of a proportion, absolute and relative.

    Returns
    -------
    DataFrame
        With ``lower``, ``upper`` of ``change`` (percentage points, Newcombe) and
        ``relative_lower``, ``relative_upper`` of ``relative`` (percent; score interval of a ratio
        of proportions, Miettinen & Nurminen 1985). They cover random variation only.
    """
    f = placed_changes
    now, then = (f["numerator"], f["denominator"]), (f["numerator_before"], f["denominator_before"])
    difference = proportion_difference(*now, *then)
    ratios = [
        confint_proportions_2indep(*counts, compare="ratio", method="score")
        for counts in zip(*now, *then, strict=True)
    ]
    return f.assign(
        lower=100 * np.asarray(difference.lower),
        upper=100 * np.asarray(difference.upper),
        relative_lower=[100 * (float(low) - 1) for low, _ in ratios],
        relative_upper=[100 * (float(high) - 1) for _, high in ratios],
    )


@dataclass(frozen=True)
class Return:
    """What authorities far from the middle do next year.

    ``fifths`` has one row a fifth of the authorities, by their value in a year (fifth 1: lowest):
    ``fifth``, ``pairs`` (authority-years), ``before``, ``after``, ``change`` with ``lower`` and
    ``upper``, ``fell`` and ``fell_points`` (shares, 0 to 1, that fell at all, and by as many points
    as asked). ``kept`` is the share of an authority's distance from that year's mean that is left
    a year later, with ``kept_lower`` and ``kept_upper``.
    """

    fifths: pd.DataFrame
    kept: float
    kept_lower: float
    kept_upper: float
    authorities: int
    method: str


def return_to_the_middle(changes: pd.DataFrame, points: float) -> Return:
    """Measure regression to the mean: each fifth's change in the next year.

    Every year authorities are sorted by that year's value; the change is to the next year's value.
    The mean change of a fifth is the mean of its yearly means, with a t interval over the years, as
    authorities in one year share what moved them all. The share kept is the slope of next year's
    distance from the mean on this year's, with errors clustered by authority.

    Parameters
    ----------
    changes
        From `yearly_changes`.
    points
        A fall of this many units, to count.
    """
    rows = changes.assign(fifth=_fifths(changes))
    fifths = []
    for fifth in range(1, 6):
        group = rows[rows["fifth"] == fifth]
        yearly = group.groupby("year")["change"].mean()
        found = mean_interval(yearly)
        fifths.append(
            {
                "fifth": fifth,
                "pairs": len(group),
                "before": group.groupby("year")["before"].mean().mean(),
                "after": group.groupby("year")["value"].mean().mean(),
                "change": float(found.estimate),
                "lower": float(found.lower),
                "upper": float(found.upper),
                "fell": float((group["change"] < 0).mean()),
                "fell_points": float((group["change"] <= -points).mean()),
            }
        )
    kept = _share_kept(rows)
    return Return(
        pd.DataFrame(fifths),
        *kept,
        authorities=int(rows["area_id"].nunique()),
        method="mean of yearly means, t interval over the years, 95%",
    )


def fifth_of(changes: pd.DataFrame, area_id: str) -> pd.DataFrame:
    """Say in which fifth of all authorities an area was before each change.

    Returns
    -------
    DataFrame
        ``year`` (of the change), ``before`` and ``fifth`` (of the year before; 5 is highest).
    """
    rows = changes.assign(fifth=_fifths(changes))
    return rows.loc[rows["area_id"] == area_id, ["year", "before", "fifth"]].reset_index(drop=True)


def _fifths(changes: pd.DataFrame) -> pd.Series:
    place = changes.groupby("year")["before"].rank(method="first", pct=True)
    return np.ceil(place * 5).astype(int)


def _share_kept(rows: pd.DataFrame) -> tuple[float, float, float]:
    distances = rows.assign(
        then=rows["before"] - rows.groupby("year")["before"].transform("mean"),
        now=rows["value"] - rows.groupby("year")["value"].transform("mean"),
        group=rows["area_id"].astype("category").cat.codes,
    )
    fit = smf.ols("now ~ then - 1", data=distances).fit(
        cov_type="cluster", cov_kwds={"groups": distances["group"]}, use_t=True
    )
    lower, upper = fit.conf_int().loc["then"]
    return float(fit.params["then"]), float(lower), float(upper)


def lasting_changes(
    computed: pd.DataFrame, area_id: str, area_ids: Sequence[str], years: Sequence[int]
) -> pd.DataFrame:
    """Estimate a lasting change from each start year on, against all other authorities.

    Synthetic difference-in-differences (Arkhangelsky et al. 2021), with placebo inference: the
    same estimate for every other authority. Holm's adjustment covers the start years tried.

    Returns
    -------
    DataFrame
        ``year`` (the first after), ``estimate``, ``lower``, ``upper`` (95%, inverted rank test),
        ``p_value``, ``holm``, ``rank`` (first: largest in either direction) and ``of``. Years with
        fewer than two years of data on either side are left out. No row where the area's series
        has a gap, as the method needs every year.
    """
    rows = computed[computed["area_id"].isin(area_ids)].rename(columns={"area_id": "unit"})
    panel = rows.loc[rows["value"].notna(), ["unit", "year", "value"]]
    own = panel.loc[panel["unit"] == area_id, "year"]
    columns = ["year", "estimate", "lower", "upper", "p_value", "rank", "of", "holm"]
    if len(own) < own.max() - own.min() + 1:
        return pd.DataFrame(columns=columns)
    panel = panel[panel["year"].between(own.min(), own.max())]
    found = []
    for year in years:
        if year - own.min() < LEAST_YEARS or own.max() - year + 1 < LEAST_YEARS:
            continue
        result = placebo_inference(panel, area_id, year, methods=["sdid"])
        line = result.summary.to_dict("records")[0]
        names = ("estimate", "lower", "upper", "p_value", "rank")
        found.append(
            {"year": year} | {name: line[name] for name in names} | {"of": len(result.placebos)}
        )
    if not found:
        raise ValueError(
            f"No start year has {LEAST_YEARS} years of data on either side. Widen first_year and "
            "last_year."
        )
    frame = pd.DataFrame(found)
    return frame.assign(holm=adjust(frame["p_value"], "holm"))


def share_that_fits(changes: pd.DataFrame, low: float, high: float) -> float:
    """Compute how often a fall between two ends, in points, fits a change within its interval.

    Parameters
    ----------
    changes
        From `yearly_changes`, of a percentage with counts.
    low, high
        Ends of the fall, in percentage points.

    Returns
    -------
    float
        Share, 0 to 1, of authority-years whose Newcombe interval meets the range.
    """
    found = proportion_difference(
        changes["numerator"],
        changes["denominator"],
        changes["numerator_before"],
        changes["denominator_before"],
    )
    meets = (-100 * np.asarray(found.upper) <= high) & (-100 * np.asarray(found.lower) >= low)
    return float(meets.mean())


def widest(changes: pd.DataFrame, column: str = "change") -> pd.Series:
    """Take the row with the largest fall."""
    return changes.sort_values(column, kind="stable").iloc[0]
