"""Where an area stands among its neighbours: the prediction test and the rank."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from care_study.statistics.comparison.neighbours import as_names, neighbours, own_value
from care_study.statistics.intervals.core import check_level


@dataclass(frozen=True)
class PredictionTest:
    """Whether one area is unusual among its neighbours.

    Attributes
    ----------
    area, mean, sd : float
        The area's value, the neighbours' mean and standard deviation.
    n, df : int
    t, p_value : float
        Test statistic and two-sided p-value.
    z : float
        The gap in standard deviations of the neighbours.
    lower, upper : float
        Prediction interval: where one more area like the neighbours would lie.
    share_below : float
        Estimated share, 0 to 1, of areas like the neighbours that lie below this one.
    level : float
    method : str
    missing, warnings : tuple of str
    """

    area: float
    mean: float
    sd: float
    n: int
    df: int
    t: float
    p_value: float
    z: float
    lower: float
    upper: float
    share_below: float
    level: float
    method: str
    missing: tuple[str, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rank:
    """Place of an area among itself and its neighbours.

    Attributes
    ----------
    best, worst : int
        First and last place that the area shares; equal where nobody has the same value.
    n : int
        Areas ranked, this one included.
    tied : tuple of str
        Neighbours with the same value.
    highest_first : bool
    missing : tuple of str
    """

    best: int
    worst: int
    n: int
    tied: tuple[str, ...]
    highest_first: bool
    missing: tuple[str, ...]


def prediction_test(area: float, values: Any, *, level: float = 0.95) -> PredictionTest:
    """Test whether one area could be one more of its neighbours.

    ``t = (area - mean) / (s sqrt(1 + 1 / n))`` on ``n - 1`` degrees of freedom: Crawford &
    Howell (1998), *Comparing an individual's test score against norms derived from small
    samples*, The Clinical Neuropsychologist 12, 482-486. Assumes that the neighbours' values
    are about normal.

    Parameters
    ----------
    area : float
        The area's own value.
    values : pandas.Series, mapping or array_like
        The neighbours' values, without the area's.
    level : float
        Confidence of the prediction interval.

    Returns
    -------
    PredictionTest
        With one neighbour, or all alike, the test has no result (NaN) and a warning says so.

    Raises
    ------
    ValueError
        If the area's value or every neighbour's is missing.
    """
    check_level(level)
    own, others = own_value(area), neighbours(values)
    mean, n = float(others.values.mean()), others.n
    sd = float(others.values.std(ddof=1)) if n > 1 else np.nan
    notes = others.missing_note
    t = z = p_value = share_below = lower = upper = np.nan
    if not others.all_alike:
        z, half = (own - mean) / sd, sd * np.sqrt(1 + 1 / n)
        t = (own - mean) / half
        p_value = 2 * stats.t.sf(abs(t), n - 1)
        share_below = stats.t.cdf(t, n - 1)
        reach = half * stats.t.isf((1 - level) / 2, n - 1)
        lower, upper = mean - reach, mean + reach
    else:
        why = "the neighbours all have the same value" if n > 1 else "there is one neighbour only"
        notes += (f"No prediction test: {why}.",)
    return PredictionTest(
        area=own,
        mean=mean,
        sd=sd,
        n=n,
        df=n - 1,
        t=float(t),
        p_value=float(p_value),
        z=float(z),
        lower=float(lower),
        upper=float(upper),
        share_below=float(share_below),
        level=level,
        method="t prediction test (Crawford & Howell 1998)",
        missing=others.missing,
        warnings=notes,
    )


def rank(area: float, values: Any, *, highest_first: bool = True) -> Rank:
    """Compute the place of an area among itself and its neighbours, ties shown as a range.

    Raises
    ------
    ValueError
        If the area's value or every neighbour's is missing.
    """
    own, others = own_value(area), neighbours(values)
    ahead = int((others.values > own if highest_first else others.values < own).sum())
    tied = as_names(others.labels[others.values == own])
    return Rank(
        best=ahead + 1,
        worst=ahead + 1 + len(tied),
        n=others.n + 1,
        tied=tied,
        highest_first=highest_first,
        missing=others.missing,
    )
