"""Northamptonshire: referrals a week, no further action, caseloads, and October 2018 compared.

Every function takes a `Setting`, so that the chapter runs for any authority. What the documents'
own numbers imply is in ``northamptonshire_flow``, the years since in ``northamptonshire_after``.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from care_study.area.by_year import by_year, values_in
from care_study.area.setting import ENGLAND, Setting
from care_study.claims import Claim, ClaimError
from care_study.data import geography
from care_study.indicators.definitions import INDICATORS
from care_study.statistics.comparison import gap
from care_study.statistics.intervals import Interval, poisson_rate, proportion_difference

ALL, NET = "all referrals", "less those with no further action"

# What the inspectors' letter of 2018 speaks of: indicator, and whether more of it is harder.
OCTOBER_2018 = {
    "assessments_in_45_days": False,
    "cases_per_worker": True,
    "vacancy_rate": True,
    "agency_rate": True,
    "turnover_rate": True,
}


def in_year(frame: pd.DataFrame, year: int) -> pd.Series:
    """Take the row of one year of a frame with a column ``year``.

    Raises
    ------
    ValueError
        If there is no row for it, with the years that there are.
    """
    rows = frame[frame["year"] == year]
    if rows.empty:
        have = ", ".join(str(found) for found in sorted(frame["year"].unique())) or "none"
        raise ValueError(
            f"There is no figure for {year}. Found years: {have}. Choose another year or an "
            "authority with a longer series."
        )
    return rows.iloc[0]


def stated(claims: Mapping[str, Claim], claim: str) -> float:
    """Take the one number that a claim states.

    Raises
    ------
    ClaimError
        If the claim states a range, a limit or no number.
    """
    found = claims[claim]
    if found.low is None or found.low != found.high:
        raise ClaimError(f"{claim}: found {found.text}. Expected one number; use low and high.")
    return found.low


def demand(setting: Setting) -> pd.DataFrame:
    """Compute referrals a week by year, all and less those that ended in no further action.

    Returns
    -------
    DataFrame
        One row a year ending 31 March that has both counts: ``year``, ``weeks``, ``referrals``,
        ``no_further_action``, ``net`` (counts), ``all_week``, ``net_week`` (a week, each with
        ``_lower`` and ``_upper``: exact Poisson, 95%), ``nfa`` (percent of referrals, with
        ``nfa_lower`` and ``nfa_upper``: Wilson, 95%) and ``splice``.
    """
    weekly = setting.own(setting.indicator("referrals_per_week"))
    share = setting.own(setting.indicator("nfa_percentage"))
    both = weekly.merge(share, on="year", suffixes=("", "_nfa"), validate="1:1")
    both = both.dropna(subset=["value", "value_nfa"]).reset_index(drop=True)
    net = both["numerator"] - both["numerator_nfa"]
    kept = poisson_rate(net, both["denominator"])
    return pd.DataFrame(
        {
            "year": both["year"],
            "weeks": both["denominator"],
            "referrals": both["numerator"],
            "no_further_action": both["numerator_nfa"],
            "net": net,
            "all_week": both["value"],
            "all_week_lower": both["lower"],
            "all_week_upper": both["upper"],
            "net_week": kept.estimate,
            "net_week_lower": kept.lower,
            "net_week_upper": kept.upper,
            "nfa": both["value_nfa"],
            "nfa_lower": both["lower_nfa"],
            "nfa_upper": both["upper_nfa"],
            "splice": both["splice"],
        }
    )


def demand_lines(referrals: pd.DataFrame) -> pd.DataFrame:
    """Put both weekly series of `demand` below one another: ``year``, ``series``, ``value``."""
    lines = [
        referrals[["year"]].assign(series=name, value=referrals[column])
        for name, column in ((ALL, "all_week"), (NET, "net_week"))
    ]
    return pd.concat(lines, ignore_index=True)


def weeks_like(referrals: pd.DataFrame, claim: Claim, years: Sequence[int]) -> pd.DataFrame:
    """Set the weekly referrals of every year that is possible beside the claimed range.

    Returns
    -------
    DataFrame
        ``year``, ``reading`` (`ALL` or `NET`), ``value``, ``lower``, ``upper`` and ``place``:
        *within* the claimed range, *touches* it with the interval alone, *above* or *below*.
    """
    low, high = claim.range
    rows = []
    for row in referrals[referrals["year"].isin(list(years))].itertuples():
        for name, column in ((ALL, "all_week"), (NET, "net_week")):
            value, lower, upper = (getattr(row, column + end) for end in ("", "_lower", "_upper"))
            place = "within" if low <= value <= high else "above" if lower > high else "below"
            touches = place != "within" and lower <= high and upper >= low
            rows.append(
                {
                    "year": row.year,
                    "reading": name,
                    "value": value,
                    "lower": lower,
                    "upper": upper,
                    "place": "touches" if touches else place,
                }
            )
    return pd.DataFrame(rows)


def nfa_change(referrals: pd.DataFrame) -> tuple[int, int, Interval]:
    """Compare the share with no further action in its highest year and in the last year.

    Returns
    -------
    tuple
        The highest year, the last year, and the change in percentage points with its interval
        (difference of two proportions, Newcombe 1998).
    """
    top = referrals.sort_values("nfa").iloc[-1]
    last = referrals.iloc[-1]
    found = proportion_difference(
        last["no_further_action"], last["referrals"], top["no_further_action"], top["referrals"]
    )
    return int(top["year"]), int(last["year"]), found.scaled(100)


def caseloads(setting: Setting) -> pd.DataFrame:
    """Set cases per worker beside the neighbours' and England's, by September.

    Returns
    -------
    DataFrame
        As `care_study.area.by_year.by_year`, with ``england``.
    """
    computed = setting.indicator("cases_per_worker")
    setting.own(computed, fewest=1)
    england = computed[computed["area_id"] == ENGLAND].set_index("year")["value"]
    compared = by_year(computed, setting.area_id, setting.neighbour_ids)
    return compared.assign(england=compared["year"].map(england))


def most_holding(mean: float, load: float, *, least: float = 1.0) -> float:
    """Compute the largest share of workers that can hold `load` cases or more, given the mean.

    Everybody holds at least `least` cases (a worker with none is not counted), so the share is at
    most ``(mean - least) / (load - least)`` (Markov's inequality).
    """
    if load <= least:
        raise ValueError(f"load is {load:g}; expected more than the least possible, {least:g}.")
    return float(np.clip((mean - least) / (load - least), 0.0, 1.0))


def left_for_others(
    mean: float, loads: Sequence[float], shares: Sequence[float] = (0.1, 0.2, 0.3, 0.4)
) -> pd.DataFrame:
    """Compute the mean caseload of all other workers when some hold a high one.

    Parameters
    ----------
    mean : float
        Mean over all workers who hold a case.
    loads : sequence of float
        High caseloads.
    shares : sequence of float
        Shares of workers, 0 to 1, who hold them.

    Returns
    -------
    DataFrame
        ``share`` and a column ``with_<load>`` for each load: the mean of the others, missing
        where they would hold fewer than one case, which cannot be.
    """
    rows = []
    for share in shares:
        others = {f"with_{load:g}": (mean - share * load) / (1 - share) for load in loads}
        rows.append({"share": share} | {k: v if v >= 1 else np.nan for k, v in others.items()})
    return pd.DataFrame(rows)


def caseload_dots(claims: Mapping[str, Claim], compared: pd.DataFrame, name: str) -> pd.DataFrame:
    """Put the documents' caseloads beside the official means of one September.

    Parameters
    ----------
    claims
        The register.
    compared
        One row of `caseloads`, as a frame.
    name
        The authority.

    Returns
    -------
    DataFrame
        ``what``, ``value`` (missing for a range), ``lower``, ``upper``.
    """
    row = compared.iloc[0]
    said = [
        ("Letter of 2018: many workers", "of18-caseload"),
        ("Case study: workers before", "nn-caseload-before"),
        ("Case study: held at any time", "nn-children-held"),
    ]
    rows = [
        {
            "what": words,
            "value": claims[claim].low if claims[claim].low == claims[claim].high else np.nan,
            "lower": claims[claim].low,
            "upper": claims[claim].high,
        }
        for words, claim in said
    ]
    rows += [
        {"what": words, "value": row[mean], "lower": row[low], "upper": row[high]}
        for words, mean, low, high in (
            (f"{name}, official mean", "value", "value", "value"),
            ("Neighbours' official mean", "mean", "mean_lower", "mean_upper"),
            ("England, official mean", "england", "england", "england"),
        )
    ]
    return pd.DataFrame(rows)


def october(setting: Setting, march: int, september: int) -> pd.DataFrame:
    """Set what the letter of 2018 speaks of beside the neighbours and England.

    Parameters
    ----------
    setting
        The area and its comparators.
    march, september
        Year ending 31 March for timeliness, September for the workforce.

    Returns
    -------
    DataFrame
        One row an indicator of ``OCTOBER_2018`` that the area has: ``indicator``, ``title``,
        ``year``, ``own``, ``mean``, ``median``, ``gap``, ``gap_lower``, ``gap_upper`` (less the
        neighbours' mean, t interval), ``england``, ``harder_than_england``,
        ``harder_than_neighbours``.
    """
    rows = []
    for name, more_is_harder in OCTOBER_2018.items():
        computed = setting.indicator(name)
        year = march if name == "assessments_in_45_days" else september
        mine = computed[(computed["area_id"] == setting.area_id) & (computed["year"] == year)]
        others = values_in(computed, setting.neighbour_ids, year)
        if mine["value"].notna().any() and others.notna().any():
            england = in_year(computed[computed["area_id"] == ENGLAND], year)["value"]
            rows.append(_placed(name, year, mine["value"].iloc[0], others, england, more_is_harder))
    if not rows:
        raise ValueError(
            f"{setting.area_name} has none of {', '.join(OCTOBER_2018)} in {march} or {september}. "
            "Choose an authority that has a figure."
        )
    return pd.DataFrame(rows)


def _placed(
    name: str, year: int, own: float, others: pd.Series, england: float, more_is_harder: bool
) -> dict[str, object]:
    found = gap(own, others)
    sign = 1 if more_is_harder else -1
    return {
        "indicator": name,
        "title": INDICATORS[name].title,
        "year": year,
        "own": own,
        "mean": float(found.comparator.estimate),
        "median": float(others.median()),
        "gap": float(found.gap.estimate),
        "gap_lower": float(found.gap.lower),
        "gap_upper": float(found.gap.upper),
        "england": england,
        "harder_than_england": sign * (own - england) > 0,
        "harder_than_neighbours": sign * float(found.gap.estimate) > 0,
    }


def splice_breaks(setting: Setting) -> list[tuple[float, str]]:
    """List where the area's yearly series is a sum of successors: the year and words for charts."""
    return [
        (territory.first_march - 0.5, "sum of successors")
        for territory in geography.territories(setting.tables["boundary_changes"])
        if territory.area_id == setting.area_id
    ]


def is_subject(setting: Setting, claims: Mapping[str, Claim]) -> bool:
    """Say whether this chapter's documents speak of the setting's authority."""
    return setting.area_name == claims["nn-referrals-per-week"].authority
