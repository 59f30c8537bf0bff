"""How often interval methods cover the truth, computed exactly, and how far counts really vary."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from care_study.area.after_event import authorities_panel
from care_study.statistics.intervals import poisson_rate, proportion

RATE_METHODS = {"exact": "exact (used here)", "midp": "mid-P", "score": "score", "byar": "Byar"}
SHARE_METHODS = {
    "wilson": "Wilson (used here)",
    "exact": "exact",
    "jeffreys": "Jeffreys",
    "agresti-coull": "Agresti-Coull",
}
TAIL = 1e-10


def rate_coverage(
    means: Sequence[float], methods: Sequence[str] = tuple(RATE_METHODS), dispersion: float = 1.0
) -> pd.DataFrame:
    """Compute the chance that a 95% interval of a count holds its mean.

    Exact: the probabilities of all counts whose interval holds the mean are added up.

    Parameters
    ----------
    means
        Expected counts, above 0.
    methods
        Of `care_study.statistics.intervals.poisson_rate`.
    dispersion
        Variance over mean; 1 is Poisson, above 1 negative binomial.

    Returns
    -------
    DataFrame
        ``method, mean, coverage`` (0 to 1), ``width`` (expected, in counts).
    """
    if dispersion < 1:
        raise ValueError(f"dispersion is {dispersion}; expected 1 (Poisson) or more.")
    rows = []
    for mean in means:
        law = (
            stats.poisson(mean)
            if dispersion == 1
            else stats.nbinom(mean / (dispersion - 1), 1 / dispersion)
        )
        counts = np.arange(law.ppf(TAIL), law.isf(TAIL) + 1)
        chance = law.pmf(counts)
        for method in methods:
            found = poisson_rate(counts, method=method)
            low, high = np.asarray(found.lower), np.asarray(found.upper)
            rows.append(
                {
                    "method": method,
                    "mean": float(mean),
                    "coverage": float(chance[(low <= mean) & (mean <= high)].sum()),
                    "width": float(chance @ (high - low)),
                }
            )
    return pd.DataFrame(rows)


def share_coverage(
    trials: int, shares: Sequence[float], methods: Sequence[str] = tuple(SHARE_METHODS)
) -> pd.DataFrame:
    """Compute the chance that a 95% interval of a proportion holds it, exactly.

    Returns
    -------
    DataFrame
        ``method, trials, share, coverage, width`` (0 to 1).
    """
    counts = np.arange(trials + 1)
    rows = []
    for method in methods:
        found = proportion(counts, trials, method=method)
        low, high = np.asarray(found.lower), np.asarray(found.upper)
        for share in shares:
            chance = stats.binom.pmf(counts, trials, share)
            rows.append(
                {
                    "method": method,
                    "trials": trials,
                    "share": float(share),
                    "coverage": float(chance[(low <= share) & (share <= high)].sum()),
                    "width": float(chance @ (high - low)),
                }
            )
    return pd.DataFrame(rows)


def compared(rates: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Summarise coverage by method: ``what, method, mean_coverage, lowest, highest, width``.

    ``width`` is the mean over that of the first method of its kind.
    """
    parts = []
    for what, frame, words in (
        ("rate", rates, RATE_METHODS),
        ("proportion", shares, SHARE_METHODS),
    ):
        groups = frame.groupby("method", sort=False)
        table = pd.DataFrame(
            {
                "mean_coverage": groups["coverage"].mean(),
                "lowest": groups["coverage"].min(),
                "highest": groups["coverage"].max(),
                "width": groups["width"].mean(),
            }
        )
        table["width"] /= table["width"].iloc[0]
        names = [words.get(str(name), str(name)) for name in table.index]
        parts.append(table.assign(what=what, method=names))
    columns = ["what", "method", "mean_coverage", "lowest", "highest", "width"]
    return pd.concat(parts, ignore_index=True)[columns]


def yearly_dispersion(computed: pd.DataFrame) -> float:
    """Find how much more a count varies from one year to the next than a Poisson count would.

    For each authority, the mean of the squared standardised changes between neighbouring years,
    the population's change allowed for; the median over authorities. 1 is chance alone. Real
    changes count as variation, too, so it is what a comparison of two years has to reckon with.

    Parameters
    ----------
    computed
        From `care_study.indicators.compute.compute`, an indicator with numerator and denominator.
    """
    units = authorities_panel(computed)["unit"].unique()
    rows = computed[computed["area_id"].isin(units)].sort_values(["area_id", "year"])
    before = rows.groupby("area_id")[["numerator", "denominator", "year"]].shift()
    follows = rows["year"] == before["year"] + 1
    ratio = rows["denominator"] / before["denominator"]
    change = rows["numerator"] - before["numerator"] * ratio
    pooled = (rows["numerator"] + before["numerator"]) / (1 + 1 / ratio)
    squared = change**2 / (pooled * (1 + ratio))
    return float(squared[follows].groupby(rows["area_id"]).mean().median())


def with_dispersion(means: Sequence[float], dispersions: Sequence[float]) -> pd.DataFrame:
    """Set out the coverage of exact Poisson intervals where counts vary more than that.

    Returns
    -------
    DataFrame
        ``dispersion`` and a column such as ``count of 600`` for each mean.
    """
    rows = []
    for dispersion in dispersions:
        found = rate_coverage(means, ("exact",), dispersion)
        names = [f"count of {mean:,.0f}" for mean in found["mean"]]
        rows.append({"dispersion": dispersion, **dict(zip(names, found["coverage"], strict=True))})
    return pd.DataFrame(rows)
