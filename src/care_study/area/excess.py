"""How many more children are in care than the neighbours' rate implies, under every choice made.

The choices: which list of neighbours, mean or median, with or without unaccompanied children, and
each neighbour left out in turn. A conclusion that changes with the choice is flagged.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from care_study.area.by_year import values_in
from care_study.statistics.comparison import excess_over_neighbours
from care_study.statistics.comparison.gaps import conclusion

STATISTICS = ("mean", "median")
COUNTED = {
    "looked_after_rate": "all children looked after",
    "looked_after_rate_without_unaccompanied": "without unaccompanied children",
}


def own_counts(computed: pd.DataFrame, area_id: str, year: int) -> tuple[float, float]:
    """Take an area's numerator and denominator in one year.

    Raises
    ------
    ValueError
        If the area has no value that year, with the reason that the figures give.
    """
    needed = ["area_id", "year", "value", "reason", "indicator", "numerator", "denominator"]
    absent = [name for name in needed if name not in computed.columns]
    if absent:
        raise ValueError(f"The computed figures lack the columns {', '.join(absent)}.")
    rows = computed[(computed["area_id"] == area_id) & (computed["year"] == year)]
    if rows.empty or rows["value"].isna().all():
        why = rows["reason"].iloc[0] if len(rows) else "there is no row for that year"
        indicator = computed["indicator"].iloc[0] if len(computed) else "figure"
        raise ValueError(
            f"Area {area_id} has no {indicator} in {year}: {why}. Choose another year or area."
        )
    return float(rows["numerator"].iloc[0]), float(rows["denominator"].iloc[0])


def excess_under_every_choice(
    computed: Mapping[str, pd.DataFrame],
    area_id: str,
    neighbour_lists: Mapping[str, Sequence[str]],
    year: int,
) -> pd.DataFrame:
    """Compare an area's count with what its neighbours' rate implies, under every choice.

    Parameters
    ----------
    computed
        Indicator id (keys of ``COUNTED``) to its computed frame.
    area_id
        The authority.
    neighbour_lists
        Name of each list to the ids of its neighbours.
    year
        Year ending 31 March.

    Returns
    -------
    DataFrame
        One row a choice: ``counted``, ``list``, ``statistic``, ``n``, ``observed``,
        ``rate``, ``implied``, ``implied_lower``, ``implied_upper``, ``excess``,
        ``excess_lower``, ``excess_upper`` (uncertainty of the neighbours' rate alone), and
        ``underlying_lower``, ``underlying_upper`` (Poisson variation of the own count added),
        ``conclusion``, ``method``.
    """
    rows = []
    for indicator, frame in computed.items():
        count, population = own_counts(frame, area_id, year)
        for name, ids in neighbour_lists.items():
            rates = values_in(frame, ids, year)
            for statistic in STATISTICS:
                found = excess_over_neighbours(count, population, rates, statistic=statistic)
                rows.append(
                    {
                        "counted": COUNTED[indicator],
                        "list": name,
                        "statistic": statistic,
                        "n": int(rates.notna().sum()),
                        "observed": count,
                        "rate": float(found.implied.estimate) / population * 10_000,
                        "implied": float(found.implied.estimate),
                        "implied_lower": float(found.implied.lower),
                        "implied_upper": float(found.implied.upper),
                        "excess": float(found.excess.estimate),
                        "excess_lower": float(found.excess.lower),
                        "excess_upper": float(found.excess.upper),
                        "underlying_lower": float(found.underlying.lower),
                        "underlying_upper": float(found.underlying.upper),
                        "conclusion": conclusion(found.excess),
                        "method": found.excess.method,
                    }
                )
    return pd.DataFrame(rows)


def excess_leave_one_out(
    computed: pd.DataFrame, area_id: str, neighbour_ids: Sequence[str], year: int, statistic: str
) -> pd.DataFrame:
    """Compute the excess again with each neighbour left out in turn.

    Returns
    -------
    DataFrame
        ``left_out`` (in the first row: nobody), ``implied``, ``excess``, ``excess_lower``,
        ``excess_upper``, ``conclusion`` and ``flips`` (differs from the first row's conclusion).
    """
    count, population = own_counts(computed, area_id, year)
    rates = values_in(computed, neighbour_ids, year)
    rows = []
    for name in [None, *rates.index[rates.notna()]]:
        kept = rates if name is None else rates.drop(name)
        found = excess_over_neighbours(count, population, kept, statistic=statistic)
        rows.append(
            {
                "left_out": name or "nobody",
                "implied": float(found.implied.estimate),
                "excess": float(found.excess.estimate),
                "excess_lower": float(found.excess.lower),
                "excess_upper": float(found.excess.upper),
                "conclusion": conclusion(found.excess),
            }
        )
    table = pd.DataFrame(rows)
    return table.assign(flips=table["conclusion"] != table["conclusion"].iloc[0])


def caseload_of_units(
    units: float, cases_per_unit: tuple[float, float], workers_per_unit: Sequence[float]
) -> pd.DataFrame:
    """Work out what cases per unit mean per worker and in total.

    Parameters
    ----------
    units
        Number of units.
    cases_per_unit
        Lowest and highest number of cases that most units hold.
    workers_per_unit
        Readings of how many workers of a unit hold cases.

    Returns
    -------
    DataFrame
        One row a reading and bound: ``workers``, ``cases_per_unit``, ``cases_per_worker``,
        ``workers_total``, ``cases_total``.

    Raises
    ------
    ValueError
        For a reading in which nobody, or fewer than nobody, holds cases.
    """
    if not all(workers > 0 for workers in workers_per_unit):
        raise ValueError(
            f"workers_per_unit is {list(workers_per_unit)}; expected more than zero in each "
            "reading, for somebody must hold the cases."
        )
    return pd.DataFrame(
        [
            {
                "workers": workers,
                "cases_per_unit": cases,
                "cases_per_worker": cases / workers,
                "workers_total": units * workers,
                "cases_total": units * cases,
            }
            for workers in workers_per_unit
            for cases in cases_per_unit
        ]
    )
