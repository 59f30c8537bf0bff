"""Do intervals hold what they promise: exact coverage, and how far counts really vary."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from care_study.area.after_event import authorities_panel
from care_study.chapters.methods.series import Series
from care_study.charts import curves
from care_study.show.figure import figure
from care_study.show.results import fact, finding
from care_study.show.shown import Shown
from care_study.show.table import table
from care_study.statistics.intervals import poisson_rate, proportion
from care_study.words import count, share

RATE_METHODS = {"exact": "exact (used here)", "midp": "mid-P", "score": "score", "byar": "Byar"}
SHARE_METHODS = {
    "wilson": "Wilson (used here)",
    "exact": "exact",
    "jeffreys": "Jeffreys",
    "agresti-coull": "Agresti-Coull",
}
TAIL = 1e-10
PROMISED = 0.95
EXPECTED_COUNTS = np.geomspace(2, 1000, 50).tolist()
TRIALS, SHARES = 50, np.linspace(0.02, 0.98, 97).tolist()
TYPICAL, TEN = 600, 10
COUNTS, DISPERSIONS = (50, TYPICAL, 5000), (1, 2, 4, TEN, 50)
SOURCES = ("simulation",)


@finding
class Varying:
    """How much more an indicator's counts vary than chance would have it."""

    sources: list[str]
    title: str = fact("an indicator of this run")
    dispersion: float = fact(
        "median over authorities of the mean squared standardised change between neighbouring "
        "years; 1 is chance alone",
        decimals=1,
    )


@finding
class Coverage:
    """How often intervals hold the truth."""

    sources = SOURCES
    by_count: pd.DataFrame
    compared: pd.DataFrame
    spread: pd.DataFrame
    varying: Mapping[str, Varying]
    exact_mean: float = fact("mean exact coverage over expected counts", unit="share", decimals=1)
    exact_lowest: float = fact(
        "smallest exact coverage over expected counts", unit="share", decimals=1
    )
    wilson_mean: float = fact(
        "mean exact coverage over proportions of fifty", unit="share", decimals=1
    )
    wilson_lowest: float = fact(
        "smallest exact coverage over proportions of fifty", unit="share", decimals=1
    )
    coverage_ten: float = fact(
        "coverage of an exact Poisson interval where the variance is ten times the mean",
        unit="share",
        decimals=0,
    )


def coverage(tried: Sequence[Series]) -> Coverage:
    """Compute how often intervals hold the truth, and how far the indicators' counts vary."""
    by_count = rate_coverage(EXPECTED_COUNTS)
    by_share = share_coverage(TRIALS, SHARES)
    exact = by_count.loc[by_count["method"] == "exact", "coverage"]
    wilson = by_share.loc[by_share["method"] == "wilson", "coverage"]
    spread = with_dispersion(COUNTS, DISPERSIONS)
    at_ten = spread.loc[spread["dispersion"] == TEN, _column(TYPICAL)]
    return Coverage(
        by_count=by_count,
        compared=compared(by_count, by_share),
        spread=spread,
        varying={str(place): _varying(one) for place, one in enumerate(tried, start=1)},
        exact_mean=float(exact.mean()),
        exact_lowest=float(exact.min()),
        wilson_mean=float(wilson.mean()),
        wilson_lowest=float(wilson.min()),
        coverage_ten=float(at_ten.iloc[0]),
    )


def _varying(one: Series) -> Varying:
    dispersion = yearly_dispersion(one.country.computed)
    return Varying(sources=one.sources, title=one.title, dispersion=dispersion)


def coverage_chart(found: Coverage) -> Shown:
    """Draw the coverage of intervals of a count, by expected count."""
    chart = curves.curves(
        drawn(found.by_count),
        x="mean",
        y="coverage",
        series="method",
        x_unit="expected count (logarithmic axis)",
        unit="chance that the interval holds the truth",
        reference=PROMISED,
        reference_label="promised",
        log_x=True,
        zero=False,
        percent=True,
    )
    return figure(
        chart,
        name="coverage",
        title=coverage_title(found.by_count),
        subtitle=(
            "Coverage of nominal 95% intervals for a count, by expected count, computed exactly"
        ),
        alt=coverage_alt(found.by_count),
        data=found.by_count.rename(columns={"mean": "expected_count"}),
        sources=SOURCES,
        row_header="method",
        notes=[
            "Byar's limits lie so close to the exact ones that they are not drawn; the table has "
            "them."
        ],
    )


def methods_table(found: Coverage) -> Shown:
    """Compare the methods of intervals."""
    names = {
        "lowest": "lowest_coverage", "highest": "highest_coverage", "width": "relative_width",
    }  # fmt: skip
    return table(
        found.compared.rename(columns=names),
        name="interval_methods",
        row_header="method",
        caption="Interval methods compared: coverage of nominal 95% intervals and relative width",
        sources=SOURCES,
        notes=[
            "Counts: expected counts from two to a thousand. Proportions: of fifty, from a "
            "fiftieth to forty-nine fiftieths."
        ],
    )


def dispersion_table(found: Coverage) -> Shown:
    """List what is left of an interval where counts vary more than chance."""
    return table(
        found.spread,
        name="dispersion",
        caption="What is left of a 95% interval where counts vary more than chance",
        sources=SOURCES,
        notes=[
            "Coverage of exact Poisson intervals where counts follow a negative binomial "
            "distribution."
        ],
    )


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
        for one in shares:
            chance = stats.binom.pmf(counts, trials, one)
            rows.append(
                {
                    "method": method,
                    "trials": trials,
                    "share": float(one),
                    "coverage": float(chance[(low <= one) & (one <= high)].sum()),
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
        names = [_column(mean) for mean in found["mean"]]
        rows.append({"dispersion": dispersion, **dict(zip(names, found["coverage"], strict=True))})
    return pd.DataFrame(rows)


def _column(mean: float) -> str:
    return f"count of {count(mean)}"


def drawn(rates: pd.DataFrame) -> pd.DataFrame:
    """Take the interval methods that a chart can tell apart, with plain names."""
    apart = rates[rates["method"] != "byar"]
    return apart.assign(method=apart["method"].map(RATE_METHODS))


def coverage_title(rates: pd.DataFrame) -> str:
    """Say which interval never covers less than it promises."""
    lowest = rates.groupby("method")["coverage"].min()
    keep = [name for name in lowest.index if lowest[name] >= PROMISED - 1e-9]
    if "exact" in keep:
        return "The exact interval never covers less often than it promises"
    return "No interval covers at least as often as it promises everywhere"


def coverage_alt(rates: pd.DataFrame) -> str:
    """Describe the chart of coverage."""
    groups = rates.groupby("method", sort=False)["coverage"]
    parts = [
        f"{name} {share(values.min(), 1)} to {share(values.max(), 1)}" for name, values in groups
    ]
    return (
        "Line chart of the coverage of nominal 95% intervals by expected count: "
        f"{'; '.join(parts)}."
    )
