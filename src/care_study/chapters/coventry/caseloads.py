"""Coventry: what the provider's numbers imply, by arithmetic alone.

The official figures beside them are in `coventry_official`, changes from year to year in
`coventry_changes` and `coventry_start_years`, all of it together in `coventry_evidence`, and the
verdicts in `coventry_verdicts`.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from care_study.claims import Claim
from care_study.statistics.capacity import littles_law
from care_study.statistics.intervals import rate_ratio

MONTHS_A_YEAR = 12


def stated(claims: Mapping[str, Claim], claim: str) -> float:
    """Take the number that the document states; raise `ValueError` where it states none."""
    value = claims[claim].high
    if value is None:
        raise ValueError(f"{claim}: the register has no number where the chapter needs one.")
    return value


def caseload_fall(
    before: float, after: float, rounding: float, workers: Sequence[float]
) -> pd.DataFrame:
    """Compute the fall between two mean caseloads, with what rounding and chance leave open.

    Two kinds of doubt are kept apart. Rounding: each mean lies within ``rounding`` of the number
    stated. Chance: were cases to fall on workers at random, as Poisson counts, a mean over few
    workers would vary; the interval over both is the widest that either end of the rounding gives.

    Parameters
    ----------
    before, after
        Mean cases per worker, as stated.
    rounding
        Half the step to which they are rounded.
    workers
        Numbers of workers that the means could be taken over.

    Returns
    -------
    DataFrame
        One row a number of workers: ``workers``; in percent of the mean before, ``fall``,
        ``rounded_lower``, ``rounded_upper``, ``lower`` and ``upper`` (rounding and chance).
    """

    def fall(first: float, last: float) -> float:
        return 100 * (1 - last / first)

    rows = []
    for n in workers:
        least = rate_ratio((after + rounding) * n, n, (before - rounding) * n, n)
        most = rate_ratio((after - rounding) * n, n, (before + rounding) * n, n)
        rows.append(
            {
                "workers": n,
                "fall": fall(before, after),
                "rounded_lower": fall(before - rounding, after + rounding),
                "rounded_upper": fall(before + rounding, after - rounding),
                "lower": 100 * (1 - float(least.upper)),
                "upper": 100 * (1 - float(most.lower)),
            }
        )
    return pd.DataFrame(rows)


def total_fall(
    before: float, after: float, rounding: float, workers: Sequence[float], added: Sequence[float]
) -> pd.DataFrame:
    """Compute how far all cases together fell, for each workforce and number of workers added.

    Returns
    -------
    DataFrame
        ``workers`` before, ``added``; in percent of all cases before, ``fall``, ``lower`` and
        ``upper`` (rounding of the two means). Negative: all cases together rose.
    """
    rows = []
    for n in workers:
        for extra in added:
            growth = (n + extra) / n
            low, middle, high = (
                100 * (1 - growth * last / first)
                for first, last in (
                    (before - rounding, after + rounding),
                    (before, after),
                    (before + rounding, after - rounding),
                )
            )
            rows.append({"workers": n, "added": extra, "fall": middle, "lower": low, "upper": high})
    return pd.DataFrame(rows)


def throughput_table(
    per_week: float, practitioners: Sequence[float], caseloads: Sequence[float], limit_weeks: float
) -> pd.DataFrame:
    """Compute how long a case stays open, by Little's law, for each team and caseload.

    Parameters
    ----------
    per_week
        Cases completed a week.
    practitioners, caseloads
        Numbers of practitioners, and of open cases each, to combine.
    limit_weeks
        The time an assessment may take, in weeks.

    Returns
    -------
    DataFrame
        ``practitioners``, ``caseload`` (open cases each), ``open_cases``, ``each_week`` (cases
        completed per practitioner and week), ``weeks`` (mean time a case stays open) and
        ``times_limit`` (weeks over the limit).
    """
    rows = []
    for n in practitioners:
        for caseload in caseloads:
            flow = littles_law(in_progress=n * caseload, throughput=per_week)
            rows.append(
                {
                    "practitioners": n,
                    "caseload": caseload,
                    "open_cases": flow.in_progress,
                    "each_week": per_week / n,
                    "weeks": flow.time,
                    "times_limit": flow.time / limit_weeks,
                }
            )
    return pd.DataFrame(rows)


def share_of_others(whole: float, part: float, share: float) -> float:
    """Compute the percentage among the rest, where a share of the whole has its own percentage.

    ``whole = share x part + (1 - share) x rest``. The result may lie outside 0 to 100, which says
    that the three numbers cannot all be true.
    """
    if not 0 <= share < 1:
        raise ValueError(f"The part is {share:.2f} of the whole. Expected 0 or more and below 1.")
    return (whole - share * part) / (1 - share)


def expected_return(percent_in_12_months: float, months: float) -> float:
    """Compute the share referred again before a project ends, if cases return at a steady pace.

    Cases are completed evenly over the project, so each has had from none to all of its months in
    which to return. A steady pace of return that gives ``percent_in_12_months`` within a year gives
    ``1 - (1 - exp(-h T)) / (h T)`` on average over a project of T months; h is the monthly hazard.

    Parameters
    ----------
    percent_in_12_months
        Above 0 and below 100.
    months
        Length of the project, above 0.

    Returns
    -------
    float
        Percent of all cases completed during the project.
    """
    if not (0 < percent_in_12_months < 100 and months > 0):
        raise ValueError(
            f"Found {percent_in_12_months:g}% in 12 months over {months:g} months. Expected a "
            "percentage between 0 and 100, and more than no months."
        )
    exposure = -np.log(1 - percent_in_12_months / 100) / MONTHS_A_YEAR * months
    return float(100 * (1 + np.expm1(-exposure) / exposure))


def months_until(percent: float, percent_in_12_months: float) -> float:
    """Compute how long a project gives this share referred again (inverse of `expected_return`)."""
    return float(
        brentq(lambda months: expected_return(percent_in_12_months, months) - percent, 1e-6, 600)
    )


def vacant_posts(workers_fte: float, vacancy_rate: float) -> float:
    """Compute the vacancies, in full-time equivalents, from a vacancy rate in percent.

    The Department divides vacancies by vacancies and workers in post together; the same holds for
    agency workers and the agency rate.
    """
    if not 0 <= vacancy_rate < 100:
        raise ValueError(f"The rate is {vacancy_rate:g}%. Expected 0 or more and below 100.")
    return workers_fte * vacancy_rate / (100 - vacancy_rate)
